import { emptyLevels, type Levels } from '../pool/levels.ts';

/** One row in each block, as far as it was followed. */
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
}

/** Figures of a row at the end of each block, for charts. */
export interface BlockEnds {
  /** The block with which the row came. */
  readonly first: number;
  readonly bytes: Float64Array;
  readonly allocs: Float64Array;
  readonly frees: Float64Array;
}

/**
 * Rows over stretches of samples that follow each other. Only changes are told; what rests in between costs nothing. A day has
 * millions of changes: how each row stands is in columns by row number.
 */
export class Blocks {
  /** The sample with which each block begins, rising from 0, and behind them the number of samples. */
  readonly starts: readonly number[];
  readonly #rows: (RowBlocks | undefined)[];
  /** The sample up to which, not included, each row is accounted for; its block then, and where that ends. */
  readonly #at: Uint32Array;
  readonly #block: Uint32Array;
  readonly #end: Uint32Array;
  /** As each row stands from that sample on. */
  readonly #allocs: Float64Array;
  readonly #frees: Float64Array;
  readonly #bytes: Float64Array;
  /** Floor and sum of its block so far. */
  readonly #floor: Float64Array;
  readonly #sum: Float64Array;

  constructor(starts: readonly number[], samples: number, rows: number) {
    this.starts = [...starts, samples];
    this.#rows = new Array(rows);
    this.#at = new Uint32Array(rows);
    this.#block = new Uint32Array(rows);
    this.#end = new Uint32Array(rows);
    const column = () => new Float64Array(rows);
    [this.#allocs, this.#frees, this.#bytes, this.#floor, this.#sum] = [
      column(),
      column(),
      column(),
      column(),
      column(),
    ];
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
    if (!this.#rows[row]) this.#begin(row, sample);
    else if (sample < this.#end[row]) this.#follow(row, sample);
    else this.#advance(row, sample);
    this.#allocs[row] = allocs;
    this.#frees[row] = frees;
    this.#bytes[row] = bytes;
  }

  /** All rows stand as they do up to this sample, not included. */
  settle(sample: number): void {
    for (let row = 0; row < this.#rows.length; row++) {
      const of = this.#rows[row];
      if (!of) continue;
      this.#advance(row, sample);
      this.#write(row, of);
    }
  }

  /** The row in the blocks `from` up to `end`, not included; none before it came. `timeOf` gives a sample's time. */
  levels(row: number, from: number, end: number, timeOf: Float64Array): Levels {
    const of = this.#rows[row];
    const first = of ? Math.max(from, this.blockOf(of.first)) : end;
    const levels = emptyLevels(Math.max(0, end - first));
    if (!of) return levels;
    for (let i = 0, block = first; block < end; i++, block++) {
      const begin = Math.max(of.first, this.starts[block]);
      const samples = Math.min(this.#at[row], this.starts[block + 1]) - begin;
      levels.times[i] = timeOf[begin];
      levels.floors[i] = samples > 0 ? of.floors[block] : this.#allocs[row] - this.#frees[row];
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

  #begin(row: number, sample: number): void {
    const { count } = this;
    const memory = new Float64Array(5 * count);
    const part = (index: number) => memory.subarray(index * count, (index + 1) * count);
    this.#rows[row] = {
      first: sample,
      floors: part(0).fill(Number.POSITIVE_INFINITY),
      sums: part(1),
      bytes: part(2),
      allocs: part(3),
      frees: part(4),
    };
    this.#at[row] = sample;
    this.#enter(row, this.blockOf(sample));
  }

  #enter(row: number, block: number): void {
    this.#block[row] = block;
    this.#end[row] = this.starts[block + 1];
    this.#floor[row] = Number.POSITIVE_INFINITY;
    this.#sum[row] = 0;
  }

  /** The row stood as it does up to a sample of the same block. */
  #follow(row: number, sample: number): void {
    const samples = sample - this.#at[row];
    if (samples === 0) return;
    const objects = this.#allocs[row] - this.#frees[row];
    this.#sum[row] += objects * samples;
    if (objects < this.#floor[row]) this.#floor[row] = objects;
    this.#at[row] = sample;
  }

  /** The same up to a sample of any block. */
  #advance(row: number, sample: number): void {
    while (this.#at[row] < sample) {
      const end = this.#end[row];
      this.#follow(row, Math.min(sample, end));
      if (this.#at[row] < end) return;
      this.#write(row, this.#rows[row] as RowBlocks);
      if (this.#block[row] === this.count - 1) return;
      this.#enter(row, this.#block[row] + 1);
    }
  }

  /** Puts what is known of the row's block into its columns. */
  #write(row: number, of: RowBlocks): void {
    const block = this.#block[row];
    // Just entered: nothing is known of it.
    if (this.#at[row] <= this.starts[block]) return;
    of.floors[block] = this.#floor[row];
    of.sums[block] = this.#sum[row];
    of.bytes[block] = this.#bytes[row];
    of.allocs[block] = this.#allocs[row];
    of.frees[block] = this.#frees[row];
  }
}
