/** How fast a row changes. */
import type { Stretch } from './history.ts';

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
