/** The scan of a folder in two threads, in one, and with the cache of the last scan, turn by turn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { duration, median } from '../figures.ts';

const ROUNDS = 5;

export interface CacheFigures {
  /** Milliseconds, medians. */
  readonly coldMs: number;
  readonly oneThreadMs: number;
  readonly warmMs: number;
  /** Medians of the rounds' ratios. */
  readonly warmShare: number;
  readonly threadGain: number;
}

async function timed(folder: string, options: Parameters<typeof scanFolder>[1]): Promise<number> {
  const begin = performance.now();
  const { index } = await scanFolder(folder, options);
  index.snapshot();
  return performance.now() - begin;
}

export async function benchCache(given: string): Promise<CacheFigures> {
  const folder = path.resolve(given);
  const cache = mkdtempSync(path.join(tmpdir(), 'pool-lens-bench-'));
  const cold: number[] = [];
  const oneThread: number[] = [];
  const warm: number[] = [];
  try {
    await timed(folder, { cache });
    for (let round = 0; round <= ROUNDS; round++) {
      const times = [await timed(folder, {}), await timed(folder, { threads: null }), await timed(folder, { cache })];
      // The first round compiles the code.
      if (round > 0) for (const [i, list] of [cold, oneThread, warm].entries()) list.push(times[i]);
    }
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
  return {
    coldMs: median(cold),
    oneThreadMs: median(oneThread),
    warmMs: median(warm),
    warmShare: median(warm.map((ms, i) => ms / cold[i])),
    threadGain: median(oneThread.map((ms, i) => ms / cold[i])),
  };
}

/** The figures as lines of text. */
export function cacheReport({ coldMs, oneThreadMs, warmMs, warmShare, threadGain }: CacheFigures): string[] {
  return [
    `  start from the cache ${duration(warmMs)}: ${warmShare.toFixed(2)} of a scan from nothing (${duration(coldMs)})`,
    `  in one thread ${duration(oneThreadMs)}: ${threadGain.toFixed(2)} times as long as in two`,
  ];
}
