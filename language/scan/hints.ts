/**
 * Parts of words that a text is searched for before anything is lexed: each routine and field of the table holds one of them,
 * and so do most names of wrappers and tags. A short search for these answers later questions too.
 */

/**
 * Each with the places of two pairs of characters in it, one at an even place and one at an odd: wherever the hint stands
 * in a text, one of the two is a pair of the text. They are pairs that texts seldom hold.
 */
const HINTS: readonly (readonly [hint: string, even: number, odd: number])[] = [
  ['alloc', 2, 3],
  ['Alloc', 2, 3],
  ['ALLOC', 2, 3],
  ['Pool', 0, 1],
  ['POOL', 0, 1],
  ['Look', 0, 1],
  ['Free', 0, 1],
  ['MemoryC', 0, 5],
  ['USBD_C', 2, 1],
  ['TAG', 0, 1],
  ['Tag', 0, 1],
  ['FLT_CONTEXT_REG', 0, 9],
];

const HINTED = new RegExp(HINTS.map(([hint]) => hint).join('|'));

/** Whether a word holds a hint. */
export function isHinted(word: string): boolean {
  return HINTED.test(word);
}

/** Something to look for where a pair of characters was found. */
export interface Trigger {
  readonly codes: Uint8Array;
  /** Characters from the start of the sought ones to the pair. */
  readonly back: number;
  /** It is the word `const`, and no hint. */
  readonly isConst: boolean;
}

/** Answers of {@link PAIRS}: nothing, a character that says something by itself, or the number of a list of triggers. */
export const NOTHING = 0;
export const MARK = 255;

/** By two characters, what they may be part of. */
export const PAIRS = new Uint8Array(0x10000);
/** By number, what to look for. */
export const TRIGGERS: Trigger[][] = [[]];
/** By number, the place of the character, seen from the pair, that tells best whether it is worth looking. */
export const NEIGHBOURS = new Int8Array(256);
/** By number and that character, whether it is. */
export const WORTH = new Uint8Array(0x10000);

/** In front of a parenthesis or an angle bracket a name is called; a directive; a character constant. */
const MARKS = "(<#'";

for (const mark of MARKS) {
  const code = mark.charCodeAt(0);
  for (let other = 0; other < 256; other++) PAIRS[code | (other << 8)] = PAIRS[other | (code << 8)] = MARK;
}
for (const [hint, ...places] of [...HINTS, ['const', 2, 3] as const]) {
  const codes = Uint8Array.from(hint, (c) => c.charCodeAt(0));
  for (const back of places) {
    const pair = codes[back] | (codes[back + 1] << 8);
    if (PAIRS[pair] === NOTHING) {
      PAIRS[pair] = TRIGGERS.push([]) - 1;
      NEIGHBOURS[PAIRS[pair]] = back > 0 ? -1 : 2;
    }
    const number = PAIRS[pair];
    TRIGGERS[number].push({ codes, back, isConst: hint === 'const' });
    WORTH[(number << 8) | codes[back + NEIGHBOURS[number]]] = 1;
  }
}
