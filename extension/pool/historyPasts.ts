import type { History, Stretch } from './history.ts';
import { NO_PASTS, type PastSpan, type RowPast, type RowPasts, thinned } from './rowPasts.ts';

/**
 * The pasts of rows as charts want them: buckets over the whole watched time, and in the place of the last ones the single
 * samples that are kept. `firstMs` is the first sample's monotonic time. Rates are means over a bucket.
 */
export function pastsOf(
  history: History,
  firstMs: number,
  ids: readonly number[],
  span: PastSpan,
  points: number,
): RowPasts {
  if (ids.length === 0) return NO_PASTS;
  const longest = longestOf(ids.map((id) => history.longBytes(id)));
  const recent = longestOf(ids.map((id) => history.recentBytes(id, Number.POSITIVE_INFINITY)));
  if (recent.times.length === 0) return NO_PASTS;
  let buckets = 0;
  while (buckets < longest.times.length && longest.times[buckets] < recent.times[0]) buckets++;
  const all = Float64Array.of(...longest.times.subarray(0, buckets), ...recent.times);
  for (let i = 0; i < all.length; i++) all[i] -= firstMs;
  const chosen = thinned(all, span, points);
  const times = Float64Array.from(chosen, (index) => all[index]);
  const rows = ids.map((id): RowPast => {
    const long = history.longBytes(id);
    const pick = (values: Float64Array, newest: Float64Array) =>
      Float64Array.from(chosen, (index) =>
        index < buckets
          ? fromEnd(values, longest.times.length - index)
          : fromEnd(newest, recent.times.length - (index - buckets)),
      );
    const { allocs, frees } = history.longCounters(id);
    return {
      id,
      objects: pick(history.floors(id).values, history.recentObjects(id, Number.POSITIVE_INFINITY).values),
      bytes: pick(long.values, history.recentBytes(id, Number.POSITIVE_INFINITY).values),
      allocsPerSecond: ratesAt(allocs, times, firstMs),
      freesPerSecond: ratesAt(frees, times, firstMs),
    };
  });
  return { times, rows };
}

function longestOf(stretches: readonly Stretch[]): Stretch {
  return stretches.reduce((longest, stretch) => (stretch.times.length > longest.times.length ? stretch : longest));
}

/** The value `back` places before the end; NaN where the row is younger. */
function fromEnd(values: Float64Array, back: number): number {
  return back > values.length ? Number.NaN : values[values.length - back];
}

/** Counts a second up to the end of each bucket; NaN for the first, before which nothing is known. */
function bucketRates({ times, values }: Stretch): Float64Array {
  const rates = new Float64Array(values.length).fill(Number.NaN);
  for (let i = 1; i < values.length; i++) rates[i] = ((values[i] - values[i - 1]) * 1000) / (times[i] - times[i - 1]);
  return rates;
}

/** The rates of the buckets in which the times lie; both rise. */
function ratesAt(counters: Stretch, times: Float64Array, firstMs: number): Float64Array {
  const rates = bucketRates(counters);
  let bucket = 0;
  return Float64Array.from(times, (time) => {
    while (bucket < rates.length - 1 && counters.times[bucket] < time + firstMs) bucket++;
    return rates[bucket] ?? Number.NaN;
  });
}
