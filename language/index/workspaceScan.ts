/** Reads a whole folder into an index: the command line's way, and the server's first scan. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FileReading, readFiles } from './fileReading.ts';
import { decodeReadings } from './readingCodec.ts';
import { type ScanThreads, scanThreads } from './scanThreads.ts';
import { SiteIndex } from './siteIndex.ts';
import type { FileStamp } from './sourceFile.ts';
import { SourceFolder, TimeSlice } from './sourceFolder.ts';

export interface ScanOptions {
  /** Globs over paths relative to the folder, as in VS Code's `files.exclude`. */
  readonly exclude?: readonly string[];
  /** One line for each file or folder that was passed over. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Threads that read besides this one; null for none. */
  readonly threads?: ScanThreads | null;
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
  /** Hears of each file read and its state on disk. */
  readonly onFile?: (path: string, stamp: FileStamp | null) => void;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** One scan of one folder: files are handed out in goes, and taken in the order of the walk, whoever read them. */
class Scan {
  readonly #index: SiteIndex;
  readonly #threads: ScanThreads | null;
  readonly #options: FolderScanOptions;
  readonly #warn: (message: string) => void;
  readonly #goes: string[][] = [];
  /** Readings that came before those in front of them. */
  readonly #early = new Map<number, readonly FileReading[]>();
  /** Goes that a dead thread left. */
  readonly #left: number[] = [];
  #handedOut = 0;
  #taken = 0;
  #files = 0;
  #total = 0;
  #hasThreads = false;
  /** Ends the wait for a thread. */
  #arrived: () => void = () => {};

  constructor(index: SiteIndex, options: FolderScanOptions) {
    this.#index = index;
    this.#options = options;
    this.#threads = options.threads === undefined ? scanThreads : options.threads;
    this.#warn = options.onWarning ?? (() => {});
  }

  async run(folder: SourceFolder): Promise<void> {
    try {
      await this.#walk(folder);
      await this.#read();
    } finally {
      if (this.#hasThreads) this.#threads!.release();
    }
  }

  async #walk(folder: SourceFolder): Promise<void> {
    const slice = new TimeSlice();
    let go: string[] = [];
    for (const paths of folder.walk(this.#warn)) {
      if (this.#options.signal?.aborted) return;
      for (const path of paths) {
        if (go.length === 0) this.#goes.push(go);
        go.push(path);
        if (go.length >= FILES_PER_GO) go = [];
      }
      this.#total += paths.length;
      if (!this.#hasThreads && this.#threads && this.#total >= WORTH_A_THREAD) {
        this.#hasThreads = true;
        this.#threads.acquire(this.#warn);
      }
      // The last one may still grow.
      this.#handOut(this.#goes.length - 1);
      if (slice.used) await slice.pause();
    }
  }

  async #read(): Promise<void> {
    const slice = new TimeSlice();
    while (this.#taken < this.#goes.length && !this.#options.signal?.aborted) {
      this.#handOut(this.#goes.length);
      const own = this.#left.pop() ?? (this.#handedOut < this.#goes.length ? this.#handedOut++ : undefined);
      if (own !== undefined) this.#early.set(own, readFiles(this.#goes[own]));
      else if (!this.#early.has(this.#taken)) await this.#next();
      for (let ready = this.#early.get(this.#taken); ready; ready = this.#early.get(this.#taken)) {
        this.#take(ready);
        if (slice.used) {
          await slice.pause();
          if (this.#options.signal?.aborted) return;
        }
      }
      if (slice.used) await slice.pause();
    }
  }

  #next(): Promise<void> {
    return new Promise((arrived) => {
      this.#arrived = arrived;
    });
  }

  /** Hands goes in front of `end` to threads that want more. */
  #handOut(end: number): void {
    if (!this.#hasThreads) return;
    while (this.#handedOut < end && this.#threads!.wantsMore) {
      const go = this.#handedOut++;
      void this.#threads!.read(this.#goes[go]).then((bytes) => {
        if (bytes) this.#early.set(go, decodeReadings(bytes, this.#goes[go]));
        else this.#left.push(go);
        this.#arrived();
      });
    }
  }

  #take(readings: readonly FileReading[]): void {
    this.#early.delete(this.#taken++);
    for (const reading of readings) {
      const stamp = take(this.#index, reading, this.#warn);
      this.#options.onFile?.(reading.path, stamp);
    }
    this.#files += readings.length;
    this.#options.onProgress?.({ files: this.#files, total: this.#total });
  }
}

/** Feeds all sources of a folder to an index, giving way to other work now and then. Stops quietly when the signal fires. */
export async function scanInto(index: SiteIndex, folder: SourceFolder, options: FolderScanOptions = {}): Promise<void> {
  await new Scan(index, options).run(folder);
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
  const index = new SiteIndex();
  const stale = new Set<string>();
  index.onStale = (path) => stale.add(path);
  await scanInto(index, new SourceFolder(root, options.exclude), options);
  index.complete = !options.signal?.aborted;
  let { filesScanned } = index.snapshot();
  for (let round = 0; round < MOST_REREADS && stale.size > 0; round++) {
    const paths = [...stale];
    stale.clear();
    for (const path of paths) readInto(index, path, options.onWarning ?? (() => {}));
    ({ filesScanned } = index.snapshot());
  }
  return { index, filesScanned, elapsedMs: performance.now() - start };
}
