/**
 * One reading of the pool, as every source gives it: columns of the kernel's tag table and the figures of PoolMon's header.
 * Layouts and field meanings: class 22 (SYSTEM_POOLTAG) and class 2 (SYSTEM_PERFORMANCE_INFORMATION) of
 * NtQuerySystemInformation.
 */

/** PoolMon's header figures. Memory sizes are in KiB; `pageFaults` counts since boot and wraps at 2^32. */
export interface SystemFigures {
  readonly totalKb: number;
  readonly availableKb: number;
  readonly committedKb: number;
  readonly commitLimitKb: number;
  readonly commitPeakKb: number;
  readonly pageFaults: number;
  /** Kernel code and drivers in RAM ("InRam Krnl"). */
  readonly residentKernelKb: number;
  /** Paged pool in RAM ("InRam P"). */
  readonly residentPagedKb: number;
  readonly nonpagedKb: number;
  readonly pagedKb: number;
}

/**
 * The tag table, one element a tag in every column. Counters are absolute since boot. With `counterBits` 32 the four
 * counters of allocations and frees wrap at 2^32; byte columns never wrap. All numbers are exact below 2^53.
 */
export interface TagColumns {
  readonly tags: Uint32Array;
  readonly pagedAllocs: Float64Array;
  readonly pagedFrees: Float64Array;
  readonly pagedBytes: Float64Array;
  readonly nonpagedAllocs: Float64Array;
  readonly nonpagedFrees: Float64Array;
  readonly nonpagedBytes: Float64Array;
}

/** The columns of {@link TagColumns} that hold counters and bytes. */
export const COUNTER_COLUMNS = [
  'pagedAllocs',
  'pagedFrees',
  'pagedBytes',
  'nonpagedAllocs',
  'nonpagedFrees',
  'nonpagedBytes',
] as const satisfies readonly (keyof TagColumns)[];

export interface PoolSnapshot extends TagColumns {
  /** Wall clock, milliseconds since 1970. */
  readonly time: number;
  /** A clock that never jumps, milliseconds, comparable only within one source run. Rates are computed from it. */
  readonly monotonicMs: number;
  readonly counterBits: 32 | 64;
  /** What this reading cost: query and decode, microseconds. 0 where it does not apply. */
  readonly costMicroseconds: number;
  readonly system: SystemFigures;
}

/** Header figures where nobody tells any. */
export const NO_SYSTEM: SystemFigures = {
  totalKb: 0,
  availableKb: 0,
  committedKb: 0,
  commitLimitKb: 0,
  commitPeakKb: 0,
  pageFaults: 0,
  residentKernelKb: 0,
  residentPagedKb: 0,
  nonpagedKb: 0,
  pagedKb: 0,
};

/** A table of these tags with nothing in it, to be filled in. */
export function emptyColumns(tags: Uint32Array): TagColumns {
  const column = () => new Float64Array(tags.length);
  return {
    tags,
    pagedAllocs: column(),
    pagedFrees: column(),
    pagedBytes: column(),
    nonpagedAllocs: column(),
    nonpagedFrees: column(),
    nonpagedBytes: column(),
  };
}

/**
 * What a pool may still grow by, bytes. On 64-bit Windows both pools may fill 16 TB of addresses, so what ends first is
 * memory: nonpaged pool lives in RAM, paged pool is charged to the commit limit. Source: Microsoft's "Memory limits for
 * Windows", physical memory and pool rows.
 */
export function poolRoom(system: SystemFigures, paged: boolean): number {
  const kb = paged ? system.commitLimitKb - system.committedKb : system.availableKb;
  return Math.max(0, kb) * 1024;
}
