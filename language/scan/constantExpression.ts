/**
 * Evaluates the expressions that drivers write as tags: character constants, numbers, casts, macros and aliases, helper
 * macros that swap or join bytes, and arithmetic; in Rust, bytes made a number. 32-bit unsigned throughout, as a tag is a
 * ULONG. What stands for a value is left to a domain: numbers here, numbers with unknown bits in knownBits.ts.
 */

import { type Domain, NUMBERS, swapBytes } from './domains.ts';
import type { Definition } from './fileSummary.ts';
import { tokenize } from './lexer.ts';
import { byteString, characterConstant, integerConstant } from './literals.ts';
import { TokenKind, TokenList } from './tokens.ts';

/** What a name for a template with its arguments is looked up with, which nobody takes for a value. */
export function typeName(name: string): string {
  return `${name}::`;
}

/** Finds what a name stands for; undefined where it has no constant value. */
export type DefinitionLookup = (name: string) => Definition | undefined;

/** Expansions nested deeper, or longer evaluations, are given up: real tags need a dozen steps. */
const DEEPEST_EXPANSION = 24;
const MOST_STEPS = 4000;
const DEEPEST_NESTING = 100;

const SWAPS = new Set(['_byteswap_ulong', 'RtlUlongByteSwap', '__builtin_bswap32', 'htonl', 'ntohl', 'RtlSwapUlong']);

const WIDTHS: Readonly<Record<string, number>> = {
  UCHAR: 0xff,
  BYTE: 0xff,
  UINT8: 0xff,
  uint8_t: 0xff,
  u8: 0xff,
  CHAR: 0xff,
  char: 0xff,
  USHORT: 0xffff,
  WORD: 0xffff,
  UINT16: 0xffff,
  uint16_t: 0xffff,
  u16: 0xffff,
  short: 0xffff,
};
/** Rust's `u32::from_ne_bytes(*b"rust")`: from the lowest byte, or from the highest. */
const FROM_BYTES: Readonly<Record<string, 'lowest' | 'highest'>> = {
  from_ne_bytes: 'lowest',
  from_le_bytes: 'lowest',
  from_be_bytes: 'highest',
};
const NAMED_CASTS = new Set(['static_cast', 'reinterpret_cast', 'const_cast']);
const TYPE_WORD =
  /^(?:U?LONG(?:32)?|U?INT(?:32)?|DWORD(?:32)?|u?int32_t|unsigned|signed|int|long|const|volatile|UCHAR|BYTE|U?INT8|uint8_t|CHAR|char|USHORT|WORD|UINT16|uint16_t|short|U32|[ui](?:8|16|32)|usize|ULONG_PTR|SIZE_T|size_t)$/;

const PLAIN_CONSTANT = /^'[^'\\\n]{1,4}'$/;

const BINARY: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

/** Thrown and caught in this module only: the expression has no constant value. */
class NotConstant extends Error {}
/** One for all: where it was thrown is of no interest, and takes long to find out. */
const NOT_CONSTANT = new NotConstant();

interface Token {
  readonly kind: number;
  readonly text: string;
}

const scratch = new TokenList();

function tokensOf(expression: string): Token[] {
  tokenize(expression, scratch);
  const tokens: Token[] = [];
  for (let i = 0; i < scratch.length - 1; i++) {
    const start = scratch.starts[i];
    const end = scratch.ends[i];
    const kind = scratch.kinds[i];
    const text = expression.slice(start, end);
    const previous = tokens[tokens.length - 1];
    const joins = previous && start > 0 && scratch.ends[i - 1] === start && previous.text === text;
    if (joins && (text === '<' || text === '>' || text === ':'))
      tokens[tokens.length - 1] = { kind, text: text + text };
    else tokens.push({ kind, text });
  }
  return tokens;
}

class Evaluation<T> {
  #steps = 0;
  readonly #lookup: DefinitionLookup;
  readonly #domain: Domain<T>;
  /** Definitions used, in the order met. */
  readonly used: Definition[] = [];

  constructor(lookup: DefinitionLookup, domain: Domain<T>) {
    this.#lookup = lookup;
    this.#domain = domain;
  }

