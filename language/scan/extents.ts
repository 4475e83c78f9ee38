/** Where comments, quoted constants and directives end. Each takes time linear in what it goes over. */
import { isWordPart, type SourceText } from './characters.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const STAR = 0x2a;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

export function endOfBlockComment({ text }: SourceText, start: number, limit: number): number {
  const close = text.indexOf('*/', start + 2);
  return close < 0 || close + 2 > limit ? limit : close + 2;
}

/** The end of a line, continuation lines included; the newline itself is left out. */
export function endOfLine({ text, codes }: SourceText, start: number, limit: number): number {
  let at = start;
  for (;;) {
    const newline = text.indexOf('\n', at);
    if (newline < 0 || newline >= limit) return limit;
    const before = codes[newline - 1] === CR ? newline - 2 : newline - 1;
    if (before < start || codes[before] !== BACKSLASH) return newline;
    at = newline + 1;
  }
}

/** The end of a string or character constant that starts at `start`; a line end stops an unclosed one. */
export function endOfQuoted(codes: Uint8Array, start: number, limit: number): number {
  const quote = codes[start];
  let i = start + 1;
  while (i < limit) {
    const c = codes[i];
    if (c === quote) return i + 1;
    if (c === BACKSLASH) i += codes[i + 1] === CR ? 3 : 2;
    else if (c === LF) return i;
    else i++;
  }
  return limit;
}

/** The end of a raw string whose quote is at `quote`, or 0 where it is none. */
export function endOfRawString(text: string, quote: number, limit: number): number {
  // A delimiter has at most 16 characters.
  const length = text.slice(quote + 1, quote + 18).indexOf('(');
  if (length < 0) return 0;
  const open = quote + 1 + length;
  const delimiter = text.slice(quote + 1, open);
  if (/[\s\\)"]/.test(delimiter)) return 0;
  const close = text.indexOf(`)${delimiter}"`, open);
  return close < 0 ? limit : Math.min(limit, close + delimiter.length + 2);
}

/** The end of a directive: a comment in it may run over the line end. */
export function endOfDirective(source: SourceText, start: number, limit: number): number {
  const { codes } = source;
  let i = start + 1;
  while (i < limit) {
    const c = codes[i];
    if (c > APOSTROPHE && c !== SLASH && c !== BACKSLASH) i++;
    else if (c === LF) return codes[i - 1] === CR ? i - 1 : i;
    else if (c === BACKSLASH) i += codes[i + 1] === CR ? 3 : 2;
    else if (c === SLASH && codes[i + 1] === STAR) i = endOfBlockComment(source, i, limit);
    else if (c === SLASH && codes[i + 1] === SLASH) i = endOfLine(source, i, limit);
    else if (c === QUOTE) i = endOfQuoted(codes, i, limit);
    else if (c === APOSTROPHE && !isWordPart(codes[i - 1])) i = endOfQuoted(codes, i, limit);
    else i++;
  }
  return limit;
}

/** Whether nothing but white space and comments stands between `at` and the start of its line, or `from`. */
export function startsLine({ text, codes }: SourceText, at: number, from: number): boolean {
  for (let i = at - 1; i >= from; i--) {
    const c = codes[i];
    if (c === LF) return true;
    if (c !== SPACE && c !== TAB && c !== CR) {
      // A comment may stand before the hash.
      if (c === SLASH && codes[i - 1] === STAR) {
        i = text.lastIndexOf('/*', i - 2);
        if (i < from) return true;
        continue;
      }
      return false;
    }
  }
  return true;
}
