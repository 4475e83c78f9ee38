/**
 * Does a row grow over the watched time, and how fast? The place of the full verdict.
 */
import type { Stretch } from './history.ts';

/**
 * Windows into which the watched time is cut. Eight: noise around a plateau rises through all of them once in 40,320, and
 * hundreds of rows are judged at every sample.
 */
const WINDOWS = 8;
/** Nothing is said before a row was watched this long, milliseconds. */
export const MIN_WATCHED_MS = 30_000;
/** Objects that must have stayed over the whole time. */
const MIN_RISE = WINDOWS;
/** The weakest step must be at least this share of the mean step: a warm-up flattens out, a leak does not. */
const WEAKEST_STEP = 0.25;

/**
 * True when the floor of outstanding objects rises steadily: the watched time is cut into eight windows, the lowest value in
 * each is taken, and every one must be higher than the one before by at least a quarter of the mean step. Comparing floors
 * rather than values keeps load, bursts and sawtooth caches out; see "Pool history" in CONTRIBUTING.md for what it misses.
 */
export function isGrowing(floors: Stretch): boolean {
  const { times, values } = floors;
  const count = values.length;
  if (count < 2 * WINDOWS || times[count - 1] - times[0] < MIN_WATCHED_MS) return false;
  let first = 0;
  let previous = 0;
  let weakest = Number.POSITIVE_INFINITY;
  for (let window = 0; window < WINDOWS; window++) {
    const end = Math.floor(((window + 1) * count) / WINDOWS);
    let floor = Number.POSITIVE_INFINITY;
    for (let i = Math.floor((window * count) / WINDOWS); i < end; i++) floor = Math.min(floor, values[i]);
    if (window === 0) first = floor;
    else weakest = Math.min(weakest, floor - previous);
    previous = floor;
  }
  const rise = previous - first;
  return rise >= MIN_RISE && weakest > 0 && weakest >= (WEAKEST_STEP * rise) / (WINDOWS - 1);
}

/** Span over which rates are taken, milliseconds. */
export const RATE_SPAN_MS = 60_000;
/** Below this span a rate is noise: {@link ratePerMinute} gives NaN. */
export const MIN_RATE_SPAN_MS = 5_000;

/** Slope of the least-squares line through the stretch, per minute; NaN when it is shorter than 5 s. */
export function ratePerMinute(stretch: Stretch): number {
  const { times, values } = stretch;
  const count = values.length;
  if (count < 3 || times[count - 1] - times[0] < MIN_RATE_SPAN_MS) return Number.NaN;
  let meanTime = 0;
  let meanValue = 0;
  let rests = true;
  for (let i = 0; i < count; i++) {
    meanTime += (times[i] - times[0]) / count;
    meanValue += values[i] / count;
    if (values[i] !== values[0]) rests = false;
  }
  // Exactly 0 for a row that rests, where rounding would leave a trace.
  if (rests) return 0;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < count; i++) {
    const t = times[i] - times[0] - meanTime;
    covariance += t * (values[i] - meanValue);
    variance += t * t;
  }
  return (covariance / variance) * 60_000;
}