  evaluate(expression: string, bound: ReadonlyMap<string, T>, depth: number): T {
    if (depth > DEEPEST_EXPANSION) throw NOT_CONSTANT;
    // What most tags are.
    const literal = PLAIN_CONSTANT.test(expression) ? characterConstant(expression) : undefined;
    if (literal !== undefined) return this.#domain.constant(literal);
    const resolve: Resolve<T> = (name, args, owner) =>
      (owner && this.#member(owner, name, bound, depth)) ?? this.#name(name, args, bound, depth);
    const parser = new Parser(tokensOf(expression), this.#domain, resolve);
    const value = parser.whole();
    this.#steps += parser.steps;
    if (this.#steps > MOST_STEPS) throw NOT_CONSTANT;
    return value;
  }

  #name(name: string, args: Arguments<T> | null, bound: ReadonlyMap<string, T>, depth: number): T | undefined {
    const parameter = bound.get(name);
    if (parameter !== undefined) return parameter;
    if (++this.#steps > MOST_STEPS) throw NOT_CONSTANT;
    const definition = this.#lookup(name);
    if (!definition) {
      const [swapped] = args && SWAPS.has(name) ? args() : [];
      return swapped === undefined ? this.#domain.unknown(name) : this.#domain.swapped(swapped);
    }
    this.used.push(definition);
    if (definition.kind !== 'function') return this.evaluate(definition.body, new Map(), depth + 1);
    const values = args?.();
    const parameters = definition.parameters ?? [];
    if (!values || values.length !== parameters.length) throw NOT_CONSTANT;
    return this.evaluate(definition.body, new Map(parameters.map((p, i) => [p, values[i]])), depth + 1);
  }

  /** `Owner::Name`, `Owner<'abcd'>::Name`: a constant of a class; undefined where the owner is not known to have it. */
  #member(owner: Owner, name: string, bound: ReadonlyMap<string, T>, depth: number): T | undefined {
    this.#steps += 2;
    if (this.#steps > MOST_STEPS) throw NOT_CONSTANT;
    const member = this.#lookup(`${owner.name}::${name}`);
    // A template without arguments is itself a name for one with arguments.
    if (!member || (member.parameters && !owner.arguments)) {
      const alias = owner.arguments ? undefined : this.#lookup(typeName(owner.name));
      if (!alias) return undefined;
      this.used.push(alias);
      return this.evaluate(`${alias.body}::${name}`, new Map(), depth + 1);
    }
    const { parameters, body } = member;
    if (!parameters || !owner.arguments) {
      this.used.push(member);
      return this.evaluate(body, new Map(), depth + 1);
    }
    const values = new Map<string, T>();
    for (const [i, parameter] of parameters.entries()) {
      const value = this.#tried(owner.arguments[i] ?? '', bound, depth + 1);
      if (value !== undefined) values.set(parameter, value);
    }
    return this.evaluate(body, values, depth + 1);
  }

  /** The value of a template's argument; undefined where that is a type. */
  #tried(expression: string, bound: ReadonlyMap<string, T>, depth: number): T | undefined {
    try {
      return this.evaluate(expression, bound, depth);
    } catch (error) {
      if (error instanceof NotConstant) return undefined;
      throw error;
    }
  }
}

type Arguments<T> = () => readonly T[];

/** What stands before `::`, with the arguments of a template as written. */
interface Owner {
  readonly name: string;
  readonly arguments: readonly string[] | null;
}

/** `owner` is null for a name without a qualifier. */
type Resolve<T> = (name: string, args: Arguments<T> | null, owner: Owner | null) => T | undefined;

/** Precedence climbing over the tokens of one expression. */
class Parser<T> {
  readonly #tokens: readonly Token[];
  readonly #domain: Domain<T>;
  readonly #resolve: Resolve<T>;
  #at = 0;
  #nesting = 0;
  steps = 0;

  constructor(tokens: readonly Token[], domain: Domain<T>, resolve: Resolve<T>) {
    this.#tokens = tokens;
    this.#domain = domain;
    this.#resolve = resolve;
  }

  whole(): T {
    const value = this.#conditional();
    if (this.#at !== this.#tokens.length) throw NOT_CONSTANT;
    return value;
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  #expect(text: string): void {
    if (this.#peek() !== text) throw NOT_CONSTANT;
    this.#at++;
  }

  /** `condition ? a : b`, whose condition is not looked at. */
  #conditional(): T {
    const mark = this.#questionMark();
    if (mark < 0) return this.#binary(1);
    this.steps += mark - this.#at;
    this.#at = mark + 1;
    if (++this.#nesting > DEEPEST_NESTING) throw NOT_CONSTANT;
    const first = this.#conditional();
    this.#expect(':');
    const second = this.#conditional();
    this.#nesting--;
    return this.#defined(this.#domain.either(first, second));
  }

  /** The `?` of the expression at hand; -1 where there is none. */
  #questionMark(): number {
    let depth = 0;
    for (let i = this.#at; i < this.#tokens.length; i++) {
      const { text } = this.#tokens[i];
      if (text === '(') depth++;
      else if (text === ')' && depth-- === 0) return -1;
      else if (depth > 0) continue;
      else if (text === '?') return i;
      else if (text === ',' || text === ':') return -1;
    }
    return -1;
  }

  #binary(level: number): T {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peek();
      const precedence = BINARY[operator];
      if (precedence === undefined || precedence < level) return left;
      this.#at++;
      left = this.#defined(this.#domain.binary(operator, left, this.#binary(precedence + 1)));
    }
  }

  #unary(): T {
    if (++this.steps > MOST_STEPS || ++this.#nesting > DEEPEST_NESTING) throw NOT_CONSTANT;
    let value = this.#operand();
    // Rust's casts stand behind.
    while (this.#peek() === 'as' && TYPE_WORD.test(this.#tokens[this.#at + 1]?.text ?? '')) {
      value = this.#domain.masked(value, WIDTHS[this.#tokens[this.#at + 1].text] ?? 0xffffffff);
      this.#at += 2;
    }
    this.#nesting--;
    return value;
  }

  #operand(): T {
    const token = this.#tokens[this.#at];
    if (!token) throw NOT_CONSTANT;
    this.#at++;
    if (token.kind === TokenKind.number) return this.#constant(integerConstant(token.text));
    if (token.kind === TokenKind.character) return this.#constant(characterConstant(token.text));
    if (token.kind === TokenKind.identifier) return this.#identifier(token.text);
    switch (token.text) {
      case '-':
        return this.#domain.negated(this.#unary());
      case '+':
        return this.#unary();
      case '~':
        return this.#domain.inverted(this.#unary());
      case '(':
        return this.#parenthesised();
      case '::':
        return this.#unary();
      default:
        throw NOT_CONSTANT;
    }
  }

