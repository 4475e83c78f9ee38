/**
 * What the cycles of a test say of a row: is there something that every cycle keeps?
 *
 * Two curves are looked at. The *residual* is the level at the end of each wait, which the load has left. The *floor* is the
 * least of a whole cycle, which caches that are emptied from time to time stand on. A leak lifts one of them by a like amount
 * in every cycle. The first cycle does not count: it warms up. A warm-up lifts later cycles less and less, a high-water mark
 * some of them, a one-off step one. See CONTRIBUTING.md, "The verdict".
 */
import { type Judgement, NOTHING_SEEN } from './judgement.ts';
import type { Levels, PhaseLevels } from './levels.ts';
import { type Cycle, cyclesOf } from './phases.ts';

/** Cycles looked at: the newest ones. */
const MOST_CYCLES = 12;
/** Cycles from which on a verdict of a leak is given. */
const LEAK_CYCLES = 3;
/** The blocks of a phase resemble their neighbours: their mean is worth that many times less. */
const AUTOCORRELATION = 3;
/** The rise must be that many times what noise makes of a difference of two levels. */
const SIGNIFICANT = 4;
/** What the steps of one curve are held against. */
interface Demands {
  /** Objects that must have stayed in all counted cycles together. */
  readonly rise: number;
  /** The least and the most of a step, and the least that the later half adds, in terms of the mean step. */
  readonly least: number;
  readonly most: number;
  readonly late: number;
  /** How much steps may differ by the work of their cycles, in terms of the mean step. */
  readonly uneven: number;
}

const OF_RESIDUAL: Demands = { rise: 4, least: 0.5, most: 1.75, late: 0.75, uneven: 0.33 };
/** Where a cache is emptied, what lies under it shows by chance only: sooner in one cycle, later in another. */
const OF_FLOOR: Demands = { rise: 12, least: 0.3, most: 2, late: 0.7, uneven: 0.3 };

interface CycleLevels {
  readonly cycle: Cycle;
  /** Least of the whole cycle. */
  readonly floor: number;
  /** Level at the end of its wait, the uncertainty of it, and that of a single block. */
  readonly residual: number;
  readonly variance: number;
  readonly blockVariance: number;
  /** Most that a block lies below an earlier one of its phase. */
  readonly drop: number;
  /** Least in the second half of its wait. */
  readonly residualFloor: number;
  /** What the second half of the wait still gave back. */
  readonly falling: number;
  readonly peak: number;
  readonly bytes: number;
}

interface Tail {
  /** Median of the blocks: one jump moves it whole or not at all. */
  readonly level: number;
  /** Of the mean, and of a block. */
  readonly variance: number;
  readonly blockVariance: number;
  readonly floor: number;
  readonly falling: number;
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[sorted.length >> 1];
}

/** The second half of a phase. */
function tailOf({ means, floors }: Levels): Tail {
  const count = means.length;
  const first = count >> 1;
  const size = count - first;
  if (size === 0) return { level: 0, variance: 0, blockVariance: 0, floor: 0, falling: 0 };
  let mean = 0;
  let floor = Number.POSITIVE_INFINITY;
  for (let i = first; i < count; i++) {
    mean += means[i] / size;
    floor = Math.min(floor, floors[i]);
  }
  let squares = 0;
  for (let i = first; i < count; i++) squares += (means[i] - mean) ** 2;
  // Neighbouring blocks are alike: the mean of n of them is worth less than n.
  const variance = size > 1 ? (AUTOCORRELATION * squares) / (size - 1) / size : 0;
  // From block to block, so that what is still falling is not taken for noise.
  let jumps = 0;
  for (let i = first + 1; i < count; i++) jumps += (means[i] - means[i - 1]) ** 2;
  const blockVariance = size > 1 ? jumps / (2 * (size - 1)) : 0;
  const half = size >> 1;
  let early = 0;
  let late = 0;
  for (let i = 0; i < half; i++) {
    early += means[first + i] / half;
    late += means[count - 1 - i] / half;
  }
  return {
    level: medianOf(means.subarray(first)),
    variance,
    blockVariance,
    floor,
    falling: half > 0 ? early - late : 0,
  };
}

function leastOf(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) least = Math.min(least, values[i]);
  return least;
}

