import { describe, expect, test } from 'vitest';
import {
  basicInformationBytes,
  decodeBasicInformation,
  decodePerformanceInformation,
  MalformedAnswer,
  type PointerBytes,
  TagColumnBuffer,
  tableLayout,
  wordsOf,
} from '../../../extension/sampler/decode.ts';
import type { TableClass } from '../../../extension/sampler/protocol.ts';

interface Row {
  readonly tag: number;
  readonly numbers: readonly [bigint, bigint, bigint, bigint, bigint, bigint];
}

/** Byte offsets of the six numbers, and where rows begin, as the public headers have them. */
const BY_LAYOUT: Record<string, { head: number; row: number; at: readonly number[]; width: readonly (4 | 8)[] }> = {
  '22/8': { head: 8, row: 40, at: [4, 8, 16, 24, 28, 32], width: [4, 4, 8, 4, 4, 8] },
  '22/4': { head: 4, row: 28, at: [4, 8, 12, 16, 20, 24], width: [4, 4, 4, 4, 4, 4] },
  '255/8': { head: 8, row: 56, at: [8, 16, 24, 32, 40, 48], width: [8, 8, 8, 8, 8, 8] },
  '255/4': { head: 4, row: 28, at: [4, 8, 12, 16, 20, 24], width: [4, 4, 4, 4, 4, 4] },
};

/** A table as a kernel would write it: everything it does not write holds 0xA5. */
function encode(infoClass: TableClass, pointerBytes: PointerBytes, rows: readonly Row[], spare = 0): Buffer {
  const { head, row, at, width } = BY_LAYOUT[`${infoClass}/${pointerBytes}`];
  const buffer = Buffer.from(new ArrayBuffer(head + rows.length * row + spare)).fill(0xa5);
  buffer.writeUInt32LE(rows.length, 0);
  rows.forEach(({ tag, numbers }, index) => {
    const start = head + index * row;
    buffer.writeUInt32LE(tag, start);
    numbers.forEach((value, i) => {
      if (width[i] === 8) buffer.writeBigUInt64LE(value, start + at[i]);
      else buffer.writeUInt32LE(Number(value & 0xffffffffn), start + at[i]);
    });
  });
  return buffer;
}

const ROWS: readonly Row[] = [
  { tag: 0x67615458, numbers: [1n, 2n, 3n, 4n, 5n, 6n] },
  { tag: 0xff80017f, numbers: [0xffffffffn, 0xfffffffen, 0xfffffffdn, 0x80000000n, 0x7fffffffn, 0xfffffffcn] },
  { tag: 0, numbers: [0n, 0n, 0n, 0n, 0n, 0n] },
];

/** Beyond 32 bits, up to the last number that a double holds exactly. */
const LARGE: Row = {
  tag: 0x6c66764f,
  numbers: [2n ** 32n, 2n ** 53n - 1n, 2n ** 33n + 7n, 2n ** 40n, 2n ** 40n - 3n, 2n ** 52n + 1n],
};

const LAYOUTS = [
  [22, 8],
  [22, 4],
  [255, 8],
  [255, 4],
] as const;

describe.each(LAYOUTS)('class %i with pointers of %i bytes', (infoClass, pointerBytes) => {
  const layout = tableLayout(infoClass, pointerBytes);

  test('gives every number of every row', () => {
    const buffer = encode(infoClass, pointerBytes, ROWS);
    const columns = new TagColumnBuffer().decode(wordsOf(buffer), buffer.length, layout);
    expect(columns).toEqual({
      tags: Uint32Array.from(ROWS, (row) => row.tag),
      pagedAllocs: Float64Array.from(ROWS, (row) => Number(row.numbers[0])),
      pagedFrees: Float64Array.from(ROWS, (row) => Number(row.numbers[1])),
      pagedBytes: Float64Array.from(ROWS, (row) => Number(row.numbers[2])),
      nonpagedAllocs: Float64Array.from(ROWS, (row) => Number(row.numbers[3])),
      nonpagedFrees: Float64Array.from(ROWS, (row) => Number(row.numbers[4])),
      nonpagedBytes: Float64Array.from(ROWS, (row) => Number(row.numbers[5])),
    });
  });

  test('is as wide as its counters', () => {
    const { width } = BY_LAYOUT[`${infoClass}/${pointerBytes}`];
    expect(layout.counterBits).toBe(width[0] * 8);
    const buffer = encode(infoClass, pointerBytes, [LARGE]);
    const columns = new TagColumnBuffer().decode(wordsOf(buffer), buffer.length, layout);
    const seen = [
      columns.pagedAllocs,
      columns.pagedFrees,
      columns.pagedBytes,
      columns.nonpagedAllocs,
      columns.nonpagedFrees,
      columns.nonpagedBytes,
    ].map((column) => column[0]);
    expect(seen).toEqual(LARGE.numbers.map((value, i) => Number(width[i] === 8 ? value : value & 0xffffffffn)));
  });

  test('does not read past what was returned', () => {
    const buffer = encode(infoClass, pointerBytes, ROWS);
    const columns = new TagColumnBuffer();
    const words = wordsOf(buffer);
    expect(() => columns.decode(words, buffer.length - 1, layout)).toThrow(/counts 3 tags, .* hold only 2$/);
    buffer.writeUInt32LE(0xffffffff, 0);
    expect(() => columns.decode(words, buffer.length, layout)).toThrow(/counts 4294967295 tags, .* hold only 3$/);
  });

  test('does not believe a length that the buffer does not have', () => {
    const buffer = encode(infoClass, pointerBytes, ROWS);
    const decode = () => new TagColumnBuffer().decode(wordsOf(buffer), buffer.length + 4, layout);
    expect(decode).toThrow(MalformedAnswer);
    expect(decode).toThrow(`it claims ${buffer.length + 4} bytes in a buffer of ${buffer.length}`);
  });

  test('needs its head, and may be empty', () => {
    const buffer = encode(infoClass, pointerBytes, [], 64);
    const { head } = BY_LAYOUT[`${infoClass}/${pointerBytes}`];
    const columns = new TagColumnBuffer();
    expect(() => columns.decode(wordsOf(buffer), 0, layout)).toThrow('it has 0 bytes');
    expect(() => columns.decode(wordsOf(buffer), head - 1, layout)).toThrow(`fewer than the ${head} of its head`);
    expect(columns.decode(wordsOf(buffer), head, layout).tags).toEqual(new Uint32Array(0));
  });
});

