/**
 * Reads logs of pool tags line by line: PoolMon's tables of all versions (live, snapshots, of sessions, pasted, appended),
 * `!poolused` of the kernel debugger, and comma-separated ones. Memory is bound by one table.
 *
 * Sources: Microsoft's pages on PoolMon and `!poolused`, and public logs.
 */
import { isPhaseKind, type PhaseMarkKind } from '../phases.ts';
import type { SystemFigures } from '../snapshot.ts';
import { type CsvColumns, csvHead, csvLine } from './csv.ts';
import {
  headerFigures,
  isPoolmonHead,
  isWholeRow,
  type PooluseHead,
  poolmonRow,
  pooluseHead,
  pooluseRows,
} from './rows.ts';
import { LogError, type LogRow, type LogTable } from './table.ts';
import { parseIsoTime, timeInLine } from './times.ts';

export interface LogListener {
  table(table: LogTable): void;
  /** Something of the text was left out, in words. */
  warning(message: string): void;
}

/** A table that is being read. */
interface OpenTable {
  readonly kind: 'poolmon' | 'poolused' | 'csv';
  readonly line: number;
  readonly time: number | null;
  readonly header: Partial<SystemFigures>;
  readonly rows: LogRow[];
  readonly marks: readonly PhaseMarkKind[];
  /** The line over its rows was there. */
  headed: boolean;
  /** Its date and time as a CSV has it. */
  readonly stamp: string;
  /** Something of it is missing. */
  torn: boolean;
}

/** Lines from the beginning among which something must be found. */
const LONGEST_PREAMBLE = 20_000;
/** A last table with fewer rows than this share of the one before was cut off. */
const WHOLE_SHARE = 0.75;
/** So many warnings of single lines are told one by one. */
const MOST_WARNINGS = 5;

export class LogReader {
  private readonly listener: LogListener;
  private open: OpenTable | undefined;
  /** The last closed table waits here: whether it is whole shows with the next one. */
  private waiting: LogTable | undefined;
  private lines = 0;
  private tables = 0;
  /** Rows of the last table that was handed over. */
  private rowsBefore = 0;
  private warnings = 0;
  private day: number | undefined;
  private time: number | null = null;
  private marks: PhaseMarkKind[] = [];
  private pooluse: PooluseHead | undefined;
  private csv: CsvColumns | undefined;
  private lastLine = '';
  private firstText: { readonly line: number; readonly text: string } | undefined;

  constructor(listener: LogListener) {
    this.listener = listener;
  }

  /** The next line, without its end. Throws {@link LogError} where the text is no log. */
  line(text: string): void {
    this.lines++;
    const line = text.replaceAll('\x1a', '').trimEnd();
    if (line.trim() === '') return;
    this.lastLine = line;
    this.firstText ??= { line: this.lines, text: line.trim() };
    if (line.startsWith('#') && this.comment(line)) return;
    if (line.trimStart().startsWith('!') && !/^\s*!poolused/.test(line)) {
      // memsnap writes what it knows of the machine so.
      if (/time/i.test(line)) this.takeTime(line);
      return;
    }
    if (!this.csvRow(line) && !this.poolmon(line) && !this.poolused(line)) this.noise(line);
  }

  /**
   * The text is at its end; `cut` tells that its last line had no line end. Throws {@link LogError} where there was no table.
   */
  end(cut: boolean): void {
    const open = this.open;
    const lastRow = open?.rows.at(-1);
    if (open?.kind === 'poolmon' && cut && lastRow && poolmonRow(this.lastLine) !== undefined && !isWholeRow(lastRow)) {
      open.torn = true;
    }
    // A header without the line over its rows, at the end of a text, was cut off there.
    if (open && !open.headed && open.rows.length === 0 && this.tables + (this.waiting ? 1 : 0) > 0) open.torn = true;
    if (open && this.isShort(open, cut)) open.torn = true;
    if (open?.torn) {
      this.warn(`line ${open.line}: the last table is cut off after ${open.rows.length} rows; it is left out.`);
      this.open = undefined;
    }
    this.close();
    this.release();
    if (this.warnings > MOST_WARNINGS)
      this.listener.warning(`${this.warnings - MOST_WARNINGS} more lines are no rows.`);
    if (this.tables > 0) return;
    if (open?.torn) throw new LogError(open.line, 'its only table is cut off.');
    throw this.nothingFound();
  }

  /** Whether the last table has far fewer rows than those before, as one has that was being written. */
  private isShort({ kind, rows }: OpenTable, cut: boolean): boolean {
    if (kind !== 'poolmon' || !this.waiting) return false;
    const before = this.waiting.rows.length;
    const usual = this.tables > 0 && Math.abs(before - this.rowsBefore) <= 0.1 * before;
    return rows.length < WHOLE_SHARE * before && (cut || usual);
  }

  private nothingFound(): LogError {
    if (!this.firstText) return new LogError(1, 'the file is empty.');
    const { line, text } = this.firstText;
    const begin = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    return new LogError(
      line,
      `"${begin.replace(/[^\x20-\x7e…]/g, '?')}" begins no table of PoolMon, of !poolused or of poolmon-powershell's CSV.`,
    );
  }

