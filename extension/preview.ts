import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

/** The files of an edit that cannot be written as they are. */
function readOnlyFiles(edit: vscode.WorkspaceEdit): string[] {
  return edit.entries().flatMap(([uri]) => {
    if (uri.scheme !== 'file') return [];
    try {
      accessSync(uri.fsPath, constants.W_OK);
      return [];
    } catch {
      return [uri.fsPath];
    }
  });
}

/** Says which files are read-only, as a version control may leave them; whether to go on nevertheless. */
async function mayEdit(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const [first, ...others] = readOnlyFiles(edit);
  if (first === undefined) return true;
  const more = others.length > 0 ? ` and ${others.length} more are` : ' is';
  const goOn = 'Go On';
  const picked = await vscode.window.showWarningMessage(
    `${path.basename(first)}${more} read-only: check them out or make them writable first.`,
    { modal: true, detail: 'Going on leaves them changed but not saved.' },
    goOn,
  );
  return picked === goOn;
}

/**
 * Shows an edit in the refactor preview, whatever it does, and applies what is left checked. VS Code shows the preview where
 * a change needs confirmation, and leaves such a change unchecked: so one that inserts nothing asks for it.
 *
 * @returns false where the preview was discarded, a file changed meanwhile, or is read-only and shall stay so
 */
export async function applyWithPreview(edit: vscode.WorkspaceEdit): Promise<boolean> {
  if (!(await mayEdit(edit))) return false;
  const [first] = edit.entries();
  const at = first?.[1][0]?.range.start;
  if (at) {
    const metadata = { label: 'Look before you apply', needsConfirmation: true };
    edit.insert(first[0], at, '', metadata);
  }
  return vscode.workspace.applyEdit(edit, { isRefactoring: true });
}
