/** Reads a function's statements. What is not understood is given up whole: all that it names may hold anything then. */
import type { Definition } from '../scan/fileSummary.ts';
import { TokenKind } from '../scan/tokens.ts';
import type { Places } from './calls.ts';
import { UNREAD, Unread } from './cursor.ts';
import { closing, type Declarator, declaratorsAt, isPointerGroup, isQualifier, typeAt } from './declared.ts';
import { ExpressionReader } from './expressions.ts';
import type { Local } from './locals.ts';
import { type Expansion, MacroExpander } from './macros.ts';
import { type Program, type ProgramFunction, UNTYPED } from './program.ts';
import { type ReadStatement, ReadStatements } from './readStatements.ts';
import { PUNCTUATION, type Tok } from './tokens.ts';

/** The definitions that a macro's name may have in a file; none where it is no macro. */
export type MacrosOfFile = (path: string, name: string) => readonly Definition[];

/** The tokens of one branch of the #ifs, and what its macros become, for the readings that differ in other macros. */
interface Variant {
  readonly tokens: readonly Tok[];
  readonly expansions: Map<Tok, Expansion>;
}

const CONDITION = /^(?:if|while|switch|for|__except|catch|foreach)$/;
const PLAIN = /^(?:do|else|__try|try|__finally|__leave|break|continue|finally|volatile|goto|default|constexpr)$/;
const ASSEMBLY = /^(?:__asm|_asm|asm|__asm__|_emit)$/;
const NO_TYPE = /^(?:delete|new|throw|sizeof|else|co_await|co_yield)$/;
const ANNOTATION = /^(?:__pragma|_[A-Z]\w*_|__declspec|__attribute__)$/;
const MOST_READINGS = 16;

export class BodyReader {
  readonly #program: Program;
  readonly #fn: ProgramFunction;
  readonly #places: Places;
  readonly #reader: ExpressionReader;
  /** Variables by name and place of declaration: a reading of another branch means the same. */
  readonly #declared = new Map<string, Local>();
  /** What earlier readings have read, where there are several. */
  #known: ReadStatements | null = null;
  #isLastReading = false;
  /** Statements that were given up. */
  troubles = 0;

  constructor(program: Program, fn: ProgramFunction, places: Places) {
    this.#program = program;
    this.#fn = fn;
    this.#places = places;
    this.#reader = new ExpressionReader(program, fn, places);
  }

  read(macros: MacrosOfFile): void {
    const { body, path, parameters, initialisers } = this.#fn.code;
    const meanings = (name: string) => macros(path, name);
    const variants: Variant[] = [];
    let readings = body.variants;
    const own = parameters.map(
      ({ type }, i): Local => ({ node: this.#fn.parameters[i], type: this.#program.typeOf(type) }),
    );
    for (let reading = 0; reading < Math.min(readings, MOST_READINGS); reading++) {
      const expander = new MacroExpander(meanings, Math.floor(reading / body.variants));
      const i = reading % body.variants;
      variants[i] ??= { tokens: body.read(i), expansions: new Map() };
      const tokens = expander.expand(variants[i].tokens, variants[i].expansions);
      const first = initialisers[0]?.text === ':' ? expander.expand(initialisers) : null;
      readings = Math.max(readings, body.variants * expander.mostMeanings);
      this.#isLastReading = reading + 1 >= Math.min(readings, MOST_READINGS);
      if (readings > 1) this.#known ??= new ReadStatements(this.#reader.locals);
      this.#reader.locals.clear();
      for (const [i, { name }] of parameters.entries()) if (name !== '') this.#reader.locals.declare(name, own[i]);
      if (first) this.#initialisers(first);
      this.#statements(tokens);
      if (body.isTorn || expander.isExhausted || readings > MOST_READINGS) this.#giveUp(tokens);
    }
  }

  #statements(tokens: readonly Tok[]): void {
    const reader = this.#reader;
    const [outerTokens, outerAt] = [reader.tokens, reader.at];
    reader.tokens = tokens;
    reader.at = 0;
    const scopes: number[] = [];
    while (reader.at < tokens.length) {
      const start = reader.at;
      const tok = tokens[start];
      if (tok.kind === PUNCTUATION && (tok.text === '{' || tok.text === '}' || tok.text === ';' || tok.text === ')')) {
        if (tok.text === '{') scopes.push(reader.locals.mark());
        else if (tok.text === '}') {
          const outer = scopes.pop();
          if (outer !== undefined) reader.locals.restore(outer);
        }
        reader.at++;
        continue;
      }
      const known = this.#known?.find(tokens, start);
      if (known) {
        this.#repeat(known, start);
        continue;
      }
      const pending = this.#isLastReading ? undefined : this.#known?.begin(tokens, start);
      const troubles = this.troubles;
      try {
        this.#statement();
      } catch (error) {
        if (!(error instanceof Unread)) throw error;
        reader.tokens = tokens;
        const end = endOfStatement(tokens, start);
        this.#giveUp(tokens.slice(start, end));
        reader.at = end;
      }
      if (reader.at <= start) reader.at = start + 1;
      if (pending) {
        const seen = Math.max(reader.at, endOfStatement(tokens, start));
        this.#known!.add(pending, { seen, end: reader.at, troubles: this.troubles - troubles });
      }
    }
    reader.tokens = outerTokens;
    reader.at = outerAt;
  }

  /** A statement that another reading has read, with the same tokens and variables: the graph knows what it does. */
  #repeat({ length, declares, troubles }: ReadStatement, start: number): void {
    const { locals } = this.#reader;
    for (const [name, local] of declares) locals.declare(name, local);
    this.troubles += troubles;
    this.#reader.at = start + length;
  }

