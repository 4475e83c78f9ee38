/** Messages with rows, for the tests of the panel. */
import { ROW_FIELDS, type RowField } from '../../../extension/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import type { RowsMessage } from '../../../webview/state.ts';

export interface TestRow extends Partial<Record<RowField, number>> {
  readonly id: number;
  readonly tag: string;
  readonly paged?: boolean;
}

export function tagOf(text: string): number {
  const tag = tagFromText(text);
  if (tag === undefined) throw new Error(`${text} is not a tag`);
  return tag;
}

export function rowsMessage(
  type: 'snapshot' | 'frame',
  sequence: number,
  rows: readonly TestRow[],
  rest: Partial<RowsMessage> = {},
): RowsMessage {
  return {
    type,
    generation: 1,
    sequence,
    time: 1000 * sequence,
    watchedMs: 60_000,
    system: null,
    pageFaultsDelta: 0,
    nonpagedKbPerMinute: 0,
    pagedKbPerMinute: 0,
    rows: {
      ids: Uint32Array.from(rows, (row) => row.id),
      tags: Uint32Array.from(rows, (row) => tagOf(row.tag)),
      paged: Uint8Array.from(rows, (row) => (row.paged ? 1 : 0)),
      values: Float64Array.from(rows.flatMap((row) => ROW_FIELDS.map((field) => row[field] ?? 0))),
    },
    trends: { ids: new Uint32Array(0), length: 0, points: new Float32Array(0) },
    ...rest,
  };
}
