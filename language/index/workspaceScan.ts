/** Reads a whole folder into an index: the command line's way, and the server's first scan. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SiteIndex } from './siteIndex.ts';
import { type BatchedReading, type FileStamp, readSource, SourceBatch } from './sourceFile.ts';
import { SourceFolder, TimeSlice } from './sourceFolder.ts';

export interface ScanOptions {
  /** Globs over paths relative to the folder, as in VS Code's `files.exclude`. */
  readonly exclude?: readonly string[];
  /** One line for each file or folder that was passed over. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface FolderScan {
  readonly index: SiteIndex;
  readonly filesScanned: number;
  /** From the call to the last site resolved, milliseconds. */
  readonly elapsedMs: number;
}

/** Reads one file into the index; a file that is no source text gives a warning and leaves the index. */
export function readInto(index: SiteIndex, path: string, onWarning: (message: string) => void): FileStamp | null {
  return take(index, { ...readSource(path), path }, onWarning);
}

function take(index: SiteIndex, reading: BatchedReading, onWarning: (message: string) => void): FileStamp | null {
  const { path } = reading;
  if (reading.kind === 'text') {
    index.setFile(path, reading.text, reading.hinted);
  } else {
    index.removeFile(path);
    onWarning(`File ${path} ${reading.reason}; it was not scanned`);
  }
  return reading.stamp;
}

/**
 * Feeds all sources of a folder to an index, giving way to other work now and then. `onFile` hears of each file read and
 * its state on disk. Stops quietly when the signal fires.
 */
export async function scanInto(
  index: SiteIndex,
  folder: SourceFolder,
  {
    onWarning = () => {},
    onFile,
    signal,
  }: Pick<ScanOptions, 'onWarning' | 'signal'> & {
    readonly onFile?: (path: string, stamp: FileStamp | null) => void;
  } = {},
): Promise<void> {
  const slice = new TimeSlice();
  const batch = new SourceBatch();
  const takeBatch = () => {
    for (const reading of batch.take()) {
      const stamp = take(index, reading, onWarning);
      onFile?.(reading.path, stamp);
    }
  };
  for (const paths of folder.walk(onWarning)) {
    for (const path of paths) {
      if (signal?.aborted) return;
      batch.add(path);
      if (batch.isFull) takeBatch();
      if (slice.used) await slice.pause();
    }
    if (slice.used) await slice.pause();
  }
  if (!signal?.aborted) takeBatch();
}

/**
 * Scans a folder from nothing. Throws where `dir` is no folder that can be read; everything below it that cannot be read
 * is a warning.
 */
export async function scanFolder(dir: string, options: ScanOptions = {}): Promise<FolderScan> {
  const start = performance.now();
  const root = resolve(dir);
  if (!statSync(root).isDirectory()) throw new Error(`${dir} is not a folder`);
  const index = new SiteIndex();
  await scanInto(index, new SourceFolder(root, options.exclude), options);
  index.complete = !options.signal?.aborted;
  const { filesScanned } = index.snapshot();
  return { index, filesScanned, elapsedMs: performance.now() - start };
}
