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

interface Edges {
  readonly copies: ReadonlySet<NodeId>;
  readonly filters: readonly Filter[];
  readonly readers: readonly NodeId[];
  readonly writers: readonly NodeId[];
}

const NONE: readonly never[] = [];
const EMPTY: ReadonlySet<number> = new Set();

export class FlowGraph {
  readonly #parent: NodeId[] = [];
  /** Most nodes hold nothing or lead nowhere: what they hold is made with its first entry. */
  readonly #labels: (Set<LabelId> | null)[] = [];
  readonly #pending: (LabelId[] | null)[] = [];
  readonly #copies: (Set<NodeId> | null)[] = [];
  readonly #filters: (Filter[] | null)[] = [];
  /** Nodes that read, and nodes that write, what this node's pointers point to. */
  readonly #readers: (NodeId[] | null)[] = [];
  readonly #writers: (NodeId[] | null)[] = [];
  /** The members of the structure that a node is. */
  readonly #fields: (Map<string, NodeId> | null)[] = [];
  /** Nodes whose members are not told apart. */
  readonly #whole: boolean[] = [];
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
    this.#labels.push(null);
    this.#pending.push(null);
    this.#copies.push(null);
    this.#filters.push(null);
    this.#readers.push(null);
    this.#writers.push(null);
    this.#fields.push(null);
    this.#whole.push(false);
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
    if (this.#labels[n]?.has(label)) return;
    this.#labels[n] ??= new Set();
    if (n === this.find(this.outside)) {
      const known = this.#known[label];
      // What stands outside may be changed from outside: a variable whose address went there is a part of it.
      if (known.kind === 'place') {
        this.#leaving.push(known.node);
        return;
      }
      if (known.kind === 'memory') this.#leaving.push(this.contents(known.point));
      else if (known.kind === 'inner') this.#leaving.push(this.contents(UNSEEN - 1 - known.wrapper));
      this.#labels[n].add(label);
      return;
    }
    this.#labels[n].add(label);
    const pending = this.#pending[n];
    if (pending) {
      pending.push(label);
      return;
    }
    this.#pending[n] = [label];
    this.#queue.push(n);
  }