  #defined(value: T | undefined): T {
    if (value === undefined) throw NOT_CONSTANT;
    return value;
  }

  #constant(value: number | undefined): T {
    if (value === undefined) throw NOT_CONSTANT;
    return this.#domain.constant(value);
  }

  /** A cast, or an expression in parentheses; the opening one has been read. */
  #parenthesised(): T {
    const width = this.#cast();
    if (width !== undefined) return this.#domain.masked(this.#unary(), width);
    const value = this.#conditional();
    this.#expect(')');
    return value;
  }

  /** Reads `TYPE)` and answers the mask of the type, or reads nothing: a name is a type only where an operand follows. */
  #cast(): number | undefined {
    let i = this.#at;
    let mask = 0xffffffff;
    let known = false;
    for (; this.#tokens[i]?.kind === TokenKind.identifier; i++) {
      const word = this.#tokens[i].text;
      mask = WIDTHS[word] ?? mask;
      known ||= TYPE_WORD.test(word);
    }
    if (i === this.#at || this.#tokens[i]?.text !== ')') return undefined;
    const next = this.#tokens[i + 1];
    if (!next) return undefined;
    const startsOperand = next.kind < 32 || next.text === '(' || (known && /^[-+~]$/.test(next.text));
    if (!startsOperand || (!known && next.text === '(' && i === this.#at + 1 && this.#isValue())) return undefined;
    this.#at = i + 1;
    return mask >>> 0;
  }

  /** Whether the name at hand has a value of its own, so that `(NAME)(...)` is no cast. */
  #isValue(): boolean {
    try {
      return this.#resolve(this.#peek(), null, null) !== undefined;
    } catch (error) {
      if (error instanceof NotConstant) return false;
      throw error;
    }
  }

  #identifier(first: string): T {
    let name = first;
    let owner: Owner | null = null;
    for (;;) {
      const list = this.#peek() === '<' ? this.#templateArguments() : null;
      if (this.#peek() !== '::' || this.#tokens[this.#at + 1]?.kind !== TokenKind.identifier) break;
      owner = { name, arguments: list };
      name = this.#tokens[this.#at + 1].text;
      this.#at += 2;
    }
    const order = Object.hasOwn(FROM_BYTES, name) ? FROM_BYTES[name] : undefined;
    if (order) return this.#fromBytes(order);
    if (name === 'b' && this.#tokens[this.#at]?.kind === TokenKind.character) return this.#operand();
    if (NAMED_CASTS.has(name) && this.#peek() === '<') {
      while (this.#at < this.#tokens.length && this.#peek() !== '>') this.#at++;
      this.#at++;
      this.#expect('(');
      return this.#defined(this.#argumentsOf()[0]);
    }
    if (this.#peek() === '(') {
      this.#at++;
      const open = this.#at;
      this.#skipParens();
      const end = this.#at;
      if (TYPE_WORD.test(name)) {
        this.#at = open;
        return this.#defined(this.#argumentsOf()[0]);
      }
      const read = () => {
        this.#at = open;
        const values = this.#argumentsOf();
        this.#at = end;
        return values;
      };
      return this.#defined(this.#resolve(name, read, owner));
    }
    return this.#defined(this.#resolve(name, null, owner));
  }

  /** Reads `<a, b>` where a qualified name goes on behind it, and answers the arguments; else reads nothing. */
  #templateArguments(): readonly string[] | null {
    const list: string[] = [];
    let depth = 0;
    let text = '';
    for (let i = this.#at; i < this.#tokens.length; i++) {
      const token = this.#tokens[i];
      if (token.text === '<' || token.text === '(') depth++;
      else if (token.text === '>' || token.text === ')') depth--;
      else if (token.text === '>>') depth -= 2;
      if (depth === 0) {
        if (this.#tokens[i + 1]?.text !== '::') return null;
        this.steps += i - this.#at;
        this.#at = i + 1;
        return [...list, text];
      }
      if (token.text === ',' && depth === 1) {
        list.push(text);
        text = '';
      } else if (i > this.#at) text += ` ${token.text}`;
    }
    return null;
  }

  /** `(*b"rust")`, whose first character is the lowest or the highest byte. */
  #fromBytes(order: 'lowest' | 'highest'): T {
    this.#expect('(');
    this.#expect('*');
    this.#expect('b');
    const bytes = byteString(this.#peek());
    this.#at++;
    this.#expect(')');
    if (!bytes) throw NOT_CONSTANT;
    const value = bytes.reduceRight((high, byte) => high * 256 + byte, 0);
    return this.#domain.constant(order === 'lowest' ? value : swapBytes(value));
  }

  #skipParens(): void {
    for (let depth = 1; depth > 0; this.#at++) {
      const text = this.#peek();
      if (text === '') throw NOT_CONSTANT;
      if (text === '(') depth++;
      else if (text === ')') depth--;
    }
  }

  #argumentsOf(): T[] {
    const values: T[] = [];
    while (this.#peek() !== ')') {
      values.push(this.#conditional());
      if (this.#peek() === ',') this.#at++;
      else break;
    }
    this.#expect(')');
    return values;
  }
}

/**
 * Evaluates an expression in a domain: its value and the definitions used, the outermost first. Undefined where the domain
 * has no value for it.
 */
export function evaluateIn<T>(
  domain: Domain<T>,
  expression: string,
  lookup: DefinitionLookup,
): { readonly value: T; readonly definitions: readonly Definition[] } | undefined {
  const evaluation = new Evaluation(lookup, domain);
  try {
    const value = evaluation.evaluate(expression, new Map(), 0);
    return { value, definitions: evaluation.used };
  } catch (error) {
    if (error instanceof NotConstant) return undefined;
    throw error;
  }
}

export interface ConstantValue {
  readonly value: number;
  /** The definitions that the value came through, the outermost first. */
  readonly definitions: readonly Definition[];
}

/** The value of a tag expression, undefined where it is not a constant that can be known from the sources. */
export function evaluateConstant(expression: string, lookup: DefinitionLookup): ConstantValue | undefined {
  const found = evaluateIn(NUMBERS, expression, lookup);
  return found && { ...found, value: found.value >>> 0 };
}
