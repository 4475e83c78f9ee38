/** A place in a list of tokens. */
import { TokenKind } from '../scan/tokens.ts';
import { PUNCTUATION, type Tok } from './tokens.ts';

/** Thrown where a statement is not understood; one for all, since many may be. */
export class Unread extends Error {}
export const UNREAD = new Unread('A statement is not understood.');

export class TokenCursor {
  tokens: readonly Tok[] = [];
  at = 0;

  get text(): string {
    return this.tokens[this.at]?.text ?? '';
  }

  get kind(): number {
    return this.tokens[this.at]?.kind ?? TokenKind.end;
  }

  is(text: string): boolean {
    const tok = this.tokens[this.at];
    return tok !== undefined && tok.kind === PUNCTUATION && tok.text === text;
  }

  expect(text: string): void {
    if (!this.is(text)) throw UNREAD;
    this.at++;
  }
}
