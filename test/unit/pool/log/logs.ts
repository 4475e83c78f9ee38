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
