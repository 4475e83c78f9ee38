/** Reads the places that give a tag to memory: calls of pool routines, placement new, and assignments to tag fields. */
import type { PoolKind } from '../protocol.ts';
import { POOL_ROUTINES, type PoolRoutine, type PoolSource, TAG_FIELDS, type TagRow } from './allocators.ts';
import { directiveName } from './deadBranches.ts';
import { type ArgumentTokens, splitArguments, splitTemplateArguments } from './declarations.ts';
import { detached } from './directives.ts';
import type { ArgumentText, EnclosingDefinition, Invocation, PoolCall } from './fileSummary.ts';
import { HandedOut } from './handedOut.ts';
import { LineTable } from './lines.ts';
import { TokenKind, type TokenList } from './tokens.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const AMPERSAND = 0x26;
const STAR = 0x2a;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Words after which a call may stand; any other identifier before it makes it a declaration. */
const BEFORE_CALL =
  /^(?:return|else|do|case|goto|throw|new|co_return|co_await|co_yield|__leave|try|__try|in|and|or|not)$/;
/** Words before a name that do not declare it. */
const NO_TYPE = /^(?:return|case|goto|else|throw|delete|sizeof|new|co_return)$/;
const LONGEST_LINE_TEXT = 200;
/** No tag that is assigned to a field is written longer, tokens. */
const LONGEST_FIELD_VALUE = 200;

const ROUTINES = new Map<string, PoolRoutine>(POOL_ROUTINES.map((r) => [r.name, r]));
const FIELDS = new Map(TAG_FIELDS.map((f) => [f.name, f]));
const PLACEMENT_NEW = 'new';
/** What the calls of an `operator new` without a tag are named in a summary. */
export const OPERATOR_NEW = 'operator new';
/** Functions whose name says that they allocate. */
const ALLOCATES = /alloc/i;

/** Which pool an expression of type POOL_TYPE or POOL_FLAGS means, as far as its words say. */
export function poolOfExpression(text: string): PoolKind {
  if (/\bNonPagedPool|\bPOOL_FLAG_NON_PAGED/.test(text)) return 'nonpaged';
  return /\bPagedPool|\bPOOL_FLAG_PAGED\b/.test(text) ? 'paged' : 'unknown';
}

/** Names whose calls are read. */
export interface WantedNames {
  has(name: string): boolean;
}

/** Where a call stands. */
export interface CallScope {
  readonly name: string;
  readonly enclosing: EnclosingDefinition | null;
  readonly parameters: readonly string[];
  readonly inMacro: boolean;
  /** First token of the function's body. */
  readonly start: number;
}

/** Whether a name is that of a pool routine. */
export function isRoutineName(name: string): boolean {
  return ROUTINES.has(name);
}

/** Collects the calls of one file; tokens are handed to it one by one, in the order of the text. */
export class CallReader {
  readonly calls: PoolCall[] = [];
  readonly invocations: Invocation[] = [];
  readonly #text: string;
  readonly #wanted: WantedNames;
  readonly #handedOut: HandedOut;
  #lines: LineTable | null = null;
  /** Local variables of the function whose body starts at token `from`, as far as it was scanned. */
  #locals = { from: -1, scanned: 0, declared: new Map<string, number>() };

  /** `wanted`: names whose calls are read as invocations. */
  constructor(text: string, wanted: WantedNames) {
    this.#text = text;
    this.#wanted = wanted;
    this.#handedOut = new HandedOut(text);
  }

  /** A function's body begins. */
  beginFunction(): void {
    this.#handedOut.begin();
  }

  /** The body of the function with these parameters ends at token `end`. */
  endFunction(tokens: TokenList, end: number, parameters: readonly string[]): void {
    this.#handedOut.end(tokens, end, parameters);
  }

  get lines(): LineTable {
    this.#lines ??= new LineTable(this.#text);
    return this.#lines;
  }