function levelsOfCycle(cycle: Cycle, phases: readonly PhaseLevels[]): CycleLevels | undefined {
  let floor = Number.POSITIVE_INFINITY;
  let peak = Number.NEGATIVE_INFINITY;
  let drop = 0;
  for (const index of cycle.phases) {
    floor = Math.min(floor, leastOf(phases[index].levels.floors));
    let high = Number.NEGATIVE_INFINITY;
    for (const mean of phases[index].levels.means) {
      high = Math.max(high, mean);
      drop = Math.max(drop, high - mean);
    }
    peak = Math.max(peak, high);
  }
  const { levels } = phases[cycle.phases[cycle.phases.length - 1]];
  const count = levels.means.length;
  if (count === 0 || floor === Number.POSITIVE_INFINITY) return undefined;
  const tail = tailOf(levels);
  return {
    cycle,
    floor,
    peak,
    drop,
    residual: tail.level,
    variance: tail.variance,
    blockVariance: tail.blockVariance,
    residualFloor: tail.floor,
    falling: tail.falling,
    bytes: levels.bytes[count - 1],
  };
}

/** Cycles that are whole: an open one counts once its wait is at least half as long as the one before. */
function wholeCycles(phases: readonly PhaseLevels[]): Cycle[] {
  const cycles = cyclesOf(phases);
  const last = cycles.at(-1);
  if (!last?.open) return cycles;
  const before = cycles.at(-2);
  const waited = last.hasWait ? last.endMs - last.waitMs : 0;
  const blocks = phases[last.phases[last.phases.length - 1]].levels.times.length;
  const usual = before ? before.endMs - before.waitMs : 0;
  return last.hasWait && blocks >= 4 && waited >= usual / 2 ? cycles : cycles.slice(0, -1);
}

/** Where the row stood before the first test: the end of the phase before it, or else the least of that test. */
function levelBefore(phases: readonly PhaseLevels[], first: Cycle): Tail {
  const index = first.phases[0];
  const before = phases[index - 1];
  if (before && before.levels.means.length > 0) return tailOf(before.levels);
  const floor = leastOf(phases[index].levels.floors);
  return { level: floor, variance: 0, blockVariance: 0, floor, falling: 0 };
}

/**
 * Whether every step is a rise of about the same height, beyond what noise explains. `variance` is that of one level; `first`
 * is the step of the first cycle, which may be higher than the others, since it warms up; `jitter` the variance from block to
 * block.
 */
function addsUp(steps: readonly number[], first: number, variance: number, jitter: number, demands: Demands): boolean {
  const count = steps.length;
  let total = 0;
  for (const step of steps) total += step;
  const noise = Math.sqrt(2 * variance);
  // The steps' sum is the last level minus the first.
  if (count === 0 || total < demands.rise || total < SIGNIFICANT * noise) return false;
  const mean = total / count;
  // Rare leaks come in small numbers, which scatter as counts do.
  const scatter = Math.sqrt(2 * Math.min(variance, jitter) + mean);
  let unevenness = 0;
  for (const step of steps) unevenness += (step - mean) ** 2 / (scatter ** 2 + (demands.uneven * mean) ** 2);
  const free = count - 1;
  if (free > 0 && unevenness > free + 2.5 * Math.sqrt(2 * free)) return false;
  if (first < 0.4 * mean - scatter) return false;
  let late = 0;
  for (let i = 0; i < count; i++) {
    if (steps[i] < demands.least * mean - scatter || steps[i] < -noise) return false;
    if (steps[i] > demands.most * mean + 1.5 * scatter) return false;
    if (i >= count >> 1) late += steps[i];
  }
  return late >= demands.late * (count - (count >> 1)) * mean - 0.5 * scatter;
}

/** Whether the floors follow a rise of the residual: what once stayed is not given back in any later cycle. */
function keeps(floor: readonly number[], last: number, rise: number, tolerance: number): boolean {
  let risen = last;
  for (const step of floor) {
    if (step < -tolerance) return false;
    risen += step;
  }
  return last >= -tolerance && risen >= 0.5 * rise - tolerance;
}

