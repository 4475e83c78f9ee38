import * as vscode from 'vscode';
import { CLIENT_COMMANDS, type SourcePlace } from '../language/protocol.ts';
import { type PoolTag, tagFromText, tagLabel } from '../language/tag/poolTag.ts';
import { assignCommands } from './assignCommands.ts';
import type { DriverLanguageClient } from './languageClient.ts';
import type { Monitor } from './monitor.ts';
import type { LiveKind } from './protocol.ts';
import { type RecordingCommandContext, recordingCommands } from './recordingCommands.ts';
import { type RestoreContext, restoreCommands } from './restoreCommands.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import { tagListCommands } from './tagListCommands.ts';
import { pickTag } from './tagPicker.ts';
import type { MonitorViews } from './views/monitorViews.ts';

export interface CommandContext {
  readonly monitor: Monitor;
  readonly directory: SiteDirectory;
  readonly client: DriverLanguageClient;
  readonly views: MonitorViews;
  readonly log: vscode.LogOutputChannel;
  readonly sources: readonly LiveKind[];
  readonly recordings: RecordingCommandContext;
  readonly restores: RestoreContext;
}

const SOURCE_NAMES: Record<LiveKind, { readonly label: string; readonly detail: string }> = {
  local: { label: 'This PC', detail: 'The kernel pool of this PC.' },
  simulated: {
    label: 'Simulated kernel',
    detail: 'Animates the tags of the open workspace by its pool-lens.scenario.json.',
  },
};

function fileAndLine(site: SourcePlace): string {
  return `${vscode.workspace.asRelativePath(vscode.Uri.parse(site.uri))}:${site.range.start.line + 1}`;
}

function rangeOf(site: SourcePlace): vscode.Range {
  const { start, end } = site.range;
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Goes to a site or a free; Go Back returns. */
export async function openSite(site: SourcePlace): Promise<void> {
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(site.uri), {
    viewColumn: vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One,
    selection: rangeOf(site),
  });
  editor.revealRange(rangeOf(site), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Goes to the tag's only site, or lists them with file, function and line. */
export async function showSites(directory: SiteDirectory, tag: PoolTag): Promise<void> {
  const known = directory.sitesOf(tag);
  const sites: readonly SourcePlace[] = known.length > 0 ? known : directory.possibleSitesOf(tag);
  if (sites.length === 0) {
    void vscode.window.showInformationMessage(`No allocation site in this workspace uses the tag '${tagLabel(tag)}'.`);
    return;
  }
  if (sites.length === 1) {
    await openSite(sites[0]);
    return;
  }
  const items = sites.map((site) => ({
    label: site.function || '(file level)',
    description: fileAndLine(site),
    detail: site.lineText,
    site,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title:
      known.length > 0
        ? `${sites.length} allocation sites of '${tagLabel(tag)}'`
        : `${sites.length} allocation sites may use the tag '${tagLabel(tag)}'`,
    placeHolder: 'Enter goes to the site',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) await openSite(picked.site);
}

/** Asks for the new name of a tag, as PoolMon will show it, and shows the edit. */
async function renameTag({ client }: CommandContext, tag: PoolTag): Promise<void> {
  const shown = tagLabel(tag).trimEnd();
  const newText = await vscode.window.showInputBox({
    title: `Rename the pool tag '${shown}' in all that uses it`,
    prompt: '1 to 4 characters, as PoolMon will show them',
    value: shown,
    validateInput: async (text) =>
      text === shown ? '' : (await client.renameTag({ tag, newText: text })).result.reason,
  });
  if (newText === undefined || newText === shown) return;
  const { result, edit } = await client.renameTag({ tag, newText });
  if (!edit || result.reason !== '') {
    void vscode.window.showWarningMessage(`The tag was not renamed. ${result.reason}`);
    return;
  }
  if (await vscode.workspace.applyEdit(edit, { isRefactoring: true })) {
    const places = `${result.places} ${result.places === 1 ? 'place' : 'places'}`;
    void vscode.window.showInformationMessage(`'${shown}' is '${newText}' now, in ${places}. Save and rebuild.`);
  }
}

/** Registers every command of the manifest, and those that the language server's lenses name. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { monitor, directory, views, log } = context;
  const settings = () => vscode.workspace.getConfiguration('poolLens');
  const commands: Record<string, (...args: unknown[]) => unknown> = {
    ...recordingCommands(context.recordings),
    ...restoreCommands(context.restores),
    ...assignCommands(context),
    ...tagListCommands(context),
    'poolLens.open': () => views.reveal(),
    'poolLens.openEditor': () => views.openTab(),
    'poolLens.pause': () => monitor.pause(),
    'poolLens.resume': () => monitor.resume(),
    'poolLens.restart': () => monitor.restart(),
    'poolLens.showLog': () => log.show(),
    'poolLens.selectSource': async () => {
      const picked = await vscode.window.showQuickPick(
        context.sources.map((source) => ({
          source,
          ...SOURCE_NAMES[source],
          description: source === monitor.sourceKind ? 'watched now' : undefined,
        })),
        { title: 'Which pool to watch' },
      );
      if (picked) await settings().update('source', picked.source, vscode.ConfigurationTarget.Global);
    },
    'poolLens.stopScan': () => context.client.steerScan('stop'),
    'poolLens.resumeScan': () => context.client.steerScan('resume'),
    'poolLens.findSites': async () => {
      const tag = await pickTag(directory, 'Find all allocation sites of a tag', 1);
      if (tag !== undefined) await showSites(directory, tag);
    },
    'poolLens.renameTag': async (given) => {
      const tag = typeof given === 'number' ? given : await pickTag(directory, 'Rename a pool tag everywhere', 1);
      if (tag !== undefined) await renameTag(context, tag);
    },
    'poolLens.revealTag': async (tag) => views.reveal(typeof tag === 'string' ? tagFromText(tag) : (tag as PoolTag)),
    [CLIENT_COMMANDS.showSites]: (tag) => showSites(directory, tag as PoolTag),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([id, run]) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          await run(...args);
        } catch (error) {
          log.error(`${id}: ${(error as Error).stack ?? error}`);
          void vscode.window.showErrorMessage(`Pool Lens: ${(error as Error).message}`);
        }
      }),
    ),
  );
}
