/** The code of several files as one program: what its names mean, and the nodes of the flow graph for them. */
import type { Definition } from '../scan/fileSummary.ts';
import { NO_TYPE, type WrittenType } from './declared.ts';
import { FlowGraph, type NodeId } from './graph.ts';
import type { Member, Structure } from './records.ts';
import { DRIVERS_OWN, PASSIVE } from './routines.ts';
import type { FileStructure, FunctionCode, Global } from './structure.ts';

/** A type as far as members are concerned: the structure, followed through type names. */
export interface KnownType {
  /** Name of the structure; empty for numbers, `void` and what is not known. */
  readonly struct: string;
  readonly stars: number;
  readonly dimensions: number;
  /** Whether anything at all is known: of an unknown type a name may be a pointer, an array or a structure. */
  readonly isKnown: boolean;
}

export const UNTYPED: KnownType = { struct: '', stars: 0, dimensions: 0, isKnown: false };

export interface ProgramFunction {
  readonly code: FunctionCode;
  readonly id: number;
  readonly parameters: readonly NodeId[];
  readonly result: NodeId;
  /** The object of a method. */
  readonly self: NodeId;
  isCalled: boolean;
  isAddressTaken: boolean;
}

const SCALAR =
  /^(?:void|VOID|P?VOID|char|short|int|long|float|double|bool|BOOLEAN|BOOL|U?CHAR|U?SHORT|U?LONG(?:32|64|LONG)?|U?INT(?:8|16|32|64)?|U?LONG_PTR|U?INT_PTR|SIZE_T|size_t|u?int\d+_t|BYTE|WORD|DWORD|NTSTATUS|WCHAR|wchar_t|KIRQL|HANDLE|__int64|TCHAR|LONGLONG|ULONGLONG|uintptr_t|intptr_t)$/;
const SCALAR_POINTER =
  /^(?:L?P(?:VOID|U?CHAR|U?SHORT|U?LONG|U?INT|W?STR|C?WSTR|CSTR|CHAR|WCH|WCHAR|BYTE|BOOLEAN|HANDLE|SIZE_T)|PWSTR|PCWSTR|PSTR|PCSTR|LPCWSTR|NTSTRSAFE_PWSTR)$/;
const POINTER_NAME = /^(?:LP|PC?)(?=[A-Z][A-Z0-9_])/;

const NO_FUNCTIONS: readonly ProgramFunction[] = [];
const NO_MACROS: readonly { readonly path: string; readonly definition: Definition }[] = [];

export class Program {
  readonly graph = new FlowGraph();
  readonly functions: ProgramFunction[] = [];
  readonly #byName = new Map<string, ProgramFunction[]>();
  /** Names of functions that only their own file may call. */
  readonly #staticNames = new Set<string>();
  readonly #structures = new Map<string, Structure>();
  readonly #typeNames = new Map<string, WrittenType>();
  readonly #globals = new Map<string, { readonly global: Global; readonly node: NodeId }[]>();
  readonly #macros = new Map<string, { readonly path: string; readonly definition: Definition }[]>();
  readonly #objects = new Map<string, NodeId>();
  /** The names of the objects above by what stands behind their last dot, and those of the system's plain structures. */
  readonly #objectsByMember = new Map<string, string[]>();
  readonly #passive: string[] = [];
  readonly #unions = new Map<string, NodeId>();
  /** Members that were reached through pointers of unknown type, by name. */
  readonly #anyMember = new Map<string, NodeId>();
  readonly #resolved = new Map<string, KnownType>();
  readonly #puns = new Set<string>();

