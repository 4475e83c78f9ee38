/**
 * Wildcards over pool tags, as PoolMon's /i and /x switches and pooltag.txt write them: `?` is any one character, `*` any
 * run of characters, everything else stands for itself and case counts.
 */

function matchesFrom(text: string, t: number, pattern: string, p: number): boolean {
  while (p < pattern.length) {
    const c = pattern[p];
    if (c === '*') {
      for (let rest = t; rest <= text.length; rest++) if (matchesFrom(text, rest, pattern, p + 1)) return true;
      return false;
    }
    if (t >= text.length || (c !== '?' && c !== text[t])) return false;
    t++;
    p++;
  }
  return t === text.length;
}

/**
 * Whether the tag shown as `text` (four characters, short tags padded with spaces) matches `pattern`. The padding may be
 * matched or left out: `Irp`, `Irp ` and `Irp?` all match `Irp `. An empty pattern matches nothing.
 */
export function matchesTagPattern(text: string, pattern: string): boolean {
  if (pattern === '') return false;
  if (matchesFrom(text, 0, pattern, 0)) return true;
  const trimmed = text.trimEnd();
  return trimmed !== text && matchesFrom(trimmed, 0, pattern, 0);
}

/** Whether `pattern` holds a wildcard at all. */
export function isTagPattern(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/** How much a pattern says: its characters that are not wildcards, the padding left out. */
export function patternSpecificity(pattern: string): number {
  let literal = 0;
  for (const c of pattern.trimEnd()) if (c !== '*' && c !== '?') literal++;
  return literal;
}
