import { describe, expect, it } from 'vitest';
import { POOL_ROUTINES, TAG_FIELDS, TAG_ROWS } from '../../../../language/scan/allocators.ts';
import { hashOf, lookAt, seemsToHold } from '../../../../language/scan/firstLook.ts';
import { isHinted } from '../../../../language/scan/hints.ts';
import { Dice } from '../../../fuzz/inputs.ts';

/** What the look goes over two characters at a time, said one by one. */
const WORD = /[\w$]+/g;
const CONSTANT =
  /'(?:[^'\\\n]|\\[^\n]){2,4}'|\bconst(?:expr)?\s+\w[\w\s]{0,40}[={]\s*\(*\s*(?:0[xX]|\()|T(?:ag|AG)\s*=\s*[A-Z]/;
const DEFINED = /#[ \t]*define[ \t]+([A-Za-z_$][\w$]*)/g;

const PIECES = [
  ...[
    'PoolTag',
    'ExAllocatePool2',
    'AlloC',
    'FLT_CONTEXT_REGISTRATION',
    'USBD_CreateHandle',
    'MemoryC',
    'Looka',
    'xFree',
  ],
  ...[
    'const',
    'constexpr',
    'ULONG',
    'x',
    'Tag',
    'TAG',
    ' ',
    ' ',
    '\n',
    '=',
    '{',
    '(',
    '0x1',
    "'",
    "'abc'",
    "'\\'a'",
    '\\',
    '\t',
  ],
  ...['#define', '# define', 'A_', '$', '#include "a.c"', ',', 'new', 'Pool', 'é', 'allo', 'c', 'r\n', '/*', '*/'],
];

/** Texts of random pieces. */
function* texts(count: number): Generator<string> {
  const dice = new Dice(7);
  for (let i = 0; i < count; i++) yield Array.from({ length: 1 + dice.roll(24) }, () => dice.pick(PIECES)).join('');
}

describe('the first look at a text', () => {
  it('finds the words with a hint, wherever they stand', () => {
    for (const text of texts(20_000)) {
      const words = [...text.matchAll(WORD)].filter(([word]) => isHinted(word));
      const { hinted } = lookAt(text);
      expect([...hinted.words], text).toEqual([...new Set(words.map(([word]) => word))]);
      const isNew = (offset: number) => text.startsWith('new', offset) && !words.some(({ index }) => index === offset);
      expect(
        hinted.offsets.filter((offset) => !isNew(offset)),
        text,
      ).toEqual(words.map(({ index }) => index));
    }
  });

  it.each([...POOL_ROUTINES, ...TAG_FIELDS, ...TAG_ROWS].map((row) => row.name))('knows %s', (name) => {
    for (const before of ['', ' ']) {
      const { hinted } = lookAt(`${before}${name}`);
      expect(hinted).toEqual({ offsets: [before.length], words: new Set([name]), poolNames: true });
    }
  });

  it('tells what may be a constant', () => {
    for (const text of texts(20_000)) expect(lookAt(text).mayHoldConstants, text).toBe(CONSTANT.test(text));
  });

  it('holds the names that are defined, and seldom others', () => {
    for (const text of texts(20_000)) {
      const names = [...text.matchAll(DEFINED)].map(([, name]) => hashOf(name));
      expect([...lookAt(text).defined], text).toEqual([...new Set(names)].sort((a, b) => a - b));
    }
  });

  it.each([
    ['f(1)', 'f'],
    ['int größe (x)', 'größe'],
    ['f /* why */\\\n (', 'f'],
    ['Template<int>', 'Template'],
    ['#define A B\n', 'A'],
    ['#define A B // b', 'B'],
    ['#define A B', 'B'],
  ])('holds the name that %j calls', (text, name) => {
    expect(seemsToHold(lookAt(text).called, hashOf(name))).toBe(true);
  });

  it.each(['f [1]', '#define A B C', '(', ' (', '/* a */ ('])('holds no name where %j calls none', (text) => {
    expect(lookAt(text).called).toHaveLength(0);
  });

  it.each([
    ['#include "part.c"', true],
    ['# include\t"../a.b.cpp"', true],
    ['#include "part.h"', false],
    ['#include "c"', false],
    ['#include "part.c\n"', false],
  ])('tells whether %j includes code', (text, includesCode) => {
    expect(lookAt(text).includesCode).toBe(includesCode);
  });
});
