import { LogReader } from '../../../../extension/pool/log/logReader.ts';
import type { LogTable } from '../../../../extension/pool/log/table.ts';
import { tagText } from '../../../../language/tag/poolTag.ts';

/** Reads a whole text; the last line counts as cut where no line end follows it. */
export function readText(text: string): { tables: LogTable[]; warnings: string[] } {
  const tables: LogTable[] = [];
  const warnings: string[] = [];
  const reader = new LogReader({ table: (table) => tables.push(table), warning: (message) => warnings.push(message) });
  const lines = text.split(/\r\n|\n|\r/);
  const rest = lines.pop()!;
  for (const line of lines) reader.line(line);
  if (rest !== '') reader.line(rest);
  reader.end(rest !== '');
  return { tables, warnings };
}

/** `Tag Type allocs frees diff bytes perAlloc driver` of each row. */
export function rowsOf(table: LogTable): string[] {
  return table.rows.map((row) =>
    [
      tagText(row.tag),
      row.paged ? 'Paged' : 'Nonp',
      row.allocs,
      row.frees,
      row.diff,
      row.bytes,
      row.perAlloc,
      row.driver,
    ].join('|'),
  );
}

/** The header of a PoolMon table, and its figures. */
export const POOLMON_HEADER = [
  ' Memory: 8380000K Avail: 4100000K  PageFlts:  1200   InRam Krnl: 9000K P:200000K',
  ' Commit:5000000K Limit:9000000K Peak:6000000K            Pool N:300000K P:400000K',
];
export const HEADER_FIGURES = {
  totalKb: 8_380_000,
  availableKb: 4_100_000,
  pageFaults: 1200,
  residentKernelKb: 9000,
  residentPagedKb: 200_000,
  committedKb: 5_000_000,
  commitLimitKb: 9_000_000,
  commitPeakKb: 6_000_000,
  nonpagedKb: 300_000,
  pagedKb: 400_000,
};
