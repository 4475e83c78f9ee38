/**
 * From the text of a file to its summary. One pass of the lexer; files that hold no routine's name and nothing that looks
 * like a constant are searched for directives only.
 */
import type { PoolKind } from '../protocol.ts';
import { POOL_ROUTINES, type PoolRoutine, type PoolSource, TAG_FIELDS } from './allocators.ts';
import { type OpenedScope, oldStyleFunction, openedScope, splitArguments } from './declarations.ts';
import { detached, includePath, readDefine } from './directives.ts';
import type { ArgumentText, Definition, FileSummary, Include, PoolCall } from './fileSummary.ts';
import { directiveName, TokenKind, TokenList, tokenize } from './lexer.ts';
import { LineTable } from './lines.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const MINUS = 0x2d;
const STAR = 0x2a;
const AMPERSAND = 0x26;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Words after which a call may stand; any other identifier before it makes it a declaration. */
const BEFORE_CALL = /^(?:return|else|do|case|goto|throw|co_return|co_await|co_yield|__leave|try|__try|in|and|or|not)$/;
const NO_TYPE = /^(?:return|case|goto|else|throw|delete|sizeof|new|co_return)$/;
/** Something that may be the value of a tag, in a file without pool calls: a constant of several characters, a typed number. */
const CONSTANT_HINT = /'(?:[^'\\\n]|\\[^\n]){2,4}'|\bconst(?:expr)?\s+\w[\w\s]{0,40}[={]\s*\(*\s*(?:0[xX]|\()/;
const LONGEST_LINE_TEXT = 200;
/** Tokens between the start of a declaration at file level and a call in its initialiser. */
const LONGEST_HEAD = 2000;

const ROUTINES = new Map<string, PoolRoutine>(POOL_ROUTINES.map((r) => [r.name, r]));
const FIELDS = new Map(TAG_FIELDS.map((f) => [f.name, f]));
const PLACEMENT_NEW = 'new';

/** A regular expression that matches any of the words, sharing their beginnings. */
function alternation(words: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    if (word === '') continue;
    const list = groups.get(word[0]);
    if (list) list.push(word.slice(1));
    else groups.set(word[0], [word.slice(1)]);
  }
  const parts = [...groups].map(([first, rests]) => first + (rests.length === 1 ? rests[0] : alternation(rests)));
  const body = parts.length === 1 && !words.includes('') ? parts[0] : `(?:${parts.join('|')})`;
  return words.includes('') ? `${body}?` : body;
}

/** Names without word boundaries: the tokens decide, and the search is twice as fast. */
const ROUTINE_NAME = new RegExp(alternation([...ROUTINES.keys(), ...FIELDS.keys()]), 'g');
const PLACEMENT_NEW_START = /new\s*\(\s*(?:NonPaged|Paged|POOL_)/g;

/** Offsets at which a call of interest may start, ascending. */
function candidateOffsets(text: string): number[] {
  const offsets: number[] = [];
  for (const pattern of [ROUTINE_NAME, PLACEMENT_NEW_START]) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) offsets.push(match.index);
  }
  return offsets.sort((x, y) => x - y);
}

interface Frame {
  readonly scope: OpenedScope;
  /** First token inside the braces. */
  readonly start: number;
  depth: number;
}

interface BranchState {
  readonly frames: readonly Frame[];
  readonly depths: readonly number[];
  readonly head: number;
  alternatives: boolean;
  /** State at the end of the first branch, once another has begun. */
  first: { frames: readonly Frame[]; depths: readonly number[]; head: number } | null;
}

const fileTokens = new TokenList();
const macroTokens = new TokenList();

class Scanner {
  readonly #text: string;
  readonly #includes: Include[] = [];
  readonly #definitions: Definition[] = [];
  readonly #calls: PoolCall[] = [];
  /** Offsets of possible calls, ascending, and the next one not yet reached. */
  readonly #candidates: readonly number[];
  #next = 0;
  #lines: LineTable | null = null;
  #frames: Frame[] = [];
  readonly #branches: BranchState[] = [];
  /** First token of the declaration being read at container level. */
  #head = 0;
  #oldStyle: OpenedScope | undefined;
  /** Local variables of the function whose body starts at token `from`, as far as it was scanned. */
  #locals = { from: -1, scanned: 0, declared: new Map<string, number>() };

