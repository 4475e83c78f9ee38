/**
 * The host's part of a day, as fast as it goes: the monitor with its store and verdicts, the recorder with its thread, a panel
 * that shows rows, trends and a chart, groups and notices, as in VS Code's extension host. Run as a bundle, as there, and
 * without flags. Named on the command line: the recordings' folder, how many samples, and the bundle of the recorder's thread.
 * Answers a `HostDay`.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { noticeLeaks } from '../../../extension/leakNotices.ts';
import { Monitor } from '../../../extension/monitor.ts';
import { PanelSession } from '../../../extension/panelSession.ts';
import type { PhaseName, ToPanel } from '../../../extension/protocol.ts';
import { Recorder } from '../../../extension/recording/recorder.ts';
import type { FromRecorder } from '../../../extension/recording/recorderProtocol.ts';
import { Signal } from '../../../extension/signal.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import type { SourceListener } from '../../../extension/sources/source.ts';
import { SplitMonitor } from '../../../extension/splitMonitor.ts';
import { quantile } from '../figures.ts';
import { simulatedDay } from './day.ts';
import type { HostDay } from './run.ts';

const [folder, count, recorderFile] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
/** Rows that the panel shows, and points of its chart. */
const SHOWN_ROWS = Array.from({ length: 40 }, (_, i) => i);
const CHART_POINTS = 400;
const RESIDENT_EVERY = 25;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are kept, garbage not among them. */
function kept(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let listener: SourceListener | undefined;
const monitor = new Monitor((kind, given) => {
  listener = given;
  const nothing = () => {};
  return { kind, label: 'This PC', start: nothing, stop: nothing, setInterval: nothing, dispose: nothing };
}, 1000);
const directory = new SiteDirectory({ relative: (uri) => uri, folder: () => '' });
new SplitMonitor(monitor, directory, new Signal());
noticeLeaks(monitor, directory, () => {});

/** The recorder answers each sample: told of here. */
let written: (() => void) | undefined;
const recorder = new Recorder({
  monitor,
  settings: () => ({ enabled: true, folder, maxBytes: 1e9 }),
  info: () => ({ system: '', writer: '', workspace: '' }),
  systemStarted: () => null,
  startWorker: () => {
    const worker = new Worker(recorderFile);
    worker.on('message', ({ type }: FromRecorder) => {
      if (type === 'written' || type === 'failed') written?.();
    });
    return worker;
  },
  log: () => {},
});

/** A panel that takes its messages as VS Code does, as a copy, and answers those with rows. */
const surroundings = () => ({ sources: [], hasWorkspace: true });
const panel: PanelSession = new PanelSession(
  { monitor, directory, surroundings, intend: () => {} },
  (message: ToPanel) => {
    const taken = structuredClone(message);
    if (taken.type !== 'frame' && taken.type !== 'snapshot') return;
    const { generation, sequence } = taken;
    setImmediate(() => panel.receive({ type: 'ack', generation, sequence }));
  },
);

/** Two hours of rest, then ten cycles of an hour; the second half of the day has no marks. */
function markAt(sample: number): PhaseName | undefined {
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

const middle = Math.floor(count / 2);
const empty = kept();
const emptyResident = process.memoryUsage.rss();
const hostMs: number[] = [];
const writeMs: number[] = [];
const residentBytes = [0, 0];
const keptBytes: number[] = [];
let sample = 0;
monitor.setSource('local');
panel.setVisible(true);
panel.receive({ type: 'ready' });
panel.receive({ type: 'visibleRows', ids: SHOWN_ROWS });
for (const snapshot of simulatedDay(count)) {
  if (sample === 1) {
    panel.receive({ type: 'detail', request: 1, ids: [0, 1], fromMs: null, toMs: null, points: CHART_POINTS });
  }
  const done = new Promise<void>((resolve) => {
    written = resolve;
  });
  const begin = performance.now();
  // As it comes from the sampler's process: arrays of its own.
  listener?.sample(structuredClone(snapshot));
  const mark = markAt(sample);
  if (mark) monitor.mark(mark);
  const given = performance.now();
  hostMs.push(given - begin);
  await done;
  writeMs.push(performance.now() - given);
  const half = sample < middle ? 0 : 1;
  if (sample % RESIDENT_EVERY === 0) {
    residentBytes[half] = Math.max(residentBytes[half], process.memoryUsage.rss() - emptyResident);
  }
  sample++;
  if (sample === middle || sample === count) keptBytes.push(kept() - empty);
}
await recorder.dispose();
const figures: HostDay = {
  writeMs: { median: quantile(writeMs, 0.5), p99: quantile(writeMs, 0.99), worst: quantile(writeMs, 1) },
  hostMs: { median: quantile(hostMs, 0.5), p99: quantile(hostMs, 0.99) },
  keptBytes,
  residentBytes,
  emptyResident,
};
process.send!(figures, () => process.exit(0));
