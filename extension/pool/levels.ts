/**
 * A row's past in blocks: what verdicts are taken from. Live rows keep theirs while they are watched (`history.ts`); a log
 * or a recording has them made from its samples.
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

/** A row's samples, oldest first: one element a sample in every array. */
export interface RowSamples {
  /** Milliseconds. */
  readonly times: ArrayLike<number>;
  /** Outstanding. */
  readonly objects: ArrayLike<number>;
  readonly bytes: ArrayLike<number>;
  /** Allocations, unwrapped. */
  readonly allocs: ArrayLike<number>;
}

/** Index of the first sample that is not before `time`. */
function firstAt(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The samples with `fromMs` <= time < `toMs` in at most `blocks` blocks of equal time; stretches without a sample give no
 * block. The last sample of all belongs to what ends with it.
 */
export function levelsOf(samples: RowSamples, fromMs: number, toMs: number, blocks: number): Levels {
  const { times, objects, bytes, allocs } = samples;
  const first = firstAt(times, fromMs);
  let end = firstAt(times, toMs);
  if (end === times.length - 1 && times[end] === toMs) end++;
  const count = Math.max(0, end - first);
  const span = Math.max(1e-9, toMs - fromMs) / Math.min(blocks, Math.max(1, count));
  const at: number[] = [];
  for (let i = first, last = -1; i < end; i++) {
    const block = Math.min(blocks - 1, Math.floor((times[i] - fromMs) / span));
    if (block !== last) at.push(i);
    last = block;
  }
  const levels = emptyLevels(at.length);
  for (let block = 0; block < at.length; block++) {
    const begin = at[block];
    const stop = at[block + 1] ?? end;
    let floor = Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let i = begin; i < stop; i++) {
      floor = Math.min(floor, objects[i]);
      sum += objects[i];
    }
    levels.times[block] = times[begin];
    levels.floors[block] = floor;
    levels.means[block] = sum / (stop - begin);
    levels.bytes[block] = bytes[stop - 1];
    levels.allocs[block] = allocs[stop - 1];
  }
  return levels;
}

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

/** The past of a row whose samples are all at hand. */
export function pastOf(samples: RowSamples, phases: readonly Phase[]): JudgedPast {
  const { times } = samples;
  const count = times.length;
  const endMs = count > 0 ? times[count - 1] : 0;
  return {
    watch: levelsOf(samples, count > 0 ? times[0] : 0, endMs, WATCH_BLOCKS),
    phases: phases.map((phase) => ({ ...phase, levels: levelsOf(samples, phase.startMs, phase.endMs, PHASE_BLOCKS) })),
    endMs,
  };
}
