/**
 * An untagged allocation, written as one with the tag that the kernel gives it: ExAllocatePool counts its memory under 'None'.
 * Only the writing changes by that, so that its new tag is planned as for any other site.
 */
import { pathToUri } from '../index/fileUri.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import type { SourcePosition } from '../protocol.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { tagConstant, tagFromText } from '../tag/poolTag.ts';
import { closingOf, codeOf } from './mentions.ts';
import { PieceTable } from './pieceTable.ts';
import type { ReadSource } from './sourceEdits.ts';
import type { VariantTexts } from './variants.ts';

/** The tag of what was allocated without one. */
const UNTAGGED_TAG = tagFromText('None')!;

/** Routines that take no tag, and those that take one behind the same arguments. */
const TAGGED: ReadonlyMap<string, string> = new Map([
  ['ExAllocatePool', 'ExAllocatePoolWithTag'],
  ['ExAllocatePoolWithQuota', 'ExAllocatePoolWithQuotaTag'],
]);

/** The one untagged allocation on a line that can be given a tag. */
export function untaggedAt(index: SiteIndex, path: string, { line }: SourcePosition): PoolCall | undefined {
  const calls = index
    .callsIn(path)
    .filter((c) => c.action === 'allocate' && c.tag === null && !c.inMacro && TAGGED.has(c.routine));
  const here = calls.filter(({ range }) => range.start.line === line);
  const isListed = ({ range }: PoolCall) =>
    (index.snapshot().untagged ?? []).some(
      (place) => place.uri === pathToUri(path) && place.range.start.line === range.start.line,
    );
  return here.length === 1 && isListed(here[0]) ? here[0] : undefined;
}

/** The texts in which the call names the tag; undefined where it does not stand as a plain call. */
export function taggedTexts(
  index: SiteIndex,
  read: ReadSource,
  path: string,
  call: PoolCall,
): VariantTexts | undefined {
  const source = read(path);
  if (!source?.text.startsWith(call.routine, call.start)) return undefined;
  const code = codeOf(source.text);
  const open = code.indexOf('(', call.start + call.routine.length);
  const close = closingOf(code, open);
  if (close < 0 || code.slice(call.start + call.routine.length, open).trim() !== '') return undefined;
  const end = code.slice(0, close).trimEnd().length;
  const table = new PieceTable(source.text);
  table.replace(end, end, `, ${tagConstant(UNTAGGED_TAG)}`);
  table.replace(call.start, call.start + call.routine.length, TAGGED.get(call.routine)!);
  const fork = index.fork();
  fork.setOverlay(path, table.text);
  const readTagged: ReadSource = (file) => (file === path ? { ...source, text: table.text } : read(file));
  return { index: fork, read: readTagged, tables: new Map([[path, table]]), variants: [], unsplit: [] };
}
