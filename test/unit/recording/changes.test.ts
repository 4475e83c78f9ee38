import { describe, expect, test } from 'vitest';
import { applyChanges, ChangeEncoder, emptyFigures } from '../../../extension/recording/changes.ts';
import { VarintReader, VarintWriter } from '../../../extension/recording/varint.ts';
import { randomFrom } from '../../bench/recording/day.ts';

describe('whole numbers in few bytes', () => {
  test('come back exactly, the largest too', () => {
    const values = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 51, Number.MAX_SAFE_INTEGER];
    const out = new VarintWriter();
    for (const value of values) out.unsigned(value);
    for (const value of values.slice(0, -1)) out.signed(-value);
    for (const value of values.slice(0, -1)) out.signed(value);
    const reader = new VarintReader(out.view());
    expect(values.map(() => reader.unsigned())).toEqual(values);
    expect(values.slice(0, -1).map(() => -reader.signed() || 0)).toEqual(values.slice(0, -1));
    expect(values.slice(0, -1).map(() => reader.signed())).toEqual(values.slice(0, -1));
    expect(reader.atEnd).toBe(true);
  });

  test('small ones take one byte', () => {
    const out = new VarintWriter();
    for (const value of [0, -1, 1, 63, -64]) out.signed(value);
    expect(out.length).toBe(5);
  });

  test('bytes that end within a number, or go on for ever, are an error', () => {
    expect(() => new VarintReader(Uint8Array.of(0x80)).unsigned()).toThrow(RangeError);
    expect(() => new VarintReader(new Uint8Array(20).fill(0xff)).unsigned()).toThrow(RangeError);
  });
});

describe('the changes of a sample', () => {
  test('bring any figures to any others', () => {
    const random = randomFrom(7);
    const rows = 300;
    const now = emptyFigures(rows);
    const out = new VarintWriter();
    for (let sample = 0; sample < 200; sample++) {
      const fromZero = sample % 50 === 0;
      const wanted = { allocs: now.allocs.slice(), frees: now.frees.slice(), bytes: now.bytes.slice() };
      const encoder = new ChangeEncoder(out, fromZero);
      const changed: number[] = [];
      for (let row = 0; row < rows; row++) {
        if (random() < 0.7) {
          if (fromZero) for (const column of Object.values(wanted)) column[row] = 0;
          continue;
        }
        const scale = 10 ** Math.floor(random() * 13);
        wanted.frees[row] = Math.floor(random() * scale);
        wanted.allocs[row] = wanted.frees[row] + Math.floor(random() * 5_000) - 3;
        wanted.bytes[row] = Math.floor(random() * scale);
        const before = fromZero
          ? { allocs: 0, frees: 0, bytes: 0 }
          : { allocs: now.allocs[row], frees: now.frees[row], bytes: now.bytes[row] };
        encoder.row(row, before, {
          allocs: wanted.allocs[row],
          frees: wanted.frees[row],
          bytes: wanted.bytes[row],
        });
        changed.push(row);
      }
      const touched: number[] = [];
      applyChanges(out.view(), now, (row) => touched.push(row));
      expect(now).toEqual(wanted);
      if (!fromZero) expect(touched).toEqual(changed);
    }
  });

  test('a tag of one size costs three bytes', () => {
    const out = new VarintWriter();
    new ChangeEncoder(out, false).row(
      5,
      { allocs: 100, frees: 50, bytes: 3200 },
      { allocs: 110, frees: 55, bytes: 3520 },
    );
    expect(out.length).toBe(1 + 3);
  });

  test('damaged bytes never write outside the figures', () => {
    const random = randomFrom(11);
    for (let run = 0; run < 3_000; run++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * 256));
      if (random() < 0.8) bytes[0] = Math.floor(random() * 2);
      const figures = emptyFigures(20);
      try {
        applyChanges(bytes, figures);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(figures.allocs).toHaveLength(20);
    }
  });
});
