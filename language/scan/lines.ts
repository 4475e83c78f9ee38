/** Offsets and positions: lines end with LF, CRLF or CR, as in the LSP. */
import type { SourcePosition, SourceRange } from '../protocol.ts';

const LF = 0x0a;
const CR = 0x0d;
const LONE_CR = /\r(?!\n)/;

/** Turns offsets of one text into positions. Builds its table of lines once. */
export class LineTable {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    // Carriage returns of their own are rare; newlines alone are found much faster.
    if (LONE_CR.test(text)) {
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if (c === LF || (c === CR && text.charCodeAt(i + 1) !== LF)) this.#starts.push(i + 1);
      }
    } else {
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
    }
  }

  positionAt(offset: number): SourcePosition {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return { line: low, character: offset - this.#starts[low] };
  }

  rangeOf(start: number, end: number): SourceRange {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  /** The offset of a position; a character behind the end of its line stands for the line's end. */
  offsetAt(position: SourcePosition): number {
    if (position.line >= this.#starts.length) return this.#text.length;
    const start = this.#starts[position.line];
    return Math.min(start + position.character, start + this.lineAt(start).length);
  }

  /** Offset of the first character of the line that holds `offset`. */
  startOfLine(offset: number): number {
    return this.#starts[this.positionAt(offset).line];
  }

  /** The text of the line that holds `offset`, without its line end. */
  lineAt(offset: number): string {
    const { line } = this.positionAt(offset);
    const end = line + 1 < this.#starts.length ? this.#starts[line + 1] : this.#text.length;
    return this.#text.slice(this.#starts[line], end).replace(/[\r\n]+$/, '');
  }
}
