/**
 * The flow of pool memory through a program: from the places that allocate to the calls that free. Whatever is not
 * followed counts as "anything from outside", so that an allocation which is not shown to reach a free does not.
 */
import type { Definition } from '../scan/fileSummary.ts';
import { isRoutineName } from '../scan/poolCalls.ts';
import { BodyReader } from './body.ts';
import type { Places } from './calls.ts';
import { type NodeId, UNSEEN } from './graph.ts';
import { kernelFiles } from './kernelFiles.ts';
import { lastName, Program } from './program.ts';
import { FREED_ARGUMENT } from './routines.ts';
import { structureOf } from './structure.ts';

/** A call that gives memory: of a routine, or of a wrapper around one. */
export interface AllocationPoint {
  readonly path: string;
  /** Offset of the called name, or of the macro's. */
  readonly start: number;
  /** Names that the call may have once macros are replaced: the routine, the wrappers. */
  readonly names: readonly string[];
  /** The wrapper that allocates for it: an index into {@link FlowInput.inner}; -1 where the call itself does. */
  readonly inner: number;
  /** The use of a template, whose code allocates: no call stands there. */
  readonly isUse?: boolean;
}

/** An allocation within a wrapper, which its callers' points stand for. */
export interface InnerAllocation {
  readonly path: string;
  readonly start: number;
  readonly name: string;
}

export interface FreeCall {
  readonly path: string;
  readonly start: number;
  readonly names: readonly string[];
}

export interface FlowInput {
  readonly files: readonly string[];
  readonly text: (path: string) => string | undefined;
  readonly definitions: (path: string) => readonly Definition[];
  /** The definitions of a name that a file's includes lead to. */
  readonly reachable: (
    name: string,
    path: string,
  ) => readonly { readonly path: string; readonly definition: Definition }[];
  readonly points: readonly AllocationPoint[];
  readonly inner: readonly InnerAllocation[];
  readonly frees: readonly FreeCall[];
  /** Frees within forwarding wrappers, which their callers' frees stand for. */
  readonly innerFrees: readonly FreeCall[];
}

/** What may reach a free. */
export interface Reach {
  /** Allocation points whose memory may be freed here. */
  readonly points: ReadonlySet<number>;
  /** Memory from elsewhere may be freed here as well. */
  readonly isOpen: boolean;
  /** The free was found in the code, and something was seen to flow into it. */
  readonly isFollowed: boolean;
}

const NO_MACROS: readonly Definition[] = [];
const NO_POINTS: readonly number[] = [];
const NOWHERE: Reach = { points: new Set(), isOpen: false, isFollowed: false };

export class PoolFlow {
  readonly #input: FlowInput;
  readonly #program = new Program();
  readonly #points = new Map<string, number[]>();
  readonly #inner = new Map<string, number>();
  readonly #frees = new Map<string, readonly string[]>();
  readonly #freed = new Map<string, { readonly name: string; readonly args: readonly NodeId[] }[]>();
  readonly #seenPoints = new Set<number>();
  readonly #seenInner = new Set<number>();
  /** Statements that were given up, for those who ask how well the code was understood. */
  troubles = 0;
  #outside: ReadonlySet<number> = new Set();
  /** The names of calls that give memory, allocate within a wrapper, and free: few of all calls. */
  readonly #pointNames = new Set<string>();
  readonly #innerNames = new Set<string>();
  readonly #wrappersFreeing = new Set<string>();

  constructor(input: FlowInput) {
    this.#input = input;
    for (const { name } of input.inner) this.#innerNames.add(name);
    for (const [i, { path, start, names }] of input.points.entries()) {
      for (const name of names) this.#pointNames.add(name);
      const key = `${start} ${path}`;
      const list = this.#points.get(key);
      if (list) list.push(i);
      else this.#points.set(key, [i]);
    }
    for (const [i, { path, start }] of input.inner.entries()) this.#inner.set(`${start} ${path}`, i);
    for (const { path, start, names } of [...input.frees, ...input.innerFrees]) {
      const key = `${start} ${path}`;
      this.#frees.set(key, [...(this.#frees.get(key) ?? []), ...names]);
      for (const name of names) this.#wrappersFreeing.add(name);
    }
    this.#read();
  }

