/** The ledger on disk. */
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EMPTY_LEDGER, type Ledger, LedgerError, ledgerText, parseLedger } from './ledger.ts';

/** Below a workspace folder, where the ledger is to be in version control. */
export const WORKSPACE_LEDGER = '.pool-lens/assignments.json';

/** The ledger of a file; an empty one where there is no file. @throws {LedgerError} where it cannot be used */
export function readLedger(file: string): Ledger {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_LEDGER;
    throw new LedgerError(`${file} cannot be read: ${(error as Error).message}.`);
  }
  return parseLedger(text, file);
}

/** Writes under another name first, so that a torn write leaves the old one. An empty ledger needs no file. */
export function writeLedger(file: string, ledger: Ledger): void {
  try {
    if (ledger.entries.length === 0) {
      rmSync(file, { force: true });
      removeIfEmpty(path.dirname(file));
      return;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    const fresh = `${file}.${process.pid}.new`;
    writeFileSync(fresh, ledgerText(ledger));
    renameSync(fresh, file);
  } catch (error) {
    throw new LedgerError(`${file} cannot be written: ${(error as Error).message}. What was assigned is not noted.`);
  }
}

/** A folder that was made for a ledger; one that is gone, or holds something else, stays as it is. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or never made.
  }
}
