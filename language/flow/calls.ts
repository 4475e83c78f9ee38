/** Reads calls, and what they do with the pointers they are given. */
import { isRoutineName } from '../scan/poolCalls.ts';
import { TokenKind } from '../scan/tokens.ts';
import { TokenCursor, UNREAD } from './cursor.ts';
import { closing, isQualifier, NO_TYPE, typeAt } from './declared.ts';
import { type NodeId, type Passage, UNKNOWN, UNSEEN } from './graph.ts';
import { Locals } from './locals.ts';
import { argumentsAt } from './macros.ts';
import { type KnownType, lastName, type Program, type ProgramFunction, UNTYPED } from './program.ts';
import { COPIES, GIVEN_THROUGH, isHarmless, MEMBER_STORES, RETURNS_FIRST } from './routines.ts';
import { systemCall } from './systemCalls.ts';
import { PUNCTUATION } from './tokens.ts';
import { NOTHING, nothing, type Value, ValueFlow, valueAt } from './values.ts';

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

const CONTAINER = /^(?:CONTAINING_RECORD|container_of|CONTAINING_RECORD_OPT|list_entry|RTL_CONTAINING_RECORD)$/;

export abstract class CallReader extends TokenCursor {
  readonly program: Program;
  readonly fn: ProgramFunction;
  readonly flow: ValueFlow;
  readonly locals = new Locals();
  protected readonly places: Places;

  constructor(program: Program, fn: ProgramFunction, places: Places) {
    super();
    this.program = program;
    this.fn = fn;
    this.flow = new ValueFlow(program);
    this.places = places;
  }

  /** An expression with commas. */
  abstract comma(): Value;
  abstract assignment(): Value;
  protected abstract unary(): Value;
  protected abstract postfix(from: Value): Value;
  /** `{ a, b }` for a structure or array of a type: its elements go into the members. Answers a node that holds them all. */
  protected abstract braced(type: KnownType): NodeId;

  protected get graph() {
    return this.program.graph;
  }

  /** The arguments in the parentheses at hand. `spare`: addresses of variables are not handed out. */
  protected arguments(spare: boolean): Value[] {
    this.expect('(');
    const values: Value[] = [];
    while (!this.is(')')) {
      if (this.kind === TokenKind.end) throw UNREAD;
      if (this.is(',')) {
        values.push(nothing());
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
        return nothing();
      }
    }
    if (this.is('{')) return valueAt(this.braced(UNTYPED));
    if (spare && this.is('&')) {
      this.at++;
      const operand = this.unary();
      if (this.is(',') || this.is(')')) return { ...nothing(operand.type), inside: operand.inside };
      this.at = from;
    }
    return this.assignment();
  }

