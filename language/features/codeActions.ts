/** All code actions at a place: unique tags, cures of the rules, and migrations. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { type AssignContext, type Assignment, planAssignment } from '../assign/rewrite.ts';
import { type AssignParams, CLIENT_COMMANDS } from '../protocol.ts';
import { assignActions } from './assignActions.ts';
import { migrationActions } from './migrationActions.ts';
import { ruleFixes } from './ruleFixes.ts';
import type { LanguageView } from './view.ts';

export const ACTION_KINDS = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

/** Whether the client asked for actions of this kind, directly or through a parent such as `refactor`. */
function isWanted(only: readonly string[] | undefined, { kind }: CodeAction): boolean {
  return !only || only.some((wanted) => kind === wanted || kind?.startsWith(`${wanted}.`));
}

export function codeActions(view: LanguageView, path: string, params: CodeActionParams): CodeAction[] {
  const actions = [
    ...ruleFixes(view, path, params),
    ...assignActions(view, path, params),
    ...migrationActions(view, path, params),
  ];
  return actions.filter((action) => isWanted(params.context.only, action));
}

/**
 * Fills in the edit of an assignment; one that cannot be done says why instead. Other actions carry their edit. `plan`
 * remembers the edit and gives the number by which the client says that it was applied.
 */
export function resolveCodeAction(
  context: AssignContext,
  action: CodeAction,
  plan: (assignment: Assignment) => number,
): CodeAction {
  if (action.edit || action.data === undefined) return action;
  const assignment = planAssignment(context, action.data as AssignParams);
  const { result } = assignment;
  if (result.edit === null) {
    const reason = result.refused[0]?.reason ?? 'The tag has no allocation site any more.';
    return { ...action, disabled: { reason } };
  }
  const command = { title: 'Note the assignment', command: CLIENT_COMMANDS.noteApplied, arguments: [plan(assignment)] };
  return { ...action, edit: result.edit as CodeAction['edit'], command };
}
