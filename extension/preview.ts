import * as vscode from 'vscode';

/**
 * Shows an edit in the refactor preview, whatever it does, and applies what is left checked. VS Code shows the preview where
 * a change needs confirmation, and leaves such a change unchecked: so one that inserts nothing asks for it.
 *
 * @returns false where the preview was discarded or a file changed meanwhile
 */
export async function applyWithPreview(edit: vscode.WorkspaceEdit): Promise<boolean> {
  const [first] = edit.entries();
  const at = first?.[1][0]?.range.start;
  if (at) {
    const metadata = { label: 'Look before you apply', needsConfirmation: true };
    edit.insert(first[0], at, '', metadata);
  }
  return vscode.workspace.applyEdit(edit, { isRefactoring: true });
}
