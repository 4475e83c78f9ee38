/** The first line: which pool is watched and how that goes, its controls, and PoolMon's header figures. */
import type { FromPanel, PanelState } from '../extension/protocol.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { icon, setIcon } from './controls/icons.ts';
import { button, dropdown, retitle } from './controls/toolkit.ts';
import { exactBytes, friendlyBytes, grouped, intervalText, signed, signedBytes } from './numbers.ts';
import type { SystemSummary } from './state.ts';
import { stateWord } from './stateWords.ts';

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
  field:
    | 'totalKb'
    | 'availableKb'
    | 'residentKernelKb'
    | 'residentPagedKb'
    | 'committedKb'
    | 'commitLimitKb'
    | 'commitPeakKb',
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
    change: (summary) => `${Math.round(summary[rate]) === 0 ? '±0' : signedBytes(Math.round(summary[rate]) * KB)}/min`,
  };
}

/** In PoolMon's order; the two pools first, since they are what the panel is about. */
const FIGURES: readonly Figure[] = [
  pool('Pool N', 'Nonpaged pool, and its change over the last minute', 'nonpagedKb', 'nonpagedKbPerMinute'),
  pool('Pool P', 'Paged pool, and its change over the last minute', 'pagedKb', 'pagedKbPerMinute'),
  memory('Memory', 'Physical memory', 'totalKb'),
  memory('Avail', 'Available memory', 'availableKb'),
  {
    name: 'PageFlts',
    tooltip: 'Page faults since the last sample',
    read: ({ pageFaultsDelta, system }) => [
      signed(pageFaultsDelta),
      `${grouped(pageFaultsDelta)}; ${grouped(system?.pageFaults ?? 0)} since boot`,
    ],
  },
  memory('InRam Krnl', 'Kernel code and drivers in RAM', 'residentKernelKb'),
  memory('P', 'Paged pool in RAM', 'residentPagedKb'),
  memory('Commit', 'Committed memory', 'committedKb'),
  memory('Limit', 'Commit limit', 'commitLimitKb'),
  memory('Peak', 'Highest commit since boot', 'commitPeakKb'),
];

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
  readonly #figures = element('div', 'figures');
  readonly #values = FIGURES.map((figure) => {
    const value = element('span', 'value');
    const change = element('span', 'change');
    const item = element('span', 'stat', element('span', 'name', figure.name), value);
    if (figure.change) item.append(change);
    this.#figures.append(item);
    return { figure, item, value, change };
  });
  #paused = false;

  constructor(send: (message: FromPanel) => void, onHelp: () => void) {
    this.#send = send;
    this.#pause = button({
      label: '',
      title: 'Pause',
      kind: 'icon',
      icon: this.#pauseIcon,
      onClick: () => this.#send({ type: this.#paused ? 'resume' : 'pause' }),
    });
    this.#label.addEventListener('click', () => this.#send({ type: 'selectSource' }));
    const status = element('div', 'source-status', this.#dot, this.#label, this.#word);
    status.setAttribute('role', 'status');
    const help = button({ label: '', title: 'Keys (H or ?)', kind: 'icon', icon: icon('help'), onClick: onHelp });
    help.classList.add('help-button');
    const controls = element('div', 'source-controls', this.#pause, this.#interval.element);
    this.element.append(element('div', 'source', status, controls), this.#figures, help);
  }

  showState(panel: PanelState): void {
    const { kind } = panel.state;
    this.element.dataset.state = kind;
    this.element.classList.toggle('simulated', panel.source === 'simulated');
    setText(this.#label, panel.sourceLabel);
    setText(this.#word, kind === 'live' ? '' : `· ${stateWord(panel.state)}`);
    retitle(this.#label, panel.sources.length > 1 ? 'Select which pool to watch' : panel.sourceLabel);
    setAttribute(this.#dot, 'title', stateWord(panel.state));

    this.#paused = kind === 'paused';
    setShown(this.#pause, kind === 'live' || kind === 'paused');
    setIcon(this.#pauseIcon, this.#paused ? 'play' : 'pause');
    retitle(this.#pause, this.#paused ? 'Resume' : 'Pause');
    const intervals = INTERVALS.includes(panel.intervalMs) ? INTERVALS : [...INTERVALS, panel.intervalMs];
    this.#interval.set(
      intervals.toSorted((a, b) => a - b).map((ms) => ({ value: String(ms), label: intervalText(ms) })),
      String(panel.intervalMs),
    );
  }

  showFigures(summary: SystemSummary): void {
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
