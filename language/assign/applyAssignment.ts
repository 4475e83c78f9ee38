/** Carries out an assignment on disk and notes it in the ledger. */
import path from 'node:path';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { uriToPath } from '../index/fileUri.ts';
import type { AssignedSite, AssignResult, SourcePosition } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { tagText } from '../tag/poolTag.ts';
import { editFiles, type FileToEdit } from './editFiles.ts';
import type { Ledger, LedgerSite } from './ledger.ts';
import { type PlannedEdit, recordAssignment } from './ledgerRecord.ts';

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

/** Function and routine of a site, as it was found before the assignment. */
export type DescribeSite = (uri: string, position: SourcePosition) => { function: string; routine: string } | undefined;

/** The assigned sites as the ledger holds them. Those outside of its root are left out. */
export function ledgerSites(root: string, assigned: readonly AssignedSite[], describe: DescribeSite): LedgerSite[] {
  return assigned.flatMap(({ uri, position, oldTag, newTag }): LedgerSite[] => {
    const file = pathBelow(root, uriToPath(uri) ?? '');
    if (file === undefined) return [];
    const site = describe(uri, position);
    return [
      {
        file,
        line: position.line + 1,
        function: site?.function ?? '',
        routine: site?.routine ?? '',
        old: tagText(oldTag),
        new: tagText(newTag),
      },
    ];
  });
}

function edited({ before, edits }: FileToEdit): string {
  let text = before;
  for (const { start, end, text: put } of [...edits].reverse()) text = text.slice(0, start) + put + text.slice(end);
  return text;
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
  result: AssignResult,
  read: (path: string) => string | undefined,
  describe: DescribeSite,
): Ledger {
  const files = plannedFiles(result.edit as WorkspaceEdit, read);
  const noted = files.flatMap((file) => {
    const below = pathBelow(root, file.path);
    return below === undefined ? [] : [{ file: below, before: file.before, after: edited(file), edits: file.edits }];
  });
  const entry = recordAssignment(new Date(), ledgerSites(root, result.assigned, describe), noted);
  editFiles(files);
  return { entries: [...ledger.entries, entry] };
}
