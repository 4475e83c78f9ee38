/**
 * One sample's changes in few bytes: the column `change.rows` of a recording.
 *
 * First byte: 1 where every row is 0 before these changes (the first sample, and each other boot), else 0. Then, for each
 * row that changed, in order of row numbers, varints (see `varint.ts`):
 *
 *   gap x 4 + bits     rows passed over since the last one; bit 0: objects changed, bit 1: a rest of bytes follows
 *   frees, signed      change of the frees
 *   objects, signed    change of allocations minus frees; only with bit 0, else 0
 *   rest, signed       only with bit 1, else 0
 *
 * Bytes change by objects x floor(bytes / outstanding before) + rest, the quotient being 0 where nothing was outstanding:
 * for a tag whose allocations are all of one size the rest is 0. Allocations and frees are unwrapped: where the kernel
 * counts in 32 bits, they go on above 2^32.
 */
import { VarintReader, type VarintWriter } from './varint.ts';

/** Figures of all rows of a recording, by row number. A row of zeros is not there. */
export interface RowFigures {
  allocs: Float64Array;
  frees: Float64Array;
  bytes: Float64Array;
}

export function emptyFigures(rows: number): RowFigures {
  return { allocs: new Float64Array(rows), frees: new Float64Array(rows), bytes: new Float64Array(rows) };
}

/** Bytes of one object, as far as the row's own figures tell: what {@link ChangeEncoder} predicts with. */
function unitOf(allocs: number, frees: number, bytes: number): number {
  const outstanding = allocs - frees;
  return outstanding > 0 ? Math.floor(bytes / outstanding) : 0;
}

const OBJECTS = 1;
const REST = 2;

/** Writes the changes of one sample; rows must come in rising order. */
export class ChangeEncoder {
  readonly #out: VarintWriter;
  #next = 0;

  constructor(out: VarintWriter, fromZero: boolean) {
    this.#out = out;
    out.clear();
    out.byte(fromZero ? 1 : 0);
  }

  /** A row's figures before (zeros where the sample starts from zero) and now. */
  row(
    row: number,
    before: { readonly allocs: number; readonly frees: number; readonly bytes: number },
    now: { readonly allocs: number; readonly frees: number; readonly bytes: number },
  ): void {
    const frees = now.frees - before.frees;
    const objects = now.allocs - before.allocs - frees;
    const rest = now.bytes - before.bytes - objects * unitOf(before.allocs, before.frees, before.bytes);
    this.#out.unsigned((row - this.#next) * 4 + (objects !== 0 ? OBJECTS : 0) + (rest !== 0 ? REST : 0));
    this.#out.signed(frees);
    if (objects !== 0) this.#out.signed(objects);
    if (rest !== 0) this.#out.signed(rest);
    this.#next = row + 1;
  }
}

/**
 * Brings the figures from one sample to the next, and tells each row that changed, once its figures are those of now; a row
 * that another boot put back to 0 is told twice where it came again. Throws a RangeError for bytes that no
 * encoder wrote: an unknown first byte, or a row past the end of the figures.
 */
export function applyChanges(changes: Uint8Array, figures: RowFigures, touched?: (row: number) => void): void {
  const reader = new VarintReader(changes);
  const start = reader.byte();
  if (start > 1) throw new RangeError(`Changes begin with ${start}: a newer format, or damaged.`);
  const { allocs, frees, bytes } = figures;
  if (start === 1) {
    for (let row = 0; row < allocs.length; row++) {
      if (allocs[row] === 0 && frees[row] === 0 && bytes[row] === 0) continue;
      allocs[row] = 0;
      frees[row] = 0;
      bytes[row] = 0;
      touched?.(row);
    }
  }
  let next = 0;
  while (!reader.atEnd) {
    const head = reader.unsigned();
    const bits = head & 3;
    const row = next + (head - bits) / 4;
    if (row >= allocs.length) throw new RangeError(`Changes name row ${row} of ${allocs.length}.`);
    const freed = reader.signed();
    const objects = bits & OBJECTS ? reader.signed() : 0;
    const rest = bits & REST ? reader.signed() : 0;
    if (objects !== 0) bytes[row] += objects * unitOf(allocs[row], frees[row], bytes[row]);
    bytes[row] += rest;
    allocs[row] += freed + objects;
    frees[row] += freed;
    touched?.(row);
    next = row + 1;
  }
}
