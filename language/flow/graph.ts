/**
 * Which memory may stand behind which pointer: an inclusion graph. A node is a place that holds pointers (a variable, a
 * member of a structure, a function's result); labels travel along its edges. No order of statements, no call stacks:
 * what may ever happen counts.
 */

export type NodeId = number;
export type LabelId = number;

/** What a pointer may point to. */
export type Label =
  /** Anything that the analysis does not follow. */
  | { readonly kind: 'unknown' }
  /** Memory of the allocation point `point`: its start. */
  | { readonly kind: 'memory'; readonly point: number }
  /** Memory of an allocation point: its member `member` of structure `struct`; empty where that is not known. */
  | { readonly kind: 'inside'; readonly point: number; readonly struct: string; readonly member: string }
  /** A variable or member whose address was taken. */
  | { readonly kind: 'place'; readonly node: NodeId }
  /** Memory that a wrapper allocates for its callers, as it is known within the wrapper. */
  | { readonly kind: 'inner'; readonly wrapper: number }
  /** What the parameter at `position` of function `fn` was called with. */
  | { readonly kind: 'argument'; readonly fn: number; readonly position: number };

/** What a label becomes on its way along an edge; nothing where it does not pass. */
export type Passage = (label: Label, id: LabelId) => LabelId | undefined;

export const UNKNOWN: LabelId = 0;
/** In place of an allocation point: a structure that is not known to be any point's. */
export const UNSEEN = -1;

interface Filter {
  readonly to: NodeId;
  readonly passage: Passage;
}

/** What a node holds and where that goes; most nodes never have any. */
class NodeState {
  labels: Set<LabelId> | null = null;
  pending: LabelId[] | null = null;
  copies: Set<NodeId> | null = null;
  filters: Filter[] | null = null;
  /** Nodes that read, and nodes that write, what this node's pointers point to. */
  readers: NodeId[] | null = null;
  writers: NodeId[] | null = null;
  /** The members of the structure that the node is. */
  fields: Map<string, NodeId> | null = null;
  /** Its members are not told apart. */
  isWhole = false;
}

const NONE: readonly never[] = [];
const EMPTY: ReadonlySet<number> = new Set();

export class FlowGraph {
  readonly #parent: NodeId[] = [];
  readonly #states: (NodeState | null)[] = [];
  readonly #queue: NodeId[] = [];
  /** Nodes that are to become a part of what is outside. */
  readonly #leaving: NodeId[] = [];
  readonly #known: Label[] = [{ kind: 'unknown' }];
  readonly #ids = new Map<string, LabelId>();
  /** By allocation point: the node of the pointers that its memory holds. */
  readonly #contents = new Map<number, NodeId>();
  /** Everything that left the view: what is stored here may come back from anywhere. */
  readonly outside: NodeId;

  constructor() {
    this.outside = this.node();
    this.makeWhole(this.outside);
    this.add(this.outside, UNKNOWN);
  }

  node(): NodeId {
    const id = this.#parent.length;
    this.#parent.push(id);
    this.#states.push(null);
    return id;
  }

  find(node: NodeId): NodeId {
    let root = node;
    while (this.#parent[root] !== root) root = this.#parent[root];
    while (this.#parent[node] !== root) {
      const next = this.#parent[node];
      this.#parent[node] = root;
      node = next;
    }
    return root;
  }

  #state(root: NodeId): NodeState {
    let state = this.#states[root];
    if (state === null) {
      state = new NodeState();
      this.#states[root] = state;
    }
    return state;
  }

  label(id: LabelId): Label {
    return this.#known[id];
  }

