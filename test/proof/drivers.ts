/** The drivers that the assignment of tags is proved on. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const testFolder = path.resolve(import.meta.dirname, '..');

export interface ProofDriver {
  readonly name: string;
  readonly folder: string;
  readonly exercise: string;
  /** Allocation sites with a row of their own after the action. */
  readonly sites: number;
  /** For sites whose line is on no call stack: a label, or a function on the stack, as a pattern, and the site's line. */
  readonly elsewhere: Readonly<Record<string, RegExp>>;
}

function driver(name: string, sites: number, elsewhere: Record<string, RegExp> = {}, folder?: string): ProofDriver {
  return {
    name,
    folder: path.join(testFolder, folder ?? path.join('drivers', name)),
    exercise: path.join(testFolder, 'drivers/exercises', `${name}.c`),
    sites,
    elsewhere,
  };
}

export const DRIVERS: readonly ProofDriver[] = [
  driver('sample', 12, {}, 'sample-driver'),
  driver('keeper', 11),
  driver('watcher', 14, {
    FLT_STREAMHANDLE_CONTEXT: /\{ FLT_STREAMHANDLE_CONTEXT,/,
    FLT_INSTANCE_CONTEXT: /\{ FLT_INSTANCE_CONTEXT,/,
    SenderListPool: /PoolTag =/,
    SenderBufferPool: /PoolTag =/,
  }),
  driver('indexer', 8, {
    'Buffer<.*>::Assign': /\bBuffer<\w+> Name;/,
    'Text<.*>::Assign': /\bText<\w+> Body;/,
  }),
];

/** A folder for copies of drivers and for programs, gone at the end of `using`. */
export class Scratch implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-proof-'));

  /** A copy of the driver's sources that may be changed. */
  copyOf({ name, folder }: ProofDriver): string {
    const copy = path.join(this.folder, name);
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
