import * as vscode from 'vscode';
import type { ScanState } from '../language/protocol.ts';

/** Shorter scans are over before anybody could read of them, milliseconds. */
const WORTH_SAYING_MS = 400;

const count = new Intl.NumberFormat('en-US');

/** The first scan of the sources in the status bar: how far it is, to stop it, and to go on with one that was stopped. */
export class ScanStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('poolLens.scan', vscode.StatusBarAlignment.Left, 9);
  private timer: NodeJS.Timeout | undefined;
  private state: ScanState = { state: 'done', files: 0, total: 0 };
  private isLong = false;

  constructor() {
    this.item.name = 'Pool Lens: Scan of the Sources';
  }

  show(state: ScanState): void {
    // Whoever goes on with a scan wants to see at once that it does.
    if (this.state.state === 'stopped' && state.state === 'scanning') this.isLong = true;
    this.state = state;
    void vscode.commands.executeCommand('setContext', 'poolLens.scan', state.state);
    if (state.state === 'scanning') {
      this.timer ??= setTimeout(() => {
        this.isLong = true;
        this.update();
      }, WORTH_SAYING_MS);
    } else {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.isLong = false;
    }
    this.update();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }

  private update(): void {
    const { state, files, total } = this.state;
    const read = `${count.format(files)} of ${count.format(total)} files`;
    if (state === 'scanning' && this.isLong) {
      this.item.text = `$(sync~spin) Scanning ${read}`;
      this.item.tooltip = 'Pool Lens looks for allocation sites; those found so far can be used. Select to stop.';
      this.item.command = 'poolLens.stopScan';
      this.item.show();
    } else if (state === 'stopped') {
      this.item.text = `$(debug-pause) Scanned ${read}`;
      this.item.tooltip = 'The scan was stopped: allocation sites in the other files are not known. Select to go on.';
      this.item.command = 'poolLens.resumeScan';
      this.item.show();
    } else {
      this.item.hide();
    }
  }
}
