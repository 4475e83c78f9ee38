import * as vscode from 'vscode';
import { CLIENT_COMMANDS, type NotRestoredPlace, type RestoreParams } from '../language/protocol.ts';
import { type PoolTag, tagLabel } from '../language/tag/poolTag.ts';
import { counted } from './counted.ts';
import type { DriverLanguageClient } from './languageClient.ts';
import { applyWithPreview } from './preview.ts';
import { siteArguments } from './siteArguments.ts';
import type { SplitMonitor } from './splitMonitor.ts';

export interface RestoreContext {
  readonly client: DriverLanguageClient;
  readonly splits: SplitMonitor;
  readonly log: vscode.LogOutputChannel;
}

function placed({ uri, line, reason }: NotRestoredPlace): string {
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  return `${file}${line >= 0 ? `:${line + 1}` : ''}: ${reason}`;
}

/** Asks for the edit that restores, shows it, and says what cannot be restored. */
async function restore({ client, log }: RestoreContext, params: RestoreParams): Promise<void> {
  const { result, edit } = await client.restore(params);
  const problems = [...result.refused, ...result.left].map(placed);
  for (const problem of problems) log.warn(`Not restored: ${problem}`);
  const first = problems.length > 0 ? ` ${problems[0]}` : '';
  if (!edit) {
    const reason = result.refused.length > 0 ? first : ' No tag was assigned there, or all were restored.';
    void vscode.window.showWarningMessage(`Nothing was restored.${reason}`);
    return;
  }
  if (!(await applyWithPreview(edit))) {
    void vscode.window.showWarningMessage(
      'The original tags were not restored: a file changed meanwhile or is read-only, or the preview was discarded.',
    );
    return;
  }
  await client.noteApplied(result.plan);
  const others = problems.length > 0 ? ` ${counted(problems.length, 'place', 'places')} not, see the log.${first}` : '';
  void vscode.window.showInformationMessage(
    `${counted(result.restored, 'allocation site has its', 'allocation sites have their')} original tag again. Save and rebuild.${others}`,
  );
}

/** Lets the user choose an old tag, or all. */
async function pick(splits: SplitMonitor): Promise<RestoreParams | undefined> {
  const byOld = Map.groupBy(splits.tags, ({ oldTag }) => oldTag);
  if (byOld.size === 0) {
    void vscode.window.showInformationMessage('No unique pool tag was assigned in this workspace.');
    return undefined;
  }
  const items = [...byOld].map(([tag, news]) => ({
    label: tagLabel(tag),
    description: counted(news.length, 'new tag', 'new tags'),
    detail: news.map(({ newTag }) => tagLabel(newTag)).join(' '),
    params: { scope: 'tag', tag } as RestoreParams,
  }));
  const all = { label: 'All', description: counted(splits.tags.length, 'new tag', 'new tags'), detail: '' };
  const choices = items.length > 1 ? [...items, { ...all, params: { scope: 'all' } as RestoreParams }] : items;
  return (await vscode.window.showQuickPick(choices, { title: 'Restore the original tag' }))?.params;
}

export function restoreCommands(context: RestoreContext): Record<string, (...args: unknown[]) => unknown> {
  return {
    [CLIENT_COMMANDS.noteApplied]: (plan) => context.client.noteApplied(plan as number),
    [CLIENT_COMMANDS.restore]: async (given) => {
      const tag = typeof given === 'number' ? ({ scope: 'tag', tag: given as PoolTag } as RestoreParams) : undefined;
      const params = tag ?? (await pick(context.splits));
      if (params) await restore(context, params);
    },
    'poolLens.restoreSite': async (uri, position) => {
      const params = siteArguments(uri, position);
      if (params) await restore(context, params);
    },
    'poolLens.restoreFolder': async (given) => {
      const folder = given instanceof vscode.Uri ? given : undefined;
      if (folder) await restore(context, { scope: 'folder', uri: folder.toString() });
    },
  };
}
