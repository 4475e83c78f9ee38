import { PoolStore } from './pool/poolStore.ts';
import type { SourceKind, SourceState } from './protocol.ts';
import { Signal, type Unsubscribe } from './signal.ts';
import { clampInterval, type PoolSource, type SourceListener } from './sources/source.ts';

export type SourceFactory = (kind: SourceKind, listener: SourceListener) => PoolSource;

/**
 * The running watch: one source feeding one store. It polls only while somebody looks, and the user did not pause; what was
 * seen stays when the source stops, fails or comes back, and goes only when another source is chosen.
 */
export class Monitor {
  readonly store = new PoolStore();
  /** After each sample. */
  readonly sampled = new Signal<void>();
  /** After a change of source, state or interval. */
  readonly stateChanged = new Signal<void>();
  private readonly createSource: SourceFactory;
  private source: PoolSource | undefined;
  private sourceState: SourceState = { kind: 'starting' };
  private lookers = 0;
  private paused = false;
  private interval: number;

  constructor(createSource: SourceFactory, intervalMs: number) {
    this.createSource = createSource;
    this.interval = clampInterval(intervalMs);
  }

  get intervalMs(): number {
    return this.interval;
  }

  get state(): SourceState {
    return this.paused ? { kind: 'paused' } : this.sourceState;
  }

  get sourceKind(): SourceKind | undefined {
    return this.source?.kind;
  }

  get sourceLabel(): string {
    return this.source?.label ?? '';
  }

  /** True while samples come in or are about to. */
  get running(): boolean {
    return this.source !== undefined && this.lookers > 0 && !this.paused;
  }

  /** Watches another source from its beginning; the one that is watched already goes on. */
  setSource(kind: SourceKind): void {
    if (this.source?.kind === kind) return;
    this.source?.dispose();
    this.store.reset();
    this.sourceState = { kind: 'starting' };
    const current: PoolSource = this.createSource(kind, {
      sample: (snapshot) => {
        if (this.source !== current) return;
        this.store.apply(snapshot);
        this.sampled.emit();
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

  /** Tells the listeners that something shown of the source (its label) changed. */
  touch(): void {
    this.stateChanged.emit();
  }

  dispose(): void {
    this.source?.dispose();
    this.source = undefined;
  }

  private drive(): void {
    if (this.running) this.source?.start(this.interval);
    else this.source?.stop();
    this.stateChanged.emit();
  }
}