test('columns are reused, and have one element a tag whatever came before', () => {
  const layout = tableLayout(22, 8);
  const columns = new TagColumnBuffer();
  const decode = (rows: readonly Row[]) => {
    const buffer = encode(22, 8, rows, 100);
    return columns.decode(wordsOf(buffer), buffer.length - 100, layout);
  };
  const first = decode([...ROWS, LARGE]);
  const second = decode(ROWS.slice(1, 2));
  expect(second.tags).toEqual(Uint32Array.of(0xff80017f));
  expect(second.pagedBytes).toEqual(Float64Array.of(0xfffffffd));
  expect(second.tags.buffer).toBe(first.tags.buffer);
  expect(decode(Array.from({ length: 50 }, () => LARGE)).nonpagedBytes).toEqual(new Float64Array(50).fill(2 ** 52 + 1));
});

test('a buffer that does not start at a multiple of 4 is refused', () => {
  const memory = Buffer.from(new ArrayBuffer(64));
  expect(() => wordsOf(memory.subarray(2))).toThrow(RangeError);
  expect(wordsOf(memory.subarray(4))).toHaveLength(15);
});

describe('class 0', () => {
  test.each([
    [8, 64],
    [4, 44],
  ] as const)('with pointers of %i bytes has exactly %i bytes', (pointerBytes, size) => {
    expect(basicInformationBytes(pointerBytes)).toBe(size);
    const buffer = Buffer.from(new ArrayBuffer(size)).fill(0xa5);
    buffer.writeUInt32LE(4096, 8);
    buffer.writeUInt32LE(0xfffffff0, 12);
    expect(decodeBasicInformation(wordsOf(buffer), size)).toEqual({ pageBytes: 4096, physicalPages: 0xfffffff0 });
  });

  test.each([0, 512, 4095, 0xa5a5a5a5])('does not believe a page of %i bytes', (pageBytes) => {
    const buffer = Buffer.from(new ArrayBuffer(64));
    buffer.writeUInt32LE(pageBytes, 8);
    expect(() => decodeBasicInformation(wordsOf(buffer), 64)).toThrow(`it gives a page size of ${pageBytes} bytes`);
  });

  test('cut short is refused', () => {
    const buffer = Buffer.from(new ArrayBuffer(64));
    expect(() => decodeBasicInformation(wordsOf(buffer), 12)).toThrow('it has 12 bytes, and 16 are needed');
  });
});

describe('class 2', () => {
  const offsets = { avail: 44, commit: 48, limit: 52, peak: 56, faults: 60, paged: 112, nonpaged: 116 };
  const resident = { code: 140, paged: 168, driver: 172 };

  function figures(pageBytes: number, returned: number) {
    const buffer = Buffer.from(new ArrayBuffer(1024)).fill(0xa5);
    const all = [...Object.values(offsets), ...Object.values(resident)];
    all.forEach((offset, i) => {
      buffer.writeUInt32LE(1000 + i, offset);
    });
    return decodePerformanceInformation(wordsOf(buffer), returned, { pageBytes, physicalPages: 0xffffffff });
  }

  test('is counted in KiB, without losing a page above 4 TiB', () => {
    expect(figures(4096, 312)).toEqual({
      totalKb: 0xffffffff * 4,
      availableKb: 4000,
      committedKb: 4004,
      commitLimitKb: 4008,
      commitPeakKb: 4012,
      pageFaults: 1004,
      pagedKb: 4020,
      nonpagedKb: 4024,
      residentKernelKb: (1007 + 1009) * 4,
      residentPagedKb: 4032,
    });
    expect(figures(8192, 376).availableKb).toBe(8000);
  });

  test('cut short before the last figure is refused', () => {
    expect(figures(4096, 176).residentPagedKb).toBe(4032);
    expect(() => figures(4096, 172)).toThrow('it has 172 bytes, and 176 are needed');
  });
});
