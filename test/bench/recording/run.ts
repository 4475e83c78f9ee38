import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { storedRecordings } from '../../../extension/recording/recordingFolder.ts';
import { RecordingWatch } from '../../../extension/recording/recordingWatch.ts';
import { duration, median, quantile } from '../figures.ts';
import { DAY_SAMPLES } from './day.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** What the day must keep within. */
const LIMITS = {
  fileBytes: 100e6,
  /** The shortest interval between two samples. */
  sampleMs: 250,
  openMs: 1_000,
  /** A frame at 30 a second. */
  scrubMs: 1000 / 30,
  hostBytes: 150e6,
} as const;
const SCRUBS = 300;
const CHART_POINTS = 400;

/** What the child tells: the host's part of a recorded day. */
export interface HostDay {
  /** Milliseconds from handing a sample to the recorder to its answer. */
  readonly writeMs: { readonly median: number; readonly p99: number; readonly worst: number };
  /** Milliseconds of the host's own thread for a sample: unpacking, store, verdicts, panel, and handing it to the recorder. */
  readonly hostMs: { readonly median: number; readonly p99: number };
  /** Bytes kept above those of the empty host, garbage collected: after half of the day, and at its end. */
  readonly keptBytes: readonly number[];
  /**
   * The most that the process held above the empty one, as the system sees it, in each half of the day: with the room for
   * garbage that V8 takes when it comes this fast, and with the recorder's thread.
   */
  readonly residentBytes: readonly number[];
  /** The empty process. */
  readonly emptyResident: number;
}

export interface RecordingFigures extends HostDay {
  readonly samples: number;
  readonly fileBytes: number;
  /** Until the first moment shows, and until every verdict and the chart over the whole time do. */
  readonly openMs: number;
  readonly wholeMs: number;
  readonly scrubMs: { readonly median: number; readonly p95: number };
}

/** Bundles a file as the extension is, and answers the bundle. */
async function bundle(entry: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  });
  return outfile;
}

async function runDay(folder: string, samples: number): Promise<HostDay> {
  const recorder = await bundle(path.join(ROOT, 'extension/recording/recorderWorker.ts'), folder);
  const host = await bundle(path.join(import.meta.dirname, 'hostDay.ts'), folder);
  return new Promise((resolve, reject) => {
    const child = fork(host, [folder, String(samples), recorder], { execArgv: [] });
    child.once('message', (message) => resolve(message as HostDay));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The simulated day ended with exit code ${code}.`)));
  });
}

/** Records a simulated day as fast as it goes, then opens it and scrubs through it. */
export async function benchRecording(samples = DAY_SAMPLES): Promise<RecordingFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-bench-'));
  try {
    const day = await runDay(folder, samples);
    const [{ file }] = storedRecordings(folder);
    const opens: number[] = [];
    const wholes: number[] = [];
    for (let i = 0; i < 3; i++) {
      const begin = performance.now();
      const watch = new RecordingWatch(file);
      opens.push(performance.now() - begin);
      await new Promise<void>((resolve) => {
        watch.sampled.on(resolve);
      });
      watch.past([0], { fromMs: null, toMs: null }, CHART_POINTS);
      wholes.push(performance.now() - begin);
      watch.dispose();
    }
    const watch = new RecordingWatch(file);
    const scrubs: number[] = [];
    for (let i = 0; i < SCRUBS; i++) {
      // There and back, with leaps between.
      const at = i % 3 === 0 ? (i * 7919) % SCRUBS : i % 2 === 0 ? i : SCRUBS - i;
      const begin = performance.now();
      const { version } = watch.store;
      watch.show((at / SCRUBS) * watch.timeline.lengthMs);
      watch.store.changedSince(version);
      scrubs.push(performance.now() - begin);
    }
    watch.dispose();
    return {
      ...day,
      samples,
      fileBytes: statSync(file).size,
      openMs: median(opens),
      wholeMs: median(wholes),
      scrubMs: { median: median(scrubs), p95: quantile(scrubs, 0.95) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const share = (value: number, limit: number) => `${((100 * value) / limit).toFixed(value / limit < 0.1 ? 1 : 0)} %`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** The figures as lines of text. */
export function recordingReport(of: RecordingFigures): string[] {
  const { writeMs, hostMs, scrubMs } = of;
  return [
    `Recording: ${of.samples.toLocaleString('en-US')} samples at 1 Hz (a day has 86,400) of 4,000 tags of which 200 change`,
    `  file ${megabytes(of.fileBytes)}: ${share(of.fileBytes, LIMITS.fileBytes)} of the limit`,
    `  a sample written: median ${duration(writeMs.median)}, p99 ${duration(writeMs.p99)}, worst ${duration(writeMs.worst)}: ` +
      `${share(writeMs.median, LIMITS.sampleMs)} of the shortest interval, in the recorder's thread`,
    `  a sample in the host's own thread: median ${duration(hostMs.median)}, p99 ${duration(hostMs.p99)}: ` +
      `${share(hostMs.median, LIMITS.sampleMs)} of the shortest interval`,
    `  the day opens in ${duration(of.openMs)}: ${share(of.openMs, LIMITS.openMs)} of the limit; ` +
      `with every verdict and the whole chart in ${duration(of.wholeMs)}: ${share(of.wholeMs, LIMITS.openMs)}`,
    `  a scrub: median ${duration(scrubMs.median)}, p95 ${duration(scrubMs.p95)}: ` +
      `${share(scrubMs.p95, LIMITS.scrubMs)} of a frame at 30 a second`,
    `  host memory: ${megabytes(of.keptBytes[0])} kept after half of the day, ${megabytes(of.keptBytes[1])} at its end: ` +
      `${share(of.keptBytes[1], LIMITS.hostBytes)} of the limit, ${(of.keptBytes[1] / of.keptBytes[0]).toFixed(2)} times the first half`,
    `    resident at this speed, above an empty process of ${megabytes(of.emptyResident)}: at most ` +
      `${megabytes(of.residentBytes[0])} in the first half, ${megabytes(of.residentBytes[1])} in the second`,
  ];
}
