/**
 * One pass over the characters of a text, before anything is lexed: most files hold nothing of interest. What it finds is kept,
 * so that the text need not be: it tells whether a file must be read again when a name becomes of interest.
 */
import { POOL_ROUTINES, RUST_ALLOCATORS, TAG_FIELDS, TAG_ROWS } from './allocators.ts';
import { type Characters, CLASSES, CodeBuffer, codeOf, WHITE, WORD_PART } from './characters.ts';
import { MARK, NEIGHBOURS, NOTHING, PAIRS, TRIGGERS, WORTH } from './hints.ts';
import { WordTable } from './wordTable.ts';

/** Hashes of names, ascending. One time in a thousand or so it seems to hold a name that it does not. */
export type NameHashes = Uint16Array;

export interface FirstLook {
  readonly hinted: HintedWords;
  /**
   * The names that the text calls: those in front of a parenthesis or an angle bracket, and both names of a macro that gives
   * another name to something.
   */
  readonly called: NameHashes;
  /** The names that the text defines as macros, those in comments too. */
  readonly defined: NameHashes;
  /** Whether the file seems to include implementation files. */
  readonly includesCode: boolean;
  /** Whether something may be the value of a tag: a constant of several characters, a typed number. */
  readonly mayHoldConstants: boolean;
}

