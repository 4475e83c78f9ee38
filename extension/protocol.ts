/**
 * What the host and the panel (a webview) say to each other: one union a direction.
 *
 * On `ready`, and each time the panel becomes visible, the host sends `state` and a whole `snapshot`; after that `frame`s of
 * changed rows. Frames carry a generation (a new snapshot starts a new one) and a sequence number; the panel answers each
 * snapshot and frame with `ack`, and asks for `resync` at a gap. One message with rows is in flight at a time, and what
 * changed meanwhile travels in the next: the newest wins. Rows travel as typed arrays.
 */
import type { PoolTag } from '../language/tag/poolTag.ts';
import type { Comparison } from './pool/comparison.ts';
import type { RowPasts } from './pool/rowPasts.ts';
import type { SystemFigures } from './pool/snapshot.ts';

/** Numbers of a row, in the order in which they stand in {@link RowBlock.values}. */
export const ROW_FIELDS = [
  'allocs',
  'allocsDelta',
  'frees',
  'freesDelta',
  'outstanding',
  'bytes',
  'bytesDelta',
  'bytesPerMinute',
  'objectsPerMinute',
  /** 1 where the row grows over the whole watched time, else 0. */
  'growing',
  /** Index into {@link VERDICTS}. */
  'verdict',
  /** Objects that stayed, a cycle of the test; NaN without cycles to compare. */
  'objectsPerCycle',
  /** The verdict's own rate, over the whole time it looked at; NaN without one. */
  'objectsPerHour',
] as const;
export type RowField = (typeof ROW_FIELDS)[number];

/** What can be said of a row. `unknown`: not enough data. */
export const VERDICTS = ['unknown', 'steady', 'cache', 'load', 'growing', 'leak'] as const;
export type VerdictName = (typeof VERDICTS)[number];

/**
 * Some rows of the table. A row is one tag in one pool and keeps its id while the source runs. A row that is absent from
 * a frame did not change: its deltas are 0 now and its other numbers stand.
 */
export interface RowBlock {
  readonly ids: Uint32Array;
  readonly tags: Uint32Array;
  /** 1 for the paged pool, 0 for nonpaged. */
  readonly paged: Uint8Array;
  /** `ids.length` rows of `ROW_FIELDS.length` numbers. */
  readonly values: Float64Array;
}

/** Trend lines for the rows the panel said it shows: `points` holds `length` bytes-used values a row, NaN before its first. */
export interface TrendBlock {
  readonly ids: Uint32Array;
  readonly length: number;
  readonly points: Float32Array;
}

/** One allocation site, as the panel lists it. */
export interface PanelSite {
  /** Handle for `openSite`. */
  readonly index: number;
  /** Path relative to the workspace folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly function: string;
  readonly routine: string;
  readonly lineText: string;
}

/** What the panel should know of a tag besides its numbers. */
export interface TagInfo {
  readonly tag: PoolTag;
  /** Binary from pooltag.txt; this workspace's own drivers are named by their folder. Empty when unknown. */
  readonly driver: string;
  readonly description: string;
  readonly sites: readonly PanelSite[];
  /** Places that may allocate under the tag too: its value is not known in full. Their indices go on behind those of `sites`. */
  readonly possible?: readonly PanelSite[];
  /** File and line of the tag database's entry, such as `pooltag.txt:1204`; absent where it is not known. */
  readonly source?: string;
}

/** A tag of a group, and its part in what the group gained. */
export interface GroupMember {
  readonly tag: PoolTag;
  /** 0 to 1; NaN while nothing grew. */
  readonly share: number;
  /** The line that allocates, such as `queue.c:212`; empty where several do, or none here. */
  readonly place: string;
}

/** Tags that belong together. */
export interface TagGroup {
  /** `split`: tags that took the place of `tag`. `together`: tags whose objects grow in step. */
  readonly kind: 'split' | 'together';
  /** The old tag, or the one that leads. */
  readonly tag: PoolTag;
  /** Those of this workspace first, then the fastest. */
  readonly members: readonly GroupMember[];
  /** Why they are a group, one sentence. */
  readonly reason: string;
}

/** The pasts of rows that the panel asked for, and what the verdict says of the first of them. */
export interface RowDetail extends RowPasts {
  /** The verdict's sentence with its numbers; empty where none was given. */
  readonly evidence: string;
}

/** Which pool is watched, and how that goes. */
export type SourceState =
  /** This machine has no such pool, and trying again will not change that. */
  | { readonly kind: 'off'; readonly reason: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'paused' }
  /** The source gave an error or its process died; it tries again by itself when `retryAt` (ms since 1970) is set. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly advice: string;
      readonly retryAt: number | null;
      /** A command line that helps, to copy, such as `gflags /r +ptg`. */
      readonly command?: string;
    };

