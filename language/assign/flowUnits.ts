/** The flow of pool memory in the parts of a workspace: built when somebody asks, kept while the index stands still. */
import { type AllocationPoint, type FreeCall, type InnerAllocation, PoolFlow, type Reach } from '../flow/poolFlow.ts';
import { templateParameterOf } from '../index/handedOn.ts';
import type { IndexedFree, IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import { lastPart } from '../scan/names.ts';
import { Programs } from './programs.ts';

/**
 * Places that give a tag to memory of the system's own keeping: contexts of the filter manager, pools of net buffers, what WDF
 * allocates for a driver. Drivers never hold the beginning of such a block, so no free of theirs can be one of it: the
 * system gives it back (FltReleaseContext, NdisFreeNetBufferListPool, WdfObjectDelete), with the tag that it was told.
 */
const SYSTEM_FREES: ReadonlySet<string> = new Set(['FLT_CONTEXT_REGISTRATION', 'PoolTag', 'DriverPoolTag']);

/** What reaches a free, as sites of the index. */
export interface SitesReached {
  readonly sites: readonly IndexedSite[];
  readonly isOpen: boolean;
  readonly isFollowed: boolean;
}

interface Unit {
  readonly flow: PoolFlow;
  /** By the flow's allocation points. */
  readonly sites: readonly IndexedSite[];
  /** The frees within a template, which those of its uses stand for. */
  readonly templateFrees: ReadonlyMap<string, readonly Pick<FreeCall, 'path' | 'start'>[]>;
}

export type ReadText = (path: string) => string | undefined;

export interface FlowBefore {
  readonly units: FlowUnits;
  /** Paths. */
  readonly changed: ReadonlySet<string>;
}

export class FlowUnits {
  readonly #index: SiteIndex;
  readonly #text: ReadText;
  readonly #programs: Programs;
  readonly #units = new Map<string, Unit>();

  /** `before`: units over other texts of the same files, but for the changed ones; what holds no such file is taken over. */
  constructor(index: SiteIndex, text: ReadText, programs = new Programs(index), before?: FlowBefore | null) {
    this.#index = index;
    this.#text = text;
    this.#programs = programs;
    if (!before) return;
    const changed = new Set([...before.changed].map((path) => this.#programs.of(path)));
    for (const [key, unit] of before.units.#units)
      if (!key.split('\n').some((name) => changed.has(name))) this.#units.set(key, unit);
  }

  /** The folder that is looked at as one program with a file. */
  programOf(path: string): string {
    return this.#programs.of(path);
  }

  /** The flow through everything that holds these files. */
  of(paths: Iterable<string>): Unit {
    const names = [...new Set([...paths].map((path) => this.#programs.of(path)))].sort();
    const key = names.join('\n');
    let unit = this.#units.get(key);
    if (!unit) {
      unit = this.#build(names.flatMap((name) => this.#programs.files(name)));
      this.#units.set(key, unit);
    }
    return unit;
  }

  #build(files: readonly string[]): Unit {
    const index = this.#index;
    const inner: InnerAllocation[] = [];
    const innerOf = new Map<string, number>();
    const innerFrees: FreeCall[] = [];
    const innerOfTemplate = new Map<string, number[]>();
    const templateFrees = new Map<string, FreeCall[]>();
    const frees: FreeCall[] = [];
    const sites: IndexedSite[] = [];
    const texts = new Map<string, string | undefined>();
    for (const path of files) {
      for (const call of index.handedOnIn(path)) {
        const { action, start, enclosing, routine } = call;
        if (enclosing?.kind !== 'function') continue;
        if (templateParameterOf(call) !== undefined) {
          const { name } = enclosing.template!;
          if (action === 'free') {
            const free = { path, start, names: [routine] };
            frees.push(free);
            templateFrees.set(name, [...(templateFrees.get(name) ?? []), free]);
          } else {
            innerOfTemplate.set(name, [...(innerOfTemplate.get(name) ?? []), inner.length]);
            inner.push({ path, start, name: routine });
          }
        } else if (action === 'free') innerFrees.push({ path, start, names: [routine] });
        else {
          innerOf.set(lastPart(enclosing.name), inner.length);
          inner.push({ path, start, name: routine });
        }
      }
      sites.push(...index.sitesIn(path));
      for (const { free, call } of index.freesIn(path))
        frees.push({ path, start: call.start, names: namesOf(free.routine, free.via) });
    }
    const pointSites: IndexedSite[] = [];
    const points = sites.flatMap((indexed): AllocationPoint[] => {
      const { site, path, call } = indexed;
      const innermost = site.via?.[site.via.length - 1];
      const uses = innermost?.kind === 'template' ? innerOfTemplate.get(lastPart(innermost.name)) : undefined;
      if (uses) {
        pointSites.push(...uses.map(() => indexed));
        return uses.map((i) => ({ path, start: call.start, names: [], inner: i, isUse: true }));
      }
      pointSites.push(indexed);
      const names = [...namesOf(site.routine, site.via), 'new'];
      const through = innermost?.kind === 'function' ? innerOf.get(lastPart(innermost.name)) : undefined;
      return [{ path, start: call.start, names, inner: through ?? -1 }];
    });
    const flow = new PoolFlow({
      files,
      text: (path) => {
        if (!texts.has(path)) texts.set(path, this.#text(path));
        return texts.get(path);
      },
      definitions: (path) => index.definitionsIn(path),
      reachable: (name, path) => index.reachableDefinitions(name, path),
      points,
      inner,
      frees,
      innerFrees,
    });
    return { flow, sites: pointSites, templateFrees };
  }

  /** The sites whose memory a free may free. `near`: further files that its program shall hold. */
  reached(free: IndexedFree, near: Iterable<string>): SitesReached {
    const { flow, sites, templateFrees } = this.of([...near, free.path]);
    const innermost = free.free.via?.[free.free.via.length - 1];
    const places =
      innermost?.kind === 'template'
        ? (templateFrees.get(lastPart(innermost.name)) ?? [])
        : [{ path: free.path, start: free.call.start }];
    const found: Reach[] = places.map((place) => flow.reach(place));
    const points = new Set(found.flatMap((reach) => [...reach.points]));
    const isOpen = found.some((reach) => reach.isOpen);
    const isFollowed = found.length > 0 && found.every((reach) => reach.isFollowed);
    const reached = [...new Set([...points].map((i) => sites[i]))].filter(
      ({ site }) => !SYSTEM_FREES.has(site.routine),
    );
    return { sites: reached, isOpen, isFollowed };
  }
}

function namesOf(routine: string, via: readonly { readonly name: string }[] | undefined): string[] {
  return [routine, ...(via?.map(({ name }) => lastPart(name)) ?? [])];
}