  /** Whatever `from` holds, `to` may hold. */
  copy(from: NodeId, to: NodeId): void {
    const a = this.find(from);
    const b = this.find(to);
    if (a === b || this.#copies[a]?.has(b)) return;
    if (a === this.find(this.outside)) {
      this.add(b, UNKNOWN);
      return;
    }
    this.#copies[a] ??= new Set();
    this.#copies[a].add(b);
    for (const label of this.#labels[a] ?? EMPTY) this.add(b, label);
  }

  /** As {@link copy}, each label changed or held back by `passage`. */
  pass(from: NodeId, to: NodeId, passage: Passage): void {
    const a = this.find(from);
    if (a === this.find(this.outside)) {
      this.#filter(UNKNOWN, to, passage);
      return;
    }
    this.#filters[a] ??= [];
    this.#filters[a].push({ to, passage });
    for (const label of [...(this.#labels[a] ?? EMPTY)]) this.#filter(label, to, passage);
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
    this.#readers[p] ??= [];
    this.#readers[p].push(to);
    for (const label of [...(this.#labels[p] ?? EMPTY)]) this.#target(label, (n) => this.copy(n, to));
  }

  /** `*pointer = from`. */
  write(pointer: NodeId, from: NodeId): void {
    const p = this.find(pointer);
    if (p === this.find(this.outside)) {
      this.copy(from, p);
      return;
    }
    this.#writers[p] ??= [];
    this.#writers[p].push(from);
    for (const label of [...(this.#labels[p] ?? EMPTY)]) this.#target(label, (n) => this.copy(from, n));
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
    if (this.#whole[o]) return o;
    this.#fields[o] ??= new Map();
    const fields = this.#fields[o];
    let node = fields.get(name);
    if (node === undefined) {
      node = this.node();
      fields.set(name, node);
    }
    return node;
  }

  /** The members of a node that somebody asked for. */
  fields(owner: NodeId): ReadonlyMap<string, NodeId> {
    return this.#fields[this.find(owner)] ?? new Map();
  }

  /** From now on the members of a node are the node itself, as those of a union are. */
  makeWhole(node: NodeId): void {
    const n = this.find(node);
    const fields = this.#fields[n];
    this.#whole[n] = true;
    this.#fields[n] = null;
    for (const field of fields?.values() ?? []) this.unify(field, n);
  }

  /** Two nodes become one, and so do their members. */
  unify(first: NodeId, second: NodeId): void {
    const a = this.find(first);
    const b = this.find(second);
    if (a === b) return;
    const out = this.find(this.outside);
    const keepsFirst = b !== out && (a === out || (this.#labels[a]?.size ?? 0) >= (this.#labels[b]?.size ?? 0));
    const [keep, drop] = keepsFirst ? [a, b] : [b, a];
    this.#parent[drop] = keep;
    const edges: Edges = {
      copies: this.#copies[drop] ?? EMPTY,
      filters: this.#filters[drop] ?? NONE,
      readers: this.#readers[drop] ?? NONE,
      writers: this.#writers[drop] ?? NONE,
    };
    const hasEdges = edges.copies.size + edges.filters.length + edges.readers.length + edges.writers.length > 0;
    if (keep === out) {
      for (const label of this.#labels[drop] ?? EMPTY) this.add(keep, label);
      // Whoever reads what is outside reads anything: that is said once.
      if (hasEdges) this.#along(edges, UNKNOWN);
    } else {
      const before = hasEdges ? [...(this.#labels[keep] ?? EMPTY)] : NONE;
      if (edges.copies.size > 0) {
        this.#copies[keep] ??= new Set();
        for (const to of edges.copies) this.#copies[keep].add(to);
      }
      this.#filters[keep] = joined(this.#filters[keep], this.#filters[drop]);
      this.#readers[keep] = joined(this.#readers[keep], this.#readers[drop]);
      this.#writers[keep] = joined(this.#writers[keep], this.#writers[drop]);
      for (const label of this.#labels[drop] ?? EMPTY) this.add(keep, label);
      for (const label of before) this.#along(edges, label);
    }
    const [mine, theirs] = [this.#fields[keep], this.#fields[drop]];
    this.#fields[drop] = null;
    this.#labels[drop] = null;
    this.#copies[drop] = null;
    this.#pending[drop] = null;
    if (this.#whole[keep] || this.#whole[drop]) {
      this.#fields[keep] = mine;
      this.makeWhole(keep);
      for (const node of theirs?.values() ?? []) this.unify(node, keep);
    } else if (mine === null) {
      this.#fields[keep] = theirs;
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
      const labels = this.#pending[node];
      this.#pending[node] = null;
      for (const label of labels ?? NONE) this.#travel(this.find(node), label);
    }
  }

  #travel(node: NodeId, label: LabelId): void {
    this.#along(
      {
        copies: this.#copies[node] ?? EMPTY,
        filters: this.#filters[node] ?? NONE,
        readers: this.#readers[node] ?? NONE,
        writers: this.#writers[node] ?? NONE,
      },
      label,
    );
  }

  #along({ copies, filters, readers, writers }: Edges, label: LabelId): void {
    for (const to of copies) this.add(to, label);
    for (const { to, passage } of filters) this.#filter(label, to, passage);
    for (const to of readers) this.#target(label, (n) => this.copy(n, to));
    for (const from of writers) this.#target(label, (n) => this.copy(from, n));
  }

  labelsOf(node: NodeId): ReadonlySet<LabelId> {
    return this.#labels[this.find(node)] ?? EMPTY;
  }
}

function joined<T>(a: T[] | null, b: T[] | null): T[] | null {
  if (a === null || b === null) return a ?? b;
  a.push(...b);
  return a;
}
