/**
 * Which definition of a name a file sees. One macro name in four has several values in one repository, so a name is looked
 * up in the file itself, then in what it includes, in order; only a name that cannot be reached falls back on the nearest
 * header that defines it (forced includes, include paths of the build).
 */
import type { Definition, FileSummary } from '../scan/fileSummary.ts';
import { baseName, collapsePath, folderOf } from './fileUri.ts';

export interface LocatedDefinition {
  readonly path: string;
  readonly definition: Definition;
  /** False where the definition was only the nearest one: the file's includes do not lead to it. */
  readonly reached: boolean;
}

const IMPLEMENTATION = /\.(?:c|cc|cpp|cxx)$/i;

/** Steps up and down the folder tree from one file to another. */
function distance(from: string, to: string): number {
  const a = from.split('/');
  const b = to.split('/');
  let common = 0;
  while (common < a.length - 1 && common < b.length - 1 && a[common] === b[common]) common++;
  return a.length + b.length - 2 * common;
}

/** The path with the smallest distance from `from`; the first in the alphabet among equals. */
function nearest(from: string, paths: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const d = distance(from, path);
    if (d < bestDistance || (d === bestDistance && path < best!)) {
      best = path;
      bestDistance = d;
    }
  }
  return best;
}

function addTo(map: Map<string, Set<string>>, key: string, path: string): void {
  const set = map.get(key);
  if (set) set.add(path);
  else map.set(key, new Set([path]));
}

function removeFrom(map: Map<string, Set<string>>, key: string, path: string): void {
  const set = map.get(key);
  if (set?.delete(path) && set.size === 0) map.delete(key);
}

/** The last definition in front of `offset` in a first branch, else the last in front of it, else the first. */
function pick(definitions: readonly Definition[], name: string, offset: number): Definition | undefined {
  let chosen: Definition | undefined;
  let first: Definition | undefined;
  for (const definition of definitions) {
    if (definition.name !== name) continue;
    first ??= definition;
    if (definition.nameStart >= offset) break;
    if (!definition.alternative || chosen === undefined || chosen.alternative) chosen = definition;
  }
  return chosen ?? first;
}

export class IncludeScope {
  readonly #files = new Map<string, FileSummary>();
  readonly #byBaseName = new Map<string, Set<string>>();
  readonly #definers = new Map<string, Set<string>>();
  /** Dropped when a file came or went, or an include changed. */
  readonly #closures = new Map<string, ReadonlyMap<string, number>>();
  /** What a name was found to mean in a file; dropped at every change. */
  readonly #found = new Map<string, Map<string, LocatedDefinition | null>>();

