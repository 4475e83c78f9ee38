import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { CLIENT_COMMANDS } from '../language/protocol.ts';
import { tagLabel } from '../language/tag/poolTag.ts';
import { openSite, registerCommands } from './commands.ts';
import { DriverLanguageClient } from './languageClient.ts';
import { type LeakNotice, noticeLeaks } from './leakNotices.ts';
import { feedLanguageServer } from './liveFigures.ts';
import { monitorsFolder } from './marks/markProtocol.ts';
import { MarkServer } from './marks/markServer.ts';
import { Monitor } from './monitor.ts';
import type { PanelIntent } from './panelSession.ts';
import type { LiveKind } from './protocol.ts';
import { RecordingWatch } from './recording/recordingWatch.ts';
import { carryOutRecordingIntent, type RecordingCommandContext } from './recordingCommands.ts';
import { RecordingHost } from './recordingHost.ts';
import { ScanStatus } from './scanStatus.ts';
import { stageWorkspace } from './simulation.ts';
import { SiteDirectory } from './siteDirectory.ts';
import { LocalSource } from './sources/localSource.ts';
import { SimulatedSource } from './sources/simulatedSource.ts';
import { SplitMonitor } from './splitMonitor.ts';
import { PoolStatusBar } from './statusBar.ts';
import { MonitorViews } from './views/monitorViews.ts';
import { RecordingEditors, type ShownRecording } from './views/recordingEditor.ts';
import { TagTreeView } from './views/tagTree.ts';

/** Sources this machine has, the one taken by `auto` first. A library given by hand (tests) makes a local source anywhere. */
function availableSources(): readonly LiveKind[] {
  return process.platform === 'win32' || process.env.POOL_LENS_NTDLL ? ['local', 'simulated'] : ['simulated', 'local'];
}

function chosenSource(sources: readonly LiveKind[]): LiveKind {
  const setting = vscode.workspace.getConfiguration('poolLens').get<string>('source', 'auto');
  return sources.find((kind) => kind === setting) ?? sources[0];
}

/** The composition root: makes the parts, wires them in one direction, and hands their ends to VS Code. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Pool Lens', { log: true });
  context.subscriptions.push(log);
  try {
    start(context, log);
  } catch (error) {
    // VS Code says nothing of a failed activation but in its own log.
    log.error((error as Error).stack ?? String(error));
    void vscode.window.showErrorMessage(`Pool Lens did not start: ${(error as Error).message}`);
    throw error;
  }
}

/** The recording that is being written, for {@link deactivate}. */
let recordings: RecordingHost | undefined;

/** Waits until the recording is closed: a file that needs no log beside it. */
export async function deactivate(): Promise<void> {
  await recordings?.close();
}

