/**
 * From the text of a file to its summary. One pass of the lexer; files that hold no routine's name and nothing that looks
 * like a constant are searched for directives only.
 */
import { TAG_ROWS, type TagRow } from './allocators.ts';
import { type HintedWords, hintedWords } from './candidates.ts';
import { bracedConstant, enumerators, type FoundConstant, initialisedConstants } from './constants.ts';
import { type OpenedScope, oldStyleFunction, openedScope, templateAlias } from './declarations.ts';
import { conditionOf, detached, includePath, readDefine } from './directives.ts';
import type { Alias, Definition, EnclosingDefinition, FileSummary, Include } from './fileSummary.ts';
import { directiveName, TokenKind, TokenList, tokenize } from './lexer.ts';
import { CallReader, type CallScope, isRoutineName, type WantedNames } from './poolCalls.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** `#ifndef DRIVER_H_` */
const INCLUDE_GUARD = /^!defined\(_*\w+_H(?:PP|XX)?_*\)$/i;
/** Something that may be the value of a tag, in a file without pool calls: a constant of several characters, a typed number. */
const CONSTANT_HINT =
  /'(?:[^'\\\n]|\\[^\n]){2,4}'|\bconst(?:expr)?\s+\w[\w\s]{0,40}[={]\s*\(*\s*(?:0[xX]|\()|T(?:ag|AG)\s*=\s*[A-Z]/;
/** Tokens between the start of a declaration at file level and a call in its initialiser. */
const LONGEST_HEAD = 2000;

interface Frame {
  readonly scope: OpenedScope;
  /** First token inside the braces. */
  readonly start: number;
  /** First token of the declaration. */
  readonly head: number;
  /** Template parameters of the function itself. */
  readonly ownTemplate: readonly string[];
  enclosing: EnclosingDefinition | null;
  depth: number;
}

/** Where the scanner stands. */
interface ScanState {
  readonly frames: readonly Frame[];
  readonly depths: readonly number[];
  readonly head: number;
  /** Between declarations: nothing of the next one has been read. */
  readonly fresh: boolean;
}

interface BranchState extends ScanState {
  alternatives: boolean;
  /** The directives of the branches so far, the present one last. */
  readonly directives: { start: number; end: number }[];
  /** State at the end of the first branch, once another has begun. */
  first: ScanState | null;
}

const fileTokens = new TokenList();
const macroTokens = new TokenList();

class Scanner {
  readonly #text: string;
  readonly #includes: Include[] = [];
  readonly #definitions: Definition[] = [];
  readonly #calls: CallReader;
  readonly #functions: EnclosingDefinition[] = [];
  readonly #aliases: Alias[] = [];
  readonly #wanted: WantedNames;
  /** Offsets of possible calls, ascending, and the next one not yet reached. */
  readonly #candidates: readonly number[];
  #next = 0;
  #frames: Frame[] = [];
  readonly #branches: BranchState[] = [];
  /** What {@link #condition} says, until the next branch begins or ends. */
  #knownCondition: string | null = '';
  /** First token of the declaration being read at container level. */
  #head = 0;
  #oldStyle: OpenedScope | undefined;

  constructor(text: string, candidates: readonly number[], wanted: WantedNames) {
    this.#text = text;
    this.#calls = new CallReader(text, wanted);
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
        if (this.#candidates[this.#next] === starts[i]) this.#readCall(i);
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
    if (scope.kind === 'enum') this.#addConstants(enumerators(this.#text, fileTokens, i));
    else if (scope.kind === 'other') {
      this.#addConstants(bracedConstant(this.#text, fileTokens, head, i));
      this.#rows(head, i);
    }
    const ownTemplate = scope.kind === 'function' ? scope.parameters.slice(scope.own.length) : [];
    const qualified = this.#qualified(scope);
    const frame: Frame = { scope: qualified, ownTemplate, start: i + 1, head, depth: 1, enclosing: null };
    this.#frames.push(frame);
    if (scope.kind === 'function') this.#calls.beginFunction();
    if (scope.kind === 'function' && this.#wanted.has(lastPart(scope.name)))
      this.#functions.push(this.#enclosing(frame));
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
    return { ...scope, name: name || (scope.kind === 'container' ? outer.name : ''), parameters };
  }

  /** The function of a frame, described once. */
  #enclosing(frame: Frame): EnclosingDefinition {
    if (frame.enclosing) return frame.enclosing;
    const { scope, head } = frame;
    const nameStart = fileTokens.starts[scope.nameToken];
    let isStatic = false;
    for (let t = head; t < scope.nameToken && !isStatic; t++) isStatic = this.#word(fileTokens, t) === 'static';
    frame.enclosing = {
      kind: 'function',
      name: detached(scope.name),
      parameters: scope.own,
      nameStart,
      line: this.#calls.lines.positionAt(nameStart).line,
      isStatic,
      template: this.#templateOf(frame),
    };
    return frame.enclosing;
  }

  /** The template that a function belongs to: that of its class, or its own. */
  #templateOf({ scope, ownTemplate }: Frame): EnclosingDefinition['template'] {
    const container = this.#templateClass();
    if (container) return { name: detached(container.name), parameters: container.own };
    if (ownTemplate.length === 0) return null;
    const parts = scope.name.split('::');
    return { name: detached(parts[Math.max(0, parts.length - 2)]), parameters: ownTemplate };
  }

