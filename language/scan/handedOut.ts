/**
 * Does a function hand out the memory that a call in it allocates? It does where it returns it, or stores it where a
 * parameter points: `return Alloc(n)`, `p = Alloc(n); ... return p;`, `*Out = Alloc(n)`.
 */
import { TokenKind, type TokenList } from './tokens.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const STAR = 0x2a;
const MINUS = 0x2d;
const DOT = 0x2e;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/** Tokens of the longest cast or returned expression looked at. */
const LONGEST_CAST = 16;
const LONGEST_RETURN = 12;

/** A call whose memory the function may hand out further down. */
interface Pending {
  readonly token: number;
  /** The variable that holds the memory. */
  readonly variable: string;
  readonly handOut: () => void;
}

/** Follows the memory of calls through one function after the other. */
export class HandedOut {
  readonly #text: string;
  #pending: Pending[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** A function's body begins. */
  begin(): void {
    this.#pending = [];
  }

  /**
   * Looks where the result of the call at token `i` goes. Calls `handOut` at once or when the function {@link end}s, where
   * it is handed out.
   */
  follow(tokens: TokenList, i: number, parameters: readonly string[], handOut: () => void): void {
    const { kinds } = tokens;
    const before = this.#behindCasts(tokens, i);
    if (this.#word(tokens, before) === 'return') handOut();
    else if (kinds[before] === EQUALS && kinds[before - 1] === TokenKind.identifier) {
      const variable = this.#word(tokens, before - 1);
      const isPointed = kinds[before - 2] === STAR && parameters.includes(variable);
      if (isPointed) handOut();
      else if (!isMember(tokens, before - 1)) this.#pending.push({ token: i, variable, handOut });
    }
  }

  /** The function's body ends at token `end`. */
  end(tokens: TokenList, end: number, parameters: readonly string[]): void {
    let pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const { kinds } = tokens;
    for (let i = pending[0].token; i < end && pending.length > 0; i++) {
      const isReturn = kinds[i] === TokenKind.identifier && this.#word(tokens, i) === 'return';
      const isStore = kinds[i] === EQUALS && kinds[i - 2] === STAR && parameters.includes(this.#word(tokens, i - 1));
      if (!isReturn && !isStore) continue;
      const given = this.#loneVariable(tokens, i + 1);
      pending = pending.filter(({ token, variable, handOut }) => {
        if (token > i || variable !== given) return true;
        handOut();
        return false;
      });
    }
  }

  #word({ kinds, starts, ends }: TokenList, i: number): string {
    return i >= 0 && kinds[i] === TokenKind.identifier ? this.#text.slice(starts[i], ends[i]) : '';
  }

  /** The token in front of a call, casts and parentheses around it left out. */
  #behindCasts(tokens: TokenList, call: number): number {
    const { kinds } = tokens;
    let i = call - 1;
    for (let steps = 0; steps < LONGEST_CAST && i >= 0; steps++) {
      if (kinds[i] === OPEN_PAREN) i = kinds[i - 1] === GREATER ? this.#namedCast(tokens, i - 1) - 1 : i - 1;
      else if (kinds[i] === CLOSE_PAREN) i = openingBefore(tokens, i) - 1;
      else return i;
    }
    return i;
  }

  /** The word of `static_cast<T>`, whose `>` is at token `close`. */
  #namedCast({ kinds }: TokenList, close: number): number {
    let i = close - 1;
    for (; i > close - LONGEST_CAST && kinds[i] !== LESS; i--);
    return i - 1;
  }

  /** The variable that an expression is, casts and parentheses apart; empty where it is something else. */
  #loneVariable(tokens: TokenList, from: number): string {
    const { kinds } = tokens;
    let last = -1;
    for (let i = from; i < from + LONGEST_RETURN; i++) {
      const kind = kinds[i];
      if (kind === SEMICOLON) return last < 0 || isMember(tokens, last) ? '' : this.#word(tokens, last);
      if (kind === TokenKind.identifier) last = i;
      else if (kind !== OPEN_PAREN && kind !== CLOSE_PAREN && kind !== STAR && kind !== LESS && kind !== GREATER)
        return '';
    }
    return '';
  }
}

/** Whether the name at token `i` is a member: `p->Buffer`, `x.Buffer`. */
function isMember({ kinds }: TokenList, i: number): boolean {
  return kinds[i - 1] === DOT || (kinds[i - 1] === GREATER && kinds[i - 2] === MINUS);
}

function openingBefore({ kinds }: TokenList, close: number): number {
  let depth = 0;
  let i = close;
  for (; i >= 0 && i > close - LONGEST_CAST; i--) {
    if (kinds[i] === CLOSE_PAREN) depth++;
    else if (kinds[i] === OPEN_PAREN && --depth === 0) return i;
  }
  return i;
}
