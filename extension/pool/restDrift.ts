/**
 * Do the levels at rest rise as a leak lifts them? Explanations are held against each other by how likely they make the
 * levels: a *local level model*, in which a level is carried on, drifts, wanders, and is seen with noise, worked out by
 * Kalman's recursion. Sources: A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989,
 * chapters 2 and 7 (a step as an intervention).
 */
import type { RestLevel, Rests } from './restLevels.ts';

/** What a leak goes on by: time, or the work that is done. */
type Pace = 'timeMs' | 'work';
const PACES: readonly Pace[] = ['timeMs', 'work'];

/** How unlike stretches of one leak are, besides chance: work is not the same in all of them. In terms of what is expected. */
const UNEVEN = 0.15;
/** What must hold where the first cycle counts, of the cycles behind it there, and of these where they must tell alone. */
interface Demands {
  /** How many times its uncertainty the rise must be. */
  readonly significant: number;
  /** By how much of squared deviations a leak must explain the levels better than one step does. */
  readonly better: number;
  /** Squared deviations from the leak, for each level: 1 is what chance makes. */
  readonly misfit: number;
}

const WHOLE: Demands = { significant: 2.5, better: 1, misfit: 3.5 };
const BEHIND: Demands = { significant: 2, better: 0.25, misfit: 3.5 };
const ALONE: Demands = { significant: 3.5, better: 10, misfit: 1 };
/** The same as {@link WHOLE} where nothing was watched before the first test. */
const WITHOUT_BEFORE: Demands = { ...WHOLE, better: 3 };
/** Objects that must have stayed: in any case behind the first test, in all, and in all where the rise is clear. */
const LEAST_RISE = { behind: 3, whole: 10, clear: 4 };
/** A rise is clear where it is that many times its uncertainty. */
const CLEAR = 8;
/** What wanders by chance is compared with, in terms of the idle allocations and frees: as far as independent objects may. */
const WANDERING: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1];
/** How much less likely than the leak that must be, by deviance. */
const BEYOND_WANDERING = 2;
/** What the rests give back counts beyond chance, and beyond this share of the rise. */
const GIVEN_BACK = { significant: 2, share: 0.7 };

/** How well an explanation fits: twice the negative log likelihood but for a constant, and the squared deviations in it. */
interface Fit {
  readonly deviance: number;
  readonly squares: number;
}

interface Explanation {
  readonly pace: Pace;
  /** Objects a millisecond, or a unit of work. */
  readonly drift: number;
  /** Objects squared a millisecond by which the level wanders. */
  readonly wander: number;
  /** A level that nothing foretells, as if everything began anew there; -1 for none. */
  readonly stepAt: number;
}

function fitOf(levels: readonly RestLevel[], from: number, { pace, drift, wander, stepAt }: Explanation): Fit {
  let level = levels[from].objects;
  let variance = levels[from].variance;
  let deviance = 0;
  let squares = 0;
  for (let i = from + 1; i < levels.length; i++) {
    const now = levels[i];
    if (i === stepAt) {
      level = now.objects;
      variance = now.variance;
      continue;
    }
    const before = levels[i - 1];
    const expected = drift * (now[pace] - before[pace]);
    level += expected;
    // Leaks come one by one: their number scatters as counts do.
    variance += expected + (UNEVEN * expected) ** 2 + wander * (now.timeMs - before.timeMs);
    const seen = variance + now.variance;
    const off = now.objects - level;
    deviance += Math.log(seen) + (off * off) / seen;
    squares += (off * off) / seen;
    level += (variance / seen) * off;
    variance *= now.variance / seen;
  }
  return { deviance, squares };
}

interface Rise extends Fit {
  /** Objects over all levels, and how many times its uncertainty the slope is. */
  readonly total: number;
  readonly significance: number;
}

