/** A thread that reads files for the one that keeps the index: lists of paths come in, readings as bytes go out. */
import { parentPort } from 'node:worker_threads';
import { readFiles } from './fileReading.ts';
import { encodeReadings } from './readingCodec.ts';

parentPort!.on('message', (paths: readonly string[]) => {
  const bytes = encodeReadings(readFiles(paths));
  parentPort!.postMessage(bytes, [bytes.buffer]);
});