  #statement(): void {
    const reader = this.#reader;
    const { tokens } = reader;
    const { text, kind } = tokens[reader.at];
    if (kind === TokenKind.identifier) {
      if (CONDITION.test(text)) {
        reader.at++;
        if (reader.text === 'constexpr') reader.at++;
        if (!reader.is('(')) throw UNREAD;
        const close = closing(tokens, reader.at);
        const inner = tokens.slice(reader.at + 1, close);
        if (text === 'catch') this.#parameter(inner);
        else if (text !== 'for' || !this.#rangeFor(inner)) this.#statements(inner);
        reader.at = close + 1;
        return;
      }
      if (text === 'return' || text === 'co_return') {
        reader.at++;
        if (reader.is(';')) return;
        if (reader.is('{')) {
          reader.at = closing(tokens, reader.at);
          throw UNREAD;
        }
        const node = reader.flow.rvalue(reader.comma());
        if (node >= 0) this.#program.graph.copy(node, this.#fn.result);
        this.#endStatement();
        return;
      }
      if (text === 'case') {
        while (reader.at < tokens.length && !reader.is(':') && !reader.is(';')) reader.at++;
        reader.at++;
        return;
      }
      if (text === 'goto') {
        reader.at += 2;
        return;
      }
      if (ASSEMBLY.test(text)) throw UNREAD;
      if (isQualifier(text) && tokens[reader.at + 1]?.text === '(' && ANNOTATION.test(text)) {
        reader.at = closing(tokens, reader.at + 1) + 1;
        return;
      }
      if (text === 'typedef' || text === 'using') {
        while (reader.at < tokens.length && !reader.is(';')) reader.at++;
        return;
      }
      if (PLAIN.test(text) && !(text === 'volatile' || text === 'constexpr')) {
        reader.at++;
        if (text === 'default' && reader.is(':')) reader.at++;
        return;
      }
      if (tokens[reader.at + 1]?.text === ':' && tokens[reader.at + 1].kind === PUNCTUATION) {
        reader.at += 2;
        return;
      }
      if (this.#declaration()) return;
    }
    const isCall = kind === TokenKind.identifier && tokens[reader.at + 1]?.text === '(';
    reader.flow.rvalue(reader.comma());
    // Macros that need no semicolon, and those that start a loop.
    if (isCall && (reader.is('{') || reader.kind === TokenKind.identifier)) return;
    this.#endStatement();
  }

  #endStatement(): void {
    const reader = this.#reader;
    if (reader.is(';') || reader.is('}') || reader.at >= reader.tokens.length) return;
    throw UNREAD;
  }

  #local(name: string, at: number, type: Local['type']): Local {
    const key = `${name} ${at}`;
    let local = this.#declared.get(key);
    if (!local) {
      local = { node: this.#program.graph.node(), type };
      this.#declared.set(key, local);
    }
    this.#reader.locals.declare(name, local);
    return local;
  }

