/**
 * What must be resolved again after a change, and the results as they are: from summaries to sites, in steps, so that nobody has
 * to wait for all of them.
 */
import type { CallerPlace, WrapperDefinition } from '../protocol.ts';
import type { Definition, PoolCall } from '../scan/fileSummary.ts';
import { type CallResolver, callKey, type FileResult, fileOfKey, signatureOf } from './callResolver.ts';
import { FixedCallers, NameUses } from './dependents.ts';
import { Evaluations } from './evaluations.ts';
import { pathToUri } from './fileUri.ts';
import type { IncludeScope } from './includeScope.ts';
import { isForOtherSystem } from './otherSystems.ts';
import type { OwnRoutines } from './ownRoutines.ts';
import type { Project, ProjectMap } from './projects.ts';
import type { ResolvedSites } from './resultCache.ts';
import type { SourceStore } from './sourceStore.ts';
import { NO_SHAPE, wrapperShape } from './wrapperShape.ts';
import { Wrappers } from './wrappers.ts';

const EMPTY: FileResult = { sites: [], frees: [], unresolved: [], untagged: [], leftOut: null };

/** Rounds of looking for names that nobody could reach; each may bring includes, and with them new names. */
const MOST_ROUNDS = 4;

/** What results come from. */
export interface ResolutionSources {
  readonly store: SourceStore;
  readonly scope: IncludeScope;
  readonly resolver: CallResolver;
  readonly projects: ProjectMap;
  readonly own: OwnRoutines;
}

export class Resolution {
  readonly #store: SourceStore;
  readonly #scope: IncludeScope;
  readonly #resolver: CallResolver;
  readonly #projects: ProjectMap;
  readonly #own: OwnRoutines;
  readonly #evaluations: Evaluations;
  /** Null until they were looked for: results from a cache come without. */
  #wrappers: Wrappers | null = null;
  #cachedWrappers: readonly WrapperDefinition[] = [];
  #results = new Map<string, FileResult>();
  /** Files whose sites must be resolved anew; `#allDirty`: all of them. */
  #dirty = new Set<string>();
  #allDirty = false;
  /** What changed files last said about wrappers; a change of that may change the meaning of calls anywhere. */
  readonly #shapes = new Map<string, { readonly shape: string; readonly withPlaces: boolean }>();
  /** Names that changed files define otherwise than before, and which results depend on which names. */
  #changedNames = new Set<string>();
  readonly #uses = new NameUses();
  readonly #callers = new FixedCallers();
  #projectsChanged = false;
  /** What {@link resolve} is about. */
  #running: Generator<void> | null = null;
  #rounds = 0;
  #generation = 0;
  #changed = false;

  constructor({ store, scope, resolver, projects, own }: ResolutionSources) {
    this.#store = store;
    this.#scope = scope;
    this.#resolver = resolver;
    this.#projects = projects;
    this.#own = own;
    this.#evaluations = new Evaluations(scope);
  }

  /** By path; only files with a result. */
  get results(): ReadonlyMap<string, FileResult> {
    return this.#results;
  }

  /** Grows by one whenever the sites changed for anybody outside. */
  get generation(): number {
    return this.#generation;
  }

  /** Grows by one whenever results may be other objects. */
  get rounds(): number {
    return this.#rounds;
  }

  /** The value of a call or definition as a file sees it, kept until something changes that it depends on. */
  evaluated<T>(path: string, what: PoolCall | Definition, evaluate: () => T): T {
    return this.#evaluations.of(path, what, evaluate);
  }

  /** Anything may mean something else now. */
  changeAll(): void {
    this.#allDirty = true;
  }

  /** Files may belong to other projects now. */
  changeProjects(): void {
    this.#projectsChanged = true;
  }

