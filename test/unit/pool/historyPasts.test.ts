import { describe, expect, test } from 'vitest';
import { History, LONG_BUCKETS } from '../../../extension/pool/history.ts';
import { pastsOf } from '../../../extension/pool/historyPasts.ts';
import { thinned } from '../../../extension/pool/rowPasts.ts';

const WHOLE = { fromMs: null, toMs: null };

/** One sample a second: row 0 gains 2 objects of 10 bytes each, with 5 allocations and 3 frees. */
function watched(samples: number, secondFrom = 0): History {
  const history = new History();
  for (let i = 0; i < samples; i++) {
    history.beginSample(5000 + 1000 * i);
    history.record(0, 2 * i, 20 * i, 5 * i, 3 * i);
    if (i >= secondFrom) history.record(1, 7, 70, 9, 2);
  }
  return history;
}

describe('pasts of rows', () => {
  test('every sample while all are kept, with its rates', () => {
    const { times, rows } = pastsOf(watched(20), 5000, [0], WHOLE, 100);
    expect([...times]).toEqual(Array.from({ length: 20 }, (_, i) => 1000 * i));
    expect(rows[0].objects[19]).toBe(38);
    expect(rows[0].bytes[3]).toBe(60);
    expect(rows[0].allocsPerSecond[0]).toBeNaN();
    expect([...new Set(rows[0].allocsPerSecond.subarray(1))]).toEqual([5]);
    expect([...new Set(rows[0].freesPerSecond.subarray(1))]).toEqual([3]);
  });

  test('a long watch: times rise to the newest sample, rates stay right across buckets', () => {
    const { times, rows } = pastsOf(watched(5 * LONG_BUCKETS + 3), 5000, [0], WHOLE, 10_000);
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1]);
    expect(times.at(-1)).toBe(1000 * (5 * LONG_BUCKETS + 2));
    expect(rows[0].objects.at(-1)).toBe(2 * (5 * LONG_BUCKETS + 2));
    for (const rate of rows[0].allocsPerSecond.subarray(8)) expect(rate).toBeCloseTo(5);
  });

  test('a younger row begins with nothing, a resting one is flat with no traffic', () => {
    const { rows } = pastsOf(watched(20, 12), 5000, [0, 1], WHOLE, 100);
    expect([...rows[1].objects.subarray(0, 12)].every(Number.isNaN)).toBe(true);
    expect([...rows[1].objects.subarray(12)]).toEqual(Array.from({ length: 8 }, () => 7));
    expect(rows[1].allocsPerSecond.at(-1)).toBe(0);
  });

  test('no more points than asked for, the newest among them; only the span with its neighbours', () => {
    const thin = pastsOf(watched(100), 5000, [0], WHOLE, 10);
    expect(thin.times).toHaveLength(10);
    expect(thin.times.at(-1)).toBe(99_000);
    expect(thinned([0, 10, 20, 30, 40, 50], { fromMs: 15, toMs: 35 }, 100)).toEqual([1, 2, 3, 4]);
    expect(thinned([], WHOLE, 10)).toEqual([]);
  });

  test('nothing is known before the first sample', () => {
    expect(pastsOf(new History(), 0, [], WHOLE, 10).times).toHaveLength(0);
  });
});
