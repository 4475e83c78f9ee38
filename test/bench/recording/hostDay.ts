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

/** Eight hours of settling and baseline, then a cycle an hour. */
function markAt(sample: number): PhaseMarkKind | undefined {
  const share = count / 24;
  const hour = Math.floor(sample / share);
  if (sample === 0) return 'settle';
  if (sample === Math.floor(4 * share)) return 'baseline';
  if (hour < 8) return undefined;
  if (sample === Math.ceil(hour * share)) return 'test';
  return sample === Math.ceil((hour + 0.5) * share) ? 'wait' : undefined;
}

collect();
const empty = process.memoryUsage.rss();
const store = new PoolStore();
const hostMs: number[] = [];
const writeMs: number[] = [];
let middleBytes = 0;
let laterBytes = 0;
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
    collect();
    const bytes = process.memoryUsage.rss() - empty;
    if (sample <= count / 2) middleBytes = Math.max(middleBytes, bytes);
    else laterBytes = Math.max(laterBytes, bytes);
  }
}
await before;
await write('close');
const figures: HostDay = {
  writeMs: { median: quantile(writeMs, 0.5), p99: quantile(writeMs, 0.99), worst: quantile(writeMs, 1) },
  hostMs: { median: quantile(hostMs, 0.5), p99: quantile(hostMs, 0.99) },
  middleBytes,
  laterBytes,
};
process.send!(figures, () => process.exit(0));
