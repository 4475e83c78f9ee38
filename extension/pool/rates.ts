/** How fast a row changes. */
import type { Stretch } from './history.ts';

/** Span over which rates are taken, milliseconds. */
export const RATE_SPAN_MS = 60_000;
/** Below this span a rate is noise: {@link ratePerMinute} gives NaN. */
export const MIN_RATE_SPAN_MS = 5_000;

/** What values at these times are weighed with, so that their sum is the slope of their line, per minute; null: too short. */
function slopeWeights(times: Float64Array): Float64Array | null {
  const count = times.length;
  if (count < 3 || times[count - 1] - times[0] < MIN_RATE_SPAN_MS) return null;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += (times[i] - times[0]) / count;
  const weights = times.map((time) => time - times[0] - mean);
  let variance = 0;
  for (let i = 0; i < count; i++) variance += weights[i] ** 2;
  for (let i = 0; i < count; i++) weights[i] *= 60_000 / variance;
  return weights;
}

/** Rates of many rows: those over the same times, the very same array, share what follows from them. */
export class RateMeter {
  #times: Float64Array | undefined;
  #weights: Float64Array | null = null;

  /** Slope of the least-squares line through the stretch, per minute; NaN when it is shorter than 5 s. */
  perMinute({ times, values }: Stretch): number {
    if (this.#times !== times) {
      this.#times = times;
      this.#weights = slopeWeights(times);
    }
    const weights = this.#weights;
    if (!weights) return Number.NaN;
    // From the first value, so that it is exactly 0 for a row that rests.
    const first = values[0];
    let slope = 0;
    for (let i = 1; i < weights.length; i++) slope += weights[i] * (values[i] - first);
    return slope;
  }
}
