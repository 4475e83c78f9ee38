/** Code actions that give allocation sites tags of their own. The edit is computed when the action is chosen. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { type AssignContext, assignTags, freesLeftAlone, siteAt } from '../assign/rewrite.ts';
import type { AssignParams, AssignResult } from '../protocol.ts';
import { type PoolTag, tagLabel } from '../tag/poolTag.ts';
import { SHARED_TAG } from './diagnostics.ts';
import { rangeHolds } from './tagAt.ts';
import type { LanguageView } from './view.ts';

export const ACTION_KINDS = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

function freesSuffix(view: LanguageView, tag: PoolTag): string {
  const frees = freesLeftAlone(view.index, tag);
  if (frees.length === 0) return '';
  const routines = new Set(frees.map((f) => f.routine));
  const routine = routines.size === 1 ? [...routines][0] : 'tagged free';
  return ` (leaves ${frees.length} ${routine} ${frees.length === 1 ? 'call' : 'calls'} alone)`;
}

/** Whether the client asked for actions of this kind, directly or through a parent such as `refactor`. */
function isWanted(only: readonly string[] | undefined, kind: string): boolean {
  return !only || only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
}

/** The actions at a range: on a site whose tag others share, or which pooltag.txt knows as somebody else's. */
export function codeActions(view: LanguageView, path: string, { range, context }: CodeActionParams): CodeAction[] {
  const target = siteAt(view.index, path, range.start);
  if (!target) return [];
  const { site } = target;
  const count = view.index.sitesOf(site.tag).length;
  if (count < 2 && !view.database.hasExact(site.tag)) return [];
  const diagnostic = context.diagnostics.find((d) => d.code === SHARED_TAG && rangeHolds(d.range, site.tagRange.start));
  const kind = diagnostic ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite;
  if (!isWanted(context.only, kind)) return [];
  const suffix = freesSuffix(view, site.tag);
  const action = (title: string, data: AssignParams): CodeAction => ({
    title: title + suffix,
    kind,
    data,
    ...(diagnostic ? { diagnostics: [diagnostic] } : {}),
  });
  const actions = [
    action('Assign a unique pool tag to this allocation site', {
      scope: 'site',
      uri: site.uri,
      position: site.range.start,
    }),
  ];
  if (count > 1) {
    const title = `Assign unique pool tags to all ${count} sites that share '${tagLabel(site.tag).trimEnd()}'`;
    actions.push(action(title, { scope: 'tag', tag: site.tag }));
  }
  return actions;
}

/** Fills in the edit of an action that {@link codeActions} gave; an action that cannot be done says why instead. */
export function resolveCodeAction(context: AssignContext, action: CodeAction): CodeAction {
  const result: AssignResult = assignTags(context, action.data as AssignParams);
  if (result.edit === null) {
    const reason = result.refused[0]?.reason ?? 'The tag has no allocation site any more.';
    return { ...action, disabled: { reason } };
  }
  return { ...action, edit: result.edit as CodeAction['edit'] };
}
