import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { APPLICATION_ID, RECORDING_EXTENSION } from './schema.ts';
import { openDatabase } from './sqlite.ts';

/** `2026-11-20 21-16-33 This PC 3f2a.poollens`: sorts by time, and two windows never choose the same. */
export function recordingFileName(began: Date, label: string): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const day = [began.getFullYear(), pad(began.getMonth() + 1), pad(began.getDate())].join('-');
  const clock = [began.getHours(), began.getMinutes(), began.getSeconds()].map(pad).join('-');
  // What no file system minds, whatever the source is called.
  const plain = label
    .replace(/[^A-Za-z0-9 ._-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 40)
    .replace(/^[ .]+|[ .]+$/g, '');
  return `${day} ${clock} ${plain || 'recording'} ${randomBytes(4).toString('hex')}${RECORDING_EXTENSION}`;
}

/** A recording of the folder, as retention sees it. */
export interface StoredRecording {
  readonly file: string;
  /** With the log beside it. */
  readonly bytes: number;
  /** Last written, milliseconds since 1970. */
  readonly changed: number;
  /** `unknown` where the file cannot be read: nobody knows what it is worth. */
  readonly kept: boolean | 'unknown';
  /** A running process writes it. */
  readonly open: boolean;
}

/** SQLite's files beside a database. */
const BESIDE = ['-wal', '-shm', '-journal'];

/** The recordings of a folder, the oldest first; none where there is no such folder. */
export function storedRecordings(folder: string): StoredRecording[] {
  if (!existsSync(folder)) return [];
  const found: StoredRecording[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // A link may lead anywhere: only what was written here is ours to judge.
    if (!entry.isFile() || !entry.name.endsWith(RECORDING_EXTENSION)) continue;
    const file = path.join(folder, entry.name);
    try {
      const stat = statSync(file);
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      const changed = Math.max(stat.mtimeMs, log?.mtimeMs ?? 0);
      found.push({ file, bytes: stat.size + (log?.size ?? 0), changed, ...marksOf(file, log !== undefined) });
    } catch {
      // Gone since the folder was read.
    }
  }
  return found.sort((a, b) => a.changed - b.changed);
}

function marksOf(file: string, hasLog: boolean): Pick<StoredRecording, 'kept' | 'open'> {
  try {
    const database = openDatabase(file, { readOnly: true });
    try {
      const id = database.prepare('PRAGMA application_id').get() as { application_id: number };
      if (id.application_id !== APPLICATION_ID) return { kept: 'unknown', open: false };
      const rows = database.prepare("SELECT name, value FROM session WHERE name IN ('kept', 'pid')").all();
      const values = new Map(rows.map(({ name, value }) => [name, String(value)]));
      // A closed recording has no log beside it.
      return { kept: values.get('kept') === '1', open: hasLog && isAlive(Number(values.get('pid'))) };
    } finally {
      database.close();
    }
  } catch {
    return { kept: 'unknown', open: false };
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Marks a closed recording as one that retention leaves alone, or as one that it may take again. */
export function keepRecording(file: string, kept: boolean): void {
  const database = openDatabase(file);
  try {
    database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?)').run('kept', kept ? '1' : '0');
  } finally {
    database.close();
  }
}

/** How long and how much is kept. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  readonly maxTotalBytes: number;
}

/** What retention would do. */
export interface RetentionPlan {
  readonly remove: readonly StoredRecording[];
  /** Recordings that stay although they are too old or too many: kept, open, or unreadable. */
  readonly spared: readonly StoredRecording[];
  /** Bytes above the limit that remain because of them. */
  readonly excessBytes: number;
}

/**
 * Too old goes; then, while all together are too large, the oldest goes. What is marked as kept, is being written, or cannot
 * be read stays in every case. `recordings` must be sorted, the oldest first.
 */
export function planRetention(
  recordings: readonly StoredRecording[],
  limits: RetentionLimits,
  now: number,
): RetentionPlan {
  const remove: StoredRecording[] = [];
  const spared: StoredRecording[] = [];
  let total = recordings.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const recording of recordings) {
    const due = now - recording.changed > limits.maxAgeMs || total > limits.maxTotalBytes;
    if (!due) continue;
    if (recording.kept !== false || recording.open) {
      spared.push(recording);
      continue;
    }
    remove.push(recording);
    total -= recording.bytes;
  }
  return { remove, spared, excessBytes: Math.max(0, total - limits.maxTotalBytes) };
}

/** Deletes a recording with what SQLite left beside it; throws where it cannot. */
export function removeRecording(file: string): void {
  rmSync(file);
  for (const suffix of BESIDE) rmSync(file + suffix, { force: true });
}
