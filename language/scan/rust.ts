/**
 * From the text of a Rust file to its summary: calls of pool routines, which the crates for Windows drivers bind under their
 * own names, constants, and functions. Rust has no preprocessor, so that is all there is.
 */
import { POOL_ROUTINES, type PoolRoutine, RUST_ALLOCATORS } from './allocators.ts';
import { type ArgumentTokens, splitArguments } from './declarations.ts';
import { detached } from './directives.ts';
import type {
  ArgumentText,
  Definition,
  EnclosingDefinition,
  FileSummary,
  Invocation,
  PoolCall,
} from './fileSummary.ts';
import { LineTable } from './lines.ts';
import { poolOfExpression, type WantedNames } from './poolCalls.ts';
import { tokenizeRust } from './rustLexer.ts';
import { TokenKind, TokenList } from './tokens.ts';

const OPEN_PAREN = 0x28;
const DOT = 0x2e;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ROUTINES = new Map<string, PoolRoutine>(POOL_ROUTINES.map((routine) => [routine.name, routine]));
/** The tag of `static GLOBAL: WdkAllocator = WdkAllocator;`. Source: wdk-alloc/src/lib.rs of windows-drivers-rs. */
export const WDK_ALLOCATOR_TAG = 'u32::from_ne_bytes(*b"rust")';
const LONGEST_LINE_TEXT = 200;
/** No constant is written longer than this, tokens. */
const LONGEST_VALUE = 64;

interface OpenFunction {
  readonly definition: EnclosingDefinition;
  /** Braces that are open outside of it. */
  readonly depth: number;
}

const tokens = new TokenList();

class RustReader {
  readonly #text: string;
  readonly #wanted: WantedNames;
  readonly #lines: LineTable;
  readonly #definitions: Definition[] = [];
  readonly #calls: PoolCall[] = [];
  readonly #invocations: Invocation[] = [];
  readonly #functions: EnclosingDefinition[] = [];
  readonly #open: OpenFunction[] = [];
  /** A function whose body has not begun. */
  #coming: EnclosingDefinition | null = null;
  #depth = 0;
  /** Variables of the function at hand. */
  #locals: string[] = [];

  constructor(text: string, wanted: WantedNames) {
    this.#text = text;
    this.#wanted = wanted;
    this.#lines = new LineTable(text);
  }

  read(): FileSummary {
    tokenizeRust(this.#text, tokens);
    for (let i = 0; i < tokens.length; i++) {
      const kind = tokens.kinds[i];
      if (kind === TokenKind.identifier) this.#name(i);
      else if (kind === OPEN_BRACE) this.#openBrace();
      else if (kind === CLOSE_BRACE) this.#closeBrace();
      else if (kind === SEMICOLON) this.#coming = null;
    }
    return {
      includes: [],
      definitions: this.#definitions,
      calls: this.#calls,
      invocations: this.#invocations,
      functions: this.#functions,
      aliases: [],
    };
  }

  #word(i: number): string {
    return tokens.kinds[i] === TokenKind.identifier ? this.#text.slice(tokens.starts[i], tokens.ends[i]) : '';
  }

  #name(i: number): void {
    const word = this.#word(i);
    if (word === 'fn') this.#function(i + 1);
    else if (word === 'const' || word === 'static') this.#constant(i);
    else if (word === 'let') this.#locals.push(this.#word(this.#word(i + 1) === 'mut' ? i + 2 : i + 1));
    else if (tokens.kinds[i + 1] === OPEN_PAREN && this.#word(i - 1) !== 'fn') this.#call(i, word);
  }

