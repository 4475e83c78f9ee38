/** Branches of #if that are never compiled, and their ends. */
import type { SourceText } from './characters.ts';
import { knownCondition } from './conditions.ts';
import { endOfBlockComment, endOfDirective, endOfLine, startsLine } from './extents.ts';

const TAB = 0x09;
const SPACE = 0x20;
const HASH = 0x23;
const STAR = 0x2a;
const SLASH = 0x2f;
const SMALL_A = 0x61;
const SMALL_Z = 0x7a;

/** The directive's name, such as `define`; empty for a lone `#`. */
export function directiveName(text: string, start: number): string {
  let from = start + 1;
  let c = text.charCodeAt(from);
  while (c === SPACE || c === TAB) c = text.charCodeAt(++from);
  let to = from;
  while (c >= SMALL_A && c <= SMALL_Z) c = text.charCodeAt(++to);
  return text.slice(from, to);
}

/**
 * From `start`, behind a directive that opens a dead branch, to the `#` of the directive that ends it: #else, #elif or
 * #endif of the same level. `limit` where there is none.
 */
export function endOfDeadBranch(source: SourceText, start: number, limit: number): number {
  const { text, codes } = source;
  let depth = 0;
  let i = start;
  while (i < limit) {
    const c = codes[i];
    if (c === SLASH) {
      const next = codes[i + 1];
      i = next === STAR ? endOfBlockComment(source, i, limit) : next === SLASH ? endOfLine(source, i, limit) : i + 1;
    } else if (c === HASH && startsLine(source, i, start)) {
      const name = directiveName(text, i);
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') depth++;
      else if (name === 'endif' && depth-- === 0) return i;
      else if ((name === 'else' || name.startsWith('elif')) && depth === 0) return i;
      i = endOfDirective(source, i, limit);
    } else {
      i++;
    }
  }
  return limit;
}

/** An open conditional and those around it. Never changed, so that it can be kept and gone back to. */
export interface OpenConditional {
  /** Whether a branch that is always taken has been seen. */
  readonly isDecided: boolean;
  readonly outer: OpenConditional | null;
}

/** The conditionals that are open at one place of a text. */
export class Conditionals {
  readonly #text: string;
  /** The innermost one. */
  open: OpenConditional | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes the next directive, from `start` to `end`. Answers whether it opens a branch that is never compiled. */
  opensDeadBranch(name: string, start: number, end: number): boolean {
    const { open } = this;
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const condition = knownCondition(this.#text, name, start, end);
        this.open = { isDecided: condition === true, outer: open };
        return condition === false;
      }
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        if (!open) return false;
        if (open.isDecided) return true;
        const condition = knownCondition(this.#text, name, start, end);
        if (condition === true) this.open = { isDecided: true, outer: open.outer };
        return condition === false;
      }
      case 'else':
        return open?.isDecided === true;
      case 'endif':
        this.open = open?.outer ?? null;
        return false;
      default:
        return false;
    }
  }
}
