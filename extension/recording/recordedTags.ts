/** The tags in recordings. A new tag must be unlike them: figures from before the site had it would seem to be the site's. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PoolTag } from '../../language/tag/poolTag.ts';
import { RECORDING_EXTENSION } from './schema.ts';
import { openDatabase, sqlite } from './sqlite.ts';

/** The tags that a recording holds. Throws where the file is no recording, is torn, or SQLite is missing. */
export function tagsInRecording(file: string): PoolTag[] {
  const database = openDatabase(file, { readOnly: true });
  try {
    return database
      .prepare('SELECT DISTINCT tag FROM pool_row')
      .all()
      .map(({ tag }) => Number(tag));
  } finally {
    database.close();
  }
}

/**
 * The tags of all recordings of a folder; none where there is no such folder. One file at a time, so that whoever asks stays
 * awake; what cannot be read is told to `warn` and left out.
 */
export async function recordedTags(folder: string, warn: (line: string) => void): Promise<PoolTag[]> {
  const tags = new Set<PoolTag>();
  if (!sqlite()) return [];
  for (const name of recordingsIn(folder)) {
    await setImmediate();
    try {
      for (const tag of tagsInRecording(path.join(folder, name))) tags.add(tag);
    } catch (error) {
      warn(
        `${path.join(folder, name)}: its tags cannot be read, new tags may be like them: ${(error as Error).message}`,
      );
    }
  }
  return [...tags];
}

function recordingsIn(folder: string): string[] {
  try {
    // A link may lead anywhere: only what was written here is read.
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(RECORDING_EXTENSION))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
