/**
 * A day of a busy machine's pool, as fast as it goes: 4,000 tags of which 200 change in each second, and 1,500 in the whole
 * day. Fixed seed.
 */
import type { PoolSnapshot } from '../../../extension/pool/snapshot.ts';

export const DAY_SAMPLES = 86_400;
const TAGS = 4_000;
const CHANGING = 200;
/** Tags that change in every sample; the others of the 200 are drawn from those that change at all. */
const ALWAYS = 120;
const MOVING = 1_500;

/** Small and quick, and the same everywhere (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * The samples of a day. The snapshot is one object whose columns change in place, as fast as possible; who keeps one copies
 * it. Half of the tags allocate one size, the others many; one tag (the first) leaks.
 */
export function* simulatedDay(samples = DAY_SAMPLES, intervalMs = 1_000): Generator<PoolSnapshot> {
  const random = randomFrom(20_261_120);
  const letter = () => LETTERS.charCodeAt(Math.floor(random() * LETTERS.length));
  const names = new Set<number>();
  while (names.size < TAGS) names.add(((letter() << 24) | (letter() << 16) | (letter() << 8) | letter()) >>> 0);
  const tags = Uint32Array.from(names);
  const column = () => new Float64Array(TAGS);
  const pools = [0, 1].map(() => ({ allocs: column(), frees: column(), bytes: column() }));
  const unit = Float64Array.from(tags, () => 16 * (1 + Math.floor(random() * 64)));
  const mixed = Uint8Array.from(tags, () => (random() < 0.5 ? 1 : 0));
  const paged = Uint8Array.from(tags, () => (random() < 0.5 ? 1 : 0));
  // Heavy-tailed: a few tags allocate thousands of times a second, most a few times.
  const traffic = Float64Array.from(tags, () => Math.min(5_000, 2 / (0.001 + random() ** 2)));
  for (let i = 0; i < TAGS; i++) {
    const pool = pools[paged[i]];
    pool.frees[i] = Math.floor(random() * 4e9);
    const outstanding = 20 + Math.floor(random() * 2_000);
    pool.allocs[i] = (pool.frees[i] + outstanding) % 4_294_967_296;
    pool.bytes[i] = outstanding * unit[i];
  }
  const system = {
    totalKb: 16_700_000,
    availableKb: 8_000_000,
    committedKb: 7_000_000,
    commitLimitKb: 20_000_000,
    commitPeakKb: 9_000_000,
    pageFaults: 1_000_000,
    residentKernelKb: 30_000,
    residentPagedKb: 400_000,
    nonpagedKb: 500_000,
    pagedKb: 600_000,
  };
  const move = (i: number) => {
    const pool = pools[paged[i]];
    const gained = Math.floor(random() * traffic[i]);
    const outstanding = (pool.allocs[i] - pool.frees[i]) | 0;
    const drift = Math.round((random() - 0.5) * Math.min(40, 2 + gained / 4));
    const freed = Math.max(0, Math.min(outstanding + gained, gained - drift));
    pool.allocs[i] = (pool.allocs[i] + gained) % 4_294_967_296;
    pool.frees[i] = (pool.frees[i] + freed) % 4_294_967_296;
    const size = mixed[i] ? unit[i] * (0.5 + random()) : unit[i];
    pool.bytes[i] = Math.max(0, pool.bytes[i] + Math.round(((gained - freed) * size) / 16) * 16);
  };
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < ALWAYS; i++) move(i);
    for (let i = ALWAYS; i < CHANGING; i++) move(ALWAYS + Math.floor(random() ** 2 * (MOVING - ALWAYS)));
    pools[paged[0]].allocs[0] = (pools[paged[0]].allocs[0] + 1) % 4_294_967_296;
    pools[paged[0]].bytes[0] += unit[0];
    system.availableKb = 8_000_000 + Math.floor(random() * 10_000);
    system.committedKb = 7_000_000 + Math.floor(random() * 10_000);
    system.pageFaults = (system.pageFaults + Math.floor(random() * 20_000)) % 4_294_967_296;
    system.nonpagedKb = 500_000 + Math.floor(random() * 500) + Math.floor(sample / 60);
    system.pagedKb = 600_000 + Math.floor(random() * 500);
    yield {
      time: 1_790_000_000_000 + sample * intervalMs,
      monotonicMs: sample * intervalMs,
      counterBits: 32,
      costMicroseconds: 0,
      system: { ...system },
      tags,
      nonpagedAllocs: pools[0].allocs,
      nonpagedFrees: pools[0].frees,
      nonpagedBytes: pools[0].bytes,
      pagedAllocs: pools[1].allocs,
      pagedFrees: pools[1].frees,
      pagedBytes: pools[1].bytes,
    };
  }
}
