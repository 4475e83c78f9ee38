/** The past of single rows as columns over common times, for charts. */

/** Milliseconds since the first sample; null: from the beginning, or to the newest sample. */
export interface PastSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** One row, a value at each of the common times; NaN before the row existed. */
export interface RowPast {
  readonly id: number;
  /** Outstanding. */
  readonly objects: Float64Array;
  readonly bytes: Float64Array;
  /** Means over the time since the value before; empty where no rates are kept. */
  readonly allocsPerSecond: Float64Array;
  readonly freesPerSecond: Float64Array;
}

export interface RowPasts {
  /** Milliseconds since the first sample, rising. */
  readonly times: Float64Array;
  readonly rows: readonly RowPast[];
}

export const NO_PASTS: RowPasts = { times: new Float64Array(0), rows: [] };

/**
 * Indices of at most `points` of the times inside the span, with the one just before and just after it so that lines
 * reach the edges. The first and the last always stay.
 */
export function thinned(times: ArrayLike<number>, span: PastSpan, points: number): number[] {
  let first = 0;
  let last = times.length - 1;
  while (span.fromMs !== null && first + 1 <= last && times[first + 1] <= span.fromMs) first++;
  while (span.toMs !== null && last - 1 >= first && times[last - 1] >= span.toMs) last--;
  const count = last - first + 1;
  if (count <= Math.max(2, points)) return Array.from({ length: Math.max(0, count) }, (_, i) => first + i);
  return Array.from({ length: points }, (_, i) => first + Math.round((i * (count - 1)) / (points - 1)));
}
