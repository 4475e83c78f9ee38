/** Writes samples into the file named on the command line until it is killed, and says the number of each once it is written. */
import { writeSync } from 'node:fs';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { INFO, RandomPool } from './pools.ts';

const writer = new RecordingWriter(process.argv[2], INFO, { maxBytes: 1e9 });
const pool = new RandomPool(Number(process.argv[3]), 100);
for (let sample = 0; ; sample++) {
  writer.sample(pool.next(), { elapsedMs: sample * 1000, newBoot: false });
  writeSync(1, `${sample}\n`);
}
