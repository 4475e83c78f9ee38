import { describe, expect, test } from 'vitest';
import { counterDelta, outstandingOf } from '../../../extension/pool/counters.ts';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { SYSTEM, sampleAt, tagOf } from './samples.ts';

describe('counters', () => {
  test('a 32-bit counter that wraps went on, not back', () => {
    expect(counterDelta(5, 0xfffffff0, 32)).toBe(21);
    expect(counterDelta(1000, 5000, 32)).toBe(-4000);
    expect(outstandingOf(3, 0xfffffffe, 32)).toBe(5);
    expect(outstandingOf(7, 8, 32)).toBe(-1);
  });

  test('64-bit counters are taken as they are', () => {
    expect(counterDelta(2 ** 40 + 7, 2 ** 40, 64)).toBe(7);
    expect(outstandingOf(2 ** 33, 1, 64)).toBe(2 ** 33 - 1);
  });
});

describe('the store', () => {
  test('a tag has a row in each pool it has used, and none in the other', () => {
    const store = new PoolStore();
    store.apply(
      sampleAt(0, [
        { tag: 'Both', paged: [10, 4, 600], nonpaged: [3, 1, 200] },
        { tag: 'Only', nonpaged: [1, 0, 64] },
      ]),
    );
    const rows = store.changedSince(0).map((id) => store.row(id));
    expect(rows.map((row) => [row.tag, row.paged, row.outstanding])).toEqual([
      [tagOf('Both'), false, 2],
      [tagOf('Both'), true, 6],
      [tagOf('Only'), false, 1],
    ]);
    expect(store.tagCount).toBe(2);
    expect(store.totals(tagOf('Both'))).toMatchObject({ outstanding: 8, bytes: 800, growing: false });
    expect(store.totals(tagOf('None'))).toBeUndefined();
  });

  test('deltas are those of the newest sample, and 0 for a row that rests', () => {
    const store = new PoolStore();
    store.apply(sampleAt(0, [{ tag: 'Abcd', paged: [10, 4, 600] }]));
    store.apply(sampleAt(1000, [{ tag: 'Abcd', paged: [25, 9, 1600] }]));
    expect(store.row(0)).toMatchObject({ allocsDelta: 15, freesDelta: 5, bytesDelta: 1000, outstanding: 16 });
    store.apply(sampleAt(2000, [{ tag: 'Abcd', paged: [25, 9, 1600] }]));
    expect(store.row(0)).toMatchObject({ allocs: 25, allocsDelta: 0, freesDelta: 0, bytesDelta: 0 });
  });

  test('counters go on counting across a wrap', () => {
    const store = new PoolStore();
    store.apply(sampleAt(0, [{ tag: 'Wrap', nonpaged: [0xffff_fff0, 0xffff_ffe0, 16] }]));
    store.apply(sampleAt(1000, [{ tag: 'Wrap', nonpaged: [0x10, 0xffff_fff8, 24] }]));
    expect(store.row(0)).toMatchObject({ allocs: 0x1_0000_0010, allocsDelta: 32, freesDelta: 24, outstanding: 24 });
  });

  test('what changed since a version: moved rows, and rows whose rate follows', () => {
    const store = new PoolStore();
    const still = { tag: 'Rest', paged: [5, 5, 0] } as const;
    store.apply(sampleAt(0, [still, { tag: 'Move', paged: [1, 0, 8] }]));
    const first = store.version;
    store.apply(sampleAt(1000, [still, { tag: 'Move', paged: [2, 0, 16] }]));
    expect(store.changedSince(first).map((id) => store.row(id).tag)).toEqual([tagOf('Move')]);
    expect(store.changedSince(0)).toHaveLength(2);
    expect(store.changedSince(store.version)).toEqual([]);
  });

  test('a rate is unknown, then that of the last minute, then 0 for a row that came to rest', () => {
    const store = new PoolStore();
    let objects = 0;
    for (let second = 0; second <= 300; second++) {
      if (second <= 60) objects = second * 2;
      store.apply(sampleAt(second * 1000, [{ tag: 'Rate', paged: [objects + 1, 0, objects * 100] }]));
      if (second === 3) expect(store.row(0).bytesPerMinute).toBeNaN();
      if (second === 60) expect(store.row(0).objectsPerMinute).toBeCloseTo(120, 6);
      if (second === 60) expect(store.row(0).bytesPerMinute).toBeCloseTo(12_000, 6);
    }
    expect(store.row(0)).toMatchObject({ objectsPerMinute: 0, bytesPerMinute: 0 });
  });

  test('header figures: page faults as a change, pools as a rate', () => {
    const store = new PoolStore();
    for (let second = 0; second <= 30; second++) {
      const system = { ...SYSTEM, pageFaults: (0xffff_fff0 + second * 10) >>> 0, nonpagedKb: 500_000 + second };
      store.apply(sampleAt(second * 1000, [], { system }));
    }
    expect(store.pageFaultsDelta).toBe(10);
    expect(store.poolRates.nonpagedKbPerMinute).toBeCloseTo(60, 6);
    expect(store.poolRates.pagedKbPerMinute).toBe(0);
  });

  test('counters that fall in many tags are another boot, not four billion allocations', () => {
    const store = new PoolStore();
    const tags = (allocs: number) =>
      ['Aaaa', 'Bbbb', 'Cccc', 'Dddd'].map((tag) => ({ tag, paged: [allocs, allocs - 5, 80] as const }));
    store.apply(sampleAt(0, tags(5000)));
    store.apply(sampleAt(1000, tags(6000)));
    const { epoch } = store;
    store.apply(sampleAt(2000, tags(40)));
    expect(store.epoch).toBe(epoch + 1);
    expect(store.version).toBe(1);
    expect(store.row(0)).toMatchObject({ allocs: 40, allocsDelta: 0, outstanding: 5 });
  });

  test('one counter that seems to fall is read on', () => {
    const store = new PoolStore();
    const others = ['Aaaa', 'Bbbb', 'Cccc'].map((tag) => ({ tag, paged: [5000, 10, 80] as const }));
    store.apply(sampleAt(0, [...others, { tag: 'Torn', paged: [100, 50, 800] }]));
    store.apply(sampleAt(1000, [...others, { tag: 'Torn', paged: [99, 50, 784] }]));
    expect([store.epoch, store.version]).toEqual([0, 2]);
    expect(store.row(3)).toMatchObject({ allocs: 99, allocsDelta: -1, outstanding: 49 });
  });

  test('another source starts from nothing', () => {
    const store = new PoolStore();
    store.apply(sampleAt(0, [{ tag: 'Gone', paged: [1, 0, 8] }]));
    store.reset();
    expect([store.rowCount, store.tagCount, store.version, store.time, store.watchedMs]).toEqual([0, 0, 0, 0, 0]);
  });
});