/** Something wrong with figures that are there: pool tagging off, the tag table full. */
export interface PanelWarning {
  readonly text: string;
  /** A command line that helps, to copy. */
  readonly command?: string;
}

export interface PanelState {
  readonly source: SourceKind;
  /** For the header: `This PC`, or `Simulated kernel (sample-driver)`. */
  readonly sourceLabel: string;
  readonly state: SourceState;
  readonly intervalMs: number;
  /** Sources this machine offers. */
  readonly sources: readonly LiveKind[];
  readonly hasWorkspace: boolean;
  /** False while the first scan of the workspace runs. */
  readonly scanComplete: boolean;
  /** What can be opened from here besides the sources. */
  readonly offers?: readonly ('recording' | 'target')[];
  readonly warnings?: readonly PanelWarning[];
}
/** `recording`: an opened recording; only its own panel shows it, and no setting names it. */
export type SourceKind = 'local' | 'simulated' | 'recording';
/** What a setting can name. */
export type LiveKind = Exclude<SourceKind, 'recording'>;

/** Where a test stands; `end` closes the test. */
export type PhaseName = 'settle' | 'baseline' | 'test' | 'wait' | 'end';

/** From here on, until the next mark, the test stood at `phase`. */
export interface PhaseMark {
  /** Milliseconds since the first sample, on the clock that never jumps. */
  readonly elapsedMs: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly phase: PhaseName;
  /** Test phases begun so far: 0 before the first. */
  readonly cycle: number;
  /** Operations that the script did in this cycle, where it was told; null when unknown. */
  readonly operations: number | null;
}

export interface PhaseState {
  /** In order of time. */
  readonly marks: readonly PhaseMark[];
  /** What the user says a cycle does; new marks take it over. */
  readonly operationsPerCycle: number | null;
  /** False where nothing can be marked: a recording, or a watch without a sample. */
  readonly canMark: boolean;
}

export type RecordingState =
  /** Switched off, or this VS Code cannot. */
  | { readonly kind: 'off'; readonly reason: string }
  /** On, but no sample came yet. */
  | { readonly kind: 'waiting' }
  /** `since` in milliseconds since 1970; `bytes` on disk; `kept` is never deleted by retention. */
  | {
      readonly kind: 'recording';
      readonly name: string;
      readonly since: number;
      readonly bytes: number;
      readonly kept: boolean;
    }
  /** The disk is full, or cannot be written; what was recorded so far is kept, and it tries again by itself. */
  | { readonly kind: 'failed'; readonly reason: string; readonly advice: string }
  /** This panel shows an opened recording. `notice` says what of it could not be read, or is empty. */
  | { readonly kind: 'opened'; readonly name: string; readonly kept: boolean; readonly notice: string };

/** The time line of an opened recording, or of the live watch for its charts. All times as {@link PhaseMark.elapsedMs}. */
export interface Timeline {
  readonly lengthMs: number;
  /** Milliseconds since 1970 of the first sample. */
  readonly time: number;
  readonly samples: number;
  /** Stretches without samples: the PC slept, the watch was paused, or the sampler was gone. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Where the watched system was started anew. */
  readonly boots: readonly number[];
  /** Both pools over the whole time, KiB, `overviewMs` long. */
  readonly overviewMs: Float64Array;
  readonly nonpagedKb: Float64Array;
  readonly pagedKb: Float64Array;
}

/** What the panel shows of the session besides rows. */
export interface SessionState {
  readonly phases: PhaseState;
  readonly recording: RecordingState;
  /** Null while the pool is live. */
  readonly timeline: Timeline | null;
}

