import type { PoolSnapshot, SystemFigures } from '../../../extension/pool/snapshot.ts';
import { type PoolTag, tagFromText } from '../../../language/tag/poolTag.ts';

/** Allocations, frees and bytes. */
export type Triple = readonly [number, number, number];

export interface TagSample {
  readonly tag: string;
  readonly paged?: Triple;
  readonly nonpaged?: Triple;
}

export const tagOf = (text: string): PoolTag => tagFromText(text)!;

export const SYSTEM: SystemFigures = {
  totalKb: 16_000_000,
  availableKb: 8_000_000,
  committedKb: 7_000_000,
  commitLimitKb: 20_000_000,
  commitPeakKb: 9_000_000,
  pageFaults: 1000,
  residentKernelKb: 30_000,
  residentPagedKb: 400_000,
  nonpagedKb: 500_000,
  pagedKb: 600_000,
};

const column = (samples: readonly TagSample[], pool: 'paged' | 'nonpaged', index: 0 | 1 | 2) =>
  Float64Array.from(samples, (sample) => sample[pool]?.[index] ?? 0);

/** A snapshot with these tags, `monotonicMs` after the source's start. */
export function sampleAt(
  monotonicMs: number,
  samples: readonly TagSample[],
  overrides: Partial<PoolSnapshot> = {},
): PoolSnapshot {
  return {
    time: 1_700_000_000_000 + monotonicMs,
    monotonicMs,
    counterBits: 32,
    costMicroseconds: 0,
    system: SYSTEM,
    tags: Uint32Array.from(samples, (sample) => tagOf(sample.tag)),
    pagedAllocs: column(samples, 'paged', 0),
    pagedFrees: column(samples, 'paged', 1),
    pagedBytes: column(samples, 'paged', 2),
    nonpagedAllocs: column(samples, 'nonpaged', 0),
    nonpagedFrees: column(samples, 'nonpaged', 1),
    nonpagedBytes: column(samples, 'nonpaged', 2),
    ...overrides,
  };
}
