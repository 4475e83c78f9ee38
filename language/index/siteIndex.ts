/**
 * The allocation sites of a workspace: file summaries, and what they mean together. Free of the LSP and of the disk, so
 * that the server, the command line and tests share it.
 */
import type { CallerPlace, SiteSnapshot, WrapperDefinition } from '../protocol.ts';
import { evaluateConstant } from '../scan/constantExpression.ts';
import type { Definition, PoolCall } from '../scan/fileSummary.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import {
  CallResolver,
  callKey,
  type FileResult,
  fileOfKey,
  type IndexedFree,
  type IndexedSite,
  type IndexedUnresolved,
  signatureOf,
  type TagValue,
} from './callResolver.ts';
import { FixedCallers, NameUses } from './dependents.ts';
import { Evaluations } from './evaluations.ts';
import type { FileReading, SourceState } from './fileReading.ts';
import { pathToUri } from './fileUri.ts';
import { isHandedOn } from './handedOn.ts';
import { IncludeScope, type LocatedDefinition } from './includeScope.ts';
import { isForOtherSystem } from './otherSystems.ts';
import { isRoutineFileName, type OwnRoutine, OwnRoutines, type RoutineProblem } from './ownRoutines.ts';
import { isProjectName, type Project, ProjectMap } from './projects.ts';
import { fingerprint, type ResolvedSites } from './resultCache.ts';
import { SourceStore } from './sourceStore.ts';
import { NO_SHAPE, wrapperShape } from './wrapperShape.ts';
import { Wrappers } from './wrappers.ts';

export type { IndexedFree, IndexedSite, IndexedUnresolved } from './callResolver.ts';

const EMPTY: FileResult = { sites: [], frees: [], unresolved: [], untagged: [], leftOut: null };

/** Rounds of looking for names that nobody could reach; each may bring includes, and with them new names. */
const MOST_ROUNDS = 4;

export class SiteIndex {
  /** Set by whoever feeds the index, once everything has been read. */
  complete = false;
  /** Set while many files come in: results are then those of the last {@link resolve}, so that no question has to wait. */
  gathering = false;
  readonly #store: SourceStore;
  readonly #scope: IncludeScope;
  readonly #resolver: CallResolver;
  readonly #evaluations: Evaluations;
  readonly #projects: ProjectMap;
  readonly #own: OwnRoutines;
  /** Null until they were looked for: results from a cache come without. */
  #wrappers: Wrappers | null = null;
  #cachedWrappers: readonly WrapperDefinition[] = [];
  readonly #projectHashes = new Map<string, number>();
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
  #generation = 0;
  #changed = false;
  #snapshot: SiteSnapshot | null = null;
  #byTag: Map<PoolTag, IndexedSite[]> | null = null;