  /** `# phase: test`, `# time: 2026-05-01T12:00:00Z`; other comments say nothing. */
  private comment(line: string): boolean {
    const phase = /^#+\s*phase:\s*(\S+)\s*$/i.exec(line);
    if (phase) {
      const kind = phase[1].toLowerCase();
      if (kind !== 'end' && !isPhaseKind(kind)) {
        throw new LogError(this.lines, `${phase[1]} is no phase: settle, baseline, test, wait or end.`);
      }
      this.startTable();
      this.marks.push(kind);
      return true;
    }
    const time = /^#+\s*time:\s*(.*)$/i.exec(line);
    if (time) {
      const at = parseIsoTime(time[1].trim());
      if (at === undefined) throw new LogError(this.lines, `${time[1].trim()} is no time in ISO 8601.`);
      this.startTable();
      this.time = at;
      return true;
    }
    return !isPoolmonHead(line);
  }

  private csvRow(line: string): boolean {
    const head = csvHead(line);
    if (head) {
      if (!['type', 'pagedusedbytes', 'nonpagedusedbytes'].some((name) => head.has(name))) {
        throw new LogError(
          this.lines,
          'the CSV has no column of bytes: PagedUsedBytes, NonPagedUsedBytes or Type and Bytes.',
        );
      }
      this.startTable();
      this.csv = head;
      return true;
    }
    if (!this.csv) return false;
    const parsed = csvLine(line, this.csv);
    if (!parsed) {
      if (this.open) this.open.torn = true;
      this.warnOfLine('is no whole row of the CSV');
      return true;
    }
    if (this.open?.kind !== 'csv' || this.open.stamp !== parsed.time) {
      this.startTable();
      this.takeTime(parsed.time);
      this.openTable('csv', parsed.time);
    }
    // What was not whole stood before this line, so it is no end.
    this.open!.torn = false;
    this.open!.rows.push(...parsed.rows);
    return true;
  }

  private poolmon(line: string): boolean {
    const header = headerFigures(line);
    if (header) {
      if (header.first || this.open?.kind !== 'poolmon' || this.open.rows.length > 0) {
        this.startTable();
        this.openTable('poolmon');
      }
      Object.assign(this.open!.header, header.figures);
      return true;
    }
    if (isPoolmonHead(line)) {
      if (this.open?.kind !== 'poolmon' || this.open.rows.length > 0) {
        this.startTable();
        this.openTable('poolmon');
      }
      this.open!.headed = true;
      return true;
    }
    const row = poolmonRow(line);
    if (row === undefined) return false;
    if (this.open?.kind !== 'poolmon') {
      this.startTable();
      this.openTable('poolmon');
    }
    this.takeRows(row === 'torn' ? row : [row]);
    return true;
  }

  private poolused(line: string): boolean {
    if (/!poolused\b/.test(line) || /^\s*Sorting by\b/.test(line)) {
      this.startTable();
      this.pooluse = undefined;
      return true;
    }
    const head = pooluseHead(line);
    if (head) {
      this.startTable();
      this.openTable('poolused');
      this.open!.headed = true;
      this.pooluse = head;
      return true;
    }
    if (this.open?.kind === 'poolmon') return false;
    const rows = pooluseRows(line, this.pooluse);
    if (rows === undefined) return false;
    // Without a head only whole lines of the debugger pass, with its words behind the figures.
    if (!this.pooluse && (rows === 'torn' || !/\d(?:\t|[A-Za-z(<])/.test(line))) return false;
    if (this.open?.kind !== 'poolused') {
      this.startTable();
      this.openTable('poolused');
    }
    this.takeRows(rows);
    return true;
  }

  private takeRows(rows: readonly LogRow[] | 'torn'): void {
    if (rows === 'torn') {
      this.open!.torn = true;
      this.warnOfLine('is no whole row');
    } else {
      this.open!.torn = false;
      this.open!.rows.push(...rows);
    }
  }

  /** A line that is part of no table: a prompt, dashes, prose, or the moment of the next table. */
  private noise(line: string): void {
    if (/^\s*(?:[-=.*\s]+|\[snip\])$/.test(line)) return;
    if (this.tables === 0 && !this.waiting && !this.open && this.lines > LONGEST_PREAMBLE) throw this.nothingFound();
    this.takeTime(line);
  }

  private takeTime(line: string): void {
    const found = timeInLine(line);
    if (!found) return;
    if (this.open && (this.open.rows.length > 0 || this.open.headed)) this.startTable();
    if (found.day !== undefined) this.day = found.day;
    if (this.day === undefined) return;
    if (found.clock !== undefined) this.time = this.day + found.clock;
    else this.time ??= this.day;
  }

  private openTable(kind: OpenTable['kind'], stamp = ''): void {
    this.open = {
      kind,
      line: this.lines,
      time: this.time,
      header: {},
      rows: [],
      marks: this.marks,
      headed: false,
      stamp,
      torn: false,
    };
    this.marks = [];
    this.time = null;
  }

  /** What was open is whole: something else begins. */
  private startTable(): void {
    this.close();
  }

  private close(): void {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    if (open.rows.length === 0 && !open.headed) {
      // A header alone is no table, but what was said before it stands.
      this.marks = [...open.marks, ...this.marks];
      this.time ??= open.time;
      return;
    }
    this.release();
    const { line, time, header, rows, marks } = open;
    this.waiting = { line, time, header, rows, marks };
  }

  private release(): void {
    const table = this.waiting;
    this.waiting = undefined;
    if (!table) return;
    this.tables++;
    this.rowsBefore = table.rows.length;
    this.listener.table(table);
  }

  private warnOfLine(what: string): void {
    this.warnings++;
    if (this.warnings <= MOST_WARNINGS) this.listener.warning(`line ${this.lines}: ${what}; it is left out.`);
  }

  private warn(message: string): void {
    this.listener.warning(message);
  }
}
