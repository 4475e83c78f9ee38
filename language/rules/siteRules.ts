/** Rules over a tag's sites and frees together: sharing, and frees that nothing allocates for. */
import { folderOf } from '../index/fileUri.ts';
import type { IndexedSite } from '../index/siteIndex.ts';
import { SYSTEM_TAGS_FREED_BY_DRIVERS } from '../scan/allocators.ts';
import { tagLabel, tagText } from '../tag/poolTag.ts';
import { contradictedSite } from './pairedFree.ts';
import type { Finding, RelatedPlace, RuleView } from './rule.ts';
import type { RuleId } from './ruleTable.ts';

const MOST_RELATED = 10;

/** A site as others refer to it. */
export function relatedSite({ site }: IndexedSite): RelatedPlace {
  const message = `${site.routine}${site.function ? ` in ${site.function}` : ''}`;
  return { uri: site.uri, range: site.tagRange, message };
}

export function* sharedTagFindings({ index }: RuleView, path: string): Generator<Finding<RuleId>> {
  for (const indexed of index.sitesIn(path)) {
    const { tag, tagRange } = indexed.site;
    const sharing = index.sitesOf(tag);
    if (sharing.length < 2) continue;
    yield {
      rule: 'shared-tag',
      path,
      range: tagRange,
      tag,
      message: `${sharing.length} allocation sites share the pool tag '${tagLabel(tag)}': its growth cannot be traced to one of them.`,
      related: sharing
        .filter((other) => other !== indexed)
        .slice(0, MOST_RELATED)
        .map(relatedSite),
    };
  }
}

/** Folders of one driver mostly have one parent: `sys`, `lib`, `inc`. */
function surroundings(path: string): string {
  return `${folderOf(folderOf(path))}/`;
}

/** The surroundings in which some allocation has a tag that the sources do not show, and that may be any. */
export function openSurroundings({ index }: RuleView): string[] {
  const found = new Set<string>();
  for (const path of index.paths())
    if (index.unresolvedIn(path).some(({ call }) => index.valueOfCall(path, call) !== 0)) found.add(surroundings(path));
  return [...found];
}

/**
 * Tagged frees that name another tag than the allocation they belong to, or one that no site of the workspace allocates.
 * The latter is left unsaid where the memory may come from elsewhere: from an allocation in the surroundings with an unknown
 * tag, or from the component that pooltag.txt names.
 */
export function* mismatchedFreeFindings(
  view: RuleView,
  path: string,
  open: readonly string[],
): Generator<Finding<RuleId>> {
  const { index, database } = view;
  const sites = index.sitesIn(path);
  for (const indexed of index.freesIn(path)) {
    const { free, call } = indexed;
    const { tag } = free;
    if (tag === null || !call.tag) continue;
    const { range } = call.tag;
    const isSuspect = sites.some(({ site }) => site.function === free.function && site.tag !== tag);
    const text = isSuspect ? view.text(path) : undefined;
    const contradicted = text === undefined ? undefined : contradictedSite(text, indexed, sites);
    if (contradicted) {
      const message = `The memory was allocated with the pool tag '${tagLabel(contradicted.site.tag)}', not '${tagLabel(tag)}'.`;
      yield { rule: 'mismatched-free', path, range, tag, message, related: [relatedSite(contradicted)] };
      continue;
    }
    const isSystems = database.hasExact(tag) || SYSTEM_TAGS_FREED_BY_DRIVERS.includes(tagText(tag));
    if (index.sitesOf(tag).length > 0 || isSystems) continue;
    const here = surroundings(path);
    if (open.some((other) => other.startsWith(here) || here.startsWith(other))) continue;
    const message = `No allocation here uses the pool tag '${tagLabel(tag)}': a free must name the tag of its allocation.`;
    yield { rule: 'mismatched-free', path, range, tag, message };
  }
}