  /** `from`: an index whose files, as they are now, this one begins with; see {@link fork}. */
  constructor(from?: SiteIndex) {
    this.#store = from ? from.#store.copy() : new SourceStore();
    this.#projects = from ? from.#projects : new ProjectMap();
    this.#own = from ? from.#own : new OwnRoutines();
    this.#scope = new IncludeScope(this.#store);
    this.#resolver = new CallResolver(this.#scope);
    this.#evaluations = new Evaluations(this.#scope);
    if (!from) return;
    this.complete = from.complete;
    this.#allDirty = true;
    for (const path of this.#store.paths()) this.#scope.add(path);
  }

  /**
   * An index of the same files, to see what other texts would mean: {@link setOverlay} gives it some. What is known of files
   * is shared; projects and the user's routines are those of this index, and not to be changed there.
   */
  fork(): SiteIndex {
    return new SiteIndex(this);
  }

  /** The files in which one of these words may stand. */
  filesWith(words: readonly string[]): ReadonlySet<string> {
    return this.#store.mentioning(words);
  }

  /** Hears of files that changed on disk since they were read: they must be read anew. */
  set onStale(hear: (path: string) => void) {
    this.#store.onStale = hear;
  }

  /** Takes the text of a source or project file, which is kept. Paths are normalized, see fileUri.ts. */
  setFile(path: string, text: string): void {
    if (isRoutineFileName(path)) {
      this.#own.setFile(path, text);
      this.#allDirty = true;
      return;
    }
    if (isProjectName(path)) {
      this.#projects.set(path, text);
      this.#projectsChanged = true;
      return;
    }
    this.#change(path, () => this.#store.setText(path, text));
  }

  /** Takes a file as it was read from disk; one that is no source text leaves the index. */
  setReading(reading: FileReading): void {
    const { path } = reading;
    if (reading.kind === 'skipped') {
      this.removeFile(path);
    } else if (reading.kind === 'project') {
      this.#projectHashes.set(path, reading.hash);
      this.setFile(path, reading.text);
    } else if (reading.kind === 'source') {
      this.#change(path, () => this.#store.setDisk(path, reading));
    }
  }

  /** Takes the text of an open document, which counts instead of the file's. */
  setOverlay(path: string, text: string): void {
    if (isProjectName(path) || isRoutineFileName(path)) return;
    this.#change(path, () => this.#store.setOverlay(path, text));
  }

  /** The document was closed: the file on disk counts again. */
  removeOverlay(path: string): void {
    this.#change(path, () => this.#store.removeOverlay(path));
  }

  /** The file is gone from the disk; an open document of it still counts. */
  removeFile(path: string): void {
    if (this.#projects.remove(path)) this.#projectsChanged = true;
    if (this.#own.removeFile(path)) this.#allDirty = true;
    this.#projectHashes.delete(path);
    this.#change(path, () => this.#store.removeDisk(path));
  }

  /** The user's own routines, besides those that files `pool-lens.json` name. */
  setRoutines(routines: readonly OwnRoutine[]): void {
    if (this.#own.setSettings(routines)) this.#allDirty = true;
  }

  /** What is wrong in the files `pool-lens.json`. */
  routineProblems(): RoutineProblem[] {
    return this.#own.problems();
  }

  /** Paths of all files known, project files among them. */
  *paths(): Generator<string> {
    yield* this.#store.paths();
    yield* this.#projects.paths();
    yield* this.#own.paths();
  }

  /** Grows by one whenever the sites changed. */
  get generation(): number {
    this.#settle();
    return this.#generation;
  }

  get filesScanned(): number {
    return this.#store.size;
  }

  snapshot(): SiteSnapshot {
    this.#settle();
    const { complete, filesScanned } = this;
    if (this.#snapshot?.complete !== complete || this.#snapshot.filesScanned !== filesScanned) this.#snapshot = null;
    if (!this.#snapshot) {
      const results = [...this.#results].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result);
      this.#snapshot = {
        generation: this.#generation,
        complete,
        filesScanned,
        sites: results.flatMap((r) => r.sites.map((s) => s.site)),
        frees: results.flatMap((r) => r.frees.map((f) => f.free)),
        unresolved: results.flatMap((r) => r.unresolved.map((u) => u.unresolved)),
        untagged: results.flatMap((r) => r.untagged),
        wrappers: this.#wrapperDefinitions(),
        leftOut: results.flatMap((r) => r.leftOut ?? []),
      };
    }
    return this.#snapshot;
  }

  /** The project of a file; undefined where no project file says. */
  projectOf(path: string): Project | undefined {
    return this.#projects.of(path);
  }

  /** The sites of one file, in the order of the text. */
  sitesIn(path: string): readonly IndexedSite[] {
    this.#settle();
    return this.#results.get(path)?.sites ?? [];
  }

  freesIn(path: string): readonly IndexedFree[] {
    this.#settle();
    return this.#results.get(path)?.frees ?? [];
  }

  unresolvedIn(path: string): readonly IndexedUnresolved[] {
    this.#settle();
    return this.#results.get(path)?.unresolved ?? [];
  }

  /**
   * Every call of a pool routine in one file, in the order of the text: the untagged ones and those of tag 0 too. Empty for a
   * file of a user-mode driver.
   */
  callsIn(path: string): readonly PoolCall[] {
    if (this.#projects.of(path)?.isUserMode || !this.#store.holdsCalls(path)) return [];
    return this.#store.summary(path)?.calls ?? [];
  }

  /** The value of a call's tag; undefined for an untagged call and for a tag that is no constant. */
  valueOfCall(path: string, call: PoolCall): PoolTag | undefined {
    return this.#evaluate(path, call)?.value;
  }

  /** What a name means at an offset of a file. */
  definitionOf(name: string, path: string, offset: number): LocatedDefinition | undefined {
    return this.#scope.lookup(name, path, offset);
  }

  /** The definitions of one file, in the order of the text. */
  definitionsIn(path: string): readonly Definition[] {
    return this.#store.summary(path)?.definitions ?? [];
  }

  /** The calls in a wrapper that hand a tag on, and so are no sites themselves. */
  handedOnIn(path: string): PoolCall[] {
    return (this.#store.summary(path)?.calls ?? []).filter(isHandedOn);
  }

  /** All sites of a tag, sorted by path and position. */
  sitesOf(tag: PoolTag): readonly IndexedSite[] {
    return this.#tags().get(tag) ?? [];
  }

  /** Every tag that has a site. */
  tags(): IterableIterator<PoolTag> {
    return this.#tags().keys();
  }

  /** All frees that name this tag. */
  freesOf(tag: PoolTag): IndexedFree[] {
    this.#settle();
    const found: IndexedFree[] = [];
    for (const result of this.#results.values()) for (const f of result.frees) if (f.free.tag === tag) found.push(f);
    return found.sort((a, b) => comparePlaces(a.path, a.call.start, b.path, b.call.start));
  }

  /** The definitions that a call's tag comes through, the one named in the source first. Empty for a literal. */
  tagDefinitions(path: string, call: PoolCall): LocatedDefinition[] {
    return [...(this.#evaluate(path, call)?.definitions ?? [])];
  }

  /** The tag that a definition stands for, undefined where its value is no constant. */
  valueOfDefinition(path: string, definition: Definition): PoolTag | undefined {
    if (definition.kind === 'function') return undefined;
    const lookup = this.#resolver.lookupFrom(path, definition.nameStart);
    return this.#evaluations.of(path, definition, () => evaluateConstant(definition.body, lookup)?.value);
  }

  #evaluate(path: string, call: PoolCall): TagValue | undefined {
    return this.#evaluations.of(path, call, () => this.#resolver.evaluate(path, call));
  }

  /** All definitions of a name that a file can reach, to tell whether its value depends on conditions. */
  reachableDefinitions(name: string, path: string): LocatedDefinition[] {
    return this.#scope.reachableDefinitions(name, path);
  }

  /** How many files define a name. */
  definerCount(name: string): number {
    return this.#scope.definerCount(name);
  }

  /** Changes a file's state, and notes what is to be resolved anew; nothing where the text that counts stays the same. */
  #change(path: string, change: () => void): void {
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
    const dependents = this.#scope.includesOthers(path) ? this.#scope.dependents(path) : null;
    const meant = dependents && this.#wrappers?.meantIn(dependents);
    const update = this.#scope.update(path);
    // Where calls mean other wrappers, there may be other wrappers around them.
    if (update === 'all' || (dependents && (meant === undefined || meant !== this.#wrappers?.meantIn(dependents)))) {
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

  /** A name for all texts that results depend on. */
  fingerprint(): string {
    const hashes = [...this.#projectHashes];
    if (this.#own.settings !== '[]') hashes.push([`poolLens.routines ${this.#own.settings}`, 0]);
    for (const path of this.#store.paths()) hashes.push([path, this.#store.identity(path)]);
    return fingerprint(hashes);
  }

  /** What is known of the files on disk below a folder, and the names whose calls the summaries hold. */
  *diskStates(root: string): Generator<readonly [path: string, state: SourceState]> {
    for (const path of this.#store.paths()) {
      const state = path.startsWith(root) ? this.#store.diskState(path) : undefined;
      if (state) yield [path, state];
    }
  }

  get wantedNames(): ReadonlySet<string> {
    return this.#store.wanted;
  }

  /** All results, for a cache; they hold for the texts of the present {@link fingerprint}. */
  get resolved(): ResolvedSites {
    this.#settle();
    return { results: this.#results, wrappers: this.#wrapperDefinitions() };
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

  /** Resolves what is pending, unless somebody feeds the index and resolves at times. Cheap when nothing is. */
  #settle(): void {
    if (this.gathering) return;
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
    this.#byTag = null;
    if (!this.#changed) return;
    this.#generation++;
    this.#changed = false;
    this.#snapshot = null;
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

  #wrapperDefinitions(): WrapperDefinition[] {
    if (!this.#wrappers) return [...this.#cachedWrappers];
    const list: WrapperDefinition[] = [];
    for (const { definer, effects } of this.#wrappers.all()) {
      const { kind, name, path, line } = definer;
      const { action, routine } = effects[0];
      list.push({ kind, name, uri: pathToUri(path), line, action, routine });
    }
    return list.sort((a, b) => (a.uri === b.uri ? a.line - b.line : a.uri < b.uri ? -1 : 1));
  }

  #tags(): ReadonlyMap<PoolTag, IndexedSite[]> {
    this.#settle();
    if (!this.#byTag) {
      this.#byTag = new Map();
      for (const result of this.#results.values()) {
        for (const indexed of result.sites) {
          const list = this.#byTag.get(indexed.site.tag);
          if (list) list.push(indexed);
          else this.#byTag.set(indexed.site.tag, [indexed]);
        }
      }
      for (const list of this.#byTag.values())
        list.sort((a, b) => comparePlaces(a.path, a.call.start, b.path, b.call.start));
    }
    return this.#byTag;
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

function comparePlaces(pathA: string, startA: number, pathB: string, startB: number): number {
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  return startA - startB;
}
