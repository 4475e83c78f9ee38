/** Goes over the tokens of one file once: what its directives, declarations and braces say, and where calls stand. */
import { TAG_ROWS, type TagRow } from './allocators.ts';
import { Branches } from './branches.ts';
import type { SourceText } from './characters.ts';
import {
  assignedTag,
  bracedConstant,
  enumerators,
  type FoundConstant,
  initialisedConstants,
  templateNames,
} from './constants.ts';
import { directiveName } from './deadBranches.ts';
import { type OpenedScope, oldStyleFunction, openedScope, templateAlias } from './declarations.ts';
import { detached, includePath, readDefine } from './directives.ts';
import type { Alias, Definition, EnclosingDefinition, FileSummary, Include } from './fileSummary.ts';
import { Enclosings, type Frame, frameOf } from './frames.ts';
import { Lexer, tokenize } from './lexer.ts';
import { lastPart } from './names.ts';
import { CallReader, type CallScope, isRoutineName, type WantedNames } from './poolCalls.ts';
import { TokenKind, TokenList } from './tokens.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A body that is nothing but a name. */
const ONE_NAME = /^[A-Za-z_$][\w$]*$/;
/** Tokens between the start of a declaration at file level and a call in its initialiser. */
const LONGEST_HEAD = 2000;

/** Where the scanner stands. */
interface ScanState {
  readonly top: Frame | null;
  readonly depth: number;
  readonly head: number;
  /** Between declarations: nothing of the next one has been read. */
  readonly fresh: boolean;
}

const fileTokens = new TokenList();
const macroTokens = new TokenList();

/** Reads one file; to be used once. */
export class Scanner {
  readonly #source: SourceText;
  readonly #lexer: Lexer;
  readonly #text: string;
  readonly #includes: Include[] = [];
  readonly #definitions: Definition[] = [];
  readonly #enclosings: Enclosings;
  readonly #calls: CallReader;
  readonly #functions: EnclosingDefinition[] = [];
  readonly #aliases: Alias[] = [];
  readonly #wanted: WantedNames;
  /** Offsets of possible calls, ascending, and the next one not yet reached. */
  readonly #candidates: readonly number[];
  #next = 0;
  #top: Frame | null = null;
  /** Braces open in the innermost frame. */
  #depth = 0;
  readonly #branches: Branches<ScanState>;
  /** First token of the declaration being read at container level. */
  #head = 0;
  #oldStyle: OpenedScope | undefined;

  constructor(source: SourceText, candidates: readonly number[], wanted: WantedNames) {
    const { text } = source;
    this.#source = source;
    fileTokens.length = 0;
    this.#lexer = new Lexer(this.#source, fileTokens, 0, text.length);
    this.#text = text;
    this.#branches = new Branches(text);
    this.#calls = new CallReader(text, wanted);
    this.#enclosings = new Enclosings(text, fileTokens, () => this.#calls.lines);
    this.#candidates = candidates;
    this.#wanted = wanted;
  }

  summary(): FileSummary {
    return {
      includes: this.#includes,
      definitions: this.#definitions,
      calls: this.#calls.calls,
      invocations: this.#calls.invocations,
      functions: this.#functions,
      aliases: this.#aliases,
    };
  }

  scanDirectives(): void {
    this.#lexer.readDirectives();
    for (let i = 0; i < fileTokens.length - 1; i++) this.#directive(i);
  }

  scanAll(): void {
    for (let i = 0; !this.#lexer.isDone; ) {
      this.#lexer.readToBody();
      // Opening a brace may read on.
      for (; i < fileTokens.length; i++) this.#token(i, fileTokens.kinds[i]);
    }
  }

  #token(i: number, kind: number): void {
    if (kind === TokenKind.identifier) {
      const start = fileTokens.starts[i];
      if (this.#nextCandidate(start) === start) this.#readCall(i);
    } else if (kind === TokenKind.directive) this.#directive(i);
    else if (kind === OPEN_BRACE) this.#open(i);
    else if (kind === CLOSE_BRACE) this.#close(i);
    else if (kind === SEMICOLON) this.#semicolon(i);
    else if (kind === COLON && this.#atContainer() && this.#isAccessLabel(i)) this.#head = i + 1;
  }

  /** The next candidate at `offset` or behind it; infinite where there is none. */
  #nextCandidate(offset: number): number {
    while (this.#candidates[this.#next] < offset) this.#next++;
    return this.#candidates[this.#next] ?? Number.POSITIVE_INFINITY;
  }

  #word(tokens: TokenList, i: number): string {
    return i >= 0 && tokens.kinds[i] === TokenKind.identifier ? this.#text.slice(tokens.starts[i], tokens.ends[i]) : '';
  }

