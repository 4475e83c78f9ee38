/**
 * What the cycles of a test say of a row: is there something that every cycle keeps?
 *
 * Looked at are the levels at rest, which load has left (`restLevels.ts`, `restDrift.ts`), and, under a cache that is emptied
 * again and again, the levels that it is emptied to (`troughs.ts`). See CONTRIBUTING.md, "The verdict".
 */
import { type Judgement, NOTHING_SEEN } from './judgement.ts';
import type { PhaseLevels } from './levels.ts';
import { type Cycle, cyclesOf } from './phases.ts';
import { drifts } from './restDrift.ts';
import { type RestLevel, restsOf } from './restLevels.ts';
import { type TroughRise, troughRise } from './troughs.ts';

/** Cycles looked at: the newest ones. */
const MOST_CYCLES = 12;
/** Cycles from which on a verdict of a leak is given. */
const LEAK_CYCLES = 3;
/** Fewer objects than these are no rise, and no swing. */
const LEAST_RISE = 4;
const LEAST_SWING = 3;

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

/** The cycles to judge by: those without a wait, or with a phase that no sample fell into, only where there are few others. */
function tellingCycles(phases: readonly PhaseLevels[]): Cycle[] {
  const whole = wholeCycles(phases).filter((cycle) =>
    cycle.phases.every((index) => phases[index].levels.means.length > 0),
  );
  const waited = whole.filter((cycle) => cycle.hasWait);
  return (waited.length >= LEAK_CYCLES ? waited : whole).slice(-MOST_CYCLES);
}

/** Least floor and highest mean of the cycles. */
function extentOf(cycles: readonly Cycle[], phases: readonly PhaseLevels[]): { floor: number; peak: number } {
  let floor = Number.POSITIVE_INFINITY;
  let peak = Number.NEGATIVE_INFINITY;
  for (const cycle of cycles) {
    for (const index of cycle.phases) {
      const { floors, means } = phases[index].levels;
      for (let i = 0; i < means.length; i++) {
        floor = Math.min(floor, floors[i]);
        peak = Math.max(peak, means[i]);
      }
    }
  }
  return { floor, peak };
}

/** The mean level of each rest, and what it gives back from its first half to its second. */
function restMeans(levels: readonly RestLevel[]): { mean: number; falling: number }[] {
  const rests: { mean: number; falling: number }[] = [];
  for (let i = 0; i < levels.length; i++) {
    const { objects, rest } = levels[i];
    const next = levels[i + 1];
    if (next?.rest === rest) {
      rests.push({ mean: (objects + next.objects) / 2, falling: objects - next.objects });
      i++;
    } else {
      rests.push({ mean: objects, falling: 0 });
    }
  }
  return rests;
}

/** Undefined where no cycle is whole yet. */
export function judgeCycles(phases: readonly PhaseLevels[]): Judgement | undefined {
  const cycles = tellingCycles(phases);
  const count = cycles.length;
  if (count === 0) return undefined;
  const rests = restsOf(cycles, phases);
  const means = restMeans(rests.levels);
  const { falling, mean: level } = means[means.length - 1];
  const { floor, peak } = extentOf(cycles, phases);
  // Where nothing was watched before the first test, the least since then stands for it.
  const gained = level - (rests.firstBehind > 0 ? means[0].mean : floor);
  const swing = peak - Math.max(0, level);
  const first = phases[cycles[0].phases[0]];
  const last = phases[cycles[count - 1].phases[cycles[count - 1].phases.length - 1]];
  let waitedMs = 0;
  let operations = 0;
  let variance = 0;
  for (const cycle of cycles) {
    waitedMs += cycle.hasWait ? cycle.endMs - cycle.waitMs : 0;
    operations = cycle.operations === null ? Number.NaN : operations + cycle.operations;
  }
  for (const of of rests.levels) variance += of.variance / rests.levels.length;
  const common: Judgement = {
    ...NOTHING_SEEN,
    objects: gained,
    bytes: last.levels.bytes[last.levels.bytes.length - 1] - first.levels.bytes[0],
    overMs: cycles[count - 1].endMs - cycles[0].startMs,
    cycles: count,
    operations: operations || 0,
    waitedMs,
    swing,
  };
  const sure = count >= LEAK_CYCLES && cycles.every((cycle) => cycle.hasWait);
  if (drifts(rests)) {
    let least = Number.POSITIVE_INFINITY;
    let kept = 0;
    // The first cycle warms up.
    const behind = rests.firstBehind > 0 ? means.slice(1) : means;
    for (let i = 1; i < behind.length; i++) {
      least = Math.min(least, behind[i].mean - behind[i - 1].mean);
      kept += (behind[i].mean - behind[i - 1].mean) / (behind.length - 1);
    }
    const kind = sure ? 'leak' : 'growing';
    return { ...common, kind, reason: sure ? 'adds up' : 'too few cycles', leastPerCycle: least, perCycle: kept };
  }
  const rise = sure ? troughRise(phases) : undefined;
  if (rise) return underCache(common, rise, last);

  const noise = 2 * Math.sqrt(2 * variance);
  const little = Math.max(LEAST_SWING, noise, 0.02 * Math.max(peak, 1));
  if (swing <= little && Math.abs(gained) <= little) return { ...common, kind: 'steady', reason: 'rests' };
  if (gained <= Math.max(LEAST_RISE, noise, 0.1 * swing)) return { ...common, kind: 'load', reason: 'given back' };
  if (count === 1) {
    const kept = cycles[0].hasWait && falling < 0.2 * gained;
    return {
      ...common,
      kind: kept ? 'growing' : 'load',
      reason: kept ? 'too few cycles' : 'falling',
      perCycle: gained,
    };
  }
  return { ...common, kind: 'cache', reason: falling > 0.1 * gained ? 'falling' : 'flattened' };
}

/** A leak by what its troughs rise, in terms of all the cycles: what the cache holds at the end does not count. */
function underCache(common: Judgement, { fromMs, toMs, objects }: TroughRise, last: PhaseLevels): Judgement {
  const { bytes, means } = last.levels;
  const held = means[means.length - 1];
  const leaked = (objects / (toMs - fromMs)) * common.overMs;
  const perCycle = leaked / common.cycles;
  return {
    ...common,
    kind: 'leak',
    reason: 'adds up under a cache',
    objects: leaked,
    bytes: held > 0 ? (bytes[bytes.length - 1] / held) * leaked : 0,
    leastPerCycle: perCycle,
    perCycle,
  };
}
