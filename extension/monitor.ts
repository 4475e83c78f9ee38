import { PhaseLog } from './phaseLog.ts';
import { PoolStore } from './pool/poolStore.ts';
import type { PastSpan, RowPasts } from './pool/rowPasts.ts';
import type { PoolSnapshot } from './pool/snapshot.ts';
import type { LiveKind, PhaseMark, PhaseName, PhaseState, RecordingState, SourceState, TagGroup } from './protocol.ts';
import { Signal, type Unsubscribe } from './signal.ts';
import { clampInterval, type PoolSource, type SourceListener } from './sources/source.ts';
import type { Watch } from './watch.ts';

export type SourceFactory = (kind: LiveKind, listener: SourceListener) => PoolSource;

/**
 * The running watch: one source feeding one store. It polls only while somebody looks or a test is under way, and the user
 * did not pause; what was seen stays when the source stops, fails or comes back, and goes only when another source is chosen.
 */
export class Monitor implements Watch {
  readonly store = new PoolStore();
  /** Each sample as it came, before {@link sampled}: for who records it. */
  readonly snapshotTaken = new Signal<PoolSnapshot>();
  /** After each sample. */
  readonly sampled = new Signal<void>();
  /** After a phase was marked. */
  readonly marked = new Signal<PhaseMark>();
  /** The pool is live. */
  readonly timeline = null;
  /** After a change of source, state or interval. */
  readonly stateChanged = new Signal<void>();
  private readonly createSource: SourceFactory;
  private source: PoolSource | undefined;
  private sourceState: SourceState = { kind: 'starting' };
  private lookers = 0;
  private paused = false;
  private interval: number;
  private generations = 0;
  private readonly phaseLog = new PhaseLog();
  private recordingState: RecordingState = { kind: 'waiting' };
  private tagGroups: readonly TagGroup[] = [];

  constructor(createSource: SourceFactory, intervalMs: number) {
    this.createSource = createSource;
    this.interval = clampInterval(intervalMs);
  }

  get groups(): readonly TagGroup[] {
    return this.tagGroups;
  }

  /** They show with the next sample. */
  setGroups(groups: readonly TagGroup[]): void {
    this.tagGroups = groups;
  }

  get intervalMs(): number {
    return this.interval;
  }

  get state(): SourceState {
    return this.paused ? { kind: 'paused' } : this.sourceState;
  }

  get sourceKind(): LiveKind | undefined {
    return this.source?.kind;
  }

  get sourceLabel(): string {
    return this.source?.label ?? '';
  }

  /** Grows each time another source is chosen. */
  get generation(): number {
    return this.generations;
  }

  get phases(): PhaseState {
    return this.phaseLog.state;
  }

  get recording(): RecordingState {
    return this.recordingState;
  }

  past(ids: readonly number[], span: PastSpan, points: number): RowPasts {
    return this.store.pasts(ids, span, points);
  }

  /** True while samples come in or are about to. */
  get running(): boolean {
    return this.source !== undefined && (this.lookers > 0 || this.phaseLog.open) && !this.paused;
  }

  /** Watches another source from its beginning; the one that is watched already goes on. */
  setSource(kind: LiveKind): void {
    if (this.source?.kind === kind) return;
    this.source?.dispose();
    this.generations++;
    this.store.reset();
    this.phaseLog.reset();
    this.sourceState = { kind: 'starting' };
    const current: PoolSource = this.createSource(kind, {
      sample: (snapshot) => {
        if (this.source !== current) return;
        this.take(snapshot);
      },
      state: (state) => {
        if (this.source !== current) return;
        this.sourceState = state;
        this.stateChanged.emit();
      },
    });
    this.source = current;
    this.drive();
  }

  /** Asks for samples until the returned function is called. */
  look(): Unsubscribe {
    this.lookers++;
    if (this.lookers === 1) this.drive();
    let looking = true;
    return () => {
      if (!looking) return;
      looking = false;
      this.lookers--;
      if (this.lookers === 0) this.drive();
    };
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.drive();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.drive();
  }

  /** Tries a failed source again at once. */
  restart(): void {
    this.paused = false;
    this.drive();
  }

  setInterval(intervalMs: number): void {
    const clamped = clampInterval(intervalMs);
    if (clamped === this.interval) return;
    this.interval = clamped;
    this.source?.setInterval(clamped);
    this.stateChanged.emit();
  }

  /**
   * Marks where the test stands, at the newest sample. From the first mark to the end mark the watch goes on without a panel.
   * Undefined where nothing changes, or no sample came yet.
   */
  mark(phase: PhaseName, operations?: number): PhaseMark | undefined {
    if (!this.phases.canMark) return undefined;
    const mark = this.phaseLog.mark(phase, this.store.watchedMs, this.store.time, operations);
    if (!mark) return undefined;
    this.store.mark(mark.phase, mark.operations);
    this.drive();
    this.marked.emit(mark);
    return mark;
  }

  /** The sentence of a row's verdict. */
  evidence(id: number): string {
    return this.store.verdict(id).evidence;
  }

  /** How many operations a cycle of the test does; null for unknown. Holds for marks to come. */
  setOperations(operations: number | null): void {
    this.phaseLog.setOperations(operations);
    this.stateChanged.emit();
  }

  /** What the recorder says of itself. */
  setRecording(state: RecordingState): void {
    this.recordingState = state;
    this.stateChanged.emit();
  }

  /** Tells the listeners that something shown of the source (its label) changed. */
  touch(): void {
    this.stateChanged.emit();
  }

  dispose(): void {
    this.source?.dispose();
    this.source = undefined;
  }

  private take(snapshot: PoolSnapshot): void {
    const { epoch } = this.store;
    this.store.apply(snapshot);
    // Another boot: marks of the old one say nothing of the new figures.
    if (this.store.epoch !== epoch) this.phaseLog.reset();
    const could = this.phases.canMark;
    this.phaseLog.allow();
    this.snapshotTaken.emit(snapshot);
    this.sampled.emit();
    if (!could) this.stateChanged.emit();
  }

  private drive(): void {
    if (this.running) this.source?.start(this.interval);
    else this.source?.stop();
    this.stateChanged.emit();
  }
}
