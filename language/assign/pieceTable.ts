/** A text under edits that are made one after another, and the edits that lead from the first text to the last. */
import type { PlannedEdit } from './ledgerRecord.ts';

/** A stretch of the first text, or text that was put in. */
type Piece = { readonly start: number; readonly end: number } | { readonly put: string };

export class PieceTable {
  readonly #original: string;
  #pieces: Piece[];
  #text: string;

  constructor(original: string) {
    this.#original = original;
    this.#text = original;
    this.#pieces = [{ start: 0, end: original.length }];
  }

  /** The text as it is now. */
  get text(): string {
    return this.#text;
  }

  /** Replaces a range of the text as it is now. */
  replace(start: number, end: number, put: string): void {
    const pieces: Piece[] = [];
    let at = 0;
    let isPut = false;
    const putHere = () => {
      if (!isPut && put !== '') pieces.push({ put });
      isPut = true;
    };
    for (const piece of this.#pieces) {
      const length = 'put' in piece ? piece.put.length : piece.end - piece.start;
      if (at + length <= start) pieces.push(piece);
      else if (at >= end) {
        putHere();
        pieces.push(piece);
      } else {
        if (at < start) pieces.push(part(piece, 0, start - at));
        putHere();
        if (at + length > end) pieces.push(part(piece, end - at, length));
      }
      at += length;
    }
    putHere();
    this.#pieces = pieces;
    this.#text = this.#text.slice(0, start) + put + this.#text.slice(end);
  }

  /** The edits that make this text of the first, in its order; none that changes nothing. */
  edits(): PlannedEdit[] {
    const edits: PlannedEdit[] = [];
    let from = 0;
    let put = '';
    const close = (start: number) => {
      if (start > from || put !== '') {
        const edit = { start: from, end: start, text: put };
        if (this.#original.slice(from, start) !== put) edits.push(edit);
      }
      put = '';
    };
    for (const piece of this.#pieces) {
      if ('put' in piece) put += piece.put;
      else {
        close(piece.start);
        from = piece.end;
      }
    }
    close(this.#original.length);
    return edits;
  }
}

function part(piece: Piece, from: number, to: number): Piece {
  if ('put' in piece) return { put: piece.put.slice(from, to) };
  return { start: piece.start + from, end: piece.start + to };
}
