/**
 * Both phases of an assignment: wrappers with a fixed tag take it from their callers where that gives more sites a tag of
 * their own, see variants.ts, and the plan is made over the texts in which they do.
 */
import { uriToPath } from '../index/fileUri.ts';
import type { IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { AssignParams, WrapperStep } from '../protocol.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import { modelTag } from './firstTag.ts';
import { type FixedWrapper, wrapperOfFree } from './fixedWrappers.ts';
import { FlowUnits } from './flowUnits.ts';
import { MentionSearch } from './mentionSearch.ts';
import { originalOffset } from './phasedEdits.ts';
import { type AssignContext, type AssignmentPlan, AssignmentPlanner } from './plan.ts';
import { Programs } from './programs.ts';
import { siteAt } from './siteAt.ts';
import type { ReadSource } from './sourceEdits.ts';
import { taggedTexts, untaggedAt } from './untaggedCall.ts';
import type { Variant } from './variantEdits.ts';
import { splitWrappers, type Unsplit, type VariantTexts } from './variants.ts';

/** Plans until no variant is without use; each leaves out what the one before had in vain. */
const MOST_PLANS = 4;

export interface PhasedPlan {
  readonly plan: AssignmentPlan;
  /** Undefined where no wrapper takes its tag from its callers. */
  readonly texts: VariantTexts | undefined;
  readonly unsplit: readonly Unsplit[];
}

/** What is asked for: a single site, or tags. */
interface Asked {
  readonly site: IndexedSite | undefined;
  readonly tags: readonly PoolTag[];
}

type TaggedParams = Exclude<AssignParams, { readonly scope: 'untagged' }>;

/** Null where `params` name no site. */
export function planWithVariants(context: AssignContext, params: AssignParams): PhasedPlan | null {
  if (params.scope === 'untagged') return planUntagged(context, params);
  const asked = askedFor(context.index, params);
  if (asked === null) return null;
  const search = new Search(context, params, asked);
  // A macro's caller can only get a tag of its own when the macro lets it choose; a function's own call is one site.
  const { wrappers = asked.site && !asked.site.written ? 'keep' : 'split' } = params;
  return wrappers === 'keep' ? search.planned(undefined, []) : search.best();
}

/** A first tag for an allocation that has none. */
function planUntagged(context: AssignContext, params: AssignParams & { scope: 'untagged' }): PhasedPlan | null {
  const path = uriToPath(params.uri);
  const call = path === undefined ? undefined : untaggedAt(context.index, path, params.position);
  const texts = call && taggedTexts(context.index, context.read, path!, call);
  if (!texts) return null;
  const targets = texts.index.sitesIn(path!).filter((site) => site.call.start === call.start);
  const planner = new AssignmentPlanner({ ...context, index: texts.index, read: texts.read });
  const { frees = 'together', insist = false } = params;
  const plan = planner.plan({ targets, frees, insist, model: modelTag(context, path!) });
  return { plan, texts, unsplit: [] };
}

function askedFor(index: SiteIndex, params: TaggedParams): Asked | null {
  switch (params.scope) {
    case 'tag':
      return { site: undefined, tags: [params.tag] };
    case 'all':
      return { site: undefined, tags: [...index.tags()] };
    case 'site': {
      const path = uriToPath(params.uri);
      const site = path === undefined ? undefined : siteAt(index, path, params.position);
      return site ? { site, tags: [site.site.tag] } : null;
    }
  }
}

class Search {
  readonly #context: AssignContext;
  readonly #params: TaggedParams;
  readonly #asked: Asked;
  readonly #programs: Programs;
  readonly #mentions: MentionSearch;
  /** The wrappers that free for several sites, by their key. */
  readonly #shared = new Set<string>();
  #flow: { readonly units: FlowUnits; readonly texts: VariantTexts | undefined } | null = null;

  constructor(context: AssignContext, params: TaggedParams, asked: Asked) {
    this.#context = { ...context, read: readOnce(context.read) };
    this.#params = params;
    this.#asked = asked;
    this.#programs = new Programs(context.index);
    this.#mentions = new MentionSearch(context.index, this.#programs);
  }

  /** With variants of the wrappers that allocate; of those that free as well where that leaves fewer sites together. */
  best(): PhasedPlan {
    const allocating = this.#settled(new Set());
    if (this.#shared.size === 0) return allocating;
    const all = this.#settled(this.#shared);
    return ownCount(all.plan) > ownCount(allocating.plan) ? all : allocating;
  }

  /** Plans with ever fewer variants until none is in vain. */
  #settled(frees: ReadonlySet<string>): PhasedPlan {
    const without = new Set<string>();
    for (let left = MOST_PLANS; ; left--) {
      const unsplit: Unsplit[] = [];
      const { index, read } = this.#context;
      const request = {
        index,
        read,
        search: this.#mentions,
        tags: this.#asked.tags,
        isWanted: this.#isWanted,
        without,
        frees,
      };
      const texts = left > 0 ? splitWrappers(request, unsplit) : undefined;
      const planned = this.planned(texts, unsplit);
      if (left === MOST_PLANS && frees.size === 0) {
        for (const free of planned.plan.shared) {
          const wrapper = wrapperOfFree(free, free.free.tag!);
          if (wrapper) this.#shared.add(wrapper.key);
        }
      }
      const vain = (texts?.variants ?? []).filter(
        (variant) => tagsThrough(planned.plan, variant, texts!.index).size < 2,
      );
      if (vain.length === 0) return planned;
      for (const { wrapper } of vain) without.add(wrapper.key);
    }
  }

  readonly #isWanted = (wrapper: FixedWrapper): boolean => {
    const { site } = this.#asked;
    if (!site) {
      const { project } = this.#params.scope === 'all' ? this.#params : {};
      return project === undefined || this.#context.index.projectOf(wrapper.path)?.path === uriToPath(project);
    }
    const written = site.written ?? site;
    return wrapper.path === written.path && wrapper.call.start === written.call.start;
  };

  planned(texts: VariantTexts | undefined, unsplit: readonly Unsplit[]): PhasedPlan {
    const index = texts?.index ?? this.#context.index;
    const read = texts?.read ?? this.#context.read;
    const { frees = 'together', insist = false } = this.#params;
    const planner = new AssignmentPlanner({ ...this.#context, index, read }, this.#flowOf(texts));
    const plan = planner.plan({ targets: this.#targets(texts), frees, insist });
    return { plan, texts, unsplit };
  }

  /** The flow through texts; what they have in common with those of the plan before is followed once. */
  #flowOf(texts: VariantTexts | undefined): FlowUnits {
    const { index, read } = texts ?? this.#context;
    const before = this.#flow;
    const textOf = (of: VariantTexts | undefined, path: string) => of?.tables.get(path)?.text;
    const paths = [...(before?.texts?.tables.keys() ?? []), ...(texts?.tables.keys() ?? [])];
    const changed = new Set(paths.filter((path) => textOf(before?.texts, path) !== textOf(texts, path)));
    const text = (path: string) => read(path)?.text;
    const units = new FlowUnits(index, text, this.#programs, before && { units: before.units, changed });
    this.#flow = { units, texts };
    return units;
  }

  #targets(texts: VariantTexts | undefined): readonly IndexedSite[] {
    const { site, tags } = this.#asked;
    const index = texts?.index ?? this.#context.index;
    if (site) {
      if (!texts) return [site];
      const names = new Set(texts.variants.map(({ name }) => name));
      const through = index.sitesOf(site.site.tag).filter((s) => s.site.via?.some((step) => names.has(step.name)));
      if (!site.written) return through;
      const edits = texts.tables.get(site.path)?.edits() ?? [];
      return through.filter((s) => s.path === site.path && originalOffset(edits, s.call.start) === site.call.start);
    }
    const wanted = this.#params.scope === 'all' ? tags.filter((tag) => index.sitesOf(tag).length > 1) : tags;
    const { project } = this.#params.scope === 'all' ? this.#params : {};
    return wanted
      .flatMap((tag) => index.sitesOf(tag))
      .filter((s) => project === undefined || s.site.project?.uri === project);
  }
}

/** Every file read once: names are looked for in the same files again and again, and the plans read them too. */
function readOnce(read: ReadSource): ReadSource {
  const known = new Map<string, ReturnType<ReadSource>>();
  return (path) => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
}

function ownCount({ assigned }: AssignmentPlan): number {
  return assigned.filter(({ together }) => together === 1).length;
}

/** The tags that a plan leaves behind a variant: of its sites, or of its frees. */
function tagsThrough(plan: AssignmentPlan, { name, wrapper }: Variant, index: SiteIndex): Set<PoolTag | null> {
  const { action, tag } = wrapper;
  const isThrough = (via: readonly WrapperStep[] | undefined) => via?.some((step) => step.name === name);
  if (action === 'free')
    return new Set(plan.frees.filter((f) => isThrough(f.indexed.free.via)).map(({ newTag }) => newTag));
  const assigned = plan.assigned.filter((a) => isThrough(a.indexed.site.via));
  const tags = new Set<PoolTag | null>(assigned.map(({ newTag }) => newTag));
  const all = index.sitesOf(tag).filter(({ site }) => isThrough(site.via));
  // The old tag is that of those that keep it.
  if (all.length > assigned.length) tags.add(tag);
  return tags;
}
