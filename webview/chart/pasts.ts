/** The pasts of the selected and the overlaid rows as the chart and its table show them. */
import type { RowPast, RowPasts } from '../../extension/pool/rowPasts.ts';

export const METRICS = ['objects', 'bytes', 'traffic'] as const;
export type Metric = (typeof METRICS)[number];

export interface MetricColumn {
  readonly name: string;
  read(past: RowPast): Float64Array;
}

const COLUMNS: Readonly<Record<Metric, readonly MetricColumn[]>> = {
  objects: [{ name: 'Objects', read: (past) => past.objects }],
  bytes: [{ name: 'Bytes', read: (past) => past.bytes }],
  traffic: [
    { name: 'Allocs/s', read: (past) => past.allocsPerSecond },
    { name: 'Frees/s', read: (past) => past.freesPerSecond },
  ],
};

export function metricColumns(metric: Metric): readonly MetricColumn[] {
  return COLUMNS[metric];
}

/** Whether there are two readings to join by a line. */
export function hasLine(pasts: RowPasts, metric: Metric): boolean {
  return pasts.rows.some((row) =>
    metricColumns(metric).some((column) => {
      let readings = 0;
      for (const value of column.read(row)) if (!Number.isNaN(value) && ++readings === 2) return true;
      return false;
    }),
  );
}

/** At most `count` places from the newest back, evenly spread, for a table that can be read. */
export function spreadPlaces(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => length - 1 - i);
  return Array.from({ length: count }, (_, i) => Math.round(((length - 1) * (count - 1 - i)) / (count - 1)));
}
