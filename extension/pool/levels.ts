/**
 * A row's past in blocks: what verdicts are taken from. Rows keep theirs while they are watched (`history.ts`,
 * `phaseHistory.ts`); an opened recording makes them anew.
 */
import type { Phase } from './phases.ts';

/** A stretch of a row's past in blocks, oldest first: one element a block in every array. */
export interface Levels {
  /** When the block begins, milliseconds. */
  readonly times: Float64Array;
  /** Fewest outstanding objects within the block: what caches and load stand on. */
  readonly floors: Float64Array;
  /** Mean of the outstanding objects. */
  readonly means: Float64Array;
  /** Bytes at its end. */
  readonly bytes: Float64Array;
  /** Allocations counted until its end, since boot or since any other moment; unwrapped. */
  readonly allocs: Float64Array;
}

/** A phase of the test with the row's levels in it, in at most {@link PHASE_BLOCKS} blocks. */
export interface PhaseLevels extends Phase {
  readonly levels: Levels;
}

/** Blocks of a phase, from half of them to all: enough to see what falls and how it swings. */
export const PHASE_BLOCKS = 16;
/** Blocks of a whole watch. */
export const WATCH_BLOCKS = 256;

export function emptyLevels(blocks: number): Levels {
  const column = () => new Float64Array(blocks);
  return { times: column(), floors: column(), means: column(), bytes: column(), allocs: column() };
}

/** The blocks from `first` up to `end`, as views. */
export function partOf(levels: Levels, first: number, end: number): Levels {
  return {
    times: levels.times.subarray(first, end),
    floors: levels.floors.subarray(first, end),
    means: levels.means.subarray(first, end),
    bytes: levels.bytes.subarray(first, end),
    allocs: levels.allocs.subarray(first, end),
  };
}

/** All that a verdict looks at. */
export interface JudgedPast {
  /** The whole watched time. */
  readonly watch: Levels;
  /** In order of time; empty where nothing was marked. */
  readonly phases: readonly PhaseLevels[];
  /** The newest sample, milliseconds. */
  readonly endMs: number;
}
