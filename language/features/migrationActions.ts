/** Code actions that turn a call of an old routine into one of ExAllocatePool2. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { pathToUri } from '../index/fileUri.ts';
import { isMigratable, type Migration, migrations } from '../rules/migration.ts';
import type { RuleId } from '../rules/ruleTable.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import type { LanguageView } from './view.ts';

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
  const rule: RuleId = 'deprecated-routine';
  const diagnostics = params.context.diagnostics.filter(
    ({ code, range }) => code === rule && range.start.line === call.range.start.line,
  );
  const lines = new LineTable(text);
  return migrations(text, call).map(({ title, changes }: Migration, i) => ({
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
