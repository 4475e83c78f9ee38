import { describe, expect, test } from 'vitest';
import { type GrowingRow, groupsTogether } from '../../../extension/pool/growTogether.ts';
import { randomFrom } from '../../bench/recording/day.ts';
import { tagOf } from './samples.ts';

/** Objects after each of these steps. */
function row(tag: string, steps: readonly number[], own = false): GrowingRow {
  let objects = 100;
  return { tag: tagOf(tag), own, objects: [objects, ...steps.map((step) => (objects += step))] };
}

const tags = (groups: ReturnType<typeof groupsTogether>) => groups.map(({ members }) => members.map(({ tag }) => tag));

describe('tags that grow in step', () => {
  const random = randomFrom(4);
  const steps = (count = 60) => Array.from({ length: count }, () => Math.floor(random() * 20));

  test('a buffer, its list and its MDL are one group, this workspace’s tag first; another leak is none of it', () => {
    const cause = steps();
    const groups = groupsTogether([
      row(
        'Mdl ',
        cause.map((step) => 2 * step),
      ),
      row('Buf ', cause, true),
      row(
        'List',
        cause.map((step, i) => step + (i % 7 === 0 ? 1 : 0)),
      ),
      row('Else', steps(), true),
    ]);
    expect(tags(groups)).toEqual([['Buf ', 'Mdl ', 'List'].map(tagOf)]);
    expect(groups[0].members[1].share).toBeCloseTo(0.5, 1);
    expect(groups[0].reason).toBe("'Mdl', 'List' grow in step with 'Buf': probably one cause.");
  });

  test('leaks that only happen in the same test are told apart', () => {
    const tested = (of: readonly number[]) => of.map((step, i) => (Math.floor(i / 15) % 2 === 0 ? step : 0));
    expect(groupsTogether([row('One ', tested(steps(120))), row('Two ', tested(steps(120)))])).toEqual([]);
  });

  test('of 40 leaks that have nothing to do with each other none are joined', () => {
    const many = Array.from({ length: 40 }, (_, i) => row(`L${String(i).padStart(3, '0')}`, steps()));
    expect(groupsTogether(many)).toEqual([]);
  });

  test('the same number each time is one cause, another number each time is none; few steps say nothing', () => {
    const constant = (step: number, count = 20) => Array(count).fill(step);
    expect(
      tags(groupsTogether([row('Aaaa', constant(3)), row('Bbbb', constant(3)), row('Cccc', constant(5))])),
    ).toEqual([[tagOf('Aaaa'), tagOf('Bbbb')]]);
    expect(groupsTogether([row('Aaaa', constant(3, 9)), row('Bbbb', constant(3, 9))])).toEqual([]);
  });

  test('a row that came later is compared from there on; one tag in both pools is no group', () => {
    const cause = steps();
    const late = row('Late', cause);
    const young = { ...late, objects: Array.from(late.objects, (value, i) => (i < 20 ? Number.NaN : value)) };
    expect(tags(groupsTogether([row('Old ', cause), young]))).toEqual([[tagOf('Old '), tagOf('Late')]]);
    expect(groupsTogether([row('Both', cause), row('Both', cause)])).toEqual([]);
  });
});
