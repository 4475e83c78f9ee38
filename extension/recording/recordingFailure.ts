import { SQLITE, sqliteCode } from './sqlite.ts';

/** Why a recording could not be written, and what to do about it. */
export interface RecordingFailure {
  readonly reason: string;
  readonly advice: string;
}

/** An error of the file system or of SQLite in words; `full` when the recording reached the size it may have. */
export function recordingFailure(error: unknown, folder: string, full: boolean): RecordingFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const sqlite = sqliteCode(error);
  if (sqlite === SQLITE.full && full) {
    return {
      reason: 'The recording has reached the size that the settings allow.',
      advice: 'What was recorded is kept. Raise poolLens.recording.maxSizeMB: a new recording begins then.',
    };
  }
  if (sqlite === SQLITE.full || code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      reason: `The disk that holds ${folder} is full.`,
      advice: 'What was recorded is kept. Make room, or choose another folder in poolLens.recording.folder.',
    };
  }
  const noWay: readonly unknown[] = [SQLITE.readOnly, SQLITE.cannotOpen, SQLITE.permission];
  if (noWay.includes(sqlite) || code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return {
      reason: `Nothing can be written to ${folder}.`,
      advice: 'Give yourself the right to write there, or choose another folder in poolLens.recording.folder.',
    };
  }
  if (sqlite === SQLITE.ioError) {
    return { reason: `Writing to ${folder} failed: ${message}.`, advice: 'Is the disk, or the network, still there?' };
  }
  return { reason: `Recording failed: ${message}.`, advice: 'The log has the details.' };
}
