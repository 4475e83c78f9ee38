/** A thread that reads files for the one that keeps the index: lists of paths come in, readings as bytes go out. */
import { parentPort } from 'node:worker_threads';
import { readFiles } from './fileReading.ts';
import { encodeReadings } from './readingCodec.ts';
import type { ReadOrder } from './scanThreads.ts';

parentPort!.on('message', ({ paths, known }: ReadOrder) => {
  const bytes = encodeReadings(readFiles(paths, known));
  parentPort!.postMessage(bytes, [bytes.buffer]);
});
