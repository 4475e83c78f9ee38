/** Offsets and positions: lines end with LF, CRLF or CR, as in the LSP. */
import type { SourcePosition, SourceRange } from '../protocol.ts';

/** White space in front of a line that counts. */
const MOST_INDENT = 400;

/** Turns offsets of one text into positions. Finds its lines as far as they are asked for. */
export class LineTable {
  readonly #text: string;
  readonly #starts: number[] = [0];
  #scanned = 0;
  /** The line that was found last. */
  #last = 0;
  /** The next CR that was not gone over; the text's length where there is none. */
  #nextReturn: number;

  constructor(text: string) {
    this.#text = text;
    this.#nextReturn = found(text, '\r', 0);
  }

  /** Finds the lines up to the one behind `offset`'s. A search is many times as fast as going through the characters. */
  #scanTo(offset: number): void {
    const text = this.#text;
    const starts = this.#starts;
    while (this.#scanned < text.length && starts[starts.length - 1] <= offset) {
      const newline = found(text, '\n', this.#scanned);
      while (this.#nextReturn < newline) {
        // One that no LF follows ends a line by itself.
        if (this.#nextReturn < newline - 1 || newline === text.length) starts.push(this.#nextReturn + 1);
        this.#nextReturn = found(text, '\r', this.#nextReturn + 1);
      }
      if (newline < text.length) starts.push(newline + 1);
      this.#scanned = newline + 1;
    }
  }

  #lineOf(offset: number): number {
    const starts = this.#starts;
    // Most offsets are asked for close to the one before.
    if (offset >= starts[this.#last] && offset < starts[this.#last + 1]) return this.#last;
    this.#scanTo(offset);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    this.#last = low;
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

  /** What that line says, without the white space around it, cut off behind `longest` characters. */
  lineText(offset: number, longest: number): string {
    const line = this.#lineOf(offset);
    const start = this.#starts[line];
    const end = line + 1 < this.#starts.length ? this.#starts[line + 1] : this.#text.length;
    // A line of generated code may be as long as the file.
    return this.#text
      .slice(start, Math.min(end, start + MOST_INDENT + longest))
      .trim()
      .slice(0, longest);
  }
}

/** Where a character stands next; the text's length where it does not. */
function found(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from);
  return at < 0 ? text.length : at;
}
