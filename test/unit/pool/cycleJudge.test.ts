import { describe, expect, test } from 'vitest';
import { judgeCycles } from '../../../extension/pool/cycleJudge.ts';
import type { Judgement } from '../../../extension/pool/judgement.ts';
import { PhaseHistory } from '../../../extension/pool/phaseHistory.ts';
import type { PhaseKind } from '../../../extension/pool/phases.ts';

interface Moment {
  readonly phase: PhaseKind;
  /** Tests begun so far, and samples taken in all and since the phase began. */
  readonly cycle: number;
  readonly sample: number;
  readonly within: number;
}

/** Repeatable noise around 0, within ±`size`. */
const noise = (i: number, size: number) => Math.round(size * Math.sin(i * 12.9898) * Math.cos(i * 78.233));

const TEST = 40;
const WAIT = 24;

/** What a test says of a row with these objects; each cycle is a test and a wait, but for those in `waitless`. */
function judged(
  objects: (moment: Moment) => number,
  { cycles = 4, baseline = true, waitless = [] as readonly number[] } = {},
): Judgement | undefined {
  const history = new PhaseHistory();
  let sample = 0;
  let allocs = 0;
  const phase = (kind: PhaseKind, cycle: number, samples: number) => {
    if (sample > 0) history.mark(kind, null);
    for (let within = 0; within < samples; within++) {
      const level = 1000 + objects({ phase: kind, cycle, sample, within });
      allocs += kind === 'test' ? 5000 : 10;
      history.beginSample(sample * 1000);
      history.record(0, level, 64 * level, allocs);
      sample++;
    }
  };
  phase('settle', 0, 1);
  if (baseline) phase('baseline', 0, 20);
  for (let cycle = 1; cycle <= cycles; cycle++) {
    phase('test', cycle, TEST);
    if (!waitless.includes(cycle)) phase('wait', cycle, WAIT);
  }
  return judgeCycles(history.levels(0));
}

/** Tests done so far, with the share of the one that runs. */
const tested = ({ phase, cycle, within }: Moment) => (phase === 'test' ? cycle - 1 + within / TEST : cycle);
const load = ({ phase, sample }: Moment, size: number) => (phase === 'test' ? size + noise(sample, size / 5) : 0);

describe('a leak', () => {
  test('of a few objects in each cycle, under load a hundred times as high', () => {
    const of = judged((at) => Math.round(5 * tested(at)) + load(at, 500) + noise(at.sample, 2));
    expect(of).toMatchObject({ kind: 'leak', reason: 'adds up', cycles: 4 });
    expect(of?.perCycle).toBeGreaterThan(4);
    expect(of?.perCycle).toBeLessThan(6);
  });

  test('of two objects in each cycle, where nothing else moves', () => {
    expect(judged((at) => Math.round(2 * tested(at)))).toMatchObject({ kind: 'leak', perCycle: 2, leastPerCycle: 2 });
  });

  test('by time, that goes on while waiting', () => {
    expect(judged((at) => Math.round(at.sample / 4) + noise(at.sample, 3))).toMatchObject({ kind: 'leak' });
  });

  test('that a cache filled by the first cycle does not hide', () => {
    const of = judged((at) => Math.round(20 * tested(at)) + (at.cycle > 0 ? 300 : 0) + noise(at.sample, 1));
    expect(of).toMatchObject({ kind: 'leak', reason: 'adds up' });
  });

  test('under a cache that fills and is emptied at its own times', () => {
    const tooth = (at: Moment) => (at.sample % 47) * 10;
    const of = judged((at) => tooth(at) + Math.round(30 * tested(at)) + noise(at.sample, 2));
    expect(of).toMatchObject({ kind: 'leak', reason: 'adds up under a cache' });
    expect(of?.perCycle).toBeGreaterThan(24);
    expect(of?.perCycle).toBeLessThan(36);
    expect(judged(tooth)?.kind).not.toBe('leak');
  });

  test('is not taken back because one cycle has no wait, nor without a baseline', () => {
    const leak = (at: Moment) => Math.round(10 * tested(at)) + load(at, 50);
    expect(judged(leak, { waitless: [2] })).toMatchObject({ kind: 'leak', cycles: 3 });
    expect(judged(leak, { waitless: [4] })).toMatchObject({ kind: 'leak', cycles: 3 });
    expect(judged(leak, { baseline: false })).toMatchObject({ kind: 'leak', cycles: 4 });
  });

  test('is not called one before three cycles were waited for', () => {
    const leak = (at: Moment) => Math.round(40 * tested(at));
    expect(judged(leak, { cycles: 1 })).toMatchObject({ kind: 'growing', reason: 'too few cycles' });
    expect(judged(leak, { cycles: 2 })).toMatchObject({ kind: 'growing', reason: 'too few cycles' });
    expect(judged(leak, { cycles: 4, waitless: [1, 2, 3, 4] })?.kind).not.toBe('leak');
  });
});

describe('no leak', () => {
  test.each<[string, (at: Moment) => number, Judgement['kind']]>([
    ['load that comes and goes', (at) => load(at, 400) + noise(at.sample, 3), 'load'],
    ['what rests', (at) => noise(at.sample, 1), 'steady'],
    ['one step, within a cycle', (at) => (tested(at) > 1.5 ? 200 : 0) + noise(at.sample, 2), 'cache'],
    ['one step, while waiting', (at) => (at.sample > 140 ? 200 : 0) + noise(at.sample, 2), 'cache'],
    ['a warm-up that adds less and less', (at) => Math.round(400 * (1 - 0.4 ** tested(at))), 'cache'],
    ['a high-water mark', (at) => [0, 200, 200, 260, 260][at.cycle] + noise(at.sample, 2), 'cache'],
  ])('%s', (_, objects, kind) => {
    expect(judged(objects)?.kind).toBe(kind);
  });

  test('what is still being given back while waiting', () => {
    let level = 0;
    const decaying = judged(({ phase }) => {
      level = phase === 'test' ? level + 0.1 * (600 - level) : 0.97 * level;
      return Math.round(level);
    });
    expect(decaying?.kind).not.toBe('leak');
  });

  test('before a cycle is whole, nothing is said', () => {
    expect(judged(() => 0, { cycles: 0 })).toBeUndefined();
  });
});
