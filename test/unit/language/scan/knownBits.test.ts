import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../../language/scan/fileSummary.ts';
import { tagPattern } from '../../../../language/scan/knownBits.ts';

const define = (name: string, body: string): Definition => ({
  name,
  kind: 'macro',
  parameters: null,
  owner: '',
  body,
  start: 0,
  end: 0,
  nameStart: 0,
  bodyStart: 0,
  alternative: false,
  condition: '',
});
const names = new Map([define('BASE', "'SIDN'"), define('KIND', "'\\0\\0\\0A'")].map((d) => [d.name, d]));
const patternOf = (expression: string) => tagPattern(expression, (name) => names.get(name));

describe('what is known of a tag that is no constant', () => {
  it.each([
    // A line number takes two bytes, and its carry may reach the next ones.
    ['BASE + __LINE__', '???S'],
    ["'S\\0\\0N' + __LINE__", '??'.concat('?S')],
    ["'SI\\0\\0' | __LINE__", '??IS'],
    ["('SID\\0' | (UCHAR)index)", '?DIS'],
    ["'SID0' + (n & 7)", '?DIS'],
    ["big ? 'aBxX' : 'bBxX'", 'XxB?'],
    ["(n % 2 == 0) ? 'AgaT' : 'BgaT'", 'Tag?'],
    ["(n << 24) | 'gaT'", 'Tag?'],
    ["RtlUlongByteSwap('SID\\0' | (UCHAR)n)", 'SID?'],
    ['Context->Tag', undefined],
    ['tag', undefined],
    ['BASE * n', undefined],
    ['', undefined],
    ["'abc", undefined],
  ])('%s shows as %s', (expression, pattern) => {
    expect(patternOf(expression)).toBe(pattern);
  });

  it('holds for whatever run time brings', () => {
    // By trying: the pattern must match each value that the unknown part can have.
    for (const line of [1, 77, 255, 256, 4096, 65535])
      for (const base of [0x53494420, 0x53ffff20, 0x5349ff01]) {
        const pattern = patternOf(`0x${base.toString(16)} + __LINE__`);
        const value = (base + line) >>> 0;
        const shown = [0, 8, 16, 24].map((shift) => String.fromCharCode((value >>> shift) & 0xff));
        for (let i = 0; i < 4; i++) if (pattern && pattern[i] !== '?') expect(shown[i]).toBe(pattern[i]);
      }
  });
});
