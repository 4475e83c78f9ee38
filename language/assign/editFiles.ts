/** Writes edits into files on disk: all of them, or none. */
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { decodeSource } from '../index/sourceFile.ts';
import type { PlannedEdit } from './ledgerRecord.ts';
import { editBytes } from './sourceBytes.ts';

/** A file to edit; `before` is the text that the edits were computed against. */
export interface FileToEdit {
  readonly path: string;
  readonly before: string;
  readonly edits: readonly PlannedEdit[];
}

/** Edits that were not made: `message` names the file, the reason and what to do. */
export class EditError extends Error {}

/**
 * Every file is read, edited in memory and tried for writing before the first is written; when writing fails half way, what
 * was written is put back.
 *
 * @throws {EditError} where a file has changed, is read-only, or cannot be written
 */
export function editFiles(files: readonly FileToEdit[]): void {
  const planned = files.map(({ path, before, edits }) => {
    const bytes = attempt(path, 'cannot be read', () => readFileSync(path));
    if (decodeSource(bytes) !== before)
      throw new EditError(`${path} has changed since the edit was computed. Nothing was written; try again.`);
    attempt(path, 'is read-only. Check it out or make it writable', () => accessSync(path, constants.W_OK));
    const edited = editBytes(bytes, edits);
    if (!edited) throw new EditError(`${path}: its encoding lacks a character of the edit. Nothing was written.`);
    return { path, bytes, edited };
  });
  planned.forEach(({ path, edited }, i) => {
    try {
      writeFileSync(path, edited);
    } catch (error) {
      for (const written of planned.slice(0, i + 1)) {
        try {
          writeFileSync(written.path, written.bytes);
        } catch {
          throw new EditError(
            `${path} cannot be written (${(error as Error).message}), and ${written.path} not be put back: look at it in version control.`,
          );
        }
      }
      throw new EditError(`${path} cannot be written (${(error as Error).message}). Nothing was changed.`);
    }
  });
}

function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new EditError(`${path} ${what} (${(error as Error).message}). Nothing was written.`);
  }
}