/** Undefined where no cycle is whole yet. */
export function judgeCycles(phases: readonly PhaseLevels[]): Judgement | undefined {
  const whole = wholeCycles(phases);
  if (whole.length === 0) return undefined;
  const levels: CycleLevels[] = [];
  for (const cycle of whole.slice(-MOST_CYCLES)) {
    const of = levelsOfCycle(cycle, phases);
    if (of) levels.push(of);
  }
  const count = levels.length;
  if (count === 0) return undefined;
  const before = levelBefore(phases, whole[0]);
  const last = levels[count - 1];
  let variance = before.variance;
  let blockVariance = before.blockVariance;
  let calmest = before.variance > 0 ? blockVariance : Number.POSITIVE_INFINITY;
  let waitedMs = 0;
  let operations = 0;
  let peak = last.peak;
  let drop = 0;
  let decays = 0;
  for (const of of levels) {
    variance += of.variance;
    blockVariance += of.blockVariance;
    if (of.falling > 0.05 * (of.peak - of.residual)) decays++;
    calmest = Math.min(calmest, of.blockVariance);
    waitedMs += of.cycle.hasWait ? of.cycle.endMs - of.cycle.waitMs : 0;
    operations = of.cycle.operations === null ? Number.NaN : operations + of.cycle.operations;
    peak = Math.max(peak, of.peak);
    drop = Math.max(drop, of.drop);
  }
  variance /= count + 1;
  blockVariance /= count + 1;
  const residual: number[] = [];
  const floor: number[] = [];
  for (let i = 1; i < count; i++) {
    residual.push(levels[i].residual - levels[i - 1].residual);
    floor.push(levels[i].floor - levels[i - 1].floor);
  }
  const hasWaits = levels.every((of) => of.cycle.hasWait);
  // Where nothing was watched before the first test, nobody knows what its cycle brought.
  const firstStep = phases[whole[0].phases[0] - 1] ? levels[0].residual - before.level : Number.POSITIVE_INFINITY;
  const lastFloor = last.residualFloor - last.floor;
  const tolerance = 2 * Math.sqrt(blockVariance);
  const byResidual =
    addsUp(residual, firstStep, variance, calmest, OF_RESIDUAL) &&
    last.falling < 0.5 * residual[residual.length - 1] + tolerance &&
    keeps(floor.slice(1), lastFloor, last.residual - levels[0].residual, tolerance);
  // A cache that is emptied while the test runs hides what stays; only then the floors are asked instead.
  const risen = last.floor - levels[0].floor;
  const empties = drop > risen / (count - 1) || residual.some((step) => step < -tolerance);
  const byFloor =
    count > 3 &&
    empties &&
    decays <= count / 2 &&
    floor[0] <= (3 * (last.floor - levels[1].floor)) / (count - 2) &&
    lastFloor >= -tolerance &&
    addsUp(floor, Number.POSITIVE_INFINITY, calmest, calmest, OF_FLOOR);
  const stayed = byResidual ? residual : floor;
  const gained = last.residual - before.level;
  const swing = peak - Math.max(0, last.residual);
  const common = {
    ...NOTHING_SEEN,
    objects: gained,
    bytes: last.bytes - (phases[whole[0].phases[0]].levels.bytes[0] ?? 0),
    overMs: last.cycle.endMs - whole[0].startMs,
    cycles: count,
    operations: operations || 0,
    waitedMs,
    swing,
  };
  if (byResidual || byFloor) {
    let total = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const step of stayed) {
      total += step;
      least = Math.min(least, step);
    }
    const perCycle = total / stayed.length;
    const sure = hasWaits && count >= LEAK_CYCLES;
    return {
      ...common,
      kind: sure ? 'leak' : 'growing',
      reason: sure ? 'adds up' : 'too few cycles',
      leastPerCycle: least,
      perCycle,
    };
  }
  const noise = 2 * Math.sqrt(2 * variance);
  const most = Math.max(peak, 1);
  if (swing <= Math.max(3, noise, 0.02 * most) && Math.abs(gained) <= Math.max(3, noise, 0.02 * most)) {
    return { ...common, kind: 'steady', reason: 'rests' };
  }
  if (gained <= Math.max(OF_RESIDUAL.rise, noise, 0.1 * swing))
    return { ...common, kind: 'load', reason: 'given back' };
  if (count === 1) {
    const kept = hasWaits && last.falling < 0.2 * gained;
    return {
      ...common,
      kind: kept ? 'growing' : 'load',
      reason: kept ? 'too few cycles' : 'falling',
      perCycle: gained,
    };
  }
  return { ...common, kind: 'cache', reason: last.falling > 0.1 * gained ? 'falling' : 'flattened' };
}
