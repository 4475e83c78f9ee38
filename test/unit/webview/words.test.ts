import { describe, expect, it } from 'vitest';
import type { PanelState, SourceState } from '../../../extension/protocol.ts';
import { NO_FILTER } from '../../../webview/filter.ts';
import { growthSentence, rateWords } from '../../../webview/growth.ts';
import {
  exactBytes,
  friendlyBytes,
  grouped,
  intervalText,
  signed,
  signedBytes,
  spanText,
} from '../../../webview/numbers.ts';
import { emptyFilterWords, emptyWords, retryWords } from '../../../webview/stateWords.ts';
import { workspaceWords } from '../../../webview/workspaceWords.ts';

describe('numbers', () => {
  it('groups exact integers', () => {
    expect([0, 7, 999, 1000, 1_204_331, -1234, 156_097_152].map(grouped)).toEqual([
      '0',
      '7',
      '999',
      '1,000',
      '1,204,331',
      '-1,234',
      '156,097,152',
    ]);
    expect(grouped(Number.MAX_SAFE_INTEGER)).toBe('9,007,199,254,740,991');
    expect(grouped(-0.4)).toBe('0');
  });

  it('signs changes', () => {
    expect([212, -41, 0, 0.4].map(signed)).toEqual(['+212', '-41', '0', '0']);
  });

  it('writes sizes with units of 1024', () => {
    expect([1, 541, 8528, 1_048_575, 1_048_576, 151 * 1024 ** 2, 16 * 1024 ** 3].map(friendlyBytes)).toEqual([
      '1 byte',
      '541 bytes',
      '8.3 KB',
      '1.0 MB',
      '1.0 MB',
      '151 MB',
      '16.0 GB',
    ]);
    expect(signedBytes(-2048)).toBe('-2.0 KB');
    expect(exactBytes(112_528)).toBe('112,528 bytes (109.9 KB)'.replace('109.9', '110'));
    expect(exactBytes(512)).toBe('512 bytes');
  });

  it('writes times', () => {
    expect([250, 1000, 60_000].map(intervalText)).toEqual(['250 ms', '1 s', '60 s']);
    expect([8000, 720_000, 11_100_000].map(spanText)).toEqual(['8 s', '12 min', '3 h 05 min']);
  });
});

describe('growth in words', () => {
  it('gives the numbers with every sentence', () => {
    const growth = { growing: true, objectsPerMinute: 41, bytesPerMinute: 8528 };
    expect(growthSentence(growth, 720_000)).toBe(
      'Grows over the 12 min watched: +41 objects and +8,528 bytes (8.3 KB) per minute in the last minute.',
    );
    expect(growthSentence({ ...growth, growing: false, objectsPerMinute: 0, bytesPerMinute: 0 }, 720_000)).toMatch(
      /^No lasting growth in the 12 min watched: no change/,
    );
    const unknown = { ...growth, growing: false, objectsPerMinute: Number.NaN, bytesPerMinute: Number.NaN };
    expect(growthSentence(unknown, 720_000)).toMatch(/^Not watched long enough/);
    expect(growthSentence({ ...growth, growing: false }, 12_000)).toMatch(/^Not watched long enough/);
    expect(growthSentence(growth, 12_000)).not.toContain('NaN');
    expect(rateWords({ objectsPerMinute: -1, bytesPerMinute: -96 })).toBe('-1 object and -96 bytes per minute');
  });
});

describe('states in words', () => {
  const panel = (state: SourceState, rest: Partial<PanelState> = {}): PanelState => ({
    source: 'local',
    sourceLabel: 'This PC',
    state,
    intervalMs: 1000,
    sources: ['local'],
    hasWorkspace: true,
    scanComplete: true,
    ...rest,
  });

  it('counts down to the next try', () => {
    expect(retryWords(9500, 5000)).toBe('Trying again in 5 s.');
    expect(retryWords(5000, 5000)).toBe('Trying again now.');
    expect(retryWords(null, 5000)).toBe('It will not try again by itself.');
  });

  it('says why there are no rows', () => {
    expect(emptyWords(panel({ kind: 'off', reason: 'Windows only.' }), 0).text).toBe('Windows only.');
    expect(emptyWords(panel({ kind: 'starting' }), 0).busy).toBe(true);
    const failed = emptyWords(panel({ kind: 'failed', reason: 'Gone.', advice: 'See the log.', retryAt: 3000 }), 0);
    expect(failed).toEqual({ title: 'Gone.', text: 'See the log. Trying again in 3 s.', busy: false });
  });

  it('says why the filter shows nothing', () => {
    const live = panel({ kind: 'live' });
    const words = (filter: Partial<typeof NO_FILTER>, state = live, workspaceTags = 3) =>
      emptyFilterWords({ panel: state, filter: { ...NO_FILTER, ...filter }, workspaceTags }).title;
    expect(words({ text: 'Qq*' })).toBe('No tag matches Qq*');
    expect(words({ growingOnly: true })).toBe('No tag grows');
    expect(words({ workspaceOnly: true })).toBe('Not in the pool yet');
    expect(words({ workspaceOnly: true }, live, 0)).toBe('No allocation sites in this workspace');
    expect(words({ workspaceOnly: true }, { ...live, scanComplete: false }, 0)).toBe('Scanning the sources');
    expect(words({ workspaceOnly: true }, { ...live, hasWorkspace: false }, 0)).toBe('No folder is open');
  });

  it('sums up the workspace', () => {
    const summary = {
      hasWorkspace: true,
      scanComplete: true,
      tags: 38,
      liveTags: 30,
      bytes: 15_309_210,
      nonpagedBytes: 15_309_210,
      name: 'drv',
      growing: [],
    };
    expect(workspaceWords(summary)[0]).toBe('38 workspace tags, none grows');
    expect(workspaceWords({ ...summary, scanComplete: false })[0]).toBe('38 workspace tags so far');
    expect(workspaceWords({ ...summary, liveTags: 0 })[0]).toBe('38 workspace tags, none in the pool');
    expect(workspaceWords({ ...summary, growing: [{ tag: 1, label: 'Xmpl', words: 'leak +41/cycle' }] })[0]).toBe('');
    expect(workspaceWords({ ...summary, hasWorkspace: false })[0]).toBe('No folder open');
  });
});
