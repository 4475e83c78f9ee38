/** Feeds the tables of a log to a store, as a source feeds it samples: verdicts come the same way from both. */
import type { PoolTag } from '../../../language/tag/poolTag.ts';
import type { PoolStore } from '../poolStore.ts';
import { emptyColumns, NO_SYSTEM } from '../snapshot.ts';
import type { LogRow, LogTable } from './table.ts';

/** Tables without times are taken as equally spaced. Rates per hour mean nothing then; verdicts do not rest on them. */
const ASSUMED_PAUSE_MS = 60_000;

/** Counters of one pool of a tag; where a log tells outstanding objects only, its changes are counted. */
interface Pool {
  allocs: number;
  frees: number;
  bytes: number;
}

interface TagPools {
  readonly nonpaged: Pool;
  readonly paged: Pool;
}

function noPool(): Pool {
  return { allocs: 0, frees: 0, bytes: 0 };
}

export class LogFeed {
  readonly #store: Pick<PoolStore, 'apply' | 'mark'>;
  readonly #tags = new Map<PoolTag, TagPools>();
  #tables = 0;
  #timed = 0;
  #startMs = 0;
  #lastMs = -1;
  #pauseMs = ASSUMED_PAUSE_MS;
  #bits: 32 | 64 = 32;

  constructor(store: Pick<PoolStore, 'apply' | 'mark'>) {
    this.#store = store;
  }

  get tables(): number {
    return this.#tables;
  }

  /** Whether every table told its time: rates per hour mean something then. */
  get hasTimes(): boolean {
    return this.#tables > 0 && this.#timed === this.#tables;
  }

  /** The next table. Tags that it does not name stand as they stood. */
  take(table: LogTable): void {
    const { time, header, rows, marks } = table;
    if (time !== null) this.#timed++;
    if (this.#tables === 0 && time !== null) this.#startMs = time;
    let monotonicMs = time === null ? this.#lastMs + this.#pauseMs : time - this.#startMs;
    if (this.#tables === 0) monotonicMs = 0;
    // Clocks are set back, and dates without a time stand still: the order of the tables holds.
    if (this.#tables > 0 && monotonicMs <= this.#lastMs) monotonicMs = this.#lastMs + 1;
    for (const row of rows) this.#takeRow(row);
    // A phase begins with the table behind its line, which shows how things stood then.
    const columns = emptyColumns(Uint32Array.from(this.#tags.keys()));
    let i = 0;
    for (const { nonpaged, paged } of this.#tags.values()) {
      columns.nonpagedAllocs[i] = nonpaged.allocs;
      columns.nonpagedFrees[i] = nonpaged.frees;
      columns.nonpagedBytes[i] = nonpaged.bytes;
      columns.pagedAllocs[i] = paged.allocs;
      columns.pagedFrees[i] = paged.frees;
      columns.pagedBytes[i] = paged.bytes;
      i++;
    }
    const first = this.#tables === 0;
    if (!first) for (const mark of marks) this.#store.mark(mark);
    this.#store.apply({
      time: time ?? 0,
      monotonicMs,
      counterBits: this.#bits,
      costMicroseconds: 0,
      system: { ...NO_SYSTEM, ...header },
      ...columns,
    });
    if (first) for (const mark of marks) this.#store.mark(mark);
    if (!first && time !== null) this.#pauseMs = monotonicMs - this.#lastMs;
    this.#lastMs = monotonicMs;
    this.#tables++;
  }

  #takeRow(row: LogRow): void {
    let pools = this.#tags.get(row.tag);
    if (!pools) {
      pools = { nonpaged: noPool(), paged: noPool() };
      this.#tags.set(row.tag, pools);
    }
    const pool = row.paged ? pools.paged : pools.nonpaged;
    pool.bytes = row.bytes;
    if (row.allocs !== null && row.frees !== null) {
      if (row.allocs > 0xffff_ffff || row.frees > 0xffff_ffff) this.#bits = 64;
      pool.allocs = row.allocs;
      pool.frees = row.frees;
      return;
    }
    // Without objects bytes have to do.
    const outstanding = row.diff ?? row.bytes;
    const change = outstanding - (pool.allocs - pool.frees);
    if (change > 0) pool.allocs += change;
    else pool.frees -= change;
  }
}
