import { describe, expect, it } from 'vitest';
import type { PhaseMark, PhaseName } from '../../../extension/protocol.ts';
import { hasLine, metricColumns, spreadPlaces } from '../../../webview/chart/pasts.ts';
import { bandLabel, phaseAt, phaseBands } from '../../../webview/chart/phaseBands.ts';
import { phasesUntil, phaseWords } from '../../../webview/phaseBar.ts';
import { recordingWords } from '../../../webview/recordingChip.ts';

const mark = (elapsedMs: number, phase: PhaseName, cycle: number): PhaseMark => ({
  elapsedMs,
  time: 1e12 + elapsedMs,
  phase,
  cycle,
  operations: null,
});
const MARKS = [
  mark(10, 'settle', 0),
  mark(20, 'test', 1),
  mark(30, 'wait', 1),
  mark(40, 'test', 2),
  mark(50, 'end', 2),
];

describe('phases', () => {
  it('are bands from mark to mark, the tests numbered, until the end', () => {
    const bands = phaseBands(MARKS);
    expect(bands.map((band) => [bandLabel(band), band.fromMs, band.toMs])).toEqual([
      ['settle', 10, 20],
      ['test 1', 20, 30],
      ['wait', 30, 40],
      ['test 2', 40, 50],
    ]);
    expect(phaseBands(MARKS.slice(0, 2)).at(-1)?.toMs).toBe(Number.POSITIVE_INFINITY);
    expect([5, 10, 29, 45, 50].map((time) => phaseAt(bands, time))).toEqual(['', 'settle', 'test 1', 'test 2', '']);
  });

  it('show their cycle and their clock in the bar', () => {
    expect(phaseWords('test', MARKS[3], '0:12:41')).toBe('test 2 0:12:41');
    expect(phaseWords('test', MARKS[0], '')).toBe('test');
    expect(phaseWords('wait', MARKS[2], '0:00:03')).toBe('wait 0:00:03');
    const state = { marks: MARKS, operationsPerCycle: null, canMark: false };
    expect(phasesUntil(state, 35).marks).toHaveLength(3);
  });
});

describe('recording in words', () => {
  it('counts up, and says what to do when it does not', () => {
    const kept = { kind: 'recording', name: 'a.poollens', since: 1000, bytes: 2048, kept: true } as const;
    expect(recordingWords(kept, 162_000).text).toBe('rec 0:02:41');
    expect(recordingWords(kept, 162_000).title).toContain('a.poollens, 2,048 bytes (2.0 KB). It is kept');
    expect(recordingWords({ kind: 'failed', reason: 'The disk is full.', advice: 'Make room.' }, 0)).toEqual({
      text: 'not recording',
      title: 'The disk is full. Make room.',
    });
  });
});

describe('pasts', () => {
  const past = (objects: number[]) => ({
    id: 0,
    objects: Float64Array.from(objects),
    bytes: new Float64Array(0),
    allocsPerSecond: new Float64Array(0),
    freesPerSecond: new Float64Array(0),
  });

  it('make a line from two readings on', () => {
    const pasts = (objects: number[]) => ({ times: new Float64Array(objects.length), rows: [past(objects)] });
    expect(hasLine(pasts([Number.NaN, 4]), 'objects')).toBe(false);
    expect(hasLine(pasts([3, 4]), 'objects')).toBe(true);
    expect(hasLine(pasts([3, 4]), 'traffic')).toBe(false);
    expect(metricColumns('traffic').map((column) => column.name)).toEqual(['Allocs/s', 'Frees/s']);
  });

  it('are thinned for the table from the newest back, both ends kept', () => {
    expect(spreadPlaces(3, 10)).toEqual([2, 1, 0]);
    expect(spreadPlaces(101, 5)).toEqual([100, 75, 50, 25, 0]);
  });
});
