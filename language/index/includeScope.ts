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

const SLASH = 0x2f;
const IMPLEMENTATION = /\.(?:c|cc|cpp|cxx)$/i;

/** Whether a file is compiled, not included. */
export function isImplementation(path: string): boolean {
  return IMPLEMENTATION.test(path);
}

/** Steps up and down the folder tree from one file to another. */
export function distance(from: string, to: string): number {
  const end = Math.min(from.length, to.length);
  let fork = 0;
  for (let i = 0; i < end; i++) {
    const c = from.charCodeAt(i);
    if (c !== to.charCodeAt(i)) break;
    if (c === SLASH) fork = i + 1;
  }
  return 2 + slashesFrom(from, fork) + slashesFrom(to, fork);
}

function slashesFrom(path: string, start: number): number {
  let count = 0;
  for (let i = start; i < path.length; i++) if (path.charCodeAt(i) === SLASH) count++;
  return count;
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

/** Where the scope takes summaries from, when it needs them. */
export interface ScopeSources {
  summary(path: string): FileSummary | undefined;
  /** Which of `paths` hold one of these words; all files where `paths` is null. */
  /** Whether a file seems to include implementation files. */
  includesCode(path: string): boolean;
  holding(words: Iterable<string>, paths: Iterable<string> | null): ReadonlySet<string>;
}

/** A part is seldom compiled into more than a few wholes. */
const MOST_WHOLES = 3;

/** Steps from a file to another that defines a variable for it: farther ones belong to other drivers. */
const FARTHEST_VARIABLE = 8;
/** Steps from a part to the file that includes it. */
const FARTHEST_WHOLE = 5;

/** Where a name was looked for: in files that others include, or in all. */
type SearchRange = 'included' | 'all';

export class IncludeScope {
  readonly #sources: ScopeSources;
  /** Files that somebody needed: those reached through includes, and holders of names that includes do not lead to. */
  readonly #files = new Map<string, FileSummary>();
  readonly #byBaseName = new Map<string, Set<string>>();
  readonly #definers = new Map<string, Set<string>>();
  /** Dropped when a file came or went, or an include changed. */
  readonly #closures = new Map<string, ReadonlyMap<string, number>>();
  /** What a name was found to mean in a file; dropped at every change. */
  readonly #found = new Map<string, Map<string, LocatedDefinition | null>>();
  /** Whether implementation files include others, as far as somebody asked; and for parts the files that include them. */
  readonly #codeIncluders = new Map<string, boolean>();
  readonly #wholes = new Map<string, readonly string[]>();
  #byFolder: Map<string, string[]> | null = null;
  /** Files from which a name was not found. */
  readonly #missedFrom = new Set<string>();
  /** Names whose holders are all among the files, but for `#unsearched`. */
  readonly #searched = new Map<string, SearchRange>();
  readonly #unsearched = new Set<string>();
  readonly #missed = new Map<string, SearchRange>();

  constructor(sources: ScopeSources) {
    this.#sources = sources;
  }

  #forgetClosures(): void {
    this.#byFolder = null;
    this.#closures.clear();
    this.#wholes.clear();
  }

  /** A file came. */
  add(path: string): void {
    addTo(this.#byBaseName, baseName(path).toLowerCase(), path);
    this.#unsearched.add(path);
    this.#found.clear();
    this.#forgetClosures();
  }

  /** A file's text changed. Answers whether names may now mean something else in other files. */
  update(path: string): boolean {
    this.#codeIncluders.delete(path);
    const before = this.#files.get(path);
    if (!before) {
      this.#unsearched.add(path);
      return false;
    }
    const summary = this.#sources.summary(path)!;
    this.#files.set(path, summary);
    // Even where values stand, offsets may not.
    this.#found.clear();
    if (sameMeaning(before, summary)) return false;
    for (const d of before.definitions) removeFrom(this.#definers, d.name, path);
    for (const d of summary.definitions) addTo(this.#definers, d.name, path);
    if (!sameIncludes(before, summary)) this.#forgetClosures();
    return true;
  }

  remove(path: string): void {
    const before = this.#files.get(path);
    this.#codeIncluders.delete(path);
    this.#files.delete(path);
    this.#unsearched.delete(path);
    removeFrom(this.#byBaseName, baseName(path).toLowerCase(), path);
    if (before) for (const d of before.definitions) removeFrom(this.#definers, d.name, path);
    this.#found.clear();
    this.#forgetClosures();
  }

  /**
   * Reads the files that hold names which {@link lookup} did not find. Answers the files from which a look-up may now find
   * more.
   */
  searchMissed(): string[] {
    const from = [...this.#missedFrom];
    this.#missedFrom.clear();
    const before = this.#files.size;
    this.searchNew();
    if (this.#missed.size > 0) {
      const missed = [...this.#missed];
      this.#missed.clear();
      for (const range of ['included', 'all'] as const) {
        const names = missed.filter(([, r]) => r === range).map(([name]) => name);
        for (const name of names) this.#searched.set(name, range);
        if (names.length > 0)
          for (const path of this.#sources.holding(names, this.#pathsOf(range, from))) this.#read(path);
      }
    }
    if (this.#files.size === before) return [];
    this.#found.clear();
    return from;
  }

  /** Makes sure that every file that may define one of these names is known. */
  learn(names: Iterable<string>): void {
    this.searchNew();
    const fresh = [...names].filter((name) => this.#searched.get(name) !== 'all');
    for (const name of fresh) this.#searched.set(name, 'all');
    for (const path of this.#sources.holding(fresh, null)) this.#read(path);
    this.#found.clear();
  }

  /** Looks in files that came or changed for the names that were looked for before. */
  searchNew(): void {
    const paths = [...this.#unsearched];
    this.#unsearched.clear();
    if (paths.length === 0 || this.#searched.size === 0) return;
    for (const path of this.#sources.holding(this.#searched.keys(), paths)) this.#read(path);
    this.#found.clear();
  }

  /** The files to search for what was missed in the files `from`. */
  #pathsOf(range: SearchRange, from: readonly string[]): string[] {
    const isNear = (path: string) => from.some((f) => distance(f, path) <= FARTHEST_VARIABLE);
    const paths = [...this.#byBaseName.values()].flatMap((set) => [...set]);
    return paths.filter((path) => !isImplementation(path) || (range === 'all' && isNear(path)));
  }

  #read(path: string): FileSummary | undefined {
    let summary = this.#files.get(path);
    if (summary) return summary;
    summary = this.#sources.summary(path);
    if (!summary) return undefined;
    this.#files.set(path, summary);
    for (const d of summary.definitions) addTo(this.#definers, d.name, path);
    return summary;
  }

  /** What `name` means at `offset` of the file `from`. */
  lookup(name: string, from: string, offset: number): LocatedDefinition | undefined {
    this.closure(from);
    const definers = this.#definers.get(name);
    if (definers?.has(from)) {
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
      if (!found?.reached) this.#miss(name, from);
      cache.set(name, found);
    }
    return found ?? undefined;
  }

  /** Every definition of `name` that a file can reach through its includes, itself included. */
  reachableDefinitions(name: string, from: string): LocatedDefinition[] {
    const found: LocatedDefinition[] = [];
    const closure = this.closure(from);
    for (const path of this.#definers.get(name) ?? []) {
      if (!closure.has(path)) continue;
      for (const definition of this.#files.get(path)!.definitions)
        if (definition.name === name) found.push({ path, definition, reached: true });
    }
    return found;
  }

  /** What the name stands for in other branches of the #if around a definition. */
  otherBranches({ path, definition }: LocatedDefinition): Definition[] {
    const { name, alternative } = definition;
    return this.#files
      .get(path)!
      .definitions.filter(
        (d) =>
          d.name === name && d.body !== definition.body && d.kind === definition.kind && (alternative || d.alternative),
      );
  }

  /** The number of files that define a name. */
  definerCount(name: string): number {
    this.learn([name]);
    return this.#definers.get(name)?.size ?? 0;
  }

  /** Notes that no include leads to the name, so that {@link searchMissed} looks for it. */
  #miss(name: string, from: string): void {
    if (this.#searched.get(name) === 'all') return;
    if (this.#missed.get(name) === 'all') {
      this.#missedFrom.add(from);
      return;
    }
    // What an implementation file uses stands in a header that the build finds, unless it is a variable declared extern.
    const range = !isImplementation(from) || this.#isDeclared(name, from) ? 'all' : 'included';
    if (this.#searched.get(name) === range) return;
    this.#missed.set(name, range);
    this.#missedFrom.add(from);
  }

  /** Whether a file that `from` includes speaks of the name. */
  #isDeclared(name: string, from: string): boolean {
    const included = [...this.closure(from).keys()].filter((path) => path !== from);
    return this.#sources.holding([name], included).size > 0;
  }

  #elsewhere(name: string, from: string, definers: ReadonlySet<string> | undefined): LocatedDefinition | undefined {
    if (definers) {
      const reached = this.#firstReached(from, definers);
      if (reached !== undefined) return this.#located(name, reached, true);
    }
    // A part of an implementation file sees what the whole sees.
    for (const whole of isImplementation(from) ? this.#includersOf(from) : []) {
      const found = this.lookup(name, whole, Number.POSITIVE_INFINITY);
      if (found) return found;
    }
    if (!definers) return undefined;
    const seen = [...definers].filter((path) => !isImplementation(path) || this.closure(path).has(from));
    const usable = seen.length > 0 || !this.#isDeclared(name, from) ? seen : this.#variables(name, definers);
    const nearby = nearest(from, usable);
    return nearby === undefined ? undefined : this.#located(name, nearby, false);
  }

  #firstReached(from: string, definers: ReadonlySet<string>): string | undefined {
    const closure = this.closure(from);
    let best: string | undefined;
    for (const path of definers) {
      const order = closure.get(path);
      if (order !== undefined && (best === undefined || order < closure.get(best)!)) best = path;
    }
    return best;
  }

  /** The files into which an implementation file is compiled as a part of them, the largest first. */
  #includersOf(part: string): readonly string[] {
    let found = this.#wholes.get(part);
    if (!found) {
      const wholes: string[] = [];
      for (const [folder, paths] of this.#implementations()) {
        if (distance(part, `${folder}/`) > FARTHEST_WHOLE) continue;
        for (const path of paths) {
          if (path === part || !this.#includesCode(path)) continue;
          if (this.closure(path).has(part) && !this.closure(part).has(path)) wholes.push(path);
        }
      }
      // The file that includes most is the whole; those between are parts themselves.
      const bySize = (a: string, b: string) => this.closure(b).size - this.closure(a).size;
      found = wholes.sort((a, b) => bySize(a, b) || (a < b ? -1 : 1)).slice(0, MOST_WHOLES);
      this.#wholes.set(part, found);
    }
    return found;
  }

  /** Implementation files by folder. */
  #implementations(): ReadonlyMap<string, readonly string[]> {
    if (!this.#byFolder) {
      this.#byFolder = new Map();
      for (const paths of this.#byBaseName.values()) {
        for (const path of paths) {
          if (!isImplementation(path)) continue;
          const list = this.#byFolder.get(folderOf(path));
          if (list) list.push(path);
          else this.#byFolder.set(folderOf(path), [path]);
        }
      }
    }
    return this.#byFolder;
  }

  #includesCode(path: string): boolean {
    let known = this.#codeIncluders.get(path);
    if (known === undefined) {
      known = this.#sources.includesCode(path);
      this.#codeIncluders.set(path, known);
    }
    return known;
  }

  /** The files that define the name as a variable, which others may declare extern. */
  #variables(name: string, definers: ReadonlySet<string>): string[] {
    return [...definers].filter((path) =>
      this.#files.get(path)!.definitions.some((d) => d.name === name && d.kind === 'constant'),
    );
  }

  #located(name: string, path: string, reached: boolean): LocatedDefinition | undefined {
    const definition = pick(this.#files.get(path)!.definitions, name, Number.POSITIVE_INFINITY);
    return definition && { path, definition, reached };
  }

  /** The files that a file includes, directly or not, with the order in which a compiler opens them; itself first. */
  closure(from: string): ReadonlyMap<string, number> {
    const known = this.#closures.get(from);
    if (known) return known;
    const order = new Map<string, number>();
    const open = [from];
    while (open.length > 0) {
      const path = open.pop()!;
      if (order.has(path)) continue;
      order.set(path, order.size);
      const includes = this.#read(path)?.includes ?? [];
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
    const candidates = this.#byBaseName.get(baseName(wanted).toLowerCase());
    if (!candidates) return undefined;
    if (candidates.has(relative)) return relative;
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
