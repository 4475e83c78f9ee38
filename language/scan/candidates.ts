/** Finds where a text may hold something of interest, before anything is lexed: most files hold nothing. */
import { POOL_ROUTINES, RUST_ALLOCATORS, TAG_FIELDS, TAG_ROWS } from './allocators.ts';
import { detached } from './directives.ts';

/**
 * Parts of words: each routine and field of the table holds one of them, and so do most names of wrappers and tags. One short search
 * for these is three times as fast as one for the names themselves, and its finds answer later questions too.
 */
const HINTED = /[Aa]lloc|ALLOC|Pool|POOL|Look|Free|MemoryC|USBD_C|TAG|Tag|FLT_CONTEXT_REG/;
const HINT = new RegExp(HINTED, 'g');
const POOL_KIND = /^(?:NonPaged|Paged|POOL_)/;
/** `new (`, read backwards from the kind of pool or the tag in it. */
const PLACEMENT_NEW = /(?:^|[^\w$])(new)\s*\((?:\s*[\w:.]+\s*,)?\s*$/;
const TAG_WORD = /TAG|Tag/;
const LONGEST_PLACEMENT_HEAD = 40;

const ROUTINES: ReadonlySet<string> = new Set([
  ...[...POOL_ROUTINES, ...TAG_FIELDS, ...TAG_ROWS].map((row) => row.name),
  ...RUST_ALLOCATORS,
]);

/** Words of one text that hold a hint. */
export interface HintedWords {
  /** Offsets of the words, and of a `new` before a kind of pool; ascending. */
  readonly offsets: readonly number[];
  /** Each word once. */
  readonly words: ReadonlySet<string>;
  /** Whether there is a routine's name, a tag field's, or a placement new. */
  readonly poolNames: boolean;
}

/** Letters, digits, underscore and dollar. */
function isWordCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24
  );
}

const NO_WORDS: HintedWords = { offsets: [], words: new Set(), poolNames: false };

/** Whether {@link hintedWords} finds this word. */
export function isHinted(word: string): boolean {
  return HINTED.test(word);
}

/** Finds the words with a hint in one text. */
export function hintedWords(text: string): HintedWords {
  return hintedWordsOf(text, [text.length])[0];
}

/** Finds the words with a hint in texts that lie one behind the other in `joined`; `ends` holds the end of each. */
export function hintedWordsOf(joined: string, ends: readonly number[]): HintedWords[] {
  const found: HintedWords[] = [];
  HINT.lastIndex = 0;
  let match = HINT.exec(joined);
  let start = 0;
  for (const end of ends) {
    if (!match || match.index >= end) {
      found.push(NO_WORDS);
    } else {
      const offsets: number[] = [];
      const words = new Set<string>();
      let poolNames = false;
      while (match && match.index < end) {
        let from: number = match.index;
        while (from > start && isWordCode(joined.charCodeAt(from - 1))) from--;
        let to = HINT.lastIndex;
        while (to < end && isWordCode(joined.charCodeAt(to))) to++;
        const word = detached(joined.slice(from, to));
        if (POOL_KIND.test(word) || TAG_WORD.test(word)) {
          const head = PLACEMENT_NEW.exec(joined.slice(Math.max(start, from - LONGEST_PLACEMENT_HEAD), from));
          if (head) {
            const at = from - head[0].length + head[0].indexOf('new') - start;
            const behind = offsets.findLastIndex((offset) => offset < at) + 1;
            // The first argument may be a word with a hint too.
            if (offsets[behind] !== at) offsets.splice(behind, 0, at);
            poolNames = true;
          }
        }
        offsets.push(from - start);
        words.add(word);
        poolNames ||= ROUTINES.has(word);
        HINT.lastIndex = to;
        match = HINT.exec(joined);
      }
      found.push({ offsets, words, poolNames });
    }
    start = end;
  }
  return found;
}

/** The word that begins at an offset. */
function wordAt(text: string, start: number): string {
  let end = start + 1;
  while (end < text.length && isWordCode(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

/** Of the hinted words those that may be read as calls: routines, fields, placement new, and wanted names. */
export function callOffsets(
  text: string,
  { offsets }: HintedWords,
  wanted: { has(name: string): boolean },
): readonly number[] {
  return offsets.filter((offset) => {
    const word = wordAt(text, offset);
    return ROUTINES.has(word) || word === 'new' || wanted.has(word);
  });
}

/** The kernel's own routines, which are no wrappers of the project. */
const SYSTEM_PREFIX = /^(?:Co|Ex|Flt|FsRtl|Heap|Io|Ke|Local|Global|Mm|Ndis|Ps|Rtl|Se|Sys|Virtual|Wdf|Zw)[A-Z]/;

/** Whether a name is likely enough a wrapper's that its calls are worth reading before it is known to be one. */
export function soundsLikeWrapper(name: string): boolean {
  return /alloc/i.test(name) && !SYSTEM_PREFIX.test(name);
}

/** A search for names as whole words. */
export class WordSearch {
  /** Without word boundaries in it, the expression is twice as fast. */
  readonly #pattern: RegExp | null;

  constructor(names: Iterable<string>) {
    // Where one name begins another, the longer one must be tried first.
    const parts = [...names]
      // An empty name would be found everywhere, and the search would not get on.
      .filter((name) => name !== '')
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    this.#pattern = parts.length === 0 ? null : new RegExp(parts.join('|'), 'g');
  }

  /** Calls `found` for each name in the text, until it answers false. */
  run(text: string, found: (name: string, offset: number) => boolean): void {
    const pattern = this.#pattern;
    if (!pattern) return;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const { index } = match;
      const end = index + match[0].length;
      const isWord =
        !(index > 0 && isWordCode(text.charCodeAt(index - 1))) &&
        !(end < text.length && isWordCode(text.charCodeAt(end)));
      if (isWord && !found(match[0], index)) return;
    }
  }
}
