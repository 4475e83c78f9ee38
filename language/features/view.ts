/** What the language features read. They answer from it and change nothing. */
import type { TagFigures } from '../protocol.ts';
import type { RuleView } from '../rules/rule.ts';
import type { Levels } from '../rules/ruleTable.ts';
import type { PoolTag } from '../tag/poolTag.ts';

export interface LanguageView extends RuleView {
  /** Live figures of the tags that the monitor reports; empty while nothing runs. */
  readonly figures: ReadonlyMap<PoolTag, TagFigures>;
  /** Tags in the watched pool. */
  readonly liveTags: readonly PoolTag[];
  /** How serious each rule is by the settings. */
  readonly levels: Levels;
}