  #intern(key: string, label: Label): LabelId {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#known.length;
      this.#known.push(label);
      this.#ids.set(key, id);
    }
    return id;
  }

  memory(point: number): LabelId {
    return this.#intern(`m${point}`, { kind: 'memory', point });
  }

  inside(point: number, struct: string, member: string): LabelId {
    return this.#intern(`i${point} ${struct} ${member}`, { kind: 'inside', point, struct, member });
  }

  place(node: NodeId): LabelId {
    const n = this.find(node);
    // A pointer to what is outside is as good as one to anything.
    return n === this.find(this.outside) ? UNKNOWN : this.#intern(`p${n}`, { kind: 'place', node: n });
  }

  inner(wrapper: number): LabelId {
    return this.#intern(`w${wrapper}`, { kind: 'inner', wrapper });
  }

  argument(fn: number, position: number): LabelId {
    return this.#intern(`a${fn} ${position}`, { kind: 'argument', fn, position });
  }

  add(node: NodeId, label: LabelId): void {
    const n = this.find(node);
    const state = this.#state(n);
    if (state.labels?.has(label)) return;
    state.labels ??= new Set();
    if (n === this.find(this.outside)) {
      const known = this.#known[label];
      // What stands outside may be changed from outside: a variable whose address went there is a part of it.
      if (known.kind === 'place') {
        this.#leaving.push(known.node);
        return;
      }
      if (known.kind === 'memory') this.#leaving.push(this.contents(known.point));
      else if (known.kind === 'inner') this.#leaving.push(this.contents(UNSEEN - 1 - known.wrapper));
      state.labels.add(label);
      return;
    }
    state.labels.add(label);
    if (state.pending) {
      state.pending.push(label);
      return;
    }
    state.pending = [label];
    this.#queue.push(n);
  }

  /** Whatever `from` holds, `to` may hold. */
  copy(from: NodeId, to: NodeId): void {
    const a = this.find(from);
    const b = this.find(to);
    if (a === b || this.#states[a]?.copies?.has(b)) return;
    if (a === this.find(this.outside)) {
      this.add(b, UNKNOWN);
      return;
    }
    const state = this.#state(a);
    state.copies ??= new Set();
    state.copies.add(b);
    for (const label of state.labels ?? EMPTY) this.add(b, label);
  }

  /** As {@link copy}, each label changed or held back by `passage`. */
  pass(from: NodeId, to: NodeId, passage: Passage): void {
    const a = this.find(from);
    if (a === this.find(this.outside)) {
      this.#filter(UNKNOWN, to, passage);
      return;
    }
    const state = this.#state(a);
    state.filters ??= [];
    state.filters.push({ to, passage });
    for (const label of [...(state.labels ?? EMPTY)]) this.#filter(label, to, passage);
  }

  #filter(id: LabelId, to: NodeId, passage: Passage): void {
    const passed = passage(this.#known[id], id);
    if (passed !== undefined) this.add(to, passed);
  }

  /** `to = *pointer`. */
  read(pointer: NodeId, to: NodeId): void {
    const p = this.find(pointer);
    if (p === this.find(this.outside)) {
      this.add(to, UNKNOWN);
      return;
    }
    const state = this.#state(p);
    state.readers ??= [];
    state.readers.push(to);
    for (const label of [...(state.labels ?? EMPTY)]) this.#target(label, (n) => this.copy(n, to));
  }

  /** `*pointer = from`. */
  write(pointer: NodeId, from: NodeId): void {
    const p = this.find(pointer);
    if (p === this.find(this.outside)) {
      this.copy(from, p);
      return;
    }
    const state = this.#state(p);
    state.writers ??= [];
    state.writers.push(from);
    for (const label of [...(state.labels ?? EMPTY)]) this.#target(label, (n) => this.copy(from, n));
  }

  #target(id: LabelId, use: (node: NodeId) => void): void {
    const label = this.#known[id];
    if (label.kind === 'place') use(label.node);
    else if (label.kind === 'memory') use(this.contents(label.point));
    else if (label.kind === 'unknown') use(this.outside);
    else if (label.kind === 'inner') use(this.contents(UNSEEN - 1 - label.wrapper));
  }

  /** The pointers that the memory of an allocation point holds, apart from members that have names. */
  contents(point: number): NodeId {
    let node = this.#contents.get(point);
    if (node === undefined) {
      node = this.node();
      this.#contents.set(point, node);
    }
    return node;
  }

  /** The member `name` of the structure that a node is. */
  field(owner: NodeId, name: string): NodeId {
    const o = this.find(owner);
    const state = this.#state(o);
    if (state.isWhole) return o;
    state.fields ??= new Map();
    const { fields } = state;
    let node = fields.get(name);
    if (node === undefined) {
      node = this.node();
      fields.set(name, node);
    }
    return node;
  }

  /** The members of a node that somebody asked for. */
  fields(owner: NodeId): ReadonlyMap<string, NodeId> {
    return this.#states[this.find(owner)]?.fields ?? new Map();
  }

  /** From now on the members of a node are the node itself, as those of a union are. */
  makeWhole(node: NodeId): void {
    const n = this.find(node);
    const state = this.#state(n);
    const { fields } = state;
    state.isWhole = true;
    state.fields = null;
    for (const field of fields?.values() ?? []) this.unify(field, n);
  }

  /** Two nodes become one, and so do their members. */
  unify(first: NodeId, second: NodeId): void {
    const a = this.find(first);
    const b = this.find(second);
    if (a === b) return;
    const out = this.find(this.outside);
    const sizeOf = (node: NodeId) => this.#states[node]?.labels?.size ?? 0;
    const keepsFirst = b !== out && (a === out || sizeOf(a) >= sizeOf(b));
    const [keep, drop] = keepsFirst ? [a, b] : [b, a];
    this.#parent[drop] = keep;
    const dropped = this.#states[drop];
    if (dropped === null) return;
    this.#states[drop] = null;
    const kept = this.#state(keep);
    const hasEdges = dropped.copies ?? dropped.filters ?? dropped.readers ?? dropped.writers;
    if (keep === out) {
      for (const label of dropped.labels ?? EMPTY) this.add(keep, label);
      // Whoever reads what is outside reads anything: that is said once.
      if (hasEdges) this.#along(dropped, UNKNOWN);
    } else {
      const before = hasEdges ? [...(kept.labels ?? EMPTY)] : NONE;
      if (dropped.copies) {
        kept.copies ??= new Set();
        for (const to of dropped.copies) kept.copies.add(to);
      }
      kept.filters = joined(kept.filters, dropped.filters);
      kept.readers = joined(kept.readers, dropped.readers);
      kept.writers = joined(kept.writers, dropped.writers);
      for (const label of dropped.labels ?? EMPTY) this.add(keep, label);
      for (const label of before) this.#along(dropped, label);
    }
    const [mine, theirs] = [kept.fields, dropped.fields];
    if (kept.isWhole || dropped.isWhole) {
      this.makeWhole(keep);
      for (const node of theirs?.values() ?? []) this.unify(node, keep);
    } else if (mine === null) {
      kept.fields = theirs;
    } else {
      for (const [name, node] of theirs ?? []) {
        const own = mine.get(name);
        if (own === undefined) mine.set(name, node);
        else this.unify(own, node);
      }
    }
  }

  /** Lets labels travel until nothing changes any more. */
  solve(): void {
    for (;;) {
      const leaving = this.#leaving.pop();
      if (leaving !== undefined) {
        this.unify(leaving, this.outside);
        continue;
      }
      const next = this.#queue.pop();
      if (next === undefined) return;
      const node = this.find(next);
      if (node !== next) continue;
      const state = this.#state(node);
      const labels = state.pending;
      state.pending = null;
      for (const label of labels ?? NONE) {
        const now = this.#states[this.find(node)];
        if (now) this.#along(now, label);
      }
    }
  }

  #along({ copies, filters, readers, writers }: NodeState, label: LabelId): void {
    for (const to of copies ?? EMPTY) this.add(to, label);
    for (const { to, passage } of filters ?? NONE) this.#filter(label, to, passage);
    for (const to of readers ?? NONE) this.#target(label, (n) => this.copy(n, to));
    for (const from of writers ?? NONE) this.#target(label, (n) => this.copy(from, n));
  }

  labelsOf(node: NodeId): ReadonlySet<LabelId> {
    return this.#states[this.find(node)]?.labels ?? EMPTY;
  }
}

function joined<T>(a: T[] | null, b: T[] | null): T[] | null {
  if (a === null || b === null) return a ?? b;
  a.push(...b);
  return a;
}
