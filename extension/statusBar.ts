import * as vscode from 'vscode';
import { tagLabel } from '../language/tag/poolTag.ts';
import { perMinute } from './figuresText.ts';
import { siteFigures } from './liveFigures.ts';
import type { Monitor } from './monitor.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** Tags named in the tooltip at the most. */
const NAMED = 8;

/** The growing tag of this workspace, seen without opening anything. */
export class PoolStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('poolLens.status', vscode.StatusBarAlignment.Left, 10);
  private readonly monitor: Monitor;
  private readonly directory: SiteDirectory;
  private readonly ends: (() => void)[];

  constructor(monitor: Monitor, directory: SiteDirectory) {
    this.monitor = monitor;
    this.directory = directory;
    this.item.name = 'Pool Lens';
    this.item.command = 'poolLens.open';
    this.ends = [monitor.sampled.on(() => this.update()), monitor.stateChanged.on(() => this.update())];
    this.update();
  }

  dispose(): void {
    for (const end of this.ends) end();
    this.item.dispose();
  }

  private update(): void {
    const { state } = this.monitor;
    const growing = siteFigures(this.monitor, this.directory)
      .filter((figures) => figures.growing)
      .sort((a, b) => b.bytesPerMinute - a.bytesPerMinute);
    const [worst] = growing;
    if (worst) {
      const more = growing.length > 1 ? ` and ${growing.length - 1} more` : '';
      this.item.text = `$(arrow-up) ${tagLabel(worst.tag).trimEnd()} ${perMinute(worst.objectsPerMinute)}${more}`;
      const lines = growing
        .slice(0, NAMED)
        .map((f) => `${tagLabel(f.tag)} grows ${perMinute(f.objectsPerMinute)}, ${f.outstanding} outstanding`);
      this.item.tooltip = `Pool Lens, ${this.monitor.sourceLabel}\n${lines.join('\n')}`;
    } else {
      const icon =
        state.kind === 'failed'
          ? 'warning'
          : state.kind === 'paused' || !this.monitor.running
            ? 'circle-slash'
            : 'pulse';
      this.item.text = `$(${icon}) Pool`;
      this.item.tooltip = `Pool Lens, ${this.monitor.sourceLabel || 'not watching'}\n${
        state.kind === 'failed'
          ? state.reason
          : this.monitor.running
            ? 'No tag of this workspace grows.'
            : 'Not watching. Select to open the panel.'
      }`;
    }
    this.item.show();
  }
}
