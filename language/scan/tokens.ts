/** Tokens as columns. */

/** Token kinds below 32; a punctuation token's kind is its character code. */
export const TokenKind = { end: 0, identifier: 1, number: 2, string: 3, character: 4, directive: 5 } as const;

/** Offsets are UTF-16 units into the lexed text. Reused from file to file. */
export class TokenList {
  length = 0;
  kinds = new Uint8Array(4096);
  starts = new Uint32Array(4096);
  ends = new Uint32Array(4096);

  push(kind: number, start: number, end: number): void {
    if (this.length === this.kinds.length) this.grow();
    const i = this.length++;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
  }

  /** Makes room for twice as many. */
  grow(): void {
    const size = this.kinds.length * 2;
    const [kinds, starts, ends] = [new Uint8Array(size), new Uint32Array(size), new Uint32Array(size)];
    kinds.set(this.kinds);
    starts.set(this.starts);
    ends.set(this.ends);
    [this.kinds, this.starts, this.ends] = [kinds, starts, ends];
  }
}