  /** Reads the call that token `i`, a routine's name or the like, begins; does nothing where it begins none. */
  read(tokens: TokenList, i: number, scope: CallScope): void {
    const word = this.#word(tokens, i);
    const routine = ROUTINES.get(word);
    if (routine) this.#routineCall(tokens, i, routine, scope);
    else if (word === PLACEMENT_NEW) this.#placementNew(tokens, i, scope);
    else if (FIELDS.has(word)) this.#field(tokens, i, word, scope);
    if (this.#wanted.has(word)) this.#invocation(tokens, i, word, scope);
  }

  #word(tokens: TokenList, i: number): string {
    return i >= 0 && tokens.kinds[i] === TokenKind.identifier ? this.#text.slice(tokens.starts[i], tokens.ends[i]) : '';
  }

  /** Whether the name at token `i`, which a parenthesis follows, is called rather than declared. */
  #isCallee(tokens: TokenList, i: number): boolean {
    const before = i === 0 ? TokenKind.end : tokens.kinds[i - 1];
    if (before === TokenKind.identifier) return BEFORE_CALL.test(this.#word(tokens, i - 1));
    if (before === DOT) return false;
    if (before === GREATER && tokens.kinds[i - 2] === MINUS) return false;
    // `A::ExAllocatePool2` is somebody else's routine, `::ExAllocatePool2` is the kernel's.
    if (before === COLON && tokens.kinds[i - 2] === COLON) return tokens.kinds[i - 3] !== TokenKind.identifier;
    return true;
  }

  /** What stands before a called name; undefined where the name is declared, not called. */
  #qualifierOf(tokens: TokenList, i: number): Invocation['qualifier'] | undefined {
    const { kinds } = tokens;
    if (kinds[i - 1] === DOT || (kinds[i - 1] === GREATER && kinds[i - 2] === MINUS)) return { kind: 'object' };
    if (kinds[i - 1] === COLON && kinds[i - 2] === COLON && kinds[i - 3] === TokenKind.identifier) {
      const declares = kinds[i - 4] === TokenKind.identifier && !BEFORE_CALL.test(this.#word(tokens, i - 4));
      return declares ? undefined : { kind: 'scope', name: detached(this.#word(tokens, i - 3)) };
    }
    return this.#isCallee(tokens, i) ? { kind: 'none' } : undefined;
  }

  #invocation(tokens: TokenList, i: number, name: string, scope: CallScope): void {
    if (tokens.kinds[i + 1] === LESS) {
      const list = splitTemplateArguments(tokens, i + 1);
      if (!list || this.#isStandard(tokens, i)) return;
      const after = tokens.kinds[list.end + 1];
      // A pointer or a reference makes nothing, nor does `Class<...>::constant`.
      const isConstant = after === COLON && tokens.kinds[list.end + 4] !== OPEN_PAREN;
      if (after === STAR || after === AMPERSAND || isConstant) return;
      this.#invoke(tokens, i, name, scope, { kind: 'template' }, list);
      if (after === OPEN_PAREN) this.#called(tokens, i, list.end + 1, name, scope);
    } else if (tokens.kinds[i + 1] === OPEN_PAREN) this.#called(tokens, i, i + 1, name, scope);
    else if (tokens.kinds[i + 1] === TokenKind.identifier && tokens.kinds[i + 2] === OPEN_PAREN)
      this.#constructed(tokens, i, name, scope);
  }

  /** `std::name` */
  #isStandard(tokens: TokenList, i: number): boolean {
    return tokens.kinds[i - 1] === COLON && tokens.kinds[i - 2] === COLON && this.#word(tokens, i - 3) === 'std';
  }

  /** `Class variable(...)`: a call of the constructor. */
  #constructed(tokens: TokenList, i: number, name: string, scope: CallScope): void {
    const list = splitArguments(tokens, i + 2, (t) => this.#branchOf(tokens, t));
    if (list) this.#invoke(tokens, i, name, scope, { kind: 'scope', name: detached(name) }, list);
  }

  /** `name(...)`, or `name<...>(...)`, whose parenthesis is token `open`. */
  #called(tokens: TokenList, i: number, open: number, name: string, scope: CallScope): void {
    const qualifier = this.#qualifierOf(tokens, i);
    const list = qualifier && splitArguments(tokens, open, (t) => this.#branchOf(tokens, t), true);
    if (list) this.#follow(tokens, i, list, null, scope, this.#invoke(tokens, i, name, scope, qualifier, list));
  }

  #invoke(
    tokens: TokenList,
    i: number,
    name: string,
    scope: CallScope,
    qualifier: Invocation['qualifier'],
    list: ArgumentTokens,
  ): { handsOut: boolean } {
    const start = tokens.starts[i];
    const invocation = {
      name: detached(name),
      qualifier,
      start,
      range: this.lines.rangeOf(start, tokens.ends[i]),
      arguments: list.starts.map((from, n) => {
        // An empty argument stands where the comma or parenthesis does.
        if (list.ends[n] <= from) return { text: '', start, range: this.lines.rangeOf(start, start), local: null };
        const argument = this.#argument(tokens, from, list.ends[n]);
        const local = scope.inMacro ? undefined : this.#local(tokens, i, scope.start, argument.text);
        return { ...argument, local: local ?? null };
      }),
      ...this.#placeOf(start, scope),
      hidden: scope.parameters,
      handsOut: false,
    };
    this.invocations.push(invocation);
    return invocation;
  }

