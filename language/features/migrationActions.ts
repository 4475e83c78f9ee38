/** Code actions that turn a call of an old routine into one of ExAllocatePool2. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { firstTag } from '../assign/firstTag.ts';
import { pathToUri } from '../index/fileUri.ts';
import { isMigratable, type Migration, migrations } from '../rules/migration.ts';
import type { RuleId } from '../rules/ruleTable.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import { tagConstant } from '../tag/poolTag.ts';
import type { LanguageView } from './view.ts';

const CURED: ReadonlySet<RuleId> = new Set(['deprecated-routine', 'untagged-allocation']);

/** The call whose lines, from the routine to the tag, hold the position's line. */
function callAt(view: LanguageView, path: string, line: number): PoolCall | undefined {
  const calls = view.index
    .callsIn(path)
    .filter(
      ({ routine, range, tag }) =>
        isMigratable(routine) && line >= range.start.line && line <= (tag?.range.end ?? range.end).line,
    );
  return calls.length === 1 ? calls[0] : undefined;
}

export function migrationActions(view: LanguageView, path: string, params: CodeActionParams): CodeAction[] {
  const call = callAt(view, path, params.range.start.line);
  // ExAllocatePool2 fails with tag 0.
  if (!call || view.index.valueOfCall(path, call) === 0) return [];
  const text = view.text(path);
  if (text === undefined) return [];
  const diagnostics = params.context.diagnostics.filter(
    ({ code, range }) => CURED.has(code as RuleId) && range.start.line === call.range.start.line,
  );
  const lines = new LineTable(text);
  const newTag = () => {
    const tag = firstTag(view, path, call.function);
    return tag === undefined ? undefined : tagConstant(tag);
  };
  return migrations(text, call, newTag).map(({ title, changes }: Migration, i) => ({
    title,
    kind: diagnostics.length > 0 ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
    ...(diagnostics.length > 0 ? { diagnostics } : {}),
    isPreferred: i === 0 && diagnostics.length > 0,
    edit: {
      changes: {
        [pathToUri(path)]: changes.map((change) => ({
          range: lines.rangeOf(change.start, change.end),
          newText: change.text,
        })),
      },
    },
  }));
}
