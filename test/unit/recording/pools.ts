/** Random pools for tests of recordings, and places to write them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { COUNTER_COLUMNS, type PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import type { SessionInfo } from '../../../extension/recording/schema.ts';
import { randomFrom } from '../../bench/recording/day.ts';
import { SYSTEM } from '../pool/samples.ts';

export const INFO: SessionInfo = {
  label: 'This PC',
  kind: 'local',
  system: 'Windows 11',
  counterBits: 32,
  writer: '0.0.0',
  workspace: 'drv',
  importedFrom: '',
};

/** A folder that goes with the test; threads that still close a file in it are waited for. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return folder;
}

/**
 * A pool of up to `most` tags of which some change with each call, new ones come, and counters of 32 bits wrap. With
 * `reboot` all begins at zero.
 */
export class RandomPool {
  readonly #random: () => number;
  readonly #most: number;
  #tags: number[] = [];
  #columns = COUNTER_COLUMNS.map((): number[] => []);
  #time = 1_700_000_000_000;
  #ms = 0;

  constructor(seed: number, most: number) {
    this.#random = randomFrom(seed);
    this.#most = most;
  }

  reboot(): void {
    this.#columns = COUNTER_COLUMNS.map(() => this.#tags.map(() => 0));
  }

  /** The clock on the wall is set, by this many milliseconds. */
  setClock(byMs: number): void {
    this.#time += byMs;
  }

  /** The next sample, `afterMs` later. */
  next(afterMs = 1_000): PoolSnapshot {
    this.#time += afterMs;
    this.#ms += afterMs;
    while (this.#tags.length < this.#most && (this.#tags.length < 4 || this.#random() < 0.1)) this.#addTag();
    for (const [i] of this.#tags.entries()) if (this.#random() < 0.3) this.#move(i);
    const columns = Object.fromEntries(COUNTER_COLUMNS.map((name, c) => [name, Float64Array.from(this.#columns[c])]));
    return {
      time: this.#time,
      monotonicMs: this.#ms,
      counterBits: 32,
      costMicroseconds: 1,
      system: { ...SYSTEM, availableKb: Math.floor(this.#random() * 1e6) },
      tags: Uint32Array.from(this.#tags),
      ...columns,
    } as PoolSnapshot;
  }

  #addTag(): void {
    this.#tags.push(Math.floor(this.#random() * 2 ** 32));
    for (const column of this.#columns) column.push(0);
    const near = 2 ** 32 - Math.floor(this.#random() * 1000);
    const i = this.#tags.length - 1;
    if (this.#random() < 0.5) return;
    this.#columns[0][i] = near;
    this.#columns[1][i] = near - 3;
    this.#columns[2][i] = 3 * 64;
  }

  #move(i: number): void {
    const first = this.#random() < 0.5 ? 0 : 3;
    const [allocs, frees, bytes] = this.#columns.slice(first);
    const gained = Math.floor(this.#random() * 2_000);
    const outstanding = (allocs[i] - frees[i]) | 0;
    const freed = Math.floor(this.#random() * (outstanding + gained));
    allocs[i] = (allocs[i] + gained) % 2 ** 32;
    frees[i] = (frees[i] + freed) % 2 ** 32;
    bytes[i] = (outstanding + gained - freed) * (this.#random() < 0.5 ? 64 : 80);
  }
}

/** Allocations, frees (both modulo 2^32) and bytes of a snapshot's row; zeros for a row that it does not have. */
export function rowOf(snapshot: PoolSnapshot, tag: number, paged: boolean): [number, number, number] {
  const i = snapshot.tags.indexOf(tag);
  if (i < 0) return [0, 0, 0];
  return paged
    ? [snapshot.pagedAllocs[i], snapshot.pagedFrees[i], snapshot.pagedBytes[i]]
    : [snapshot.nonpagedAllocs[i], snapshot.nonpagedFrees[i], snapshot.nonpagedBytes[i]];
}
