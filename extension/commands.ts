import * as vscode from 'vscode';
import {
  type AllocationSite,
  type AssignParams,
  CLIENT_COMMANDS,
  type SourcePlace,
  type SourcePosition,
} from '../language/protocol.ts';
import { type PoolTag, tagFromText, tagLabel } from '../language/tag/poolTag.ts';
import type { DriverLanguageClient } from './languageClient.ts';
import type { Monitor } from './monitor.ts';
import { applyWithPreview } from './preview.ts';
import type { LiveKind } from './protocol.ts';
import { type RecordingCommandContext, recordingCommands } from './recordingCommands.ts';
import { type RestoreContext, restoreCommands } from './restoreCommands.ts';
import type { SiteDirectory } from './siteDirectory.ts';
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

function fileAndLine(site: AllocationSite): string {
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
  const sites = directory.sitesOf(tag);
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
    title: `${sites.length} allocation sites of '${tagLabel(tag)}'`,
    placeHolder: 'Enter goes to the site',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) await openSite(picked.site);
}

async function pickTag(directory: SiteDirectory, title: string, fewest: number): Promise<PoolTag | undefined> {
  const items = directory
    .tagsWithSites()
    .map((tag) => ({ label: tagLabel(tag), tag, sites: directory.sitesOf(tag) }))
    .filter(({ sites }) => sites.length >= fewest)
    .sort((a, b) => b.sites.length - a.sites.length || a.label.localeCompare(b.label))
    .map((item) => ({
      ...item,
      description: `${item.sites.length} ${item.sites.length === 1 ? 'site' : 'sites'}`,
      detail: [...new Set(item.sites.map((site) => site.function || '(file level)'))].join(', '),
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      fewest > 1
        ? 'No pool tag of this workspace is shared by several allocation sites.'
        : 'No tagged pool allocation was found in this workspace.',
    );
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.tag;
}

/** Asks for unique tags and shows the edit; says what was refused and which frees stay as they are. */
async function assign({ client }: CommandContext, params: AssignParams): Promise<void> {
  const { result, edit } = await client.assign(params);
  if (!edit || result.assigned.length === 0) {
    const reason = result.refused[0]?.reason ?? 'There is no allocation site here.';
    void vscode.window.showWarningMessage(`No unique tag was assigned. ${reason}`);
    return;
  }
  if (!(await applyWithPreview(edit))) {
    void vscode.window.showWarningMessage(
      'The new tags were not applied: a file changed meanwhile, or the preview was discarded.',
    );
    return;
  }
  if (result.plan !== undefined) await client.noteApplied(result.plan);
  const tags = result.assigned.map((site) => `'${tagLabel(site.newTag)}'`).join(', ');
  const left = result.leftFrees.length;
  const frees =
    left > 0
      ? ` ${left} tagged ${left === 1 ? 'free' : 'frees'} of the old tag ${left === 1 ? 'was' : 'were'} left alone: check ${left === 1 ? 'it' : 'them'} before you run the driver.`
      : '';
  const refused = result.refused.length > 0 ? ` ${result.refused.length} refused: ${result.refused[0].reason}` : '';
  void vscode.window.showInformationMessage(
    `${result.assigned.length} allocation ${result.assigned.length === 1 ? 'site has its' : 'sites have their'} own tag now: ${tags}. Save and rebuild.${frees}${refused}`,
  );
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

function siteArguments(uri: unknown, position: unknown): AssignParams | undefined {
  if (typeof uri === 'string' && typeof position === 'object' && position !== null) {
    return { scope: 'site', uri, position: position as SourcePosition };
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { line, character } = editor.selection.active;
  return { scope: 'site', uri: editor.document.uri.toString(), position: { line, character } };
}

/** Registers every command of the manifest, and those that the language server's lenses name. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { monitor, directory, views, log } = context;
  const settings = () => vscode.workspace.getConfiguration('poolLens');
  const commands: Record<string, (...args: unknown[]) => unknown> = {
    ...recordingCommands(context.recordings),
    ...restoreCommands(context.restores),
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
    'poolLens.assignTagPick': async () => {
      const tag = await pickTag(directory, 'Assign unique tags to all sites of a tag', 2);
      if (tag !== undefined) await assign(context, { scope: 'tag', tag });
    },
    'poolLens.renameTag': async (given) => {
      const tag = typeof given === 'number' ? given : await pickTag(directory, 'Rename a pool tag everywhere', 1);
      if (tag !== undefined) await renameTag(context, tag);
    },
    'poolLens.revealTag': async (tag) => views.reveal(typeof tag === 'string' ? tagFromText(tag) : (tag as PoolTag)),
    [CLIENT_COMMANDS.showSites]: (tag) => showSites(directory, tag as PoolTag),
    [CLIENT_COMMANDS.assignTag]: (tag) => assign(context, { scope: 'tag', tag: tag as PoolTag }),
    [CLIENT_COMMANDS.assignSite]: (uri, position) => {
      const params = siteArguments(uri, position);
      if (params) return assign(context, params);
      return vscode.window.showInformationMessage('Put the cursor on an allocation site first.');
    },
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
