import { describe, expect, it } from 'vitest';
import { matchesTagPattern, patternSpecificity } from '../../../../language/tag/tagPattern.ts';

describe('tag pattern', () => {
  it.each([
    ['Abcd', 'Abc?', true],
    ['Abc ', 'Abc?', true],
    ['Abc ', 'Abc', true],
    ['Abc ', 'Abc ', true],
    ['Abcd', 'Abc', false],
    ['abcd', 'Abc?', false],
    ['MmSt', 'Mm*', true],
    ['MmSt', '*t', true],
    ['MmSt', '*S*', true],
    ['MmSt', 'M?S?', true],
    ['MmSt', '*x*', false],
    ['Gh1:', 'Gh?:', true],
    ['Gh 5', 'Gh ?', true],
    ['Irp ', '*p', true],
    ['aaaa', '', false],
    ['aaab', '*a*a*a*c', false],
  ])('%j against %j: %s', (text, pattern, expected) => {
    expect(matchesTagPattern(text, pattern)).toBe(expected);
  });

  it('weighs patterns by what they say', () => {
    expect(patternSpecificity('Ul??')).toBe(2);
    expect(patternSpecificity('CLb*')).toBe(3);
    expect(patternSpecificity('Bu* ')).toBe(2);
    expect(patternSpecificity('*')).toBe(0);
  });
});
