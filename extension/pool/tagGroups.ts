/** Tags that took the place of another, as one group: what they hold together, and which of them takes the growth. */
import { type PoolTag, tagLabel } from '../../language/tag/poolTag.ts';
import type { TagTotals } from './tagTotals.ts';

/** A tag that a site was given, and the one that it had before. */
export interface TagSplit {
  readonly oldTag: PoolTag;
  readonly newTag: PoolTag;
}

export interface SplitMember {
  readonly tag: PoolTag;
  /** Its part in what the group gains, 0 to 1; NaN while nothing grows. */
  readonly share: number;
  /** The line that allocates, such as `queue.c:212`; empty where several do, or none here. */
  readonly place: string;
}

export interface SplitGroup {
  /** The old tag. */
  readonly tag: PoolTag;
  /** Those that grow first, the fastest of them leading; then by bytes. */
  readonly members: readonly SplitMember[];
  /** Of all members together, and of the old tag where it still holds something. */
  readonly outstanding: number;
  readonly bytes: number;
  /** What grows and where, or that nothing does: one sentence. */
  readonly reason: string;
}

export interface TagFacts {
  /** Both pools summed; undefined for a tag that the pool does not have. */
  readonly totals: (tag: PoolTag) => TagTotals | undefined;
  /** As {@link SplitMember.place}. */
  readonly place: (tag: PoolTag) => string;
}

/** A tag that was split twice belongs to the first one: the oldest name is the one that people know. */
function rootOf(tag: PoolTag, oldOf: ReadonlyMap<PoolTag, PoolTag>): PoolTag {
  const seen = new Set<PoolTag>();
  let root = tag;
  while (!seen.has(root)) {
    seen.add(root);
    const older = oldOf.get(root);
    if (older === undefined) return root;
    root = older;
  }
  return tag;
}

/** Objects that a tag gains: of those that grow, since load that comes and goes takes no part in a leak. */
function gainOf(totals: TagTotals | undefined): number {
  return totals?.growing ? Math.max(0, totals.objectsPerMinute || 0) : 0;
}

function name(tag: PoolTag): string {
  return `'${tagLabel(tag).trimEnd()}'`;
}

function percent(share: number): string {
  return share > 0.995 ? 'all' : `${Math.round(share * 100)} %`;
}

function reasonOf(old: PoolTag, members: readonly SplitMember[]): string {
  const count = `${name(old)} was split into ${members.length} ${members.length === 1 ? 'tag' : 'tags'}`;
  const [first] = members;
  if (!(first.share > 0)) return `${count}; none of them grows.`;
  const place = first.place === '' ? '' : ` (${first.place})`;
  return `${count}; ${name(first.tag)}${place} takes ${percent(first.share)} of the growth.`;
}

/**
 * The groups of a pool, in the order of their tags as shown. Members that the pool does not have are left out, and so is a
 * group without any: the driver that has the new tags was not loaded yet.
 */
export function splitGroups(splits: readonly TagSplit[], { totals, place }: TagFacts): SplitGroup[] {
  const oldOf = new Map(splits.filter((s) => s.oldTag !== s.newTag).map((s) => [s.newTag, s.oldTag]));
  const roots = Map.groupBy(oldOf.keys(), (tag) => rootOf(tag, oldOf));
  const groups: SplitGroup[] = [];
  for (const [tag, tags] of roots) {
    const known = tags
      .filter((member) => member !== tag)
      .flatMap((member) => {
        const figures = totals(member);
        return figures ? [{ tag: member, figures, gain: gainOf(figures) }] : [];
      });
    if (known.length === 0) continue;
    const gained = known.reduce((sum, { gain }) => sum + gain, 0);
    known.sort((a, b) => b.gain - a.gain || b.figures.bytes - a.figures.bytes || a.tag - b.tag);
    const members = known.map(
      (member): SplitMember => ({
        tag: member.tag,
        share: gained > 0 ? member.gain / gained : Number.NaN,
        place: place(member.tag),
      }),
    );
    const all = [...known.map(({ figures }) => figures), ...[totals(tag)].filter((own) => own !== undefined)];
    groups.push({
      tag,
      members,
      outstanding: all.reduce((sum, figures) => sum + figures.outstanding, 0),
      bytes: all.reduce((sum, figures) => sum + figures.bytes, 0),
      reason: reasonOf(tag, members),
    });
  }
  return groups.sort((a, b) => tagLabel(a.tag).localeCompare(tagLabel(b.tag)));
}