  #parameter(tokens: readonly Tok[]): void {
    const name = tokens.findLast((t) => t.kind === TokenKind.identifier);
    if (name) this.#program.graph.copy(this.#program.graph.outside, this.#local(name.text, name.at, UNTYPED).node);
  }

  /** `for (T x : list)`. */
  #rangeFor(tokens: readonly Tok[]): boolean {
    const colon = tokens.findIndex((t) => t.text === ':' && t.kind === PUNCTUATION);
    if (colon < 1 || tokens.some((t) => t.text === ';' || t.text === '?')) return false;
    const name = tokens[colon - 1];
    const type = typeAt(tokens, 0);
    const stars = tokens.slice(0, colon).filter((t) => t.text === '*').length;
    const known = type ? this.#program.typeOf({ name: type.name, stars, dimensions: 0 }) : UNTYPED;
    const local = this.#local(name.text, name.at, known);
    const reader = this.#reader;
    const [outerTokens, outerAt] = [reader.tokens, reader.at];
    reader.tokens = tokens.slice(colon + 1);
    reader.at = 0;
    try {
      const node = reader.flow.rvalue(reader.comma());
      const { graph } = this.#program;
      if (node >= 0) {
        graph.copy(node, local.node);
        graph.read(node, local.node);
      }
      graph.copy(graph.outside, local.node);
    } finally {
      reader.tokens = outerTokens;
      reader.at = outerAt;
    }
    return true;
  }

  /** Reads a declaration of variables; answers whether there is one. */
  #declaration(): boolean {
    const reader = this.#reader;
    const { tokens } = reader;
    const start = reader.at;
    const first = tokens[start].text;
    if (NO_TYPE.test(first)) return false;
    const isRecord =
      /^(?:struct|union|class|enum)$/.test(first) ||
      (isQualifier(first) && /^(?:struct|union|enum)$/.test(tokens[start + 1]?.text));
    const type = typeAt(tokens, start);
    if (!type) {
      const brace = isRecord ? tokens.findIndex((t, i) => i > start && t.kind === PUNCTUATION) : -1;
      if (brace >= 0 && tokens[brace].text === '{') return this.#localRecord(brace);
      if (isRecord) throw UNREAD;
      return false;
    }
    let at = type.end;
    while (tokens[at] && (/^[*&]$|^&&$/.test(tokens[at].text) || isQualifier(tokens[at].text))) {
      at++;
      if (isQualifier(tokens[at - 1].text) && tokens[at]?.text === '(') at = closing(tokens, at) + 1;
    }
    if (isRecord && tokens[type.end]?.text === '{') return this.#localRecord(type.end);
    const name = tokens[at];
    const isVariable = reader.locals.has(first) && type.end === start + 1;
    const isPointerToFunction = name?.text === '(' && isPointerGroup(tokens, at) && !isVariable && closes(tokens, at);
    if (!isPointerToFunction) {
      if (name?.kind !== TokenKind.identifier || (isVariable && at > type.end)) return false;
      const after = tokens[at + 1];
      if (after && !(after.kind === PUNCTUATION && /^[=;,[{(:]$/.test(after.text)) && !isQualifier(after.text))
        return false;
      if (
        after?.text === '(' &&
        isQualifier(first) === false &&
        at === type.end &&
        this.#program.functionsNamed(name.text, this.#fn.code.path).length > 0 &&
        !this.#program.isTypeName(type.name)
      )
        return false;
    }
    const end = endOfStatement(tokens, start);
    const declared = declaratorsAt(tokens.slice(0, end), type.end, type.name);
    if (!declared) return false;
    for (const declarator of declared.list) {
      const token = tokens.slice(start, end).find((t) => t.text === declarator.name && t.kind === TokenKind.identifier);
      const known = this.#program.typeOf(declarator.type);
      const local = this.#local(declarator.name, token?.at ?? tokens[start].at, known);
      if (declarator.initialiser.length > 0) this.#initialise(local, declarator, type.name);
    }
    reader.tokens = tokens;
    reader.at = declared.end;
    return true;
  }

  /** `struct { ... } a, *b;` within a function: its members are followed by their names alone. */
  #localRecord(brace: number): boolean {
    const reader = this.#reader;
    const close = closing(reader.tokens, brace);
    if (close >= reader.tokens.length) throw UNREAD;
    reader.at = close + 1;
    if (reader.is(';')) return true;
    const declared = declaratorsAt(reader.tokens, reader.at, '');
    if (!declared) throw UNREAD;
    for (const declarator of declared.list) {
      const local = this.#local(declarator.name, reader.tokens[brace].at, UNTYPED);
      if (declarator.initialiser.length > 0) this.#initialise(local, declarator, '');
    }
    reader.at = declared.end;
    return true;
  }

  #initialise(local: Local, { initialiser: tokens, isDirect }: Declarator, typeName: string): void {
    const reader = this.#reader;
    const [outerTokens, outerAt] = [reader.tokens, reader.at];
    try {
      reader.tokens = tokens;
      reader.at = 0;
      const target = { at: 'node', node: local.node, type: local.type, inside: [] } as const;
      if (reader.is('{')) reader.initialise(target);
      else if (isDirect) {
        // A constructor's arguments, or the value in parentheses; of a prototype, nothing.
        reader.tokens = [{ kind: TokenKind.identifier, text: typeName, at: tokens[0].at }, ...tokens];
        const node = reader.flow.rvalue(reader.comma());
        reader.flow.assign(target, node);
      } else reader.flow.assign(target, reader.flow.rvalue(reader.assignment()));
      if (reader.at < reader.tokens.length) throw UNREAD;
    } finally {
      reader.tokens = outerTokens;
      reader.at = outerAt;
    }
  }

  /** `: member(value), base(value)` of a constructor. */
  #initialisers(tokens: readonly Tok[]): void {
    for (let i = 1; i < tokens.length; i++) {
      const opens = tokens[i].text;
      if (tokens[i].kind !== PUNCTUATION || (opens !== '(' && opens !== '{')) continue;
      const close = closing(tokens, i);
      const name = tokens.slice(0, i).findLast((t) => t.kind === TokenKind.identifier);
      const inner = tokens.slice(i + 1, close);
      if (name && inner.length > 0) {
        const member: Tok[] = [name, { kind: PUNCTUATION, text: '=', at: name.at }, ...inner];
        const isClass = this.#program.isTypeName(name.text);
        if (isClass) this.#statements([name, tokens[i], ...inner, { ...tokens[i], text: ')' }]);
        else this.#statements(member);
      }
      i = close;
    }
  }

  /** Everything that these tokens name may hold anything from now on, and go anywhere. */
  #giveUp(tokens: readonly Tok[]): void {
    this.troubles++;
    const { graph } = this.#program;
    const { path } = this.#fn.code;
    for (const [i, { kind, text, at }] of tokens.entries()) {
      if (kind !== TokenKind.identifier) continue;
      for (const point of this.#places.points(path, at, text)) graph.add(graph.outside, graph.memory(point));
      const inner = this.#places.inner(path, at, text);
      if (inner !== undefined) graph.add(graph.outside, graph.inner(inner));
      if (this.#places.isFree(path, at, text))
        this.#places.freed(path, at, text, [graph.outside, graph.outside, graph.outside]);
      const before = tokens[i - 1]?.text;
      if (before === '.' || before === '->') {
        const member = this.#program.memberNode('', text).node;
        graph.copy(member, graph.outside);
        graph.copy(graph.outside, member);
        continue;
      }
      const local = this.#reader.locals.get(text);
      const global = local ? undefined : this.#program.global(text, path);
      const node = local?.node ?? global?.node;
      if (node !== undefined) graph.unify(node, graph.outside);
      else
        for (const fn of this.#program.functionsNamed(text, path)) {
          fn.isAddressTaken = true;
          graph.copy(fn.result, graph.outside);
        }
    }
  }
}

/** Whether a second group of parentheses follows the one at `open`, as in the declaration of a pointer to a function. */
function closes(tokens: readonly Tok[], open: number): boolean {
  const close = closing(tokens, open);
  return tokens[close + 1]?.text === '(' || tokens[close + 1]?.text === '[';
}

/** The semicolon that ends the statement at `from`, or the brace that opens a block behind it. */
function endOfStatement(tokens: readonly Tok[], from: number): number {
  let assigns = false;
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i];
    if (kind !== PUNCTUATION) continue;
    if (text === '=') assigns = true;
    if (text === ';' || text === '}') return i;
    if (text === '(' || text === '[') i = closing(tokens, i);
    else if (text === '{') {
      const before = tokens[i - 1];
      const isValue = assigns || before?.kind === TokenKind.identifier || before?.text === ']' || before?.text === '>';
      if (!isValue || /^(?:else|do|__try|try|__finally)$/.test(before?.text ?? '')) return i;
      i = closing(tokens, i);
    }
  }
  return tokens.length;
}
