/** Rules over a tag's sites and frees together: sharing, and frees that nothing allocates for. */
import { folderOf } from '../index/fileUri.ts';
import type { IndexedSite, SiteIndex } from '../index/siteIndex.ts';
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

/** The files in which some allocation has a tag that the sources do not show, and that may be any. */
export function openFiles({ index }: RuleView): string[] {
  return [...index.paths()].filter((path) =>
    index.unresolvedIn(path).some(({ call }) => index.valueOfCall(path, call) !== 0),
  );
}

/**
 * Whether memory that `from` allocates may be freed in `to`: not where two drivers are told apart by their projects. A library
 * becomes part of any driver; without projects, folders tell.
 */
function mayReach(index: SiteIndex, from: string, to: string): boolean {
  const one = index.projectOf(from);
  const other = index.projectOf(to);
  if (one && other) return one === other || !one.isDriver || !other.isDriver;
  const [a, b] = [surroundings(from), surroundings(to)];
  return a.startsWith(b) || b.startsWith(a);
}

/** Whether two files certainly belong to different drivers. */
function areApart(index: SiteIndex, a: string, b: string): boolean {
  const one = index.projectOf(a);
  const other = index.projectOf(b);
  return one !== undefined && other !== undefined && one !== other && one.isDriver && other.isDriver;
}

/**
 * Tagged frees that name another tag than the allocation they belong to, or one that no site of the workspace allocates.
 * Drivers are told apart by their projects. Nothing is said where the memory may come from elsewhere: from an allocation of
 * the driver with an unknown tag, or from the component that pooltag.txt names.
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
    const elsewhere = index.sitesOf(tag);
    if (isSystems || elsewhere.some((site) => !areApart(index, site.path, path))) continue;
    if (open.some((other) => mayReach(index, other, path))) continue;
    const where = elsewhere.length > 0 ? `of ${index.projectOf(path)!.name}` : 'here';
    const message = `No allocation ${where} uses the pool tag '${tagLabel(tag)}': a free must name the tag of its allocation.`;
    yield {
      rule: 'mismatched-free',
      path,
      range,
      tag,
      message,
      related: elsewhere.slice(0, MOST_RELATED).map(relatedSite),
    };
  }
}
