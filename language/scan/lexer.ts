/**
 * A tolerant lexer for C and C++ as drivers write it. It never fails: what it does not understand becomes punctuation.
 *
 * Comments, line continuations and regions that no driver compiles (`#if 0`, other systems) leave no tokens; of other
 * conditionals every branch is kept. A preprocessor directive is one token, from `#` to the end of its last line, whose parts
 * the caller lexes when it needs them.
 */
import { knownCondition } from './conditions.ts';

/** Token kinds below 32; a punctuation token's kind is its character code. */
export const TokenKind = { end: 0, identifier: 1, number: 2, string: 3, character: 4, directive: 5 } as const;

/** Tokens as columns; offsets are UTF-16 units into the lexed text. Reused from file to file. */
export class TokenList {
  length = 0;
  kinds = new Uint8Array(4096);
  starts = new Uint32Array(4096);
  ends = new Uint32Array(4096);

  push(kind: number, start: number, end: number): void {
    if (this.length === this.kinds.length) this.#grow();
    const i = this.length++;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
  }

  #grow(): void {
    const size = this.kinds.length * 2;
    const [kinds, starts, ends] = [new Uint8Array(size), new Uint32Array(size), new Uint32Array(size)];
    kinds.set(this.kinds);
    starts.set(this.starts);
    ends.set(this.ends);
    [this.kinds, this.starts, this.ends] = [kinds, starts, ends];
  }
}

/** `all`: every token. `directives`: preprocessor directives only, several times as fast. */
export type LexMode = 'all' | 'directives';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const STAR = 0x2a;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** 1: may start an identifier; 2: digit; 4: white space; 8: stands for itself. Everything from 0x80 on counts as a letter. */
const CLASSES = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const s = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(s)) CLASSES[c] = 1;
  else if (/[0-9]/.test(s)) CLASSES[c] = 2;
  else if (/[\s\0]/.test(s)) CLASSES[c] = 4;
  else if (/[-!%&()*+,:;<=>?[\]^{|}~]/.test(s)) CLASSES[c] = 8;
}

function classOf(code: number): number {
  return code < 128 ? CLASSES[code] : code === 0xa0 || code === 0xfeff ? 4 : 1;
}

function isWordPart(code: number): boolean {
  return (classOf(code) & 3) !== 0;
}

function endOfBlockComment(text: string, start: number, limit: number): number {
  const close = text.indexOf('*/', start + 2);
  return close < 0 || close + 2 > limit ? limit : close + 2;
}

/** The end of a line, continuation lines included; the newline itself is left out. */
function endOfLine(text: string, start: number, limit: number): number {
  let at = start;
  for (;;) {
    const newline = text.indexOf('\n', at);
    if (newline < 0 || newline >= limit) return limit;
    const before = text.charCodeAt(newline - 1) === CR ? newline - 2 : newline - 1;
    if (before < start || text.charCodeAt(before) !== BACKSLASH) return newline;
    at = newline + 1;
  }
}

/** The end of a string or character constant that starts at `start`; a line end stops an unclosed one. */
function endOfQuoted(text: string, start: number, limit: number): number {
  const quote = text.charCodeAt(start);
  let i = start + 1;
  while (i < limit) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === BACKSLASH) i += text.charCodeAt(i + 1) === CR ? 3 : 2;
    else if (c === LF) return i;
    else i++;
  }
  return limit;
}

