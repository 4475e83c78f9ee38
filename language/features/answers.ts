/** Answers what the editor asks for at places in files: lenses, hovers, hints, definitions, references, renames, actions. */
import type { Connection } from 'vscode-languageserver/node';
import type { Assignments } from '../assign/assignments.ts';
import type { AssignContext, SourceText } from '../assign/rewrite.ts';
import { uriToPath } from '../index/fileUri.ts';
import { codeActions, resolveCodeAction } from './codeActions.ts';
import { codeLenses } from './codeLens.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlayHints.ts';
import { tagDefinition, tagReferences, workspaceSymbols } from './navigation.ts';
import { prepareRename, rename } from './rename.ts';
import type { LanguageView } from './view.ts';

/** What the answers come from, as it is at the moment of a question. */
export interface AnswerParts {
  readonly view: () => LanguageView;
  readonly assignContext: () => AssignContext;
  readonly read: (path: string) => SourceText | undefined;
  readonly plan: Assignments['plan'];
}

/** Answers such questions over a connection. */
export function answerFeatures(connection: Connection, parts: AnswerParts): void {
  connection.onCodeLens(({ textDocument }) => {
    const path = uriToPath(textDocument.uri);
    return path === undefined ? [] : codeLenses(parts.view(), path);
  });
  connection.onHover(({ textDocument, position }) => {
    const path = uriToPath(textDocument.uri);
    const text = path === undefined ? undefined : parts.read(path)?.text;
    return path === undefined || text === undefined ? null : hover(parts.view(), path, text, position);
  });
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const path = uriToPath(textDocument.uri);
    const text = path === undefined ? undefined : parts.read(path)?.text;
    return path === undefined || text === undefined ? [] : inlayHints(parts.view(), path, text, range);
  });
  connection.onDefinition(({ textDocument, position }) => {
    const path = uriToPath(textDocument.uri);
    return path === undefined ? [] : tagDefinition(parts.view(), path, position);
  });
  connection.onReferences(({ textDocument, position, context }) => {
    const path = uriToPath(textDocument.uri);
    return path === undefined ? [] : tagReferences(parts.view(), path, position, context.includeDeclaration);
  });
  connection.onPrepareRename(({ textDocument, position }) => {
    const path = uriToPath(textDocument.uri);
    return path === undefined ? null : prepareRename(parts.view(), path, position);
  });
  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const path = uriToPath(textDocument.uri);
    return path === undefined ? null : rename(parts.view(), path, position, newName);
  });
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(parts.view(), query));
  connection.onCodeAction((params) => {
    const path = uriToPath(params.textDocument.uri);
    return path === undefined ? [] : codeActions(parts.view(), path, params);
  });
  connection.onCodeActionResolve((action) => {
    const resolved = resolveCodeAction(parts.assignContext(), action, (planned) => parts.plan(planned));
    if (resolved.disabled) connection.window.showWarningMessage(resolved.disabled.reason);
    return resolved;
  });
}
