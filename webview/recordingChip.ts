/** Whether the watch is being recorded, in the first line: a dot, a clock, and the ways to it. */
import type { RecordingState } from '../extension/protocol.ts';
import { clockText } from './chart/plot.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { exactBytes, stopwatch } from './numbers.ts';

export interface RecordingWords {
  readonly text: string;
  readonly title: string;
}

/** `now` in milliseconds since 1970, on the clock of the samples. */
export function recordingWords(recording: RecordingState, now: number): RecordingWords {
  switch (recording.kind) {
    case 'off':
      return { text: 'not recorded', title: `This watch is not recorded. ${recording.reason}`.trim() };
    case 'waiting':
      return { text: 'rec', title: 'Recording begins with the first sample.' };
    case 'recording': {
      const kept = recording.kept ? ' It is kept whatever its age.' : '';
      return {
        text: `rec ${stopwatch(now - recording.since)}`,
        title: `Recorded since ${clockText(recording.since, true)} as ${recording.name}, ${exactBytes(recording.bytes)}.${kept} Select it to see all recordings.`,
      };
    }
    case 'failed':
      return { text: 'not recording', title: `${recording.reason} ${recording.advice}`.trim() };
    case 'opened':
      return { text: recording.kept ? 'kept' : 'recording', title: `${recording.name}. ${recording.notice}`.trim() };
  }
}

export class RecordingChip {
  readonly element = element('button', 'recording');
  readonly #dot = element('span', 'rec-dot');
  readonly #text = element('span');

  constructor(onOpen: () => void) {
    this.element.append(this.#dot, this.#text);
    this.element.addEventListener('click', onOpen);
  }

  show(recording: RecordingState, now: number): void {
    setShown(this.element, recording.kind !== 'opened');
    this.element.dataset.kind = recording.kind;
    const { text, title } = recordingWords(recording, now);
    setText(this.#text, text);
    setAttribute(this.element, 'title', title);
    setAttribute(this.element, 'aria-label', `${text}. ${title}`);
  }
}
