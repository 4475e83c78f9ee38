/**
 * Comma-separated tables: those of poolmon-powershell (both pools of a tag in one line, or some of the columns), and our own
 * (a line a row). Columns are known by their names.
 */
import { tagFromText } from '../../../language/tag/poolTag.ts';
import type { LogRow } from './table.ts';

/** Fields of one line: RFC 4180 without line breaks in fields. */
function csvFields(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      let text = '';
      let from = at + 1;
      for (;;) {
        const quote = line.indexOf('"', from);
        if (quote < 0) return [...fields, text + line.slice(from)];
        text += line.slice(from, quote);
        from = quote + 1;
        if (line[from] !== '"') break;
        text += '"';
        from++;
      }
      fields.push(text);
      const comma = line.indexOf(',', from);
      at = comma < 0 ? line.length + 1 : comma + 1;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
    }
  }
  return fields;
}

/** Where each column stands, by its name in small letters. */
export type CsvColumns = ReadonlyMap<string, number>;

/** The columns of a head line; undefined for any other line. */
export function csvHead(line: string): CsvColumns | undefined {
  if (!/^"?DateTime"?,"?Tag"?,/i.test(line)) return undefined;
  return new Map(csvFields(line).map((name, i) => [name.trim().toLowerCase(), i]));
}

export interface CsvLine {
  readonly time: string;
  readonly rows: readonly LogRow[];
}

/** One line; undefined where fields are missing, or one that must be a number is none. */
export function csvLine(line: string, columns: CsvColumns): CsvLine | undefined {
  const fields = csvFields(line);
  if (fields.length < columns.size) return undefined;
  const text = (name: string) => fields[columns.get(name) ?? -1] ?? '';
  const number = (name: string) => {
    const field = text(name).trim();
    return field === '' || !columns.has(name) ? null : Number(field);
  };
  const tag = tagFromText(text('tag'));
  if (tag === undefined) return undefined;
  const driver = text('driver') || text('binary') || null;
  const description = text('description');
  const row = (paged: boolean, prefix: string, bytesName: string): LogRow | null => {
    const bytes = number(bytesName);
    const allocs = number(`${prefix}allocs`);
    const frees = number(`${prefix}frees`);
    if (bytes === null) return null;
    const diff = number(`${prefix}diff`) ?? (allocs !== null && frees !== null ? allocs - frees : null);
    const quotient = diff === null ? null : diff > 0 ? Math.floor(bytes / diff) : 0;
    const perAlloc = prefix === '' ? (number('peralloc') ?? quotient) : quotient;
    return { tag, paged, allocs, frees, diff, bytes, perAlloc, driver, description };
  };
  const type = text('type').trim().toLowerCase();
  const found = columns.has('type')
    ? [row(type.startsWith('p'), '', 'bytes')]
    : [row(false, 'nonpaged', 'nonpagedusedbytes'), row(true, 'paged', 'pagedusedbytes')];
  const rows = found.filter((each) => each !== null);
  const isBroken = rows.some(({ allocs, frees, diff, bytes }) => [allocs, frees, diff, bytes].some(Number.isNaN));
  if (isBroken || (columns.has('type') && rows.length === 0)) return undefined;
  return { time: text('datetime'), rows: rows.filter(isUsed) };
}

/** A tag has a row only in the pools that it used. */
function isUsed({ allocs, frees, diff, bytes }: LogRow): boolean {
  return [allocs, frees, diff, bytes].some((figure) => figure !== null && figure !== 0);
}
