import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { emptyColumns, NO_SYSTEM, type PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import { duration, median, quantile } from '../figures.ts';

/** The shortest interval between two samples: what a sample may cost at the very most, milliseconds. */
const LIMIT_MS = 250;
const SAMPLES = 400;

/** A pool of `count` tags of which every twentieth moves in each sample, as on a busy machine. */
function makeSnapshot(count: number): PoolSnapshot {
  const tags = Uint32Array.from({ length: count }, (_, i) => 0x20202020 + i * 7919);
  const columns = emptyColumns(tags);
  for (const column of Object.values(columns)) if (column !== tags) column.set(tags.map((_, i) => 1000 + (i % 977)));
  return { ...columns, time: 0, monotonicMs: 0, counterBits: 32, costMicroseconds: 0, system: NO_SYSTEM };
}

export interface StoreFigures {
  readonly tags: number;
  /** Four cycles were marked meanwhile, so that every row has levels in each phase. */
  readonly cycles: boolean;
  /** Milliseconds. */
  readonly median: number;
  readonly p95: number;
}

/** Samples of a phase: four cycles take them all. */
const PHASE_SAMPLES = SAMPLES / 8;

/** Times the store over 400 samples of 4,000 and of 10,000 tags, the last 300 counted; of 10,000 in four cycles too. */
export function benchStore(): StoreFigures[] {
  const runs: readonly [number, boolean][] = [
    [4_000, false],
    [10_000, false],
    [10_000, true],
  ];
  return runs.map(([tags, cycles]) => {
    const store = new PoolStore();
    const snapshot = makeSnapshot(tags);
    const times: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      for (let i = 0; i < tags; i++) {
        if ((i + sample) % 20 !== 0 || i % 3 !== 0) continue;
        snapshot.nonpagedAllocs[i] += 3;
        snapshot.nonpagedFrees[i] += 2 + (sample % 2);
        snapshot.nonpagedBytes[i] += 64;
      }
      const begin = performance.now();
      store.apply({ ...snapshot, monotonicMs: sample * 1000 });
      if (sample >= SAMPLES / 4) times.push(performance.now() - begin);
      if (cycles && sample % PHASE_SAMPLES === 0) store.mark((sample / PHASE_SAMPLES) % 2 === 0 ? 'test' : 'wait');
    }
    return { tags, cycles, median: median(times), p95: quantile(times, 0.95) };
  });
}

/** The figures as lines of text. */
export function storeReport(figures: readonly StoreFigures[]): string[] {
  return [
    'Store: one sample taken in, rates and growth of every row renewed',
    ...figures.map(
      (of) =>
        `  ${of.tags.toLocaleString('en-US')} tags${of.cycles ? ', four cycles marked' : ''}: median ${duration(of.median)}, p95 ${duration(of.p95)}: ` +
        `${((of.median / LIMIT_MS) * 100).toFixed(1)} % of the shortest interval`,
    ),
  ];
}