  addFile(file: FileStructure): void {
    for (const structure of file.structures) this.#addStructure(structure);
    for (const { name, type } of file.typeNames) if (type.name !== name) this.#typeNames.set(name, type);
    for (const global of file.globals) {
      const node = this.graph.node();
      pushTo(this.#globals, global.name, { global, node });
    }
    for (const code of file.functions) {
      const fn: ProgramFunction = {
        code,
        id: this.functions.length,
        parameters: code.parameters.map(() => this.graph.node()),
        result: this.graph.node(),
        self: this.graph.node(),
        isCalled: false,
        isAddressTaken: false,
      };
      this.functions.push(fn);
      pushTo(this.#byName, lastName(code.name), fn);
      if (code.isStatic) this.#staticNames.add(lastName(code.name));
    }
  }

  addMacros(path: string, definitions: readonly Definition[]): void {
    for (const definition of definitions)
      if ((definition.kind === 'macro' && isCode(definition.body)) || definition.kind === 'function')
        pushTo(this.#macros, definition.name, { path, definition });
  }

  /** Globals of one name in several files are one, unless they are static. One that is only declared comes from outside. */
  joinGlobals(): void {
    for (const list of this.#globals.values()) {
      const shared = list.filter(({ global }) => !global.isStatic);
      for (const { node } of shared.slice(1)) this.graph.unify(shared[0].node, node);
      if (shared.length > 0 && shared.every(({ global }) => global.isExtern))
        this.graph.unify(shared[0].node, this.graph.outside);
    }
  }

  *globals(): Generator<{ readonly global: Global; readonly node: NodeId }> {
    for (const list of this.#globals.values()) yield* list;
  }

  #addStructure(structure: Structure): void {
    const known = this.#structures.get(structure.name);
    if (!known) this.#structures.set(structure.name, structure);
    else {
      const names = new Set(known.members.map((m) => m.name));
      const more = structure.members.filter((m) => !names.has(m.name));
      const bases = [...new Set([...known.bases, ...structure.bases])];
      this.#structures.set(structure.name, { name: known.name, bases, members: [...known.members, ...more] });
    }
  }

  // ---- names

  /** The functions that a call of `name` in a file may mean. */
  functionsNamed(name: string, path: string): readonly ProgramFunction[] {
    const all = this.#byName.get(name);
    if (!all) return NO_FUNCTIONS;
    if (!this.#staticNames.has(name)) return all;
    const own = all.filter((fn) => fn.code.path === path && fn.code.isStatic);
    if (own.length > 0) return own;
    return all.filter((fn) => !fn.code.isStatic || fn.code.path === path || !/\.(?:c|cc|cpp|cxx)$/i.test(fn.code.path));
  }

  /** Every `operator new`, or every `operator delete`. */
  operators(kind: 'new' | 'delete'): readonly ProgramFunction[] {
    return [`operator ${kind}`, `operator ${kind}[]`, `operator ${kind} []`].flatMap(
      (name) => this.#byName.get(name) ?? [],
    );
  }

  /**
   * The operators that `new` of a class, or `delete` of a pointer to it, may mean: those of the class or its bases, else the
   * global ones; all of them where the class is not known well enough to tell.
   */
  operatorsOf(kind: 'new' | 'delete', { struct, stars }: KnownType): readonly ProgramFunction[] {
    const all = this.operators(kind);
    const ownerOf = ({ code: { name } }: ProgramFunction) => lastName(name.slice(0, name.lastIndexOf('::operator')));
    const members = all.filter(({ code }) => code.name.includes('::operator'));
    if (members.length === 0 || struct === '' || stars !== (kind === 'delete' ? 1 : 0)) return all;
    const family = new Set([struct]);
    for (const name of family) {
      const structure = this.#structures.get(name);
      if (!structure) return all;
      for (const base of structure.bases) family.add(base);
    }
    // What is deleted may be of a class below, whose operator it is then.
    const hasHeirs = [...this.#structures.values()].some(({ bases }) => bases.includes(struct));
    if (kind === 'delete' && hasHeirs) return all;
    const own = members.filter((fn) => family.has(ownerOf(fn)));
    return own.length > 0 ? own : all.filter((fn) => !members.includes(fn));
  }

  global(name: string, path: string): { readonly node: NodeId; readonly type: KnownType } | undefined {
    const list = this.#globals.get(name);
    if (!list) return undefined;
    const found =
      list.find(({ global }) => global.path === path && global.isStatic) ??
      list.find(({ global }) => !global.isStatic) ??
      list[0];
    const typed = list.find(({ global }) => global.type.dimensions > 0) ?? found;
    return { node: found.node, type: this.typeOf((found.global.isStatic ? found : typed).global.type) };
  }

  /** The definitions that a macro's name may have. */
  macros(name: string): readonly { readonly path: string; readonly definition: Definition }[] {
    return this.#macros.get(name) ?? NO_MACROS;
  }

  // ---- types

  isTypeName(name: string): boolean {
    return this.#structures.has(name) || this.#typeNames.has(name) || SCALAR.test(name) || SCALAR_POINTER.test(name);
  }

  typeOf({ name, stars, dimensions }: WrittenType): KnownType {
    const base = this.#named(name, 0);
    if (base.stars === 0 && base.dimensions === 0) return { ...base, stars, dimensions };
    return { ...base, stars: base.stars + stars, dimensions: base.dimensions + dimensions };
  }

  #named(name: string, depth: number): KnownType {
    const known = this.#resolved.get(name);
    if (known) return known;
    let type: KnownType;
    const alias = this.#typeNames.get(name);
    if (name === '' || name === 'auto') type = UNTYPED;
    else if (this.#structures.has(name)) type = { struct: name, stars: 0, dimensions: 0, isKnown: true };
    else if (alias && depth < 20) {
      const base = this.#named(alias.name, depth + 1);
      const isPointer = alias.name === '' && alias.stars === 0;
      type = {
        ...base,
        isKnown: base.isKnown || isPointer,
        stars: base.stars + alias.stars,
        dimensions: base.dimensions + alias.dimensions,
      };
    } else if (SCALAR.test(name) && name !== 'PVOID') type = { struct: '', stars: 0, dimensions: 0, isKnown: true };
    else if (SCALAR_POINTER.test(name)) type = { struct: '', stars: 1, dimensions: 0, isKnown: true };
    else {
      const plain = name.replace(/^_+(?=[A-Z])/, '');
      const target = plain.replace(POINTER_NAME, '');
      const isPointer =
        target !== plain && !/^(?:POOL|PAGED|POWER|PHYSICAL|PNP|PCI|PORT|PROCESS|PRIVILEGE|POLICY)/.test(plain);
      const underscored = isPointer && this.#structures.has(`_${target}`) ? `_${target}` : isPointer ? target : plain;
      type = { struct: underscored, stars: isPointer ? 1 : 0, dimensions: 0, isKnown: true };
    }
    this.#resolved.set(name, type);
    return type;
  }

  isDriversType(struct: string): boolean {
    return this.#structures.has(struct);
  }

  /** Whether members of a structure are followed by their names even when the system was given its address. */
  isRecord(struct: string): boolean {
    return struct !== '' && (this.#structures.has(struct) || PASSIVE.test(struct));
  }

  member(struct: string, name: string): { readonly owner: string; readonly member: Member } | undefined {
    return this.#member(struct, name, 0);
  }

  #member(struct: string, name: string, depth: number): { owner: string; member: Member } | undefined {
    const structure = this.#structures.get(struct);
    if (!structure || depth > 8) return undefined;
    const member = structure.members.find((m) => m.name === name);
    if (member) return { owner: struct, member };
    for (const base of structure.bases) {
      const found = this.#member(this.#named(base, 0).struct, name, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  /** The name of the member at a position, as initialisers count; undefined where there is none. */
  memberAt(struct: string, position: number): string | undefined {
    return this.#structures.get(struct)?.members[position]?.name;
  }

  /** Whether a member is the first of its structure, so that its address is the structure's; undefined where not known. */
  isFirst(struct: string, member: string): boolean | undefined {
    const structure = this.#structures.get(struct);
    if (!structure || structure.bases.length > 0) return undefined;
    const first = structure.members[0];
    if (!first) return undefined;
    return (
      first.name === member ||
      (first.union >= 0 && structure.members.some((m) => m.name === member && m.union === first.union))
    );
  }

  // ---- nodes

  /** Any object of a structure that is reached through a pointer. */
  object(struct: string): NodeId {
    let node = this.#objects.get(struct);
    if (node === undefined) {
      node = this.graph.node();
      this.#noteObject(struct, node);
      if (!this.isRecord(struct)) this.graph.unify(node, this.graph.outside);
    }
    return node;
  }

  #noteObject(name: string, node: NodeId): void {
    this.#objects.set(name, node);
    const dot = name.lastIndexOf('.');
    if (dot >= 0) pushTo(this.#objectsByMember, name.slice(dot + 1), name);
    else if (PASSIVE.test(name)) this.#passive.push(name);
  }

  /** A member of an object behind a pointer of type `struct`. */
  memberNode(
    struct: string,
    name: string,
  ): { readonly node: NodeId; readonly type: KnownType; readonly owner: string } {
    if (struct === '') return { node: this.#any(name), type: UNTYPED, owner: '' };
    const found = this.member(struct, name);
    if (found) {
      const { owner, member } = found;
      return { node: this.#fieldNode(this.object(owner), owner, member), type: this.typeOf(member.type), owner };
    }
    if (this.#structures.has(struct)) return { node: this.#any(name), type: UNTYPED, owner: '' };
    if (PASSIVE.test(struct))
      return { node: this.graph.field(this.object(struct), name), type: UNTYPED, owner: struct };
    if (DRIVERS_OWN.test(name)) return { node: this.#foreign(struct, name), type: UNTYPED, owner: struct };
    return { node: this.graph.outside, type: UNTYPED, owner: struct };
  }

  #foreign(struct: string, name: string): NodeId {
    const key = `${struct}.${name}`;
    let node = this.#objects.get(key);
    if (node === undefined) {
      node = this.graph.node();
      this.#noteObject(key, node);
    }
    return node;
  }

  /** A member of the structure that stands in `owner` itself. */
  ownMember(owner: NodeId, type: KnownType, name: string): { readonly node: NodeId; readonly type: KnownType } {
    const found = type.struct === '' ? undefined : this.member(type.struct, name);
    if (found) return { node: this.#fieldNode(owner, found.owner, found.member), type: this.typeOf(found.member.type) };
    if (type.struct === '' || this.#structures.has(type.struct)) {
      const node = this.#any(name);
      this.graph.unify(node, this.graph.field(owner, name));
      return { node, type: UNTYPED };
    }
    return { node: this.graph.field(owner, name), type: UNTYPED };
  }

  #fieldNode(owner: NodeId, struct: string, { name, union }: Member): NodeId {
    const node = this.graph.field(owner, name);
    if (union >= 0) {
      const key = `${this.graph.find(owner)} ${union}`;
      const whole = this.#unions.get(key);
      if (whole === undefined) {
        this.graph.makeWhole(node);
        this.#unions.set(key, node);
        for (const other of this.#structures.get(struct)!.members)
          if (other.union === union && other.name !== name) this.graph.unify(node, this.graph.field(owner, other.name));
      }
    }
    return node;
  }

  #any(name: string): NodeId {
    let node = this.#anyMember.get(name);
    if (node === undefined) {
      node = this.graph.node();
      this.#anyMember.set(name, node);
    }
    return node;
  }

  /** Joins members reached through unknown types with those of every structure that has one of that name. */
  joinUnknownMembers(): void {
    const owners = new Map<string, string[]>();
    for (const structure of this.#structures.values())
      for (const { name } of structure.members) pushTo(owners, name, structure.name);
    for (const [name, node] of this.#anyMember) {
      for (const struct of owners.get(name) ?? []) {
        const member = this.#structures.get(struct)!.members.find((m) => m.name === name)!;
        const field = this.#fieldNode(this.object(struct), struct, member);
        const type = this.typeOf(member.type);
        // The members of a structure that stands in another have names of their own, by which they are found.
        if (type.stars === 0 && this.isRecord(type.struct)) this.graph.unify(field, this.object(type.struct));
        else this.graph.unify(node, field);
      }
      for (const key of this.#objectsByMember.get(name) ?? []) this.graph.unify(node, this.#objects.get(key)!);
      for (const key of this.#passive)
        if (this.graph.fields(this.object(key)).has(name))
          this.graph.unify(node, this.graph.field(this.object(key), name));
      // What the system's own structures hold may come from anywhere.
      if (!owners.has(name) && !DRIVERS_OWN.test(name)) this.graph.unify(node, this.graph.outside);
    }
  }

  /** Two structures are looked at as one another: members of one name, or at one position, are one. */
  pun(first: string, second: string): void {
    if (first === second || !this.isDriversType(first) || !this.isDriversType(second)) return;
    const key = first < second ? `${first} ${second}` : `${second} ${first}`;
    if (this.#puns.has(key)) return;
    this.#puns.add(key);
    if (this.#begins(first, second, 0) || this.#begins(second, first, 0)) return;
    const [a, b] = [this.#structures.get(first)!, this.#structures.get(second)!];
    this.graph.unify(this.object(first), this.object(second));
    const shorter = Math.min(a.members.length, b.members.length);
    for (let i = 0; i < shorter; i++)
      this.graph.unify(
        this.#fieldNode(this.object(first), first, a.members[i]),
        this.#fieldNode(this.object(second), second, b.members[i]),
      );
  }

  /** Whether an object of `outer` starts with one of `inner`. */
  #begins(outer: string, inner: string, depth: number): boolean {
    if (depth > 8) return false;
    const structure = this.#structures.get(outer);
    if (!structure) return false;
    const firsts = [
      ...structure.bases,
      ...structure.members.slice(0, 1).map((m) => (m.type.stars === 0 ? m.type.name : '')),
    ];
    return firsts.some((name) => {
      const { struct } = this.typeOf({ ...NO_TYPE, name });
      return struct !== '' && (struct === inner || this.#begins(struct, inner, depth + 1));
    });
  }
}

/** The last part of a qualified name. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

/** Whether the body of a macro without parameters is more than a constant. */
function isCode(body: string): boolean {
  return /[A-Za-z_]\w*/.test(
    body.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b0[xX][0-9A-Fa-f]+[uUlL]*\b|\b\d+[uUlL]*\b/g, ''),
  );
}

function pushTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
