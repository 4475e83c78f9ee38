/** What a file declares, as far as pointers flow through it: functions with their code, structures, type names, globals. */

import { directiveName } from '../scan/deadBranches.ts';
import { openedScope } from '../scan/declarations.ts';
import { tokenize } from '../scan/lexer.ts';
import { TokenKind, TokenList } from '../scan/tokens.ts';
import { closing, type Declarator, declaratorsAt, NO_TYPE, parameterOf, typeAt, type WrittenType } from './declared.ts';
import { argumentsAt } from './macros.ts';
import { RECORD, RecordReader, type Structure } from './records.ts';
import { CodeRange, PUNCTUATION, type Tok } from './tokens.ts';

export interface Parameter {
  readonly name: string;
  readonly type: WrittenType;
}

export interface FunctionCode {
  readonly path: string;
  /** With its class, where it has one. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returns: WrittenType;
  readonly isStatic: boolean;
  readonly start: number;
  /** What stands between the parameters and the body: a constructor's initialisers. */
  readonly initialisers: readonly Tok[];
  readonly body: CodeRange;
}

export interface TypeName {
  readonly name: string;
  readonly type: WrittenType;
}

export interface Global extends Declarator {
  readonly path: string;
  readonly isStatic: boolean;
  /** Declared, not defined. */
  readonly isExtern: boolean;
}

export interface FileStructure {
  readonly path: string;
  readonly functions: readonly FunctionCode[];
  readonly structures: readonly Structure[];
  readonly typeNames: readonly TypeName[];
  readonly globals: readonly Global[];
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const SEMICOLON = 0x3b;
const COLON = 0x3a;

interface Frame {
  readonly kind: 'container' | 'function' | 'enum' | 'other';
  readonly name: string;
  /** First token inside. */
  readonly start: number;
  readonly head: number;
  readonly nameToken: number;
  depth: number;
}

interface Saved {
  readonly frames: readonly Frame[];
  readonly depths: readonly number[];
  readonly head: number;
}

class StructureReader {
  readonly #path: string;
  readonly #text: string;
  readonly #tokens = new TokenList();
  readonly #records: RecordReader;
  readonly #functions: FunctionCode[] = [];
  readonly #typeNames: TypeName[] = [];
  readonly #globals: Global[] = [];
  #frames: Frame[] = [];
  #head = 0;
  readonly #branches: { saved: Saved; first: Saved | null }[] = [];

  constructor(path: string, text: string) {
    this.#path = path;
    this.#records = new RecordReader(path);
    this.#text = text;
  }

  read(): FileStructure {
    tokenize(this.#text, this.#tokens);
    const { kinds } = this.#tokens;
    const count = this.#tokens.length - 1;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i];
      if (kind === TokenKind.directive) this.#directive(i);
      else if (kind === OPEN_BRACE) this.#open(i);
      else if (kind === CLOSE_BRACE) this.#close(i);
      else if (kind === SEMICOLON && this.#atContainer()) this.#declaration(i);
      else if (kind === COLON && this.#atContainer() && this.#isAccessLabel(i)) this.#head = i + 1;
    }
    return {
      path: this.#path,
      functions: this.#functions,
      structures: this.#records.structures,
      typeNames: this.#typeNames,
      globals: this.#globals,
    };
  }

  #word(i: number): string {
    return this.#text.slice(this.#tokens.starts[i], this.#tokens.ends[i]);
  }

  #isAccessLabel(i: number): boolean {
    return i === this.#head + 1 && /^(?:public|private|protected)$/.test(this.#word(i - 1));
  }

  #top(): Frame | undefined {
    return this.#frames[this.#frames.length - 1];
  }

