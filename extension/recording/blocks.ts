import { emptyLevels, type Levels } from '../pool/levels.ts';

/** One row over all blocks, as far as it was followed. */
interface RowBlocks {
  /** The sample with which the row came. */
  readonly first: number;
  /** Fewest outstanding objects in each block. */
  readonly floors: Float64Array;
  /** Outstanding objects summed over the samples of each block. */
  readonly sums: Float64Array;
  /** At the end of each block. */
  readonly bytes: Float64Array;
  readonly allocs: Float64Array;
  readonly frees: Float64Array;
  /** The sample up to which, not included, the row is accounted for. */
  at: number;
  block: number;
  /** As it stands from that sample on. */
  nowAllocs: number;
  nowFrees: number;
  nowBytes: number;
}

/** Figures of a row at the end of each block, for charts. */
export interface BlockEnds {
  /** The block with which the row came. */
  readonly first: number;
  readonly bytes: Float64Array;
  readonly allocs: Float64Array;
  readonly frees: Float64Array;
}

/** Rows over stretches of samples that follow each other. Only changes are told; what rests in between costs nothing. */
export class Blocks {
  /** The sample with which each block begins, rising from 0, and behind them the number of samples. */
  readonly starts: readonly number[];
  readonly #rows: (RowBlocks | undefined)[];

  constructor(starts: readonly number[], samples: number, rows: number) {
    this.starts = [...starts, samples];
    this.#rows = new Array(rows);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  /** The block that holds a sample. */
  blockOf(sample: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= sample) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** From this sample on the row stands so. Samples must not fall. */
  change(row: number, sample: number, allocs: number, frees: number, bytes: number): void {
    let of = this.#rows[row];
    if (!of) {
      const column = () => new Float64Array(this.count);
      of = {
        first: sample,
        floors: column().fill(Number.POSITIVE_INFINITY),
        sums: column(),
        bytes: column(),
        allocs: column(),
        frees: column(),
        at: sample,
        block: this.blockOf(sample),
        nowAllocs: allocs,
        nowFrees: frees,
        nowBytes: bytes,
      };
      this.#rows[row] = of;
      return;
    }
    if (of.at < sample) this.#advance(of, sample);
    of.nowAllocs = allocs;
    of.nowFrees = frees;
    of.nowBytes = bytes;
  }

  /** All rows stand as they do up to this sample, not included. */
  settle(sample: number): void {
    for (const of of this.#rows) if (of && of.at < sample) this.#advance(of, sample);
  }

  /** The row in the blocks `from` up to `end`, not included; none before it came. `timeOf` gives a sample's time. */
  levels(row: number, from: number, end: number, timeOf: Float64Array): Levels {
    const of = this.#rows[row];
    const first = of ? Math.max(from, this.blockOf(of.first)) : end;
    const levels = emptyLevels(Math.max(0, end - first));
    if (!of) return levels;
    for (let i = 0, block = first; block < end; i++, block++) {
      const begin = Math.max(of.first, this.starts[block]);
      const samples = Math.min(of.at, this.starts[block + 1]) - begin;
      levels.times[i] = timeOf[begin];
      levels.floors[i] = samples > 0 ? of.floors[block] : of.nowAllocs - of.nowFrees;
      levels.means[i] = samples > 0 ? of.sums[block] / samples : levels.floors[i];
      levels.bytes[i] = of.bytes[block];
      levels.allocs[i] = of.allocs[block];
    }
    return levels;
  }

  /** Undefined for a row that did not come yet. The arrays are the row's own. */
  ends(row: number): BlockEnds | undefined {
    const of = this.#rows[row];
    return of && { first: this.blockOf(of.first), bytes: of.bytes, allocs: of.allocs, frees: of.frees };
  }

  #advance(of: RowBlocks, sample: number): void {
    const objects = of.nowAllocs - of.nowFrees;
    while (of.at < sample) {
      const { block } = of;
      const until = Math.min(sample, this.starts[block + 1]);
      of.sums[block] += objects * (until - of.at);
      if (objects < of.floors[block]) of.floors[block] = objects;
      of.bytes[block] = of.nowBytes;
      of.allocs[block] = of.nowAllocs;
      of.frees[block] = of.nowFrees;
      of.at = until;
      if (until === this.starts[block + 1] && block < this.count - 1) of.block++;
    }
  }
}