  constructor(text: string, candidates: readonly number[]) {
    this.#text = text;
    this.#candidates = candidates;
  }

  summary(): FileSummary {
    return { includes: this.#includes, definitions: this.#definitions, calls: this.#calls };
  }

  scanDirectives(): void {
    tokenize(this.#text, fileTokens, { mode: 'directives' });
    for (let i = 0; i < fileTokens.length - 1; i++) this.#directive(i);
  }

  scanAll(): void {
    const text = this.#text;
    tokenize(text, fileTokens);
    const { kinds, starts } = fileTokens;
    const count = fileTokens.length;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i];
      if (kind === TokenKind.directive) {
        this.#directive(i);
        continue;
      }
      if (kind === TokenKind.identifier) {
        while (this.#next < this.#candidates.length && this.#candidates[this.#next] < starts[i]) this.#next++;
        if (this.#candidates[this.#next] === starts[i]) this.#candidate(fileTokens, i, this.#scopeAt(i));
      } else if (kind === OPEN_BRACE) this.#open(i);
      else if (kind === CLOSE_BRACE) this.#close(i);
      else if (kind === SEMICOLON) this.#semicolon(i);
      else if (kind === COLON && this.#atContainer() && this.#isAccessLabel(i)) this.#head = i + 1;
    }
  }

  #word(tokens: TokenList, i: number): string {
    return i >= 0 && tokens.kinds[i] === TokenKind.identifier ? this.#text.slice(tokens.starts[i], tokens.ends[i]) : '';
  }

  #top(): Frame | undefined {
    return this.#frames[this.#frames.length - 1];
  }

  #atContainer(): boolean {
    const top = this.#top();
    return top === undefined || top.scope.kind === 'container';
  }

