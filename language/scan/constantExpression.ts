/**
 * Evaluates the expressions that drivers write as tags: character constants, numbers, casts, macros and aliases, helper
 * macros that swap or join bytes, and arithmetic. 32-bit unsigned throughout, as a tag is a ULONG.
 */
import type { Definition } from './fileSummary.ts';
import { tokenize } from './lexer.ts';
import { TokenKind, TokenList } from './tokens.ts';

/** Finds what a name stands for; undefined where it has no constant value. */
export type DefinitionLookup = (name: string) => Definition | undefined;

/** Expansions nested deeper, or longer evaluations, are given up: real tags need a dozen steps. */
const DEEPEST_EXPANSION = 24;
const MOST_STEPS = 4000;
const DEEPEST_NESTING = 100;

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  '?': 0x3f,
};

/**
 * The value of a character constant of 1 to 4 characters, as MSVC and GCC compute it: the first character is the highest
 * byte. Undefined for wide constants of several characters, more than 4 characters, and characters outside ASCII.
 */
export function characterConstant(text: string): number | undefined {
  const quote = text.indexOf("'");
  if (text.length < quote + 3 || !text.endsWith("'")) return undefined;
  const body = text.slice(quote + 1, -1);
  const part = /\\(?:x([0-9A-Fa-f]+)|([0-7]{1,3})|\r?\n|(.))|([^\\])/gsy;
  let value = 0;
  let count = 0;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (!match) return undefined;
    const [, hex, octal, escaped, plain] = match;
    let code: number;
    if (hex !== undefined) code = Number.parseInt(hex, 16);
    else if (octal !== undefined) code = Number.parseInt(octal, 8);
    else if (escaped !== undefined) code = SIMPLE_ESCAPES[escaped] ?? escaped.charCodeAt(0);
    else if (plain !== undefined) code = plain.charCodeAt(0) <= 0x7f ? plain.charCodeAt(0) : -1;
    else continue;
    if (code < 0 || code > 0xff || ++count > 4) return undefined;
    value = value * 256 + code;
  }
  if (count === 0 || (quote > 0 && count > 1)) return undefined;
  return value;
}

/** The value of an integer constant, undefined when it is none or has more than 32 bits. */
export function integerConstant(text: string): number | undefined {
  const match = /^(?:0[xX]([0-9A-Fa-f]+)|0[bB]([01]+)|(0[0-7]*)|([1-9]\d*))(?:[uUlL]*|u?i(?:32|64)|ui(?:32|64))$/.exec(
    text.replaceAll("'", ''),
  );
  if (!match) return undefined;
  const [, hex, binary, octal, decimal] = match;
  let value: number;
  if (hex !== undefined) value = Number.parseInt(hex, 16);
  else if (binary !== undefined) value = Number.parseInt(binary, 2);
  else if (octal !== undefined) value = Number.parseInt(octal, 8);
  else value = Number.parseInt(decimal, 10);
  return value <= 0xffffffff ? value : undefined;
}

function swapBytes(value: number): number {
  return ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff);
}

const SWAPS = new Set(['_byteswap_ulong', 'RtlUlongByteSwap', '__builtin_bswap32', 'htonl', 'ntohl', 'RtlSwapUlong']);

const WIDTHS: Readonly<Record<string, number>> = {
  UCHAR: 0xff,
  BYTE: 0xff,
  UINT8: 0xff,
  uint8_t: 0xff,
  CHAR: 0xff,
  char: 0xff,
  USHORT: 0xffff,
  WORD: 0xffff,
  UINT16: 0xffff,
  uint16_t: 0xffff,
  short: 0xffff,
};
const NAMED_CASTS = new Set(['static_cast', 'reinterpret_cast', 'const_cast']);
const TYPE_WORD =
  /^(?:U?LONG(?:32)?|U?INT(?:32)?|DWORD(?:32)?|u?int32_t|unsigned|signed|int|long|const|volatile|UCHAR|BYTE|U?INT8|uint8_t|CHAR|char|USHORT|WORD|UINT16|uint16_t|short|U32|u32|ULONG_PTR|SIZE_T|size_t)$/;

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

function apply(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '&':
      return (a & b) >>> 0;
    case '<<':
      return b < 32 ? (a << b) >>> 0 : 0;
    case '>>':
      return b < 32 ? a >>> b : 0;
    case '+':
      return (a + b) >>> 0;
    case '-':
      return (a - b) >>> 0;
    case '*':
      return Math.imul(a, b) >>> 0;
    case '/':
      return b === 0 ? undefined : Math.floor(a / b);
    default:
      return b === 0 ? undefined : a % b;
  }
}

/** Thrown and caught in this module only: the expression has no constant value. */
class NotConstant extends Error {}

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

class Evaluation {
  #steps = 0;
  readonly #lookup: DefinitionLookup;
  /** Definitions used, in the order met. */
  readonly used: Definition[] = [];

  constructor(lookup: DefinitionLookup) {
    this.#lookup = lookup;
  }

