/** Finds where a text may hold a pool call, before anything is lexed: most files hold none. */
import { POOL_ROUTINES, TAG_FIELDS } from './allocators.ts';

/** A regular expression that matches any of the words, sharing their beginnings. */
function alternation(words: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    if (word === '') continue;
    const list = groups.get(word[0]);
    if (list) list.push(word.slice(1));
    else groups.set(word[0], [word.slice(1)]);
  }
  const parts = [...groups].map(([first, rests]) => first + (rests.length === 1 ? rests[0] : alternation(rests)));
  const body = parts.length === 1 && !words.includes('') ? parts[0] : `(?:${parts.join('|')})`;
  return words.includes('') ? `${body}?` : body;
}

/** Names without word boundaries: the tokens decide, and the search is twice as fast. */
const ROUTINE_NAME = new RegExp(alternation([...POOL_ROUTINES, ...TAG_FIELDS].map((row) => row.name)), 'g');
const PLACEMENT_NEW_START = /new\s*\(\s*(?:NonPaged|Paged|POOL_)/g;

/** Offsets at which a call of interest may start, ascending. */
export function candidateOffsets(text: string): number[] {
  const offsets: number[] = [];
  for (const pattern of [ROUTINE_NAME, PLACEMENT_NEW_START]) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) offsets.push(match.index);
  }
  return offsets.sort((x, y) => x - y);
}
