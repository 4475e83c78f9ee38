/** What the simulated kernel answers, by the same formulas as ntsim.c, for comparison with what the sampler makes of it. */
import type { SystemFigures, TagColumns } from '../../extension/pool/snapshot.ts';

export interface ExpectedTable {
  readonly tags: number;
  /** Successful table queries before this one. */
  readonly tick: number;
  /** The scenario's `base`. */
  readonly base?: number;
  /** Class 255: counters do not wrap. */
  readonly wide?: boolean;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _';

function tagOf(index: number): number {
  if (index === 1) return 0xff80017f;
  const text =
    index === 2
      ? 'Ovfl'
      : `${LETTERS[Math.floor(index / 4096) % 64]}${LETTERS[Math.floor(index / 64) % 64]}${LETTERS[index % 64]}~`;
  return Buffer.from(text, 'latin1').readUInt32LE();
}

/** Every column of the table. */
export function expectedColumns({ tags, tick, base = 1000, wide = false }: ExpectedTable): TagColumns {
  const columns = {
    tags: new Uint32Array(tags),
    pagedAllocs: new Float64Array(tags),
    pagedFrees: new Float64Array(tags),
    pagedBytes: new Float64Array(tags),
    nonpagedAllocs: new Float64Array(tags),
    nonpagedFrees: new Float64Array(tags),
    nonpagedBytes: new Float64Array(tags),
  };
  for (let i = 0; i < tags; i++) {
    const growth = tick * (i % 4);
    columns.tags[i] = tagOf(i);
    columns.pagedAllocs[i] = 10 * i + 500 + 2 * growth;
    columns.pagedFrees[i] = 10 * i + growth;
    columns.pagedBytes[i] = (500 + growth) * 16 * (1 + (i % 64));
    columns.nonpagedAllocs[i] = 20 * i + 700 + growth;
    columns.nonpagedFrees[i] = 20 * i + growth;
    columns.nonpagedBytes[i] = 700 * 32 * (1 + (i % 32)) + (i === 3 ? 2 ** 33 : 0);
  }
  const counter = (value: number) => (wide ? value : value % 2 ** 32);
  columns.pagedAllocs[0] = columns.nonpagedAllocs[0] = counter(base + 3 * tick);
  columns.pagedFrees[0] = columns.nonpagedFrees[0] = counter(base - 10 + 3 * tick);
  return columns;
}

/** Classes 0 and 2, where class 2 was answered `queries` times before. Pages of 4 KiB. */
export function expectedSystem(queries: number): SystemFigures {
  return {
    totalKb: 8357768 * 4,
    availableKb: 3018134 * 4,
    committedKb: 1025109 * 4,
    commitLimitKb: 4379284 * 4,
    commitPeakKb: 2921391 * 4,
    pageFaults: 468600648 + 137 * queries,
    residentKernelKb: (1000 + 13177) * 4,
    residentPagedKb: 237722 * 4,
    nonpagedKb: 177730 * 4,
    pagedKb: 245891 * 4,
  };
}

/** The columns alone, as plain typed arrays that a test can compare. */
export function columnsOf(table: TagColumns): TagColumns {
  const { tags, pagedAllocs, pagedFrees, pagedBytes, nonpagedAllocs, nonpagedFrees, nonpagedBytes } = table;
  return { tags, pagedAllocs, pagedFrees, pagedBytes, nonpagedAllocs, nonpagedFrees, nonpagedBytes };
}
