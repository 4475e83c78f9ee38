/**
 * Which definition of a name a file sees. One macro name in four has several values in one repository, so a name is looked
 * up in the file itself, then in what it includes, in order; only a name that cannot be reached falls back on the nearest
 * header that defines it (forced includes, include paths of the build).
 */
import type { Definition, FileSummary } from '../scan/fileSummary.ts';
import { changedNames, Definers, FileDefinitions, namesOf } from './definers.ts';
import { folderOf } from './fileUri.ts';
import { type Closure, IncludeGraph } from './includeGraph.ts';
import { distance, isImplementation, nearest, sharedFolders } from './nearness.ts';

export interface LocatedDefinition {
  readonly path: string;
  readonly definition: Definition;
  /** False where the definition was only the nearest one: the file's includes do not lead to it. */
  readonly reached: boolean;
}

/** Where the scope takes summaries from, when it needs them. */
export interface ScopeSources {
  summary(path: string): FileSummary | undefined;
  /** Whether a file seems to include implementation files. */
  includesCode(path: string): boolean;
  /** Which of `paths` hold one of these words; of all files where `paths` is null. */
  holding(words: Iterable<string>, paths: Iterable<string> | null): ReadonlySet<string>;
  /** Which of `paths` may define one of these words. */
  defining(words: readonly string[], paths: readonly string[]): ReadonlySet<string>;
}

/** The name of a member that many structures have: then the names of variables must be alike. */
const PLAIN_TAG = /^[Tt]ag$|^TAG$/;
/** Steps from a file to another that defines a variable for it: farther ones belong to other drivers. */
const FARTHEST_VARIABLE = 8;
const NOBODY: ReadonlySet<string> = new Set();

/** What may be otherwise since a file changed. */
export interface ScopeChange {
  /** Names that may mean something else. */
  readonly names: ReadonlySet<string>;
  /** Files in which any name may. */
  readonly files: ReadonlySet<string>;
}

/** Where a name was looked for: in files that others include, or in all. */
type SearchRange = 'included' | 'all';

export class IncludeScope {
  readonly #sources: ScopeSources;
  /** Hears of every name that is looked up, where somebody wants to know. */
  asked: Set<string> | null = null;
  /** Grows whenever any name may mean something else in any file. */
  revision = 0;
  readonly #graph: IncludeGraph;
  /** Files that somebody needed: those reached through includes, and holders of names that includes do not lead to. */
  readonly #files = new Map<string, FileDefinitions>();
  readonly #definers = new Definers();
  /** What a name was found to mean in a file. */
  readonly #found = new Map<string, Map<string, LocatedDefinition | null>>();
  /** The number of files known when `#found` was last right for all of them. */
  #filesSeen = 0;
  /** Whether {@link assigned} read files since the last search. */
  #learned = false;
  /** Files from which a name was not found. */
  readonly #missedFrom = new Set<string>();
  /** Names whose holders are all among the files, but for `#unsearched`. */
  readonly #searched = new Map<string, SearchRange>();
  readonly #unsearched = new Set<string>();
  readonly #missed = new Map<string, SearchRange>();

