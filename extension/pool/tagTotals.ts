/** Both pools of a tag as one. */
import type { RowFigures } from './poolStore.ts';
import type { VerdictKind } from './verdict.ts';

/** The rows of a tag summed. NaN rates: not watched long enough. */
export interface TagTotals {
  readonly outstanding: number;
  readonly bytes: number;
  readonly objectsPerMinute: number;
  readonly bytesPerMinute: number;
  readonly growing: boolean;
  /** The worse one of its rows. */
  readonly verdict: VerdictKind;
  /** Objects that stay after each cycle of the test; NaN where no cycle was judged. */
  readonly objectsPerCycle: number;
}

/** From what needs no look to what does. */
const BY_WEIGHT: readonly VerdictKind[] = ['unknown', 'steady', 'cache', 'load', 'growing', 'leak'];

/** The worse one of two verdicts. */
function worse(a: VerdictKind, b: VerdictKind): VerdictKind {
  return BY_WEIGHT.indexOf(a) >= BY_WEIGHT.indexOf(b) ? a : b;
}

export function totalsOf(rows: readonly RowFigures[]): TagTotals {
  const sum = (of: (row: RowFigures) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    outstanding: sum((row) => row.outstanding),
    bytes: sum((row) => row.bytes),
    objectsPerMinute: sum((row) => row.objectsPerMinute),
    bytesPerMinute: sum((row) => row.bytesPerMinute),
    growing: rows.some((row) => row.growing),
    verdict: rows.map((row) => row.verdict).reduce(worse, 'unknown'),
    objectsPerCycle: sum((row) => row.objectsPerCycle),
  };
}
