/** The values of expressions, and what reading, assigning and pointing to them does in the flow graph. */
import { type FlowGraph, type NodeId, UNSEEN } from './graph.ts';
import { type KnownType, type Program, UNTYPED } from './program.ts';

/** Where the value of an expression stands: in a node, behind a pointer, perhaps either; `value`: it is the node's own. */
export interface Value {
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

const NOWHERE: readonly Inside[] = [];

/** The node of what is no pointer. */
export const NOTHING: NodeId = -1;

/** What a node holds, as a value of its own. */
export function valueAt(node: NodeId, type: KnownType = UNTYPED): Value {
  return { at: 'value', node, type, inside: NOWHERE };
}

/** A value that is no pointer. */
export function nothing(type: KnownType = UNTYPED): Value {
  return valueAt(NOTHING, type);
}

/** An array as a value is a pointer. */
export function decayed(type: KnownType): KnownType {
  return type.dimensions > 0 ? { ...type, stars: type.stars + type.dimensions, dimensions: 0 } : type;
}

export class ValueFlow {
  readonly program: Program;
  readonly #graph: FlowGraph;

  constructor(program: Program) {
    this.program = program;
    this.#graph = program.graph;
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
    if (type.dimensions > 0) return this.addressOf(value);
    if (type.struct !== '' && type.stars === 0) this.#expose(node, type);
    return node;
  }

  /** Others may reach the structure in a node through pointers from now on. */
  #expose(node: NodeId, { struct, stars }: KnownType): void {
    if (struct !== '' && stars === 0) this.#graph.unify(node, this.program.object(struct));
  }

  addressOf(value: Value): NodeId {
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

  either(...nodes: NodeId[]): NodeId {
    const some = nodes.filter((n) => n !== NOTHING);
    if (some.length < 2) return some[0] ?? NOTHING;
    const result = this.#graph.node();
    for (const node of some) this.#graph.copy(node, result);
    return result;
  }

  behind(pointer: Value): Value {
    const { type } = pointer;
    if (pointer.at === 'node' && type.dimensions > 0)
      return { ...pointer, type: { ...type, dimensions: type.dimensions - 1 } };
    const node = this.rvalue(pointer);
    return { at: 'behind', node, type: { ...type, stars: Math.max(0, type.stars - 1), dimensions: 0 }, inside: [] };
  }

  element(value: Value): Value {
    const { type } = value;
    if (type.dimensions > 0) return { ...value, type: { ...type, dimensions: type.dimensions - 1 } };
    if (type.stars > 0 || value.at === 'value') return this.behind(value);
    if (value.node === NOTHING) return value;
    if (value.at === 'behind') return { ...value, at: 'either', node: this.rvalue(value) };
    return { ...value, at: 'either' };
  }

  memberOf(value: Value, name: string, arrow: boolean): Value {
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

  cast(operand: Value, type: KnownType): Value {
    const from = decayed(operand.type);
    if (from.struct !== '' && type.struct !== '' && from.stars > 0 && type.stars > 0)
      this.program.pun(from.struct, type.struct);
    const node = this.rvalue(operand);
    return valueAt(node, type.isKnown ? type : { ...from, isKnown: false });
  }
}
