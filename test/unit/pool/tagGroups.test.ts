/** New tags under the old one: sums, shares of the growth, and the line that takes it. */
import { describe, expect, test } from 'vitest';
import { splitGroups, type TagSplit } from '../../../extension/pool/tagGroups.ts';
import type { TagTotals } from '../../../extension/pool/tagTotals.ts';
import { tagFromText, tagLabel } from '../../../language/tag/poolTag.ts';

const tag = (text: string) => tagFromText(text)!;
const split = (oldTag: string, ...newTags: string[]): TagSplit[] =>
  newTags.map((text) => ({ oldTag: tag(oldTag), newTag: tag(text) }));

function totals(outstanding: number, objectsPerMinute: number, growing = objectsPerMinute > 0): TagTotals {
  return {
    outstanding,
    bytes: outstanding * 100,
    objectsPerMinute,
    bytesPerMinute: objectsPerMinute * 100,
    growing,
    verdict: growing ? 'growing' : 'steady',
    objectsPerCycle: Number.NaN,
  };
}

function groups(splits: readonly TagSplit[], pool: Record<string, TagTotals>) {
  const result = splitGroups(splits, {
    totals: (t) => pool[tagLabel(t)],
    place: (t) => (tagLabel(t) === 'XmCp' ? 'command.c:23' : ''),
  });
  return result.map((group) => ({
    ...group,
    tag: tagLabel(group.tag),
    members: group.members.map((m) => [tagLabel(m.tag), m.share]),
  }));
}

const FIVE = split('Xmpl', 'XmCp', 'XmFl', 'XmSn');

describe('a group', () => {
  test('names the tag and the line that take the growth, and sums', () => {
    const [group] = groups(FIVE, {
      XmCp: totals(500, 60),
      XmFl: totals(3, 0),
      XmSn: totals(900, 0),
      Xmpl: totals(1, 0),
    });
    expect(group).toMatchObject({
      tag: 'Xmpl',
      outstanding: 1404,
      bytes: 140_400,
      members: [
        ['XmCp', 1],
        ['XmSn', 0],
        ['XmFl', 0],
      ],
      reason: "'Xmpl' was split into 3 tags; 'XmCp' (command.c:23) takes all of the growth.",
    });
  });

  test('shares among several that grow; load takes no part', () => {
    const [group] = groups(FIVE, { XmCp: totals(10, 30), XmFl: totals(10, 10), XmSn: totals(10, 500, false) });
    expect(group.members).toEqual([
      ['XmCp', 0.75],
      ['XmFl', 0.25],
      ['XmSn', 0],
    ]);
    expect(group.reason).toContain('takes 75 % of the growth.');
  });

  test('says when nothing grows, or nothing was watched long enough', () => {
    const [still] = groups(FIVE, { XmCp: totals(10, 0), XmFl: totals(20, Number.NaN, false) });
    expect(still.members).toEqual([
      ['XmFl', Number.NaN],
      ['XmCp', Number.NaN],
    ]);
    expect(still.reason).toBe("'Xmpl' was split into 2 tags; none of them grows.");
  });
});

describe('which groups there are', () => {
  test('none before the new driver runs', () => {
    expect(groups(FIVE, { Xmpl: totals(10, 1) })).toEqual([]);
  });

  test('one for each old tag, by name', () => {
    const pool = { Bb01: totals(1, 0), Aa01: totals(1, 0) };
    expect(groups([...split('Bbbb', 'Bb01'), ...split('Aaaa', 'Aa01')], pool).map((g) => g.tag)).toEqual([
      'Aaaa',
      'Bbbb',
    ]);
  });

  test('a tag that was split again stays with the first', () => {
    const [group, ...others] = groups([...split('Xmpl', 'XmCp', 'XmFl'), ...split('XmCp', 'XmC1', 'XmC2')], {
      XmFl: totals(1, 0),
      XmC1: totals(2, 5),
      XmC2: totals(3, 0),
    });
    expect(group.tag).toBe('Xmpl');
    expect(group.members.map(([name]) => name)).toEqual(['XmC1', 'XmC2', 'XmFl']);
    expect(others).toEqual([]);
  });

  test('a circle, as a damaged list could have one, ends', () => {
    expect(
      groups([...split('Aaaa', 'Bbbb'), ...split('Bbbb', 'Aaaa')], { Aaaa: totals(1, 0), Bbbb: totals(1, 0) }),
    ).toEqual([]);
  });
});
