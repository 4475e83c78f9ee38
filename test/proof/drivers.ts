/** The drivers that the assignment of tags is proved on. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const testFolder = path.resolve(import.meta.dirname, '..');

export interface ProofDriver {
  readonly name: string;
  readonly folder: string;
  readonly exercise: string;
  /** Allocation sites before the action, and after it: callers of wrappers come out by themselves. */
  readonly sites: number;
  readonly sitesAfter: number;
  /** Of them, at least so many have a row of their own; the others are refused, or kept together, and that is said. */
  readonly own: number;
  /** For sites whose line is on no call stack: a label, or a function on the stack, as a pattern, and the site's line. */
  readonly elsewhere: Readonly<Record<string, RegExp>>;
}

interface Expected {
  readonly sites: number;
  readonly sitesAfter?: number;
  readonly own: number;
  readonly elsewhere?: Record<string, RegExp>;
  readonly folder?: string;
}

function driver(name: string, { sites, sitesAfter = sites, own, elsewhere = {}, folder }: Expected): ProofDriver {
  return {
    name,
    folder: path.join(testFolder, folder ?? path.join('drivers', name)),
    exercise: path.join(testFolder, 'drivers/exercises', `${name}.c`),
    sites,
    sitesAfter,
    own,
    elsewhere,
  };
}

export const DRIVERS: readonly ProofDriver[] = [
  driver('sample', { sites: 12, own: 12, folder: 'sample-driver' }),
  driver('keeper', { sites: 9, sitesAfter: 11, own: 11 }),
  driver('watcher', {
    sites: 14,
    own: 14,
    elsewhere: {
      FLT_STREAMHANDLE_CONTEXT: /\{ FLT_STREAMHANDLE_CONTEXT,/,
      FLT_INSTANCE_CONTEXT: /\{ FLT_INSTANCE_CONTEXT,/,
      SenderListPool: /PoolTag =/,
      SenderBufferPool: /PoolTag =/,
    },
  }),
  driver('indexer', {
    sites: 8,
    own: 8,
    elsewhere: {
      'Buffer<.*>::Assign': /\bBuffer<\w+> Name;/,
      'Text<.*>::Assign': /\bText<\w+> Body;/,
    },
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