/** Words of one text that hold a hint. */
export interface HintedWords {
  /** Offsets of the words, and of a `new` before a kind of pool; ascending. */
  readonly offsets: readonly number[];
  /** Each word once. */
  readonly words: ReadonlySet<string>;
  /** Whether there is a routine's name, a tag field's, or a placement new. */
  readonly poolNames: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const DOLLAR = 0x24;
const APOSTROPHE = 0x27;
const OPEN_PAREN = 0x28;
const STAR = 0x2a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const ZERO = 0x30;
const LESS = 0x3c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** What a class of characters in front of a name's parenthesis is, or a part of a word in ASCII. */
const IN_ASCII_WORD = new Uint8Array(256);
for (let c = 0; c < 0x80; c++) if ((CLASSES[c] & WORD_PART) !== 0) IN_ASCII_WORD[c] = 1;
const IN_WORD = new Uint8Array(256);
for (let c = 0; c < 256; c++) if ((CLASSES[c] & WORD_PART) !== 0) IN_WORD[c] = 1;

const POOL_KIND = /^(?:NonPaged|Paged|POOL_)/;
const TAG_WORD = /TAG|Tag/;
/** `new (`, read backwards from the kind of pool or the tag in it. */
const PLACEMENT_NEW = /(?:^|[^\w$])(new)\s*\((?:\s*[\w:.]+\s*,)?\s*$/;
const LONGEST_PLACEMENT_HEAD = 40;
/** Characters of a comment between a name and its parenthesis. */
const LONGEST_COMMENT = 500;
/** Characters of a constant's declaration between `const` and its value. */
const LONGEST_DECLARATION = 40;

const ROUTINES: ReadonlySet<string> = new Set([
  ...[...POOL_ROUTINES, ...TAG_FIELDS, ...TAG_ROWS].map((row) => row.name),
  ...RUST_ALLOCATORS,
]);

/** What is known of a word by itself. */
const IS_ROUTINE = 1;
/** May stand in a placement new. */
const MAY_BE_PLACED = 2;
const ENDS_IN_TAG = 4;

/** Words of all texts, each made into a string once. */
const words = new WordTable((word) => {
  let traits = ROUTINES.has(word) ? IS_ROUTINE : 0;
  if (POOL_KIND.test(word) || TAG_WORD.test(word)) traits |= MAY_BE_PLACED;
  if (word.endsWith('Tag') || word.endsWith('TAG')) traits |= ENDS_IN_TAG;
  return traits;
});

/** Whether a name is that of a routine, of a tag field, or the like. */
export function isPoolName(word: string): boolean {
  return ROUTINES.has(word);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === CR || code === TAB || code === BACKSLASH;
}

function isWhite(code: number): boolean {
  return CLASSES[code] === WHITE && code !== 0;
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function mixed(hash: number): number {
  return (hash ^ (hash >>> 16)) & 0xffff;
}

/** The hash of a name for {@link seemsToHold}. It is read backwards: a text is searched for what stands behind names. */
export function hashOf(name: string): number {
  let hash = 0;
  for (let i = name.length - 1; i >= 0; i--) hash = (Math.imul(hash, 31) + codeOf(name.charCodeAt(i))) | 0;
  return mixed(hash);
}

/** Whether a text seems to hold the name with this hash. Never false where it does. */
export function seemsToHold(names: NameHashes, hash: number): boolean {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return names[low] === hash;
}

/** Collects hashes; marks of one text are told from those of another by a number, so that nothing needs clearing. */
class HashCollector {
  readonly #marks = new Int32Array(0x10000);
  #mark = 0;
  readonly #hashes = new Uint16Array(0x10000);
  #count = 0;

  begin(): void {
    this.#mark++;
    this.#count = 0;
  }

  add(hash: number): void {
    if (this.#marks[hash] === this.#mark) return;
    this.#marks[hash] = this.#mark;
    this.#hashes[this.#count++] = hash;
  }

  take(): NameHashes {
    return this.#hashes.slice(0, this.#count).sort();
  }
}

const DEFINE = Uint8Array.from('define', (c) => c.charCodeAt(0));
const INCLUDE = Uint8Array.from('include', (c) => c.charCodeAt(0));
const CODE_ENDING = /\.c(?:pp|xx|c)?$/;
const LONGEST_ENDING = 4;

const NO_WORDS: ReadonlySet<string> = new Set();
const NO_OFFSETS: readonly number[] = [];

/** Looks at one text after another. */
class Looker {
  readonly #called = new HashCollector();
  readonly #defined = new HashCollector();
  #codes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #offsets: number[] = [];
  #words: Set<string> = new Set();
  /** The end of the last word with a hint. */
  #wordEnd = 0;
  #poolNames = false;
  #includesCode = false;
  #mayHoldConstants = false;

  look({ codes, pairs }: Characters, length: number): FirstLook {
    this.#codes = codes;
    this.#length = length;
    this.#offsets = [];
    this.#words = new Set();
    this.#wordEnd = 0;
    this.#poolNames = this.#includesCode = this.#mayHoldConstants = false;
    this.#called.begin();
    this.#defined.begin();
    const [kinds, neighbours, worth] = [PAIRS, NEIGHBOURS, WORTH];
    const end = (length + 1) >> 1;
    for (let i = 0; ; i++) {
      // Every character of a workspace comes by here: a loop with nothing else in it takes half the time.
      while (i < end && kinds[pairs[i]] === NOTHING) i++;
      if (i >= end) break;
      const kind = kinds[pairs[i]];
      const at = i * 2;
      if (kind === MARK) this.#marks(at);
      else if (at === 0 || worth[(kind << 8) | codes[at + neighbours[kind]]] !== 0) this.#trigger(kind, at);
    }
    const isEmpty = this.#offsets.length === 0;
    return {
      hinted: {
        offsets: isEmpty ? NO_OFFSETS : this.#offsets,
        words: isEmpty ? NO_WORDS : this.#words,
        poolNames: this.#poolNames,
      },
      called: this.#called.take(),
      defined: this.#defined.take(),
      includesCode: this.#includesCode,
      mayHoldConstants: this.#mayHoldConstants,
    };
  }

  /** Looks at two characters of which one at least says something by itself. */
  #marks(at: number): void {
    for (let i = at; i < at + 2; i++) {
      const c = this.#codes[i];
      if (c === OPEN_PAREN || c === LESS) this.#noteCalled(i);
      else if (c === HASH) this.#directive(i + 1);
      else if (c === APOSTROPHE && !this.#mayHoldConstants) this.#mayHoldConstants = this.#isCharacters(i + 1);
    }
  }

  // ---- words with a hint

  /** Looks for what the pair of characters at an offset may be part of. */
  #trigger(kind: number, at: number): void {
    const codes = this.#codes;
    const triggers = TRIGGERS[kind];
    for (let i = 0; i < triggers.length; i++) {
      const { codes: sought, back, isConst } = triggers[i];
      const start = at - back;
      // Of a word that was found, the rest holds nothing new.
      if (start < this.#wordEnd || (isConst && this.#mayHoldConstants)) continue;
      let end = start;
      while (end - start < sought.length && codes[end] === sought[end - start]) end++;
      if (end - start < sought.length) continue;
      if (!isConst) {
        this.#word(start, end);
        return;
      }
      this.#mayHoldConstants = this.#isConstant(start, end);
    }
  }

  /** Takes the word around a hint. */
  #word(start: number, end: number): void {
    const codes = this.#codes;
    let from = start;
    while (from > 0 && IN_ASCII_WORD[codes[from - 1]] === 1) from--;
    let to = end;
    while (IN_ASCII_WORD[codes[to]] === 1) to++;
    const number = words.numberOf(codes, from, to);
    const traits = words.traits(number);
    if ((traits & MAY_BE_PLACED) !== 0) this.#placementNew(from);
    if ((traits & IS_ROUTINE) !== 0) this.#poolNames = true;
    if ((traits & ENDS_IN_TAG) !== 0 && !this.#mayHoldConstants) this.#mayHoldConstants = this.#isNamed(to);
    this.#offsets.push(from);
    this.#words.add(words.string(number));
    this.#wordEnd = to;
  }

  /** Notes `new (Pool` or `new (Pool, TAG`, whose last word begins at `from`. */
  #placementNew(from: number): void {
    const codes = this.#codes;
    let before = from - 1;
    while (before > 0 && isWhite(codes[before])) before--;
    if (codes[before] !== OPEN_PAREN && codes[before] !== COMMA) return;
    const start = Math.max(0, from - LONGEST_PLACEMENT_HEAD);
    const head = PLACEMENT_NEW.exec(String.fromCharCode(...codes.subarray(start, from)));
    if (!head) return;
    const at = from - head[0].length + head[0].indexOf('new');
    const behind = this.#offsets.findLastIndex((offset) => offset < at) + 1;
    // The first argument may be a word with a hint too.
    if (this.#offsets[behind] !== at) this.#offsets.splice(behind, 0, at);
    this.#poolNames = true;
  }

  // ---- constants

  #overWhite(from: number): number {
    let i = from;
    while (isWhite(this.#codes[i])) i++;
    return i;
  }

  /** ` = N`, behind a name for a tag. */
  #isNamed(end: number): boolean {
    const codes = this.#codes;
    const equals = this.#overWhite(end);
    return codes[equals] === EQUALS && isUpper(codes[this.#overWhite(equals + 1)]);
  }

  /** Two to four characters and an apostrophe. */
  #isCharacters(start: number): boolean {
    const codes = this.#codes;
    let i = start;
    for (let count = 0; ; count++) {
      const c = codes[i];
      if (c === APOSTROPHE) return count >= 2;
      if (count === 4 || c === LF || i >= this.#length) return false;
      if (c === BACKSLASH && codes[++i] === LF) return false;
      i++;
    }
  }

  /** `const ULONG Name = 0x` or `= (`, or the same with a brace; `const` stands between the offsets. */
  #isConstant(start: number, end: number): boolean {
    const codes = this.#codes;
    if (start > 0 && codes[start - 1] !== DOLLAR && IN_ASCII_WORD[codes[start - 1]] === 1) return false;
    let i = end;
    if (codes[i] === 0x65 && codes[i + 1] === 0x78 && codes[i + 2] === 0x70 && codes[i + 3] === 0x72) i += 4;
    const name = this.#overWhite(i);
    if (name === i || codes[name] === DOLLAR || IN_ASCII_WORD[codes[name]] === 0) return false;
    for (i = name + 1; isWhite(codes[i]) || (codes[i] !== DOLLAR && IN_ASCII_WORD[codes[i]] === 1); i++)
      if (i > name + LONGEST_DECLARATION) return false;
    if (codes[i] !== EQUALS && codes[i] !== OPEN_BRACE) return false;
    i = this.#overWhite(i + 1);
    return codes[i] === OPEN_PAREN || (codes[i] === ZERO && (codes[i + 1] | 0x20) === 0x78);
  }

  // ---- names

  /** Notes the name in front of the bracket at an offset. */
  #noteCalled(bracket: number): void {
    const codes = this.#codes;
    let i = bracket - 1;
    while (i > 0 && (isSpace(codes[i]) || (codes[i] === SLASH && codes[i - 1] === STAR)))
      // A comment may stand between a name and its parenthesis.
      i = codes[i] === SLASH ? this.#startOfComment(i) - 1 : i - 1;
    const last = i;
    let hash = 0;
    while (i >= 0 && IN_WORD[codes[i]] === 1) hash = (Math.imul(hash, 31) + codes[i--]) | 0;
    if (last > i) this.#called.add(mixed(hash));
  }

  /** The start of the comment that ends at `end`; -1 where it is none, or so long that nobody writes it there. */
  #startOfComment(end: number): number {
    const codes = this.#codes;
    const least = Math.max(0, end - LONGEST_COMMENT);
    for (let i = end - 3; i >= least; i--) if (codes[i] === SLASH && codes[i + 1] === STAR) return i;
    return -1;
  }

  /** The hash of the name from an offset to another. */
  #hash(start: number, end: number): number {
    let hash = 0;
    for (let i = end - 1; i >= start; i--) hash = (Math.imul(hash, 31) + this.#codes[i]) | 0;
    return mixed(hash);
  }

  #overBlanks(from: number): number {
    const codes = this.#codes;
    let i = from;
    while (codes[i] === SPACE || codes[i] === TAB) i++;
    return i;
  }

  #overName(from: number): number {
    const codes = this.#codes;
    if (codes[from] >= ZERO && codes[from] < ZERO + 10) return from;
    let i = from;
    while (IN_ASCII_WORD[codes[i]] === 1) i++;
    return i;
  }

  /** Whether the lower-case word stands at an offset. */
  #isAt(word: Uint8Array, at: number): boolean {
    for (let i = 0; i < word.length; i++) if (this.#codes[at + i] !== word[i]) return false;
    return true;
  }

  #directive(behindHash: number): void {
    const at = this.#overBlanks(behindHash);
    const first = this.#codes[at];
    if (first === DEFINE[0]) {
      if (this.#isAt(DEFINE, at)) this.#define(at + DEFINE.length);
    } else if (first === INCLUDE[0] && !this.#includesCode && this.#isAt(INCLUDE, at)) {
      this.#include(this.#overBlanks(at + INCLUDE.length));
    }
  }

  /** `#define A`; and `#define A B` with nothing behind it. */
  #define(end: number): void {
    const codes = this.#codes;
    const name = this.#overBlanks(end);
    const nameEnd = this.#overName(name);
    if (name === end || nameEnd === name) return;
    const hash = this.#hash(name, nameEnd);
    this.#defined.add(hash);
    const target = this.#overBlanks(nameEnd);
    const targetEnd = this.#overName(target);
    if (target === nameEnd || targetEnd === target) return;
    let i = this.#overBlanks(targetEnd);
    if (codes[i] === CR) i++;
    const isComment = codes[i] === SLASH && (codes[i + 1] === SLASH || codes[i + 1] === STAR);
    if (codes[i] !== LF && !isComment && i !== this.#length) return;
    this.#called.add(hash);
    this.#called.add(this.#hash(target, targetEnd));
  }

  /** `#include "part.c"` and the like. */
  #include(quote: number): void {
    const codes = this.#codes;
    if (codes[quote] !== QUOTE) return;
    let end = quote + 1;
    while (codes[end] !== QUOTE && codes[end] !== LF && end < this.#length) end++;
    if (codes[end] !== QUOTE) return;
    const ending = codes.subarray(Math.max(quote + 1, end - LONGEST_ENDING), end);
    this.#includesCode = CODE_ENDING.test(String.fromCharCode(...ending));
  }
}

const looker = new Looker();
const ownText = new CodeBuffer();

/** Looks at a text of this length by its characters. Time is linear in the length. */
export function lookAtCharacters(characters: Characters, length: number): FirstLook {
  return looker.look(characters, length);
}

/** Looks at one text. */
export function lookAt(text: string): FirstLook {
  return looker.look(ownText.fill(text), text.length);
}
