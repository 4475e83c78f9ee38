import { expect, test } from 'vitest';
import { oursFound, scoreOf, trials } from '../../bench/verdict/trial.ts';

const seeds = (count: number) => Array.from({ length: count }, (_, i) => 7_000_000 + i);

// The bench `verdict` runs more sessions; here chance has more room.
test('four cycles: nearly every leak is found, and hardly anything else is called one', () => {
  const outcomes = trials(seeds(30), true);
  const { precision, recall } = scoreOf(outcomes, oursFound(true));
  expect(precision).toBeGreaterThan(0.97);
  expect(recall).toBeGreaterThan(0.88);
  expect(outcomes.filter((of) => of.family.name === 'plain load' && of.verdict === 'leak')).toEqual([]);
}, 120_000);

test('without marks: most leaks are seen to grow, and plain load is never called a leak', () => {
  const outcomes = trials(seeds(40), false);
  const { precision, recall } = scoreOf(outcomes, oursFound(false));
  expect(precision).toBeGreaterThan(0.94);
  expect(recall).toBeGreaterThan(0.66);
  expect(outcomes.filter((of) => !of.family.leaks && of.verdict === 'leak')).toEqual([]);
}, 120_000);
