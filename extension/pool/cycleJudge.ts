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
/** Objects that must have stayed in all counted cycles together. */
const MIN_RISE = 3;

interface CycleLevels {
  readonly cycle: Cycle;
  /** Least of the whole cycle. */
  readonly floor: number;
  /** Mean at the end of its wait, and the uncertainty of it. */
  readonly residual: number;
  readonly variance: number;
  /** Least in the second half of its wait. */
  readonly residualFloor: number;
  /** What the second half of the wait still gave back. */
  readonly falling: number;
  readonly peak: number;
  readonly bytes: number;
}

interface Tail {
  readonly mean: number;
  readonly variance: number;
  readonly floor: number;
  readonly falling: number;
}

/** The second half of a phase. */
function tailOf({ means, floors }: Levels): Tail {
  const count = means.length;
  const first = count >> 1;
  const size = count - first;
  if (size === 0) return { mean: 0, variance: 0, floor: 0, falling: 0 };
  let mean = 0;
  let floor = Number.POSITIVE_INFINITY;
  for (let i = first; i < count; i++) {
    mean += means[i] / size;
    floor = Math.min(floor, floors[i]);
  }
  let squares = 0;
  for (let i = first; i < count; i++) squares += (means[i] - mean) ** 2;
  // Neighbouring blocks are alike: the mean of n of them is worth less than n.
  const variance = size > 1 ? (2 * squares) / (size - 1) / size : 0;
  const half = size >> 1;
  let early = 0;
  let late = 0;
  for (let i = 0; i < half; i++) {
    early += means[first + i] / half;
    late += means[count - 1 - i] / half;
  }
  return { mean, variance, floor, falling: half > 0 ? early - late : 0 };
}

function leastOf(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) least = Math.min(least, values[i]);
  return least;
}

function mostOf(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

function levelsOfCycle(cycle: Cycle, phases: readonly PhaseLevels[]): CycleLevels | undefined {
  let floor = Number.POSITIVE_INFINITY;
  let peak = Number.NEGATIVE_INFINITY;
  for (const index of cycle.phases) {
    floor = Math.min(floor, leastOf(phases[index].levels.floors));
    peak = Math.max(peak, mostOf(phases[index].levels.means));
  }
  const { levels } = phases[cycle.phases[cycle.phases.length - 1]];
  const count = levels.means.length;
  if (count === 0 || floor === Number.POSITIVE_INFINITY) return undefined;
  const tail = tailOf(levels);
  return {
    cycle,
    floor,
    peak,
    residual: tail.mean,
    variance: tail.variance,
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

/** Where the row stood before the first test: the end of the phase before it, or the test's first block. */
function levelBefore(phases: readonly PhaseLevels[], first: Cycle): Tail {
  const index = first.phases[0];
  const before = phases[index - 1];
  if (before && before.levels.means.length > 0) return tailOf(before.levels);
  const { means, floors } = phases[index].levels;
  return { mean: means[0], variance: 0, floor: floors[0], falling: 0 };
}

interface Steps {
  readonly steps: readonly number[];
  /** Variance of one level. */
  readonly variance: number;
}

/** Whether every step is a rise of about the same height, beyond what the levels' noise explains. */
function addsUp({ steps, variance }: Steps): boolean {
  const count = steps.length;
  if (count === 0) return false;
  let total = 0;
  for (const step of steps) total += step;
  if (total < MIN_RISE) return false;
  // The steps' sum is the last level minus the first.
  if (total < 4 * Math.sqrt(2 * variance)) return false;
  const mean = total / count;
  // Rare leaks come in small numbers, which scatter as counts do.
  const scatter = Math.sqrt(2 * variance + Math.max(0, mean));
  let late = 0;
  for (let i = 0; i < count; i++) {
    const step = steps[i];
    if (step < 0.3 * mean - scatter || step < -Math.sqrt(2 * variance) * 2) return false;
    if (step > 2.2 * mean + 2 * scatter) return false;
    if (i >= count >> 1) late += step;
  }
  const expected = (count - (count >> 1)) * mean;
  return late >= 0.65 * expected - scatter * 0.5;
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
  let waitedMs = 0;
  let operations = 0;
  let peak = last.peak;
  for (const of of levels) {
    variance += of.variance;
    waitedMs += of.cycle.hasWait ? of.cycle.endMs - of.cycle.waitMs : 0;
    operations = of.cycle.operations === null ? Number.NaN : operations + of.cycle.operations;
    peak = Math.max(peak, of.peak);
  }
  variance /= count + 1;
  const residual: number[] = [];
  const floor: number[] = [];
  for (let i = 1; i < count; i++) {
    residual.push(levels[i].residual - levels[i - 1].residual);
    floor.push(levels[i].floor - levels[i - 1].floor);
  }
  floor.push(last.residualFloor - last.floor);
  const hasWaits = levels.every((of) => of.cycle.hasWait);
  const byResidual = addsUp({ steps: residual, variance }) && last.falling < 0.5 * Math.max(1, residual.at(-1) ?? 0);
  const floorSteps = count > 2 ? floor.slice(1, -1) : [];
  const byFloor = floorSteps.length > 1 && addsUp({ steps: floorSteps, variance: 0 }) && floor[count - 1] >= 0;
  const stayed = byResidual ? residual : floorSteps;
  const gained = last.residual - before.mean;
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
  if (gained <= Math.max(MIN_RISE, noise, 0.1 * swing)) return { ...common, kind: 'load', reason: 'given back' };
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