function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  const settings = () => vscode.workspace.getConfiguration('poolLens');
  const sources = availableSources();
  const directory = new SiteDirectory({
    relative: (uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri), false),
    folder: (uri) => vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri))?.name ?? '',
  });
  const client = new DriverLanguageClient(context, directory, log);
  const scanStatus = new ScanStatus();

  let stage: vscode.Disposable | undefined;
  const monitor: Monitor = new Monitor(
    (kind, listener) => {
      stage?.dispose();
      stage = undefined;
      if (kind === 'local') {
        return new LocalSource(listener, path.join(context.extensionPath, 'dist', 'sampler.js'), (line) =>
          log.info(line),
        );
      }
      const source = new SimulatedSource(listener, (message) => log.warn(message));
      stage = stageWorkspace(source, directory, log, () => monitor.touch());
      return source;
    },
    settings().get('intervalMs', 1000),
  );

  const splits = new SplitMonitor(monitor, directory, client.assignments);
  const surroundings = () => ({ sources, hasWorkspace: (vscode.workspace.workspaceFolders?.length ?? 0) > 0 });
  const host = new RecordingHost(context, monitor, log);
  recordings = host;
  const intend = (intent: PanelIntent, shown?: ShownRecording) => {
    if (!carryOutRecordingIntent(recordingParts, intent, shown)) void carryOut(intent, monitor, directory, log);
  };
  const editors = new RecordingEditors(context.extensionUri, {
    directory,
    surroundings,
    opened: (watch) => {
      client.addRecordedTags(watch.file.tags);
      const followed = new SplitMonitor(watch, directory, client.assignments, splits.tags);
      return () => followed.dispose();
    },
    intend,
    log: (line) => log.warn(line),
  });
  const recordingParts: RecordingCommandContext = {
    monitor,
    host,
    editors,
    exports: {
      directory,
      systemOf: (watch) => (watch instanceof RecordingWatch ? watch.file.info.system : host.system),
      version: String(context.extension.packageJSON.version),
    },
  };
  const views = new MonitorViews(context.extensionUri, { monitor, directory, surroundings, intend });

  context.subscriptions.push(
    splits,
    new vscode.Disposable(
      client.assignments.on(
        ({ tags }) => void vscode.commands.executeCommand('setContext', 'poolLens.hasAssignments', tags.length > 0),
      ),
    ),
    views,
    client,
    new PoolStatusBar(monitor, directory),
    scanStatus,
    new vscode.Disposable(client.scanned.on((state) => scanStatus.show(state))),
    new TagTreeView(monitor, directory, openSite),
    editors,
    host,
    registerCommands({
      monitor,
      directory,
      client,
      views,
      log,
      sources,
      recordings: recordingParts,
      restores: { client, splits, log },
    }),
    listenForMarks(monitor, log),
    new vscode.Disposable(noticeLeaks(monitor, directory, (notice) => void tellLeak(notice))),
    new vscode.Disposable(feedLanguageServer(monitor, directory, client)),
    new vscode.Disposable(
      monitor.stateChanged.on(
        () => void vscode.commands.executeCommand('setContext', 'poolLens.state', monitor.state.kind),
      ),
    ),
    new vscode.Disposable(() => stage?.dispose()),
    new vscode.Disposable(() => monitor.dispose()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('poolLens.intervalMs')) monitor.setInterval(settings().get('intervalMs', 1000));
      if (change.affectsConfiguration('poolLens.source')) monitor.setSource(chosenSource(sources));
      if (change.affectsConfiguration('poolLens.tagFiles')) directory.forgetDescriptions();
    }),
  );

  monitor.setSource(chosenSource(sources));
  if (settings().get('openOnStartup', false)) void views.showQuietly();
  // The panel works without the sources: activation does not wait for their first scan.
  client
    .start()
    // Recordings may be many: nobody needs their tags before the first assignment.
    .then(async () => client.addRecordedTags(await host.recordedTags()))
    .catch((error: Error) => {
      log.error(error.stack ?? String(error));
      void vscode.window.showErrorMessage(`The language server of Pool Lens did not start: ${error.message}`);
    });
}

/** A leak of this workspace's own, with the way to its line. */
async function tellLeak({ tag, evidence }: LeakNotice): Promise<void> {
  if (!vscode.workspace.getConfiguration('poolLens').get('notifyLeaks', true)) return;
  const line = 'Go to the Line';
  const panel = 'Show in the Panel';
  const message = `Pool Lens: '${tagLabel(tag).trimEnd()}' leaks. ${evidence}`;
  const picked = await vscode.window.showWarningMessage(message, line, panel);
  if (picked === line) await vscode.commands.executeCommand(CLIENT_COMMANDS.showSites, tag);
  if (picked === panel) await vscode.commands.executeCommand('poolLens.revealTag', tag);
}

/** Lets `pool-lens mark` reach this monitor. */
function listenForMarks(monitor: Monitor, log: vscode.LogOutputChannel): vscode.Disposable {
  const server = new MarkServer(monitor, monitorsFolder(process.env, os.homedir(), process.platform));
  server.start().catch((error: Error) => log.warn(`Marks from outside cannot be taken: ${error.message}`));
  return new vscode.Disposable(() => server.dispose());
}

/** What the user asked for in the panel, as the commands and settings that do it. */
async function carryOut(
  intent: PanelIntent,
  monitor: Monitor,
  directory: SiteDirectory,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const update = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('poolLens').update(key, value, vscode.ConfigurationTarget.Global);
  switch (intent.type) {
    case 'pause':
      return monitor.pause();
    case 'resume':
      return monitor.resume();
    case 'restart':
      return monitor.restart();
    case 'setInterval':
      return update('intervalMs', intent.intervalMs);
    case 'setSource':
      return update('source', intent.source);
    case 'selectSource':
      return vscode.commands.executeCommand('poolLens.selectSource');
    case 'showSites':
      return vscode.commands.executeCommand(CLIENT_COMMANDS.showSites, intent.tag);
    case 'assignTag':
      return vscode.commands.executeCommand(CLIENT_COMMANDS.assignTag, intent.tag);
    case 'restoreTags':
      return vscode.commands.executeCommand(CLIENT_COMMANDS.restore, intent.tag);
    case 'openSite': {
      const site = [...directory.sitesOf(intent.tag), ...directory.possibleSitesOf(intent.tag)][intent.index];
      if (site) await openSite(site);
      return;
    }
    case 'goBack':
      return vscode.commands.executeCommand('workbench.action.navigateBack');
    case 'copy':
      return vscode.env.clipboard.writeText(intent.text);
    case 'error':
      log.error(`Panel: ${intent.message}`);
  }
}
