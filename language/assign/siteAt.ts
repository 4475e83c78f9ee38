/** The allocation site that a place of a text means. */
import type { IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { SourcePosition } from '../protocol.ts';

/** The site whose tag argument or routine stands at a position, else the only one that touches its line. */
export function siteAt(index: SiteIndex, path: string, position: SourcePosition): IndexedSite | undefined {
  const sites = index.sitesIn(path);
  const holds = ({ start, end }: { start: SourcePosition; end: SourcePosition }) =>
    (position.line > start.line || (position.line === start.line && position.character >= start.character)) &&
    (position.line < end.line || (position.line === end.line && position.character <= end.character));
  const exact = sites.find(({ site }) => holds(site.tagRange) || holds(site.range));
  if (exact) return exact;
  const onLine = sites.filter(
    ({ site }) => position.line >= site.range.start.line && position.line <= site.tagRange.end.line,
  );
  return onLine.length === 1 ? onLine[0] : undefined;
}