  #templateClass(): OpenedScope | undefined {
    return this.#frames.findLast((f) => f.scope.kind === 'container' && f.scope.own.length > 0)?.scope;
  }

  #close(i: number): void {
    const top = this.#top();
    if (!top) {
      this.#head = i + 1;
      return;
    }
    if (--top.depth > 0) return;
    this.#frames.pop();
    if (top.scope.kind === 'function') this.#calls.endFunction(fileTokens, i, top.scope.own);
    // `} name;` and `} = ...` belong to the declaration before; the semicolon ends them.
    this.#head = i + 1;
  }

  #semicolon(i: number): void {
    if (!this.#atContainer()) return;
    const head = this.#headStart();
    this.#addConstants(initialisedConstants(this.#text, fileTokens, head, i));
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
        this.#knownCondition = null;
        this.#branches.push({ ...this.#state(fresh), alternatives: false, directives: [{ start, end }], first: null });
        break;
      case 'else':
      case 'elif':
      case 'elifdef':
      case 'elifndef': {
        const branch = this.#branches[this.#branches.length - 1];
        if (!branch) break;
        this.#knownCondition = null;
        branch.first ??= this.#state(fresh);
        branch.alternatives = true;
        branch.directives.push({ start, end });
        this.#restore(branch, i);
        break;
      }
      case 'endif': {
        const branch = this.#branches.pop();
        this.#knownCondition = null;
        if (branch?.first) this.#restore(branch.first, i);
        break;
      }
    }
  }

  /** The conditions around the present place. An include guard is none. */
  #condition(): string {
    this.#knownCondition ??= this.#readCondition();
    return this.#knownCondition;
  }

  #readCondition(): string {
    const conditions: string[] = [];
    for (const { directives } of this.#branches) {
      const all = directives.map(({ start, end }) => conditionOf(this.#text, start, end));
      const last = all[all.length - 1];
      const isGuard = all.length === 1 && INCLUDE_GUARD.test(last);
      if (last !== '' && !isGuard) conditions.push(last);
      else if (last === '')
        conditions.push(
          all
            .slice(0, -1)
            .map((c) => `!(${c})`)
            .join(' && '),
        );
    }
    return conditions.join(' && ');
  }

  #state(fresh: boolean): ScanState {
    return { frames: [...this.#frames], depths: this.#frames.map((f) => f.depth), head: this.#head, fresh };
  }

  /** Goes on behind directive `i` as if what stands between the state and there were not in the text. */
  #restore({ frames, depths, head, fresh }: ScanState, i: number): void {
    this.#frames = [...frames];
    for (let n = 0; n < depths.length; n++) this.#frames[n].depth = depths[n];
    this.#head = fresh ? i + 1 : head;
  }

  #define(start: number, end: number): void {
    const alternative = this.#branches.some((b) => b.alternatives);
    const definition = readDefine(this.#text, start, end, alternative, () => this.#condition());
    if (!definition) return;
    this.#definitions.push(definition);
    while (this.#next < this.#candidates.length && this.#candidates[this.#next] < definition.bodyStart) this.#next++;
    if (!(this.#candidates[this.#next] < end)) return;
    const { name, nameStart } = definition;
    const { line } = this.#calls.lines.positionAt(nameStart);
    if (definition.kind === 'macro' && (isRoutineName(definition.body) || this.#wanted.has(definition.body)))
      this.#aliases.push({ name, target: definition.body, nameStart, line });
    tokenize(this.#text, macroTokens, { start: definition.bodyStart, end });
    const parameters = definition.parameters ?? [];
    const enclosing: EnclosingDefinition = {
      kind: 'macro',
      name,
      parameters,
      nameStart,
      line,
      isStatic: false,
      template: null,
    };
    const scope = { name, enclosing, parameters, inMacro: true, start: 0 };
    for (let i = 0; i < macroTokens.length; i++) {
      if (macroTokens.kinds[i] !== TokenKind.identifier) continue;
      while (this.#candidates[this.#next] < macroTokens.starts[i]) this.#next++;
      if (this.#candidates[this.#next] === macroTokens.starts[i]) this.#calls.read(macroTokens, i, scope);
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

  #addConstants(constants: Iterable<FoundConstant>): void {
    for (const constant of constants) {
      this.#definitions.push({
        ...constant,
        parameters: null,
        alternative: this.#branches.some((b) => b.alternatives),
        condition: this.#condition(),
      });
    }
  }

  // ---- calls

  #readCall(i: number): void {
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
      : this.#templateClass();
    const name = this.#top()?.scope.name ?? '';
    const parameters = opened?.parameters ?? [];
    if (!opened || opened.nameToken < 0) return { name, enclosing: null, parameters, inMacro: false, start: i };
    const nameStart = fileTokens.starts[opened.nameToken];
    const template = { name: detached(opened.name), parameters: opened.own };
    const enclosing: EnclosingDefinition = {
      kind: 'template',
      ...template,
      nameStart,
      line: this.#calls.lines.positionAt(nameStart).line,
      isStatic: false,
      template,
    };
    return { name: template.name, enclosing, parameters: opened.own, inMacro: false, start: i };
  }

  /** Where token `i` stands; null where a routine's name declares rather than calls. */
  #scopeAt(i: number): CallScope | null {
    const top = this.#top();
    if (top && top.scope.kind !== 'container') {
      const { name, parameters } = top.scope;
      const enclosing = name === '' ? (this.#frames.findLast((f) => f.scope.name !== '')?.scope.name ?? '') : name;
      const isFunction = top.scope.kind === 'function' && top.scope.nameToken >= 0;
      return {
        name: enclosing,
        enclosing: isFunction ? this.#enclosing(top) : null,
        parameters,
        inMacro: false,
        start: top.start,
      };
    }
    // At file level only an initialiser calls.
    for (let t = Math.max(this.#headStart(), i - LONGEST_HEAD); t < i; t++) {
      const kind = fileTokens.kinds[t];
      const isInitialiser =
        kind === EQUALS ||
        (kind === COLON && fileTokens.kinds[t - 1] === CLOSE_PAREN && fileTokens.kinds[t + 1] !== COLON);
      if (isInitialiser)
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

/** The last part of a name with qualifiers. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

export interface SummaryOptions {
  /** What {@link hintedWords} found in the text, where that is known. */
  readonly hinted?: HintedWords;
  /** Names whose calls and definitions the summary shall hold. */
  readonly wanted?: WantedNames;
  /** Offsets of those wanted names in the text that have no hint. */
  readonly unhintedOffsets?: readonly number[];
}

const NOTHING_WANTED: WantedNames = { has: () => false };

function holdsAny(words: ReadonlySet<string>, wanted: WantedNames): boolean {
  for (const word of words) if (wanted.has(word)) return true;
  return false;
}

/** Summarises one file's text. Never throws; time is linear in the length of the text. */
export function summarize(
  text: string,
  { hinted = hintedWords(text), wanted = NOTHING_WANTED, unhintedOffsets = [] }: SummaryOptions = {},
): FileSummary {
  const isCandidate = hinted.poolNames || unhintedOffsets.length > 0 || holdsAny(hinted.words, wanted);
  const candidates =
    unhintedOffsets.length === 0 ? hinted.offsets : [...hinted.offsets, ...unhintedOffsets].sort((a, b) => a - b);
  const scanner = new Scanner(text, isCandidate ? candidates : [], wanted);
  if (isCandidate || CONSTANT_HINT.test(text)) scanner.scanAll();
  else scanner.scanDirectives();
  return scanner.summary();
}
