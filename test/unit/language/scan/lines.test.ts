import { describe, expect, it } from 'vitest';
import { LineTable } from '../../../../language/scan/lines.ts';

/** Lines as the LSP has them, by a way that needs no thought. */
function startsOf(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  return starts;
}

describe('lines', () => {
  const texts = [
    '',
    'a',
    '\n',
    '\r',
    '\r\n',
    'a\nb\r\nc\rd',
    '\r\r\n\n\r',
    'a\r\r',
    '\n\n\r\n\r\nx',
    'ab\r\rcd\n\r\nef\r',
  ];

  it.each(texts)('of %j have the positions of their characters', (text) => {
    const starts = startsOf(text);
    for (const forwards of [true, false]) {
      const lines = new LineTable(text);
      for (let n = 0; n <= text.length; n++) {
        const offset = forwards ? n : text.length - n;
        const line = starts.findLastIndex((start) => start <= offset);
        expect(lines.positionAt(offset), `${offset}`).toEqual({ line, character: offset - starts[line] });
      }
    }
  });

  it.each(texts)('of %j end before their line ends', (text) => {
    const lines = new LineTable(text);
    for (const [line, start] of startsOf(text).entries())
      expect(lines.lineAt(start)).toBe(text.split(/\r\n|\n|\r/)[line]);
  });

  it('take a position behind the end of a line for its end, and one behind the text for that', () => {
    const lines = new LineTable('ab\r\ncd');
    expect(lines.offsetAt({ line: 0, character: 9 })).toBe(2);
    expect(lines.offsetAt({ line: 1, character: 1 })).toBe(5);
    expect(lines.offsetAt({ line: 7, character: 0 })).toBe(6);
  });
});
