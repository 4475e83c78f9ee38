/**
 * Statements of a function that were read before. The readings of a function, one for each branch of its #ifs and meaning of
 * its macros, are the same for the most part, and a statement says the same to the graph each time.
 */
import { TokenKind } from '../scan/tokens.ts';
import type { Local, Locals } from './locals.ts';
import type { Tok } from './tokens.ts';

/** What a statement did besides what the graph knows. */
export interface ReadStatement {
  /** Tokens up to the next statement. */
  readonly length: number;
  readonly declares: readonly [name: string, local: Local][];
  readonly troubles: number;
}

interface Entry extends ReadStatement {
  readonly tokens: readonly Tok[];
  /** What its names meant: variables by token, undefined where a token names none. */
  readonly meant: readonly (Local | undefined)[];
  /** No token follows the last one. */
  readonly isLast: boolean;
}

/** A statement that is about to be read. */
export interface Pending {
  readonly tokens: readonly Tok[];
  readonly start: number;
  readonly mark: number;
}

/** Tokens behind a statement that its reading may have looked at. */
const LOOKAHEAD = 3;

export class ReadStatements {
  readonly #locals: Locals;
  /** By the offset of the first token. */
  readonly #entries = new Map<number, Entry[]>();

  constructor(locals: Locals) {
    this.#locals = locals;
  }

  /** The statement that starts at a token, if it was read with the same tokens and the same variables. */
  find(tokens: readonly Tok[], start: number): ReadStatement | undefined {
    return this.#entries.get(tokens[start].at)?.find((entry) => this.#isSame(entry, tokens, start));
  }

  #isSame({ tokens: known, meant, isLast }: Entry, tokens: readonly Tok[], start: number): boolean {
    const left = tokens.length - start;
    if (isLast ? left !== known.length : left < known.length) return false;
    for (let i = 0; i < known.length; i++) {
      const [a, b] = [known[i], tokens[start + i]];
      if (a !== b && (a.at !== b.at || a.kind !== b.kind || a.text !== b.text)) return false;
      if (b.kind === TokenKind.identifier && this.#locals.get(b.text) !== meant[i]) return false;
    }
    return true;
  }

  begin(tokens: readonly Tok[], start: number): Pending {
    return { tokens, start, mark: this.#locals.mark() };
  }

  /** `seen`: behind the last token that the reading depended on. `end`: where the next statement starts. */
  add(
    { tokens: all, start, mark }: Pending,
    { seen, end, troubles }: { readonly seen: number; readonly end: number; readonly troubles: number },
  ): void {
    const behind = seen + LOOKAHEAD;
    const tokens = all.slice(start, behind);
    const declares = this.#locals.since(mark);
    // The names as they were before the statement declared its own.
    this.#locals.restore(mark);
    const meant = tokens.map(({ kind, text }) => (kind === TokenKind.identifier ? this.#locals.get(text) : undefined));
    for (const [name, local] of declares) this.#locals.declare(name, local);
    const entry = { tokens, meant, isLast: behind >= all.length, length: end - start, declares, troubles };
    const known = this.#entries.get(all[start].at);
    if (known) known.push(entry);
    else this.#entries.set(all[start].at, [entry]);
  }
}
