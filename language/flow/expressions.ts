/**
 * Reads the expressions of a function and says to the flow graph what they do with pointers. Tolerant: what cannot be read
 * throws {@link Unread}, and whoever reads the statement gives up everything that stands in it.
 */
import { isRoutineName } from '../scan/poolCalls.ts';
import { TokenKind } from '../scan/tokens.ts';
import { behindAngle, closing, isPointerGroup, isQualifier, NO_TYPE, typeAt, type WrittenType } from './declared.ts';
import { type NodeId, type Passage, UNKNOWN, UNSEEN } from './graph.ts';
import { Locals } from './locals.ts';
import { argumentsAt } from './macros.ts';
import { type KnownType, lastName, type Program, type ProgramFunction, UNTYPED } from './program.ts';
import {
  COPIES,
  GIVEN_THROUGH,
  isHarmless,
  isSystemRoutine,
  LIST_INSERTS,
  LIST_REMOVES,
  MEMBER_STORES,
  RETURNS_FIRST,
} from './routines.ts';
import { PUNCTUATION, type Tok } from './tokens.ts';

/** Thrown where a statement is not understood; one for all, since many may be. */
export class Unread extends Error {}
export const UNREAD = new Unread('A statement is not understood.');

/** Where the value of an expression stands: in a node, behind a pointer, perhaps either; `value`: it is the node's own. */
interface Value {
  readonly at: 'value' | 'node' | 'behind' | 'either';
  readonly node: NodeId;
  readonly type: KnownType;
  /** The pointers to structures in whose members the value stands, for its address. */
  readonly inside: readonly Inside[];
}

interface Inside {
  readonly base: NodeId;
  readonly struct: string;
  readonly member: string;
}

/** Calls that the caller asks for: places that allocate or free, by the offset of the called name. */
export interface Places {
  /** Allocation points whose call of `name` starts here. */
  points(path: string, at: number, name: string): readonly number[];
  /** The wrapper whose own allocation starts here. */
  inner(path: string, at: number, name: string): number | undefined;
  /** Notes that the call at an offset may free these pointers, by the position of the argument. */
  freed(path: string, at: number, name: string, args: readonly NodeId[]): void;
  isFree(path: string, at: number, name: string): boolean;
}

const NOTHING = -1;
const POINTER_WORDS = /^(?:NULL|nullptr|TRUE|FALSE|true|false|this)$/;
const CASTS = /^(?:static_cast|reinterpret_cast|const_cast|dynamic_cast|safe_cast|bit_cast)$/;
const ASSIGNS = /^(?:=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<=|>>=)$/;
const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
/** Operators whose result may be a place in the memory of an operand. */
const KEEPS_POINTERS = /^[|^&+-]$/;
const CONTAINER = /^(?:CONTAINING_RECORD|container_of|CONTAINING_RECORD_OPT|list_entry|RTL_CONTAINING_RECORD)$/;

export class ExpressionReader {
  readonly program: Program;
  readonly fn: ProgramFunction;
  readonly #places: Places;
  readonly locals = new Locals();
  tokens: readonly Tok[] = [];
  at = 0;
  #depth = 0;

  constructor(program: Program, fn: ProgramFunction, places: Places) {
    this.program = program;
    this.fn = fn;
    this.#places = places;
  }

