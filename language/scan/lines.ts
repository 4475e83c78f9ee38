/** Offsets and positions: lines end with LF, CRLF or CR, as in the LSP. */
import type { SourcePosition, SourceRange } from '../protocol.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Turns offsets of one text into positions. Finds its lines as far as they are asked for. */
export class LineTable {
  readonly #text: string;
  readonly #starts: number[] = [0];
  #scanned = 0;
  readonly #onlyNewlines: boolean;

  constructor(text: string) {
    this.#text = text;
    this.#onlyNewlines = !text.includes('\r');
  }

  /** Finds the lines up to the one behind `offset`'s. */
  #scanTo(offset: number): void {
    const text = this.#text;
    if (this.#onlyNewlines) {
      // Many times as fast as going through the characters.
      for (;;) {
        const newline = text.indexOf('\n', this.#scanned);
        this.#scanned = newline < 0 ? text.length : newline + 1;
        if (newline < 0) return;
        this.#starts.push(newline + 1);
        if (newline >= offset) return;
      }
    }
    let i = this.#scanned;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c !== LF && (c !== CR || text.charCodeAt(i + 1) === LF)) continue;
      this.#starts.push(i + 1);
      if (i >= offset) {
        i++;
        break;
      }
    }
    this.#scanned = i;
  }

  #lineOf(offset: number): number {
    if (this.#scanned <= offset) this.#scanTo(offset);
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  positionAt(offset: number): SourcePosition {
    const line = this.#lineOf(offset);
    return { line, character: offset - this.#starts[line] };
  }

  rangeOf(start: number, end: number): SourceRange {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  /** The offset of a position; a character behind the end of its line stands for the line's end. */
  offsetAt(position: SourcePosition): number {
    if (position.line >= this.#starts.length) this.#scanTo(this.#text.length);
    if (position.line >= this.#starts.length) return this.#text.length;
    const start = this.#starts[position.line];
    return Math.min(start + position.character, start + this.lineAt(start).length);
  }

  /** The text of the line that holds `offset`, without its line end. */
  lineAt(offset: number): string {
    const line = this.#lineOf(offset);
    const end = line + 1 < this.#starts.length ? this.#starts[line + 1] : this.#text.length;
    return this.#text.slice(this.#starts[line], end).replace(/[\r\n]+$/, '');
  }
}
