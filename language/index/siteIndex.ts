/**
 * The allocation sites of a workspace: file summaries, and what they mean together. Free of the LSP and of the disk, so
 * that the server, the command line and tests share it.
 */
import type { SiteSnapshot } from '../protocol.ts';
import { evaluateConstant } from '../scan/constantExpression.ts';
import type { Definition, PoolCall } from '../scan/fileSummary.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import {
  CallResolver,
  type IndexedFree,
  type IndexedSite,
  type IndexedUnresolved,
  type TagValue,
} from './callResolver.ts';
import type { FileReading, SourceState } from './fileReading.ts';
import { isHandedOn } from './handedOn.ts';
import { IncludeScope, type LocatedDefinition } from './includeScope.ts';
import { isRoutineFileName, type OwnRoutine, OwnRoutines, type RoutineProblem } from './ownRoutines.ts';
import { isProjectName, type Project, ProjectMap } from './projects.ts';
import { Resolution } from './resolution.ts';
import { fingerprint, type ResolvedSites } from './resultCache.ts';
import { SourceStore } from './sourceStore.ts';

export type { IndexedFree, IndexedSite, IndexedUnresolved } from './callResolver.ts';

export class SiteIndex {
  /** Set by whoever feeds the index, once everything has been read. */
  complete = false;
  /** Set while many files come in: results are then those of the last {@link resolve}, so that no question has to wait. */
  gathering = false;
  readonly #store: SourceStore;
  readonly #scope: IncludeScope;
  readonly #resolver: CallResolver;
  readonly #resolution: Resolution;
  readonly #projects: ProjectMap;
  readonly #own: OwnRoutines;
  readonly #projectHashes = new Map<string, number>();
  #snapshot: SiteSnapshot | null = null;
  #byTag: Map<PoolTag, IndexedSite[]> | null = null;
  /** The resolution's rounds when `#byTag` was right. */
  #byTagRound = 0;

