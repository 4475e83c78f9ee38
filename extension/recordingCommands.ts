import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../language/tag/figuresText.ts';
import { type ExportContext, type ExportFormat, exportWatch } from './exportCommands.ts';
import type { Monitor } from './monitor.ts';
import { isOperations, isPhaseName, MOST_OPERATIONS } from './phaseLog.ts';
import type { PhaseName } from './protocol.ts';
import { importLog } from './recording/importLog.ts';
import { keepRecording, recordingFileName, type StoredRecording } from './recording/recordingFolder.ts';
import { RECORDING_EXTENSION } from './recording/schema.ts';
import type { RecordingHost } from './recordingHost.ts';
import type { RecordingEditors, ShownRecording } from './views/recordingEditor.ts';
import type { Watch } from './watch.ts';

export interface RecordingCommandContext {
  readonly monitor: Monitor;
  readonly host: RecordingHost;
  readonly editors: RecordingEditors;
  readonly exports: ExportContext;
}

type Command = (...args: unknown[]) => unknown;

const PHASE_WORDS: Record<PhaseName, { readonly label: string; readonly detail: string }> = {
  settle: { label: 'Settle', detail: 'The driver is loaded; caches fill. Nothing is judged by this time.' },
  baseline: { label: 'Baseline', detail: 'The system as it is without the test.' },
  test: { label: 'Test', detail: 'The test runs. Marked again, another cycle begins.' },
  wait: { label: 'Wait', detail: 'The test is over: what it took should come back.' },
  end: { label: 'End', detail: 'The test is done; the watch rests again when no panel can be seen.' },
};

function mark({ monitor }: RecordingCommandContext, phase: PhaseName): void {
  if (!monitor.phases.canMark) {
    void vscode.window.showWarningMessage('Pool Lens: nothing is watched yet. Open the pool panel first.');
    return;
  }
  monitor.mark(phase);
}

async function pickPhase(context: RecordingCommandContext): Promise<void> {
  const phases = Object.entries(PHASE_WORDS) as [PhaseName, (typeof PHASE_WORDS)[PhaseName]][];
  const picked = await vscode.window.showQuickPick(
    phases.map(([phase, words]) => ({ phase, ...words })),
    { title: 'Where does the test stand?' },
  );
  if (picked) mark(context, picked.phase);
}

async function askOperations({ monitor }: RecordingCommandContext): Promise<void> {
  const now = monitor.phases.operationsPerCycle;
  const text = await vscode.window.showInputBox({
    title: 'How many operations does a cycle of the test do?',
    prompt: 'Leaked objects are then told per operation. Leave it empty when you do not know.',
    value: now === null ? '' : String(now),
    validateInput: (given) =>
      given.trim() === '' || isOperations(Number(given)) ? '' : `A whole number, 1 to ${MOST_OPERATIONS}, or nothing.`,
  });
  if (text !== undefined) monitor.setOperations(text.trim() === '' ? null : Number(text));
}

function recordingItem({ file, bytes, changed, kept, open }: StoredRecording) {
  const words = [new Date(changed).toLocaleString(), formatBytes(bytes)];
  if (open) words.push('being written');
  if (kept === true) words.push('kept');
  if (kept === 'unknown') words.push('cannot be read');
  return { label: path.basename(file, RECORDING_EXTENSION), description: words.join(' · '), file };
}

/** A stored recording, or one from elsewhere; undefined when the user thought better of it. */
async function pickRecording(host: RecordingHost, title: string, except?: string): Promise<string | undefined> {
  const elsewhere = { label: '$(folder-opened) Another file…', description: '', file: '' };
  const items = host
    .stored()
    .map(recordingItem)
    .filter(({ file }) => file !== except);
  const picked = await vscode.window.showQuickPick([...items, elsewhere], { title, matchOnDescription: true });
  if (picked?.file !== '') return picked?.file;
  const [chosen] =
    (await vscode.window.showOpenDialog({ title, filters: { Recordings: [RECORDING_EXTENSION.slice(1)] } })) ?? [];
  return chosen?.fsPath;
}

/** Compares a recording with an older one that the user chooses. */
async function compare({ host, editors }: RecordingCommandContext, after?: string): Promise<void> {
  const newer = after ?? (await pickRecording(host, 'Compare: the newer recording'));
  if (newer === undefined) return;
  const older = await pickRecording(host, `Compare ${path.basename(newer)} with an older recording`, newer);
  if (older !== undefined) await editors.open(newer, older);
}