  get #graph() {
    return this.program.graph;
  }

  get text(): string {
    return this.tokens[this.at]?.text ?? '';
  }

  get kind(): number {
    return this.tokens[this.at]?.kind ?? TokenKind.end;
  }

  is(text: string): boolean {
    const tok = this.tokens[this.at];
    return tok !== undefined && tok.kind === PUNCTUATION && tok.text === text;
  }

  expect(text: string): void {
    if (!this.is(text)) throw UNREAD;
    this.at++;
  }

  // ---- values

  #value(node: NodeId, type: KnownType = UNTYPED): Value {
    return { at: 'value', node, type, inside: [] };
  }

  #nothing(type: KnownType = UNTYPED): Value {
    return this.#value(NOTHING, type);
  }

  /** The node of a value, {@link NOTHING} where it is no pointer. */
  rvalue(value: Value): NodeId {
    const { at, node, type } = value;
    if (node === NOTHING || at === 'value') return node;
    if (at === 'behind' && type.dimensions === 0) {
      const result = this.#graph.node();
      this.#graph.read(node, result);
      return result;
    }
    if (at === 'behind') return node;
    if (at === 'either') {
      const result = this.#graph.node();
      this.#graph.copy(node, result);
      this.#graph.read(node, result);
      return result;
    }
    if (type.dimensions > 0) return this.#addressOf(value);
    if (type.struct !== '' && type.stars === 0) this.#expose(node, type);
    return node;
  }

  /** Others may reach the structure in a node through pointers from now on. */
  #expose(node: NodeId, { struct, stars }: KnownType): void {
    if (struct !== '' && stars === 0) this.#graph.unify(node, this.program.object(struct));
  }

  #addressOf(value: Value): NodeId {
    const { at, node, type, inside } = value;
    if (node === NOTHING || at === 'value' || at === 'behind') return node;
    const result = this.#graph.node();
    if (at === 'either') this.#graph.copy(node, result);
    const isRecord = type.stars === 0 && type.struct !== '';
    if (isRecord) this.#expose(node, type);
    // Members of a structure are followed by their names, not by its address.
    if (!isRecord || !this.program.isRecord(type.struct)) this.#graph.add(result, this.#graph.place(node));
    for (const { base, struct, member } of inside) {
      this.#graph.pass(base, result, (label, id) => {
        if (label.kind === 'memory' || label.kind === 'inside') return this.#graph.inside(label.point, struct, member);
        if (label.kind === 'unknown') return this.#graph.inside(UNSEEN, struct, member);
        return label.kind === 'place' ? undefined : id;
      });
    }
    return result;
  }

  assign(target: Value, from: NodeId): void {
    const { at, node, type } = target;
    if (node === NOTHING) return;
    if (at === 'node' && type.struct !== '' && type.stars === 0 && type.dimensions === 0) this.#expose(node, type);
    if (from === NOTHING) return;
    if (at === 'node' || at === 'either') this.#graph.copy(from, node);
    if (at === 'behind' || at === 'either') this.#graph.write(node, from);
    // What is assigned to a call's result or a cast goes into what it points to, at most.
    if (at === 'value') this.#graph.copy(from, node);
  }

  #either(...nodes: NodeId[]): NodeId {
    const some = nodes.filter((n) => n !== NOTHING);
    if (some.length < 2) return some[0] ?? NOTHING;
    const result = this.#graph.node();
    for (const node of some) this.#graph.copy(node, result);
    return result;
  }

  // ---- expressions

  /** An expression with commas. */
  comma(): Value {
    let value = this.assignment();
    while (this.is(',')) {
      this.at++;
      this.rvalue(value);
      value = this.assignment();
    }
    return value;
  }

  assignment(): Value {
    if (++this.#depth > 200) throw UNREAD;
    const left = this.#conditional();
    if (this.kind === PUNCTUATION && ASSIGNS.test(this.text)) {
      this.at++;
      const right = this.is('{') ? this.#braced(left.type) : this.rvalue(this.assignment());
      this.assign(left, right);
      this.#depth--;
      return left;
    }
    this.#depth--;
    return left;
  }

  /** `{ a, b }` for a structure or array of a type: its elements go into the members. Answers a node that holds them all. */
  #braced(type: KnownType): NodeId {
    const storage = this.#graph.node();
    this.initialise({ at: 'node', node: storage, type, inside: [] });
    return storage;
  }

  /** Reads `{ ... }` at hand into a variable. */
  initialise(target: Value): void {
    this.expect('{');
    const { type, node } = target;
    const isRecord = type.struct !== '' && type.stars === 0 && type.dimensions === 0;
    for (let position = 0; !this.is('}'); position++) {
      if (this.kind === TokenKind.end) throw UNREAD;
      let member: Value | undefined;
      if (this.is('.') && this.tokens[this.at + 1]?.kind === TokenKind.identifier) {
        member = target;
        while (this.is('.')) {
          this.at++;
          member = this.#memberOf(member, this.text, false);
          this.at++;
        }
        while (this.is('[')) this.at = closing(this.tokens, this.at) + 1;
        this.expect('=');
      } else if (this.is('[')) {
        this.at = closing(this.tokens, this.at) + 1;
        if (this.is('=')) this.at++;
      }
      const name = isRecord ? this.program.memberAt(type.struct, position) : undefined;
      member ??= name !== undefined ? this.#memberOf(target, name, false) : undefined;
      const inner: KnownType = { ...type, dimensions: Math.max(0, type.dimensions - 1) };
      member ??= { at: 'node', node, type: type.dimensions > 0 ? inner : UNTYPED, inside: [] };
      if (this.is('{')) this.initialise(member);
      else {
        const from = this.rvalue(this.assignment());
        if (isRecord && name === undefined && from !== NOTHING && !this.program.isDriversType(type.struct))
          this.#graph.copy(from, this.#graph.outside);
        this.assign(member, from);
      }
      if (this.is(',')) this.at++;
      else if (!this.is('}')) throw UNREAD;
    }
    this.at++;
  }

  #conditional(): Value {
    const condition = this.#binary(1);
    if (!this.is('?')) return condition;
    this.at++;
    // `a ?: b`
    const first = this.is(':') ? condition : this.comma();
    this.expect(':');
    const second = this.assignment();
    const type = first.type.struct !== '' ? first.type : second.type;
    return this.#value(this.#either(this.rvalue(first), this.rvalue(second)), decayed(type));
  }

  #binary(level: number): Value {
    let left = this.#unary();
    for (;;) {
      if (this.kind !== PUNCTUATION) return left;
      const operator = this.text;
      const precedence = PRECEDENCE[operator];
      if (precedence === undefined || precedence < level) return left;
      this.at++;
      const right = this.#binary(precedence + 1);
      const [a, b] = [this.rvalue(left), this.rvalue(right)];
      if (!KEEPS_POINTERS.test(operator)) left = this.#nothing();
      else
        left = this.#value(
          this.#either(a, b),
          decayed(left.type.stars + left.type.dimensions > 0 ? left.type : right.type),
        );
    }
  }

  #unary(): Value {
    const { kind, text } = this;
    if (kind === PUNCTUATION) {
      switch (text) {
        case '*': {
          this.at++;
          return this.#behind(this.#unary());
        }
        case '&': {
          this.at++;
          const operand = this.#unary();
          return this.#value(this.#addressOf(operand), {
            ...operand.type,
            stars: operand.type.stars + 1,
            dimensions: 0,
          });
        }
        case '!':
          this.at++;
          this.rvalue(this.#unary());
          return this.#nothing();
        case '-':
        case '+':
        case '~':
          this.at++;
          return this.#value(this.rvalue(this.#unary()));
        case '++':
        case '--':
          this.at++;
          return this.#unary();
        case '(':
          return this.#parenthesised();
        case '::':
          this.at++;
          return this.#unary();
        default:
          throw UNREAD;
      }
    }
    if (kind === TokenKind.identifier) {
      if (/^(?:sizeof|alignof|_Alignof|__alignof|typeid|decltype|noexcept)$/.test(text)) {
        this.at++;
        if (this.is('(')) this.at = closing(this.tokens, this.at) + 1;
        else this.#unary();
        return this.#postfix(this.#nothing());
      }
      if (text === 'new') return this.#new();
      if (text === 'delete') return this.#delete();
      if (text === 'throw' || text === 'co_await' || text === 'co_yield') {
        this.at++;
        return this.is(';') ? this.#nothing() : this.assignment();
      }
    }
    return this.#postfix(this.#primary());
  }

  #behind(pointer: Value): Value {
    const { type } = pointer;
    if (pointer.at === 'node' && type.dimensions > 0)
      return { ...pointer, type: { ...type, dimensions: type.dimensions - 1 } };
    const node = this.rvalue(pointer);
    return { at: 'behind', node, type: { ...type, stars: Math.max(0, type.stars - 1), dimensions: 0 }, inside: [] };
  }

  /** A cast, a literal of a structure, or an expression in parentheses. */
  #parenthesised(): Value {
    const open = this.at;
    const close = closing(this.tokens, open);
    if (close >= this.tokens.length) throw UNREAD;
    const type = this.#castType(open, close);
    if (type) {
      this.at = close + 1;
      const known = this.program.typeOf(type);
      if (this.is('{')) return this.#postfix(this.#value(this.#braced(known), known));
      const operand = this.#unary();
      return this.#cast(operand, known);
    }
    this.at++;
    if (this.is('{')) throw UNREAD;
    const value = this.comma();
    this.expect(')');
    return this.#postfix(value);
  }

  #cast(operand: Value, type: KnownType): Value {
    const from = decayed(operand.type);
    if (from.struct !== '' && type.struct !== '' && from.stars > 0 && type.stars > 0)
      this.program.pun(from.struct, type.struct);
    const node = this.rvalue(operand);
    return this.#value(node, type.isKnown ? type : { ...from, isKnown: false });
  }

  /** The type in the parentheses where they are a cast's. */
  #castType(open: number, close: number): WrittenType | undefined {
    const { tokens } = this;
    if (close === open + 1 || tokens[open + 1].kind === TokenKind.number) return undefined;
    const type = typeAt(tokens, open + 1);
    if (!type || type.end > close) return undefined;
    let stars = 0;
    let i = type.end;
    for (; i < close; i++) {
      const { text, kind } = tokens[i];
      if (text === '*') stars++;
      else if (text === '&' || (kind === TokenKind.identifier && isQualifier(text))) continue;
      else if (text === '(' && isPointerGroup(tokens, i)) {
        // A pointer to a function.
        i = closing(tokens, i);
        if (tokens[i + 1]?.text === '(') i = closing(tokens, i + 1);
        return i < close ? { ...NO_TYPE } : undefined;
      } else if (text === '[') i = closing(tokens, i);
      else return undefined;
    }
    const next = tokens[close + 1];
    if (!next) return undefined;
    const single = type.end === open + 2;
    const name = tokens[open + 1].text;
    if (single && stars === 0) {
      const isVariable = this.locals.has(name) || this.program.global(name, this.fn.code.path) !== undefined;
      if (isVariable) return undefined;
    }
    const startsOperand =
      next.kind !== PUNCTUATION
        ? next.kind !== TokenKind.end
        : next.text === '(' ||
          next.text === '{' ||
          next.text === '::' ||
          next.text === '!' ||
          next.text === '~' ||
          (/^(?:[*&+-]|\+\+|--)$/.test(next.text) && (stars > 0 || !single || this.program.isTypeName(name)));
    if (!startsOperand || (next.kind === TokenKind.identifier && isOperatorWord(next.text))) return undefined;
    if (next.text === '(' && single && stars === 0 && this.program.functionsNamed(name, this.fn.code.path).length > 0)
      return undefined;
    return { name: type.name, stars, dimensions: 0 };
  }

  #primary(): Value {
    const { kind, text } = this;
    if (kind === TokenKind.number || kind === TokenKind.character) {
      this.at++;
      return this.#nothing();
    }
    if (kind === TokenKind.string) {
      this.#strings();
      return this.#nothing();
    }
    if (kind !== TokenKind.identifier) throw UNREAD;
    if (this.tokens[this.at + 1]?.kind === TokenKind.string) {
      this.#strings();
      return this.#nothing();
    }
    const start = this.at;
    this.at++;
    let name = text;
    let qualifier = '';
    if (CASTS.test(name) && this.is('<')) return this.#namedCast();
    for (;;) {
      if (this.is('<')) {
        const behind = behindAngle(this.tokens, this.at);
        const after = this.tokens[behind]?.text;
        const isTemplate =
          behind > this.at && (after === '::' || after === '{' || (after === '(' && !this.locals.has(name)));
        if (!isTemplate) break;
        this.at = behind;
      }
      if (!this.is('::') || this.tokens[this.at + 1]?.kind !== TokenKind.identifier) break;
      qualifier = name;
      name = this.tokens[this.at + 1].text;
      this.at += 2;
    }
    if (this.is('(')) return this.#call(name, qualifier, this.tokens[this.nameAt(start)].at, undefined);
    if (this.is('{') && this.program.isTypeName(name)) {
      const type = this.program.typeOf({ ...NO_TYPE, name });
      return this.#value(this.#braced(type), type);
    }
    return this.#named(name, qualifier);
  }

  /** Strings one behind the other, and the names among them that stand for strings. */
  #strings(): void {
    while (
      this.kind === TokenKind.string ||
      (this.kind === TokenKind.identifier && /^[A-Z_][A-Z0-9_a-z]*$/.test(this.text) && !this.locals.has(this.text))
    )
      this.at++;
  }

  /** The last name in front of the present token. */
  nameAt(start: number): number {
    for (let i = this.at - 1; i > start; i--)
      if (this.tokens[i].kind === TokenKind.identifier && this.tokens[i + 1]?.text !== '>') return i;
    return start;
  }

  #namedCast(): Value {
    const open = this.at;
    const behind = behindAngle(this.tokens, open);
    if (behind === open) throw UNREAD;
    const type = typeAt(this.tokens, open + 1);
    const stars = this.tokens.slice(open, behind).filter((t) => t.text === '*').length;
    this.at = behind;
    this.expect('(');
    const operand = this.comma();
    this.expect(')');
    const known = type ? this.program.typeOf({ name: type.name, stars, dimensions: 0 }) : UNTYPED;
    return this.#postfix(this.#cast(operand, known));
  }

  /** A variable, a function's name, or a constant. */
  #named(name: string, qualifier: string): Value {
    const local = qualifier === '' ? this.locals.get(name) : undefined;
    if (local) return { at: 'node', ...local, inside: [] };
    if (name === 'this') return this.#value(this.fn.self, this.#ownClass(1));
    if (POINTER_WORDS.test(name)) return this.#nothing();
    const own = this.#ownClass(0);
    if (own.struct !== '' && this.program.member(own.struct, name)) {
      const { node, type, owner } = this.program.memberNode(own.struct, name);
      return { at: 'node', node, type, inside: [{ base: this.fn.self, struct: owner, member: name }] };
    }
    const global = this.program.global(name, this.fn.code.path);
    if (global) return { at: 'node', ...global, inside: [] };
    const functions = this.program.functionsNamed(name, this.fn.code.path);
    for (const fn of functions) fn.isAddressTaken = true;
    if (functions.length > 0) return this.#nothing();
    // Constants and enumerators are in capitals, or short of any definition here; a variable of the system may hold anything.
    if (/^[A-Z0-9_]+$/.test(name) || qualifier !== '' || /^[A-Z][A-Za-z]+[A-Z]\w*$/.test(name)) return this.#nothing();
    return { at: 'node', node: this.#graph.outside, type: UNTYPED, inside: [] };
  }

  #ownClass(stars: number): KnownType {
    const { name } = this.fn.code;
    const end = name.lastIndexOf('::');
    if (end < 0) return UNTYPED;
    const struct = lastName(name.slice(0, end));
    return this.program.isDriversType(struct) ? { struct, stars, dimensions: 0, isKnown: true } : UNTYPED;
  }

  #postfix(from: Value): Value {
    let value = from;
    for (;;) {
      if (this.kind !== PUNCTUATION) return value;
      switch (this.text) {
        case '->':
        case '.': {
          const arrow = this.text === '->';
          this.at++;
          if (this.is('~')) this.at++;
          const named = this.tokens[this.at];
          if (named?.kind !== TokenKind.identifier) throw UNREAD;
          const { text: name, at } = named;
          this.at++;
          if (this.is('(')) {
            value = this.#methodCall(value, name, at, arrow);
            break;
          }
          value = this.#memberOf(value, name, arrow);
          break;
        }
        case '[': {
          this.at++;
          const index = this.is(']') ? this.#nothing() : this.comma();
          this.rvalue(index);
          this.expect(']');
          value = this.#element(value);
          break;
        }
        case '(':
          value = this.#indirectCall(value);
          break;
        case '++':
        case '--':
          this.at++;
          break;
        default:
          return value;
      }
    }
  }

  #element(value: Value): Value {
    const { type } = value;
    if (type.dimensions > 0) return { ...value, type: { ...type, dimensions: type.dimensions - 1 } };
    if (type.stars > 0 || value.at === 'value') return this.#behind(value);
    if (value.node === NOTHING) return value;
    if (value.at === 'behind') return { ...value, at: 'either', node: this.rvalue(value) };
    return { ...value, at: 'either' };
  }

  #memberOf(value: Value, name: string, arrow: boolean): Value {
    const { type } = value;
    if (!arrow && value.at === 'node' && type.stars === 0) {
      const { node, type: of } = this.program.ownMember(value.node, type, name);
      const inside = value.inside.flatMap((i) => [i, { base: i.base, struct: type.struct, member: name }]);
      return { at: 'node', node, type: of, inside };
    }
    const base = !arrow && value.at === 'behind' ? value.node : this.rvalue(value);
    const { node, type: of, owner } = this.program.memberNode(type.struct, name);
    const inside = base === NOTHING ? [] : [{ base, struct: owner, member: name }];
    return { at: 'node', node, type: of, inside };
  }

  // ---- calls

  /** The arguments in the parentheses at hand. `spare`: addresses of variables are not handed out. */
  #arguments(spare: boolean): Value[] {
    this.expect('(');
    const values: Value[] = [];
    while (!this.is(')')) {
      if (this.kind === TokenKind.end) throw UNREAD;
      if (this.is(',')) {
        values.push(this.#nothing());
        this.at++;
        continue;
      }
      values.push(this.#argument(spare));
      if (this.is(',')) this.at++;
      else if (!this.is(')')) throw UNREAD;
    }
    this.at++;
    return values;
  }

  #argument(spare: boolean): Value {
    const from = this.at;
    const isType = this.kind === TokenKind.identifier && (this.program.isTypeName(this.text) || isQualifier(this.text));
    if (isType) {
      // The name of a type, as some macros take it.
      const type = typeAt(this.tokens, this.at);
      let end = type?.end ?? this.at;
      while (this.tokens[end]?.text === '*') end++;
      if (type && (this.tokens[end]?.text === ',' || this.tokens[end]?.text === ')') && !this.locals.has(this.text)) {
        this.at = end;
        return this.#nothing();
      }
    }
    if (this.is('{')) return this.#value(this.#braced(UNTYPED));
    if (spare && this.is('&')) {
      this.at++;
      const operand = this.#unary();
      if (this.is(',') || this.is(')')) return { ...this.#nothing(operand.type), inside: operand.inside };
      this.at = from;
    }
    return this.assignment();
  }

  #call(name: string, qualifier: string, at: number, receiver: Value | undefined): Value {
    const { path } = this.fn.code;
    const local = this.locals.get(name);
    if (local && qualifier === '') return this.#indirectCall({ at: 'node', ...local, inside: [] });
    if (CONTAINER.test(name)) return this.#container();
    const points = this.#places.points(path, at, name);
    // A stand-in of a kernel's routine, for tests in user mode, is not what the driver calls.
    const named = isRoutineName(name) ? [] : this.program.functionsNamed(name, path);
    const functions = named.filter((fn) => qualifier === '' || fits(fn, qualifier));
    const isKnown = functions.length > 0;
    const isFree = this.#places.isFree(path, at, name);
    const store = isKnown ? undefined : MEMBER_STORES.get(name);
    if (store) return this.#memberStore(store);
    const givenThrough = GIVEN_THROUGH.get(name);
    const spares =
      !isKnown &&
      (isHarmless(name) || isFree || points.length > 0) &&
      givenThrough === undefined &&
      !RETURNS_FIRST.test(name) &&
      !COPIES.has(name);
    if (!isKnown && !spares && qualifier === '' && receiver === undefined && this.program.isTypeName(name)) {
      const type = this.program.typeOf({ ...NO_TYPE, name });
      const args = this.#arguments(false).map((v) => this.rvalue(v));
      return this.#value(this.#either(...args), type);
    }
    const values = this.#arguments(spares);
    const args = values.map((v) => this.rvalue(v));
    if (isFree) this.#places.freed(path, at, name, args);
    const inner = this.#places.inner(path, at, name);
    let result: Value;
    if (isKnown) result = this.#known(functions, args, points.length > 0, receiver);
    else if (points.length > 0 || inner !== undefined || isFree) result = this.#nothing();
    else result = this.#system(name, values, args);
    if (points.length === 0 && inner === undefined) return result;
    const node = this.#graph.node();
    for (const point of points) this.#graph.add(node, this.#graph.memory(point));
    if (inner !== undefined) this.#graph.add(node, this.#graph.inner(inner));
    if (givenThrough !== undefined) {
      const pointer = args[givenThrough] ?? NOTHING;
      // Where it goes is not understood: then it may be anywhere.
      if (pointer === NOTHING) this.#graph.copy(node, this.#graph.outside);
      else this.#graph.write(pointer, node);
    }
    if (result.node !== NOTHING) this.#graph.copy(result.node, node);
    return this.#value(node, result.type);
  }

  /** `isPoint`: the memory of the wrapper's own allocation is the call's, and told of there. `self`: the object of a method. */
  #known(functions: readonly ProgramFunction[], args: readonly NodeId[], isPoint: boolean, self?: Value): Value {
    const graph = this.#graph;
    const result = graph.node();
    const same = functions.filter((fn) => fn.parameters.length === args.length);
    const object = self && (self.type.stars > 0 ? this.rvalue(self) : this.#addressOf(self));
    for (const fn of same.length > 0 ? same : functions) {
      fn.isCalled = true;
      if (object === undefined) graph.copy(this.fn.self, fn.self);
      else if (object !== NOTHING) graph.copy(object, fn.self);
      for (const [i, arg] of args.entries()) {
        if (arg === NOTHING) continue;
        const parameter = fn.parameters[i];
        if (parameter !== undefined) graph.copy(arg, parameter);
        else graph.copy(arg, graph.outside);
      }
      if (isPoint) graph.pass(fn.result, result, besides);
      else graph.copy(fn.result, result);
    }
    return this.#value(result, this.program.typeOf((same[0] ?? functions[0]).code.returns));
  }

  /** A routine that the sources do not define. */
  #system(name: string, values: readonly Value[], args: readonly NodeId[]): Value {
    const graph = this.#graph;
    if (/^(?:_?Interlocked(?:Compare)?Exchange(?:Pointer)?)$/.test(name) && args.length >= 2) {
      const result = graph.node();
      if (args[0] !== NOTHING) {
        graph.read(args[0], result);
        if (args[1] !== NOTHING) graph.write(args[0], args[1]);
      }
      return this.#value(result);
    }
    if (/^ReadPointer(?:NoFence|Acquire|Raw)$/.test(name) && args.length === 1) {
      const result = graph.node();
      if (args[0] !== NOTHING) graph.read(args[0], result);
      return this.#value(result, { ...values[0].type, stars: Math.max(0, values[0].type.stars - 1) });
    }
    if (/^WritePointer(?:NoFence|Release|Raw)$/.test(name) && args.length === 2) {
      if (args[0] !== NOTHING && args[1] !== NOTHING) graph.write(args[0], args[1]);
      return this.#nothing();
    }
    const copies = COPIES.get(name);
    if (copies) {
      const [to, from] = copies.map((i) => args[i] ?? NOTHING);
      const [a, b] = copies.map((i) => values[i]?.type ?? UNTYPED);
      if (a.struct !== b.struct) this.program.pun(a.struct, b.struct);
      if (to !== NOTHING && from !== NOTHING) {
        const moved = graph.node();
        graph.read(from, moved);
        graph.write(to, moved);
      }
      return this.#value(to, values[copies[0]]?.type);
    }
    if (RETURNS_FIRST.test(name)) return this.#value(this.#either(...args), values[0]?.type);
    if (LIST_INSERTS.test(name)) {
      for (const member of ['Flink', 'Blink']) this.#store('LIST_ENTRY', member, args);
      for (const struct of ['SINGLE_LIST_ENTRY', 'SLIST_ENTRY']) this.#store(struct, 'Next', args);
      return this.#nothing();
    }
    if (LIST_REMOVES.test(name)) {
      const single = /SList|Entry(?:S)?List$|PopEntry/.test(name);
      const { node } = this.program.memberNode(single ? 'SLIST_ENTRY' : 'LIST_ENTRY', single ? 'Next' : 'Flink');
      return this.#value(node, {
        struct: single ? 'SLIST_ENTRY' : 'LIST_ENTRY',
        stars: 1,
        dimensions: 0,
        isKnown: true,
      });
    }
    if (isHarmless(name)) return this.#nothing();
    const isSystems = isSystemRoutine(name);
    for (const [i, arg] of args.entries()) {
      if (arg === NOTHING) continue;
      graph.copy(arg, graph.outside);
      const { struct, stars } = values[i].type;
      // It may know the structure, and keep or change what its members point to.
      if (!isSystems && struct !== '' && stars > 0) graph.unify(this.program.object(struct), graph.outside);
    }
    return args.every((arg) => arg === NOTHING) && /^[A-Z0-9_]+$/.test(name)
      ? this.#nothing()
      : this.#value(graph.outside);
  }

  #store(struct: string, member: string, args: readonly NodeId[]): void {
    const { node } = this.program.memberNode(struct, member);
    for (const arg of args) if (arg !== NOTHING) this.#graph.copy(arg, node);
  }

  /** `RtlInitUnicodeString(&string, buffer)`: where the structure is named, its own member is set. */
  #memberStore({ pointer, struct, members, value }: NonNullable<ReturnType<typeof MEMBER_STORES.get>>): Value {
    this.expect('(');
    const values: Value[] = [];
    for (let i = 0; !this.is(')'); i++) {
      if (i === pointer && this.is('&')) {
        this.at++;
        const operand = this.#unary();
        for (const member of members) values.push(this.#memberOf(operand, member, false));
      } else if (i === pointer) {
        const base = this.assignment();
        const known =
          base.type.struct === '' ? { ...base, type: { struct, stars: 1, dimensions: 0, isKnown: true } } : base;
        for (const member of members) values.push(this.#memberOf(known, member, true));
      } else {
        const given = this.rvalue(this.assignment());
        if (i === value) for (const target of values) this.assign(target, given);
      }
      if (this.is(',')) this.at++;
      else if (!this.is(')')) throw UNREAD;
    }
    this.at++;
    return this.#nothing();
  }

  /** `CONTAINING_RECORD(pointer, TYPE, member)`. */
  #container(): Value {
    const close = closing(this.tokens, this.at);
    const { list } = argumentsAt(this.tokens, this.at);
    if (close >= this.tokens.length || list.length < 3) throw UNREAD;
    this.at++;
    const from = this.rvalue(this.assignment());
    this.at = close + 1;
    const type = typeAt(list[1], 0);
    const known = type ? this.program.typeOf({ name: type.name, stars: 0, dimensions: 0 }) : UNTYPED;
    const members = list[2].filter((t) => t.kind === TokenKind.identifier).map((t) => t.text);
    const result = this.#graph.node();
    if (from !== NOTHING)
      this.#graph.pass(from, result, (label, id) => {
        if (label.kind === 'place') return undefined;
        if (label.kind !== 'inside') return id;
        const isIt =
          members.includes(label.member) &&
          (label.struct === '' || known.struct === '' || this.#isSame(label.struct, known.struct, members));
        if (isIt) return label.point === UNSEEN ? UNKNOWN : this.#graph.memory(label.point);
        // The structure may stand in another one, at this member.
        const around = this.program.member(label.struct, label.member);
        return around && this.program.typeOf(around.member.type).struct === known.struct ? id : undefined;
      });
    return this.#value(result, { ...known, stars: 1 });
  }

  /** Whether the member of `struct` is one that the type `known` has, itself, by a base, or in a member of its own. */
  #isSame(struct: string, known: string, members: readonly string[]): boolean {
    if (struct === known || members.length > 1) return true;
    return this.program.member(known, members[0])?.owner === struct || !this.program.isDriversType(known);
  }

  #methodCall(value: Value, name: string, at: number, arrow: boolean): Value {
    const { struct } = value.type;
    const member = struct === '' ? undefined : this.program.member(struct, name);
    const methods = this.program.functionsNamed(name, this.fn.code.path);
    if (member || methods.length === 0) return this.#indirectCall(this.#memberOf(value, name, arrow));
    return this.#call(name, '', at, arrow ? this.#value(this.rvalue(value), { ...value.type, stars: 1 }) : value);
  }

  /** A call through a pointer: any function whose address somebody took may be meant. */
  #indirectCall(callee: Value): Value {
    this.rvalue(callee);
    for (const value of this.#arguments(false)) {
      const node = this.rvalue(value);
      if (node !== NOTHING) this.#graph.copy(node, this.#graph.outside);
    }
    return this.#value(this.#graph.outside);
  }

  #new(): Value {
    const { path } = this.fn.code;
    const { at } = this.tokens[this.at++];
    let placement: NodeId = NOTHING;
    if (this.is('(')) {
      const close = closing(this.tokens, this.at);
      const isType = this.tokens[close + 1]?.kind === PUNCTUATION;
      if (!isType) {
        const args = this.#arguments(false).map((v) => this.rvalue(v));
        if (args.length === 1) placement = args[0];
      }
    }
    const type = typeAt(this.tokens, this.at);
    if (!type) throw UNREAD;
    this.at = type.end;
    let stars = 0;
    while (this.is('*')) {
      stars++;
      this.at++;
    }
    while (this.is('[')) {
      this.at++;
      this.rvalue(this.comma());
      this.expect(']');
    }
    const node = this.#graph.node();
    if (this.is('(')) {
      const args = this.#arguments(false).map((v) => this.rvalue(v));
      const constructors = this.program.functionsNamed(type.name, path);
      if (constructors.length > 0) this.#known(constructors, args, false, this.#value(node, { ...UNTYPED, stars: 1 }));
      else for (const arg of args) if (arg !== NOTHING) this.#graph.copy(arg, this.#graph.outside);
    } else if (this.is('{')) this.#braced(this.program.typeOf({ name: type.name, stars: 0, dimensions: 0 }));
    const points = this.#places.points(path, at, 'new');
    for (const point of points) this.#graph.add(node, this.#graph.memory(point));
    if (placement !== NOTHING) this.#graph.copy(placement, node);
    for (const fn of this.program.operators('new')) {
      if (points.length > 0) this.#graph.pass(fn.result, node, besides);
      else this.#graph.copy(fn.result, node);
      fn.isCalled = true;
    }
    const known = this.program.typeOf({ name: type.name, stars: stars + 1, dimensions: 0 });
    return this.#postfix(this.#value(node, known));
  }

  #delete(): Value {
    this.at++;
    if (this.is('[')) this.at = closing(this.tokens, this.at) + 1;
    const node = this.rvalue(this.#unary());
    const operators = this.program.operators('delete');
    for (const fn of operators) {
      fn.isCalled = true;
      if (node !== NOTHING && fn.parameters[0] !== undefined) this.#graph.copy(node, fn.parameters[0]);
    }
    if (operators.length === 0 && node !== NOTHING) this.#graph.copy(node, this.#graph.outside);
    return this.#nothing();
  }
}

/** What a wrapper's call gives besides the memory that the wrapper allocates for it. */
const besides: Passage = (label, id) => (label.kind === 'inner' ? undefined : id);

/** An array as a value is a pointer. */
function decayed(type: KnownType): KnownType {
  return type.dimensions > 0 ? { ...type, stars: type.stars + type.dimensions, dimensions: 0 } : type;
}

function isOperatorWord(word: string): boolean {
  return /^(?:and|or|not|xor|else|if)$/.test(word);
}

function fits(fn: ProgramFunction, qualifier: string): boolean {
  const { name } = fn.code;
  return !name.includes('::') || name.endsWith(`${qualifier}::${lastName(name)}`);
}
