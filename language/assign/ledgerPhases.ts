/** From an assignment of two phases to its entries in the ledger: the first one's is taken back last. */
import { tagText } from '../tag/poolTag.ts';
import type { FileToEdit } from './editFiles.ts';
import type { LedgerEdit, LedgerEntry, LedgerSite } from './ledger.ts';
import { type AssignedFile, edited, type PlannedEdit, recordAssignment, surroundings } from './ledgerRecord.ts';
import type { FilePhases, Phases } from './phasedEdits.ts';

/** {@link Phases} by the files' names in the ledger. */
export interface NamedPhases {
  readonly files: ReadonlyMap<string, FilePhases>;
  readonly variants: readonly { readonly name: string; readonly file: string | undefined; readonly old: string }[];
}

/** A file's name in the ledger; undefined for one that it does not hold. */
export type NameOf = (path: string) => string | undefined;

export function namedPhases({ files, variants }: Phases, nameOf: NameOf): NamedPhases {
  const named = [...files].flatMap(([path, phases]): [string, FilePhases][] => {
    const file = nameOf(path);
    return file === undefined ? [] : [[file, phases]];
  });
  return {
    files: new Map(named),
    variants: variants.map(({ name, path, oldTag }) => ({ name, file: nameOf(path), old: tagText(oldTag) })),
  };
}

/** The files of an edit that the ledger holds, with the texts that they have after it. */
export function notedFiles(
  files: readonly FileToEdit[],
  nameOf: NameOf,
  textAfter: (file: FileToEdit) => string,
): AssignedFile[] {
  return files.flatMap((file) => {
    const name = nameOf(file.path);
    return name === undefined ? [] : [{ file: name, before: file.before, after: textAfter(file), edits: file.edits }];
  });
}

/**
 * The entries of an assignment. Where a preview let only a part of it through, there is one, which is taken back as a whole:
 * a wrapper cannot go back without its callers.
 *
 * @throws {Error} as {@link recordAssignment}
 */
export function recordPhases(
  when: Date,
  sites: readonly LedgerSite[],
  files: readonly AssignedFile[],
  phases: NamedPhases,
): LedgerEntry[] {
  if (phases.files.size === 0) return [recordAssignment(when, sites, files)];
  const isWhole = files.every(({ before, after, edits }) => edited(before, edits) === after);
  if (!isWhole) {
    const entry = recordAssignment(when, sites, files);
    const tags = [...new Set(entry.sites.map((site) => site.new))];
    return [{ ...entry, edits: entry.edits.map((edit) => ({ ...edit, tags })) }];
  }
  const between = files.map((file): AssignedFile & { readonly first: readonly PlannedEdit[] } => {
    const { first, second } = phases.files.get(file.file) ?? { first: [], second: file.edits };
    return { ...file, before: edited(file.before, first), edits: second, first };
  });
  // A moment later: entries are told apart by their time, and the later one is taken back first.
  const entry = recordAssignment(new Date(when.getTime() + 1), sites, between);
  const edits = files.flatMap(({ file, before }, i) =>
    variantEdits(file, before, between[i].first, entry.sites, phases),
  );
  return edits.length > 0 ? [{ when: when.toISOString(), sites: [], edits }, entry] : [entry];
}

/** What the first phase changed in a file. It belongs to the tags of all sites that had the wrapper's. */
function variantEdits(
  file: string,
  before: string,
  first: readonly PlannedEdit[],
  sites: readonly LedgerSite[],
  { variants }: NamedPhases,
): LedgerEdit[] {
  const after = edited(before, first);
  const defined = new Set<string>();
  let grown = 0;
  return coalesced(before, first).map(({ start, end, text }): LedgerEdit => {
    const at = start + grown;
    grown += text.length - (end - start);
    const named = variants.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));
    const home = variants.filter((variant) => variant.file === file);
    const olds = new Set((named.length > 0 ? named : home).map(({ old }) => old));
    const owners = sites.filter(({ old }) => olds.size === 0 || olds.has(old)).map((site) => site.new);
    const defines = named.find((variant) => variant.file === file && !defined.has(variant.name))?.name ?? '';
    defined.add(defines);
    const old = before.slice(start, end);
    return { file, old, new: text, ...surroundings(after, at, text.length), tags: [...new Set(owners)], defines };
  });
}

/** Edits in the order of the text, those of one statement as one: a call is found again as a whole. */
function coalesced(text: string, edits: readonly PlannedEdit[]): PlannedEdit[] {
  const result: PlannedEdit[] = [];
  for (const edit of edits) {
    const last = result[result.length - 1];
    const between = last && text.slice(last.end, edit.start);
    if (last && between !== undefined && between.length < 400 && !/[;{}#]/.test(between))
      result[result.length - 1] = { start: last.start, end: edit.end, text: last.text + between + edit.text };
    else result.push(edit);
  }
  return result;
}
