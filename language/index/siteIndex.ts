/**
 * The allocation sites of a workspace: file summaries, and what they mean together. Free of the LSP and of the disk, so
 * that the server, the command line and tests share it.
 */
import type { AllocationSite, FreeSite, SiteSnapshot, SourcePlace, UnresolvedSite } from '../protocol.ts';
import { evaluateConstant } from '../scan/constantExpression.ts';
import type { Definition, FileSummary, PoolCall } from '../scan/fileSummary.ts';
import { summarize } from '../scan/scanner.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import { pathToUri } from './fileUri.ts';
import { IncludeScope, type LocatedDefinition } from './includeScope.ts';

/** An allocation site together with what the scanner saw there. */
export interface IndexedSite {
  readonly site: AllocationSite;
  readonly path: string;
  readonly call: PoolCall;
}

/** A tagged free together with what the scanner saw there. */
export interface IndexedFree {
  readonly free: FreeSite;
  readonly path: string;
  readonly call: PoolCall;
}

/** A tagged allocation without a constant tag, together with what the scanner saw there. */
export interface IndexedUnresolved {
  readonly unresolved: UnresolvedSite;
  readonly path: string;
  readonly call: PoolCall;
}

interface FileResult {
  readonly sites: readonly IndexedSite[];
  readonly frees: readonly IndexedFree[];
  readonly unresolved: readonly IndexedUnresolved[];
  /** Equal signatures: nothing changed for anybody outside. */
  readonly signature: string;
}

interface FileEntry {
  disk: FileSummary | null;
  overlay: FileSummary | null;
}

const EMPTY: FileResult = { sites: [], frees: [], unresolved: [], signature: '' };

/** Routines whose tag, where it is no constant, says nothing: a field is often copied from another structure. */
const SILENT_WHEN_UNRESOLVED = new Set(['PoolTag', 'DriverPoolTag', 'new']);

export class SiteIndex {
  /** Set by whoever feeds the index, once everything has been read. */
  complete = false;
  readonly #files = new Map<string, FileEntry>();
  readonly #scope = new IncludeScope();
  readonly #results = new Map<string, FileResult>();
  /** Files whose sites must be resolved anew; `#allDirty`: all of them. */
  readonly #dirty = new Set<string>();
  #allDirty = false;
  #generation = 0;
  #changed = false;
  #snapshot: SiteSnapshot | null = null;
  #byTag: Map<PoolTag, IndexedSite[]> | null = null;

  /** Takes the contents of a file on disk. Paths are normalized, see fileUri.ts. */
  setFile(path: string, text: string): void {
    this.#entry(path).disk = summarize(text);
    this.#refresh(path);
  }

  /** Takes the text of an open document, which counts instead of the file's. */
  setOverlay(path: string, text: string): void {
    this.#entry(path).overlay = summarize(text);
    this.#refresh(path);
  }

  /** The document was closed: the file on disk counts again. */
  removeOverlay(path: string): void {
    const entry = this.#files.get(path);
    if (!entry?.overlay) return;
    entry.overlay = null;
    if (entry.disk) this.#refresh(path);
    else this.#forget(path);
  }

  /** The file is gone from the disk; an open document of it still counts. */
  removeFile(path: string): void {
    const entry = this.#files.get(path);
    if (!entry?.disk) return;
    entry.disk = null;
    if (!entry.overlay) this.#forget(path);
  }

  /** Paths of all files known. */
  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  /** Grows by one whenever the sites changed. */
  get generation(): number {
    this.#settle();
    return this.#generation;
  }

