/** The first line: which pool is watched and how that goes, its controls, and PoolMon's header figures. */
import type { FromPanel, PanelState, RecordingState } from '../extension/protocol.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { icon, setIcon } from './controls/icons.ts';
import { iconButton } from './controls/segments.ts';
import { button, dropdown, retitle } from './controls/toolkit.ts';
import { counted, exactBytes, friendlyBytes, grouped, intervalText, signed, signedBytes } from './numbers.ts';
import { RecordingChip } from './recordingChip.ts';
import type { SystemSummary } from './state.ts';
import { stateWord } from './stateWords.ts';
import { shareWords, type WorkspaceSummary } from './workspaceWords.ts';

const INTERVALS = [250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
const KB = 1024;

interface Figure {
  readonly name: string;
  readonly tooltip: string;
  /** The value as text, and exact for the tooltip. */
  read(summary: SystemSummary): readonly [string, string];
  /** The change as text, `` without one. */
  change?(summary: SystemSummary): string;
}

function memory(
  name: string,
  tooltip: string,
  field: 'residentKernelKb' | 'residentPagedKb' | 'committedKb' | 'commitLimitKb' | 'commitPeakKb',
): Figure {
  return {
    name,
    tooltip,
    read: ({ system }) => {
      const bytes = (system?.[field] ?? 0) * KB;
      return [friendlyBytes(bytes), exactBytes(bytes)];
    },
  };
}

function pool(
  name: string,
  tooltip: string,
  field: 'nonpagedKb' | 'pagedKb',
  rate: 'nonpagedKbPerMinute' | 'pagedKbPerMinute',
): Figure {
  return {
    name,
    tooltip,
    read: ({ system }) => {
      const bytes = (system?.[field] ?? 0) * KB;
      return [friendlyBytes(bytes), exactBytes(bytes)];
    },
    change: (summary) => {
      const kb = Math.round(summary[rate]);
      return Number.isNaN(kb) ? '' : kb === 0 ? '±0' : `${signedBytes(kb * KB)}/min`;
    },
  };
}

/** What the panel is about first, then the rest of PoolMon's header in its order. */
const FIGURES: readonly Figure[] = [
  {
    name: 'Avail',
    tooltip: 'Available of all physical memory',
    read: ({ system }) => {
      const [available, total] = [(system?.availableKb ?? 0) * KB, (system?.totalKb ?? 0) * KB];
      return [
        `${friendlyBytes(available)} of ${friendlyBytes(total)}`,
        `${exactBytes(available)} of ${exactBytes(total)}`,
      ];
    },
  },
  pool(
    'Nonpaged',
    'Nonpaged pool (PoolMon: Pool N), and its change over the last minute',
    'nonpagedKb',
    'nonpagedKbPerMinute',
  ),
  pool('Paged', 'Paged pool (PoolMon: Pool P), and its change over the last minute', 'pagedKb', 'pagedKbPerMinute'),
  {
    name: 'PageFlts',
    tooltip: 'Page faults since the last sample',
    read: ({ pageFaultsDelta, system }) => [
      signed(pageFaultsDelta),
      `${grouped(pageFaultsDelta)}; ${grouped(system?.pageFaults ?? 0)} since boot`,
    ],
  },
  memory('InRam Krnl', 'Kernel code and drivers in RAM', 'residentKernelKb'),
  memory('InRam P', 'Paged pool in RAM', 'residentPagedKb'),
  memory('Commit', 'Committed memory', 'committedKb'),
  memory('Limit', 'Commit limit', 'commitLimitKb'),
  memory('Peak', 'Highest commit since boot', 'commitPeakKb'),
];
/** So many figures stand before this workspace's. */
const POOLS_END = 3;

export interface TopBarEvents {
  send(message: FromPanel): void;
  onHelp(): void;
  /** The menu of columns, below this element. */
  onColumns(anchor: HTMLElement): void;
}

export class TopBar {
  readonly element = element('header', 'top-bar');
  readonly #send: (message: FromPanel) => void;
  readonly #dot = element('span', 'state-dot');
  readonly #label = element('button', 'source-label');
  readonly #word = element('span', 'state-word');
  readonly #pauseIcon = icon('pause');
  readonly #pause: HTMLElement;
  readonly #interval = dropdown('Polling interval', (value) =>
    this.#send({ type: 'setInterval', intervalMs: Number(value) }),
  );
  readonly #recording: RecordingChip;
  readonly #figures = element('div', 'figures');
  readonly #own = element('span', 'stat own');
  readonly #values: readonly { figure: Figure; item: HTMLElement; value: HTMLElement; change: HTMLElement }[];
  #paused = false;

  constructor(phaseBar: HTMLElement, events: TopBarEvents) {
    this.#send = events.send;
    this.#values = FIGURES.map((figure) => {
      const value = element('span', 'value');
      const change = element('span', 'change');
      const item = element('span', 'stat', element('span', 'name', figure.name), value);
      if (figure.change) item.append(change);
      return { figure, item, value, change };
    });
    const items = this.#values.map(({ item }) => item);
    this.#figures.append(...items.slice(0, POOLS_END), this.#own, ...items.slice(POOLS_END));
    this.#own.append(element('span', 'name'), element('span', 'value'));
    this.#pause = button({
      label: '',
      title: 'Pause',
      kind: 'icon',
      icon: this.#pauseIcon,
      onClick: () => this.#send({ type: this.#paused ? 'resume' : 'pause' }),
    });
    this.#recording = new RecordingChip(() => this.#send({ type: 'openRecording' }));
    this.#label.addEventListener('click', () => this.#send({ type: 'selectSource' }));
    const status = element('div', 'source-status', this.#dot, this.#label, this.#word);
    status.setAttribute('role', 'status');
    const columns: HTMLButtonElement = iconButton('columns', 'Choose the columns', () => events.onColumns(columns));
    columns.setAttribute('aria-haspopup', 'menu');
    const help = iconButton('help', 'Keys (H or ?)', events.onHelp);
    const controls = element('div', 'source-controls', this.#pause, this.#interval.element);
    const tools = element('div', 'top-tools', this.#recording.element, columns, help);
    this.element.append(element('div', 'source', status, controls), phaseBar, tools, this.#figures);
  }

  showState(panel: PanelState): void {
    const { kind } = panel.state;
    this.element.dataset.state = kind;
    this.element.dataset.source = panel.source;
    this.element.classList.toggle('simulated', panel.source === 'simulated');
    setText(this.#label, panel.sourceLabel);
    // A recording rests by its nature.
    const plain = kind === 'live' || (panel.source === 'recording' && kind === 'paused');
    setText(this.#word, plain ? '' : `· ${stateWord(panel.state)}`);
    const live = panel.source !== 'recording';
    setShown(this.#interval.element, live);
    setAttribute(this.#label, 'title', panel.sources.length > 1 ? 'Select which pool to watch' : panel.sourceLabel);
    setAttribute(this.#dot, 'title', stateWord(panel.state));

    this.#paused = kind === 'paused';
    setShown(this.#pause, live && (kind === 'live' || kind === 'paused'));
    setIcon(this.#pauseIcon, this.#paused ? 'play' : 'pause');
    retitle(this.#pause, this.#paused ? 'Resume' : 'Pause');
    const intervals = INTERVALS.includes(panel.intervalMs) ? INTERVALS : [...INTERVALS, panel.intervalMs];
    this.#interval.set(
      intervals.toSorted((a, b) => a - b).map((ms) => ({ value: String(ms), label: intervalText(ms) })),
      String(panel.intervalMs),
    );
  }

  showRecording(recording: RecordingState, now: number): void {
    this.#recording.show(recording, now);
  }

  showFigures(summary: SystemSummary, workspace: WorkspaceSummary): void {
    setShown(this.#own, workspace.liveTags > 0);
    const [name, value] = this.#own.children;
    setText(name, workspace.name);
    setText(value, `${friendlyBytes(workspace.bytes)} (${counted(workspace.liveTags, 'tag')})`);
    setAttribute(this.#own, 'title', shareWords(workspace, summary));
    setShown(this.#figures, summary.system !== null);
    if (summary.system === null) return;
    for (const { figure, item, value, change } of this.#values) {
      const [text, exact] = figure.read(summary);
      setText(value, text);
      setAttribute(item, 'title', `${figure.tooltip}: ${exact}`);
      if (figure.change) setText(change, figure.change(summary));
    }
  }
}
