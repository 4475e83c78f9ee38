import * as vscode from 'vscode';
import type { SourcePosition } from '../language/protocol.ts';

/** A site as the requests for one site name it. */
export interface SiteArguments {
  readonly scope: 'site';
  readonly uri: string;
  readonly position: SourcePosition;
}

/** The place that a command was given, or the cursor's; undefined where there is neither. */
export function siteArguments(uri: unknown, position: unknown): SiteArguments | undefined {
  if (typeof uri === 'string' && typeof position === 'object' && position !== null)
    return { scope: 'site', uri, position: position as SourcePosition };
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { line, character } = editor.selection.active;
  return { scope: 'site', uri: editor.document.uri.toString(), position: { line, character } };
}
