/** Lists of allocation sites that were made without this scanner, and what a scan finds of them. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { uriToPath } from '../../../language/index/fileUri.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { TAG_FIELDS } from '../../../language/scan/allocators.ts';
import { tagLabel } from '../../../language/tag/poolTag.ts';

/** One entry of a list. */
export interface TrueSite {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As PoolMon shows it, `\xNN` for an unprintable byte; null where the sources do not say. */
  readonly resolvedTag: string | null;
  /** `function:F`, `macro:M`, `macro:M>function:F`, `template:C`; null for a direct call. */
  readonly viaWrapper: string | null;
  /** R: resolved; P: a wrapper's definition, which is no site; Z: tag 0; N, U: not a constant in the sources. */
  readonly status: 'R' | 'P' | 'N' | 'Z' | 'U';
}

/** How the tag reaches the routine. */
export type SiteClass = 'direct' | 'function' | 'macro' | 'template';

export interface ClassFigures {
  /** Sites that the list calls resolved. */
  readonly all: number;
  /** Those found on the right line with the right tag. */
  readonly found: number;
  /** Sites of this class that the scan reports in files of the list, and those of them that the list has with this tag. */
  readonly reported: number;
  readonly right: number;
}

export interface AccuracyFigures {
  readonly name: string;
  readonly classes: ReadonlyMap<SiteClass, ClassFigures>;
  /** A line each: what was not found, or with another tag. */
  readonly missed: readonly string[];
  /** Reported, while the list knows nothing at that line or has another tag there. */
  readonly unlisted: readonly string[];
  /** Definitions of wrappers that were reported as sites. */
  readonly definitions: readonly string[];
}

const CLASSES: readonly SiteClass[] = ['direct', 'function', 'macro', 'template'];

/** The tag of a list in the form of `tagLabel`: zero bytes show as blanks. */
function shownTag(text: string): string {
  const bytes = text.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replaceAll('\0', ' ').padEnd(4);
}

function classOf(wrapper: string | null): SiteClass {
  return (wrapper?.split(':')[0] as SiteClass | undefined) ?? 'direct';
}

/** Scans a repository and compares what is found with a list of its sites. Throws where either cannot be read. */
export async function compareWithTruth(repository: string, list: string): Promise<AccuracyFigures> {
  const folder = resolve(repository);
  const truth: readonly TrueSite[] = JSON.parse(readFileSync(list, 'utf8'));
  const { index } = await scanFolder(folder);
  const listed = Map.groupBy(truth, ({ file, line }) => `${file}:${line}`);
  const listedFiles = new Set(truth.map(({ file }) => file));
  // The lists know calls, not fields.
  const calls = index.snapshot().sites.filter(({ routine }) => !TAG_FIELDS.some(({ name }) => name === routine));
  const reported = calls.map(({ uri, range, tag, via }) => {
    const file = (uriToPath(uri) ?? '').slice(folder.length + 1);
    const kind: SiteClass = via?.[0].kind ?? 'direct';
    return { file, place: `${file}:${range.start.line + 1}`, tag: tagLabel(tag), kind };
  });
  const byPlace = Map.groupBy(reported, ({ place }) => place);
  const unlisted: string[] = [];
  const definitions: string[] = [];
  const counts = new Map(CLASSES.map((kind) => [kind, { all: 0, found: 0, reported: 0, right: 0 }]));
  for (const { file, place, tag, kind } of reported) {
    if (!listedFiles.has(file)) continue;
    const entries = listed.get(place) ?? [];
    const isRight = entries.some((entry) => entry.status === 'R' && shownTag(entry.resolvedTag ?? '') === tag);
    const count = counts.get(kind)!;
    count.reported++;
    if (isRight) count.right++;
    else unlisted.push(`${place} ${tag} ${kind}`);
    if (entries.some(({ status }) => status === 'P')) definitions.push(place);
  }
  const missed: string[] = [];
  for (const { file, line, resolvedTag, viaWrapper, status } of truth) {
    if (status !== 'R') continue;
    const place = `${file}:${line}`;
    const count = counts.get(classOf(viaWrapper))!;
    const here = byPlace.get(place) ?? [];
    const isFound = here.some(({ tag }) => tag === shownTag(resolvedTag ?? ''));
    count.all++;
    if (isFound) count.found++;
    else
      missed.push(
        `${place} ${resolvedTag} ${viaWrapper ?? 'direct'}: ${here.map(({ tag }) => tag).join() || 'nothing'}`,
      );
  }
  return { name: basename(list).replace(/\.sites\.json$/, ''), classes: counts, missed, unlisted, definitions };
}
