import { describe, expect, test } from 'vitest';
import { alignment, compareTables, gains, type MomentRow, testedSpan } from '../../../extension/pool/comparison.ts';
import { tagOf } from './samples.ts';

const row = (tag: string, objects: number, bytes: number, paged = false): MomentRow => ({
  tag: tagOf(tag),
  paged,
  objects,
  bytes,
});

describe('two tables side by side', () => {
  test('what grew most comes first, what shrank most last; what is only on one side counts as 0 on the other', () => {
    const before = [
      row('Same', 5, 50),
      row('Gone', 9, 900),
      row('Grew', 1, 10),
      row('Both', 1, 1),
      row('Both', 2, 2, true),
    ];
    const after = [
      row('New ', 3, 400),
      row('Same', 5, 50),
      row('Grew', 8, 500),
      row('Both', 1, 1),
      row('Both', 4, 7, true),
    ];
    const { rows, unchanged } = compareTables(before, after);
    expect(rows.map(({ tag, paged, objectsChange, bytesChange }) => [tag, paged, objectsChange, bytesChange])).toEqual([
      [tagOf('Grew'), false, 7, 490],
      [tagOf('New '), false, 3, 400],
      [tagOf('Both'), true, 2, 5],
      [tagOf('Gone'), false, -9, -900],
    ]);
    expect(rows[1].before).toBeNull();
    expect(rows[3].after).toBeNull();
    expect(unchanged).toBe(2);
  });

  test('tags of all bits are told apart, by case too', () => {
    const high = 0xffff_ffff;
    const { rows } = compareTables(
      [],
      [{ tag: high, paged: true, objects: 1, bytes: 1 }, row('abcd', 1, 2), row('Abcd', 1, 3)],
    );
    expect(rows.map(({ tag }) => tag)).toEqual([tagOf('Abcd'), tagOf('abcd'), high]);
  });

  test('gains are told for a part', () => {
    expect(gains([row('Leak', 10, 100)], [row('Leak', 30, 300), row('New ', 4, 8)], 4)).toEqual([
      row('Leak', 5, 50),
      row('New ', 1, 2),
    ]);
  });
});

describe('alignment', () => {
  const marks = (...of: [number, string][]) => of.map(([elapsedMs, phase]) => ({ elapsedMs, phase }));

  test('the tested part runs from the first test to the end of the last wait', () => {
    expect(
      testedSpan(marks([0, 'baseline'], [10, 'test'], [20, 'wait'], [30, 'test'], [40, 'wait'], [50, 'end']), 99),
    ).toEqual({
      fromMs: 10,
      toMs: 50,
      cycles: 2,
    });
    expect(testedSpan(marks([10, 'test'], [20, 'wait']), 99)).toEqual({ fromMs: 10, toMs: 99, cycles: 1 });
    expect(testedSpan(marks([10, 'baseline']), 99)).toEqual({ fromMs: 0, toMs: 99, cycles: 0 });
  });

  test('by cycles where both have them, else by hours, and it is said which', () => {
    const tested = { fromMs: 0, toMs: 100, cycles: 3 };
    const plain = { fromMs: 0, toMs: 1_800_000, cycles: 0 };
    expect(alignment(tested, { ...tested, cycles: 5 })).toMatchObject({
      basis: 'cycle',
      beforeParts: 3,
      afterParts: 5,
    });
    expect(alignment(plain, plain)).toMatchObject({
      basis: 'hour',
      beforeParts: 0.5,
      words: expect.stringContaining('Neither has test phases'),
    });
    expect(alignment(tested, plain).words).toContain('The second has no test phases');
    expect(alignment(plain, tested).words).toContain('The first has no test phases');
  });
});
