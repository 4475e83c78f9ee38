/** Inlay hints that show a tag as PoolMon will show it: behind tag arguments, and behind the values of definitions. */
import type { InlayHint } from 'vscode-languageserver';
import type { SourcePosition, SourceRange } from '../protocol.ts';
import type { Definition } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import { type PoolTag, tagLabel, tagText } from '../tag/poolTag.ts';
import type { LanguageView } from './view.ts';

const TAG_NAME = /tag/i;
const LITERAL = /'|\b\d/;

/** Whether a constant shows as it is written, so that there is nothing to say. */
function readsTheSame(tag: PoolTag, written: string): boolean {
  const text = tagText(tag);
  return /'/.test(written) && text === [...text].reverse().join('');
}

function hint(tag: PoolTag, written: string, position: SourcePosition): InlayHint[] {
  if (readsTheSame(tag, written)) return [];
  return [
    { position, label: tagLabel(tag).trimEnd(), paddingLeft: true, tooltip: 'As PoolMon and the debugger show it' },
  ];
}

function holdsLine({ start, end }: SourceRange, { line }: SourcePosition): boolean {
  return line >= start.line && line <= end.line;
}

/** The value of a definition that is a tag: one in use, or a constant of characters whose name says so. */
function tagOfDefinition(
  { index }: LanguageView,
  path: string,
  definition: Definition,
  usedByFrees: ReadonlySet<PoolTag | null>,
): PoolTag | undefined {
  if (!LITERAL.test(definition.body)) return undefined;
  const tag = index.valueOfDefinition(path, definition);
  if (!tag) return undefined;
  const isNamed = TAG_NAME.test(definition.name) && definition.body.includes("'");
  return isNamed || index.sitesOf(tag).length > 0 || usedByFrees.has(tag) ? tag : undefined;
}

/** The hints of a part of a file; `text` is the document's. */
export function inlayHints(view: LanguageView, path: string, text: string, range: SourceRange): InlayHint[] {
  const { index } = view;
  const hints: InlayHint[] = [];
  for (const { site, call } of index.sitesIn(path))
    if (call.tag && holdsLine(range, site.tagRange.end))
      hints.push(...hint(site.tag, site.tagExpression, site.tagRange.end));
  for (const { free, call } of index.freesIn(path))
    if (free.tag !== null && call.tag && holdsLine(range, call.tag.range.end))
      hints.push(...hint(free.tag, call.tag.text, call.tag.range.end));
  const lines = new LineTable(text);
  const usedByFrees = new Set(index.snapshot().frees.map(({ tag }) => tag));
  for (const definition of index.definitionsIn(path)) {
    const end = lines.positionAt(definition.bodyStart + definition.body.length);
    if (!holdsLine(range, end)) continue;
    const tag = tagOfDefinition(view, path, definition, usedByFrees);
    if (tag !== undefined) hints.push(...hint(tag, definition.body, end));
  }
  return hints;
}
