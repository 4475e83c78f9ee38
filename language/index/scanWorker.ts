/** A thread that reads files for the one that keeps the index: lists of paths come in, readings as bytes go out. */
import { parentPort } from 'node:worker_threads';
import { readFiles } from './fileReading.ts';
import { encodeReadings } from './readingCodec.ts';
import type { ReadOrder } from './scanThreads.ts';
import { WrapperNames } from './wrapperNames.ts';

let names = new WrapperNames();
/** How many of the names the other thread has in the same order. */
let told = 0;

parentPort!.on('message', ({ paths, known, isNewScan, names: others }: ReadOrder) => {
  if (isNewScan) {
    names = new WrapperNames();
    told = 0;
  }
  for (const name of others) names.add(name);
  const bytes = encodeReadings(readFiles(paths, known, names), names, told);
  told = names.count;
  parentPort!.postMessage(bytes, [bytes.buffer]);
});
