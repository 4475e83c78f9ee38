/**
 * What is known of a folder's files from the last time, so that only files that changed are read. A file is known by its
 * path, size and time, and where only the time is another one, by its content.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ByteReader, ByteWriter, StringSource, StringTable } from './byteStream.ts';
import { readCacheFile, writeCacheFile } from './cacheFile.ts';
import type { SourceState } from './fileReading.ts';
import { readSourceState, writeSource } from './readingCodec.ts';
import type { FileStamp } from './sourceFile.ts';

/** Where caches are, and for which version of the scanner. */
export interface CachePlace {
  readonly folder: string;
  /** Of the scanner and all that it goes by. */
  readonly version: string;
}

/** The name of a cache for folders, whatever characters are in their paths. */
export function cacheName(kind: string, ...paths: readonly string[]): string {
  return `${kind}-${createHash('sha256').update(paths.join('\0')).digest('hex').slice(0, 24)}.cache`;
}

export class FolderCache {
  readonly #states: ReadonlyMap<string, SourceState>;

  private constructor(states: ReadonlyMap<string, SourceState>) {
    this.#states = states;
  }

  /** The cache of the folder `root`; an empty one where there is none that can be used. */
  static load(place: CachePlace, root: string, onWarning: (message: string) => void): FolderCache {
    const file = join(place.folder, cacheName('folder', root));
    const reading = readCacheFile(file, place.version);
    let reason = reading.kind === 'damaged' ? reading.reason : '';
    if (reading.kind === 'found') {
      try {
        return new FolderCache(statesOf(reading.payload, root));
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    if (reason !== '') onWarning(`The cache ${file} cannot be used (${reason}); all files are read`);
    return new FolderCache(new Map());
  }

  get size(): number {
    return this.#states.size;
  }

  /** What is known of a file in this state. */
  lookup(path: string, stamp: FileStamp): SourceState | undefined {
    const state = this.#states.get(path);
    const isSame = state?.stamp.size === stamp.size && state.stamp.modifiedMs === stamp.modifiedMs;
    return isSame && !state.isFresh ? state : undefined;
  }

  /** What was known of a file in whatever state. */
  last(path: string): SourceState | undefined {
    return this.#states.get(path);
  }
}

function statesOf(payload: Uint8Array, root: string): Map<string, SourceState> {
  const reader = new ByteReader(payload);
  const states = new Map<string, SourceState>();
  // Two folders of one name's checksum.
  if (reader.text() !== root) return states;
  const strings = new StringSource(reader);
  const covered = new Set<string>();
  for (let left = reader.count(); left > 0; left--) covered.add(strings.at(reader.number()));
  for (let left = reader.count(); left > 0; left--) {
    const path = root + strings.at(reader.number());
    states.set(path, { ...readSourceState(reader, strings), covered });
  }
  return states;
}

/**
 * Writes the cache of the folder `root`. `covered`: names whose calls the summaries hold. Throws what the file system says.
 */
export function saveFolderCache(
  place: CachePlace,
  root: string,
  covered: Iterable<string>,
  states: Iterable<readonly [path: string, state: SourceState]>,
): void {
  const strings = new StringTable();
  const names = new ByteWriter();
  const files = new ByteWriter();
  let nameCount = 0;
  for (const name of covered) {
    names.number(strings.numberOf(name));
    nameCount++;
  }
  let fileCount = 0;
  for (const [path, state] of states) {
    files.number(strings.numberOf(path.slice(root.length)));
    writeSource(files, strings, state);
    fileCount++;
  }
  const payload = new ByteWriter();
  payload.text(root);
  strings.write(payload);
  payload.number(nameCount);
  payload.bytes(names.take());
  payload.number(fileCount);
  payload.bytes(files.take());
  writeCacheFile(join(place.folder, cacheName('folder', root)), place.version, payload.take());
}