  /** Changes a file's state, and notes what is to be resolved anew; nothing where the text that counts stays the same. */
  change(path: string, change: () => void): void {
    const before = this.#store.identity(path);
    this.#noteShape(path);
    change();
    const now = this.#store.identity(path);
    if (now === before) return;
    this.#dirty.add(path);
    if (now === 0) this.#scope.remove(path);
    else if (before === 0) this.#scope.add(path);
    if (now === 0 || before === 0) {
      this.#allDirty = true;
      return;
    }
    const defined = this.#scope.namesIn(path);
    const wrappers = this.#allDirty || this.#running ? null : this.#wrappers;
    const dependents = this.#scope.includesOthers(path) ? this.#scope.dependents(path) : null;
    const meant = dependents && wrappers?.meantIn(dependents);
    const update = this.#scope.update(path);
    // Where calls mean other wrappers, there may be other wrappers around them.
    if (update === 'all' || (dependents && (!wrappers || meant !== wrappers.meantIn(dependents)))) {
      this.#allDirty = true;
      return;
    }
    const { names, files } = update;
    for (const name of names) this.#changedNames.add(name);
    for (const file of files) this.#dirty.add(file);
    // Those that mean the same stand elsewhere now.
    this.#evaluations.forget(new Set([path, ...files]), new Set([...defined, ...names]));
  }

  /** Remembers what a file says before it changes. */
  #noteShape(path: string): void {
    const known = this.#store.knownSummary(path);
    if (!known || this.#allDirty || this.#shapes.has(path)) return;
    const withPlaces = this.#wrappers?.definesIn(path) === true;
    this.#shapes.set(path, { shape: wrapperShape(known, this.#store.wanted, withPlaces), withPlaces });
  }

  /** Whether something came or changed that is not resolved yet. */
  get isPending(): boolean {
    return this.#dirty.size > 0 || this.#allDirty || this.#projectsChanged;
  }

