/** Carries out an assignment on disk and notes it in the ledger. */
import path from 'node:path';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { uriToPath } from '../index/fileUri.ts';
import type { AssignedSite, SourcePosition } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { tagText } from '../tag/poolTag.ts';
import { editFiles, type FileToEdit } from './editFiles.ts';
import type { Ledger, LedgerSite } from './ledger.ts';
import { namedPhases, notedFiles, recordPhases } from './ledgerPhases.ts';
import { edited, type PlannedEdit } from './ledgerRecord.ts';
import type { Assignment } from './rewrite.ts';

/** The edits of a workspace edit by file, in offsets. @throws {Error} where it names a file whose text cannot be read */
export function plannedFiles(edit: WorkspaceEdit, read: (path: string) => string | undefined): FileToEdit[] {
  const byFile = new Map<string, TextEdit[]>();
  for (const change of edit.documentChanges ?? []) {
    if (!('textDocument' in change)) continue;
    const { uri } = change.textDocument;
    byFile.set(uri, [...(byFile.get(uri) ?? []), ...(change.edits as TextEdit[])]);
  }
  return [...byFile].flatMap(([uri, edits]): FileToEdit[] => {
    const file = uriToPath(uri);
    const before = file === undefined ? undefined : read(file);
    if (file === undefined || before === undefined) throw new Error(`${uri} cannot be read.`);
    const lines = new LineTable(before);
    const planned = edits
      .map(({ range, newText }): PlannedEdit => {
        const start = lines.offsetAt(range.start);
        const end = lines.offsetAt(range.end);
        return { start, end, text: newText };
      })
      .filter(({ start, end, text }) => before.slice(start, end) !== text)
      .sort((a, b) => a.start - b.start || a.end - b.end);
    return planned.length > 0 ? [{ path: file, before, edits: planned }] : [];
  });
}

/** A file's path below a folder, with `/`; undefined for one elsewhere. */
export function pathBelow(root: string, file: string): string | undefined {
  const relative = path.relative(root, file);
  const isBelow = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isBelow ? relative.split(path.sep).join('/') : undefined;
}

/** The assigned sites as the ledger holds them, by their lines after the edits. Those outside of its root are left out. */
export function ledgerSites(
  root: string,
  assigned: readonly AssignedSite[],
  files: readonly FileToEdit[],
): LedgerSite[] {
  return assigned.flatMap((site): LedgerSite[] => {
    const path = uriToPath(site.uri) ?? '';
    const file = pathBelow(root, path);
    if (file === undefined) return [];
    const { function: name, routine, oldTag, newTag } = site;
    const line =
      lineAfter(
        site.position,
        files.find((f) => f.path === path),
      ) + 1;
    return [{ file, line, function: name, routine, old: tagText(oldTag), new: tagText(newTag) }];
  });
}

function lineAfter({ line, character }: SourcePosition, file: FileToEdit | undefined): number {
  if (!file) return line;
  const at = new LineTable(file.before).offsetAt({ line, character });
  const lines = (text: string) => text.split('\n').length - 1;
  let after = line;
  for (const { start, end, text } of file.edits)
    if (end <= at) after += lines(text) - lines(file.before.slice(start, end));
  return after;
}

/**
 * Writes an assignment into the files below `root`, all or none.
 *
 * @returns the ledger with the assignment noted
 * @throws {EditError} where a file cannot be edited; nothing is written then
 */
export function applyAssignment(
  root: string,
  ledger: Ledger,
  { result, phases }: Assignment,
  read: (path: string) => string | undefined,
): Ledger {
  const files = plannedFiles(result.edit as WorkspaceEdit, read);
  const nameOf = (file: string) => pathBelow(root, file);
  const sites = ledgerSites(root, result.assigned, files);
  const noted = notedFiles(files, nameOf, ({ before, edits }) => edited(before, edits));
  const entries = recordPhases(new Date(), sites, noted, namedPhases(phases, nameOf));
  editFiles(files);
  return { entries: [...ledger.entries, ...entries] };
}
