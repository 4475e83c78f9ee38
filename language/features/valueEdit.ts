/** Changes by offset as an edit of the LSP. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { ValueChange } from '../assign/renameTag.ts';
import { pathToUri } from '../index/fileUri.ts';
import { LineTable } from '../scan/lines.ts';

/** `text` gives the present text of a file, against which the offsets count; a file that cannot be read is left out. */
export function workspaceEdit(
  changes: readonly ValueChange[],
  text: (path: string) => string | undefined,
): WorkspaceEdit {
  const edits: Record<string, TextEdit[]> = {};
  for (const [path, inFile] of Map.groupBy(changes, (change) => change.path)) {
    const content = text(path);
    if (content === undefined) continue;
    const lines = new LineTable(content);
    edits[pathToUri(path)] = inFile.map(({ start, old, text: newText }) => ({
      range: lines.rangeOf(start, start + old.length),
      newText,
    }));
  }
  return { changes: edits };
}