  evaluate(expression: string, bound: ReadonlyMap<string, number>, depth: number): number {
    if (depth > DEEPEST_EXPANSION) throw new NotConstant();
    const parser = new Parser(tokensOf(expression), (name, args) => this.#name(name, args, bound, depth));
    const value = parser.whole();
    this.#steps += parser.steps;
    if (this.#steps > MOST_STEPS) throw new NotConstant();
    return value;
  }

  #name(
    name: string,
    args: (() => readonly number[]) | null,
    bound: ReadonlyMap<string, number>,
    depth: number,
  ): number | undefined {
    const parameter = bound.get(name);
    if (parameter !== undefined) return parameter;
    if (++this.#steps > MOST_STEPS) throw new NotConstant();
    const definition = this.#lookup(name);
    if (!definition) {
      if (args && SWAPS.has(name)) return swapBytes(args()[0] ?? 0) >>> 0;
      return undefined;
    }
    this.used.push(definition);
    if (definition.kind !== 'function') return this.evaluate(definition.body, new Map(), depth + 1);
    const values = args?.();
    const parameters = definition.parameters ?? [];
    if (!values || values.length !== parameters.length) throw new NotConstant();
    return this.evaluate(definition.body, new Map(parameters.map((p, i) => [p, values[i]])), depth + 1);
  }
}

type Resolve = (name: string, args: (() => readonly number[]) | null) => number | undefined;

/** Precedence climbing over the tokens of one expression. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #resolve: Resolve;
  #at = 0;
  #nesting = 0;
  steps = 0;

  constructor(tokens: readonly Token[], resolve: Resolve) {
    this.#tokens = tokens;
    this.#resolve = resolve;
  }

  whole(): number {
    const value = this.#binary(1);
    if (this.#at !== this.#tokens.length) throw new NotConstant();
    return value >>> 0;
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  #expect(text: string): void {
    if (this.#peek() !== text) throw new NotConstant();
    this.#at++;
  }

  #binary(level: number): number {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peek();
      const precedence = BINARY[operator];
      if (precedence === undefined || precedence < level) return left;
      this.#at++;
      const value = apply(operator, left, this.#binary(precedence + 1));
      if (value === undefined) throw new NotConstant();
      left = value;
    }
  }

  #unary(): number {
    if (++this.steps > MOST_STEPS || ++this.#nesting > DEEPEST_NESTING) throw new NotConstant();
    const value = this.#operand();
    this.#nesting--;
    return value;
  }

  #operand(): number {
    const token = this.#tokens[this.#at];
    if (!token) throw new NotConstant();
    this.#at++;
    if (token.kind === TokenKind.number) return this.#defined(integerConstant(token.text));
    if (token.kind === TokenKind.character) return this.#defined(characterConstant(token.text));
    if (token.kind === TokenKind.identifier) return this.#identifier(token.text);
    switch (token.text) {
      case '-':
        return -this.#unary() >>> 0;
      case '+':
        return this.#unary();
      case '~':
        return ~this.#unary() >>> 0;
      case '(':
        return this.#parenthesised();
      case '::':
        return this.#unary();
      default:
        throw new NotConstant();
    }
  }

  #defined(value: number | undefined): number {
    if (value === undefined) throw new NotConstant();
    return value;
  }

  /** A cast, or an expression in parentheses; the opening one has been read. */
  #parenthesised(): number {
    const width = this.#cast();
    if (width !== undefined) return (this.#unary() & width) >>> 0;
    const value = this.#binary(1);
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
      return this.#resolve(this.#peek(), null) !== undefined;
    } catch (error) {
      if (error instanceof NotConstant) return false;
      throw error;
    }
  }

  #identifier(first: string): number {
    let name = first;
    // Of `A::B` the last part is looked up.
    while (this.#peek() === '::' && this.#tokens[this.#at + 1]?.kind === TokenKind.identifier) {
      name = this.#tokens[this.#at + 1].text;
      this.#at += 2;
    }
    if (NAMED_CASTS.has(name) && this.#peek() === '<') {
      while (this.#at < this.#tokens.length && this.#peek() !== '>') this.#at++;
      this.#at++;
      this.#expect('(');
      return this.#argumentsOf()[0] ?? this.#defined(undefined);
    }
    if (this.#peek() === '(') {
      this.#at++;
      const open = this.#at;
      this.#skipParens();
      const end = this.#at;
      if (TYPE_WORD.test(name)) {
        this.#at = open;
        return this.#argumentsOf()[0] ?? this.#defined(undefined);
      }
      const read = () => {
        this.#at = open;
        const values = this.#argumentsOf();
        this.#at = end;
        return values;
      };
      return this.#defined(this.#resolve(name, read));
    }
    return this.#defined(this.#resolve(name, null));
  }

  #skipParens(): void {
    for (let depth = 1; depth > 0; this.#at++) {
      const text = this.#peek();
      if (text === '') throw new NotConstant();
      if (text === '(') depth++;
      else if (text === ')') depth--;
    }
  }

  #argumentsOf(): number[] {
    const values: number[] = [];
    while (this.#peek() !== ')') {
      values.push(this.#binary(1));
      if (this.#peek() === ',') this.#at++;
      else break;
    }
    this.#expect(')');
    return values;
  }
}

export interface ConstantValue {
  readonly value: number;
  /** The definitions that the value came through, the outermost first. */
  readonly definitions: readonly Definition[];
}

/** The value of a tag expression, undefined where it is not a constant that can be known from the sources. */
export function evaluateConstant(expression: string, lookup: DefinitionLookup): ConstantValue | undefined {
  const evaluation = new Evaluation(lookup);
  try {
    const value = evaluation.evaluate(expression, new Map(), 0);
    return { value, definitions: evaluation.used };
  } catch (error) {
    if (error instanceof NotConstant) return undefined;
    throw error;
  }
}
