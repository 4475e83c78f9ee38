import path from 'node:path';
import type { PastSpan, RowPasts } from '../pool/rowPasts.ts';
import type { PhaseState, RecordingState, SourceState, TagGroup, Timeline } from '../protocol.ts';
import { Signal, type Unsubscribe } from '../signal.ts';
import type { Watch } from '../watch.ts';
import { RecordedPool } from './recordedPool.ts';
import { RecordingFile } from './recordingFile.ts';

/** A pause this many times as long as the usual one is a gap. */
const GAP_FACTOR = 4;
/** No gap is shorter, milliseconds. */
const SHORTEST_GAP_MS = 5_000;
/** Points of the time line's picture at the most. */
const OVERVIEW_POINTS = 512;

/** Samples decoded before anything is shown; the rest follows in pieces of so many, with breath in between. */
const DECODED_AT_ONCE = 2_000;
const PIECE = 500;
/** Rows are judged when the shown moment rested for so long, milliseconds. */
const JUDGE_AFTER_MS = 150;

/** An opened recording as something that a panel shows: nothing moves by itself, {@link show} does. */
export class RecordingWatch implements Watch {
  readonly store: RecordedPool;
  readonly sampled = new Signal<void>();
  readonly stateChanged = new Signal<void>();
  readonly intervalMs: number;
  readonly state: SourceState = { kind: 'paused' };
  readonly sourceKind = 'recording';
  readonly sourceLabel: string;
  readonly phases: PhaseState;
  readonly timeline: Timeline;
  readonly file: RecordingFile;
  #recording: RecordingState;
  #groups: readonly TagGroup[] = [];
  #decoding: ReturnType<typeof setImmediate> | undefined;
  #judging: ReturnType<typeof setTimeout> | undefined;

  /** Throws a `RecordingError` for a file that is no recording. */
  constructor(file: string) {
    this.file = new RecordingFile(file);
    const { info, marks, kept, notice } = this.file;
    this.store = new RecordedPool(this.file);
    this.sourceLabel = info.label || path.basename(file);
    this.phases = { marks, operationsPerCycle: marks.at(-1)?.operations ?? null, canMark: false };
    this.#recording = { kind: 'opened', name: path.basename(file), kept, notice };
    this.intervalMs = usualInterval(this.file.elapsedMs);
    this.timeline = timelineOf(this.file, this.intervalMs);
    if (this.store.decode(DECODED_AT_ONCE)) this.#decodeOn();
    else this.store.judge();
  }

  get recording(): RecordingState {
    return this.#recording;
  }

  get groups(): readonly TagGroup[] {
    return this.#groups;
  }

  /** Tags that belong together, as whoever knows the workspace says. */
  setGroups(groups: readonly TagGroup[]): void {
    this.#groups = groups;
    this.store.touch();
    this.sampled.emit();
  }

  /** Shows the moment; the newest sample that is not later. */
  show(elapsedMs: number): void {
    const { version } = this.store;
    this.store.show(elapsedMs);
    if (this.store.version === version) return;
    this.sampled.emit();
    clearTimeout(this.#judging);
    this.#judging = setTimeout(() => this.#judge(), JUDGE_AFTER_MS);
  }

  past(ids: readonly number[], span: PastSpan, points: number): RowPasts {
    return this.store.pasts(ids, span, points);
  }

  evidence(id: number): string {
    return this.store.verdict(id).evidence;
  }

  /** The recording is marked as kept, or not any more. */
  setKept(kept: boolean): void {
    const { notice } = this.file;
    this.#recording = { kind: 'opened', name: path.basename(this.file.file), kept, notice };
    this.stateChanged.emit();
  }

  /** A recording does not care whether somebody looks. */
  look(): Unsubscribe {
    return () => {};
  }

  dispose(): void {
    clearTimeout(this.#judging);
    clearImmediate(this.#decoding);
    this.file.close();
  }

  #decodeOn(): void {
    this.#decoding = setImmediate(() => {
      if (this.store.decode(PIECE)) this.#decodeOn();
      else this.#judge();
    });
  }

  #judge(): void {
    this.store.judge();
    this.sampled.emit();
  }
}

/** The middle one of the pauses between samples; 1000 for a recording of one sample. */
function usualInterval(elapsed: Float64Array): number {
  if (elapsed.length < 2) return 1_000;
  const pauses = new Float64Array(elapsed.length - 1);
  for (let i = 0; i < pauses.length; i++) pauses[i] = elapsed[i + 1] - elapsed[i];
  return pauses.sort()[pauses.length >> 1];
}

function timelineOf(file: RecordingFile, intervalMs: number): Timeline {
  const { elapsedMs, samples } = file;
  const limit = Math.max(SHORTEST_GAP_MS, GAP_FACTOR * intervalMs);
  const gaps: { fromMs: number; toMs: number }[] = [];
  for (let i = 1; i < samples; i++) {
    if (elapsedMs[i] - elapsedMs[i - 1] > limit) gaps.push({ fromMs: elapsedMs[i - 1], toMs: elapsedMs[i] });
  }
  const points = file.systemPoints(OVERVIEW_POINTS);
  return {
    lengthMs: elapsedMs[samples - 1],
    time: file.header(0).time,
    samples,
    gaps,
    boots: file.bootSamples.map((sample) => elapsedMs[sample]),
    overviewMs: Float64Array.from(points, ([elapsed]) => elapsed),
    nonpagedKb: Float64Array.from(points, ([, nonpaged]) => nonpaged),
    pagedKb: Float64Array.from(points, ([, , paged]) => paged),
  };
}
