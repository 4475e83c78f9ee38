/** Reads a whole folder into an index: the command line's way, and the server's first scan. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildId } from './buildId.ts';
import { type FileReading, readFiles } from './fileReading.ts';
import type { FolderCache } from './folderCache.ts';
import { isImplementation } from './nearness.ts';
import { decodeReadings } from './readingCodec.ts';
import { ReadQueue } from './readQueue.ts';
import { type ScanThreads, scanThreads } from './scanThreads.ts';
import { SiteIndex } from './siteIndex.ts';
import type { FileStamp } from './sourceFile.ts';
import { SourceFolder, TimeSlice } from './sourceFolder.ts';
import { WorkspaceCache } from './workspaceCache.ts';
import { WrapperNames } from './wrapperNames.ts';

export interface ScanOptions {
  /** Globs over paths relative to the folder, as in VS Code's `files.exclude`. */
  readonly exclude?: readonly string[];
  /** One line for each file or folder that was passed over. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Threads that read besides this one; null for none. */
  readonly threads?: ScanThreads | null;
  /** A folder in which what was found is kept for the next time; without it, nothing is kept. */
  readonly cache?: string;
}

export interface FolderScan {
  readonly index: SiteIndex;
  readonly filesScanned: number;
  /** From the call to the last site resolved, milliseconds. */
  readonly elapsedMs: number;
}

/** How far a scan is; `total` grows while folders are found. */
export interface ScanProgress {
  readonly files: number;
  readonly total: number;
}

/** Files that are read in one go, by one thread. */
const FILES_PER_GO = 24;
/** With those among them that are known. */
const MOST_PER_GO = 512;
/** With fewer files, a thread would hardly have started when all is done. */
const WORTH_A_THREAD = 400;

/** Reads one file into the index; a file that is no source text gives a warning and leaves the index. */
export function readInto(index: SiteIndex, path: string, onWarning: (message: string) => void): FileStamp | null {
  return take(index, readFiles([path])[0], onWarning);
}

function take(index: SiteIndex, reading: FileReading, onWarning: (message: string) => void): FileStamp | null {
  index.setReading(reading);
  if (reading.kind === 'skipped') onWarning(`File ${reading.path} ${reading.reason}; it was not scanned`);
  return reading.stamp;
}

export interface FolderScanOptions extends Pick<ScanOptions, 'onWarning' | 'signal' | 'threads'> {
  /** Where a file that is known in its present state need not be read. */
  readonly cache?: FolderCache | null;
  /** Hears of each file read and its state on disk. */
  readonly onFile?: (path: string, stamp: FileStamp | null) => void;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** Files that one thread reads in one go. */
interface Go {
  /** All files, in the order of the walk, and those of them that must be read. */
  readonly paths: string[];
  readonly unread: string[];
  /** Checksums of what was known of the unread ones. */
  readonly known: (number | null)[];
  /** What is known of the others. */
  readonly cached: Map<string, FileReading>;
}

function newGo(): Go {
  return { paths: [], unread: [], known: [], cached: new Map() };
}

function isFull({ paths, unread }: Go): boolean {
  return unread.length >= FILES_PER_GO || paths.length >= MOST_PER_GO;
}

/**
 * One scan of one folder: files are handed out in goes, headers first, since they say most of which names are wrappers. They
 * are taken in the same order, whoever read them.
 */
class Scan {
  readonly #index: SiteIndex;
  readonly #threads: ScanThreads | null;
  readonly #options: FolderScanOptions;
  readonly #warn: (message: string) => void;
  readonly #goes: Go[] = [];
  /** Names of wrappers in the files read so far. */
  readonly #names = new WrapperNames();
  /** What is to be read, go by go. */
  readonly #queue = new ReadQueue(this.#names);
  /** The goes that are in the queue. */
  #queued = 0;
  /** Readings of this thread that came before those in front of them. */
  readonly #early = new Map<number, readonly FileReading[]>();
  #taken = 0;
  /** Files that the cache did not know, or not in this state. */
  #unread = 0;
  #changed = 0;
  #files = 0;
  #total = 0;
  #hasThreads = false;

  constructor(index: SiteIndex, options: FolderScanOptions) {
    this.#index = index;
    this.#options = options;
    this.#threads = options.threads === undefined ? scanThreads : options.threads;
    this.#warn = options.onWarning ?? (() => {});
  }

