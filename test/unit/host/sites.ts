import type { AllocationSite, UnresolvedSite } from '../../../language/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';

/** An allocation site on a line of `file:///ws/<file>`. */
export function siteAt(tag: string, fn: string, line: number, more: Partial<AllocationSite> = {}): AllocationSite {
  const range = { start: { line, character: 4 }, end: { line, character: 19 } };
  return {
    uri: 'file:///ws/queue.c',
    range,
    routine: 'ExAllocatePool2',
    function: fn,
    lineText: `p = ExAllocatePool2(POOL_FLAG_NON_PAGED, n, ${tag});`,
    tag: tagFromText(tag)!,
    tagRange: range,
    tagExpression: tag,
    pool: 'nonpaged',
    ...more,
  };
}

/** A place without a constant tag in `fn`, on line 3 of the same file. */
export function unresolvedAt(fn: string, more: Partial<UnresolvedSite>): UnresolvedSite {
  const { uri, range, routine, lineText } = siteAt('Any1', fn, 3);
  return { uri, range, routine, function: fn, lineText, expression: 'tag', ...more };
}