  #atContainer(): boolean {
    const top = this.#top();
    return top === undefined || top.kind === 'container';
  }

  #save(): Saved {
    return { frames: [...this.#frames], depths: this.#frames.map((f) => f.depth), head: this.#head };
  }

  #restore({ frames, depths, head }: Saved): void {
    this.#frames = [...frames];
    for (let i = 0; i < depths.length; i++) this.#frames[i].depth = depths[i];
    this.#head = head;
  }

  #directive(i: number): void {
    const name = directiveName(this.#text, this.#tokens.starts[i]);
    if (name.startsWith('if')) this.#branches.push({ saved: this.#save(), first: null });
    else if (name === 'else' || name.startsWith('elif')) {
      const branch = this.#branches[this.#branches.length - 1];
      if (!branch) return;
      branch.first ??= this.#save();
      this.#restore(branch.saved);
    } else if (name === 'endif') {
      const branch = this.#branches.pop();
      if (branch?.first) this.#restore(branch.first);
    }
  }

  #headStart(): number {
    let head = this.#head;
    while (this.#tokens.kinds[head] === TokenKind.directive) head++;
    return head;
  }

  #open(i: number): void {
    const top = this.#top();
    if (top && top.kind !== 'container') {
      top.depth++;
      return;
    }
    const head = this.#headStart();
    const scope = openedScope(this.#text, this.#tokens, head, i);
    const outer = top?.name ?? '';
    const name =
      outer !== '' && scope.name !== ''
        ? `${outer}::${scope.name}`
        : scope.name || (scope.kind === 'container' ? outer : '');
    this.#frames.push({ kind: scope.kind, name, start: i + 1, head, nameToken: scope.nameToken, depth: 1 });
    if (scope.kind === 'container') this.#head = i + 1;
  }

  #close(i: number): void {
    const top = this.#top();
    if (!top) {
      this.#head = i + 1;
      return;
    }
    if (--top.depth > 0) return;
    this.#frames.pop();
    if (top.kind === 'function') {
      if (top.nameToken >= 0 && !/^(?:static_assert|C_ASSERT|_Static_assert)$/.test(top.name)) this.#function(top, i);
      this.#head = i + 1;
    } else if (top.kind === 'container' && top.nameToken < 0 && !this.#isRecord(top.head, top.start)) {
      this.#head = i + 1;
    } else {
      // `} name;`, `} = ...;`: the declaration goes on to its semicolon, and starts at its head.
      this.#head = top.head;
      if (this.#tokens.kinds[i + 1] !== SEMICOLON && top.kind === 'container' && !this.#isDeclarator(i + 1))
        this.#head = i + 1;
    }
  }

  #isRecord(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (RECORD.test(this.#word(i))) return true;
    return false;
  }

  #isDeclarator(i: number): boolean {
    const kind = this.#tokens.kinds[i];
    return kind === TokenKind.identifier || kind === 0x2a;
  }

  #function({ head, nameToken, name, start }: Frame, end: number): void {
    const { kinds, starts } = this.#tokens;
    let open = nameToken + 1;
    while (open < start && kinds[open] !== OPEN_PAREN) open++;
    let depth = 0;
    let close = open;
    for (; close < start; close++) {
      if (kinds[close] === OPEN_PAREN) depth++;
      else if (kinds[close] === CLOSE_PAREN && --depth === 0) break;
    }
    const headTokens = this.#range(open, close + 1);
    const parameters = argumentsAt(headTokens, 0).list.map(parameterOf);
    const isVoid = parameters.length === 1 && parameters[0].name === '' && /^void$/i.test(parameters[0].type.name);
    const front = this.#range(head, nameToken);
    const type = typeAt(front, 0);
    const stars = front.filter((t) => t.text === '*').length;
    this.#functions.push({
      path: this.#path,
      name,
      parameters: isVoid ? [] : parameters,
      returns: type ? { name: type.name, stars, dimensions: 0 } : NO_TYPE,
      isStatic: front.some((t) => t.text === 'static'),
      start: starts[Math.max(nameToken, 0)],
      initialisers: this.#range(close + 1, start - 1),
      body: new CodeRange(this.#text, this.#tokens, start, end),
    });
  }

  #range(from: number, to: number): Tok[] {
    const code = new CodeRange(this.#text, this.#tokens, from, to);
    return code.read(0);
  }

  /** A declaration at file level, in a namespace or a class, whose semicolon is token `i`. */
  #declaration(i: number): void {
    const head = this.#headStart();
    this.#head = i + 1;
    if (head >= i) return;
    const code = new CodeRange(this.#text, this.#tokens, head, i);
    for (let variant = 0; variant < code.variants; variant++) this.#declared(code.read(variant));
  }

  #declared(tokens: Tok[]): void {
    const first = tokens[0]?.text;
    if (first === 'using' && tokens[2]?.text === '=') {
      const type = typeAt(tokens, 3);
      if (type)
        this.#typeNames.push({
          name: tokens[1].text,
          type: { name: type.name, stars: starsIn(tokens, type.end), dimensions: 0 },
        });
      return;
    }
    if (first === 'template' || first === 'using' || first === 'friend') {
      this.#records.readAll(tokens);
      return;
    }
    const isTypedef = first === 'typedef';
    const brace = tokens.findIndex((t) => t.text === '{' && t.kind === PUNCTUATION);
    const equals = tokens.findIndex((t) => t.text === '=' && t.kind === PUNCTUATION);
    let base = '';
    let rest = isTypedef ? 1 : 0;
    if (
      brace >= 0 &&
      (equals < 0 || brace < equals) &&
      tokens.slice(0, brace).some((t) => RECORD.test(t.text) || t.text === 'enum')
    ) {
      base = this.#records.read(tokens, brace);
      rest = closing(tokens, brace) + 1;
    } else {
      const type = typeAt(tokens, rest);
      if (!type) return;
      base = type.name;
      rest = type.end;
    }
    if (rest >= tokens.length) return;
    const declared = declaratorsAt(tokens, rest, base);
    if (!declared) return;
    if (isTypedef) {
      for (const { name, type } of declared.list) this.#typeNames.push({ name, type });
      return;
    }
    const outer = this.#top();
    // Members of classes are read with the class.
    if (outer && outer.nameToken >= 0) return;
    const isStatic = tokens.some((t) => t.text === 'static');
    for (const declarator of declared.list) {
      // A prototype.
      if (declarator.isDirect) continue;
      const isExtern = tokens.some((t) => t.text === 'extern') && declarator.initialiser.length === 0;
      this.#globals.push({ ...declarator, path: this.#path, isStatic, isExtern });
    }
  }
}

function starsIn(tokens: readonly Tok[], from: number): number {
  return tokens.slice(from).filter((t) => t.text === '*').length;
}

/** Reads the structure of one file. Never throws; linear in its length. */
export function structureOf(path: string, text: string): FileStructure {
  return new StructureReader(path, text).read();
}
