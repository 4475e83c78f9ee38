/** Tokens of a piece of code as the flow analysis reads them: one branch of each #if at a time, operators whole. */
import { directiveName } from '../scan/deadBranches.ts';
import { TokenKind, type TokenList } from '../scan/tokens.ts';

/** `at`: offset in the file; of what a macro's body gives, that of the outermost use of a macro. */
export interface Tok {
  readonly kind: number;
  readonly text: string;
  readonly at: number;
}

/** Kind of every operator and bracket. */
export const PUNCTUATION = 32;

const OPERATORS = new Set('-> :: == != <= >= && || ++ -- += -= *= /= %= &= |= ^= << >> ## ...'.split(' '));
const LONGEST = 3;
/** The end of no operator. */
const ALONE = /[()[\]{},;]/;

type Item = number | readonly Item[][];

/** Branches of #if followed by one reading of a piece of code; more than these are not all read. */
const MOST_VARIANTS = 16;

/** A range of a file's tokens, with its #if groups. */
export class CodeRange {
  readonly #text: string;
  readonly #tokens: TokenList;
  readonly #items: readonly Item[];
  /** Readings that show every branch at least once. */
  readonly variants: number;
  /** Whether the directives do not fit together, or bring in another file: no reading is whole then. */
  readonly isTorn: boolean;

  constructor(text: string, tokens: TokenList, from: number, to: number) {
    this.#text = text;
    this.#tokens = tokens;
    const open: Item[][][] = [[[]]];
    let torn = false;
    const current = () => open[open.length - 1][open[open.length - 1].length - 1];
    for (let i = from; i < to; i++) {
      if (tokens.kinds[i] !== TokenKind.directive) {
        current().push(i);
        continue;
      }
      const name = directiveName(text, tokens.starts[i]);
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') open.push([[]]);
      else if (name === 'else' || name.startsWith('elif')) {
        if (open.length < 2) torn = true;
        else open[open.length - 1].push([]);
        if (name === 'else') (open[open.length - 1] as { hasElse?: boolean } & Item[][]).hasElse = true;
      } else if (name === 'endif') {
        if (open.length < 2) {
          torn = true;
          continue;
        }
        const group = open.pop() as { hasElse?: boolean } & Item[][];
        if (!group.hasElse) group.push([]);
        current().push(group);
      } else if (name === 'include') torn = true;
    }
    this.#items = open[0][0];
    const count = variantsOf(this.#items);
    this.isTorn = torn || open.length > 1 || count > MOST_VARIANTS;
    this.variants = Math.min(count, MOST_VARIANTS);
  }

  /** The tokens of one reading. */
  read(variant: number): Tok[] {
    const found: Tok[] = [];
    this.#collect(this.#items, variant, found);
    return found;
  }

  #collect(items: readonly Item[], variant: number, found: Tok[]): void {
    for (const item of items) {
      if (typeof item === 'number') this.#push(item, found);
      else this.#collect(item[variant % item.length], Math.floor(variant / item.length), found);
    }
  }

  #push(i: number, found: Tok[]): void {
    const { kinds, starts, ends } = this.#tokens;
    const at = starts[i];
    const text = this.#text.slice(at, ends[i]);
    pushToken(found, kinds[i], text, at, at);
  }
}

function variantsOf(items: readonly Item[]): number {
  let most = 1;
  for (const item of items)
    if (typeof item !== 'number') most = Math.max(most, item.length * Math.max(...item.map(variantsOf)));
  return most;
}

/** Where the last token that was pushed ended; operators are joined only where nothing stands between. */
let lastEnd = -1;

function pushToken(found: Tok[], kind: number, text: string, at: number, offset: number): void {
  const isPunctuation = kind >= PUNCTUATION;
  const last = found[found.length - 1];
  const mayJoin = isPunctuation && lastEnd === offset && !ALONE.test(text);
  if (mayJoin && last?.kind === PUNCTUATION && last.text.length < LONGEST) {
    const joined = last.text + text;
    if (OPERATORS.has(joined) || joined === '<<=' || joined === '>>=' || joined === '..') {
      found[found.length - 1] = { kind: PUNCTUATION, text: joined, at: last.at };
      lastEnd = offset + text.length;
      return;
    }
  }
  found.push({ kind: isPunctuation ? PUNCTUATION : kind, text, at });
  lastEnd = offset + text.length;
}

/** All tokens of a list, as if they stood at `at`. For the bodies of macros. */
export function tokensAt(text: string, tokens: TokenList, at: number): Tok[] {
  const found: Tok[] = [];
  lastEnd = -1;
  for (let i = 0; i < tokens.length - 1; i++) {
    const start = tokens.starts[i];
    const word = text.slice(start, tokens.ends[i]);
    // `#x` in a macro's body puts a parameter between quotes; it starts no directive.
    if (tokens.kinds[i] === TokenKind.directive) {
      found.push({ kind: PUNCTUATION, text: '#', at });
      const name = /^#\s*(\w+)/.exec(word)?.[1];
      if (name !== undefined) found.push({ kind: TokenKind.identifier, text: name, at });
    } else pushToken(found, tokens.kinds[i], word, at, start);
  }
  return found;
}
