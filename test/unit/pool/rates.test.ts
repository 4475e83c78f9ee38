import { describe, expect, test } from 'vitest';
import { RateMeter } from '../../../extension/pool/rates.ts';

const series = (length: number, value: (i: number) => number) => ({
  times: Float64Array.from({ length }, (_, i) => i * 1000),
  values: Float64Array.from({ length }, (_, i) => value(i)),
});

/** Repeatable noise around 0, within ±`size`. */
const noise = (i: number, size: number) => Math.round(size * Math.sin(i * 12.9898) * Math.cos(i * 78.233));

describe('rates', () => {
  const meter = new RateMeter();

  test('the slope of the best line, per minute', () => {
    expect(meter.perMinute(series(60, (i) => 5 + i * 3))).toBeCloseTo(180, 9);
    expect(Math.abs(meter.perMinute(series(60, (i) => noise(i, 2))))).toBeLessThan(4);
  });

  test('exactly 0 at rest, NaN before five seconds', () => {
    expect(meter.perMinute(series(60, () => 1 / 3))).toBe(0);
    expect(meter.perMinute(series(4, (i) => i))).toBeNaN();
  });
});