/** Rows: all of them (`snapshot`), or those that changed (`frame`), with the figures of the header. */
export interface PoolFrame {
  readonly type: 'snapshot' | 'frame';
  readonly generation: number;
  readonly sequence: number;
  /** Milliseconds since 1970 of the newest sample; 0 when there is none yet. */
  readonly time: number;
  /** Milliseconds watched since the source started; where an opened recording stands. */
  readonly watchedMs: number;
  readonly system: SystemFigures | null;
  /** Page faults since the last sample, as PoolMon shows them live. */
  readonly pageFaultsDelta: number;
  /** Change of nonpaged and paged pool over the last minute, KiB per minute. */
  readonly nonpagedKbPerMinute: number;
  readonly pagedKbPerMinute: number;
  readonly rows: RowBlock;
  readonly trends: TrendBlock;
}

export type ToPanel =
  | { readonly type: 'state'; readonly state: PanelState }
  | PoolFrame
  /** The answer to `visibleRows`: trend lines at once, also while nothing is sampled. Not acknowledged. */
  | { readonly type: 'trends'; readonly trends: TrendBlock }
  /** Replaces what the panel knows of these tags; `all` replaces everything. */
  | { readonly type: 'tags'; readonly all: boolean; readonly tags: readonly TagInfo[] }
  /** Select the row of a tag and scroll to it, clearing filters that hide it. */
  | { readonly type: 'reveal'; readonly tag: PoolTag }
  /** Phases, recording and time line: with the first `state`, and when one of them changed. */
  | { readonly type: 'session'; readonly session: SessionState }
  /** All groups, in place of those of before. */
  | { readonly type: 'groups'; readonly groups: readonly TagGroup[] }
  /** The answer to `detail`, and again after each sample while that holds. Not acknowledged. */
  | { readonly type: 'detail'; readonly request: number; readonly detail: RowDetail }
  /** Two moments, recordings or builds side by side; null ends the comparison. */
  | { readonly type: 'comparison'; readonly comparison: Comparison | null };

export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'ack'; readonly generation: number; readonly sequence: number }
  | { readonly type: 'resync' }
  /** The rows on screen now: only these get trend lines. */
  | { readonly type: 'visibleRows'; readonly ids: readonly number[] }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'restart' }
  | { readonly type: 'setInterval'; readonly intervalMs: number }
  | { readonly type: 'setSource'; readonly source: LiveKind }
  /** Let the user choose the source. */
  | { readonly type: 'selectSource' }
  /** Enter on a row: go to the only site, or list them. */
  | { readonly type: 'showSites'; readonly tag: PoolTag }
  | { readonly type: 'openSite'; readonly tag: PoolTag; readonly index: number }
  | { readonly type: 'assignTag'; readonly tag: PoolTag }
  /** Gives the sites of a tag that was split their old tag back. */
  | { readonly type: 'restoreTags'; readonly tag: PoolTag }
  /** The editor goes back to where it was (Alt+Left). */
  | { readonly type: 'goBack' }
  | { readonly type: 'connectTarget' }
  /**
   * The pasts to show, of these rows, at most `points` values each, from one time to another (null: as far as known, and
   * on with each sample). No ids: none any more. `request` comes back with the answers.
   */
  | {
      readonly type: 'detail';
      readonly request: number;
      readonly ids: readonly number[];
      readonly fromMs: number | null;
      readonly toMs: number | null;
      readonly points: number;
    }
  | { readonly type: 'copy'; readonly text: string }
  /** The test stands at this phase from now on. */
  | { readonly type: 'mark'; readonly phase: PhaseName }
  | { readonly type: 'setOperations'; readonly operations: number | null }
  /** Show an opened recording as it was at this time; the newest wins. */
  | { readonly type: 'scrub'; readonly elapsedMs: number }
  /** Two moments of the opened recording. */
  | { readonly type: 'compareMoments'; readonly fromMs: number; readonly toMs: number }
  /** Let the user choose what to compare with: a moment, another recording. */
  | { readonly type: 'compare' }
  | { readonly type: 'endComparison' }
  /** Never delete this recording to make room, or let that be again. */
  | { readonly type: 'keepRecording'; readonly kept: boolean }
  /** Let the user choose a recording to open. */
  | { readonly type: 'openRecording' }
  /** Let the user choose where to write it. */
  | { readonly type: 'export'; readonly format: 'report' | 'csv' | 'poolmon' }
  /** Something went wrong in the panel's own code: for the log. */
  | { readonly type: 'error'; readonly message: string };