  protected call(name: string, qualifier: string, at: number, receiver: Value | undefined): Value {
    const { path } = this.fn.code;
    const local = this.locals.get(name);
    if (local && qualifier === '') return this.indirectCall({ at: 'node', ...local, inside: [] });
    if (CONTAINER.test(name)) return this.#container();
    const points = this.places.points(path, at, name);
    // A stand-in of a kernel's routine, for tests in user mode, is not what the driver calls.
    const named = isRoutineName(name) ? [] : this.program.functionsNamed(name, path);
    const functions = named.filter((fn) => qualifier === '' || fits(fn, qualifier));
    const isKnown = functions.length > 0;
    const isFree = this.places.isFree(path, at, name);
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
      const args = this.arguments(false).map((v) => this.flow.rvalue(v));
      return valueAt(this.flow.either(...args), type);
    }
    const values = this.arguments(spares);
    const args = values.map((v) => this.flow.rvalue(v));
    if (isFree) this.places.freed(path, at, name, args);
    const inner = this.places.inner(path, at, name);
    let result: Value;
    if (isKnown) result = this.#known(functions, args, points.length > 0, receiver);
    else if (points.length > 0 || inner !== undefined || isFree) result = nothing();
    else result = systemCall(this.flow, name, values, args);
    if (points.length === 0 && inner === undefined) return result;
    const node = this.graph.node();
    for (const point of points) this.graph.add(node, this.graph.memory(point));
    if (inner !== undefined) this.graph.add(node, this.graph.inner(inner));
    if (givenThrough !== undefined) {
      const pointer = args[givenThrough] ?? NOTHING;
      // Where it goes is not understood: then it may be anywhere.
      if (pointer === NOTHING) this.graph.copy(node, this.graph.outside);
      else this.graph.write(pointer, node);
    }
    if (result.node !== NOTHING) this.graph.copy(result.node, node);
    return valueAt(node, result.type);
  }

  /** `isPoint`: the memory of the wrapper's own allocation is the call's, and told of there. `self`: the object of a method. */
  #known(functions: readonly ProgramFunction[], args: readonly NodeId[], isPoint: boolean, self?: Value): Value {
    const graph = this.graph;
    const result = graph.node();
    const same = functions.filter((fn) => fn.parameters.length === args.length);
    const object = self && (self.type.stars > 0 ? this.flow.rvalue(self) : this.flow.addressOf(self));
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
    return valueAt(result, this.program.typeOf((same[0] ?? functions[0]).code.returns));
  }

  /** `RtlInitUnicodeString(&string, buffer)`: where the structure is named, its own member is set. */
  #memberStore({ pointer, struct, members, value }: NonNullable<ReturnType<typeof MEMBER_STORES.get>>): Value {
    this.expect('(');
    const values: Value[] = [];
    for (let i = 0; !this.is(')'); i++) {
      if (i === pointer && this.is('&')) {
        this.at++;
        const operand = this.unary();
        for (const member of members) values.push(this.flow.memberOf(operand, member, false));
      } else if (i === pointer) {
        const base = this.assignment();
        const known =
          base.type.struct === '' ? { ...base, type: { struct, stars: 1, dimensions: 0, isKnown: true } } : base;
        for (const member of members) values.push(this.flow.memberOf(known, member, true));
      } else {
        const given = this.flow.rvalue(this.assignment());
        if (i === value) for (const target of values) this.flow.assign(target, given);
      }
      if (this.is(',')) this.at++;
      else if (!this.is(')')) throw UNREAD;
    }
    this.at++;
    return nothing();
  }

  /** `CONTAINING_RECORD(pointer, TYPE, member)`. */
  #container(): Value {
    const close = closing(this.tokens, this.at);
    const { list } = argumentsAt(this.tokens, this.at);
    if (close >= this.tokens.length || list.length < 3) throw UNREAD;
    this.at++;
    const from = this.flow.rvalue(this.assignment());
    this.at = close + 1;
    const type = typeAt(list[1], 0);
    const known = type ? this.program.typeOf({ name: type.name, stars: 0, dimensions: 0 }) : UNTYPED;
    const members = list[2].filter((t) => t.kind === TokenKind.identifier).map((t) => t.text);
    const result = this.graph.node();
    if (from !== NOTHING)
      this.graph.pass(from, result, (label, id) => {
        if (label.kind === 'place') return undefined;
        if (label.kind !== 'inside') return id;
        const isIt =
          members.includes(label.member) &&
          (label.struct === '' || known.struct === '' || this.#isSame(label.struct, known.struct, members));
        if (isIt) return label.point === UNSEEN ? UNKNOWN : this.graph.memory(label.point);
        // The structure may stand in another one, at this member.
        const around = this.program.member(label.struct, label.member);
        return around && this.program.typeOf(around.member.type).struct === known.struct ? id : undefined;
      });
    return valueAt(result, { ...known, stars: 1 });
  }

  /** Whether the member of `struct` is one that the type `known` has, itself, by a base, or in a member of its own. */
  #isSame(struct: string, known: string, members: readonly string[]): boolean {
    if (struct === known || members.length > 1) return true;
    return this.program.member(known, members[0])?.owner === struct || !this.program.isDriversType(known);
  }

  protected methodCall(value: Value, name: string, at: number, arrow: boolean): Value {
    const { struct } = value.type;
    const member = struct === '' ? undefined : this.program.member(struct, name);
    const methods = this.program.functionsNamed(name, this.fn.code.path);
    if (member || methods.length === 0) return this.indirectCall(this.flow.memberOf(value, name, arrow));
    return this.call(name, '', at, arrow ? valueAt(this.flow.rvalue(value), { ...value.type, stars: 1 }) : value);
  }

  /** A call through a pointer: any function whose address somebody took may be meant. */
  protected indirectCall(callee: Value): Value {
    this.flow.rvalue(callee);
    for (const value of this.arguments(false)) {
      const node = this.flow.rvalue(value);
      if (node !== NOTHING) this.graph.copy(node, this.graph.outside);
    }
    return valueAt(this.graph.outside);
  }

  protected newExpression(): Value {
    const { path } = this.fn.code;
    const { at } = this.tokens[this.at++];
    let placement: NodeId = NOTHING;
    if (this.is('(')) {
      const close = closing(this.tokens, this.at);
      const isType = this.tokens[close + 1]?.kind === PUNCTUATION;
      if (!isType) {
        const args = this.arguments(false).map((v) => this.flow.rvalue(v));
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
      this.flow.rvalue(this.comma());
      this.expect(']');
    }
    const node = this.graph.node();
    if (this.is('(')) {
      const args = this.arguments(false).map((v) => this.flow.rvalue(v));
      const constructors = this.program.functionsNamed(type.name, path);
      if (constructors.length > 0) this.#known(constructors, args, false, valueAt(node, { ...UNTYPED, stars: 1 }));
      else for (const arg of args) if (arg !== NOTHING) this.graph.copy(arg, this.graph.outside);
    } else if (this.is('{')) this.braced(this.program.typeOf({ name: type.name, stars: 0, dimensions: 0 }));
    const points = this.places.points(path, at, 'new');
    for (const point of points) this.graph.add(node, this.graph.memory(point));
    if (placement !== NOTHING) this.graph.copy(placement, node);
    const made = this.program.typeOf({ name: type.name, stars, dimensions: 0 });
    for (const fn of this.program.operatorsOf('new', made)) {
      if (points.length > 0) this.graph.pass(fn.result, node, besides);
      else this.graph.copy(fn.result, node);
      fn.isCalled = true;
    }
    const known = this.program.typeOf({ name: type.name, stars: stars + 1, dimensions: 0 });
    return this.postfix(valueAt(node, known));
  }

  protected deleteExpression(): Value {
    this.at++;
    if (this.is('[')) this.at = closing(this.tokens, this.at) + 1;
    const operand = this.unary();
    const node = this.flow.rvalue(operand);
    const operators = this.program.operatorsOf('delete', operand.type);
    for (const fn of operators) {
      fn.isCalled = true;
      if (node !== NOTHING && fn.parameters[0] !== undefined) this.graph.copy(node, fn.parameters[0]);
    }
    if (operators.length === 0 && node !== NOTHING) this.graph.copy(node, this.graph.outside);
    return nothing();
  }
}

/** What a wrapper's call gives besides the memory that the wrapper allocates for it. */
const besides: Passage = (label, id) => (label.kind === 'inner' ? undefined : id);

function fits(fn: ProgramFunction, qualifier: string): boolean {
  const { name } = fn.code;
  return !name.includes('::') || name.endsWith(`${qualifier}::${lastName(name)}`);
}