  #atContainer(): boolean {
    return this.#top === null || this.#top.scope.kind === 'container';
  }

  #isAccessLabel(i: number): boolean {
    return i === this.#head + 1 && /^(?:public|private|protected)$/.test(this.#word(fileTokens, i - 1));
  }

  // ---- braces

  #open(i: number): void {
    if (!this.#atContainer()) {
      this.#depth++;
      return;
    }
    const head = this.#headStart();
    const scope = head === i && this.#oldStyle ? this.#oldStyle : openedScope(this.#text, fileTokens, head, i);
    this.#oldStyle = undefined;
    const isLast = i === fileTokens.length - 1;
    if (isLast && scope.kind === 'function') {
      this.#lexer.skipBody(this.#nextCandidate(fileTokens.ends[i]));
    } else if (isLast && scope.kind !== 'container') {
      this.#lexer.readWhole();
      this.#lexer.readToBody();
    }
    if (scope.kind === 'enum') {
      const around = this.#top?.scope.parameters ?? [];
      this.#addConstants(enumerators(this.#text, fileTokens, i, around), scope.name);
    } else if (scope.kind === 'other') {
      this.#addConstants(bracedConstant(this.#text, fileTokens, head, i));
      this.#rows(head, i);
    }
    const frame = frameOf(this.#top, scope, i + 1, head);
    this.#top = frame;
    this.#depth = 1;
    if (scope.kind === 'function') this.#calls.beginFunction();
    if (scope.kind === 'function' && this.#wanted.has(lastPart(scope.name)))
      this.#functions.push(this.#enclosings.of(frame));
    this.#head = i + 1;
  }

  /** The first token of the declaration that is no directive. */
  #headStart(): number {
    let head = this.#head;
    while (fileTokens.kinds[head] === TokenKind.directive) head++;
    return head;
  }

  #close(i: number): void {
    const top = this.#top;
    if (!top) {
      this.#head = i + 1;
      return;
    }
    if (--this.#depth > 0) return;
    this.#top = top.outer;
    // What surrounds a frame is a container, in which each brace opens a frame of its own.
    this.#depth = 1;
    if (top.scope.kind === 'function') this.#calls.endFunction(fileTokens, i, top.scope.own);
    // `} name;` and `} = ...` belong to the declaration before; the semicolon ends them.
    this.#head = i + 1;
  }

  #semicolon(i: number): void {
    if (!this.#atContainer()) return;
    const head = this.#headStart();
    this.#addConstants(initialisedConstants(this.#text, fileTokens, head, i));
    this.#addConstants(templateNames(this.#text, fileTokens, head, i));
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
    const fresh = this.#head === i;
    if (fresh) this.#head = i + 1;
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
        this.#branches.begin({ start, end }, this.#state(fresh));
        break;
      case 'else':
      case 'elif':
      case 'elifdef':
      case 'elifndef':
        this.#restore(this.#branches.next({ start, end }, this.#state(fresh)), i);
        break;
      case 'endif':
        this.#restore(this.#branches.end(), i);
        break;
    }
  }

  #state(fresh: boolean): ScanState {
    return { top: this.#top, depth: this.#depth, head: this.#head, fresh };
  }

  /** Goes on behind directive `i` as if what stands between the state and there were not in the text. */
  #restore(state: ScanState | undefined, i: number): void {
    if (!state) return;
    this.#top = state.top;
    this.#depth = state.depth;
    this.#head = state.fresh ? i + 1 : state.head;
  }

  #define(start: number, end: number): void {
    const { isAlternative } = this.#branches;
    const definition = readDefine(this.#source, start, end, isAlternative, () => this.#branches.condition());
    if (!definition) return;
    this.#definitions.push(definition);
    if (this.#nextCandidate(definition.bodyStart) >= end) return;
    const { name, nameStart } = definition;
    const { line } = this.#calls.lines.positionAt(nameStart);
    if (
      definition.kind === 'macro' &&
      (isRoutineName(definition.body) || (ONE_NAME.test(definition.body) && this.#wanted.has(definition.body)))
    )
      this.#aliases.push({ name, target: definition.body, nameStart, line });
    tokenize(this.#source, macroTokens, { start: definition.bodyStart, end });
    const parameters = definition.parameters ?? [];
    const enclosing: EnclosingDefinition = {
      kind: 'macro',
      name,
      parameters,
      defaults: [],
      nameStart,
      line,
      isStatic: false,
      template: null,
    };
    const scope = { name, enclosing, parameters, inMacro: true, start: 0 };
    for (let i = 0; i < macroTokens.length; i++) {
      const at = macroTokens.starts[i];
      if (macroTokens.kinds[i] === TokenKind.identifier && this.#nextCandidate(at) === at)
        this.#calls.read(macroTokens, i, scope);
    }
  }

  /** `FLT_CONTEXT_REGISTRATION Contexts[] = { { ... }, ... }`, whose brace is token `brace`. */
  #rows(from: number, brace: number): void {
    const { kinds } = fileTokens;
    if (kinds[brace - 1] !== EQUALS) return;
    let kind: TagRow | undefined;
    for (let i = from; i < brace && !kind; i++) kind = TAG_ROWS.find((row) => row.name === this.#word(fileTokens, i));
    if (!kind) return;
    const scope = { name: '', enclosing: null, parameters: [], inMacro: false, start: brace };
    let i = brace + 1;
    for (; kinds[i] !== CLOSE_BRACE && kinds[i] !== TokenKind.end; i++)
      if (kinds[i] === OPEN_BRACE) i = this.#calls.readRow(fileTokens, i, kind, scope);
  }

  /** Takes constants at the place where the scanner is; `enumeration` is the name of the enumeration that they stand in. */
  #addConstants(constants: Iterable<FoundConstant>, enumeration = ''): void {
    for (const constant of constants) {
      const container = this.#top?.scope;
      const template = this.#top?.templateClass;
      const isMember = template !== undefined && template === container && constant.kind !== 'member';
      const parameters = isMember ? template.own : null;
      if (parameters?.includes(constant.body))
        this.#enclosings.constantsOf(parameters).push({ name: constant.name, value: constant.body });
      this.#definitions.push({
        ...constant,
        parameters,
        owner: constant.owner ?? detached(enumeration || lastPart(container?.name ?? '')),
        alternative: this.#branches.isAlternative,
        condition: this.#branches.condition(),
      });
    }
  }

  // ---- calls

  #readCall(i: number): void {
    if (fileTokens.kinds[i + 1] === EQUALS) this.#addConstants(assignedTag(this.#text, fileTokens, i));
    const isTemplate = fileTokens.kinds[i + 1] === LESS;
    const scope = isTemplate && this.#isInAlias() ? null : this.#scopeAt(i);
    if (scope) this.#calls.read(fileTokens, i, scope);
    else if (isTemplate) this.#calls.read(fileTokens, i, this.#declarationScope(i));
  }

  /** Whether the declaration at hand is `template <...> using Name = ...`, whose `=` initialises nothing. */
  #isInAlias(): boolean {
    return this.#atContainer() && this.#word(fileTokens, this.#headStart()) === 'template';
  }

  /** Where a template is used in a declaration: as a base, a member, or a type's definition. */
  #declarationScope(i: number): CallScope {
    const head = this.#headStart();
    const isTemplate = this.#word(fileTokens, head) === 'template';
    const opened = isTemplate
      ? (templateAlias(this.#text, fileTokens, head, i) ?? openedScope(this.#text, fileTokens, head, i))
      : this.#top?.templateClass;
    const name = this.#top?.scope.name ?? '';
    const parameters = opened?.parameters ?? [];
    if (!opened || opened.nameToken < 0) return { name, enclosing: null, parameters, inMacro: false, start: i };
    const nameStart = fileTokens.starts[opened.nameToken];
    const template = this.#enclosings.template(opened);
    const { parameters: own, defaults } = template;
    const enclosing: EnclosingDefinition = {
      kind: 'template',
      name: template.name,
      parameters: own,
      defaults,
      nameStart,
      line: this.#calls.lines.positionAt(nameStart).line,
      isStatic: false,
      template,
    };
    return { name: template.name, enclosing, parameters: own, inMacro: false, start: i };
  }

  /** A constructor's list of initialisers, which begins at token `colon`: it belongs to the function whose body follows. */
  #constructorScope(colon: number): CallScope {
    const head = this.#headStart();
    const frame = frameOf(this.#top, openedScope(this.#text, fileTokens, head, colon), colon, head);
    const { scope } = frame;
    const enclosing = scope.nameToken >= 0 ? this.#enclosings.of(frame) : null;
    return { name: frame.innermostName, enclosing, parameters: scope.parameters, inMacro: false, start: colon };
  }

  /** Where token `i` stands; null where a routine's name declares rather than calls. */
  #scopeAt(i: number): CallScope | null {
    const top = this.#top;
    if (top && top.scope.kind !== 'container') {
      const isFunction = top.scope.kind === 'function' && top.scope.nameToken >= 0;
      return {
        name: top.innermostName,
        enclosing: isFunction ? this.#enclosings.of(top) : null,
        parameters: top.scope.parameters,
        inMacro: false,
        start: top.start,
      };
    }
    // At file level only an initialiser calls.
    for (let t = Math.max(this.#headStart(), i - LONGEST_HEAD); t < i; t++) {
      const kind = fileTokens.kinds[t];
      if (kind === COLON && fileTokens.kinds[t - 1] === CLOSE_PAREN && fileTokens.kinds[t + 1] !== COLON)
        return this.#constructorScope(t);
      if (kind === EQUALS)
        return {
          name: top?.scope.name ?? '',
          enclosing: null,
          parameters: top?.scope.parameters ?? [],
          inMacro: false,
          start: t,
        };
    }
    return null;
  }
}
