/** Code actions that give allocation sites tags of their own. The edit is computed when the action is chosen. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { siteAt } from '../assign/rewrite.ts';
import { untaggedAt } from '../assign/untaggedCall.ts';
import { pathToUri } from '../index/fileUri.ts';
import { type AssignParams, CLIENT_COMMANDS } from '../protocol.ts';
import { isRuleId, type RuleId } from '../rules/ruleTable.ts';
import { tagLabel } from '../tag/poolTag.ts';
import { rangeHolds } from './tagAt.ts';
import type { LanguageView } from './view.ts';

/** Rules whose cure is another tag. */
const CURED: ReadonlySet<RuleId> = new Set([
  'shared-tag',
  'not-printable',
  'no-letter-or-digit',
  'default-tag',
  'known-tag',
]);

/** The actions at a range: on a site whose tag others share, which pooltag.txt lists, or with which something is wrong. */
export function assignActions(view: LanguageView, path: string, { range, context }: CodeActionParams): CodeAction[] {
  const target = siteAt(view.index, path, range.start);
  if (!target) return untaggedActions(view, path, { range, context });
  const { site } = target;
  const count = view.index.sitesOf(site.tag).length;
  const diagnostics = context.diagnostics.filter(
    ({ code, range: at }) =>
      typeof code === 'string' && isRuleId(code) && CURED.has(code) && rangeHolds(at, site.tagRange.start),
  );
  const callers = target.written ? 0 : (site.callers?.length ?? 0);
  if (diagnostics.length === 0 && count < 2 && callers < 2 && !view.database.hasExact(site.tag)) return [];
  const action = (title: string, what: Pick<CodeAction, 'data' | 'command'>): CodeAction => ({
    title,
    kind: diagnostics.length > 0 ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
    ...what,
    ...(diagnostics.length > 0 ? { diagnostics } : {}),
  });
  const actions = [
    action('Assign a unique pool tag to this allocation site', {
      data: { scope: 'site', uri: site.uri, position: site.range.start } satisfies AssignParams,
    }),
  ];
  if (callers > 1) {
    const title = `Assign unique pool tags to the ${callers} callers of ${target.call.function}`;
    const { uri, range: at } = site;
    const data = { scope: 'site', uri, position: at.start, wrappers: 'split' } satisfies AssignParams;
    actions.push(action(title, { data }));
  }
  if (count > 1) {
    const title = `Assign unique pool tags to all ${count} sites that share '${tagLabel(site.tag).trimEnd()}'`;
    // By the client's command: it offers the ways to go on where frees serve several sites.
    actions.push(action(title, { command: { title, command: CLIENT_COMMANDS.assignTag, arguments: [site.tag] } }));
  }
  return actions;
}

/** On an allocation without a tag. */
function untaggedActions(
  view: LanguageView,
  path: string,
  { range, context }: Pick<CodeActionParams, 'range' | 'context'>,
): CodeAction[] {
  const call = untaggedAt(view.index, path, range.start);
  if (!call) return [];
  const rule: RuleId = 'untagged-allocation';
  const diagnostics = context.diagnostics.filter(
    ({ code, range: at }) => code === rule && at.start.line === call.range.start.line,
  );
  const data = { scope: 'untagged', uri: pathToUri(path), position: call.range.start } satisfies AssignParams;
  return [
    {
      title: 'Tag this allocation',
      kind: diagnostics.length > 0 ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
      data,
      ...(diagnostics.length > 0 ? { diagnostics } : {}),
    },
  ];
}
