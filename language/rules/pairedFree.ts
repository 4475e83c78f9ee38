/** Pairs a tagged free with the allocation of the same variable in front of it in the same function. */
import type { IndexedFree, IndexedSite } from '../index/siteIndex.ts';
import { assignedName } from './zeroing.ts';

const FREED = /[(,]\s*([A-Za-z_][\w.]*(?:\s*->\s*[A-Za-z_][\w.]*)*)\s*,\s*$/;

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Whether the code may give `name`, or a structure that it is a member of, another value than NULL. */
function mayChange(code: string, name: string): boolean {
  const parts = name.split(/(?:->|\.)/);
  return parts.some((_, i) => {
    const part = parts
      .slice(0, i + 1)
      .map((word) => `\\b${word}`)
      .join('\\s*(?:->|\\.)\\s*');
    return new RegExp(
      `(?:${part}\\s*=(?!=)(?!\\s*(?:NULL|nullptr|0)\\s*[;,)])|&\\s*\\(?\\s*${part}\\b(?!\\s*(?:->|\\.)))`,
    ).test(code);
  });
}

/**
 * The allocation that a tagged free contradicts, where the text leaves no doubt: the last one in front of the free, in the
 * same function, assigned to what is freed, with another tag, and nothing in between that may change that. Undefined also
 * where the function assigns memory of the free's tag to the same variable. `sites` are those of the free's file.
 */
export function contradictedSite(
  text: string,
  { free, call: freeCall }: IndexedFree,
  sites: readonly IndexedSite[],
): IndexedSite | undefined {
  if (!freeCall.tag || freeCall.inMacro || freeCall.function === '') return undefined;
  const freed = FREED.exec(text.slice(freeCall.start, freeCall.tag.start))?.[1];
  if (freed === undefined) return undefined;
  const name = squeezed(freed);
  const assigning = sites.filter(
    ({ call }) =>
      !call.inMacro && call.function === freeCall.function && squeezed(assignedName(text, call.start) ?? '') === name,
  );
  const last = assigning.findLast(({ call }) => call.start < freeCall.start);
  if (!last?.call.tag || assigning.some(({ site }) => site.tag === free.tag)) return undefined;
  const between = text.slice(last.call.tag.start + last.call.tag.text.length, freeCall.start);
  return mayChange(between, name) ? undefined : last;
}
