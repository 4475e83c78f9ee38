/** Replaces macros by their bodies, as the preprocessor does, in the tokens of a function. */
import type { Definition } from '../scan/fileSummary.ts';
import { tokenize } from '../scan/lexer.ts';
import { TokenKind, TokenList } from '../scan/tokens.ts';
import { PUNCTUATION, type Tok, tokensAt } from './tokens.ts';

/** The macros that a name may stand for; none where it is no macro. */
export type MacroMeanings = (name: string) => readonly Definition[];

/** What a use of a macro becomes, for readings in which it means the same. */
export interface Expansion {
  readonly tokens: readonly Tok[];
  /** The last token of the use. */
  readonly end: number;
}

const scratch = new TokenList();
const NONE: ReadonlySet<string> = new Set();
const NO_MEANINGS: readonly Definition[] = [];
const DEEPEST = 16;
/** Tokens of one expansion: macros that call each other with ever longer arguments would give any number. */
const MOST_TOKENS = 200_000;

/** The tokens of macro bodies, cut once. */
const bodies = new WeakMap<Definition, readonly Tok[]>();

function bodyOf(definition: Definition): readonly Tok[] {
  let body = bodies.get(definition);
  if (!body) {
    const text = definition.body.replace(/\\\r?\n/g, ' ');
    tokenize(text, scratch);
    body = tokensAt(text, scratch, 0);
    bodies.set(definition, body);
  }
  return body;
}

export class MacroExpander {
  readonly #meanings: MacroMeanings;
  readonly #reading: number;
  #budget = MOST_TOKENS;
  /** Uses of macros with several meanings so far. */
  #ambiguous = 0;
  /** Meanings of the macro that has most of them. */
  mostMeanings = 1;

  /** `reading`: which of its meanings a macro has, by turns. */
  constructor(meanings: MacroMeanings, reading: number) {
    this.#meanings = meanings;
    this.#reading = reading;
  }

  /** Whether an expansion was given up. */
  get isExhausted(): boolean {
    return this.#budget <= 0;
  }

  /** The tokens without macros. `known`: what other readings of these tokens have expanded, and this one adds to. */
  expand(tokens: readonly Tok[], known?: Map<Tok, Expansion>): Tok[] {
    const out: Tok[] = [];
    this.#expandInto(out, tokens, NONE, known);
    return out;
  }

  #expandInto(out: Tok[], tokens: readonly Tok[], active: ReadonlySet<string>, known?: Map<Tok, Expansion>): void {
    for (let i = 0; i < tokens.length; i++) {
      const tok = tokens[i];
      const meanings = tok.kind === TokenKind.identifier ? this.#meanings(tok.text) : NO_MEANINGS;
      if (meanings.length === 0 || !this.#isUse(tokens, i, active)) {
        out.push(tok);
        continue;
      }
      const ambiguous = this.#ambiguous;
      const definition = this.#choose(meanings);
      const isCall = definition.parameters !== null;
      if (isCall && tokens[i + 1]?.text !== '(') {
        out.push(tok);
        continue;
      }
      const before = known?.get(tok);
      if (before) {
        for (const inner of before.tokens) out.push(inner);
        i = before.end;
        continue;
      }
      const from = out.length;
      const { list, end } = isCall ? argumentsAt(tokens, i + 1) : { list: [], end: i };
      if (end < 0) {
        out.push(tok);
        continue;
      }
      // An argument that the body does not name is not looked at.
      const expanded: Tok[][] = [];
      const argument = (position: number) => {
        if (!expanded[position]) {
          expanded[position] = [];
          this.#expandInto(expanded[position], list[position] ?? [], active);
        }
        return expanded[position];
      };
      const body = this.#substitute(definition, list, argument, tok.at);
      if (isCall) this.#budget -= body.length;
      this.#expandInto(out, body, new Set(active).add(tok.text));
      i = end;
      if (this.#ambiguous === ambiguous) known?.set(tok, { tokens: out.slice(from), end });
    }
  }