  /**
   * Resolves what is pending, and gives way wherever `pause` wants to. What comes in meanwhile is pending afterwards, unless
   * it was taken along.
   */
  async resolve(pause: () => Promise<void> | undefined): Promise<void> {
    this.#running ??= this.#steps();
    const steps = this.#running;
    while (!steps.next().done) await pause();
    if (this.#running === steps) this.#running = null;
  }

  /** Takes results that were found in the very same texts. */
  adopt({ results, wrappers }: ResolvedSites): void {
    this.#results = new Map(results);
    this.#wrappers = null;
    this.#cachedWrappers = wrappers;
    this.#dirty.clear();
    this.#shapes.clear();
    this.#changedNames.clear();
    this.#allDirty = this.#projectsChanged = false;
    this.#changed = true;
    this.#publish();
  }

  /** Resolves what is pending, at once. Cheap when nothing is. */
  settle(): void {
    for (const steps of [this.#running, this.#steps()]) while (steps && !steps.next().done);
    this.#running = null;
  }

  /** The work of resolving what is pending, in steps of a few milliseconds at the most. */
  *#steps(): Generator<void> {
    if (!this.isPending) return;
    if (this.#projectsChanged) for (const path of this.#results.keys()) this.#dirty.add(path);
    this.#projectsChanged = false;
    const names = this.#changedNames;
    this.#allDirty ||=
      !this.#wrappers?.areIndependentOf(names) || [...this.#dirty].some((path) => this.#shapeChanged(path));
    const isAll = this.#allDirty;
    const dirty = this.#dirty;
    // From here on what changes is left to the next time.
    this.#dirty = new Set();
    this.#allDirty = false;
    this.#changedNames = new Set();
    this.#shapes.clear();
    this.#scope.searchNew();
    if (isAll) {
      const wrappers = new Wrappers(this.#store, this.#scope, this.#own);
      yield* wrappers.find();
      this.#wrappers = wrappers;
      for (const path of this.#results.keys()) dirty.add(path);
      for (const path of this.#store.paths()) if (this.#store.holdsCalls(path)) dirty.add(path);
      this.#callers.clear();
    }
    for (const path of this.#uses.usersOf(names)) dirty.add(path);
    // Of files that call otherwise than before those too that they call into.
    for (const path of [...dirty])
      for (const key of this.#callers.set(path, this.#fixedCalls(path))) dirty.add(fileOfKey(key));
    let pending: Iterable<string> = dirty;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const path of pending) {
        this.#resolve(path);
        yield;
      }
      const again = this.#scope.searchMissed();
      if (again.length === 0) break;
      pending = again;
    }
    this.#publish();
  }

  /** Makes what was resolved visible. */
  #publish(): void {
    this.#rounds++;
    if (this.#changed) this.#generation++;
    this.#changed = false;
  }

  #resolve(path: string): void {
    const summary = this.#store.holdsCalls(path) ? this.#store.summary(path) : undefined;
    const project = summary && this.#projects.of(path);
    const reference = project && { name: project.name, uri: pathToUri(project.path) };
    const names = new Set<string>();
    this.#scope.asked = names;
    const found = summary ? this.#resolver.resolve(path, summary, this.#wrappers!, this.#callers, reference) : EMPTY;
    this.#scope.asked = null;
    this.#uses.set(path, names);
    const count = found.sites.length + found.frees.length + found.unresolved.length + found.untagged.length;
    let result = project?.isUserMode && count > 0 ? leftOut(path, project, count) : found;
    // What such a file calls is another definition of the kernel's wrapper.
    if (result === found && count > 0 && isForOtherSystem(path) && callsWrappersOnly(found))
      result = leftOut(path, { name: OTHER_SYSTEM, path }, count);
    const before = this.#results.get(path);
    if (count === 0) {
      if (this.#results.delete(path)) this.#changed = true;
      return;
    }
    this.#changed ||= !before || signatureOf(result) !== signatureOf(before);
    this.#results.set(path, result);
  }

  /** Whether what a changed file says about wrappers is not what it said before. */
  #shapeChanged(path: string): boolean {
    const summary = this.#store.holdsCalls(path) ? this.#store.summary(path) : undefined;
    const { shape, withPlaces } = this.#shapes.get(path) ?? { shape: NO_SHAPE, withPlaces: false };
    return shape !== (summary ? wrapperShape(summary, this.#store.wanted, withPlaces) : NO_SHAPE);
  }

  /** For each call with a fixed tag in a wrapper, by {@link callKey}, where a file calls the wrapper. */
  #fixedCalls(path: string): Map<string, CallerPlace[]> {
    const calls = new Map<string, CallerPlace[]>();
    if (!this.#store.holdsCalls(path)) return calls;
    const uri = pathToUri(path);
    for (const invocation of this.#store.summary(path)!.invocations) {
      const fixed = this.#wrappers!.fixedMeant(path, invocation);
      if (!fixed) continue;
      const place = { uri, range: invocation.range, function: invocation.function };
      const key = callKey(fixed.definer.path, fixed.call);
      const list = calls.get(key);
      if (list) list.push(place);
      else calls.set(key, [place]);
    }
    return calls;
  }

  wrapperDefinitions(): WrapperDefinition[] {
    if (!this.#wrappers) return [...this.#cachedWrappers];
    const list: WrapperDefinition[] = [];
    for (const { definer, effects } of this.#wrappers.all()) {
      const { kind, name, path, line } = definer;
      const { action, routine } = effects[0];
      list.push({ kind, name, uri: pathToUri(path), line, action, routine });
    }
    return list.sort((a, b) => (a.uri === b.uri ? a.line - b.line : a.uri < b.uri ? -1 : 1));
  }
}

/** What a file is said to belong to that is not for the kernel by its name. */
const OTHER_SYSTEM = 'another system, by its name';

function callsWrappersOnly({ sites, frees, unresolved, untagged }: FileResult): boolean {
  const places = [...sites.map((s) => s.site), ...frees.map((f) => f.free), ...unresolved.map((u) => u.unresolved)];
  return untagged.length === 0 && places.every(({ via }) => via !== undefined);
}

/** What remains of a file in a user-mode driver. */
function leftOut(path: string, { name, path: file }: Pick<Project, 'name' | 'path'>, calls: number): FileResult {
  const entry = { uri: pathToUri(path), project: { name, uri: pathToUri(file) }, calls };
  return { ...EMPTY, leftOut: entry };
}
