/**
 * Which sites get which tags, and what becomes of the frees. The rule above all: after the change no free carries a tag
 * that its memory does not have. Where that cannot be shown, the sites concerned keep their tag, and the reason is said.
 */
import { baseName } from '../index/fileUri.ts';
import type { IndexedFree, IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { SourceRange } from '../protocol.ts';
import { SYSTEM_TAGS_FREED_BY_DRIVERS } from '../scan/allocators.ts';
import { type PoolTag, tagLabel, tagText } from '../tag/poolTag.ts';
import { FlowUnits } from './flowUnits.ts';
import { type NewDefinitions, type ReadSource, SourceEdits, type TaggedCall } from './sourceEdits.ts';
import { chooseTag, type KnownTags, tagsInUse } from './uniqueTags.ts';
import { tellingWords } from './words.ts';
import { keyOf, type MacroUser, macroUsers, writtenAt } from './writtenTags.ts';

/** What becomes of a free that several sites reach: they keep one tag together, or the free names no tag any more. */
export type SharedFrees = 'together' | 'untag';

export interface PlanRequest {
  /** The sites to give tags to, by their old tags. With one site alone, those that share a free with it go along. */
  readonly targets: readonly IndexedSite[];
  readonly frees: SharedFrees;
  /** Also give tags to sites whose frees were not found. */
  readonly insist: boolean;
  /** The tag that new ones are to be like; that of the sites where absent. */
  readonly model?: PoolTag;
}

export interface PlannedSite {
  readonly indexed: IndexedSite;
  readonly oldTag: PoolTag;
  readonly newTag: PoolTag;
  /** Sites that have the new tag together, this one among them. */
  readonly together: number;
}

export interface PlannedFree {
  readonly indexed: IndexedFree;
  /** The call whose text names the tag: the free itself, or the one in the macro that it calls. */
  readonly written: TaggedCall;
  readonly action: 'retagged' | 'untagged' | 'left';
  readonly oldTag: PoolTag;
  /** Null where the free names no tag any more. */
  readonly newTag: PoolTag | null;
  readonly reason: string;
  /** Left although some sites of its tag got another: whether it frees their memory is not known. */
  readonly needsLook: boolean;
}

export interface RefusedPlace {
  readonly path: string;
  readonly range: SourceRange;
  readonly uri: string;
  readonly reason: string;
}

export interface AssignmentPlan {
  readonly assigned: readonly PlannedSite[];
  readonly frees: readonly PlannedFree[];
  readonly refused: readonly RefusedPlace[];
  /** Frees that keep sites together: several reach each. */
  readonly shared: readonly IndexedFree[];
  readonly edits: SourceEdits;
}

export interface AssignContext extends KnownTags {
  readonly read: ReadSource;
}

/** Frees that may name no tag: what they become. `pointer`: position of the memory among the arguments. */
const UNTAGGED: ReadonlyMap<string, (pointer: string) => string> = new Map([
  ['ExFreePoolWithTag', (p: string) => `ExFreePool(${p})`],
  ['NdisFreeMemoryWithTag', (p: string) => `NdisFreeMemory(${p}, 0, 0)`],
]);

/** One place where the tag of sites is written: what changes together. */
interface Target {
  readonly sites: IndexedSite[];
  readonly written: TaggedCall;
  refusal: string | null;
}

/** One place where the tag of frees is written: of one free, or of all that go through a macro. */
interface TaggedFree {
  readonly places: IndexedFree[];
  readonly written: TaggedCall;
  readonly targets: Set<Target>;
  /** One that nothing is known to reach, where there is such a one. */
  orphan: IndexedFree | null;
  isFollowed: boolean;
  untag: boolean;
}

/** Plans for one state of the index; the flow of memory is followed once. */
export class AssignmentPlanner {
  readonly #context: AssignContext;
  readonly #flow: FlowUnits;
  readonly #spokenFor: Set<string>;
  readonly #edits: SourceEdits;
  readonly #assigned: PlannedSite[] = [];
  readonly #frees: PlannedFree[] = [];
  readonly #refused: RefusedPlace[] = [];
  readonly #shared: IndexedFree[] = [];
  #unknownFrees: IndexedFree[] | null = null;
  #model: PoolTag | undefined;
  #macroUsers: ReadonlyMap<string, readonly MacroUser[]> | null = null;

  constructor(context: AssignContext, flow?: FlowUnits) {
    this.#context = context;
    this.#flow = flow ?? new FlowUnits(context.index, (path) => context.read(path)?.text);
    this.#spokenFor = tagsInUse(context);
    this.#edits = new SourceEdits(context.index, context.read);
  }

  plan({ targets, frees, insist, model }: PlanRequest): AssignmentPlan {
    this.#model = model;
    for (const [tag, sites] of Map.groupBy(targets, ({ site }) => site.tag)) this.#planTag(tag, sites, frees, insist);
    return {
      assigned: this.#assigned,
      frees: this.#frees,
      refused: this.#refused,
      shared: this.#shared,
      edits: this.#edits,
    };
  }

  get #index(): SiteIndex {
    return this.#context.index;
  }

  #refuse({ site, path }: IndexedSite, reason: string): void {
    this.#refused.push({ path, range: site.range, uri: site.uri, reason });
  }

  #planTag(tag: PoolTag, wanted: readonly IndexedSite[], sharedFrees: SharedFrees, insist: boolean): void {
    const targets = this.#targets(tag);
    const chosen = new Set(wanted.map((s) => targets.get(keyOf(writtenAt(s)))!));
    const frees = this.#taggedFrees(tag, targets);
    for (const target of targets.values())
      target.refusal = this.#edits.obstacle(target.written) ?? this.#strangers(target.written, tag);
    for (const free of frees) {
      const isShared = free.targets.size > 1 || (free.targets.size > 0 && free.orphan !== null);
      free.untag = sharedFrees === 'untag' && isShared && this.#untagged(free) !== undefined;
      if (isShared && !free.untag) this.#shared.push(...free.places);
    }
    this.#refuseUnknownTags(targets);
    this.#refuseFeeders(frees, targets, insist);
    for (const free of frees) {
      if (free.untag || free.targets.size === 0) continue;
      const obstacle = this.#edits.obstacle(free.written) ?? this.#strangers(free.written, tag);
      const place = placeName(free.places[0]);
      if (obstacle === null && free.orphan !== null && free.places.length > 1) {
        const unknown = placeName(free.orphan);
        for (const target of free.targets)
          target.refusal ??= `${place} frees it with the tag that is written for ${unknown} too, and what that one frees is not known.`;
      }
      if (obstacle === null) continue;
      for (const target of free.targets) target.refusal ??= `${place} frees it and cannot be rewritten: ${obstacle}`;
    }
    const groups = grouped([...targets.values()], frees);
    const isWhole = groups.length === 1 && groups[0].length > 1;
    const changed = new Map<Target, PoolTag>();
    for (const group of groups) {
      if (!group.some((target) => chosen.has(target))) continue;
      const refusal = this.#refusalOf(group, frees, isWhole);
      if (refusal === null) this.#assign(tag, group, frees, changed);
      else for (const target of group) for (const site of target.sites) this.#refuse(site, target.refusal ?? refusal);
    }
    this.#noteFrees(tag, frees, chosen, changed);
  }

  /** All sites of a tag by where their tag is written. */
  #targets(tag: PoolTag): Map<string, Target> {
    const targets = new Map<string, Target>();
    for (const indexed of this.#index.sitesOf(tag)) {
      const written = writtenAt(indexed);
      const key = keyOf(written);
      const target = targets.get(key);
      if (target) target.sites.push(indexed);
      else targets.set(key, { sites: [indexed], written, refusal: null });
    }
    return targets;
  }

  #taggedFrees(tag: PoolTag, targets: ReadonlyMap<string, Target>): TaggedFree[] {
    if (SYSTEM_TAGS_FREED_BY_DRIVERS.includes(tagText(tag))) return [];
    const near = this.#index.sitesOf(tag).map(({ path }) => path);
    const frees = new Map<string, TaggedFree>();
    for (const indexed of this.#index.freesOf(tag)) {
      const written = writtenAt(indexed);
      const key = keyOf(written);
      const free: TaggedFree = frees.get(key) ?? {
        places: [],
        written,
        targets: new Set(),
        orphan: null,
        isFollowed: true,
        untag: false,
      };
      frees.set(key, free);
      free.places.push(indexed);
      const { sites, isFollowed } = this.#flow.reached(indexed, near);
      const reached = sites.filter(({ site }) => site.tag === tag).map(writtenAt);
      for (const at of reached) free.targets.add(targets.get(keyOf(at))!);
      if (reached.length > 0) continue;
      free.orphan ??= indexed;
      free.isFollowed &&= isFollowed;
    }
    return [...frees.values()];
  }

  /** Why a tag that is written in a macro cannot change: elsewhere it means another tag, or nobody can tell which. */
  #strangers(written: TaggedCall, tag: PoolTag): string | null {
    this.#macroUsers ??= macroUsers(this.#index);
    const stranger = this.#macroUsers.get(keyOf(written))?.find((user) => user.tag !== tag);
    if (!stranger) return null;
    return `It is written in a macro, where it means another tag for ${stranger.place}.`;
  }

  /** Frees whose tag the sources do not show: what they free must keep the tag that it has. */
  #refuseUnknownTags(targets: ReadonlyMap<string, Target>): void {
    this.#unknownFrees ??= [...this.#index.paths()].flatMap((path) =>
      this.#index
        .freesIn(path)
        .filter(
          ({ free, call }) => free.tag === null && call.tag !== null && this.#index.valueOfCall(path, call) !== 0,
        ),
    );
    if (this.#unknownFrees.length === 0) return;
    const near = [...targets.values()].flatMap(({ sites }) => sites.map(({ path }) => path));
    // Drivers of one workspace do not hand each other memory: only frees of the same program count.
    const programs = new Set(near.map((path) => this.#flow.programOf(path)));
    const projects = new Set([...targets.values()].flatMap(({ sites }) => sites.map(({ site }) => site.project?.uri)));
    projects.delete(undefined);
    for (const free of this.#unknownFrees) {
      if (!programs.has(this.#flow.programOf(free.path)) && !projects.has(free.free.project?.uri)) continue;
      for (const indexed of this.#flow.reached(free, near).sites) {
        const target = targets.get(keyOf(writtenAt(indexed)));
        if (target) target.refusal ??= `${placeName(free)} may free it, with a tag that the sources do not show.`;
      }
    }
  }

  /** Sites without a free of their own, while there are frees without a site. */
  #refuseFeeders(frees: readonly TaggedFree[], targets: ReadonlyMap<string, Target>, insist: boolean): void {
    const orphan = frees.find((free) => free.orphan !== null && !free.untag);
    if (!orphan) return;
    const fed = new Set(frees.flatMap((free) => [...free.targets]));
    const place = placeName(orphan.orphan!);
    for (const target of targets.values()) {
      if (insist || (fed.has(target) && orphan.isFollowed)) continue;
      target.refusal ??= `${place} names this tag, and what it frees is not known: it may be this memory.`;
    }
  }

  #refusalOf(group: readonly Target[], frees: readonly TaggedFree[], isWhole: boolean): string | null {
    const refused = group.find((target) => target.refusal !== null);
    if (refused) {
      const { sites, refusal } = refused;
      if (group.length === 1) return refusal;
      return `It shares a free with ${placeOf(sites[0])}, which keeps its tag: ${refusal}`;
    }
    if (!isWhole) return null;
    const shared = frees.find((free) => !free.untag && free.targets.size > 1);
    return `${shared ? placeName(shared.places[0]) : 'A free'} frees the memory of all ${group.length} sites: only together can they have a tag.`;
  }

  #assign(
    oldTag: PoolTag,
    group: readonly Target[],
    frees: readonly TaggedFree[],
    changed: Map<Target, PoolTag>,
  ): void {
    const functions = this.#index.sitesOf(oldTag).map((s) => writtenAt(s).call.function);
    const { path, call } = group[0].written;
    const words = tellingWords(call.function || baseName(path).replace(/\.\w+$/, ''), functions);
    const { database } = this.#context;
    const newTag = chooseTag(
      this.#model ?? oldTag,
      words,
      (text) => this.#spokenFor.has(text.toLowerCase()) || database.isSpokenFor(text),
    );
    if (newTag === undefined) {
      for (const target of group) for (const site of target.sites) this.#refuse(site, 'Every pool tag is taken.');
      return;
    }
    this.#spokenFor.add(tagText(newTag).toLowerCase());
    const made: NewDefinitions = new Map();
    const together = group.reduce((sum, target) => sum + target.sites.length, 0);
    for (const target of group) {
      this.#edits.retag(target.written, newTag, words, made);
      changed.set(target, newTag);
      for (const indexed of target.sites) this.#assigned.push({ indexed, oldTag, newTag, together });
    }
    for (const free of frees)
      if (!free.untag && group.some((target) => free.targets.has(target)))
        this.#edits.retag(free.written, newTag, words, made);
  }

  #noteFrees(
    oldTag: PoolTag,
    frees: readonly TaggedFree[],
    chosen: ReadonlySet<Target>,
    changed: ReadonlyMap<Target, PoolTag>,
  ): void {
    if (changed.size === 0) return;
    for (const free of frees) {
      const { targets, places } = free;
      const touched = [...targets].filter((target) => changed.has(target));
      const note = (action: PlannedFree['action'], newTag: PoolTag | null, reason: string) =>
        this.#frees.push(
          ...places.map((indexed) => ({
            indexed,
            written: free.written,
            action,
            oldTag,
            newTag,
            reason,
            needsLook: targets.size === 0,
          })),
        );
      if (touched.length === 0) {
        if (targets.size === 0) note('left', oldTag, 'No allocation is known to reach it.');
        else if ([...targets].some((target) => chosen.has(target)))
          note('left', oldTag, 'What it frees keeps its tag.');
      } else if (free.untag) {
        const { start, end, text } = this.#untagged(free)!;
        this.#edits.replace(free.written.path, start, end, text);
        const whose = targets.size === 1 ? 'a site, and what is not known' : `${targets.size} sites`;
        note('untagged', null, `It frees the memory of ${whose}.`);
      } else {
        const newTag = changed.get(touched[0])!;
        const count = targets.size;
        note('retagged', newTag, count === 1 ? 'One site reaches it.' : `${count} sites reach it and share the tag.`);
      }
    }
  }

  /** The change that makes a free name no tag; undefined where its routine, or how it is written, does not allow that. */
  #untagged({ places, written: { path, call } }: TaggedFree): { start: number; end: number; text: string } | undefined {
    const [{ free }] = places;
    const make = UNTAGGED.get(free.routine);
    const file = this.#edits.open(path);
    if (!make || !file || !call.tag) return undefined;
    const { text } = file.source;
    const head = text.slice(call.start, call.tag.start);
    const tail = /^\s*\)/.exec(text.slice(call.tag.start + call.tag.text.length));
    const pointer = /^\w+\s*\(([\s\S]*),\s*$/.exec(head)?.[1];
    if (!tail || pointer === undefined || !head.startsWith(free.routine)) return undefined;
    const end = call.tag.start + call.tag.text.length + tail[0].length;
    return { start: call.start, end, text: make(pointer.trim()) };
  }
}

/** Targets that share a tagged free, in the order of the sources. */
function grouped(targets: readonly Target[], frees: readonly TaggedFree[]): Target[][] {
  const parent = new Map<Target, Target>(targets.map((t) => [t, t]));
  const find = (target: Target): Target => {
    let root = target;
    while (parent.get(root) !== root) root = parent.get(root)!;
    return root;
  };
  for (const { targets: reached, untag } of frees) {
    if (untag) continue;
    const [first, ...rest] = reached;
    for (const other of rest) parent.set(find(other), find(first));
  }
  return [...Map.groupBy(targets, find).values()];
}

function placeOf({ path, site }: IndexedSite): string {
  return `${baseName(path)}:${site.range.start.line + 1}`;
}

function placeName({ path, free }: IndexedFree): string {
  return `${free.routine} at ${baseName(path)}:${free.range.start.line + 1}`;
}

/** What `tagLabel` shows without its padding. */
export function shownTag(tag: PoolTag): string {
  return tagLabel(tag).trimEnd();
}
