import { tagText } from '../../language/tag/poolTag.ts';
import type { RowFigures } from './poolStore.ts';
import type { SystemFigures } from './snapshot.ts';

/** Bytes per outstanding allocation as PoolMon shows it: whole bytes, 0 when nothing is outstanding. */
export function bytesPerAlloc(bytes: number, outstanding: number): number {
  return outstanding === 0 ? 0 : Math.floor(bytes / outstanding);
}

/** PoolMon's word for the pool. */
export function poolName(row: Pick<RowFigures, 'paged'>): 'Paged' | 'Nonp' {
  return row.paged ? 'Paged' : 'Nonp';
}

/** PoolMon's two header lines. `faults` is the change since the last sample. */
export function headerText(system: SystemFigures, faults: number): string {
  const kb = (value: number, width: number) => `${Math.round(value)}K`.padStart(width);
  return [
    ` Memory:${kb(system.totalKb, 10)} Avail:${kb(system.availableKb, 10)}  PageFlts:${String(faults).padStart(7)}   InRam Krnl:${kb(system.residentKernelKb, 6)} P:${kb(system.residentPagedKb, 8)}`,
    ` Commit:${kb(system.committedKb, 10)} Limit:${kb(system.commitLimitKb, 10)} Peak:${kb(system.commitPeakKb, 10)}            Pool N:${kb(system.nonpagedKb, 8)} P:${kb(system.pagedKb, 8)}`,
  ].join('\n');
}

function changed(value: number, change: number, width: number, changeWidth: number): string {
  return `${String(value).padStart(width)} (${String(change).padStart(changeWidth)})`;
}

/** The line over the rows. */
export const COLUMN_HEADER =
  ' Tag  Type        Allocs            Frees            Diff          Bytes              Per Alloc';

/** One row in PoolMon's columns; a tag's bytes that a terminal would act on are shown as `?`. */
export function rowText(row: RowFigures): string {
  // A control character in a tag must not reach a terminal.
  const tag = tagText(row.tag).replace(/[^\x20-\x7e]/g, '?');
  return [
    ` ${tag}`,
    poolName(row).padEnd(5),
    changed(row.allocs, row.allocsDelta, 11, 5),
    changed(row.frees, row.freesDelta, 11, 5),
    String(row.outstanding).padStart(9),
    changed(row.bytes, row.bytesDelta, 12, 7),
    String(bytesPerAlloc(row.bytes, row.outstanding)).padStart(9),
  ].join(' ');
}
