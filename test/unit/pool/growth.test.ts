import { describe, expect, test } from 'vitest';
import { isGrowing, ratePerMinute } from '../../../extension/pool/growth.ts';

const stretch = (values: readonly number[], stepMs = 1000) => ({
  times: Float64Array.from(values, (_, i) => i * stepMs),
  values: Float64Array.from(values),
});
const series = (length: number, value: (i: number) => number) => stretch(Array.from({ length }, (_, i) => value(i)));

/** Repeatable noise around 0, within ±`size`. */
const noise = (i: number, size: number) => Math.round(size * Math.sin(i * 12.9898) * Math.cos(i * 78.233));

describe('growing over the watched time', () => {
  test.each([
    ['a steady leak', series(120, (i) => 100 + i)],
    ['a slow leak, an object every ten seconds', series(120, (i) => 100 + Math.floor(i / 10))],
    ['a leak under noisy load', series(240, (i) => 500 + i + noise(i, 12))],
    ['a leak inside a sawtooth', series(240, (i) => (i % 20) * 10 + Math.floor(i / 20))],
  ])('%s grows', (_, floors) => expect(isGrowing(floors)).toBe(true));

  test.each([
    ['a row that rests', series(120, () => 100)],
    ['noise', series(240, (i) => 100 + noise(i, 20))],
    ['a warm-up to a plateau', series(240, (i) => Math.min(i, 60))],
    ['load that comes and goes', series(240, (i) => Math.round(200 * Math.sin((i / 240) * Math.PI)))],
    ['a step', series(240, (i) => (i < 100 ? 10 : 500))],
    ['a sawtooth cache', series(240, (i) => (i % 40) * 3)],
    ['a shrinking row', series(240, (i) => 500 - i)],
    ['fewer than eight objects', series(240, (i) => Math.floor(i / 34))],
    ['too short a time', series(15, (i) => i)],
    ['too few samples', stretch([1, 20, 40, 60], 20_000)],
  ])('%s does not', (_, floors) => expect(isGrowing(floors)).toBe(false));
});

describe('rates', () => {
  test('the slope of the best line, per minute', () => {
    expect(ratePerMinute(series(60, (i) => 5 + i * 3))).toBeCloseTo(180, 9);
    expect(Math.abs(ratePerMinute(series(60, (i) => noise(i, 2))))).toBeLessThan(4);
  });

  test('exactly 0 at rest, NaN before five seconds', () => {
    expect(ratePerMinute(series(60, () => 1 / 3))).toBe(0);
    expect(ratePerMinute(series(4, (i) => i))).toBeNaN();
  });
});