  #placeOf(start: number, scope: CallScope) {
    return {
      enclosing: scope.enclosing,
      function: detached(scope.name),
      inMacro: scope.inMacro,
      lineText: detached(this.lines.lineText(start, LONGEST_LINE_TEXT)),
    };
  }

  #routineCall(tokens: TokenList, i: number, routine: PoolRoutine, scope: CallScope): void {
    if (tokens.kinds[i + 1] !== OPEN_PAREN || !this.#isCallee(tokens, i)) return;
    const list = splitArguments(tokens, i + 1, (t) => this.#branchOf(tokens, t));
    if (!list) return;
    const argument = (n: number): ArgumentText | null =>
      n < list.starts.length && list.ends[n] > list.starts[n]
        ? this.#argument(tokens, list.starts[n], list.ends[n])
        : null;
    let tag: ArgumentText | null = null;
    if (routine.tagArgument !== null) {
      tag = argument(routine.tagArgument);
      // Arguments that come out of a macro: the whole list is what can be shown.
      if (!tag) {
        if (list.starts.length === 0) return;
        tag = this.#argument(tokens, list.starts[0], list.ends[list.ends.length - 1]);
        if (list.starts.length > 1 || !/^\w/.test(tag.text)) return;
      }
    }
    const [pool, poolExpression] = this.#pool(routine.pool, argument);
    const call = this.#emit(tokens, i, routine, tag, { pool, poolExpression }, scope);
    if (routine.action === 'allocate' && tag) this.#follow(tokens, i, list, routine, scope, call);
  }

  /** Notes whether the function around a call hands out what it allocates. */
  #follow(
    tokens: TokenList,
    i: number,
    list: ArgumentTokens,
    routine: PoolRoutine | null,
    { enclosing }: CallScope,
    call: { handsOut: boolean },
  ): void {
    if (enclosing?.kind !== 'function') return;
    const { parameters, name } = enclosing;
    const tagAt = routine?.tagArgument ?? -1;
    const poolAt = routine && 'argument' in routine.pool ? routine.pool.argument : -1;
    const isChosen = list.starts.some(
      (from, n) => n !== tagAt && n !== poolAt && this.#holdsWord(tokens, from, list.ends[n], parameters),
    );
    if (!isChosen && !ALLOCATES.test(name)) return;
    this.#handedOut.follow(tokens, i, parameters, () => {
      call.handsOut = true;
    });
  }

  #holdsWord(tokens: TokenList, from: number, to: number, words: readonly string[]): boolean {
    for (let t = from; t < to; t++) if (words.includes(this.#word(tokens, t))) return true;
    return false;
  }

  /** `new (Pool, Tag) T`, and `new (Pool) T`, whose tag the operator chooses. */
  #placementNew(tokens: TokenList, i: number, scope: CallScope): void {
    if (this.#word(tokens, i - 1) === 'operator') return;
    const list = splitArguments(tokens, i + 1, (t) => this.#branchOf(tokens, t));
    if (!list || tokens.kinds[list.end + 1] !== TokenKind.identifier) return;
    if (list.starts.length === 1) this.#operatorCall(tokens, i, list, scope);
    if (list.starts.length !== 2) return;
    const [kind, tag] = [0, 1].map((n) => this.#argument(tokens, list.starts[n], list.ends[n]));
    const by = kind.text.startsWith('POOL_') ? 'flags' : 'type';
    const [pool, poolExpression] = this.#pool({ by, argument: 0 }, () => kind);
    const what = { name: PLACEMENT_NEW, action: 'allocate' } as const;
    this.#emit(tokens, i, what, tag, { pool, poolExpression }, scope);
  }

  /** `new (Pool) T` as a call of T's operator. */
  #operatorCall(tokens: TokenList, i: number, list: ArgumentTokens, scope: CallScope): void {
    const start = tokens.starts[i];
    this.invocations.push({
      name: OPERATOR_NEW,
      qualifier: { kind: 'scope', name: detached(this.#word(tokens, list.end + 1)) },
      start,
      range: this.lines.rangeOf(start, tokens.ends[i]),
      arguments: [{ ...this.#argument(tokens, list.starts[0], list.ends[0]), local: null }],
      ...this.#placeOf(start, scope),
      hidden: scope.parameters,
      handsOut: false,
    });
  }

  /** `Config.DriverPoolTag = TAG;` */
  #field(tokens: TokenList, i: number, word: string, scope: CallScope): void {
    const field = FIELDS.get(word);
    const { kinds } = tokens;
    const isMember = kinds[i - 1] === DOT || (kinds[i - 1] === GREATER && kinds[i - 2] === MINUS);
    if (!field || !isMember || kinds[i + 1] !== EQUALS || kinds[i + 2] === EQUALS) return;
    let end = i + 2;
    let depth = 0;
    const limit = Math.min(tokens.length, i + LONGEST_FIELD_VALUE);
    for (; end < limit; end++) {
      const kind = kinds[end];
      if (kind === OPEN_PAREN) depth++;
      else if (kind === CLOSE_PAREN) depth--;
      else if (kind === TokenKind.end || kind === TokenKind.directive) return;
      else if (depth === 0 && (kind === SEMICOLON || kind === COMMA || kind === CLOSE_BRACE)) break;
    }
    if (end <= i + 2 || end >= limit) return;
    const tag = this.#argument(tokens, i + 2, end);
    const [pool] = this.#pool(field.pool, () => null);
    const what = { name: field.name, action: 'allocate' } as const;
    this.#emit(tokens, i, what, tag, { pool, poolExpression: '' }, scope);
  }

  /** Reads the row whose opening brace is token `open`; answers its closing brace. A row that ends a table has no tag. */
  readRow(tokens: TokenList, open: number, row: TagRow, scope: CallScope): number {
    const { kinds } = tokens;
    const commas: number[] = [];
    let depth = 0;
    let end = open + 1;
    for (; kinds[end] !== TokenKind.end; end++) {
      const kind = kinds[end];
      if (depth === 0 && kind === CLOSE_BRACE) break;
      if (kind === OPEN_PAREN || kind === OPEN_BRACE) depth++;
      else if (kind === CLOSE_PAREN || kind === CLOSE_BRACE) depth--;
      else if (depth === 0 && kind === COMMA) commas.push(end);
    }
    const before = commas[row.tagMember - 1];
    const from = before + 1;
    const to = commas[row.tagMember] ?? end;
    if (before !== undefined && to > from && kinds[from] !== TokenKind.directive && kinds[end] === CLOSE_BRACE) {
      const [pool] = this.#pool(row.pool, () => null);
      const what = { name: row.name, action: 'allocate' } as const;
      const more = { pool, poolExpression: '' };
      this.#emit(tokens, open + 1, what, this.#argument(tokens, from, to), more, scope);
    }
    return end;
  }

  #branchOf(tokens: TokenList, t: number): 'if' | 'else' | 'end' | 'other' {
    const name = directiveName(this.#text, tokens.starts[t]);
    if (name === 'endif') return 'end';
    if (name === 'else' || name.startsWith('elif')) return 'else';
    return name.startsWith('if') ? 'if' : 'other';
  }

  #argument(tokens: TokenList, from: number, to: number): ArgumentText {
    const start = tokens.starts[from];
    const end = tokens.ends[to - 1];
    return { text: detached(this.#text.slice(start, end)), start, range: this.lines.rangeOf(start, end) };
  }

  #pool(source: PoolSource, argument: (n: number) => ArgumentText | null): [PoolKind, expression: string] {
    if (source.by === 'routine') return [source.pool, ''];
    if (source.by === 'nothing') return ['unknown', ''];
    const text = argument(source.argument)?.text ?? '';
    return [poolOfExpression(text), text];
  }

  #emit(
    tokens: TokenList,
    i: number,
    { name, action }: Pick<PoolRoutine, 'name' | 'action'>,
    tag: ArgumentText | null,
    more: Pick<PoolCall, 'pool' | 'poolExpression'>,
    scope: CallScope,
  ): { handsOut: boolean } {
    const start = tokens.starts[i];
    const local = tag && !scope.inMacro ? this.#local(tokens, i, scope.start, tag.text) : undefined;
    const call = {
      routine: name,
      action,
      start,
      range: this.lines.rangeOf(start, tokens.ends[i]),
      tag,
      ...more,
      ...this.#placeOf(start, scope),
      hidden: local ? [...scope.parameters, local.name] : scope.parameters,
      localConstant: local?.constant ?? null,
      handsOut: false,
    };
    this.calls.push(call);
    return call;
  }

  /** Whether a tag expression of one name is a local variable of the function, and its initialiser where it is constant. */
  #local(
    tokens: TokenList,
    call: number,
    from: number,
    expression: string,
  ): { name: string; constant: string | null } | undefined {
    const name = /^[\s(]*([A-Za-z_]\w*)[\s)]*$/.exec(expression)?.[1];
    if (name === undefined) return undefined;
    if (this.#locals.from !== from) this.#locals = { from, scanned: from, declared: new Map() };
    for (; this.#locals.scanned < call; this.#locals.scanned++) this.#noteLocal(tokens, this.#locals.scanned);
    const declared = this.#locals.declared.get(name);
    return declared === undefined ? undefined : { name, constant: this.#localInitialiser(tokens, declared) };
  }

  /** Remembers token `i` where it is the name in the declaration of a variable. */
  #noteLocal(tokens: TokenList, i: number): void {
    const { kinds } = tokens;
    const after = kinds[i + 1];
    if (kinds[i] !== TokenKind.identifier) return;
    if (after !== EQUALS && after !== SEMICOLON && after !== OPEN_BRACE && after !== COMMA) return;
    const before = kinds[i - 1];
    const isTyped =
      before === TokenKind.identifier
        ? !NO_TYPE.test(this.#word(tokens, i - 1))
        : (before === STAR || before === AMPERSAND) && kinds[i - 2] === TokenKind.identifier;
    if (isTyped) this.#locals.declared.set(this.#word(tokens, i), i);
  }

  #localInitialiser(tokens: TokenList, name: number): string | null {
    const { kinds } = tokens;
    if (kinds[name + 1] !== EQUALS && kinds[name + 1] !== OPEN_BRACE) return null;
    let isConst = false;
    for (let i = name - 1; kinds[i] === TokenKind.identifier; i--) isConst ||= /^const/.test(this.#word(tokens, i));
    if (!isConst) return null;
    let end = name + 2;
    while (end < name + 32 && ![SEMICOLON, COMMA, CLOSE_BRACE, TokenKind.end as number].includes(kinds[end])) end++;
    return end > name + 2 ? detached(this.#text.slice(tokens.starts[name + 2], tokens.ends[end - 1])) : null;
  }
}