function setKept({ host, editors, monitor }: RecordingCommandContext, kept: boolean, shown?: ShownRecording): void {
  const recording = shown ?? editors.active;
  if (!recording) {
    if (monitor.recording.kind !== 'recording') {
      void vscode.window.showWarningMessage('Pool Lens: nothing is being recorded, and no recording is open.');
      return;
    }
    host.recorder.keep(kept);
    return;
  }
  if (recording.uri.fsPath === host.recorder.file) host.recorder.keep(kept);
  else keepRecording(recording.uri.fsPath, kept);
  recording.watch.setKept(kept);
}

/** Makes a recording of a log, and opens it; a recording is only opened. */
async function importFile({ host, editors, exports }: RecordingCommandContext, given: unknown): Promise<void> {
  const [chosen] =
    given instanceof vscode.Uri
      ? [given]
      : ((await vscode.window.showOpenDialog({
          title: 'Open as a Pool Lens recording',
          filters: { 'Logs of pool tags': ['log', 'txt', 'csv'], 'All files': ['*'] },
        })) ?? []);
  if (!chosen) return;
  const file = chosen.fsPath;
  if (file.endsWith(RECORDING_EXTENSION)) return editors.open(file);
  await mkdir(host.folder, { recursive: true, mode: 0o700 });
  const target = path.join(host.folder, recordingFileName(new Date(), path.basename(file)));
  const warnings: string[] = [];
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Reading ${path.basename(file)}` },
    () =>
      importLog(file, target, {
        writer: exports.version,
        maxBytes: host.maxBytes,
        warn: (message) => warnings.push(message),
      }),
  );
  await editors.open(target);
  if (warnings.length > 0) void vscode.window.showWarningMessage(`Pool Lens: ${warnings.join(' ')}`);
}

/** What a panel, live or of a recording, asks for about phases and recordings. True when it was one of these. */
export function carryOutRecordingIntent(
  context: RecordingCommandContext,
  intent: { readonly type: string } & Record<string, unknown>,
  shown?: ShownRecording,
): boolean {
  switch (intent.type) {
    case 'mark':
      if (isPhaseName(intent.phase)) mark(context, intent.phase);
      return true;
    case 'setOperations':
      if (intent.operations === null || isOperations(intent.operations))
        context.monitor.setOperations(intent.operations);
      return true;
    case 'compare':
      void compare(context, shown?.uri.fsPath ?? context.host.recorder.file);
      return true;
    case 'keepRecording':
      setKept(context, intent.kept === true, shown);
      return true;
    case 'export':
      void vscode.commands.executeCommand(EXPORT_COMMANDS[intent.format as ExportFormat], shown?.uri);
      return true;
    case 'openRecording':
      void vscode.commands.executeCommand('poolLens.openRecording');
      return true;
    default:
      return false;
  }
}

const EXPORT_COMMANDS: Record<ExportFormat, string> = {
  report: 'poolLens.exportReport',
  csv: 'poolLens.exportCsv',
  poolmon: 'poolLens.exportPoolmon',
};

/** What an export is of: the recording that is named, else the one in front, else the running watch. */
function exported({ editors, monitor }: RecordingCommandContext, uri: unknown): Watch {
  return (uri instanceof vscode.Uri ? editors.shown(uri) : editors.active)?.watch ?? monitor;
}

/** The commands of phases and recordings. */
export function recordingCommands(context: RecordingCommandContext): Record<string, Command> {
  const { host, editors } = context;
  return {
    'poolLens.mark': () => pickPhase(context),
    'poolLens.mark.settle': () => mark(context, 'settle'),
    'poolLens.mark.baseline': () => mark(context, 'baseline'),
    'poolLens.mark.test': () => mark(context, 'test'),
    'poolLens.mark.wait': () => mark(context, 'wait'),
    'poolLens.mark.end': () => mark(context, 'end'),
    'poolLens.setOperations': () => askOperations(context),
    'poolLens.openRecording': async () => {
      const file = await pickRecording(host, 'Open a recording');
      if (file !== undefined) await editors.open(file);
    },
    'poolLens.compareRecordings': () => compare(context, editors.active?.uri.fsPath),
    'poolLens.importRecording': (uri) => importFile(context, uri),
    'poolLens.exportReport': (uri) => exportWatch(exported(context, uri), 'report', context.exports),
    'poolLens.exportCsv': (uri) => exportWatch(exported(context, uri), 'csv', context.exports),
    'poolLens.exportPoolmon': (uri) => exportWatch(exported(context, uri), 'poolmon', context.exports),
    'poolLens.keepRecording': () => setKept(context, true),
    'poolLens.releaseRecording': () => setKept(context, false),
    'poolLens.showRecordings': () =>
      vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(host.stored()[0]?.file ?? host.folder)),
  };
}