  /** Answers how many sources were not as the cache has them. */
  async run(folder: SourceFolder): Promise<number> {
    try {
      await this.#walk(folder);
      await this.#read();
    } finally {
      if (this.#hasThreads) this.#threads!.release(this.#queue);
    }
    return this.#changed;
  }

  async #walk(folder: SourceFolder): Promise<void> {
    const slice = new TimeSlice();
    let headers = newGo();
    const implementations = [newGo()];
    this.#goes.push(headers);
    for (const paths of folder.walk(this.#warn)) {
      if (this.#options.signal?.aborted) return;
      for (const path of paths) {
        if (isImplementation(path)) {
          this.#place(path, implementations[implementations.length - 1]);
          if (isFull(implementations[implementations.length - 1])) implementations.push(newGo());
        } else {
          this.#place(path, headers);
          if (!isFull(headers)) continue;
          headers = newGo();
          this.#goes.push(headers);
        }
      }
      this.#total += paths.length;
      if (!this.#hasThreads && this.#threads && this.#unread >= WORTH_A_THREAD) {
        this.#hasThreads = true;
        this.#threads.serve(this.#queue, this.#warn);
      }
      // The last one may still grow.
      this.#enqueue(this.#goes.length - 1);
      if (slice.used) await slice.pause();
    }
    this.#goes.push(...implementations);
  }

  /** Adds a file to those that must be read, or to those that are known. */
  #place(path: string, go: Go): void {
    go.paths.push(path);
    const last = this.#options.cache?.last(path);
    if (last) {
      const stamp = stampOf(path);
      const state = stamp && this.#options.cache!.lookup(path, stamp);
      if (state) {
        go.cached.set(path, { path, kind: 'source', ...state });
        return;
      }
    }
    go.unread.push(path);
    go.known.push(last ? last.hash : null);
    this.#unread++;
  }

  async #read(): Promise<void> {
    const slice = new TimeSlice();
    this.#enqueue(this.#goes.length);
    while (this.#taken < this.#goes.length && !this.#options.signal?.aborted) {
      const own = this.#queue.claim();
      if (own !== undefined)
        this.#early.set(own, readFiles(this.#goes[own].unread, this.#goes[own].known, this.#names));
      let ready = this.#ready();
      if (!ready && own === undefined) {
        await this.#queue.wait();
        ready = this.#ready();
      }
      for (; ready; ready = this.#ready()) {
        this.#take(ready);
        if (slice.used) {
          await slice.pause();
          if (this.#options.signal?.aborted) return;
        }
      }
      this.#queue.share();
      if (slice.used) await slice.pause();
    }
  }

  /** The readings of the next go to be taken, where they are there. */
  #ready(): readonly FileReading[] | undefined {
    const own = this.#early.get(this.#taken);
    const others = own ? undefined : this.#queue.take(this.#taken);
    if (!others) return own;
    const { bytes, names } = others;
    const before = names.count;
    const readings = decodeReadings(bytes, this.#goes[this.#taken].unread, names);
    for (const name of names.after(before)) this.#names.add(name);
    return readings;
  }

  /** Puts goes in front of `end` into the queue. */
  #enqueue(end: number): void {
    for (; this.#queued < end; this.#queued++) {
      const { unread, known } = this.#goes[this.#queued];
      this.#queue.add({ paths: unread, known });
    }
  }

  #take(readings: readonly FileReading[]): void {
    const { paths, cached } = this.#goes[this.#taken];
    this.#early.delete(this.#taken);
    let next = 0;
    for (const path of paths) {
      const known = cached.get(path);
      const reading = known ?? this.#asKnown(readings[next++]);
      if (!known && reading.kind === 'source') this.#changed++;
      const stamp = take(this.#index, reading, this.#warn);
      this.#options.onFile?.(path, stamp);
    }
    cached.clear();
    this.#taken++;
    this.#files += paths.length;
    this.#options.onProgress?.({ files: this.#files, total: this.#total });
  }

  /** What was known of a file whose content is the same, in its present state. */
  #asKnown(reading: FileReading): FileReading {
    if (reading.kind !== 'same') return reading;
    const { path, stamp, isFresh } = reading;
    const last = this.#options.cache?.last(path);
    if (last?.stamp.size !== stamp.size) return readFiles([path])[0];
    return { path, kind: 'source', ...last, stamp, isFresh };
  }
}

/** The state of a file; null where it cannot be told. */
function stampOf(path: string): FileStamp | null {
  try {
    const status = statSync(path);
    return { modifiedMs: status.mtimeMs, size: status.size };
  } catch {
    return null;
  }
}

/**
 * Feeds all sources of a folder to an index, giving way to other work now and then. Stops quietly when the signal fires.
 * Answers how many sources were not as the cache has them.
 */
export async function scanInto(
  index: SiteIndex,
  folder: SourceFolder,
  options: FolderScanOptions = {},
): Promise<number> {
  return new Scan(index, options).run(folder);
}

/** Files that change while they are looked at are read again so often at the most. */
const MOST_REREADS = 3;

/**
 * Scans a folder from nothing. Throws where `dir` is no folder that can be read; everything below it that cannot be read
 * is a warning.
 */
export async function scanFolder(dir: string, options: ScanOptions = {}): Promise<FolderScan> {
  const start = performance.now();
  const root = resolve(dir);
  if (!statSync(root).isDirectory()) throw new Error(`${dir} is not a folder`);
  const { onWarning = () => {}, signal } = options;
  const index = new SiteIndex();
  const stale = new Set<string>();
  index.onStale = (path) => stale.add(path);
  const folder = new SourceFolder(root, options.exclude);
  const roots = [folder.root];
  const cache =
    options.cache === undefined ? null : new WorkspaceCache({ folder: options.cache, version: buildId() }, onWarning);
  const changed = await scanInto(index, folder, { ...options, cache: cache?.folder(folder.root) });
  index.complete = !signal?.aborted;
  const isRestored = index.complete && cache?.restoreSites(index, roots) === true;
  let { filesScanned } = index.snapshot();
  for (let round = 0; round < MOST_REREADS && stale.size > 0; round++) {
    const paths = [...stale];
    stale.clear();
    for (const path of paths) readInto(index, path, onWarning);
    ({ filesScanned } = index.snapshot());
  }
  if (index.complete && !(isRestored && changed === 0)) cache?.save(index, roots);
  return { index, filesScanned, elapsedMs: performance.now() - start };
}
