/** Which words of a text may matter: those that may be read as calls, those that sound like wrappers, and given ones. */
import { type HintedWords, isPoolName } from './firstLook.ts';

/** Letters, digits, underscore and dollar. */
function isWordCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x24
  );
}

/** The word that begins at an offset. */
function wordAt(text: string, start: number): string {
  let end = start + 1;
  while (end < text.length && isWordCode(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

/** The end of the names of variables and members that hold a tag. */
export const TAG_VARIABLE = /T(?:ag|AG)$/;
const ASSIGNS = /\s*=(?!=)/y;
const TAG_ASSIGNMENT = /T(?:ag|AG)\s*=(?!=)/;

/** Whether a text may assign a tag to a variable or to a member. */
export function mayAssignTag(text: string): boolean {
  return TAG_ASSIGNMENT.test(text);
}

function isAssigned(text: string, end: number): boolean {
  ASSIGNS.lastIndex = end;
  return ASSIGNS.test(text);
}

/**
 * Of the hinted words those that are read: routines, fields, placement new and wanted names, which may be calls, and tags that are
 * assigned.
 */
export function callOffsets(
  text: string,
  { offsets }: HintedWords,
  wanted: { has(name: string): boolean },
): readonly number[] {
  return offsets.filter((offset) => {
    const word = wordAt(text, offset);
    if (isPoolName(word) || word === 'new' || wanted.has(word)) return true;
    return TAG_VARIABLE.test(word) && isAssigned(text, offset + word.length);
  });
}

/** The kernel's own routines, which are no wrappers of the project. */
const SYSTEM_PREFIX = /^(?:Co|Ex|Flt|FsRtl|Heap|Io|Ke|Local|Global|Mm|Ndis|Ps|Rtl|Se|Sys|Virtual|Wdf|Zw)[A-Z]/;

/** Whether a name is likely enough a wrapper's that its calls are worth reading before it is known to be one. */
export function soundsLikeWrapper(name: string): boolean {
  return /alloc/i.test(name) && !SYSTEM_PREFIX.test(name);
}

/** A search for names as whole words. */
export class WordSearch {
  /** Without word boundaries in it, the expression is twice as fast. */
  readonly #pattern: RegExp | null;

  constructor(names: Iterable<string>) {
    // Where one name begins another, the longer one must be tried first.
    const parts = [...names]
      // An empty name would be found everywhere, and the search would not get on.
      .filter((name) => name !== '')
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    this.#pattern = parts.length === 0 ? null : new RegExp(parts.join('|'), 'g');
  }

  /** Calls `found` for each name in the text, until it answers false. */
  run(text: string, found: (name: string, offset: number) => boolean): void {
    const pattern = this.#pattern;
    if (!pattern) return;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const { index } = match;
      const end = index + match[0].length;
      const isWord =
        !(index > 0 && isWordCode(text.charCodeAt(index - 1))) &&
        !(end < text.length && isWordCode(text.charCodeAt(end)));
      if (isWord && !found(match[0], index)) return;
    }
  }
}
