/** The recorder's thread of `hostDay.ts`: writes each sample, and answers what that cost, milliseconds. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';

const writer = new RecordingWriter(
  workerData.file,
  { label: 'This PC', kind: 'local', system: '', counterBits: 32, writer: '', workspace: '', importedFrom: '' },
  { maxBytes: 1e9 },
);

parentPort!.on('message', (message: 'ready' | 'close' | { snapshot: PoolSnapshot; elapsedMs: number }) => {
  const begin = performance.now();
  if (message === 'close') writer.close();
  else if (message !== 'ready') writer.sample(message.snapshot, { elapsedMs: message.elapsedMs, newBoot: false });
  parentPort!.postMessage(performance.now() - begin);
  if (message === 'close') parentPort!.close();
});
