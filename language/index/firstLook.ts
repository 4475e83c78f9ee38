/**
 * What is kept of a file's text, so that the text need not be: enough to tell whether the file must be read again when a name
 * becomes of interest.
 */
import { type HintedWords, hintedWordsOf } from '../scan/candidates.ts';

/**
 * Hashes of the names that a text calls, ascending: those in front of a parenthesis or an angle bracket, and both names
 * of a macro that gives another name to something. One time in a thousand or so it holds a name that is not called.
 */
export type CalledNames = Uint16Array;

export interface FirstLook {
  readonly hinted: HintedWords;
  readonly called: CalledNames;
  /** Whether the file seems to include implementation files. */
  readonly includesCode: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOLLAR = 0x24;
const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const STAR = 0x2a;

const WORD = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const isLetter = (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c >= 0x80;
  if (isLetter || (c >= 0x30 && c <= 0x39) || c === UNDERSCORE || c === DOLLAR) WORD[c] = 1;
}

/** Characters of a comment between a name and its parenthesis. */
const LONGEST_COMMENT = 500;

/** `#define A B` with nothing behind it, and `#include "part.c"`. */
const RENAMING = /[ \t]*define[ \t]+([A-Za-z_$][\w$]*)[ \t]+([A-Za-z_$][\w$]*)[ \t]*(?:\r?\n|\/[/*]|$)/y;
const INCLUDED_CODE = /[ \t]*include[ \t]*"[^"\n]*\.c(?:pp|xx|c)?"/y;

function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === CR || code === TAB || code === BACKSLASH;
}

function mixed(hash: number): number {
  return (hash ^ (hash >>> 16)) & 0xffff;
}

/** The hash of a name for {@link seemsToCall}. It is read backwards: a text is searched for what stands behind names. */
export function hashOf(name: string): number {
  let hash = 0;
  for (let i = name.length - 1; i >= 0; i--) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return mixed(hash);
}

/** Collects hashes; marks of one text are told from those of another by a number, so that nothing needs clearing. */
const marks = new Int32Array(0x10000);
let mark = 0;
const collected = new Uint16Array(0x10000);
let count = 0;

function note(hash: number): void {
  if (marks[hash] === mark) return;
  marks[hash] = mark;
  collected[count++] = hash;
}

/** The start of the comment that ends at `end`; -1 where it is none, or so long that nobody writes it there. */
function startOfComment(text: string, end: number): number {
  const least = Math.max(0, end - LONGEST_COMMENT);
  for (let i = end - 3; i >= least; i--) if (text.charCodeAt(i) === SLASH && text.charCodeAt(i + 1) === STAR) return i;
  return -1;
}

/** Notes the names in front of each `bracket` between two offsets. */
function noteCalled(text: string, bracket: string, start: number, end: number): void {
  for (let at = text.indexOf(bracket, start); at >= 0 && at < end; at = text.indexOf(bracket, at + 1)) {
    let i = at - 1;
    let c = text.charCodeAt(i);
    while (i > start && (isSpace(c) || (c === SLASH && text.charCodeAt(i - 1) === STAR))) {
      // A comment may stand between a name and its parenthesis.
      i = c === SLASH ? startOfComment(text, i) - 1 : i - 1;
      c = text.charCodeAt(i);
    }
    const last = i;
    let hash = 0;
    while (i >= start && (c < 256 ? WORD[c] === 1 : true)) {
      hash = (Math.imul(hash, 31) + c) | 0;
      c = text.charCodeAt(--i);
    }
    if (last > i) note(mixed(hash));
  }
}

/** Looks at texts that lie one behind the other in `joined`; `ends` holds the end of each. */
export function looksAt(joined: string, ends: readonly number[]): FirstLook[] {
  const hinted = hintedWordsOf(joined, ends);
  let start = 0;
  return ends.map((end, i) => {
    mark++;
    count = 0;
    noteCalled(joined, '(', start, end);
    noteCalled(joined, '<', start, end);
    let includesCode = false;
    for (let at = joined.indexOf('#', start); at >= 0 && at < end; at = joined.indexOf('#', at + 1)) {
      RENAMING.lastIndex = INCLUDED_CODE.lastIndex = at + 1;
      const renaming = RENAMING.exec(joined);
      if (renaming) for (const name of renaming.slice(1)) note(hashOf(name));
      else includesCode ||= INCLUDED_CODE.test(joined);
    }
    start = end;
    return { hinted: hinted[i], called: collected.slice(0, count).sort(), includesCode };
  });
}

/** Looks at one text. */
export function lookAt(text: string): FirstLook {
  return looksAt(text, [text.length])[0];
}

/** Whether a text seems to call the name with this hash. Never false where it does. */
export function seemsToCall(called: CalledNames, hash: number): boolean {
  let low = 0;
  let high = called.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (called[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return called[low] === hash;
}
