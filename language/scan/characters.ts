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

/** A text with its characters. */
export interface SourceText {
  readonly text: string;
  /** The code of each UTF-16 unit, then a 0; what stands behind has no meaning. */
  readonly codes: Uint8Array;
}

const encoder = new TextEncoder();

/** Holds the characters of one text after another. */
export class CodeBuffer {
  #codes = new Uint8Array(64 * 1024);

  /** A text with its characters, which stand until the next call. */
  fill(text: string): SourceText {
    if (this.#codes.length <= text.length) this.#codes = new Uint8Array(text.length * 2);
    const codes = this.#codes;
    // What is not ASCII takes more bytes than units, or does not fit: either shows.
    const { read, written } = encoder.encodeInto(text, codes);
    if (read !== text.length || written !== text.length) {
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        codes[i] = unit < 0x80 ? unit : unit === 0xa0 || unit === 0xfeff ? BLANK : LETTER;
      }
    }
    codes[text.length] = 0;
    return { text, codes };
  }
}
