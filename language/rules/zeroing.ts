/** Finds the zeroing of memory directly behind its allocation. */

/** A change of a text, in offsets. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const ASSIGNED = /([A-Za-z_][\w.]*(?:\s*->\s*[A-Za-z_][\w.]*)*)\s*=\s*(?:\(\s*[A-Za-z_][\w\s*]*\)\s*)*$/;
const ZEROING = /(?:RtlZeroMemory|NdisZeroMemory|ZeroMemory|memset|RtlFillMemory)\s*\(/y;
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
/** How far behind the allocation it is searched, characters. */
const NEAR = 1500;

/** What the value of the call at `start` is assigned to, as written; undefined where that is nothing plain. */
export function assignedName(text: string, start: number): string | undefined {
  return ASSIGNED.exec(text.slice(Math.max(0, start - 300), start))?.[1];
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

function skipBlank(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

/** The offset behind the bracket that closes the one at `open`; -1 where none does. Strings with brackets give up. */
function behindBracket(text: string, open: number, limit: number): number {
  let depth = 0;
  for (let i = open; i < limit; i++) {
    const c = text[i];
    if (c === '(' || c === '{') depth++;
    else if ((c === ')' || c === '}') && --depth === 0) return i + 1;
    else if (c === '"' || c === '#') return -1;
  }
  return -1;
}

/** Whether the statement of the call at `start` is one that may be passed over: then the variable may hold older memory. */
function isConditional(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 300), start);
  return /\b(?:if|else|for|while|do|case|default)\b|\?/.test(before.slice(before.search(/[^;{}]*$/)));
}

/** The statement that starts at `at` where it zeroes `size` bytes at `name`: the change that removes it. */
function zeroingAt(text: string, at: number, name: string, size: string): TextChange | undefined {
  ZEROING.lastIndex = at;
  const match = ZEROING.exec(text);
  if (!match) return undefined;
  const open = at + match[0].length - 1;
  const close = behindBracket(text, open, text.length);
  const semicolon = close < 0 ? -1 : skipBlank(text, close);
  if (semicolon < 0 || text[semicolon] !== ';') return undefined;
  const written = squeezed(text.slice(open + 1, close - 1));
  const [target, bytes] = [squeezed(name), squeezed(size)];
  const routine = match[0].replace(/\s*\($/, '');
  const wanted = {
    memset: [`${target},0,${bytes}`],
    RtlFillMemory: [`${target},${bytes},0`],
  }[routine] ?? [`${target},${bytes}`];
  if (!wanted.includes(written)) return undefined;
  return wholeLines(text, at, semicolon + 1);
}

/** The range with its line, where nothing else stands on it. */
function wholeLines(text: string, start: number, end: number): TextChange {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  const alone = text.slice(lineStart, start).trim() === '' && text.slice(end, lineEnd).trim() === '';
  return alone ? { start: lineStart, end: lineEnd, text: '' } : { start, end, text: '' };
}

/**
 * The zeroing that an allocation which zeroes makes redundant: the next statement behind the call, in front of it at most
 * one `if` that tests the result, or the first statement of that `if`. `end`: offset behind the call's parenthesis.
 */
export function redundantZeroing(text: string, start: number, end: number, size: string): TextChange | undefined {
  const name = assignedName(text, start);
  if (isConditional(text, start)) return undefined;
  const limit = Math.min(text.length, end + NEAR);
  const semicolon = skipBlank(text, end);
  if (name === undefined || text[semicolon] !== ';') return undefined;
  const next = skipBlank(text, semicolon + 1);
  const direct = zeroingAt(text, next, name, size);
  if (direct || !/^if\s*\(/.test(text.slice(next, next + 20))) return direct;
  const open = text.indexOf('(', next);
  const behindHead = behindBracket(text, open, limit);
  if (behindHead < 0 || !squeezed(text.slice(open, behindHead)).includes(squeezed(name))) return undefined;
  const body = skipBlank(text, behindHead);
  const isBlock = text[body] === '{';
  if (isBlock) {
    const first = zeroingAt(text, skipBlank(text, body + 1), name, size);
    if (first) return first;
  }
  const behindBody = isBlock ? behindBracket(text, body, limit) : text.indexOf(';', body) + 1;
  // What uses the memory before it is zeroed may have written to it.
  if (squeezed(text.slice(body, Math.max(body, behindBody))).includes(squeezed(name))) return undefined;
  return behindBody > 0 && behindBody < limit ? zeroingAt(text, skipBlank(text, behindBody), name, size) : undefined;
}
