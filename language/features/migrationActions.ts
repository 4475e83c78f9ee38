/** Code actions that turn a call of an old routine into one of a newer one. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { firstTag } from '../assign/firstTag.ts';
import { pathToUri } from '../index/fileUri.ts';
import { isMigratable, type Migration, migrations } from '../rules/migration.ts';
import type { RuleId } from '../rules/ruleTable.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import { tagConstant } from '../tag/poolTag.ts';
import type { LanguageView } from './view.ts';

/** What a driver writes that makes ExAllocatePoolZero work on older systems. */
const DOWN_LEVEL_SUPPORT = /\bPOOL_ZERO_DOWN_LEVEL_SUPPORT\b|\bExInitializeDriverRuntime\b/;

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

/** Whether the sources around a file say that the driver runs on systems before Windows 10, version 2004. */
function isDownLevel(view: LanguageView, path: string, text: string): boolean {
  if (DOWN_LEVEL_SUPPORT.test(text)) return true;
  return view.index.projectOf(path)?.isDownLevel === true;
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
  const downLevel = isDownLevel(view, path, text);
  return migrations(text, call, { newTag, downLevel }).map(({ title, changes }: Migration, i) => ({
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
