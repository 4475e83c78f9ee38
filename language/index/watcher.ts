/** Follows changes of source files on disk, and hands them on in batches. */
import type { Stats } from 'node:fs';
import { type FSWatcher, watch } from 'chokidar';
import { normalizePath } from './fileUri.ts';
import type { SourceFolder } from './sourceFolder.ts';

/** Changes of a build or a branch switch come in bursts: one batch is what happened within this time, milliseconds. */
const BATCH_MS = 100;

export interface FileChange {
  readonly kind: 'present' | 'gone';
  /** State on disk, where the watcher knows it. */
  readonly modifiedMs?: number;
  readonly size?: number;
}

export interface WatcherHandlers {
  /** Each path once, with its latest state. Files that were there before the start are reported too. */
  readonly onChanges: (changes: ReadonlyMap<string, FileChange>) => void;
  readonly onWarning: (message: string) => void;
  /** From now on nothing is missed; what went before the watcher came to it was. */
  readonly onReady: () => void;
}

export class SourceWatcher {
  readonly #watcher: FSWatcher;
  readonly #handlers: WatcherHandlers;
  #batch = new Map<string, FileChange>();
  #timer: NodeJS.Timeout | null = null;

  constructor(folder: SourceFolder, handlers: WatcherHandlers) {
    this.#handlers = handlers;
    this.#watcher = watch(folder.root, {
      ignored: (path: string, stats?: Stats) => {
        const normalized = normalizePath(path);
        if (normalized === folder.root) return false;
        return folder.excludes(normalized) || (stats?.isFile() === true && !folder.holdsSource(normalized));
      },
      followSymlinks: false,
    });
    this.#watcher
      .on('add', (path, stats) => this.#present(path, stats))
      .on('change', (path, stats) => this.#present(path, stats))
      .on('unlink', (path) => this.#add(path, { kind: 'gone' }))
      .on('ready', () => handlers.onReady())
      .on('error', (error) =>
        handlers.onWarning(`Watching ${folder.root} for changes failed: ${(error as Error).message ?? error}`),
      );
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#watcher.close();
  }

  #present(path: string, stats: Stats | undefined): void {
    this.#add(path, { kind: 'present', modifiedMs: stats?.mtimeMs, size: stats?.size });
  }

  #add(path: string, change: FileChange): void {
    this.#batch.set(normalizePath(path), change);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const batch = this.#batch;
      this.#batch = new Map();
      this.#handlers.onChanges(batch);
    }, BATCH_MS);
  }
}
