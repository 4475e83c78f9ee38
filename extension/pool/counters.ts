/**
 * Arithmetic on the kernel's counters. Class 22 reports allocations and frees as 32-bit counters that wrap; class 255
 * reports 64-bit ones that do not.
 */

/**
 * How far a counter went from `before` to `now`; right across one wrap, for fewer than 2^31 counts. Negative where it
 * fell, which a kernel's counter does only with another boot.
 */
export function counterDelta(now: number, before: number, bits: 32 | 64): number {
  return bits === 32 ? (now - before) | 0 : now - before;
}

/**
 * Outstanding allocations: allocations minus frees, right when only one of the two has wrapped. Signed, as PoolMon's Diff:
 * a table read while it changes can show a free before its allocation.
 */
export function outstandingOf(allocs: number, frees: number, bits: 32 | 64): number {
  return bits === 32 ? (allocs - frees) | 0 : allocs - frees;
}