  #openBrace(): void {
    if (this.#coming) {
      this.#open.push({ definition: this.#coming, depth: this.#depth });
      this.#coming = null;
      this.#locals = [];
    }
    this.#depth++;
  }

  #closeBrace(): void {
    this.#depth--;
    if (this.#open.at(-1)?.depth === this.#depth) this.#open.pop();
  }

  /** `fn name<T>(a: A, b: B)`, whose name is token `i`. */
  #function(i: number): void {
    const name = this.#word(i);
    let open = i + 1;
    while (open < i + LONGEST_VALUE && tokens.kinds[open] !== OPEN_PAREN) open++;
    const list = tokens.kinds[open] === OPEN_PAREN ? splitArguments(tokens, open, () => 'other') : undefined;
    if (name === '' || !list) return;
    const parameters = list.starts
      .map((from) => this.#word(this.#word(from) === 'mut' ? from + 1 : from))
      .filter((parameter) => parameter !== '' && parameter !== 'self');
    const nameStart = tokens.starts[i];
    this.#coming = {
      kind: 'function',
      name: detached(name),
      parameters,
      defaults: [],
      nameStart,
      line: this.#lines.positionAt(nameStart).line,
      isStatic: false,
      template: null,
    };
    if (this.#wanted.has(name)) this.#functions.push(this.#coming);
  }

  /** `const NAME: TYPE = VALUE;` */
  #constant(i: number): void {
    const at = this.#word(i + 1) === 'mut' ? i + 2 : i + 1;
    if (tokens.kinds[at] !== TokenKind.identifier || tokens.kinds[at + 1] !== COLON) return;
    let equals = at + 2;
    while (equals < at + LONGEST_VALUE && tokens.kinds[equals] !== EQUALS && tokens.kinds[equals] !== SEMICOLON)
      equals++;
    let end = equals + 1;
    while (end < equals + LONGEST_VALUE && end < tokens.length && tokens.kinds[end] !== SEMICOLON) end++;
    if (tokens.kinds[equals] !== EQUALS || tokens.kinds[end] !== SEMICOLON || end === equals + 1) return;
    const type = this.#word(equals - 1);
    if (RUST_ALLOCATORS.includes(type)) this.#wdkAllocator(i, equals - 1);
    const bodyStart = tokens.starts[equals + 1];
    this.#definitions.push({
      name: detached(this.#word(at)),
      kind: 'constant',
      parameters: null,
      owner: '',
      body: detached(this.#text.slice(bodyStart, tokens.ends[end - 1])),
      start: tokens.starts[this.#word(i - 1) === 'pub' ? i - 1 : i],
      end: tokens.ends[end],
      nameStart: tokens.starts[at],
      bodyStart,
      alternative: false,
      condition: '',
    });
  }

  /** The global allocator of the crate wdk-alloc: all that Rust itself allocates. */
  #wdkAllocator(i: number, type: number): void {
    const start = tokens.starts[type];
    const range = this.#lines.rangeOf(start, tokens.ends[type]);
    const tag = { text: WDK_ALLOCATOR_TAG, start, range };
    const more = { pool: 'nonpaged', poolExpression: '', handsOut: false, localConstant: null, hidden: [] } as const;
    const place = { enclosing: null, function: '', inMacro: false, lineText: this.#lineText(tokens.starts[i]) };
    this.#calls.push({ routine: 'ExAllocatePool2', action: 'allocate', start, range, tag, ...more, ...place });
  }

  #call(i: number, word: string): void {
    const routine = ROUTINES.get(word);
    if (!routine && !this.#wanted.has(word)) return;
    const list = splitArguments(tokens, i + 1, () => 'other');
    if (!list) return;
    const start = tokens.starts[i];
    const enclosing = this.#open.at(-1)?.definition ?? null;
    const place = {
      start,
      range: this.#lines.rangeOf(start, tokens.ends[i]),
      enclosing,
      function: enclosing?.name ?? '',
      inMacro: false,
      hidden: [...(enclosing?.parameters ?? []), ...this.#locals],
      handsOut: false,
      lineText: this.#lineText(start),
    };
    const all = this.#arguments(list);
    if (!routine) {
      const qualifier = { kind: tokens.kinds[i - 1] === DOT ? 'object' : 'none' } as const;
      this.#invocations.push({
        ...place,
        name: detached(word),
        qualifier,
        arguments: all.map((argument) => ({ ...argument, local: null })),
      });
      return;
    }
    const { tagArgument, action, name } = routine;
    const tag = tagArgument === null ? null : all[tagArgument];
    if (tag === undefined || all.length !== routine.parameters) return;
    const poolExpression = 'argument' in routine.pool ? (all[routine.pool.argument]?.text ?? '') : '';
    const pool = routine.pool.by === 'routine' ? routine.pool.pool : poolOfExpression(poolExpression);
    this.#calls.push({ ...place, routine: name, action, tag, pool, poolExpression, localConstant: null });
  }

  #arguments(list: ArgumentTokens): ArgumentText[] {
    // Behind a last comma stands no argument.
    const written = list.starts.map((from, n) => [from, list.ends[n]]).filter(([from, to]) => to > from);
    return written.map(([from, to]) => {
      const start = tokens.starts[from];
      const end = tokens.ends[to - 1];
      return { text: detached(this.#text.slice(start, end)), start, range: this.#lines.rangeOf(start, end) };
    });
  }

  #lineText(start: number): string {
    return detached(this.#lines.lineText(start, LONGEST_LINE_TEXT));
  }
}

/** Whether a file of this name is Rust. */
export function isRust(path: string): boolean {
  return path.endsWith('.rs');
}

/** Summarises a Rust file's text; `wanted`: names whose calls and definitions the summary shall hold. Never throws. */
export function summarizeRust(text: string, wanted: WantedNames): FileSummary {
  return new RustReader(text, wanted).read();
}
