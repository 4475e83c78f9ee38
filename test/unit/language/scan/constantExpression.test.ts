import { describe, expect, it } from 'vitest';
import { evaluateConstant } from '../../../../language/scan/constantExpression.ts';
import { summarize } from '../../../../language/scan/summarize.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

const HELPERS = `
#define TAG 'gaTX'
#define ALIAS TAG
#define CAST ((ULONG)ALIAS)
#define SWAP(x) ((((x) & 0xff) << 24) | (((x) & 0xff00) << 8) | (((x) >> 8) & 0xff00) | (((x) >> 24) & 0xff))
#define FOURCC(a, b, c, d) ((ULONG)(UCHAR)(a) | ((ULONG)(UCHAR)(b) << 8) | ((ULONG)(UCHAR)(c) << 16) | ((ULONG)(UCHAR)(d) << 24))
#define LOOP LOOP
#define A0 (A1 + A1)
#define A1 (A2 + A2)
#define A2 (A3 + A3)
#define A3 (A4 + A4)
#define A4 (A5 + A5)
#define A5 (A6 + A6)
#define A6 (A7 + A7)
#define A7 (A8 + A8)
#define A8 (A9 + A9)
#define A9 (B0 + B0)
#define B0 (B1 + B1)
#define B1 (B2 + B2)
#define B2 1
const ULONG kTag = 0x67615458UL;
enum { E_TAG = 'mnuE' };
`;
const definitions = new Map(summarize(HELPERS).definitions.map((d) => [d.name, d]));
const evaluate = (text: string) => {
  const found = evaluateConstant(text, (name) => definitions.get(name));
  return found && tagLabel(found.value);
};

describe('tag expressions', () => {
  it.each([
    ["'gaTX'", 'XTag'],
    ["'  tX'", 'Xt  '],
    ["'ab'", 'ba  '],
    ["'\\0mpV'", 'Vpm '],
    ["'\\x41BCD'", undefined],
    ["'\\101BCD'", 'DCBA'],
    ["'\\'b\\\\c'", "c\\b'"],
    ['0x67615458', 'XTag'],
    ['0X67615458ul', 'XTag'],
    ['1734431832', 'XTag'],
    ['014730252130', 'XTag'],
    ["(ULONG)'gaTX'", 'XTag'],
    ["((UINT32) ('gaTX'))", 'XTag'],
    ['(unsigned long)(TAG)', 'XTag'],
    ["static_cast<ULONG>('gaTX')", 'XTag'],
    ["ULONG('gaTX')", 'XTag'],
    ['TAG', 'XTag'],
    ['CAST', 'XTag'],
    ["SWAP('XTag')", 'XTag'],
    ["FOURCC('X', 'T', 'a', 'g')", 'XTag'],
    ["_byteswap_ulong('XTag')", 'XTag'],
    ["'gaT0' + 8", '8Tag'],
    ["('g' << 24) | ('a' << 16) | ('T' << 8) | 'X'", 'XTag'],
    ["~~'gaTX'", 'XTag'],
    ['kTag', 'XTag'],
    ['Driver::kTag', 'XTag'],
    ['::E_TAG', 'Eunm'],
    ["'toolong'", undefined],
    ["L'ab'", undefined],
    ["''", undefined],
    ['"gaTX"', undefined],
    ['UNKNOWN', undefined],
    ['NDIS_TAG + __LINE__', undefined],
    ['Device->Tag', undefined],
    ['GetTag()', undefined],
    ['1 / 0', undefined],
    ['0x123456789', undefined],
    ['LOOP', undefined],
    ['FOURCC(1)', undefined],
    ["'gaTX' 'x'", undefined],
    ['', undefined],
    ['A0', undefined],
    ['('.repeat(100_000), undefined],
    [`${'-'.repeat(100_000)}1`, undefined],
  ])('%s is %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it('names the definitions a value came through, outermost first', () => {
    const found = evaluateConstant('CAST', (name) => definitions.get(name));
    expect(found?.definitions.map((d) => d.name)).toEqual(['CAST', 'ALIAS', 'TAG']);
  });
});