/** The steady rise that fits the levels from `from` on best; undefined where there is none. */
function riseOf(levels: readonly RestLevel[], from: number, pace: Pace): Rise | undefined {
  const last = levels[levels.length - 1];
  const span = last[pace] - levels[from][pace];
  if (!(span > 0)) return undefined;
  let weights = 0;
  let meanAt = 0;
  let mean = 0;
  for (let i = from; i < levels.length; i++) {
    const weight = 1 / levels[i].variance;
    weights += weight;
    meanAt += weight * levels[i][pace];
    mean += weight * levels[i].objects;
  }
  meanAt /= weights;
  mean /= weights;
  let spread = 0;
  let both = 0;
  for (let i = from; i < levels.length; i++) {
    const at = (levels[i][pace] - meanAt) / levels[i].variance;
    spread += at * (levels[i][pace] - meanAt);
    both += at * (levels[i].objects - mean);
  }
  const slope = both / spread;
  if (!(slope > 0)) return undefined;
  // Where levels wander, first and last tell the drift better than the line through all does.
  const ends = (last.objects - levels[from].objects) / span;
  let best: Rise | undefined;
  for (const drift of [slope, ends, (slope + ends) / 2]) {
    if (!(drift > 0)) continue;
    const fit = fitOf(levels, from, { pace, drift, wander: 0, stepAt: -1 });
    if (best && best.deviance <= fit.deviance) continue;
    best = { ...fit, total: drift * span, significance: slope * Math.sqrt(spread) };
  }
  return best;
}

/** Squared deviations that are left where one step explains the levels. */
function squaresOfStep(levels: readonly RestLevel[], from: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let stepAt = from + 1; stepAt < levels.length; stepAt++) {
    least = Math.min(least, fitOf(levels, from, { pace: 'timeMs', drift: 0, wander: 0, stepAt }).squares);
  }
  return least;
}

function devianceOfWandering({ levels, idleRate }: Rests, from: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const share of WANDERING) {
    const wander = share * 2 * idleRate;
    least = Math.min(least, fitOf(levels, from, { pace: 'timeMs', drift: 0, wander, stepAt: -1 }).deviance);
  }
  return least;
}

/** Whether what the rests give back is more than a small part of a rise. */
function isGivenBack({ levels, firstBehind }: Rests, rise: number): boolean {
  let fall = 0;
  let variance = 0;
  for (let i = firstBehind + 1; i < levels.length; i++) {
    if (levels[i].rest !== levels[i - 1].rest) continue;
    fall += levels[i - 1].objects - levels[i].objects;
    variance += levels[i].variance + levels[i - 1].variance;
  }
  return fall > GIVEN_BACK.significant * Math.sqrt(variance) && fall > GIVEN_BACK.share * rise;
}

/** Whether a rise, `better` than a step by so much, meets the demands. */
function meets({ significance, squares }: Rise, better: number, levels: number, demands: Demands): boolean {
  return significance > demands.significant && better > demands.better && squares < demands.misfit * levels;
}

/**
 * Whether the levels at rest rise as those of a leak: steadily, by time or by work, and neither by one step, nor by less and
 * less, nor by chance, nor by something that the rests still give back. The first cycle may bring more than the others, since
 * it warms up; then the others must tell alone. Of two cycles this says only that both brought something.
 */
export function drifts(rests: Rests): boolean {
  const { levels, firstBehind } = rests;
  const count = levels.length - 1;
  if (count - firstBehind < 2) return false;
  const isTwoCycles = levels[count].rest - levels[firstBehind].rest < 2;
  const beyondWandering = (rise: Rise, from: number) =>
    devianceOfWandering(rests, from) > rise.deviance + BEYOND_WANDERING;
  for (const pace of PACES) {
    const behind = riseOf(levels, firstBehind, pace);
    if (!behind || behind.total < LEAST_RISE.behind || behind.significance < BEHIND.significant) continue;
    // The levels of two cycles have one step between them, which any step explains.
    const better = isTwoCycles ? Number.POSITIVE_INFINITY : squaresOfStep(levels, firstBehind) - behind.squares;
    if (!meets(behind, better, count - firstBehind, BEHIND)) continue;
    const whole = firstBehind === 0 ? behind : riseOf(levels, 0, pace);
    if (!whole || isGivenBack(rests, whole.total)) continue;
    if (isTwoCycles && firstBehind === 0) return behind.significance > ALONE.significant;
    const demands = firstBehind === 0 ? WITHOUT_BEFORE : WHOLE;
    const least = whole.significance > CLEAR ? LEAST_RISE.clear : LEAST_RISE.whole;
    if (
      whole.total > least &&
      meets(whole, squaresOfStep(levels, 0) - whole.squares, count, demands) &&
      beyondWandering(whole, 0)
    ) {
      return true;
    }
    if (!isTwoCycles && meets(behind, better, count - firstBehind, ALONE) && beyondWandering(behind, firstBehind))
      return true;
  }
  return false;
}
