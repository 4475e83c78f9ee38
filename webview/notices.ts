/** What stands in the table's place, or above it, when there is something to say: no source, starting, failed, nothing found. */
import type { FromPanel, PanelState } from '../extension/protocol.ts';
import { element, setShown, setText } from './controls/dom.ts';
import { icon } from './controls/icons.ts';
import { button, emphasise, progressRing, relabel } from './controls/toolkit.ts';
import { type EmptyFilter, emptyFilterWords, emptyWords, retryWords, sourceName } from './stateWords.ts';

export interface NoticeModel extends EmptyFilter {
  /** Rows known, shown or not. */
  readonly rows: number;
  readonly shown: number;
}

export interface NoticeEvents {
  send(message: FromPanel): void;
  onClearFilter(): void;
}

const COUNTDOWN_MS = 500;

export class Notices {
  /** A line above the table, beside figures that stay visible. */
  readonly strip = element('div', 'notice-strip');
  /** Fills the table's place while it has no rows. */
  readonly placeholder = element('div', 'placeholder');
  readonly #events: NoticeEvents;
  readonly #stripText = element('span', 'notice-text');
  readonly #stripRetry: HTMLElement;
  readonly #ring = progressRing('Working');
  readonly #title = element('div', 'placeholder-title');
  readonly #text = element('div', 'placeholder-text');
  readonly #retry: HTMLElement;
  readonly #other: HTMLElement;
  readonly #resume: HTMLElement;
  readonly #clear: HTMLElement;
  #model: NoticeModel | undefined;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(events: NoticeEvents) {
    this.#events = events;
    const restart = () => events.send({ type: 'restart' });
    this.#stripRetry = button({ label: 'Retry', title: 'Try again now', kind: 'secondary', onClick: restart });
    this.strip.setAttribute('role', 'alert');
    this.strip.append(icon('warning'), this.#stripText, this.#stripRetry);
    this.#retry = button({ label: 'Retry', kind: 'primary', onClick: restart });
    this.#other = button({ label: '', kind: 'primary', onClick: () => this.#switchSource() });
    this.#resume = button({ label: 'Resume', kind: 'primary', onClick: () => events.send({ type: 'resume' }) });
    this.#clear = button({ label: 'Clear the filter', kind: 'secondary', onClick: () => events.onClearFilter() });
    const actions = element('div', 'placeholder-actions', this.#retry, this.#resume, this.#other, this.#clear);
    this.placeholder.setAttribute('role', 'status');
    this.placeholder.append(this.#ring, this.#title, this.#text, actions);
    this.strip.hidden = true;
    this.placeholder.hidden = true;
  }

  show(model: NoticeModel): void {
    this.#model = model;
    const { state } = model.panel;
    const empty = model.rows === 0;
    setShown(this.placeholder, model.shown === 0);
    setShown(this.strip, !empty && (state.kind === 'failed' || state.kind === 'off' || state.kind === 'starting'));
    setShown(this.#ring, empty && emptyWords(model.panel, 0).busy);
    setShown(this.#retry, empty && state.kind === 'failed');
    setShown(this.#resume, empty && state.kind === 'paused');
    setShown(this.#clear, !empty);
    setShown(this.#stripRetry, state.kind === 'failed');
    const other = otherSource(model.panel);
    setShown(this.#other, empty && (state.kind === 'off' || state.kind === 'failed') && other !== undefined);
    emphasise(this.#other, state.kind === 'off');
    if (other)
      relabel(this.#other, `Watch ${other === 'local' ? 'this PC' : 'the simulated kernel'}`, sourceName(other));
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
    const { state } = model.panel;
    if (state.kind === 'failed') {
      setText(
        this.#stripText,
        `${state.reason} ${state.advice} ${retryWords(state.retryAt, now)} The last figures stay below.`,
      );
    } else if (state.kind === 'off') setText(this.#stripText, `${state.reason} The last figures stay below.`);
    else if (state.kind === 'starting')
      setText(this.#stripText, `Starting ${model.panel.sourceLabel}. The last figures stay below.`);
  }

  #switchSource(): void {
    const source = this.#model && otherSource(this.#model.panel);
    if (source) this.#events.send({ type: 'setSource', source });
  }
}

function otherSource(panel: PanelState) {
  return panel.sources.find((source) => source !== panel.source);
}
