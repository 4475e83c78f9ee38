/** Where the tags of sites and frees are written, and who shares a place of writing. */
import { baseName } from '../index/fileUri.ts';
import type { IndexedFree, IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { TaggedCall } from './sourceEdits.ts';

/** Where the tag of a site or a free is written: in its own call, or in the macro that it calls. */
export function writtenAt(indexed: IndexedSite | IndexedFree): TaggedCall {
  return indexed.written ?? indexed;
}

/** Equal for equal places of writing. */
export function keyOf({ path, call }: TaggedCall): string {
  return `${call.start} ${call.tag?.start} ${path}`;
}

/** A call whose tag a macro writes; `tag` is null where it is not known. */
export interface MacroUser {
  readonly tag: PoolTag | null;
  /** To be shown. */
  readonly place: string;
}

/** Who uses the tags that macros write, by {@link keyOf}. */
export function macroUsers(index: SiteIndex): Map<string, MacroUser[]> {
  const users = new Map<string, MacroUser[]>();
  for (const file of index.paths()) {
    const all = [
      ...index.sitesIn(file).map(({ written, site }) => ({ written, tag: site.tag, range: site.range })),
      ...index.freesIn(file).map(({ written, free }) => ({ written, tag: free.tag, range: free.range })),
      ...index.unresolvedIn(file).map(({ written, call }) => ({ written, tag: null, range: call.range })),
    ];
    for (const { written, tag, range } of all) {
      if (!written) continue;
      const user = { tag, place: `${baseName(file)}:${range.start.line + 1}` };
      const key = keyOf(written);
      const list = users.get(key);
      if (list) list.push(user);
      else users.set(key, [user]);
    }
  }
  return users;
}