  /** `from`: an index whose files, as they are now, this one begins with; see {@link fork}. */
  constructor(from?: SiteIndex) {
    this.#store = from ? from.#store.copy() : new SourceStore();
    this.#projects = from ? from.#projects : new ProjectMap();
    this.#own = from ? from.#own : new OwnRoutines();
    this.#scope = new IncludeScope(this.#store);
    this.#resolver = new CallResolver(this.#scope);
    this.#resolution = new Resolution({
      store: this.#store,
      scope: this.#scope,
      resolver: this.#resolver,
      projects: this.#projects,
      own: this.#own,
    });
    if (!from) return;
    this.complete = from.complete;
    this.#resolution.changeAll();
    for (const path of this.#store.paths()) this.#scope.add(path);
  }

  /**
   * An index of the same files, to see what other texts would mean: {@link setOverlay} gives it some. What is known of files
   * is shared; projects and the user's routines are those of this index, and not to be changed there.
   */
  fork(): SiteIndex {
    return new SiteIndex(this);
  }

  /** The files in which one of these words may be called, and of those `among` the given ones any where one may stand. */
  filesWith(words: readonly string[], among: ReadonlySet<string>): ReadonlySet<string> {
    return this.#store.mentioning(words, among);
  }

  /** Hears of files that changed on disk since they were read: they must be read anew. */
  set onStale(hear: (path: string) => void) {
    this.#store.onStale = hear;
  }

  /** Takes the text of a source or project file, which is kept. Paths are normalized, see fileUri.ts. */
  setFile(path: string, text: string): void {
    if (isRoutineFileName(path)) {
      this.#own.setFile(path, text);
      this.#resolution.changeAll();
      return;
    }
    if (isProjectName(path)) {
      this.#projects.set(path, text);
      this.#resolution.changeProjects();
      return;
    }
    this.#resolution.change(path, () => this.#store.setText(path, text));
  }

  /** Takes a file as it was read from disk; one that is no source text leaves the index. */
  setReading(reading: FileReading): void {
    const { path } = reading;
    if (reading.kind === 'skipped') {
      this.removeFile(path);
    } else if (reading.kind === 'project') {
      this.#projectHashes.set(path, reading.hash);
      this.#projects.add(reading.project);
      this.#resolution.changeProjects();
    } else if (reading.kind === 'routines') {
      this.#projectHashes.set(path, reading.hash);
      this.setFile(path, reading.text);
    } else if (reading.kind === 'source') {
      this.#resolution.change(path, () => this.#store.setDisk(path, reading));
    }
  }

  /** Takes the text of an open document, which counts instead of the file's. */
  setOverlay(path: string, text: string): void {
    if (isProjectName(path) || isRoutineFileName(path)) return;
    this.#resolution.change(path, () => this.#store.setOverlay(path, text));
  }

  /** The document was closed: the file on disk counts again. */
  removeOverlay(path: string): void {
    this.#resolution.change(path, () => this.#store.removeOverlay(path));
  }

  /** The file is gone from the disk; an open document of it still counts. */
  removeFile(path: string): void {
    if (this.#projects.remove(path)) this.#resolution.changeProjects();
    if (this.#own.removeFile(path)) this.#resolution.changeAll();
    this.#projectHashes.delete(path);
    this.#resolution.change(path, () => this.#store.removeDisk(path));
  }

  /** The user's own routines, besides those that files `pool-lens.json` name. */
  setRoutines(routines: readonly OwnRoutine[]): void {
    if (this.#own.setSettings(routines)) this.#resolution.changeAll();
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
    return this.#resolution.generation;
  }

  get filesScanned(): number {
    return this.#store.size;
  }

  snapshot(): SiteSnapshot {
    this.#settle();
    const { complete, filesScanned } = this;
    const { generation } = this.#resolution;
    const known = this.#snapshot;
    if (known?.complete === complete && known.filesScanned === filesScanned && known.generation === generation)
      return known;
    const results = [...this.#resolution.results].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result);
    this.#snapshot = {
      generation,
      complete,
      filesScanned,
      sites: results.flatMap((r) => r.sites.map((s) => s.site)),
      frees: results.flatMap((r) => r.frees.map((f) => f.free)),
      unresolved: results.flatMap((r) => r.unresolved.map((u) => u.unresolved)),
      untagged: results.flatMap((r) => r.untagged),
      wrappers: this.#resolution.wrapperDefinitions(),
      leftOut: results.flatMap((r) => r.leftOut ?? []),
    };
    return this.#snapshot;
  }

  /** The project of a file; undefined where no project file says. */
  projectOf(path: string): Project | undefined {
    return this.#projects.of(path);
  }

  /** The sites of one file, in the order of the text. */
  sitesIn(path: string): readonly IndexedSite[] {
    this.#settle();
    return this.#resolution.results.get(path)?.sites ?? [];
  }

  freesIn(path: string): readonly IndexedFree[] {
    this.#settle();
    return this.#resolution.results.get(path)?.frees ?? [];
  }

  unresolvedIn(path: string): readonly IndexedUnresolved[] {
    this.#settle();
    return this.#resolution.results.get(path)?.unresolved ?? [];
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
    for (const result of this.#resolution.results.values())
      for (const f of result.frees) if (f.free.tag === tag) found.push(f);
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
    return this.#resolution.evaluated(path, definition, () => evaluateConstant(definition.body, lookup)?.value);
  }

  #evaluate(path: string, call: PoolCall): TagValue | undefined {
    return this.#resolution.evaluated(path, call, () => this.#resolver.evaluate(path, call));
  }

  /** All definitions of a name that a file can reach, to tell whether its value depends on conditions. */
  reachableDefinitions(name: string, path: string): LocatedDefinition[] {
    return this.#scope.reachableDefinitions(name, path);
  }

  /** The files that a file includes, directly or not. */
  includedBy(path: string): Iterable<string> {
    return this.#scope.closure(path).paths();
  }

  /** How many files define a name. */
  definerCount(name: string): number {
    return this.#scope.definerCount(name);
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
    return { results: this.#resolution.results, wrappers: this.#resolution.wrapperDefinitions() };
  }

  /** Takes results that were found in the very same texts. */
  adopt(resolved: ResolvedSites): void {
    this.#resolution.adopt(resolved);
  }

  /** Whether something came or changed that is not resolved yet. */
  get isPending(): boolean {
    return this.#resolution.isPending;
  }

  /** See {@link Resolution.resolve}. */
  resolve(pause: () => Promise<void> | undefined): Promise<void> {
    return this.#resolution.resolve(pause);
  }

  /** Resolves what is pending, unless somebody feeds the index and resolves at times. */
  #settle(): void {
    if (!this.gathering) this.#resolution.settle();
  }

  #tags(): ReadonlyMap<PoolTag, IndexedSite[]> {
    this.#settle();
    if (!this.#byTag || this.#byTagRound !== this.#resolution.rounds) {
      this.#byTagRound = this.#resolution.rounds;
      this.#byTag = new Map();
      for (const result of this.#resolution.results.values()) {
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

function comparePlaces(pathA: string, startA: number, pathB: string, startB: number): number {
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  return startA - startB;
}
