/** What calls of routines do that the sources do not define: the system's and the C library's. */
import type { NodeId } from './graph.ts';
import { type Program, UNTYPED } from './program.ts';
import { COPIES, isHarmless, isSystemRoutine, LIST_INSERTS, LIST_REMOVES, RETURNS_FIRST } from './routines.ts';
import { NOTHING, nothing, type Value, type ValueFlow, valueAt } from './values.ts';

/** The value of a call of such a routine with these arguments, and their nodes. */
export function systemCall(flow: ValueFlow, name: string, values: readonly Value[], args: readonly NodeId[]): Value {
  const { program } = flow;
  const { graph } = program;
  if (/^(?:_?Interlocked(?:Compare)?Exchange(?:Pointer)?)$/.test(name) && args.length >= 2) {
    const result = graph.node();
    if (args[0] !== NOTHING) {
      graph.read(args[0], result);
      if (args[1] !== NOTHING) graph.write(args[0], args[1]);
    }
    return valueAt(result);
  }
  if (/^ReadPointer(?:NoFence|Acquire|Raw)$/.test(name) && args.length === 1) {
    const result = graph.node();
    if (args[0] !== NOTHING) graph.read(args[0], result);
    return valueAt(result, { ...values[0].type, stars: Math.max(0, values[0].type.stars - 1) });
  }
  if (/^WritePointer(?:NoFence|Release|Raw)$/.test(name) && args.length === 2) {
    if (args[0] !== NOTHING && args[1] !== NOTHING) graph.write(args[0], args[1]);
    return nothing();
  }
  const copies = COPIES.get(name);
  if (copies) {
    const [to, from] = copies.map((i) => args[i] ?? NOTHING);
    const [a, b] = copies.map((i) => values[i]?.type ?? UNTYPED);
    if (a.struct !== b.struct) program.pun(a.struct, b.struct);
    if (to !== NOTHING && from !== NOTHING) {
      const moved = graph.node();
      graph.read(from, moved);
      graph.write(to, moved);
    }
    return valueAt(to, values[copies[0]]?.type);
  }
  if (RETURNS_FIRST.test(name)) return valueAt(flow.either(...args), values[0]?.type);
  if (LIST_INSERTS.test(name)) {
    for (const member of ['Flink', 'Blink']) store(program, 'LIST_ENTRY', member, args);
    for (const struct of ['SINGLE_LIST_ENTRY', 'SLIST_ENTRY']) store(program, struct, 'Next', args);
    return nothing();
  }
  if (LIST_REMOVES.test(name)) {
    const single = /SList|Entry(?:S)?List$|PopEntry/.test(name);
    const { node } = program.memberNode(single ? 'SLIST_ENTRY' : 'LIST_ENTRY', single ? 'Next' : 'Flink');
    return valueAt(node, {
      struct: single ? 'SLIST_ENTRY' : 'LIST_ENTRY',
      stars: 1,
      dimensions: 0,
      isKnown: true,
    });
  }
  if (isHarmless(name)) return nothing();
  const isSystems = isSystemRoutine(name);
  for (const [i, arg] of args.entries()) {
    if (arg === NOTHING) continue;
    graph.copy(arg, graph.outside);
    const { struct, stars } = values[i].type;
    // It may know the structure, and keep or change what its members point to.
    if (!isSystems && struct !== '' && stars > 0) graph.unify(program.object(struct), graph.outside);
  }
  return args.every((arg) => arg === NOTHING) && /^[A-Z0-9_]+$/.test(name) ? nothing() : valueAt(graph.outside);
}

function store(program: Program, struct: string, member: string, args: readonly NodeId[]): void {
  const { node } = program.memberNode(struct, member);
  for (const arg of args) if (arg !== NOTHING) program.graph.copy(arg, node);
}