  /** Whether the name at token `i` may be a macro's: no member, no operator, and not one that is being expanded. */
  #isUse(tokens: readonly Tok[], i: number, active: ReadonlySet<string>): boolean {
    const { text } = tokens[i];
    if (this.#budget <= 0 || active.size > DEEPEST || active.has(text)) return false;
    const previous = tokens[i - 1]?.text;
    return previous !== '.' && previous !== '->' && text !== 'new' && text !== 'delete';
  }

  #choose(meanings: readonly Definition[]): Definition {
    if (meanings.length === 1) return meanings[0];
    this.#ambiguous++;
    this.mostMeanings = Math.max(this.mostMeanings, meanings.length);
    return meanings[this.#reading % meanings.length];
  }

  #substitute(
    definition: Definition,
    raw: readonly Tok[][],
    expanded: (position: number) => readonly Tok[],
    at: number,
  ): Tok[] {
    const parameters = definition.parameters ?? [];
    const out: Tok[] = [];
    const body = bodyOf(definition);
    let pastes = false;
    const push = (list: readonly Tok[]) => {
      if (!pastes || list.length === 0) {
        // `, ##__VA_ARGS__` without arguments takes the comma away.
        if (pastes && out[out.length - 1]?.text === ',') out.pop();
        out.push(...list);
        pastes = false;
        return;
      }
      const last = out[out.length - 1];
      if (last === undefined || (last.kind === PUNCTUATION && last.text !== '#')) out.push(...list);
      else {
        const text = last.text + list[0].text;
        const kind = text.endsWith('"') ? TokenKind.string : text.endsWith("'") ? TokenKind.character : last.kind;
        out[out.length - 1] = { ...last, kind, text };
        out.push(...list.slice(1));
      }
      pastes = false;
    };
    for (let i = 0; i < body.length; i++) {
      const tok = body[i];
      if (tok.text === '##' && tok.kind === PUNCTUATION) {
        pastes = true;
        continue;
      }
      if (tok.text === '#' && parameters.includes(body[i + 1]?.text)) {
        push([{ kind: TokenKind.string, text: '""', at }]);
        i++;
        continue;
      }
      const position = tok.kind === TokenKind.identifier ? positionOf(parameters, tok.text) : -1;
      if (position < 0 && !pastes) out.push({ kind: tok.kind, text: tok.text, at });
      else if (position < 0) push([{ kind: tok.kind, text: tok.text, at }]);
      else {
        const joins = pastes || body[i + 1]?.text === '##';
        const value = (i: number) => (joins ? (raw[i] ?? []) : expanded(i));
        if (!isVariadic(parameters, position)) push(value(position));
        else
          push(
            commaSeparated(
              raw.slice(position).map((_, i) => value(position + i)),
              at,
            ),
          );
      }
    }
    return out;
  }
}

function positionOf(parameters: readonly string[], name: string): number {
  return name === '__VA_ARGS__' ? parameters.findIndex((p) => p.endsWith('...')) : parameters.indexOf(name);
}

function isVariadic(parameters: readonly string[], position: number): boolean {
  return parameters[position].endsWith('...');
}

function commaSeparated(lists: readonly (readonly Tok[])[], at: number): Tok[] {
  return lists.flatMap((list, i) => (i === 0 ? list : [{ kind: PUNCTUATION, text: ',', at }, ...list]));
}

/** The arguments in the parentheses that open at token `open`; `end` is the closing one, -1 where there is none. */
export function argumentsAt(tokens: readonly Tok[], open: number): { list: Tok[][]; end: number } {
  const list: Tok[][] = [];
  let current: Tok[] = [];
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { text, kind } = tokens[i];
    if (kind === PUNCTUATION) {
      if (text === '(' || text === '[' || text === '{') {
        if (depth++ === 0) continue;
      } else if (text === ')' || text === ']' || text === '}') {
        if (--depth === 0) {
          if (current.length > 0 || list.length > 0) list.push(current);
          return { list, end: i };
        }
      } else if (text === ',' && depth === 1) {
        list.push(current);
        current = [];
        continue;
      }
    }
    current.push(tokens[i]);
  }
  return { list: [], end: -1 };
}
