/**
 * A tolerant lexer for C and C++ as drivers write it. It never fails: what it does not understand becomes punctuation.
 *
 * Comments, line continuations and regions that no driver compiles (`#if 0`, other systems) leave no tokens; of other
 * conditionals every branch is kept. A preprocessor directive is one token, from `#` to the end of its last line, whose parts
 * the caller lexes when it needs them.
 */

import {
  BRACKET,
  CLASSES,
  CodeBuffer,
  DIGIT,
  isWordPart,
  PLAIN,
  type SourceText,
  WHITE,
  WORD_PART,
  WORD_START,
} from './characters.ts';
import { Conditionals, directiveName, endOfDeadBranch } from './deadBranches.ts';
import { endOfBlockComment, endOfDirective, endOfLine, endOfQuoted, endOfRawString, startsLine } from './extents.ts';
import { TokenKind, type TokenList } from './tokens.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const STAR = 0x2a;
const DOT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What stops the way through a function's body: whatever can hide a brace or is one. */
const BODY_STOPS = new Uint8Array(256);
for (const c of [QUOTE, HASH, APOSTROPHE, SLASH, OPEN_BRACE, CLOSE_BRACE]) BODY_STOPS[c] = 1;

/** What can hide a directive, or is one. */
const INTERESTING = /["'#/]/g;

const NO_BODY = -1;

const RAW_PREFIX = /^(?:u8|u|U|L)?R$/;
const CHARACTER_PREFIX = /^(?:u8|u|U|L)$/;

/** Goes through one text. It can stop at braces, so that bodies in which there is nothing of interest are gone over. */
export class Lexer {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #limit: number;
  readonly #tokens: TokenList;
  #at: number;
  readonly #from: number;
  readonly #conditionals: Conditionals;
  /** Braces and parentheses that are open, as far as can be told without regard to #if. */
  #braces = 0;
  #parens = 0;
  /** The number of open braces around the body that is read whole, in which nothing stops. */
  #wholeBody = NO_BODY;

  /** Goes from `start` to `end`, and puts tokens behind those in the list. */
  constructor(source: SourceText, tokens: TokenList, start: number, end: number) {
    this.#source = source;
    this.#text = source.text;
    this.#codes = source.codes;
    this.#at = start;
    this.#from = start;
    this.#limit = end;
    this.#tokens = tokens;
    this.#conditionals = new Conditionals(source.text);
  }

  /** Whether the end has been reached, which is a token too. */
  get isDone(): boolean {
    return this.#tokens.length > 0 && this.#tokens.kinds[this.#tokens.length - 1] === TokenKind.end;
  }

  /** Reads every token up to the end. */
  readAll(): void {
    while (!this.#walk(false));
    this.#tokens.push(TokenKind.end, this.#limit, this.#limit);
  }

  /** Reads directives up to the end. */
  readDirectives(): void {
    this.#jump();
    this.#tokens.push(TokenKind.end, this.#limit, this.#limit);
  }

  /** Reads up to the end, or behind a brace that may open the body of a function. */
  readToBody(): void {
    if (this.#walk(true)) this.#tokens.push(TokenKind.end, this.#limit, this.#limit);
    // Whoever looks ahead finds an end here, not what the list held before.
    else this.#tokens.kinds[this.#tokens.length] = TokenKind.end;
  }

  /** Says that what the last brace opened is to be read whole. */
  readWhole(): void {
    if (this.#wholeBody === NO_BODY) this.#wholeBody = this.#braces - 1;
  }

  /**
   * Goes over the body of the function that the last brace opened; only its braces and directives become tokens. A body that
   * goes on behind the offset `before` is left to be read whole.
   */
  skipBody(before: number): void {
    const { length } = this.#tokens;
    const start = this.#at;
    const conditionals = this.#conditionals.open;
    if (this.#overBody(before)) {
      this.#braces--;
      return;
    }
    this.#tokens.length = length;
    this.#at = start;
    this.#conditionals.open = conditionals;
    this.readWhole();
  }

  /** Goes from token to token. White space, words and plain punctuation are most of a text: they are dealt with right here. */
  #walk(stopsAtBody: boolean): boolean {
    const codes = this.#codes;
    const tokens = this.#tokens;
    const limit = this.#limit;
    const classes = CLASSES;
    let { kinds, starts, ends, length } = tokens;
    let at = this.#at;
    for (;;) {
      // Loops with nothing else in them take half the time.
      while (at < limit && classes[codes[at]] === WHITE) at++;
      if (at >= limit) break;
      const c = codes[at];
      const cls = classes[c];
      if (length === kinds.length) {
        tokens.grow();
        ({ kinds, starts, ends } = tokens);
      }
      if (cls === WORD_START) {
        const start = at++;
        while (at < limit && (classes[codes[at]] & WORD_PART) !== 0) at++;
        if (at - start > 3 || at === limit || (codes[at] !== QUOTE && codes[at] !== APOSTROPHE)) {
          kinds[length] = TokenKind.identifier;
          starts[length] = start;
          ends[length++] = at;
          continue;
        }
        at = start;
      } else if (cls === PLAIN || cls === BRACKET) {
        kinds[length] = c;
        starts[length] = at;
        ends[length++] = ++at;
        if (cls === PLAIN || !this.#bracket(c, at, length > 1 ? kinds[length - 2] : 0) || !stopsAtBody) continue;
        tokens.length = length;
        this.#at = at;
        return false;
      }
      this.#at = at;
      tokens.length = length;
      this.#step(c);
      ({ kinds, starts, ends, length } = tokens);
      at = this.#at;
    }
    tokens.length = length;
    this.#at = limit;
    return true;
  }

  /**
   * Counts a parenthesis or brace, which ends at `end`, behind a token of kind `before`. Answers whether it may open a
   * function's body.
   */
  #bracket(c: number, end: number, before: number): boolean {
    if (c === OPEN_PAREN) {
      this.#parens++;
    } else if (c === CLOSE_PAREN) {
      if (this.#parens > 0) this.#parens--;
    } else if (c === OPEN_BRACE) {
      this.#braces++;
      return (
        this.#wholeBody === NO_BODY && this.#parens === 0 && (before === CLOSE_PAREN || before === TokenKind.identifier)
      );
    } else {
      this.#parens = 0;
      if (this.#braces > 0) this.#braces--;
      // At the start of a line it ends a function, should braces under #if have been counted wrong.
      if (this.#braces <= this.#wholeBody || this.#codes[end - 2] === LF) this.#wholeBody = NO_BODY;
    }
    return false;
  }

  /**
   * Leaves the body that was just entered. Of #if branches each begins at the same depth, and the first one's counts behind
   * them, as the scanner has it. Answers false where the body goes on behind `before`.
   */
  #overBody(before: number): boolean {
    const codes = this.#codes;
    const limit = this.#limit;
    const branches: { readonly start: number; first: number }[] = [];
    const stops = BODY_STOPS;
    let depth = 1;
    let at = this.#at;
    for (;;) {
      while (at < limit && stops[codes[at]] === 0) at++;
      if (at >= limit) break;
      const c = codes[at];
      if (at > before) return false;
      this.#at = at;
      if (c === OPEN_BRACE || c === CLOSE_BRACE) {
        this.#punctuation(c);
        depth += c === OPEN_BRACE ? 1 : -1;
        if (depth === 0) return true;
      } else if (c === SLASH) {
        if (!this.#comment()) this.#at++;
      } else if (c === HASH) {
        if (!this.#directive()) {
          this.#at++;
        } else {
          const name = directiveName(this.#text, at);
          const branch = branches[branches.length - 1];
          if (name.startsWith('if')) {
            branches.push({ start: depth, first: -1 });
          } else if (name === 'else' || name.startsWith('elif')) {
            // A branch that began outside: what is open here is not what was opened there.
            if (!branch) return true;
            if (branch.first < 0) branch.first = depth;
            depth = branch.start;
          } else if (name === 'endif') {
            if (!branch) return true;
            branches.pop();
            if (branch.first >= 0) depth = branch.first;
          }
        }
      } else {
        this.#overQuoted(at);
      }
      at = this.#at;
    }
    this.#at = limit;
    return true;
  }

  /** Goes over the constant that a quote opens, or the number in which an apostrophe separates digits. */
  #overQuoted(quote: number): void {
    const codes = this.#codes;
    let word = quote;
    while (word > this.#from && isWordPart(codes[word - 1])) word--;
    if (codes[quote] === QUOTE) {
      const isRaw = quote - word <= 3 && RAW_PREFIX.test(this.#text.slice(word, quote));
      const raw = isRaw ? endOfRawString(this.#text, quote, this.#limit) : 0;
      this.#at = raw || endOfQuoted(codes, quote, this.#limit);
    } else if (word < quote && CLASSES[codes[word]] === DIGIT && isWordPart(codes[quote + 1])) {
      this.#at = this.#endOfNumber(word);
    } else {
      this.#at = endOfQuoted(codes, quote, this.#limit);
    }
  }

  /** Goes from one character that can hide or start a directive to the next. */
  #jump(): void {
    const text = this.#text;
    while (this.#at < this.#limit) {
      // A regular expression finds the next one faster than a loop.
      INTERESTING.lastIndex = this.#at;
      const stop = INTERESTING.exec(text);
      if (!stop || stop.index >= this.#limit) break;
      this.#at = stop.index;
      const c = text.charCodeAt(this.#at);
      if (c === SLASH) {
        if (!this.#comment()) this.#at++;
      } else if (c === HASH) {
        if (!this.#directive()) this.#at++;
      } else {
        this.#overQuoted(this.#at);
      }
    }
    this.#at = this.#limit;
  }

  #step(c: number): void {
    const cls = CLASSES[c];
    if (cls === WORD_START) this.#word();
    else if (cls === DIGIT) this.#number();
    else if (c === SLASH) {
      if (!this.#comment()) this.#punctuation(c);
    } else if (c === HASH) {
      if (!this.#directive()) this.#punctuation(c);
    } else if (c === QUOTE || c === APOSTROPHE) this.#quoted(this.#at, this.#at);
    else if (c === BACKSLASH) this.#at++;
    else if (c === DOT && CLASSES[this.#codes[this.#at + 1]] === DIGIT) this.#number();
    else this.#punctuation(c);
  }

  #punctuation(c: number): void {
    this.#tokens.push(c, this.#at, this.#at + 1);
    this.#at++;
  }

  /** A word that may be the prefix of a constant. */
  #word(): void {
    const codes = this.#codes;
    const start = this.#at;
    let i = start + 1;
    while (i < this.#limit && isWordPart(codes[i])) i++;
    const next = codes[i];
    if ((next === QUOTE || next === APOSTROPHE) && i - start <= 3 && i < this.#limit) {
      const word = this.#text.slice(start, i);
      if (next === QUOTE ? RAW_PREFIX.test(word) || CHARACTER_PREFIX.test(word) : CHARACTER_PREFIX.test(word)) {
        this.#quoted(start, i);
        return;
      }
    }
    this.#tokens.push(TokenKind.identifier, start, i);
    this.#at = i;
  }

  #number(): void {
    const end = this.#endOfNumber(this.#at);
    this.#tokens.push(TokenKind.number, this.#at, end);
    this.#at = end;
  }

  #endOfNumber(start: number): number {
    const codes = this.#codes;
    let i = start + 1;
    while (i < this.#limit) {
      const c = codes[i];
      const separator = c === APOSTROPHE && isWordPart(codes[i + 1]) && isWordPart(codes[i - 1]);
      if (!isWordPart(c) && c !== DOT && !separator) break;
      i++;
    }
    return i;
  }

  /** A constant that begins at `start` with a prefix, or none, and whose quote is at `quote`. */
  #quoted(start: number, quote: number): void {
    const isString = this.#codes[quote] === QUOTE;
    const isRaw = isString && start < quote && RAW_PREFIX.test(this.#text.slice(start, quote));
    const raw = isRaw ? endOfRawString(this.#text, quote, this.#limit) : 0;
    const end = Math.min(raw || endOfQuoted(this.#codes, quote, this.#limit), this.#limit);
    this.#tokens.push(isString ? TokenKind.string : TokenKind.character, start, end);
    this.#at = end;
  }

  #comment(): boolean {
    const next = this.#codes[this.#at + 1];
    if (next === STAR) this.#at = endOfBlockComment(this.#source, this.#at, this.#limit);
    else if (next === SLASH) this.#at = endOfLine(this.#source, this.#at, this.#limit);
    else return false;
    return true;
  }

  #directive(): boolean {
    const source = this.#source;
    const start = this.#at;
    if (!startsLine(source, start, this.#from)) return false;
    const end = endOfDirective(source, start, this.#limit);
    this.#tokens.push(TokenKind.directive, start, end);
    this.#at = end;
    if (this.#conditionals.opensDeadBranch(directiveName(this.#text, start), start, end))
      this.#at = endOfDeadBranch(source, end, this.#limit);
    return true;
  }
}

const ownText = new CodeBuffer();

/**
 * Fills `tokens` with the tokens of a text from `start` to `end`, closed by one of kind `end`. Linear in the length of the
 * range for a text whose characters are known, else in the length of the text.
 */
export function tokenize(
  source: string | SourceText,
  tokens: TokenList,
  { start = 0, end = (typeof source === 'string' ? source : source.text).length } = {},
): void {
  tokens.length = 0;
  new Lexer(typeof source === 'string' ? ownText.fill(source) : source, tokens, start, end).readAll();
}
