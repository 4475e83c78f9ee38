/**
 * The sites of a whole workspace from the last time. What a call means depends on any file, so they hold for exactly the
 * texts that they were found in: a fingerprint of all paths and contents tells.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { WrapperDefinition } from '../protocol.ts';
import { ByteReader, ByteWriter } from './byteStream.ts';
import { readCacheFile, writeCacheFile } from './cacheFile.ts';
import type { FileResult, IndexedFree, IndexedSite, IndexedUnresolved } from './callResolver.ts';
import { type CachePlace, cacheName } from './folderCache.ts';

/** Everything that is known once all calls are resolved. */
export interface ResolvedSites {
  readonly results: ReadonlyMap<string, FileResult>;
  readonly wrappers: readonly WrapperDefinition[];
}

/** A name for the texts of all these files, whatever their order. */
export function fingerprint(files: Iterable<readonly [path: string, hash: number]>): string {
  const hash = createHash('sha256');
  for (const [path, sum] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${sum}\0`);
  return hash.digest('hex');
}

/** What only few ask for: the calls behind sites, frees and unresolved places, in their order. */
type Behind = readonly Omit<IndexedSite, 'site' | 'path'>[];

/** A file's result whose calls are read when somebody asks for them. */
class RestoredResult implements FileResult {
  readonly untagged: FileResult['untagged'];
  readonly leftOut: FileResult['leftOut'];
  readonly sites: readonly IndexedSite[];
  readonly frees: readonly IndexedFree[];
  readonly unresolved: readonly IndexedUnresolved[];
  readonly #behindText: string;
  #behind: Behind | null = null;

  constructor(path: string, seen: string, behind: string) {
    const { sites, frees, unresolved, untagged, leftOut } = JSON.parse(seen) as Seen;
    this.#behindText = behind;
    this.untagged = untagged;
    this.leftOut = leftOut;
    const of = (at: number) => () => this.#all()[at];
    this.sites = sites.map((site, i) => withCall({ site, path }, of(i)));
    this.frees = frees.map((free, i) => withCall({ free, path }, of(sites.length + i)));
    this.unresolved = unresolved.map((place, i) =>
      withCall({ unresolved: place, path }, of(sites.length + frees.length + i)),
    );
  }

  #all(): Behind {
    this.#behind ??= JSON.parse(this.#behindText) as Behind;
    return this.#behind;
  }
}

/** What everybody sees of a file's result. */
interface Seen extends Pick<FileResult, 'untagged' | 'leftOut'> {
  readonly sites: readonly IndexedSite['site'][];
  readonly frees: readonly IndexedFree['free'][];
  readonly unresolved: readonly IndexedUnresolved['unresolved'][];
}

function withCall<T extends object>(shown: T, behind: () => Behind[number]): T & Behind[number] {
  return Object.defineProperties(shown, {
    call: { enumerable: true, get: () => behind().call },
    written: { enumerable: true, get: () => behind().written },
  }) as T & Behind[number];
}

function seenOf({ sites, frees, unresolved, untagged, leftOut }: FileResult): Seen {
  return {
    sites: sites.map((s) => s.site),
    frees: frees.map((f) => f.free),
    unresolved: unresolved.map((u) => u.unresolved),
    untagged,
    leftOut,
  };
}

function behindOf({ sites, frees, unresolved }: FileResult): Behind {
  return [
    ...sites.map(({ call, written }) => ({ call, written })),
    ...frees.map(({ call, written }) => ({ call, written })),
    ...unresolved.map(({ call, written }) => ({ call, written })),
  ];
}

function fileOf(place: CachePlace, roots: readonly string[]): string {
  return join(place.folder, cacheName('sites', ...roots));
}

/** The sites of a workspace of these folders, where they were found in the texts with this fingerprint. */
export function loadSites(
  place: CachePlace,
  roots: readonly string[],
  texts: string,
  onWarning: (message: string) => void,
): ResolvedSites | undefined {
  const file = fileOf(place, roots);
  const reading = readCacheFile(file, place.version);
  let reason = reading.kind === 'damaged' ? reading.reason : '';
  if (reading.kind === 'found') {
    try {
      const reader = new ByteReader(reading.payload);
      if (reader.text() !== texts) return undefined;
      const wrappers = JSON.parse(reader.text()) as WrapperDefinition[];
      const results = new Map<string, FileResult>();
      for (let left = reader.count(); left > 0; left--) {
        const path = reader.text();
        results.set(path, new RestoredResult(path, reader.text(), reader.text()));
      }
      return { results, wrappers };
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  if (reason !== '') onWarning(`The cache ${file} cannot be used (${reason}); all calls are resolved`);
  return undefined;
}

/** Writes the sites of a workspace. Throws what the file system says. */
export function saveSites(
  place: CachePlace,
  roots: readonly string[],
  texts: string,
  { results, wrappers }: ResolvedSites,
): void {
  const payload = new ByteWriter();
  payload.text(texts);
  payload.text(JSON.stringify(wrappers));
  payload.number(results.size);
  for (const [path, result] of results) {
    payload.text(path);
    payload.text(JSON.stringify(seenOf(result)));
    payload.text(JSON.stringify(behindOf(result)));
  }
  writeCacheFile(fileOf(place, roots), place.version, payload.take());
}
