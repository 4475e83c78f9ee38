/**
 * Whole numbers in few bytes: seven bits a byte, the lowest first, the eighth set where more follow (LEB128). Signed ones
 * alternate (0, -1, 1, -2, …), so that small changes either way are short. Exact below 2^52 either way.
 */

/** A growing buffer of such numbers. */
export class VarintWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** 0 to 2^53 - 1. */
  unsigned(value: number): void {
    this.#room(8);
    let rest = value;
    // Shifts are right below 2^31 only.
    while (rest > 0x7fffffff) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Less than 2^52 either way. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A view that holds until the next call. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what {@link VarintWriter} wrote; throws a RangeError where the bytes end within a number or it is too large. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    if (this.atEnd) throw new RangeError('The bytes end too early.');
    return this.#bytes[this.#at++];
  }

  unsigned(): number {
    const bytes = this.#bytes;
    let byte = this.byte();
    if (byte < 0x80) return byte;
    const first = byte & 0x7f;
    // Most numbers have two bytes at the most.
    if (this.#at < bytes.length && bytes[this.#at] < 0x80) return first | (bytes[this.#at++] << 7);
    let value = first;
    let factor = 128;
    do {
      byte = this.#at < bytes.length ? bytes[this.#at++] : this.byte();
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80 && factor < 2 ** 56);
    if (byte >= 0x80 || value > Number.MAX_SAFE_INTEGER) throw new RangeError('A number is too large.');
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    if (value <= 0x7fffffff) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
