/** What the language features read. They answer from it and change nothing. */
import type { SiteIndex } from '../index/siteIndex.ts';
import type { TagFigures } from '../protocol.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { TagDatabase } from '../tag/tagDatabase.ts';

export interface LanguageView {
  readonly index: SiteIndex;
  readonly database: TagDatabase;
  /** Live figures of the tags that the monitor reports; empty while nothing runs. */
  readonly figures: ReadonlyMap<PoolTag, TagFigures>;
}
