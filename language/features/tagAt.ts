/** Finds the pool tag that the source means at a position. */
import type { SiteIndex } from '../index/siteIndex.ts';
import type { AllocationSite, SourcePosition, SourceRange } from '../protocol.ts';
import type { LineTable } from '../scan/lines.ts';
import type { PoolTag } from '../tag/poolTag.ts';

export interface TagAtPosition {
  readonly tag: PoolTag;
  readonly range: SourceRange;
  /** The allocation site, where the position is in one. */
  readonly site?: AllocationSite;
  /** Where a name stands for the tag, that name's definition; else the place where the value is written. */
  readonly definition?: { readonly path: string; readonly offset: number; readonly length: number };
}

/** Whether a range holds a position, its end included. */
export function rangeHolds({ start, end }: SourceRange, { line, character }: SourcePosition): boolean {
  return (
    (line > start.line || (line === start.line && character >= start.character)) &&
    (line < end.line || (line === end.line && character <= end.character))
  );
}

/** The tag at a position: a site's tag argument or routine, a free's, or the name or value of a macro or constant in use. */
export function tagAt(
  index: SiteIndex,
  path: string,
  lines: LineTable,
  position: SourcePosition,
): TagAtPosition | undefined {
  for (const { site, call } of index.sitesIn(path)) {
    const onTag = rangeHolds(site.tagRange, position);
    if (!onTag && !rangeHolds(site.range, position)) continue;
    const range = onTag ? site.tagRange : site.range;
    return { tag: site.tag, range, site, definition: onTag ? firstDefinition(index, path, call) : undefined };
  }
  for (const { free, call } of index.freesIn(path)) {
    if (free.tag === null || !call.tag || !rangeHolds(call.tag.range, position)) continue;
    return { tag: free.tag, range: call.tag.range, definition: firstDefinition(index, path, call) };
  }
  const offset = lines.offsetAt(position);
  for (const definition of index.definitionsIn(path)) {
    const { nameStart, name, bodyStart, body } = definition;
    const onName = offset >= nameStart && offset <= nameStart + name.length;
    const onValue = offset >= bodyStart && offset <= bodyStart + body.length;
    if (!onName && !onValue) continue;
    const tag = index.valueOfDefinition(path, definition);
    // A number that no site or free uses is some other constant.
    if (!tag || (index.sitesOf(tag).length === 0 && index.freesOf(tag).length === 0 && !/'/.test(body))) continue;
    return {
      tag,
      range: onName
        ? lines.rangeOf(nameStart, nameStart + name.length)
        : lines.rangeOf(bodyStart, bodyStart + body.length),
      definition: { path, offset: nameStart, length: name.length },
    };
  }
  return undefined;
}

function firstDefinition(
  index: SiteIndex,
  path: string,
  call: Parameters<SiteIndex['tagDefinitions']>[1],
): TagAtPosition['definition'] {
  const located = index.tagDefinitions(path, call)[0];
  if (!located) return undefined;
  return { path: located.path, offset: located.definition.nameStart, length: located.definition.name.length };
}
