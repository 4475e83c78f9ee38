import type { PoolTag } from '../../language/tag/poolTag.ts';
import { tagsInRecording } from '../recording/recordedTags.ts';
import { isDatabase } from '../recording/sqlite.ts';
import { readLog } from './convert.ts';
import { UsageError } from './usage.ts';

/** The tags in recordings and text logs. @throws {UsageError} where a file is neither */
export async function tagsSeenIn(files: readonly string[], warn: (line: string) => void): Promise<PoolTag[]> {
  const tags = new Set<PoolTag>();
  for (const file of files) {
    for (const tag of isDatabase(file) ? recorded(file) : await logged(file, warn)) tags.add(tag);
  }
  return [...tags];
}

function recorded(file: string): PoolTag[] {
  try {
    return tagsInRecording(file);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}

async function logged(file: string, warn: (line: string) => void): Promise<Set<PoolTag>> {
  const tags = new Set<PoolTag>();
  await readLog(
    file,
    ({ rows }) => {
      for (const { tag } of rows) tags.add(tag);
      return undefined;
    },
    warn,
  );
  return tags;
}
