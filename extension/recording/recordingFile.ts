import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isPhaseName } from '../phaseLog.ts';
import type { SystemFigures } from '../pool/snapshot.ts';
import type { PhaseMark } from '../protocol.ts';
import { applyChanges, emptyFigures, type RowFigures } from './changes.ts';
import { APPLICATION_ID, PERIOD_SAMPLES, SCHEMA_VERSION, type SessionInfo, SYSTEM_COLUMNS } from './schema.ts';
import { openDatabase, SQLITE, sqliteCode } from './sqlite.ts';

/** A file that is no recording, or cannot be read at all; the message names the reason. */
export class RecordingError extends Error {}

/** More rows than any kernel has: a larger number is damage. */
const MOST_ROWS = 1_000_000;

/** The rows that changed in a period, as they stood at its end. */
export interface Period {
  readonly rows: Uint32Array;
  readonly allocs: Float64Array;
  readonly frees: Float64Array;
  readonly bytes: Float64Array;
  /** Fewest outstanding objects within the period. */
  readonly leastObjects: Float64Array;
}

/** Header figures and wall clock of a sample. */
export interface SampleHeader {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly system: SystemFigures;
}

/**
 * An opened recording: what is in it, and the figures of any sample. It only reads. Where a part of the file is damaged, all
 * that stands before it is shown, and {@link notice} says so. While the file is still being written it shows what was there
 * when it was opened.
 */
export class RecordingFile {
  readonly file: string;
  readonly info: SessionInfo;
  readonly kept: boolean;
  /** Tag and pool of each row. */
  readonly tags: Uint32Array;
  readonly paged: Uint8Array;
  /** Milliseconds since the first sample, for each sample. */
  readonly elapsedMs: Float64Array;
  /** Samples that begin another boot, the first one not among them. */
  readonly bootSamples: readonly number[];
  readonly marks: readonly PhaseMark[];
  readonly periods: readonly Period[];
  /** What of the file could not be read, in words; empty when all could. */
  readonly notice: string;
  readonly #database: DatabaseSync;
  readonly #changes: StatementSync;
  readonly #header: StatementSync;
  readonly #figures: RowFigures;
  #position = -1;

  /** Throws a {@link RecordingError} for a file that is no recording. */
  constructor(file: string) {
    this.file = file;
    const damage: string[] = [];
    const { database, meta } = openChecked(file);
    this.#database = database;
    try {
      this.info = sessionInfo(meta);
      this.kept = meta.get('kept') === '1';
      const rows = readRows(database);
      this.tags = rows.tags;
      this.paged = rows.paged;
      const { elapsed, torn } = readElapsed(database);
      if (torn !== '') damage.push(torn);
      const changes = lastChange(database, elapsed.length);
      if (changes.torn !== '') damage.push(changes.torn);
      this.elapsedMs = elapsed.subarray(0, changes.samples);
      this.bootSamples = salvage(damage, 'The boots', () => readBoots(database)).filter(
        (sample) => sample > 0 && sample < this.elapsedMs.length,
      );
      this.marks = salvage(damage, 'The marks', () => readMarks(database));
      this.periods = salvage(damage, 'The periods', () =>
        readPeriods(database, rows.tags.length, this.elapsedMs.length),
      );
      this.#figures = emptyFigures(rows.tags.length);
      this.#changes = database.prepare('SELECT rows FROM change WHERE sample BETWEEN ? AND ? ORDER BY sample');
      this.#changes.setReturnArrays(true);
      const columns = SYSTEM_COLUMNS.map(([column]) => column).join(', ');
      this.#header = database.prepare(`SELECT time, ${columns} FROM sample WHERE sample = ?`);
      this.#header.setReturnArrays(true);
    } catch (error) {
      database.close();
      throw asRecordingError(file, error);
    }
    this.notice = damage.join(' ');
    if (this.elapsedMs.length === 0) {
      database.close();
      throw new RecordingError(`${file} holds no sample${this.notice ? `: ${this.notice}` : '.'}`);
    }
  }

  /** Samples that can be shown. */
  get samples(): number {
    return this.elapsedMs.length;
  }

  get rowCount(): number {
    return this.tags.length;
  }

