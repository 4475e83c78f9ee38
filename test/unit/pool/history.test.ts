import { describe, expect, test } from 'vitest';
import { History, LONG_BUCKETS, RECENT_SAMPLES } from '../../../extension/pool/history.ts';

/** Feeds one row a value a second. */
function feed(history: History, from: number, to: number, value: (second: number) => number): void {
  for (let second = from; second < to; second++) {
    history.beginSample(second * 1000);
    history.record(0, value(second), value(second) * 10);
  }
}

describe('history', () => {
  test('a row that never changed costs nothing and still has a past', () => {
    const history = new History();
    feed(history, 0, 20, () => 7);
    expect(history.hasMoved(0)).toBe(false);
    expect([...history.floors(0).values]).toEqual(new Array(20).fill(7));
    expect(history.recentBytes(0, 5000).values).toEqual(new Float64Array(6).fill(70));
  });

  test('the last samples are kept one by one', () => {
    const history = new History();
    feed(history, 0, 500, (second) => second);
    const { times, values } = history.recentObjects(0, 10_000);
    expect([...values]).toEqual([489, 490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
    expect(times[0]).toBe(489_000);
    expect(history.recentObjects(0, 1e9).values).toHaveLength(RECENT_SAMPLES);
  });

  test('buckets hold the floor of objects and the last bytes, over the whole time, in bounded space', () => {
    const history = new History();
    const seconds = 5 * LONG_BUCKETS;
    // A sawtooth of period 8 on a floor that rises by one each period.
    feed(history, 0, seconds, (second) => Math.floor(second / 8) + 50 * (second % 8 === 0 ? 0 : 1));
    const floors = history.floors(0);
    expect(floors.values.length).toBe(seconds / 8);
    expect([...floors.values]).toEqual(Array.from({ length: seconds / 8 }, (_, i) => i));
    expect([...floors.times.slice(0, 3)]).toEqual([0, 8000, 16_000]);
    expect(history.longBytes(0).values.at(-1)).toBe((Math.floor((seconds - 1) / 8) + 50) * 10);
  });

  test('a row that comes later begins later, and rests at its first value until it moves', () => {
    const history = new History();
    for (let second = 0; second < 30; second++) {
      history.beginSample(second * 1000);
      history.record(0, 1, 1);
      if (second >= 10) history.record(1, second < 20 ? 5 : 6, 50);
    }
    expect([...history.recentObjects(1, 1e9).values]).toEqual([...Array(10).fill(5), ...Array(10).fill(6)]);
    expect(history.floors(1).times[0]).toBe(10_000);
  });

  test('two million rows would not be: memory follows the rows that move', () => {
    const history = new History();
    for (let sample = 0; sample < 3; sample++) {
      history.beginSample(sample * 1000);
      for (let row = 0; row < 8000; row++) history.record(row, row < 10 ? sample : 1, 0);
    }
    let moved = 0;
    for (let row = 0; row < 8000; row++) if (history.hasMoved(row)) moved++;
    expect(moved).toBe(10);
  });
});
