/**
 * The filter line. Terms are separated by spaces; quotes hold a term with spaces together (`"Dh 1"`).
 *
 * - `Abc?`, `Mm*`: tags that match, as with PoolMon's /i: case-sensitive, over the whole tag.
 * - `-Mm*`, `-Irp`: tags that match are left out, as with /x.
 * - anything else: part of a tag or of a driver's name, whatever the case.
 *
 * A row is shown when one of the including terms takes it (or there are none) and no excluding term does.
 */
import { isTagPattern, matchesTagPattern } from '../language/tag/tagPattern.ts';

export interface TextFilter {
  readonly parts: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export type PoolChoice = 'both' | 'nonpaged' | 'paged';
export const POOL_CHOICES: readonly PoolChoice[] = ['both', 'nonpaged', 'paged'];

export interface RowFilter {
  readonly text: string;
  readonly pool: PoolChoice;
  /** Only tags with allocation sites in this workspace. */
  readonly workspaceOnly: boolean;
  /** Only tags that grow. */
  readonly growingOnly: boolean;
}

export const NO_FILTER: RowFilter = { text: '', pool: 'both', workspaceOnly: false, growingOnly: false };

export function parseTextFilter(text: string): TextFilter {
  const parts: string[] = [];
  const include: string[] = [];
  const exclude: string[] = [];
  for (const [term] of text.matchAll(/-?"[^"]*"?|\S+/g)) {
    const bare = term.replaceAll('"', '');
    if (bare.startsWith('-')) {
      if (bare.length > 1) exclude.push(bare.slice(1));
    } else if (isTagPattern(bare)) include.push(bare);
    else if (bare !== '') parts.push(bare.toLowerCase());
  }
  return { parts, include, exclude };
}

/** `tag` is the tag as PoolMon shows it, space-padded; `driver` may be empty. */
export function matchesText(filter: TextFilter, tag: string, driver: string): boolean {
  const matches = (pattern: string) => matchesTagPattern(tag, pattern);
  if (filter.exclude.some(matches)) return false;
  if (filter.parts.length === 0 && filter.include.length === 0) return true;
  const lowerTag = tag.toLowerCase();
  const lowerDriver = driver.toLowerCase();
  return (
    filter.include.some(matches) || filter.parts.some((part) => lowerTag.includes(part) || lowerDriver.includes(part))
  );
}

/** The pool that PoolMon's P key shows next: nonpaged, paged, both. */
export function nextPool(pool: PoolChoice, backwards: boolean): PoolChoice {
  const step = backwards ? POOL_CHOICES.length - 1 : 1;
  return POOL_CHOICES[(POOL_CHOICES.indexOf(pool) + step) % POOL_CHOICES.length];
}