  #read(): void {
    const program = this.#program;
    const { graph } = program;
    for (const path of kernelFiles(this.#input)) {
      const text = this.#input.text(path);
      if (text === undefined) continue;
      program.addFile(structureOf(path, text));
      program.addMacros(path, this.#input.definitions(path));
    }
    program.joinGlobals();
    const macros = this.#macroLookup();
    const places = this.#places();
    for (const fn of program.functions) {
      const reader = new BodyReader(program, fn, places);
      reader.read(macros);
      this.troubles += reader.troubles;
    }
    this.#initialisers();
    for (const fn of program.functions) {
      if (this.#wrappersFreeing.has(lastName(fn.code.name)))
        for (const [i, node] of fn.parameters.entries()) graph.add(node, graph.argument(fn.id, i));
      if (fn.isCalled && !fn.isAddressTaken) continue;
      // Called from somewhere that is not seen, with anything.
      for (const node of [...fn.parameters, fn.self]) graph.copy(graph.outside, node);
      graph.copy(fn.result, graph.outside);
    }
    program.joinUnknownMembers();
    graph.solve();
    // Points that the code did not show: their memory may be anywhere.
    for (const [i, { isUse, inner }] of this.#input.points.entries()) {
      const isSeen = isUse ? this.#seenInner.has(inner) : this.#seenPoints.has(i);
      if (!isSeen) graph.add(graph.outside, graph.memory(i));
    }
    graph.solve();
    this.#outside = this.#pointsOutside();
  }

  /** Tables of functions and of addresses, which globals are initialised with. */
  #initialisers(): void {
    const { graph } = this.#program;
    for (const { global } of this.#program.globals()) {
      for (const [i, { text, kind }] of global.initialiser.entries()) {
        if (kind !== 1) continue;
        for (const fn of this.#program.functionsNamed(text, global.path)) fn.isAddressTaken = true;
        const other = this.#program.global(text, global.path);
        if (other && global.initialiser[i - 1]?.text !== '.') graph.unify(other.node, graph.outside);
      }
    }
  }

  #macroLookup() {
    const byPath = new Map<string, Map<string, readonly Definition[]>>();
    return (path: string, name: string): readonly Definition[] => {
      const all = this.#program.macros(name);
      if (all.length === 0) return NO_MACROS;
      let known = byPath.get(path);
      if (!known) {
        known = new Map();
        byPath.set(path, known);
      }
      let found = known.get(name);
      if (!found) {
        const isRoutine = isRoutineName(name);
        if (all.length === 1 && !isRoutine) {
          found = [all[0].definition];
          known.set(name, found);
          return found;
        }
        let seen = all.filter((m) => m.path === path);
        if (seen.length === 0) {
          const reachable = this.#input.reachable(name, path);
          seen = all.filter((m) => reachable.some((r) => r.path === m.path));
        }
        // A routine of the kernel is itself where no include leads to another meaning.
        if (seen.length === 0 && !isRoutine) seen = [...all];
        const bodies = new Map(seen.map(({ definition }) => [definition.body.replace(/\s+/g, ' '), definition]));
        found = [...bodies.values()];
        known.set(name, found);
      }
      return found;
    };
  }

  #places(): Places {
    return {
      points: (path, at, name) => {
        if (!this.#pointNames.has(name)) return NO_POINTS;
        const found = (this.#points.get(`${at} ${path}`) ?? []).filter((i) =>
          this.#input.points[i].names.includes(name),
        );
        for (const i of found) this.#seenPoints.add(i);
        return found;
      },
      inner: (path, at, name) => {
        if (!this.#innerNames.has(name)) return undefined;
        const i = this.#inner.get(`${at} ${path}`);
        if (i === undefined || this.#input.inner[i].name !== name) return undefined;
        this.#seenInner.add(i);
        return i;
      },
      isFree: (path, at, name) =>
        this.#wrappersFreeing.has(name) && (this.#frees.get(`${at} ${path}`)?.includes(name) ?? false),
      freed: (path, at, name, args) => {
        const key = `${at} ${path}`;
        const list = this.#freed.get(key);
        if (list) list.push({ name, args });
        else this.#freed.set(key, [{ name, args }]);
      },
    };
  }

  /** The pointers that the call of a routine or wrapper frees. */
  #pointers(name: string, args: readonly NodeId[]): readonly NodeId[] {
    const wrappers = this.#program.functions.filter((fn) => lastName(fn.code.name) === name);
    if (wrappers.length === 0) {
      const node = args[FREED_ARGUMENT.get(name) ?? 0];
      return node === undefined ? [] : [node];
    }
    const positions = new Set<number>();
    for (const { path, start } of this.#input.innerFrees) {
      for (const inner of this.#freed.get(`${start} ${path}`) ?? []) {
        for (const node of inner.args.slice(0, 2)) {
          if (node < 0) continue;
          for (const id of this.#program.graph.labelsOf(node)) {
            const label = this.#program.graph.label(id);
            if (label.kind === 'argument' && wrappers.some((fn) => fn.id === label.fn)) positions.add(label.position);
          }
        }
      }
    }
    return positions.size === 0 ? args : [...positions].map((i) => args[i]).filter((node) => node !== undefined);
  }

  /** What may reach the free at an offset. */
  reach({ path, start }: Pick<FreeCall, 'path' | 'start'>): Reach {
    const calls = this.#freed.get(`${start} ${path}`);
    if (!calls) return NOWHERE;
    const { graph } = this.#program;
    const points = new Set<number>();
    let isOpen = false;
    let isFollowed = false;
    for (const { name, args } of calls) {
      for (const node of this.#pointers(name, args)) {
        if (node < 0) continue;
        for (const id of graph.labelsOf(node)) {
          const label = graph.label(id);
          if (label.kind === 'place' || label.kind === 'argument') continue;
          isFollowed = true;
          if (label.kind === 'memory') points.add(label.point);
          else if (label.kind === 'inside') {
            // The address of a member is the memory's own only where the member is the first.
            if (label.struct !== '' && this.#program.isFirst(label.struct, label.member) === false) continue;
            if (label.point === UNSEEN) isOpen = true;
            else points.add(label.point);
          } else if (label.kind === 'unknown') isOpen = true;
          else for (const point of this.#pointsOf(label.wrapper)) points.add(point);
        }
      }
    }
    if (isOpen) for (const point of this.#outside) points.add(point);
    return { points, isOpen, isFollowed };
  }

  #pointsOf(wrapper: number): number[] {
    return [...this.#input.points.keys()].filter((i) => this.#input.points[i].inner === wrapper);
  }

  /** The points whose memory may have left the code that is seen. */
  #pointsOutside(): Set<number> {
    const { graph } = this.#program;
    const points = new Set<number>();
    for (const id of graph.labelsOf(graph.outside)) {
      const label = graph.label(id);
      if (label.kind === 'memory' || (label.kind === 'inside' && label.point !== UNSEEN)) points.add(label.point);
      else if (label.kind === 'inner') for (const point of this.#pointsOf(label.wrapper)) points.add(point);
    }
    return points;
  }

  /** Whether memory of a point may have left the code that is seen. */
  escapes(point: number): boolean {
    return this.#outside.has(point);
  }
}
