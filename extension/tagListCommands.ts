import * as vscode from 'vscode';
import type { DriverLanguageClient } from './languageClient.ts';

export interface TagListContext {
  readonly client: DriverLanguageClient;
}

/** The text of a list and how it is written; pooltag.txt has always been ANSI, newer ones are UTF-8. */
async function readList(file: vscode.Uri): Promise<{ readonly text: string; readonly encoding: 'utf8' | 'latin1' }> {
  let bytes: Uint8Array;
  try {
    bytes = await vscode.workspace.fs.readFile(file);
  } catch {
    return { text: '', encoding: 'utf8' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' };
  } catch {
    return { text: Buffer.from(bytes).toString('latin1'), encoding: 'latin1' };
  }
}

/** Writes the workspace's tags into a list that PoolMon and WinDbg read, and keeps what else stands there. */
async function writeTagList({ client }: TagListContext): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = await vscode.window.showSaveDialog({
    title: 'Write the tags of this workspace, or bring a list up to date',
    saveLabel: 'Write',
    filters: { 'Pool tags': ['txt'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, 'pooltag.txt') } : {}),
  });
  if (!file) return;
  const { text, encoding } = await readList(file);
  const list = await client.tagList(text);
  await vscode.workspace.fs.writeFile(file, Buffer.from(list.text, encoding));
  const open = 'Open';
  const name = vscode.workspace.asRelativePath(file);
  const tags = `${list.tags} ${list.tags === 1 ? 'tag' : 'tags'}`;
  const picked = await vscode.window.showInformationMessage(`${tags} of this workspace are in ${name} now.`, open);
  if (picked === open) await vscode.window.showTextDocument(file);
}

export function tagListCommands(context: TagListContext): Record<string, (...args: unknown[]) => unknown> {
  return { 'poolLens.writeTagList': () => writeTagList(context) };
}
