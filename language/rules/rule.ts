/** What a rule is, and what it finds. */
import type { SiteIndex } from '../index/siteIndex.ts';
import type { SourceRange } from '../protocol.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { TagDatabase } from '../tag/tagDatabase.ts';

/** From the least to the most serious. */
export const LEVELS = ['off', 'hint', 'information', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export function isLevel(value: unknown): value is Level {
  return LEVELS.includes(value as Level);
}

/** A rule as people see it. */
export interface Rule {
  /** Where the settings say nothing. */
  readonly level: Level;
  /** What the rule finds, in one line. */
  readonly summary: string;
  /** Why that matters and what to do about it. */
  readonly help: string;
  /** Who says so: a bug check, a page of the documentation, a warning of another tool. */
  readonly source: string;
}

/** Another place that a finding speaks of. */
export interface RelatedPlace {
  readonly uri: string;
  readonly range: SourceRange;
  readonly message: string;
}

/** One violation at one place. */
export interface Finding<Id extends string = string> {
  readonly rule: Id;
  readonly path: string;
  readonly range: SourceRange;
  readonly message: string;
  /** The tag that the finding is about, where it is about one. */
  readonly tag?: PoolTag;
  readonly related?: readonly RelatedPlace[];
}

/** What rules read. */
export interface RuleView {
  readonly index: SiteIndex;
  readonly database: TagDatabase;
  /** The present text of a file; undefined where it cannot be read. */
  readonly text: (path: string) => string | undefined;
}
