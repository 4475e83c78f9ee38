/** Tables as JSON, CSV and PoolMon's text. Each writer gives a text for its begin, for each table, and for its end. */
import { tagText } from '../../../language/tag/poolTag.ts';
import { COLUMN_HEADER, headerText } from '../poolmonText.ts';
import { NO_SYSTEM } from '../snapshot.ts';
import type { LogRow, LogTable } from './table.ts';

export const EXPORT_FORMATS = ['csv', 'json', 'poolmon'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface LogWriter {
  begin(): string;
  table(table: LogTable): string;
  end(): string;
}

const typeOf = (row: LogRow) => (row.paged ? 'Paged' : 'Nonp');

function jsonRow(row: LogRow): object {
  const { tag, allocs, frees, diff, bytes, perAlloc, driver } = row;
  return { tag: tagText(tag), type: typeOf(row), allocs, frees, diff, bytes, perAlloc, driver };
}

/** `{"snapshots":[{"time","header","rows":[{"tag","type","allocs","frees","diff","bytes","perAlloc","driver"}]}]}` */
function jsonWriter(): LogWriter {
  let first = true;
  return {
    begin: () => '{"snapshots":[',
    table({ time, header, rows }) {
      const comma = first ? '\n' : ',\n';
      first = false;
      return (
        comma +
        JSON.stringify({ time: time === null ? null : new Date(time).toISOString(), header, rows: rows.map(jsonRow) })
      );
    },
    end: () => '\n]}\n',
  };
}

const CSV_HEAD = 'DateTime,Tag,Type,Allocs,Frees,Diff,Bytes,PerAlloc,Driver,Description';

/** A field of text. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function csvWriter(): LogWriter {
  return {
    begin: () => `${CSV_HEAD}\r\n`,
    table({ time, rows }) {
      const stamp = time === null ? '' : new Date(time).toISOString();
      let text = '';
      for (const row of rows) {
        const figures = [row.allocs, row.frees, row.diff, row.bytes, row.perAlloc].map((figure) => figure ?? '');
        const words = [row.driver ?? '', row.description].map(quoted);
        text += `${[quoted(stamp), quoted(tagText(row.tag)), typeOf(row), ...figures, ...words].join(',')}\r\n`;
      }
      return text;
    },
    end: () => '',
  };
}

/** PoolMon's live table; what changed since the table before stands in the parentheses. Moments stand on lines of their own. */
function poolmonWriter(): LogWriter {
  const before = new Map<number, LogRow>();
  const column = (value: number, change: number, width: number, changeWidth: number) =>
    `${String(value).padStart(width)} (${String(change).padStart(changeWidth)})`;
  const line = (row: LogRow, last: LogRow | undefined, mapped: boolean) => {
    const change = (now: number | null, then: number | null | undefined) =>
      now === null || then === null || then === undefined ? 0 : now - then;
    const driver = row.description === '' ? row.driver : `${row.driver ?? ''} - ${row.description}`;
    return [
      ` ${tagText(row.tag)}`,
      typeOf(row).padEnd(5),
      column(row.allocs ?? 0, change(row.allocs, last?.allocs), 11, 5),
      column(row.frees ?? 0, change(row.frees, last?.frees), 11, 5),
      String(row.diff ?? 0).padStart(9),
      column(row.bytes, change(row.bytes, last?.bytes), 12, 7),
      String(row.perAlloc ?? 0).padStart(9),
      ...(mapped ? [driver === null || driver === '' ? 'Unknown Driver' : `[${driver}]`] : []),
    ].join(' ');
  };
  return {
    begin: () => '',
    table({ time, header, rows, marks }) {
      const mapped = rows.some((row) => row.driver !== null || row.description !== '');
      const known = Object.keys(header).length > 0;
      const lines = [
        ...marks.map((mark) => `# phase: ${mark}`),
        ...(time === null ? [] : [`# time: ${new Date(time).toISOString()}`]),
        ...(known ? [headerText({ ...NO_SYSTEM, ...header }, header.pageFaults ?? 0)] : []),
        COLUMN_HEADER + (mapped ? '  Mapped_Driver' : ''),
        '',
      ];
      for (const row of rows) {
        const key = row.tag * 2 + Number(row.paged);
        lines.push(line(row, before.get(key), mapped));
        before.set(key, row);
      }
      return `${lines.join('\r\n').replaceAll(/\r?\n/g, '\r\n')}\r\n\r\n`;
    },
    end: () => '',
  };
}

export function logWriter(format: ExportFormat): LogWriter {
  return { csv: csvWriter, json: jsonWriter, poolmon: poolmonWriter }[format]();
}