  #isAccessLabel(i: number): boolean {
    return i === this.#head + 1 && /^(?:public|private|protected)$/.test(this.#word(fileTokens, i - 1));
  }

  // ---- braces

  #open(i: number): void {
    const top = this.#top();
    if (top && top.scope.kind !== 'container') {
      top.depth++;
      return;
    }
    const head = this.#headStart();
    const scope = head === i && this.#oldStyle ? this.#oldStyle : openedScope(this.#text, fileTokens, head, i);
    this.#oldStyle = undefined;
    if (scope.kind === 'enum') this.#enumerators(i);
    else if (scope.kind === 'other') this.#bracedConstant(head, i);
    this.#frames.push({ scope: this.#qualified(scope), start: i + 1, depth: 1 });
    this.#head = i + 1;
  }

  /** The first token of the declaration that is no directive. */
  #headStart(): number {
    let head = this.#head;
    while (fileTokens.kinds[head] === TokenKind.directive) head++;
    return head;
  }

  #qualified(scope: OpenedScope): OpenedScope {
    const outer = this.#top()?.scope;
    if (outer === undefined) return scope;
    const parameters = outer.parameters.length > 0 ? [...scope.parameters, ...outer.parameters] : scope.parameters;
    const named = scope.kind === 'function' || scope.kind === 'container';
    const name = named && outer.name !== '' && scope.name !== '' ? `${outer.name}::${scope.name}` : scope.name;
    return { kind: scope.kind, name: name || (scope.kind === 'container' ? outer.name : ''), parameters };
  }

  #close(i: number): void {
    const top = this.#top();
    if (!top) {
      this.#head = i + 1;
      return;
    }
    if (--top.depth > 0) return;
    this.#frames.pop();
    // `} name;` and `} = ...` belong to the declaration before; the semicolon ends them.
    this.#head = i + 1;
  }

  #semicolon(i: number): void {
    if (!this.#atContainer()) return;
    const head = this.#headStart();
    this.#constants(head, i);
    const isParameter = this.#oldStyle !== undefined && !this.#hasParens(head, i);
    if (!isParameter) this.#oldStyle = oldStyleFunction(this.#text, fileTokens, head, i);
    this.#head = i + 1;
  }

  #hasParens(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (fileTokens.kinds[i] === OPEN_PAREN) return true;
    return false;
  }

  // ---- directives

  #directive(i: number): void {
    const text = this.#text;
    const start = fileTokens.starts[i];
    const end = fileTokens.ends[i];
    switch (directiveName(text, start)) {
      case 'include': {
        const path = includePath(text, start);
        if (path !== undefined) this.#includes.push({ path });
        break;
      }
      case 'define':
        this.#define(start, end);
        break;
      case 'if':
      case 'ifdef':
      case 'ifndef':
        this.#branches.push({ ...this.#state(), alternatives: false, first: null });
        break;
      case 'else':
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        const branch = this.#branches[this.#branches.length - 1];
        if (!branch) break;
        branch.first ??= this.#state();
        branch.alternatives = true;
        this.#restore(branch);
        break;
      }
      case 'endif': {
        const branch = this.#branches.pop();
        if (branch?.first) this.#restore(branch.first);
        break;
      }
    }
  }

  #state(): { frames: readonly Frame[]; depths: readonly number[]; head: number } {
    return { frames: [...this.#frames], depths: this.#frames.map((f) => f.depth), head: this.#head };
  }

  #restore(state: { frames: readonly Frame[]; depths: readonly number[]; head: number }): void {
    this.#frames = [...state.frames];
    for (let i = 0; i < state.depths.length; i++) this.#frames[i].depth = state.depths[i];
    this.#head = state.head;
  }

  #define(start: number, end: number): void {
    const alternative = this.#branches.some((b) => b.alternatives);
    const definition = readDefine(this.#text, start, end, alternative);
    if (!definition) return;
    this.#definitions.push(definition);
    while (this.#next < this.#candidates.length && this.#candidates[this.#next] < definition.bodyStart) this.#next++;
    if (!(this.#candidates[this.#next] < end)) return;
    if (ROUTINES.has(definition.name)) {
      // The redefinition of a routine is no place that allocates: its callers are.
      while (this.#candidates[this.#next] < end) this.#next++;
      return;
    }
    tokenize(this.#text, macroTokens, { start: definition.bodyStart, end });
    const scope = { name: definition.name, parameters: definition.parameters ?? [], inMacro: true, start: 0 };
    for (let i = 0; i < macroTokens.length; i++) {
      if (macroTokens.kinds[i] !== TokenKind.identifier) continue;
      while (this.#candidates[this.#next] < macroTokens.starts[i]) this.#next++;
      if (this.#candidates[this.#next] === macroTokens.starts[i]) this.#candidate(macroTokens, i, scope);
    }
  }

  // ---- constants

  /** `const ULONG A = 'x', B = 'y';` and initialised globals, between the tokens `from` and `to`. */
  #constants(from: number, to: number): void {
    const { kinds } = fileTokens;
    let isConst = false;
    let depth = 0;
    let name = -1;
    let value = -1;
    const emit = (end: number) => {
      if (value < 0 || end <= value) return;
      const hasCharacter = kinds.slice(value, end).includes(TokenKind.character);
      if (isConst || hasCharacter) this.#constant('constant', from, name, value, end, fileTokens.ends[end]);
    };
    for (let i = from; i < to; i++) {
      const kind = kinds[i];
      if (kind === TokenKind.identifier && value < 0 && /^const(?:expr)?$/.test(this.#word(fileTokens, i)))
        isConst = true;
      if (kind === OPEN_PAREN || kind === OPEN_BRACE) depth++;
      else if (kind === CLOSE_PAREN || kind === CLOSE_BRACE) depth--;
      else if (depth > 0) continue;
      else if (kind === EQUALS && value < 0 && kinds[i - 1] === TokenKind.identifier && i - 1 > from) {
        name = i - 1;
        value = i + 1;
      } else if (kind === COMMA && value >= 0) {
        emit(i);
        value = -1;
      }
    }
    emit(to);
  }

  /** `constexpr ULONG Tag{'abcd'};` */
  #bracedConstant(from: number, brace: number): void {
    const { kinds } = fileTokens;
    if (kinds[brace - 1] !== TokenKind.identifier || brace - 1 <= from) return;
    let isConst = false;
    for (let i = from; i < brace - 1; i++) isConst ||= /^const(?:expr)?$/.test(this.#word(fileTokens, i));
    if (!isConst) return;
    let end = brace + 1;
    while (end < brace + 32 && kinds[end] !== CLOSE_BRACE && kinds[end] !== TokenKind.end) end++;
    if (kinds[end] === CLOSE_BRACE && end > brace + 1)
      this.#constant('constant', from, brace - 1, brace + 1, end, fileTokens.ends[end]);
  }

  #enumerators(brace: number): void {
    const { kinds } = fileTokens;
    let start = brace + 1;
    for (let i = start; ; i++) {
      const kind = kinds[i];
      if (kind === COMMA || kind === CLOSE_BRACE) {
        if (kinds[start + 1] === EQUALS && kinds.slice(start + 2, i).includes(TokenKind.character))
          this.#constant('enumerator', start, start, start + 2, i, fileTokens.ends[i - 1]);
        start = i + 1;
      }
      if (kind === CLOSE_BRACE || kind === SEMICOLON || kind === TokenKind.end) return;
    }
  }

  #constant(kind: 'constant' | 'enumerator', from: number, name: number, value: number, to: number, end: number): void {
    const { starts, ends } = fileTokens;
    const bodyStart = starts[value];
    const bodyEnd = ends[to - 1];
    if (bodyEnd - bodyStart > 200) return;
    this.#definitions.push({
      name: detached(this.#word(fileTokens, name)),
      kind,
      parameters: null,
      body: detached(this.#text.slice(bodyStart, bodyEnd)),
      start: starts[from],
      end,
      nameStart: starts[name],
      bodyStart,
      alternative: this.#branches.some((b) => b.alternatives),
    });
  }

  // ---- calls

  /** Where token `i` stands; null where a routine's name declares rather than calls. */
  #scopeAt(i: number): CallScope | null {
    const top = this.#top();
    if (top && top.scope.kind !== 'container') {
      const { name, parameters } = top.scope;
      const enclosing = name === '' ? (this.#frames.findLast((f) => f.scope.name !== '')?.scope.name ?? '') : name;
      return { name: enclosing, parameters, inMacro: false, start: top.start };
    }
    // At file level only an initialiser calls.
    for (let t = Math.max(this.#headStart(), i - LONGEST_HEAD); t < i; t++) {
      const kind = fileTokens.kinds[t];
      const isInitialiser =
        kind === EQUALS ||
        (kind === COLON && fileTokens.kinds[t - 1] === CLOSE_PAREN && fileTokens.kinds[t + 1] !== COLON);
      if (isInitialiser)
        return { name: top?.scope.name ?? '', parameters: top?.scope.parameters ?? [], inMacro: false, start: t };
    }
    return null;
  }

  #candidate(tokens: TokenList, i: number, scope: CallScope | null): void {
    if (!scope) return;
    const word = this.#word(tokens, i);
    const routine = ROUTINES.get(word);
    if (routine) this.#routineCall(tokens, i, routine, scope);
    else if (word === PLACEMENT_NEW) this.#placementNew(tokens, i, scope);
    else this.#field(tokens, i, word, scope);
  }

  #isCallee(tokens: TokenList, i: number): boolean {
    if (tokens.kinds[i + 1] !== OPEN_PAREN) return false;
    const before = i === 0 ? TokenKind.end : tokens.kinds[i - 1];
    if (before === TokenKind.identifier) return BEFORE_CALL.test(this.#word(tokens, i - 1));
    if (before === DOT) return false;
    if (before === GREATER && tokens.kinds[i - 2] === MINUS) return false;
    // `A::ExAllocatePool2` is somebody else's routine, `::ExAllocatePool2` is the kernel's.
    if (before === COLON && tokens.kinds[i - 2] === COLON) return tokens.kinds[i - 3] !== TokenKind.identifier;
    return true;
  }

  #routineCall(tokens: TokenList, i: number, routine: PoolRoutine, scope: CallScope): void {
    if (!this.#isCallee(tokens, i)) return;
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
    this.#emit(tokens, i, routine.name, routine.action, tag, this.#pool(routine.pool, argument), scope);
  }

  /** `new (Pool, Tag) T`. */
  #placementNew(tokens: TokenList, i: number, scope: CallScope): void {
    if (this.#word(tokens, i - 1) === 'operator') return;
    const list = splitArguments(tokens, i + 1, (t) => this.#branchOf(tokens, t));
    if (list?.starts.length !== 2 || tokens.kinds[list.end + 1] !== TokenKind.identifier) return;
    const [kind, tag] = [0, 1].map((n) => this.#argument(tokens, list.starts[n], list.ends[n]));
    const by = kind.text.startsWith('POOL_') ? 'flags' : 'type';
    const pool = this.#pool({ by, argument: 0 }, () => kind);
    this.#emit(tokens, i, PLACEMENT_NEW, 'allocate', tag, pool, scope);
  }

  /** `Config.DriverPoolTag = TAG;` */
  #field(tokens: TokenList, i: number, word: string, scope: CallScope): void {
    const field = FIELDS.get(word);
    const { kinds } = tokens;
    const isMember = kinds[i - 1] === DOT || (kinds[i - 1] === GREATER && kinds[i - 2] === MINUS);
    if (!field || !isMember || kinds[i + 1] !== EQUALS || kinds[i + 2] === EQUALS) return;
    let end = i + 2;
    let depth = 0;
    for (; end < tokens.length; end++) {
      const kind = kinds[end];
      if (kind === OPEN_PAREN) depth++;
      else if (kind === CLOSE_PAREN) depth--;
      else if (kind === TokenKind.end || kind === TokenKind.directive) return;
      else if (depth === 0 && (kind === SEMICOLON || kind === COMMA || kind === CLOSE_BRACE)) break;
    }
    if (end <= i + 2 || end >= tokens.length) return;
    const tag = this.#argument(tokens, i + 2, end);
    // A tag handed on from another structure or a parameter is no place that chooses one.
    this.#emit(
      tokens,
      i,
      field.name,
      'allocate',
      tag,
      this.#pool(field.pool, () => null),
      scope,
    );
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
    this.#lines ??= new LineTable(this.#text);
    return { text: detached(this.#text.slice(start, end)), start, range: this.#lines.rangeOf(start, end) };
  }

  #pool(source: PoolSource, argument: (n: number) => ArgumentText | null): PoolKind {
    if (source.by === 'routine') return source.pool;
    if (source.by === 'nothing') return 'unknown';
    const text = argument(source.argument)?.text ?? '';
    if (source.by === 'flags') {
      if (/\bPOOL_FLAG_NON_PAGED/.test(text)) return 'nonpaged';
      return /\bPOOL_FLAG_PAGED\b/.test(text) ? 'paged' : 'unknown';
    }
    if (/\bNonPagedPool/.test(text)) return 'nonpaged';
    return /\bPagedPool/.test(text) ? 'paged' : 'unknown';
  }

  #emit(
    tokens: TokenList,
    i: number,
    routine: string,
    action: 'allocate' | 'free',
    tag: ArgumentText | null,
    pool: PoolKind,
    scope: CallScope,
  ): void {
    this.#lines ??= new LineTable(this.#text);
    const start = tokens.starts[i];
    const local = tag && !scope.inMacro ? this.#local(tokens, i, scope.start, tag.text) : undefined;
    this.#calls.push({
      routine,
      action,
      start,
      range: this.#lines.rangeOf(start, tokens.ends[i]),
      tag,
      pool,
      function: detached(scope.name),
      inMacro: scope.inMacro,
      hidden: local ? [...scope.parameters, local.name] : scope.parameters,
      localConstant: local?.constant ?? null,
      lineText: detached(this.#lines.lineAt(start).trim().slice(0, LONGEST_LINE_TEXT)),
    });
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

interface CallScope {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly inMacro: boolean;
  /** First token of the function's body. */
  readonly start: number;
}

/** Summarises one file's text. Never throws; time is linear in the length of the text. */
export function summarize(text: string): FileSummary {
  const candidates = candidateOffsets(text);
  const scanner = new Scanner(text, candidates);
  if (candidates.length > 0 || CONSTANT_HINT.test(text)) scanner.scanAll();
  else scanner.scanDirectives();
  return scanner.summary();
}