  /** Adds or replaces a file. Answers whether names may now mean something else in other files. */
  set(path: string, summary: FileSummary): boolean {
    const before = this.#files.get(path);
    this.#files.set(path, summary);
    if (!before) addTo(this.#byBaseName, baseName(path).toLowerCase(), path);
    if (before && sameMeaning(before, summary)) {
      // Values stand, offsets may not: cached definitions of this file are stale.
      this.#found.clear();
      return false;
    }
    if (before) for (const d of before.definitions) removeFrom(this.#definers, d.name, path);
    for (const d of summary.definitions) addTo(this.#definers, d.name, path);
    this.#found.clear();
    if (!before || !sameIncludes(before, summary)) this.#closures.clear();
    return true;
  }

  remove(path: string): void {
    const before = this.#files.get(path);
    if (!before) return;
    this.#files.delete(path);
    removeFrom(this.#byBaseName, baseName(path).toLowerCase(), path);
    for (const d of before.definitions) removeFrom(this.#definers, d.name, path);
    this.#found.clear();
    this.#closures.clear();
  }

  /** What `name` means at `offset` of the file `from`. */
  lookup(name: string, from: string, offset: number): LocatedDefinition | undefined {
    const definers = this.#definers.get(name);
    if (!definers) return undefined;
    if (definers.has(from)) {
      const definition = pick(this.#files.get(from)!.definitions, name, offset);
      if (definition) return { path: from, definition, reached: true };
    }
    let cache = this.#found.get(from);
    if (!cache) {
      cache = new Map();
      this.#found.set(from, cache);
    }
    let found = cache.get(name);
    if (found === undefined) {
      found = this.#elsewhere(name, from, definers) ?? null;
      cache.set(name, found);
    }
    return found ?? undefined;
  }

  /** Every definition of `name` that a file can reach through its includes, itself included. */
  reachableDefinitions(name: string, from: string): LocatedDefinition[] {
    const found: LocatedDefinition[] = [];
    const closure = this.#closure(from);
    for (const path of this.#definers.get(name) ?? []) {
      if (!closure.has(path)) continue;
      for (const definition of this.#files.get(path)!.definitions)
        if (definition.name === name) found.push({ path, definition, reached: true });
    }
    return found;
  }

  /** The number of files that define a name. */
  definerCount(name: string): number {
    return this.#definers.get(name)?.size ?? 0;
  }

  #elsewhere(name: string, from: string, definers: ReadonlySet<string>): LocatedDefinition | undefined {
    const closure = this.#closure(from);
    let best: string | undefined;
    for (const path of definers) {
      const order = closure.get(path);
      if (order !== undefined && (best === undefined || order < closure.get(best)!)) best = path;
    }
    if (best !== undefined) return this.#located(name, best, true);
    const seen = [...definers].filter((path) => !IMPLEMENTATION.test(path) || this.#closure(path).has(from));
    const nearby = nearest(from, seen);
    return nearby === undefined ? undefined : this.#located(name, nearby, false);
  }

  #located(name: string, path: string, reached: boolean): LocatedDefinition | undefined {
    const definition = pick(this.#files.get(path)!.definitions, name, Number.POSITIVE_INFINITY);
    return definition && { path, definition, reached };
  }

  /** The files that a file includes, directly or not, with the order in which a compiler opens them; itself first. */
  #closure(from: string): ReadonlyMap<string, number> {
    const known = this.#closures.get(from);
    if (known) return known;
    const order = new Map<string, number>();
    const open = [from];
    while (open.length > 0) {
      const path = open.pop()!;
      if (order.has(path)) continue;
      order.set(path, order.size);
      const includes = this.#files.get(path)?.includes ?? [];
      for (let i = includes.length - 1; i >= 0; i--) {
        const target = this.#resolve(path, includes[i].path);
        if (target !== undefined && !order.has(target)) open.push(target);
      }
    }
    this.#closures.set(from, order);
    return order;
  }

  /** The file an #include means: relative to the including file, else the nearest file whose path ends so. */
  #resolve(from: string, include: string): string | undefined {
    const wanted = include.replaceAll('\\', '/');
    const relative = collapsePath(`${folderOf(from)}/${wanted}`);
    if (this.#files.has(relative)) return relative;
    const candidates = this.#byBaseName.get(baseName(wanted).toLowerCase());
    if (!candidates) return undefined;
    const folded = relative.toLowerCase();
    const suffix = `/${collapsePath(wanted).replace(/^(?:\.\.\/)+/, '')}`.toLowerCase();
    const matches: string[] = [];
    for (const path of candidates) {
      const lower = path.toLowerCase();
      if (lower === folded) return path;
      if (lower.endsWith(suffix)) matches.push(path);
    }
    return nearest(from, matches);
  }
}

function sameIncludes(a: FileSummary, b: FileSummary): boolean {
  return a.includes.length === b.includes.length && a.includes.every((x, i) => x.path === b.includes[i].path);
}

function sameMeaning(a: FileSummary, b: FileSummary): boolean {
  return (
    sameIncludes(a, b) &&
    a.definitions.length === b.definitions.length &&
    a.definitions.every((d, i) => {
      const e = b.definitions[i];
      return (
        d.name === e.name &&
        d.kind === e.kind &&
        d.body === e.body &&
        d.alternative === e.alternative &&
        (d.parameters ?? []).join() === (e.parameters ?? []).join()
      );
    })
  );
}