  /** The last sample that is not later than this; the first one for earlier times. */
  sampleAt(elapsedMs: number): number {
    let low = 0;
    let high = this.samples - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.elapsedMs[middle] <= elapsedMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Wall clock and header figures of a sample. */
  header(sample: number): SampleHeader {
    const values = this.#header.get(sample) as unknown as number[] | undefined;
    const system: Partial<Record<keyof SystemFigures, number>> = {};
    for (const [i, [, name]] of SYSTEM_COLUMNS.entries()) system[name] = Number(values?.[i + 1] ?? 0);
    return { time: Number(values?.[0] ?? 0), system: system as SystemFigures };
  }

  /** Elapsed milliseconds, nonpaged and paged pool in KiB of at most `count` samples, evenly chosen, the last among them. */
  systemPoints(count: number): [number, number, number][] {
    const step = Math.max(1, Math.ceil(this.samples / count));
    const sql = `SELECT elapsed, nonpaged_kb, paged_kb FROM sample WHERE sample < ? AND (sample % ? = 0 OR sample = ?)`;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(this.samples, step, this.samples - 1) as unknown as [number, number, number][];
  }

  /**
   * All rows at a sample, 0 to `samples - 1`. The arrays are the reader's own and hold until the next call. Where changes
   * are damaged the figures stand as they were before them.
   */
  at(sample: number): RowFigures {
    const wanted = Math.min(this.samples - 1, Math.max(0, sample));
    const period = Math.floor(wanted / PERIOD_SAMPLES);
    const base = Math.min(period, this.periods.length);
    const baseSample = base * PERIOD_SAMPLES;
    if (this.#position > wanted || this.#position < baseSample - 1) {
      const { allocs, frees, bytes } = this.#figures;
      allocs.fill(0);
      frees.fill(0);
      bytes.fill(0);
      for (let p = 0; p < base; p++) takePeriod(this.periods[p], this.#figures);
      this.#position = baseSample - 1;
    }
    this.walk(this.#position + 1, wanted, (changes) => applyChanges(changes, this.#figures));
    this.#position = wanted;
    return this.#figures;
  }

  /** The encoded changes of the samples `from` to `to`, in order; ends early where they cannot be read. */
  walk(from: number, to: number, take: (changes: Uint8Array, sample: number) => void): void {
    if (from > to) return;
    let sample = from;
    try {
      for (const row of this.#changes.iterate(from, to)) take((row as unknown as [Uint8Array])[0], sample++);
    } catch (error) {
      // Damaged changes, or a damaged page: what follows is unknown.
      if (!(error instanceof RangeError) && sqliteCode(error) === undefined) throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function takePeriod(period: Period, figures: RowFigures): void {
  for (let i = 0; i < period.rows.length; i++) {
    const row = period.rows[i];
    figures.allocs[row] = period.allocs[i];
    figures.frees[row] = period.frees[i];
    figures.bytes[row] = period.bytes[i];
  }
}

function asRecordingError(file: string, error: unknown): Error {
  if (error instanceof RecordingError) return error;
  switch (sqliteCode(error)) {
    case SQLITE.notADatabase:
      return new RecordingError(`${file} is not a Pool Lens recording.`);
    case SQLITE.cannotOpen:
    case SQLITE.permission:
      return new RecordingError(`${file} cannot be opened. Is it there, and may it be read?`);
    case SQLITE.busy:
      return new RecordingError(`${file} is locked by another program.`);
    case undefined:
      return error as Error;
    default:
      return new RecordingError(`${file} is damaged: ${(error as Error).message}.`);
  }
}

/** Opens the file, and makes sure that it is a recording of a version that we know, and that its tables are tables. */
function openChecked(file: string): { database: DatabaseSync; meta: Map<string, string> } {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(file, { readOnly: true });
    // A recording may come from anybody: nothing that its schema calls is run.
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON');
    const pragma = (name: string) => Number(Object.values(database!.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
    if (pragma('application_id') !== APPLICATION_ID) throw new RecordingError(`${file} is not a Pool Lens recording.`);
    const version = pragma('user_version');
    if (version > SCHEMA_VERSION) {
      throw new RecordingError(
        `${file} was written by a newer Pool Lens (format ${version}, this one reads up to ${SCHEMA_VERSION}). Update Pool Lens.`,
      );
    }
    const kinds = database.prepare('SELECT name, type FROM sqlite_schema').all() as { name: string; type: string }[];
    const tables = new Set(kinds.filter(({ type }) => type === 'table').map(({ name }) => name));
    const missing = ['session', 'boot', 'pool_row', 'sample', 'change', 'period', 'mark'].filter(
      (name) => !tables.has(name),
    );
    if (missing.length > 0) throw new RecordingError(`${file} is damaged: it has no table ${missing.join(', ')}.`);
    const meta = database.prepare('SELECT name, value FROM session').all() as { name: string; value: string }[];
    return { database, meta: new Map(meta.map(({ name, value }) => [String(name), String(value)])) };
  } catch (error) {
    database?.close();
    throw asRecordingError(file, error);
  }
}

function sessionInfo(meta: ReadonlyMap<string, string>): SessionInfo {
  const text = (name: keyof SessionInfo) => meta.get(name) ?? '';
  return {
    label: text('label'),
    kind: text('kind'),
    system: text('system'),
    counterBits: meta.get('counterBits') === '64' ? 64 : 32,
    writer: text('writer'),
    workspace: text('workspace'),
    importedFrom: text('importedFrom'),
  };
}

function salvage<T>(damage: string[], what: string, read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    damage.push(`${what} cannot be read: ${(error as Error).message}.`);
    return [];
  }
}

function arrays(database: DatabaseSync, sql: string): Iterable<unknown[]> {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement.iterate() as unknown as Iterable<unknown[]>;
}

function readRows(database: DatabaseSync): { tags: Uint32Array; paged: Uint8Array } {
  const tags: number[] = [];
  const paged: number[] = [];
  for (const [row, tag, pool] of arrays(database, 'SELECT row, tag, paged FROM pool_row ORDER BY row')) {
    if (row !== tags.length || tags.length >= MOST_ROWS)
      throw new RecordingError(`The table of tags ends at ${tags.length}.`);
    tags.push(Number(tag));
    paged.push(pool === 1 ? 1 : 0);
  }
  return { tags: Uint32Array.from(tags), paged: Uint8Array.from(paged) };
}

/** Times of all samples up to the first that is missing or goes back. */
function readElapsed(database: DatabaseSync): { elapsed: Float64Array; torn: string } {
  const elapsed: number[] = [];
  let torn = '';
  try {
    for (const [sample, ms] of arrays(database, 'SELECT sample, elapsed FROM sample ORDER BY sample')) {
      if (sample !== elapsed.length || typeof ms !== 'number' || ms < (elapsed.at(-1) ?? 0)) {
        torn = `Samples are damaged from number ${elapsed.length} on.`;
        break;
      }
      elapsed.push(ms);
    }
  } catch (error) {
    torn = `Samples from number ${elapsed.length} on cannot be read: ${(error as Error).message}.`;
  }
  return { elapsed: Float64Array.from(elapsed), torn };
}

/** How many of the samples have their changes: 0 to `samples` without a hole at the end. */
function lastChange(database: DatabaseSync, samples: number): { samples: number; torn: string } {
  if (samples === 0) return { samples: 0, torn: '' };
  const probe = database.prepare('SELECT length(rows) AS bytes FROM change WHERE sample = ?');
  const has = (sample: number) => {
    try {
      return Number(probe.get(sample)?.bytes ?? 0) > 0;
    } catch {
      return false;
    }
  };
  if (has(samples - 1)) return { samples, torn: '' };
  let low = 0;
  let high = samples - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (has(middle)) low = middle + 1;
    else high = middle;
  }
  return { samples: low, torn: `Changes are missing from sample ${low} on.` };
}

function readBoots(database: DatabaseSync): number[] {
  const boots: number[] = [];
  for (const [sample] of arrays(database, 'SELECT first_sample FROM boot ORDER BY boot')) boots.push(Number(sample));
  return boots;
}

function readMarks(database: DatabaseSync): PhaseMark[] {
  const marks: PhaseMark[] = [];
  for (const [elapsed, time, phase, cycle, operations] of arrays(
    database,
    'SELECT elapsed, time, phase, cycle, operations FROM mark ORDER BY mark',
  )) {
    if (!isPhaseName(phase)) continue;
    marks.push({
      elapsedMs: Number(elapsed),
      time: Number(time),
      phase,
      cycle: Number(cycle),
      operations: operations === null ? null : Number(operations),
    });
  }
  return marks;
}

/** The whole periods, up to the first that is missing. */
function readPeriods(database: DatabaseSync, rowCount: number, samples: number): Period[] {
  const periods: Period[] = [];
  const statement = database.prepare(
    'SELECT row, allocs, frees, bytes, least_objects FROM period WHERE period = ? ORDER BY row',
  );
  statement.setReturnArrays(true);
  const whole = Math.floor(samples / PERIOD_SAMPLES);
  for (let period = 0; period < whole; period++) {
    let found: number[][];
    try {
      found = statement.all(period) as unknown as number[][];
    } catch (error) {
      if (periods.length === 0) throw error;
      break;
    }
    const column = (index: number) => Float64Array.from(found, (row) => Number(row[index]));
    const rows = Uint32Array.from(found, (row) => Number(row[0]));
    if (rows.some((row) => row >= rowCount)) break;
    periods.push({ rows, allocs: column(1), frees: column(2), bytes: column(3), leastObjects: column(4) });
  }
  return periods;
}
