import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { tagLabel } from '../../language/tag/poolTag.ts';
import { counterDelta, outstandingOf } from '../pool/counters.ts';
import type { PoolSnapshot } from '../pool/snapshot.ts';
import type { PhaseMark } from '../protocol.ts';
import { ChangeEncoder, emptyFigures, type RowFigures } from './changes.ts';
import { APPLICATION_ID, PERIOD_SAMPLES, SCHEMA, SCHEMA_VERSION, type SessionInfo, SYSTEM_COLUMNS } from './schema.ts';
import { openDatabase } from './sqlite.ts';
import { VarintWriter } from './varint.ts';

export interface WriterOptions {
  /** The file may grow to this size; bytes. */
  readonly maxBytes: number;
}

/** What a sample brings besides the snapshot. */
export interface SampleContext {
  /** Milliseconds since the recording's first sample, on the clock that never jumps. */
  readonly elapsedMs: number;
  /** True for the first sample after another boot: counters start anew. */
  readonly newBoot: boolean;
}

const PAGE_BYTES = 4096;
/** The empty tables fit in these. */
const LEAST_PAGES = 20;
const INSERT_SAMPLE = `INSERT INTO sample VALUES (${Array(SYSTEM_COLUMNS.length + 3)
  .fill('?')
  .join(', ')})`;

/** One row that a sample changed, not yet committed. */
interface Change {
  readonly row: number;
  readonly allocs: number;
  readonly frees: number;
  readonly bytes: number;
}

/**
 * Writes one recording. Each sample is one transaction: after {@link sample} returned, the end of the process does not lose
 * it. A call that throws wrote nothing, and the next sample holds what it would have said.
 */
export class RecordingWriter {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #statements: Record<'sample' | 'change' | 'row' | 'period' | 'boot' | 'mark', StatementSync>;
  readonly #out = new VarintWriter();
  #counterBits: 32 | 64 = 32;
  /** Row numbers by tag: nonpaged and paged, -1 for none. */
  readonly #rows = new Map<number, [number, number]>();
  #rowCount = 0;
  #committed: RowFigures = emptyFigures(1024);
  /** Fewest outstanding objects of each row in the open period; NaN for rows that did not change in it. */
  #least = new Float64Array(1024).fill(Number.NaN);
  #samples = 0;
  #boots = 0;
  #marks = 0;

