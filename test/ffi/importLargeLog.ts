/** A process of its own that makes a recording of a log: named are both files. Tells the tables, warnings and memory that it took. */
import { importLog } from '../../extension/recording/importLog.ts';

export interface LargeImport {
  readonly tables: number;
  readonly warnings: readonly string[];
  /** Most that the process held, bytes. */
  readonly mostBytes: number;
}

const [log, target] = process.argv.slice(2);
const warnings: string[] = [];
const options = { writer: '0', maxBytes: 2e9, warn: (warning: string) => warnings.push(warning) };
const tables = await importLog(log, target, options);
const mostBytes = process.resourceUsage().maxRSS * 1024;
process.send?.({ tables, warnings, mostBytes } satisfies LargeImport);
