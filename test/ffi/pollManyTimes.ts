/** Polls without a pause and prints its memory before and after, in bytes. Run with --expose-gc. */
import { openNtLibrary } from '../../extension/sampler/ntLibrary.ts';
import { PoolQuery } from '../../extension/sampler/poolQuery.ts';

type Memory = Pick<NodeJS.MemoryUsage, 'rss' | 'heapUsed' | 'arrayBuffers'>;

export interface MemoryFigures {
  readonly warm: Memory;
  readonly after: Memory;
}

const WARM_UP_POLLS = 2_000;
const POLLS = 20_000;

function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, arrayBuffers };
}

const { query } = await openNtLibrary();
const pool = new PoolQuery(query, 8);
for (let i = 0; i < WARM_UP_POLLS; i++) pool.read();
const warm = memory();
for (let i = 0; i < POLLS; i++) pool.read();
const figures: MemoryFigures = { warm, after: memory() };
process.stdout.write(JSON.stringify(figures));