  /** Makes the file, which must not exist yet; throws where it cannot. */
  constructor(file: string, info: SessionInfo, options: WriterOptions) {
    this.file = file;
    // Another window must not write into the same file.
    closeSync(openSync(file, 'wx', 0o600));
    this.#database = openDatabase(file);
    try {
      this.#database.exec(`
        PRAGMA page_size = ${PAGE_BYTES};
        PRAGMA application_id = ${APPLICATION_ID};
        PRAGMA user_version = ${SCHEMA_VERSION};
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA max_page_count = ${Math.max(LEAST_PAGES, Math.floor(options.maxBytes / PAGE_BYTES))};
        BEGIN; ${SCHEMA}`);
      const insert = this.#database.prepare('INSERT INTO session VALUES (?, ?)');
      for (const [name, value] of Object.entries(info)) insert.run(name, String(value));
      insert.run('periodSamples', String(PERIOD_SAMPLES));
      insert.run('pid', String(process.pid));
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.close();
      throw error;
    }
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#statements = {
      sample: prepare(INSERT_SAMPLE),
      change: prepare('INSERT INTO change VALUES (?, ?)'),
      row: prepare('INSERT INTO pool_row VALUES (?, ?, ?, ?)'),
      period: prepare('INSERT INTO period VALUES (?, ?, ?, ?, ?, ?)'),
      boot: prepare('INSERT INTO boot VALUES (?, ?, ?)'),
      mark: prepare('INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?, ?)'),
    };
  }

  /** Samples written. */
  get samples(): number {
    return this.#samples;
  }

  /** Writes a sample; `started` is when the system was, milliseconds since 1970, where it is known. */
  sample(snapshot: PoolSnapshot, context: SampleContext, started: number | null = null): void {
    const sample = this.#samples;
    const fromZero = sample === 0 || context.newBoot;
    const firstNew = this.#rowCount;
    const changes = this.#changesOf(snapshot, fromZero);
    const { system, time } = snapshot;
    this.#transaction(
      () => {
        for (const [tag, rows] of this.#newRows(firstNew)) this.#insertRows(tag, rows, firstNew);
        if (fromZero) this.#statements.boot.run(this.#boots, sample, started);
        const figures = SYSTEM_COLUMNS.map(([, name]) => Math.round(system[name]));
        this.#statements.sample.run(sample, Math.round(time), Math.round(context.elapsedMs), ...figures);
        this.#statements.change.run(sample, this.#out.view());
        if ((sample + 1) % PERIOD_SAMPLES === 0) this.#writePeriod(sample, changes, fromZero);
      },
      () => this.#forgetRows(firstNew),
    );
    this.#commit(changes, fromZero);
    this.#samples++;
    if (fromZero) this.#boots++;
  }

  /** Writes a mark at the newest sample. */
  mark(mark: PhaseMark, elapsedMs: number): void {
    this.#transaction(() =>
      this.#statements.mark.run(
        this.#marks,
        Math.max(0, this.#samples - 1),
        Math.round(elapsedMs),
        Math.round(mark.time),
        mark.phase,
        mark.cycle,
        mark.operations,
      ),
    );
    this.#marks++;
  }

  /** Whether retention must leave the file alone. */
  keep(kept: boolean): void {
    this.#database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?)').run('kept', kept ? '1' : '0');
  }

  /** Bytes on disk, the write-ahead log not counted. */
  get bytes(): number {
    const { page_count } = this.#database.prepare('PRAGMA page_count').get() as { page_count: number };
    return page_count * PAGE_BYTES;
  }

  /** True when the file has reached the size it may have. */
  get isFull(): boolean {
    const { max_page_count } = this.#database.prepare('PRAGMA max_page_count').get() as { max_page_count: number };
    return this.bytes >= (max_page_count - 4) * PAGE_BYTES;
  }

  /** Closes the file, as one that needs no other file beside it. */
  close(): void {
    try {
      this.#database.exec('PRAGMA journal_mode = DELETE');
    } catch {
      // Somebody reads it at this moment, or the disk is full: the log beside it stays, and holds the newest samples.
    }
    this.#database.close();
  }

  #transaction(write: () => void, undone?: () => void): void {
    this.#database.exec('BEGIN');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      undone?.();
      throw error;
    }
  }

  /** Encodes what is new in the snapshot into {@link #out}, and answers it. Gives new rows their numbers. */
  #changesOf(snapshot: PoolSnapshot, fromZero: boolean): Change[] {
    const { tags } = snapshot;
    this.#counterBits = snapshot.counterBits;
    const found: Change[] = [];
    for (let i = 0; i < tags.length; i++) {
      let rows = this.#rows.get(tags[i]);
      if (!rows) {
        rows = [-1, -1];
        this.#rows.set(tags[i], rows);
      }
      this.#compare(
        rows,
        0,
        snapshot.nonpagedAllocs[i],
        snapshot.nonpagedFrees[i],
        snapshot.nonpagedBytes[i],
        fromZero,
        found,
      );
      this.#compare(rows, 1, snapshot.pagedAllocs[i], snapshot.pagedFrees[i], snapshot.pagedBytes[i], fromZero, found);
    }
    found.sort((a, b) => a.row - b.row);
    const encoder = new ChangeEncoder(this.#out, fromZero);
    for (const change of found) encoder.row(change.row, this.#before(change.row, fromZero), change);
    return found;
  }

  #compare(
    rows: [number, number],
    pool: 0 | 1,
    rawAllocs: number,
    rawFrees: number,
    bytes: number,
    fromZero: boolean,
    found: Change[],
  ): void {
    let row = rows[pool];
    if (row < 0) {
      if (rawAllocs === 0 && rawFrees === 0 && bytes === 0) return;
      row = this.#rowCount++;
      rows[pool] = row;
      this.#growTo(this.#rowCount);
    }
    const before = this.#committed;
    const bits = this.#counterBits;
    const isNew = fromZero || (before.allocs[row] === 0 && before.frees[row] === 0);
    // At first sight the allocations are told so that their difference to the frees is what is outstanding.
    const frees = isNew ? rawFrees : before.frees[row] + counterDelta(rawFrees, before.frees[row], bits);
    const allocs = isNew
      ? rawFrees + outstandingOf(rawAllocs, rawFrees, bits)
      : before.allocs[row] + counterDelta(rawAllocs, before.allocs[row], bits);
    const known =
      !fromZero && allocs === before.allocs[row] && frees === before.frees[row] && bytes === before.bytes[row];
    if (known || (fromZero && allocs === 0 && frees === 0 && bytes === 0)) return;
    found.push({ row, allocs, frees, bytes });
  }

  #before(row: number, fromZero: boolean): { allocs: number; frees: number; bytes: number } {
    if (fromZero) return { allocs: 0, frees: 0, bytes: 0 };
    const { allocs, frees, bytes } = this.#committed;
    return { allocs: allocs[row], frees: frees[row], bytes: bytes[row] };
  }

  *#newRows(first: number): Iterable<[number, [number, number]]> {
    if (this.#rowCount === first) return;
    for (const entry of this.#rows) if (entry[1][0] >= first || entry[1][1] >= first) yield entry;
  }

  #insertRows(tag: number, rows: readonly [number, number], first: number): void {
    for (const pool of [0, 1] as const) {
      if (rows[pool] >= first) this.#statements.row.run(rows[pool], tag, tagLabel(tag), pool);
    }
  }

  #forgetRows(first: number): void {
    for (const rows of this.#rows.values()) {
      for (const pool of [0, 1] as const) if (rows[pool] >= first) rows[pool] = -1;
    }
    this.#rowCount = first;
  }

  #growTo(rows: number): void {
    if (rows <= this.#least.length) return;
    const larger = emptyFigures(2 * rows);
    for (const name of ['allocs', 'frees', 'bytes'] as const) larger[name].set(this.#committed[name]);
    this.#committed = larger;
    const least = new Float64Array(2 * rows).fill(Number.NaN);
    least.set(this.#least);
    this.#least = least;
  }

  #commit(changes: readonly Change[], fromZero: boolean): void {
    const { allocs, frees, bytes } = this.#committed;
    if (fromZero) {
      for (let row = 0; row < this.#rowCount; row++) {
        if (allocs[row] !== 0 || frees[row] !== 0 || bytes[row] !== 0) this.#least[row] = 0;
      }
      allocs.fill(0);
      frees.fill(0);
      bytes.fill(0);
    }
    const opens = this.#samples % PERIOD_SAMPLES === 0;
    for (const change of changes) {
      const objects = change.allocs - change.frees;
      const least = this.#least[change.row];
      // A row that rests until now stood in this period as it was before.
      const stood = Number.isNaN(least) && !opens && !fromZero ? allocs[change.row] - frees[change.row] : least;
      this.#least[change.row] = Number.isNaN(stood) ? objects : Math.min(stood, objects);
      allocs[change.row] = change.allocs;
      frees[change.row] = change.frees;
      bytes[change.row] = change.bytes;
    }
    if ((this.#samples + 1) % PERIOD_SAMPLES === 0) this.#least.fill(Number.NaN);
  }

  /** The rows that changed in the period that `sample` closes, as they stand with it. */
  #writePeriod(sample: number, changes: readonly Change[], fromZero: boolean): void {
    const now = new Map(changes.map((change) => [change.row, change]));
    const period = Math.floor(sample / PERIOD_SAMPLES);
    const { allocs, frees, bytes } = this.#committed;
    const gone = { allocs: 0, frees: 0, bytes: 0 };
    for (let row = 0; row < this.#rowCount; row++) {
      const stands = { allocs: allocs[row], frees: frees[row], bytes: bytes[row] };
      const figures = now.get(row) ?? (fromZero ? gone : stands);
      const wasThere = stands.allocs !== 0 || stands.frees !== 0 || stands.bytes !== 0;
      if (!now.has(row) && Number.isNaN(this.#least[row]) && !(fromZero && wasThere)) continue;
      const objects = figures.allocs - figures.frees;
      const before = Number.isNaN(this.#least[row]) ? stands.allocs - stands.frees : this.#least[row];
      const least = fromZero && !wasThere ? objects : Math.min(before, objects);
      this.#statements.period.run(period, row, figures.allocs, figures.frees, figures.bytes, least);
    }
  }
}
