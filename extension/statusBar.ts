import * as vscode from 'vscode';
import type { TagFigures } from '../language/protocol.ts';
import { formatBytes, gainText } from '../language/tag/figuresText.ts';
import { tagLabel } from '../language/tag/poolTag.ts';
import { siteFigures } from './liveFigures.ts';
import type { Monitor } from './monitor.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** Tags named in the tooltip at the most. */
const NAMED = 8;

/** The worst tag of this workspace, seen without opening anything: one that leaks, else one that grows. */
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
    const growing = siteFigures(this.monitor, this.directory)
      .filter((figures) => figures.growing)
      .sort((a, b) => Number(b.leaks) - Number(a.leaks) || b.bytesPerMinute - a.bytesPerMinute);
    const [icon, text, words] = growing.length > 0 ? growingWords(growing) : restingWords(this.monitor);
    const phase = phaseWords(this.monitor);
    this.item.text = `$(${icon}) ${text}${phase && ` · ${phase}`}`;
    const lines = [`Pool Lens, ${this.monitor.sourceLabel || 'not watching'}`, words, recordingWords(this.monitor)];
    this.item.tooltip = lines.filter((line) => line !== '').join('\n');
    this.item.show();
  }
}

/** Icon, text and the tooltip's lines. */
type Words = readonly [icon: string, text: string, tooltip: string];

function growingWords(growing: readonly TagFigures[]): Words {
  const said = growing.map((figures) => ({
    short: [
      tagLabel(figures.tag).trimEnd(),
      figures.leaks ? 'leaks' : '',
      gainText(figures) || (figures.leaks ? '' : 'grew'),
    ]
      .filter((word) => word !== '')
      .join(' '),
    outstanding: figures.outstanding,
  }));
  const more = said.length > 1 ? ` and ${said.length - 1} more` : '';
  const lines = said.slice(0, NAMED).map(({ short, outstanding }) => `${short}, ${outstanding} outstanding`);
  return [growing[0].leaks ? 'warning' : 'arrow-up', `${said[0].short}${more}`, lines.join('\n')];
}

function restingWords({ state, running }: Monitor): Words {
  if (state.kind === 'failed' || state.kind === 'off') return ['warning', 'Pool', state.reason];
  if (!running) return ['circle-slash', 'Pool', 'Not watching. Select to open the panel.'];
  return ['pulse', 'Pool', 'No tag of this workspace grows.'];
}

/** Where the test stands; empty without one. */
function phaseWords({ phases }: Monitor): string {
  const last = phases.marks.at(-1);
  if (!last || last.phase === 'end') return '';
  return last.phase === 'test' ? `test ${last.cycle}` : last.phase;
}

function recordingWords({ recording }: Monitor): string {
  switch (recording.kind) {
    case 'recording':
      return `Recording, ${formatBytes(recording.bytes)}`;
    case 'failed':
      return `Not recording: ${recording.reason}`;
    default:
      return '';
  }
}
