/**
 * The host's part of a day, as fast as it goes: the monitor's store takes every sample, and the recorder's thread writes it.
 * Named on the command line: the file, and how many samples. Answers a `HostDay`.
 */
import { Worker } from 'node:worker_threads';
import type { PhaseMarkKind } from '../../../extension/pool/phases.ts';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { quantile } from '../figures.ts';
import { simulatedDay } from './day.ts';
import type { HostDay } from './run.ts';

const [file, count] = [process.argv[2], Number(process.argv[3])];
const collect = globalThis.gc ?? (() => {});

const writer = new Worker(new URL('writerDay.ts', import.meta.url), { workerData: { file } });
const answers: ((ms: number) => void)[] = [];
writer.on('message', (ms: number) => answers.shift()?.(ms));
const write = (message: unknown) =>
  new Promise<number>((resolve) => {
    answers.push(resolve);
    writer.postMessage(message);
  });
// The thread and its module are there before memory is looked at.
await write('ready');

/** Two hours of rest, then ten cycles of an hour; the second half of the day has no marks. */
function markAt(sample: number): PhaseMarkKind | undefined {
  const hour = count / 24;
  if (sample === 0) return 'settle';
  if (sample === Math.floor(hour)) return 'baseline';
  if (sample === Math.floor(12 * hour)) return 'end';
  for (let cycle = 2; cycle < 12; cycle++) {
    if (sample === Math.floor(cycle * hour)) return 'test';
    if (sample === Math.floor((cycle + 0.5) * hour)) return 'wait';
  }
  return undefined;
}

/** Bytes that are kept, garbage not among them. */
function kept(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const empty = kept();
const emptyResident = process.memoryUsage.rss();
const store = new PoolStore();
const hostMs: number[] = [];
const writeMs: number[] = [];
let middleBytes = 0;
let laterBytes = 0;
let residentBytes = 0;
let sample = 0;
let before: Promise<number> | undefined;
for (const snapshot of simulatedDay(count)) {
  const begin = performance.now();
  store.apply(snapshot);
  const written = write({ snapshot, elapsedMs: snapshot.monotonicMs });
  const mark = markAt(sample);
  if (mark) store.mark(mark, null);
  hostMs.push(performance.now() - begin);
  // The thread writes while the next sample is made.
  if (before) writeMs.push(await before);
  before = written;
  sample++;
  if (sample % Math.ceil(count / 48) === 0) {
    const bytes = kept() - empty;
    if (sample <= count / 2) middleBytes = Math.max(middleBytes, bytes);
    else laterBytes = Math.max(laterBytes, bytes);
    residentBytes = Math.max(residentBytes, process.memoryUsage.rss() - emptyResident);
  }
}
await before;
await write('close');
const figures: HostDay = {
  writeMs: { median: quantile(writeMs, 0.5), p99: quantile(writeMs, 0.99), worst: quantile(writeMs, 1) },
  hostMs: { median: quantile(hostMs, 0.5), p99: quantile(hostMs, 0.99) },
  middleBytes,
  laterBytes,
  residentBytes,
};
process.send!(figures, () => process.exit(0));
