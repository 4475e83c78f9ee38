import type { PoolStore } from './pool/poolStore.ts';
import type { PastSpan, RowPasts } from './pool/rowPasts.ts';
import type { PhaseState, RecordingState, SourceKind, SourceState, TagGroup, Timeline } from './protocol.ts';
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
  | 'rowsOf'
  | 'verdict'
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
  /** Tags that belong together; a new array when they changed. Absent where nothing groups them. */
  readonly groups?: readonly TagGroup[];
  /** The pasts of rows between two times, at most `points` values each. Absent where none is kept. */
  past?(ids: readonly number[], span: PastSpan, points: number): RowPasts;
  /** Why the row has its verdict, one sentence with its numbers. Absent where no verdict is given. */
  evidence?(id: number): string;
  /** Asks for samples until the returned function is called. */
  look(): Unsubscribe;
}
