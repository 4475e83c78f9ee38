import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RecordingError } from './recordingFile.ts';
import { RecordingWatch } from './recordingWatch.ts';

/** An opened recording, and what was copied to be able to open it. */
export interface OpenedRecording {
  readonly watch: RecordingWatch;
  /** Closes it, and removes the copy. */
  close(): void;
}

/**
 * Opens a recording. One that was not closed (its writer was killed) has a log beside it, and SQLite must make a small
 * file there to read it: in a folder that cannot be written, copies of both are opened in its place. Throws a
 * {@link RecordingError} for a file that is no recording.
 */
export function openRecording(file: string): OpenedRecording {
  try {
    const watch = new RecordingWatch(file);
    return { watch, close: () => watch.dispose() };
  } catch (error) {
    const log = `${file}-wal`;
    if (!(error instanceof RecordingError) || !existsSync(file) || !existsSync(log)) throw error;
    const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-'));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    try {
      const copy = path.join(folder, path.basename(file));
      copyFileSync(file, copy);
      copyFileSync(log, `${copy}-wal`);
      const watch = new RecordingWatch(copy);
      return {
        watch,
        close: () => {
          watch.dispose();
          remove();
        },
      };
    } catch (second) {
      remove();
      throw second instanceof RecordingError ? error : second;
    }
  }
}