/** The end of a raw string whose quote is at `quote`, or 0 where it is none. */
function endOfRawString(text: string, quote: number, limit: number): number {
  // A delimiter has at most 16 characters.
  const length = text.slice(quote + 1, quote + 18).indexOf('(');
  if (length < 0) return 0;
  const open = quote + 1 + length;
  const delimiter = text.slice(quote + 1, open);
  if (/[\s\\)"]/.test(delimiter)) return 0;
  const close = text.indexOf(`)${delimiter}"`, open);
  return close < 0 ? limit : Math.min(limit, close + delimiter.length + 2);
}

const RAW_PREFIX = /^(?:u8|u|U|L)?R$/;
const CHARACTER_PREFIX = /^(?:u8|u|U|L)$/;

/** The end of a directive: a comment in it may run over the line end. */
function endOfDirective(text: string, start: number, limit: number): number {
  let i = start + 1;
  while (i < limit) {
    const c = text.charCodeAt(i);
    if (c === LF) return text.charCodeAt(i - 1) === CR ? i - 1 : i;
    if (c === BACKSLASH) i += text.charCodeAt(i + 1) === CR ? 3 : 2;
    else if (c === SLASH && text.charCodeAt(i + 1) === STAR) i = endOfBlockComment(text, i, limit);
    else if (c === SLASH && text.charCodeAt(i + 1) === SLASH) i = endOfLine(text, i, limit);
    else if (c === QUOTE) i = endOfQuoted(text, i, limit);
    else if (c === APOSTROPHE && !isWordPart(text.charCodeAt(i - 1))) i = endOfQuoted(text, i, limit);
    else i++;
  }
  return limit;
}

function startsLine(text: string, at: number, from: number): boolean {
  for (let i = at - 1; i >= from; i--) {
    const c = text.charCodeAt(i);
    if (c === LF) return true;
    if (c !== SPACE && c !== TAB && c !== CR) {
      // A comment may stand before the hash.
      if (c === SLASH && text.charCodeAt(i - 1) === STAR) {
        i = text.lastIndexOf('/*', i - 2);
        if (i < from) return true;
        continue;
      }
      return false;
    }
  }
  return true;
}

const DIRECTIVE_NAME = /#[ \t]*([a-z]+)/y;

/** The directive's name, such as `define`; empty for a lone `#`. */
export function directiveName(text: string, start: number): string {
  DIRECTIVE_NAME.lastIndex = start;
  return DIRECTIVE_NAME.exec(text)?.[1] ?? '';
}

const SKIP_STOP = /[#/]/g;

/**
 * From `start`, behind a directive that opens a dead branch, to the `#` of the directive that ends it: #else, #elif or
 * #endif of the same level. `limit` where there is none.
 */
function endOfDeadBranch(text: string, start: number, limit: number): number {
  let depth = 0;
  let i = start;
  while (i < limit) {
    SKIP_STOP.lastIndex = i;
    const stop = SKIP_STOP.exec(text);
    if (!stop || stop.index >= limit) return limit;
    i = stop.index;
    if (text.charCodeAt(i) === SLASH) {
      const next = text.charCodeAt(i + 1);
      i = next === STAR ? endOfBlockComment(text, i, limit) : next === SLASH ? endOfLine(text, i, limit) : i + 1;
    } else if (startsLine(text, i, start)) {
      const name = directiveName(text, i);
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') depth++;
      else if (name === 'endif' && depth-- === 0) return i;
      else if ((name === 'else' || name.startsWith('elif')) && depth === 0) return i;
      i = endOfDirective(text, i, limit);
    } else {
      i++;
    }
  }
  return limit;
}

const INTERESTING = /["'#/]/g;

class Lexer {
  readonly #text: string;
  readonly #limit: number;
  readonly #tokens: TokenList;
  readonly #mode: LexMode;
  #at: number;
  readonly #from: number;
  /** For each open conditional: whether a branch that is always taken has been seen. */
  readonly #decided: boolean[] = [];

  constructor(text: string, start: number, limit: number, tokens: TokenList, mode: LexMode) {
    this.#text = text;
    this.#at = start;
    this.#from = start;
    this.#limit = limit;
    this.#tokens = tokens;
    this.#mode = mode;
  }

  run(): void {
    if (this.#mode === 'all') this.#walk();
    else this.#jump();
    this.#tokens.push(TokenKind.end, this.#limit, this.#limit);
  }

  /** Goes from token to token. White space, words and plain punctuation are most of a text: they are dealt with right here. */
  #walk(): void {
    const text = this.#text;
    const tokens = this.#tokens;
    const limit = this.#limit;
    let at = this.#at;
    while (at < limit) {
      const c = text.charCodeAt(at);
      const cls = c < 128 ? CLASSES[c] : classOf(c);
      if (cls === 4) {
        at++;
      } else if (cls === 1) {
        const start = at++;
        let next = 0;
        while (at < limit) {
          next = text.charCodeAt(at);
          if (next < 128 ? (CLASSES[next] & 3) === 0 : !isWordPart(next)) break;
          at++;
        }
        if (at < limit && at - start <= 3 && (next === QUOTE || next === APOSTROPHE)) {
          this.#at = start;
          this.#word();
          at = this.#at;
        } else {
          tokens.push(TokenKind.identifier, start, at);
        }
      } else if (cls === 8) {
        tokens.push(c, at, at + 1);
        at++;
      } else {
        this.#at = at;
        this.#step(c);
        at = this.#at;
      }
    }
    this.#at = limit;
  }

  /** Goes from one character that can hide or start a directive to the next. */
  #jump(): void {
    const text = this.#text;
    while (this.#at < this.#limit) {
      INTERESTING.lastIndex = this.#at;
      const stop = INTERESTING.exec(text);
      if (!stop || stop.index >= this.#limit) return;
      this.#at = stop.index;
      const c = text.charCodeAt(this.#at);
      if (c === SLASH) {
        if (!this.#comment()) this.#at++;
      } else if (c === HASH) {
        if (!this.#directive()) this.#at++;
      } else {
        let word = this.#at;
        while (word > this.#from && isWordPart(text.charCodeAt(word - 1))) word--;
        this.#quotedAfter(text.slice(word, this.#at), this.#at);
      }
    }
  }

  #step(c: number): void {
    const cls = classOf(c);
    if (cls === 4) this.#at++;
    else if (cls === 1) this.#word();
    else if (cls === 2) this.#number();
    else if (c === SLASH) {
      if (!this.#comment()) this.#punctuation(c);
    } else if (c === HASH) {
      if (!this.#directive()) this.#punctuation(c);
    } else if (c === QUOTE || c === APOSTROPHE) this.#quotedAfter('', this.#at);
    else if (c === BACKSLASH) this.#at++;
    else if (c === 0x2e && classOf(this.#text.charCodeAt(this.#at + 1)) === 2) this.#number();
    else this.#punctuation(c);
  }

  #punctuation(c: number): void {
    this.#tokens.push(c, this.#at, this.#at + 1);
    this.#at++;
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let i = start + 1;
    while (i < this.#limit && isWordPart(text.charCodeAt(i))) i++;
    const next = text.charCodeAt(i);
    if ((next === QUOTE || next === APOSTROPHE) && i - start <= 3 && i < this.#limit) {
      const word = text.slice(start, i);
      if (next === QUOTE ? RAW_PREFIX.test(word) || CHARACTER_PREFIX.test(word) : CHARACTER_PREFIX.test(word)) {
        this.#quotedAfter(word, i, start);
        return;
      }
    }
    this.#tokens.push(TokenKind.identifier, start, i);
    this.#at = i;
  }

  #number(): void {
    const text = this.#text;
    const start = this.#at;
    let i = start + 1;
    while (i < this.#limit) {
      const c = text.charCodeAt(i);
      const separator = c === APOSTROPHE && isWordPart(text.charCodeAt(i + 1)) && isWordPart(text.charCodeAt(i - 1));
      if (!isWordPart(c) && c !== 0x2e && !separator) break;
      i++;
    }
    this.#tokens.push(TokenKind.number, start, i);
    this.#at = i;
  }

  /** A constant whose quote is at `quote`, behind the word `prefix`, which may be anything in directives mode. */
  #quotedAfter(prefix: string, quote: number, start = quote): void {
    const text = this.#text;
    const isString = text.charCodeAt(quote) === QUOTE;
    if (!isString && prefix !== '' && !CHARACTER_PREFIX.test(prefix)) {
      this.#at = quote + 1;
      return;
    }
    const raw = isString && RAW_PREFIX.test(prefix) ? endOfRawString(text, quote, this.#limit) : 0;
    const end = Math.min(raw || endOfQuoted(text, quote, this.#limit), this.#limit);
    if (this.#mode === 'all') this.#tokens.push(isString ? TokenKind.string : TokenKind.character, start, end);
    this.#at = end;
  }

  #comment(): boolean {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (next === STAR) this.#at = endOfBlockComment(this.#text, this.#at, this.#limit);
    else if (next === SLASH) this.#at = endOfLine(this.#text, this.#at, this.#limit);
    else return false;
    return true;
  }

  #directive(): boolean {
    const text = this.#text;
    const start = this.#at;
    if (!startsLine(text, start, this.#from)) return false;
    const end = endOfDirective(text, start, this.#limit);
    this.#tokens.push(TokenKind.directive, start, end);
    this.#at = end;
    if (this.#isDead(directiveName(text, start), start, end)) this.#at = endOfDeadBranch(text, end, this.#limit);
    return true;
  }

  /** Whether the branch that the directive opens can never be compiled. */
  #isDead(name: string, start: number, end: number): boolean {
    const decided = this.#decided;
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const condition = knownCondition(this.#text, name, start, end);
        decided.push(condition === true);
        return condition === false;
      }
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        if (decided.length === 0) return false;
        if (decided[decided.length - 1]) return true;
        const condition = knownCondition(this.#text, name, start, end);
        if (condition === true) decided[decided.length - 1] = true;
        return condition === false;
      }
      case 'else':
        return decided.length > 0 && decided[decided.length - 1];
      case 'endif':
        decided.pop();
        return false;
      default:
        return false;
    }
  }
}

/**
 * Fills `tokens` with the tokens of `text` from `start` to `end`, closed by one of kind `end`. Linear in the length of the
 * range.
 */
export function tokenize(
  text: string,
  tokens: TokenList,
  { start = 0, end = text.length, mode = 'all' as LexMode } = {},
): void {
  tokens.length = 0;
  new Lexer(text, start, end, tokens, mode).run();
}
