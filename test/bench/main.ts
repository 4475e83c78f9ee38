/**
 * The benchmarks, all or one: `npm run bench [-- poll | recording | store | verdict [SESSIONS] | table | scan DIR |
 * assign DIR | accuracy DIR TRUTH]`. Figures are ratios to a limit or a
 * peer, measured in the same run.
 */
import { accuracyReport, benchAccuracy } from './accuracy/run.ts';
import { assignReport, benchAssign } from './assign/run.ts';
import { benchPoll, pollReport } from './poll/run.ts';
import { benchRecording, recordingReport } from './recording/run.ts';
import { benchCache, cacheReport } from './scan/cache.ts';
import { benchEdit, editReport } from './scan/edit.ts';
import { benchMemory, memoryReport } from './scan/memory.ts';
import { benchScan, scanReport } from './scan/run.ts';
import { benchStore, storeReport } from './store/run.ts';
import { benchTable, tableReport } from './table/run.ts';
import { benchVerdict, verdictReport } from './verdict/run.ts';

const BENCHMARKS: Record<string, (args: readonly string[]) => Promise<readonly string[]>> = {
  poll: async () => pollReport(await benchPoll()),
  recording: async ([samples]) =>
    recordingReport(await benchRecording(samples === undefined ? undefined : Number(samples))),
  store: async () => storeReport(benchStore()),
  verdict: async ([sessions]) => verdictReport(benchVerdict(sessions ? Number(sessions) : undefined)),
  table: async () => tableReport(await benchTable()),
  scan: async ([folder = 'test/sample-driver']) => [
    ...scanReport(await benchScan(folder)),
    ...editReport(await benchEdit(folder)),
    ...cacheReport(await benchCache(folder)),
    ...memoryReport(await benchMemory(folder)),
  ],
  assign: async ([folder = 'test/sample-driver']) => assignReport(await benchAssign(folder)),
  accuracy: async ([folder, truth]) => accuracyReport(await benchAccuracy(folder, truth)),
};

const [chosen, ...args] = process.argv.slice(2);
if (chosen !== undefined && !Object.hasOwn(BENCHMARKS, chosen)) {
  console.error(`No such benchmark: ${chosen}. There are: ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of chosen === undefined
    ? Object.keys(BENCHMARKS).filter((known) => known !== 'accuracy')
    : [chosen]) {
    try {
      for (const line of await BENCHMARKS[name](args)) console.log(line);
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}
