/**
 * Bytes written one behind the other, and read back. Numbers are of variable length (seven bits a byte, the low ones first);
 * strings are kept once each, in one run of text behind the rest, so that reading them back is one conversion.
 */

const CONTINUES = 0x80;

/** What is read is not what was written: bytes are missing, or say what cannot be. */
export class BrokenBytes extends Error {}

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Starts anew; what was taken stays as it is. */
  clear(): void {
    this.#length = 0;
  }

  /** An integer from 0 to 2^53 - 1. */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= CONTINUES) {
      this.#bytes[this.#length++] = (rest % CONTINUES) | CONTINUES;
      rest = Math.floor(rest / CONTINUES);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An integer that may be negative. */
  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A number of any kind, in eight bytes. */
  float(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes with their number in front. */
  block(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.bytes(bytes);
  }

  /** A text with its length in front. */
  text(text: string): void {
    const isNarrow = isLatin1(text);
    const size = isNarrow ? text.length : text.length * 2;
    this.number(size * 2 + (isNarrow ? 0 : 1));
    this.#reserve(size);
    this.#length += this.#bytes.write(text, this.#length, isNarrow ? 'latin1' : 'utf16le');
  }

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  number(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = bytes[at++];
    if (value >= CONTINUES) {
      value -= CONTINUES;
      let scale = CONTINUES;
      for (;;) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * scale;
        if (!(byte >= CONTINUES)) break;
        scale *= CONTINUES;
      }
    }
    if (at > this.#end || !Number.isSafeInteger(value)) throw new BrokenBytes('A number runs over the end.');
    this.#at = at;
    return value;
  }

  /** The number of things that follow, each of which takes a byte at least. */
  count(): number {
    const value = this.number();
    if (value > this.#end - this.#at) throw new BrokenBytes('More is announced than there is.');
    return value;
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    const start = this.#skip(8);
    return this.#bytes.readDoubleLE(start);
  }

  /** A view on so many bytes: they live as long as all of them. */
  bytes(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  block(): Uint8Array {
    return this.bytes(this.number());
  }

  text(): string {
    const head = this.number();
    const size = Math.floor(head / 2);
    const start = this.#skip(size);
    return this.#bytes.toString(head % 2 === 0 ? 'latin1' : 'utf16le', start, start + size);
  }

  #skip(count: number): number {
    const start = this.#at;
    if (count > this.#end - start) throw new BrokenBytes('A run of bytes goes over the end.');
    this.#at = start + count;
    return start;
  }
}

function isLatin1(text: string): boolean {
  return /^[\0-\xff]*$/.test(text);
}

/** Strings, each kept once under a number. */
export class StringTable {
  readonly #numbers = new Map<string, number>();
  readonly #strings: string[] = [];

  numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#strings.length;
      this.#numbers.set(text, number);
      this.#strings.push(text);
    }
    return number;
  }

  write(writer: ByteWriter): void {
    writer.number(this.#strings.length);
    for (const { length } of this.#strings) writer.number(length);
    writer.text(this.#strings.join(''));
  }
}

/** The strings of a {@link StringTable}; each is cut out when it is asked for. */
export class StringSource {
  readonly #text: string;
  readonly #ends: Uint32Array;

  constructor(reader: ByteReader) {
    const count = reader.count();
    this.#ends = new Uint32Array(count);
    let end = 0;
    for (let i = 0; i < count; i++) {
      end += reader.number();
      this.#ends[i] = end;
    }
    this.#text = reader.text();
    if (end !== this.#text.length) throw new BrokenBytes('The strings are not as long as they should be.');
  }

  at(number: number): string {
    const ends = this.#ends;
    if (number >= ends.length) throw new BrokenBytes('A string is missing.');
    return this.#text.slice(number === 0 ? 0 : ends[number - 1], ends[number]);
  }
}
