import type { PoolStore } from './pool/poolStore.ts';
import type { PhaseState, RecordingState, SourceKind, SourceState, Timeline } from './protocol.ts';
import type { Signal, Unsubscribe } from './signal.ts';

/** What can be read of a pool, live or recorded: the store without what feeds it. */
export type PoolView = Pick<
  PoolStore,
  | 'rowCount'
  | 'tagCount'
  | 'version'
  | 'epoch'
  | 'time'
  | 'watchedMs'
  | 'system'
  | 'pageFaultsDelta'
  | 'poolRates'
  | 'changedSince'
  | 'row'
  | 'trend'
  | 'tags'
  | 'totals'
>;

/** A pool that is watched, as a panel sees it: the running monitor, or a recording. */
export interface Watch {
  readonly store: PoolView;
  /** After each sample, and after a recording's shown moment moved. */
  readonly sampled: Signal<void>;
  /** After a change of source, state, interval, phases or recording. */
  readonly stateChanged: Signal<void>;
  readonly intervalMs: number;
  readonly state: SourceState;
  readonly sourceKind: SourceKind | undefined;
  readonly sourceLabel: string;
  readonly phases: PhaseState;
  readonly recording: RecordingState;
  /** The time line of a recording; null while the pool is live. */
  readonly timeline: Timeline | null;
  /** Asks for samples until the returned function is called. */
  look(): Unsubscribe;
}
