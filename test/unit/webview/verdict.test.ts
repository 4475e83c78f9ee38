import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../extension/protocol.ts';
import { debuggerCommands } from '../../../webview/debuggerCommands.ts';
import { percent, shortBytes, shortNumber, stopwatch } from '../../../webview/numbers.ts';
import { stripLines } from '../../../webview/stateWords.ts';
import { verdictIcon } from '../../../webview/verdictIcon.ts';
import { verdictAt, verdictMeaning, verdictRate, verdictShort, verdictWords } from '../../../webview/verdictWords.ts';
import { tagOf } from './rows.ts';

const NONE = { objectsPerCycle: Number.NaN, objectsPerHour: Number.NaN };

describe('verdict in words', () => {
  it('carries the rate a cycle, else an hour', () => {
    expect(verdictWords({ verdict: 'leak', objectsPerCycle: 41, objectsPerHour: 900 })).toBe('leak +41/cycle');
    expect(verdictWords({ ...NONE, verdict: 'growing', objectsPerHour: 2460 })).toBe('growing +2,460/h');
    expect(verdictRate({ ...NONE, verdict: 'growing', objectsPerHour: 0.42 })).toBe('+0.4/h');
    expect(verdictRate({ ...NONE, verdict: 'growing', objectsPerHour: 240_000 })).toBe('+240k/h');
    expect(verdictRate({ verdict: 'load', objectsPerCycle: 5, objectsPerHour: 5 })).toBe('');
  });

  it('is honest without data, and with a verdict it does not know', () => {
    expect(verdictWords({ ...NONE, verdict: 'unknown' })).toBe('not enough data');
    expect(verdictShort('unknown')).toBe('–');
    expect(verdictAt(99)).toBe('unknown');
    expect(verdictAt(Number.NaN)).toBe('unknown');
  });

  it('means something, and differs in shape', () => {
    for (const verdict of VERDICTS) expect(verdictMeaning(verdict)).toMatch(/\.$/);
    const shapes = (['leak', 'load', 'cache', 'steady'] as const).map((verdict) => verdictIcon(verdict, true));
    expect(new Set(shapes).size).toBe(4);
    expect(verdictIcon('growing', false)).not.toBe(verdictIcon('growing', true));
  });
});

describe('debugger commands', () => {
  it('take the tag as it shows, a blank as ?, and the reversed constant for poolhittag', () => {
    const commands = debuggerCommands(tagOf('Abc '), true).map(({ command }) => command);
    expect(commands).toContain('!poolused 4 Abc?');
    expect(commands).toContain('!poolfind Abc? 1');
    expect(commands).toContain("ed nt!poolhittag ' cbA'");
  });
});

describe('small numbers', () => {
  it('fit beside an axis', () => {
    expect([0, 0.5, 541, 9999, 24_000, 1_500_000].map(shortNumber)).toEqual([
      '0',
      '0.5',
      '541',
      '9,999',
      '24k',
      '1,500k',
    ]);
    expect([0, 512, 1536, 24 * 1024 ** 2].map(shortBytes)).toEqual(['0 B', '512 B', '1.5 KB', '24 MB']);
    expect([0, 761_000].map(stopwatch)).toEqual(['0:00:00', '0:12:41']);
    expect([0, 0.001, 0.724, Number.NaN].map(percent)).toEqual(['0 %', '<1 %', '72 %', '–']);
  });
});

describe('lines above the rows', () => {
  const panel = {
    source: 'local',
    sourceLabel: 'This PC',
    state: { kind: 'live' },
    intervalMs: 1000,
    sources: ['local'],
    hasWorkspace: true,
    scanComplete: true,
  } as const;
  const quiet = { kind: 'waiting' } as const;

  it('name what failed with what helps, warnings, and a recording that stopped', () => {
    const state = {
      kind: 'failed',
      reason: 'Gone.',
      advice: 'Wait.',
      retryAt: null,
      command: 'gflags /r +ptg',
    } as const;
    expect(stripLines({ ...panel, state }, quiet, true, 0)).toEqual([
      { text: 'Gone. Wait. It will not try again by itself. The last figures stay below.', command: 'gflags /r +ptg' },
    ]);
    const full = { kind: 'failed', reason: 'The disk is full.', advice: 'Make room.' } as const;
    const lines = stripLines({ ...panel, warnings: [{ text: 'The tag table is full.' }] }, full, true, 0);
    expect(lines.map(({ text }) => text)).toEqual([
      'The tag table is full.',
      'Not recording. The disk is full. Make room.',
    ]);
  });

  it('leave to the placeholder what it says', () => {
    expect(stripLines({ ...panel, state: { kind: 'off', reason: 'No.' } }, quiet, false, 0)).toEqual([]);
    expect(stripLines(panel, quiet, true, 0)).toEqual([]);
  });
});
