/**
 * Where a row stands at rest: before the first test, and in the wait behind each. What load and caches swing by is gone
 * there, what leaked is not. See CONTRIBUTING.md, "The verdict".
 */
import type { PhaseLevels } from './levels.ts';
import type { Cycle } from './phases.ts';

/** A rest has two levels, so that what falls or rises in it shows. */
export interface RestLevel {
  /** Mean of outstanding objects, and how far chance may have moved it. */
  readonly objects: number;
  readonly variance: number;
  /** Its middle, milliseconds. */
  readonly timeMs: number;
  /** Allocations that the tests did since the first rest, beyond those of idle time. */
  readonly work: number;
  /** Number of its rest, from 0. */
  readonly rest: number;
}

export interface Rests {
  readonly levels: readonly RestLevel[];
  /** The first of {@link levels} that lies behind a test: 0 where nothing was watched before the first one. */
  readonly firstBehind: number;
  /** Variance of a block: of what a glance at a chart would show. */
  readonly blockVariance: number;
  /** Allocations a millisecond while nothing is tested. */
  readonly idleRate: number;
}

/** The beginning of a wait, in which load goes: a quarter of its blocks. */
const GOING = 0.25;
/** Blocks from which on a rest has two levels. */
const TWO_LEVELS = 4;
/** Neighbouring blocks are taken for no more alike than so; what wanders still more slowly cannot be told from a trend. */
const MOST_ALIKE = 0.9;
/** Rounding of levels, objects squared. */
const LEAST_VARIANCE = 0.05;

/** The blocks of a phase, from `first` on. */
interface Rest {
  readonly phase: PhaseLevels;
  readonly first: number;
}

/** Half the mean square by which blocks `distance` apart differ. */
function halfSquares(rests: readonly Rest[], distance: number): number {
  let squares = 0;
  let count = 0;
  for (const { phase, first } of rests) {
    const { means } = phase.levels;
    for (let i = first + distance; i < means.length; i++) squares += (means[i] - means[i - distance]) ** 2;
    count += Math.max(0, means.length - first - distance);
  }
  return count === 0 ? 0 : squares / (2 * count);
}

function idleRateOf(rests: readonly Rest[]): number {
  let allocs = 0;
  let spanMs = 0;
  for (const { phase, first } of rests) {
    const { levels } = phase;
    const last = levels.allocs.length - 1;
    if (last <= first) continue;
    allocs += levels.allocs[last] - levels.allocs[first];
    spanMs += phase.endMs - levels.times[first + 1];
  }
  return spanMs > 0 ? allocs / spanMs : 0;
}

/** The rests of these cycles, oldest first; a cycle without a wait rests as little as its test does. */
export function restsOf(cycles: readonly Cycle[], phases: readonly PhaseLevels[]): Rests {
  const rests: Rest[] = [];
  const before = phases[cycles[0].phases[0] - 1];
  const hasBefore = before !== undefined && before.levels.means.length > 1;
  if (hasBefore) rests.push({ phase: before, first: 0 });
  for (const cycle of cycles) {
    const phase = phases[cycle.phases[cycle.phases.length - 1]];
    if (phase.levels.means.length > 0) rests.push({ phase, first: Math.floor(phase.levels.means.length * GOING) });
  }
  // Blocks are alike as those of a process that forgets at a steady pace (AR(1)): two distances tell how alike, and how far
  // they scatter in the long run.
  const near = halfSquares(rests, 1);
  const alike = near > 0 ? Math.min(MOST_ALIKE, Math.max(0, halfSquares(rests, 2) / near - 1)) : 0;
  const blockVariance = near / (1 - alike);
  const idleRate = idleRateOf(rests);
  // Idle allocations cannot scatter a level by more than their number.
  const cycleMs = (cycles[cycles.length - 1].endMs - cycles[0].startMs) / cycles.length;
  const most = Math.max(0.25, idleRate * cycleMs);
  const levels: RestLevel[] = [];
  let firstBehind = 0;
  let work = 0;
  for (let rest = 0; rest < rests.length; rest++) {
    const { phase, first } = rests[rest];
    const { means, allocs, times } = phase.levels;
    const count = means.length;
    if (rest > 0) {
      const { phase: last } = rests[rest - 1];
      const came = allocs[count - 1] - last.levels.allocs[last.levels.allocs.length - 1];
      work += Math.max(0, came - idleRate * (phase.endMs - last.endMs));
    }
    const parts = count - first >= TWO_LEVELS ? 2 : 1;
    for (let part = 0; part < parts; part++) {
      const from = first + Math.floor(((count - first) * part) / parts);
      const to = first + Math.floor(((count - first) * (part + 1)) / parts);
      let sum = 0;
      for (let i = from; i < to; i++) sum += means[i];
      const independent = Math.max(1, ((to - from) * (1 - alike)) / (1 + alike));
      levels.push({
        objects: sum / (to - from),
        variance: LEAST_VARIANCE + Math.min(most, blockVariance / independent),
        timeMs: (times[from] + (to < count ? times[to] : phase.endMs)) / 2,
        work,
        rest,
      });
    }
    if (rest === 0 && hasBefore) firstBehind = levels.length;
  }
  return { levels, firstBehind, blockVariance, idleRate };
}
