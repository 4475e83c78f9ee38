/** What stands in the table's place, or above it, when there is something to say: no source, starting, failed, nothing found. */
import type { FromPanel, LiveKind, PanelState, RecordingState } from '../extension/protocol.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { icon } from './controls/icons.ts';
import { button, emphasise, progressRing, relabel } from './controls/toolkit.ts';
import { type EmptyFilter, emptyFilterWords, emptyWords, sourceName, stripLines } from './stateWords.ts';

export interface NoticeModel extends EmptyFilter {
  /** Rows known, shown or not. */
  readonly rows: number;
  readonly shown: number;
  readonly recording: RecordingState;
  /** A comparison stands in the table's place. */
  readonly compared: boolean;
}

export interface NoticeEvents {
  send(message: FromPanel): void;
  onClearFilter(): void;
}

const COUNTDOWN_MS = 500;

export class Notices {
  /** Lines above the table, beside figures that stay visible. */
  readonly strip = element('div', 'notice-strips');
  /** Fills the table's place while it has no rows. */
  readonly placeholder = element('div', 'placeholder');
  readonly #events: NoticeEvents;
  readonly #stripRetry: HTMLElement;
  readonly #lines = element('div', 'notice-lines');
  readonly #ring = progressRing('Working');
  readonly #title = element('div', 'placeholder-title');
  readonly #text = element('div', 'placeholder-text');
  readonly #command = element('button', 'copyable command-line');
  readonly #retry: HTMLElement;
  readonly #other: HTMLElement;
  readonly #recording: HTMLElement;
  readonly #target: HTMLElement;
  readonly #resume: HTMLElement;
  readonly #clear: HTMLElement;
  #model: NoticeModel | undefined;
  #linesKey = '';
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(events: NoticeEvents) {
    this.#events = events;
    const restart = () => events.send({ type: 'restart' });
    this.#stripRetry = button({ label: 'Retry', title: 'Try again now', kind: 'secondary', onClick: restart });
    this.#retry = button({ label: 'Retry', kind: 'primary', onClick: restart });
    this.#other = button({ label: '', kind: 'primary', onClick: () => this.#switchSource() });
    this.#recording = button({
      label: 'Open a recording…',
      title: 'Open a recording or a PoolMon log',
      kind: 'secondary',
      onClick: () => events.send({ type: 'openRecording' }),
    });
    this.#target = button({
      label: 'Connect to a target…',
      title: 'Watch the pool of another machine',
      kind: 'secondary',
      onClick: () => events.send({ type: 'connectTarget' }),
    });
    this.#resume = button({ label: 'Resume', kind: 'primary', onClick: () => events.send({ type: 'resume' }) });
    this.#clear = button({ label: 'Clear the filter', kind: 'secondary', onClick: () => events.onClearFilter() });
    this.#command.append(element('code'), icon('copy'));
    this.#command.addEventListener('click', () => {
      events.send({ type: 'copy', text: this.#command.firstElementChild?.textContent ?? '' });
    });
    const actions = element('div', 'placeholder-actions', this.#retry, this.#resume, this.#other, this.#recording);
    actions.append(this.#target, this.#clear);
    const words = element('div', 'placeholder-words', this.#title, this.#text);
    words.setAttribute('role', 'status');
    this.placeholder.append(this.#ring, words, this.#command, actions);
    this.#lines.setAttribute('role', 'status');
    this.strip.append(this.#lines, this.#stripRetry);
    this.strip.hidden = true;
    this.placeholder.hidden = true;
  }

  show(model: NoticeModel): void {
    this.#model = model;
    const { panel } = model;
    const { state } = panel;
    const empty = model.rows === 0;
    const stuck = state.kind === 'off' || state.kind === 'failed';
    setShown(this.placeholder, model.shown === 0 && !model.compared);
    setShown(this.#ring, empty && emptyWords(panel, 0).busy);
    setShown(this.#retry, empty && state.kind === 'failed');
    setShown(this.#resume, empty && state.kind === 'paused');
    setShown(this.#clear, !empty);
    setShown(this.#stripRetry, state.kind === 'failed');
    setShown(this.#recording, empty && stuck && (panel.offers?.includes('recording') ?? true));
    setShown(this.#target, empty && stuck && (panel.offers?.includes('target') ?? false));
    const other = otherSource(panel);
    setShown(this.#other, empty && stuck && other !== undefined);
    emphasise(this.#other, state.kind === 'off');
    if (other)
      relabel(this.#other, `Watch ${other === 'local' ? 'this PC' : 'the simulated kernel'}`, sourceName(other));
    const command = state.kind === 'failed' ? (state.command ?? '') : '';
    setShown(this.#command, empty && command !== '');
    setText(this.#command.firstElementChild as Element, command);
    setAttribute(this.#command, 'aria-label', `Copy ${command}`);
    this.#say();
    const counting = state.kind === 'failed' && state.retryAt !== null;
    if (counting && this.#countdown === undefined) this.#countdown = setInterval(() => this.#say(), COUNTDOWN_MS);
    else if (!counting) {
      clearInterval(this.#countdown);
      this.#countdown = undefined;
    }
  }

  #say(): void {
    const model = this.#model;
    if (!model) return;
    const now = Date.now();
    const words = model.rows === 0 ? emptyWords(model.panel, now) : emptyFilterWords(model);
    setText(this.#title, words.title);
    setText(this.#text, words.text);
    this.#showLines(model, now);
  }

  /** The elements stay while their number does: a button must not vanish under the pointer. */
  #showLines(model: NoticeModel, now: number): void {
    const lines = stripLines(model.panel, model.recording, model.rows > 0, now);
    const key = lines.map(({ command }) => command ?? '-').join('\n');
    if (key !== this.#linesKey) {
      this.#linesKey = key;
      this.#lines.replaceChildren(
        ...lines.map(({ command }) => {
          const line = element('div', 'notice-line', icon('warning'), element('span', 'notice-text'));
          if (command) line.append(this.#copyButton(command));
          return line;
        }),
      );
    }
    for (const [at, { text }] of lines.entries()) setText(this.#lines.children[at].children[1], text);
    setShown(this.strip, lines.length > 0);
  }

  #copyButton(command: string): HTMLElement {
    const made = element('button', 'copyable', element('code', '', command), icon('copy'));
    made.title = `Copy ${command}`;
    made.setAttribute('aria-label', made.title);
    made.addEventListener('click', () => this.#events.send({ type: 'copy', text: command }));
    return made;
  }

  #switchSource(): void {
    const source = this.#model && otherSource(this.#model.panel);
    if (source) this.#events.send({ type: 'setSource', source });
  }
}

function otherSource(panel: PanelState): LiveKind | undefined {
  return panel.sources.find((source) => source !== panel.source);
}