  constructor(sources: ScopeSources) {
    this.#sources = sources;
    this.#graph = new IncludeGraph({
      read: (path) => this.#read(path)?.summary,
      includesCode: (path) => sources.includesCode(path),
    });
  }

  /** A file came. */
  add(path: string): void {
    this.#graph.add(path);
    this.#unsearched.add(path);
    this.#forgetAll();
  }

  /** Whether a file whose text changed includes others now, while that was not yet taken by {@link update}. */
  includesOthers(path: string): boolean {
    const before = this.#files.get(path)?.summary;
    return before !== undefined && !sameIncludes(before, this.#sources.summary(path)!);
  }

  /** The files that see what a file includes, as far as somebody asked. */
  dependents(path: string): ReadonlySet<string> {
    return this.#graph.dependents(path);
  }

  /** A file's text changed. Answers what may now be otherwise in other files; `all` where anything may. */
  update(path: string): ScopeChange | 'all' {
    const before = this.#files.get(path)?.summary;
    if (!before) {
      this.#unsearched.add(path);
      return { names: NOBODY, files: NOBODY };
    }
    const summary = this.#sources.summary(path)!;
    const included = sameIncludes(before, summary) ? null : [...this.closure(path).paths()];
    this.#files.set(path, new FileDefinitions(summary));
    const changed = changedNames(before, summary);
    for (const d of before.definitions) for (const n of namesOf(d)) if (changed.has(n)) this.#definers.remove(n, path);
    for (const d of summary.definitions) for (const n of namesOf(d)) if (changed.has(n)) this.#definers.add(n, path);
    const files = included ? this.#includeOthers(path, included) : NOBODY;
    if (files === 'all') {
      this.#graph.forgetAll();
      this.#forgetAll();
      return 'all';
    }
    for (const file of files) {
      this.#found.delete(file);
      if (!isImplementation(file)) continue;
      // Whoever shares a header with this file may mean its variables.
      for (const d of this.#files.get(file)?.summary.definitions ?? [])
        if (d.kind === 'constant') for (const name of namesOf(d)) changed.add(name);
    }
    // Even where values stand, offsets may not.
    for (const found of this.#found.values())
      for (const [name, located] of found) if (located?.path === path || changed.has(name)) found.delete(name);
    return { names: changed, files };
  }

  /** Takes that a file includes others than those it included. Answers the files in which names may mean something else. */
  #includeOthers(path: string, before: readonly string[]): ReadonlySet<string> | 'all' {
    const files = this.#graph.dependents(path);
    this.#graph.forget(path);
    const now = this.closure(path);
    const old = new Set(before);
    const moved = [...before.filter((file) => !now.has(file)), ...[...now.paths()].filter((file) => !old.has(file))];
    // Parts of implementations see what their wholes see.
    if (moved.some(isImplementation) || this.#sources.includesCode(path)) return 'all';
    // What a header sees may depend on who includes it.
    for (const file of moved) files.add(file);
    return files;
  }

  remove(path: string): void {
    const before = this.#files.get(path)?.summary;
    this.#files.delete(path);
    this.#unsearched.delete(path);
    this.#graph.remove(path);
    for (const d of before?.definitions ?? []) for (const name of namesOf(d)) this.#definers.remove(name, path);
    this.#forgetAll();
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
          for (const path of this.#sources.defining(names, this.#pathsOf(range, from))) this.#read(path);
      }
    }
    const grew = this.#learned || this.#files.size !== before;
    this.#learned = false;
    this.#forgetFound();
    return grew ? from : [];
  }

  /** Makes sure that every file that may define one of these names is known. */
  learn(names: Iterable<string>): void {
    this.searchNew();
    const fresh = [...names].filter((name) => this.#searched.get(name) !== 'all');
    for (const name of fresh) this.#searched.set(name, 'all');
    for (const path of this.#sources.holding(fresh, null)) this.#read(path);
    this.#forgetFound();
  }

  /** Looks in files that came or changed for the names that were looked for before. */
  searchNew(): void {
    const paths = [...this.#unsearched];
    this.#unsearched.clear();
    if (paths.length === 0 || this.#searched.size === 0) return;
    for (const path of this.#sources.defining([...this.#searched.keys()], paths)) this.#read(path);
    this.#forgetFound();
  }

  /** Files that became known may define what was found elsewhere, or not at all. */
  #forgetFound(): void {
    if (this.#files.size !== this.#filesSeen) this.#forgetAll();
    this.#filesSeen = this.#files.size;
  }

  #forgetAll(): void {
    this.#found.clear();
    this.revision++;
  }

  /** The names that a file defines, as far as somebody needed it. */
  namesIn(path: string): Set<string> {
    return new Set(this.#files.get(path)?.summary.definitions.map((definition) => definition.name));
  }

  /** The files to search for what was missed in the files `from`. */
  #pathsOf(range: SearchRange, from: readonly string[]): string[] {
    // A file is as far away as any other of its folder.
    const folders = [...new Set(from.map((f) => `${folderOf(f)}/`))];
    const isNear = (path: string) => folders.some((folder) => distance(folder, path) <= FARTHEST_VARIABLE);
    return [...this.#graph.paths()].filter((path) => !isImplementation(path) || (range === 'all' && isNear(path)));
  }

  #read(path: string): FileDefinitions | undefined {
    const known = this.#files.get(path);
    if (known) return known;
    const summary = this.#sources.summary(path);
    if (!summary) return undefined;
    const file = new FileDefinitions(summary);
    this.#files.set(path, file);
    for (const d of summary.definitions) for (const name of namesOf(d)) this.#definers.add(name, path);
    return file;
  }

  /** What `name` means at `offset` of the file `from`. */
  lookup(name: string, from: string, offset: number): LocatedDefinition | undefined {
    this.asked?.add(name);
    this.closure(from);
    const own = this.#files.get(from)?.at(name, offset);
    if (own && !isFallback(own, from)) return { path: from, definition: own, reached: true };
    let cache = this.#found.get(from);
    if (!cache) {
      cache = new Map();
      this.#found.set(from, cache);
    }
    let found = cache.get(name);
    if (found === undefined) {
      const located = own && { path: from, definition: own, reached: true };
      found = (own ? (this.#overriding(own, from) ?? located) : this.#elsewhere(name, from)) ?? null;
      const isSure = found?.reached && !isFallback(found.definition, from);
      // A member of a class is looked for by its own name where the class is not known.
      if (!isSure && !name.includes('::')) this.#miss(name, from);
      cache.set(name, found);
    }
    return found ?? undefined;
  }

  /** Every definition of `name` that a file can reach through its includes, itself included. */
  reachableDefinitions(name: string, from: string): LocatedDefinition[] {
    const found: LocatedDefinition[] = [];
    const closure = this.closure(from);
    for (const path of this.#definers.of(name)) {
      if (!closure.has(path)) continue;
      for (const definition of this.#files.get(path)!.of(name)) found.push({ path, definition, reached: true });
    }
    return found;
  }

  /**
   * The values that files near `from` assign to a variable or to a member, those of the nearest folders only. `object` is the name in
   * front of the member; empty for a variable.
   */
  assigned(name: string, object: string, from: string): LocatedDefinition[] {
    this.asked?.add(`.${name}`);
    const before = this.#files.size;
    for (const path of this.#sources.holding([name], null))
      if (distance(from, path) <= FARTHEST_VARIABLE) this.#read(path);
    this.#learned ||= this.#files.size !== before;
    const paths = closestFolder(from, this.#definers.of(`.${name}`));
    const all = paths.flatMap((path) =>
      this.#files
        .get(path)!
        .of(`.${name}`)
        .filter(({ owner }) => (owner === '') === (object === ''))
        .map((definition) => ({ path, definition, reached: true })),
    );
    const same = all.filter(({ definition }) => isLike(definition.owner, object));
    return same.length > 0 || PLAIN_TAG.test(name) ? same : all;
  }

  /** What the name stands for in other branches of the #if around a definition. */
  otherBranches({ path, definition }: LocatedDefinition): Definition[] {
    const { name, alternative, body, kind } = definition;
    return this.#files
      .get(path)!
      .of(name)
      .filter((d) => d.body !== body && d.kind === kind && (alternative || d.alternative));
  }

  /** The number of files that define a name. */
  definerCount(name: string): number {
    this.learn([name]);
    return this.#definers.of(name).size;
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
    const included = [...this.closure(from).paths()].filter((path) => path !== from);
    return this.#sources.holding([name], included).size > 0;
  }

  #elsewhere(name: string, from: string): LocatedDefinition | undefined {
    const definers = this.#definers.of(name);
    const reached = this.#firstReached(from, definers);
    if (reached !== undefined) {
      const { definition } = this.#located(name, reached, true)!;
      const overriding = isFallback(definition, from) && this.#overriding(definition, from);
      return overriding || { path: reached, definition, reached: true };
    }
    // A part of an implementation file sees what the whole sees.
    for (const whole of isImplementation(from) ? this.#graph.includersOf(from) : []) {
      const found = this.lookup(name, whole, Number.POSITIVE_INFINITY);
      if (found) return found;
    }
    if (definers.size === 0) return undefined;
    const seen = this.#seenFrom(from, definers);
    const usable = seen.length > 0 || !this.#isDeclared(name, from) ? seen : this.#variables(name, definers);
    const nearby = nearest(from, usable);
    return nearby === undefined ? undefined : this.#located(name, nearby, false);
  }

  /** The definition of a driver that includes the header `from`, where that has the name only for those who define none. */
  #overriding({ name }: Definition, from: string): LocatedDefinition | undefined {
    const including = [...this.#definers.of(name)].filter((path) => path !== from && this.closure(path).has(from));
    const own = including.filter((path) => !isFallback(this.#located(name, path, false)!.definition, from));
    const nearby = nearest(from, own);
    return nearby === undefined ? undefined : this.#located(name, nearby, false);
  }

  /** Of the files that define a name those that include `from`; where none does, the headers. */
  #seenFrom(from: string, definers: ReadonlySet<string>): string[] {
    const including = [...definers].filter((path) => this.closure(path).has(from));
    return including.length > 0 ? including : [...definers].filter((path) => !isImplementation(path));
  }

  /**
   * What a name stands for elsewhere in drivers that share the file `from`: each defines it before it includes the file, or defines a
   * variable that the file knows from a header of both.
   */
  otherMeanings({ path: chosen, definition: { name, body }, reached }: LocatedDefinition, from: string): Definition[] {
    if (reached) return [];
    const definers = this.#definers.of(name);
    let paths = [...definers].filter((path) => this.closure(path).has(from));
    if (paths.length === 0) {
      const included = [...this.closure(from).paths()].filter((path) => path !== from);
      const headers = this.#sources.holding([name], included);
      const sharesHeader = (path: string) => [...this.closure(path).paths()].some((header) => headers.has(header));
      paths = headers.size === 0 ? [] : this.#variables(name, definers).filter(sharesHeader);
    }
    const others = paths.filter((path) => path !== chosen).map((path) => this.#located(name, path, false));
    return others.flatMap((other) =>
      other && other.definition.body !== body && !isFallback(other.definition, from) ? [other.definition] : [],
    );
  }

  #firstReached(from: string, definers: ReadonlySet<string>): string | undefined {
    const closure = this.closure(from);
    const reached = [...definers].filter((path) => closure.has(path));
    if (reached.length <= 1) return reached[0];
    return reached.reduce((best, path) => (closure.orderOf(path) < closure.orderOf(best) ? path : best));
  }

  /** The files that define the name as a variable, which others may declare extern. */
  #variables(name: string, definers: ReadonlySet<string>): string[] {
    return [...definers].filter((path) =>
      this.#files
        .get(path)!
        .of(name)
        .some((d) => d.kind === 'constant'),
    );
  }

  #located(name: string, path: string, reached: boolean): LocatedDefinition | undefined {
    const definition = this.#files.get(path)!.at(name, Number.POSITIVE_INFINITY);
    return definition && { path, definition, reached };
  }

  /** The files that a file includes, directly or not, itself first. */
  closure(from: string): Closure {
    return this.#graph.closure(from);
  }
}

/** Whether a header defines a name only where nobody did before: `#ifndef NAME`. */
function isFallback({ name, condition }: Definition, from: string): boolean {
  return condition !== '' && !isImplementation(from) && condition.includes(`!defined(${name})`);
}

/** Of files those that share the most folders with `from`. */
function closestFolder(from: string, paths: Iterable<string>): string[] {
  let closest: string[] = [];
  let most = 0;
  for (const path of paths) {
    const shared = sharedFolders(from, path);
    if (shared > most) closest = [];
    if (shared >= most) closest.push(path);
    most = Math.max(most, shared);
  }
  return closest.sort();
}

/** Whether two variables seem to be of one structure: `Ext`, `pExt`, `ext`. */
function isLike(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/^(?:m_|g_|_|p(?=[a-z]{3}))+/, '');
  return plain(a) === plain(b);
}

function sameIncludes(a: FileSummary, b: FileSummary): boolean {
  return a.includes.length === b.includes.length && a.includes.every((x, i) => x.path === b.includes[i].path);
}