  get filesScanned(): number {
    return this.#files.size;
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
      };
    }
    return this.#snapshot;
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

  /** Every call of a pool routine in one file, in the order of the text: the untagged ones and those of tag 0 too. */
  callsIn(path: string): readonly PoolCall[] {
    return this.#summaryOf(path)?.calls ?? [];
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
    return this.#summaryOf(path)?.definitions ?? [];
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
    return this.#evaluate(path, call)?.definitions ?? [];
  }

  /** The definition whose name stands at an offset of a file. */
  definitionNamedAt(path: string, offset: number): Definition | undefined {
    const summary = this.#summaryOf(path);
    return summary?.definitions.find((d) => offset >= d.nameStart && offset <= d.nameStart + d.name.length);
  }

  /** The tag that a definition stands for, undefined where its value is no constant. */
  valueOfDefinition(path: string, definition: Definition): PoolTag | undefined {
    if (definition.kind === 'function') return undefined;
    return evaluateConstant(definition.body, this.#lookupFrom(path, definition.nameStart))?.value;
  }

  /** All definitions of a name that a file can reach, to tell whether its value depends on conditions. */
  reachableDefinitions(name: string, path: string): LocatedDefinition[] {
    return this.#scope.reachableDefinitions(name, path);
  }

  /** How many files define a name. */
  definerCount(name: string): number {
    return this.#scope.definerCount(name);
  }

  #summaryOf(path: string): FileSummary | null {
    const entry = this.#files.get(path);
    return entry ? (entry.overlay ?? entry.disk) : null;
  }

  #entry(path: string): FileEntry {
    let entry = this.#files.get(path);
    if (!entry) {
      entry = { disk: null, overlay: null };
      this.#files.set(path, entry);
    }
    return entry;
  }

  #refresh(path: string): void {
    const summary = this.#summaryOf(path)!;
    if (this.#scope.set(path, summary)) this.#allDirty = true;
    this.#dirty.add(path);
  }

  #forget(path: string): void {
    this.#files.delete(path);
    this.#scope.remove(path);
    this.#dirty.add(path);
    this.#allDirty = true;
  }

  /** Resolves what is pending. Cheap when nothing is. */
  #settle(): void {
    if (this.#dirty.size === 0 && !this.#allDirty) return;
    if (this.#allDirty) for (const path of this.#results.keys()) this.#dirty.add(path);
    for (const path of this.#dirty) {
      const summary = this.#summaryOf(path);
      const result = summary && summary.calls.length > 0 ? this.#resolve(path, summary) : EMPTY;
      const before = this.#results.get(path) ?? EMPTY;
      if (result.signature !== before.signature) this.#changed = true;
      if (result === EMPTY) this.#results.delete(path);
      else this.#results.set(path, result);
    }
    this.#dirty.clear();
    this.#allDirty = false;
    this.#byTag = null;
    if (this.#changed) {
      this.#generation++;
      this.#changed = false;
      this.#snapshot = null;
    }
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

  #lookupFrom(path: string, offset: number, used?: Map<Definition, LocatedDefinition>) {
    return (name: string): Definition | undefined => {
      const located = this.#scope.lookup(name, path, offset);
      if (located && used) used.set(located.definition, located);
      return located?.definition;
    };
  }

  #evaluate(path: string, call: PoolCall): { value: number; definitions: LocatedDefinition[] } | undefined {
    if (!call.tag) return undefined;
    if (call.localConstant !== null) {
      const value = evaluateConstant(call.localConstant, this.#lookupFrom(path, call.start))?.value;
      return value === undefined ? undefined : { value, definitions: [] };
    }
    const used = new Map<Definition, LocatedDefinition>();
    const lookup = this.#lookupFrom(path, call.start, used);
    const constant = evaluateConstant(call.tag.text, (name) => (call.hidden.includes(name) ? undefined : lookup(name)));
    if (!constant) return undefined;
    return { value: constant.value, definitions: constant.definitions.map((d) => used.get(d)!) };
  }

  #resolve(path: string, summary: FileSummary): FileResult {
    const sites: IndexedSite[] = [];
    const frees: IndexedFree[] = [];
    const unresolved: IndexedUnresolved[] = [];
    const uri = pathToUri(path);
    for (const call of summary.calls) {
      const { range, routine, lineText } = call;
      const place: SourcePlace = { uri, range, routine, function: call.function, lineText };
      const value = this.#evaluate(path, call)?.value;
      if (call.action === 'free') {
        frees.push({ free: { ...place, tag: value || null }, path, call });
      } else if (call.tag && value) {
        const { text: tagExpression, range: tagRange } = call.tag;
        sites.push({ site: { ...place, tag: value, tagRange, tagExpression, pool: call.pool }, path, call });
      } else if (call.tag && !SILENT_WHEN_UNRESOLVED.has(routine)) {
        unresolved.push({ unresolved: { ...place, expression: call.tag.text }, path, call });
      }
    }
    const signature = JSON.stringify([
      sites.map((s) => s.site),
      frees.map((f) => f.free),
      unresolved.map((u) => u.unresolved),
    ]);
    return { sites, frees, unresolved, signature };
  }
}

function comparePlaces(pathA: string, startA: number, pathB: string, startB: number): number {
  if (pathA !== pathB) return pathA < pathB ? -1 : 1;
  return startA - startB;
}
