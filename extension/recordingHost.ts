import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { formatBytes } from '../language/tag/figuresText.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import type { Monitor } from './monitor.ts';
import { recordedTags } from './recording/recordedTags.ts';
import { Recorder } from './recording/recorder.ts';
import { planRetention, removeRecording, type StoredRecording, storedRecordings } from './recording/recordingFolder.ts';
import { sqlite } from './recording/sqlite.ts';

const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;
/** Old recordings are looked for this long after the start, milliseconds: the start itself is not for that. */
const RETENTION_WAIT_MS = 15_000;

/** The recorder with VS Code's settings and folders, and what keeps old recordings within their limits. */
export class RecordingHost implements vscode.Disposable {
  readonly recorder: Recorder;
  private readonly context: vscode.ExtensionContext;
  private readonly monitor: Monitor;
  private readonly log: vscode.LogOutputChannel;
  private readonly subscriptions: vscode.Disposable[];
  private closing: Promise<void> | undefined;

  constructor(context: vscode.ExtensionContext, monitor: Monitor, log: vscode.LogOutputChannel) {
    this.context = context;
    this.monitor = monitor;
    this.log = log;
    this.recorder = new Recorder({
      monitor,
      settings: () => ({
        enabled: this.setting('enabled', true),
        folder: this.folder,
        maxBytes: this.maxBytes,
      }),
      info: () => ({
        system: this.system,
        writer: String(context.extension.packageJSON.version),
        workspace: (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name).join(', '),
      }),
      systemStarted: () => (monitor.sourceKind === 'local' ? Math.round(Date.now() - os.uptime() * 1000) : null),
      startWorker: () => new Worker(path.join(context.extensionPath, 'dist', 'recorder.js')),
      log: (line) => log.info(line),
    });
    const timer = setTimeout(() => this.retain(), RETENTION_WAIT_MS);
    this.subscriptions = [
      new vscode.Disposable(() => clearTimeout(timer)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('poolLens.recording')) this.recorder.settingsChanged();
      }),
    ];
  }

  /** The watched system in words; empty for one that is simulated. */
  get system(): string {
    return this.monitor.sourceKind === 'local' ? systemInWords() : '';
  }

  /** Where recordings are. */
  get folder(): string {
    const chosen = this.setting('folder', '');
    return chosen === '' ? path.join(this.context.globalStorageUri.fsPath, 'recordings') : chosen;
  }

  /** What all recordings may take, and one at the most. */
  get maxBytes(): number {
    return this.setting('maxSizeMB', 2_000) * MEGABYTE;
  }

  /** The recordings of the folder, the newest first. */
  stored(): StoredRecording[] {
    return sqlite() ? storedRecordings(this.folder).reverse() : [];
  }

  /** The tags of all recordings of the folder. */
  recordedTags(): Promise<PoolTag[]> {
    return recordedTags(this.folder, (line) => this.log.warn(line));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    void this.close();
  }

  /** Closes the file that is being written. */
  close(): Promise<void> {
    this.closing ??= this.recorder.dispose();
    return this.closing;
  }

  private setting<T>(name: string, usual: T): T {
    return vscode.workspace.getConfiguration('poolLens.recording').get<T>(name, usual);
  }

  /** Deletes what is too old or too much, and says so. */
  private retain(): void {
    if (!sqlite()) return;
    const limits = {
      maxAgeMs: this.setting('maxAgeDays', 30) * DAY_MS,
      maxTotalBytes: this.maxBytes,
    };
    const plan = planRetention(storedRecordings(this.folder), limits, Date.now());
    const removed = plan.remove.filter(({ file }) => {
      try {
        removeRecording(file);
        this.log.info(`Recordings: ${file} was deleted to keep within the limits.`);
        return true;
      } catch (error) {
        this.log.warn(`Recordings: ${file} could not be deleted: ${(error as Error).message}`);
        return false;
      }
    });
    for (const { file, kept } of plan.spared) {
      const why = kept === true ? 'it is marked as kept' : kept === 'unknown' ? 'it cannot be read' : 'it is in use';
      this.log.info(`Recordings: ${file} is beyond the limits, and stays: ${why}.`);
    }
    if (removed.length > 0) void this.tellRemoved(removed);
    else if (plan.excessBytes > 0) void this.tellExcess(plan.excessBytes, plan.spared.length);
  }

  private async tellRemoved(removed: readonly StoredRecording[]): Promise<void> {
    const bytes = removed.reduce((sum, recording) => sum + recording.bytes, 0);
    const what = removed.length === 1 ? '1 old recording was' : `${removed.length} old recordings were`;
    await this.tell(`${what} deleted (${formatBytes(bytes)}), as the settings say. Kept ones stay.`);
  }

  private async tellExcess(bytes: number, count: number): Promise<void> {
    await this.tell(
      `Recordings take ${formatBytes(bytes)} more than the settings allow: ${count} that are kept, in use or unreadable are not deleted.`,
    );
  }

  private async tell(message: string): Promise<void> {
    const settings = 'Settings';
    const show = 'Open a Recording';
    const picked = await vscode.window.showInformationMessage(`Pool Lens: ${message}`, show, settings);
    if (picked === settings)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'poolLens.recording');
    if (picked === show) await vscode.commands.executeCommand('poolLens.openRecording');
  }
}

/** `Windows 11 Pro 10.0.26100, x64, 8 processors, 16.0 GB` */
function systemInWords(): string {
  const processors = os.cpus().length;
  return `${os.version()} ${os.release()}, ${os.arch()}, ${processors} processors, ${formatBytes(os.totalmem())}`;
}
