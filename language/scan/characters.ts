/**
 * Characters as the lexer reads them: one byte a UTF-16 unit. Going through bytes is several times as fast as asking a
 * string for one unit after the other, and what is not ASCII needs no more than a class.
 */

/** Stands for any unit from 0x80 on: letters of other alphabets. */
const LETTER = 0x80;
/** Stands for a space outside ASCII: U+00A0 and the byte-order mark. */
const BLANK = 0x81;

/** Classes of codes. */
export const WORD_START = 1;
export const DIGIT = 2;
/** A character of this class or of {@link DIGIT} or {@link WORD_START} may continue a word. */
export const WORD_PART = 3;
export const WHITE = 4;
/** Stands for itself, whatever comes behind it. */
export const PLAIN = 8;
/** Parentheses and braces, which stand for themselves too. */
export const BRACKET = 16;

/** The class of each code. Everything from 0x80 on counts as a letter. */
export const CLASSES = new Uint8Array(256);
for (let c = 0; c < 128; c++) {
  const s = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(s)) CLASSES[c] = WORD_START;
  else if (/[0-9]/.test(s)) CLASSES[c] = DIGIT;
  else if (/[\s\0]/.test(s)) CLASSES[c] = WHITE;
  else if (/[(){}]/.test(s)) CLASSES[c] = BRACKET;
  else if (/[-!%&*+,:;<=>?[\]^|~]/.test(s)) CLASSES[c] = PLAIN;
}
CLASSES.fill(WORD_START, 128);
CLASSES[BLANK] = WHITE;

export function isWordPart(code: number): boolean {
  return (CLASSES[code] & WORD_PART) !== 0;
}

/** The characters of a text. */
export interface Characters {
  /** The code of each UTF-16 unit, then two 0; what stands behind has no meaning. */
  readonly codes: Uint8Array;
  /** The codes two by two, the first one in the low byte: half as many steps through a text. */
  readonly pairs: Uint16Array;
}

/** A text with its characters. */
export interface SourceText extends Characters {
  readonly text: string;
}

const encoder = new TextEncoder();

/** The code of a UTF-16 unit. */
export function codeOf(unit: number): number {
  return unit < 0x80 ? unit : unit === 0xa0 || unit === 0xfeff ? BLANK : LETTER;
}

/** Holds the characters of one text after another. */
export class CodeBuffer {
  #bytes = Buffer.allocUnsafeSlow(256 * 1024);
  #codes = new Uint8Array(this.#bytes.buffer);
  #pairs = new Uint16Array(this.#bytes.buffer);

  /** A text with its characters, which stand until the next call. */
  fill(text: string): SourceText {
    this.room(text.length);
    const codes = this.#codes;
    // What is not ASCII takes more bytes than units, or does not fit: either shows.
    const { read, written } = encoder.encodeInto(text, codes);
    if (read !== text.length || written !== text.length)
      for (let i = 0; i < text.length; i++) codes[i] = codeOf(text.charCodeAt(i));
    return { text, ...this.characters(text.length) };
  }

  /** Bytes to put an ASCII text of this length into. */
  room(length: number): Buffer {
    if (this.#bytes.length < length + 2) {
      this.#bytes = Buffer.allocUnsafeSlow(2 * length + 2);
      this.#codes = new Uint8Array(this.#bytes.buffer);
      this.#pairs = new Uint16Array(this.#bytes.buffer);
    }
    return this.#bytes;
  }

  /** The characters of the ASCII text of this length that was put into the {@link room}; they stand until the next call. */
  characters(length: number): Characters {
    const [codes, pairs] = [this.#codes, this.#pairs];
    codes[length] = codes[length + 1] = 0;
    return { codes, pairs };
  }

  /** The same with their text. */
  source(length: number): SourceText {
    return { text: this.#bytes.toString('latin1', 0, length), ...this.characters(length) };
  }
}
