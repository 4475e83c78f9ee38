/**
 * The workspace's folders and their index over time: the first scan in the background, changes on disk, folders that come
 * and go, open documents.
 */
import { existsSync } from 'node:fs';
import type { ScanState } from '../protocol.ts';
import type { CachePlace } from './folderCache.ts';
import { SiteIndex } from './siteIndex.ts';
import { type FileStamp, isSourceName } from './sourceFile.ts';
import { SourceFolder, TimeSlice } from './sourceFolder.ts';
import { type FileChange, SourceWatcher } from './watcher.ts';
import { WorkspaceCache } from './workspaceCache.ts';
import { readInto, type ScanProgress, scanInto } from './workspaceScan.ts';

export interface WorkspaceHandlers {
  /** Something may have changed; asked for at every step, so it must be cheap. */
  readonly onChange: () => void;
  readonly onWarning: (message: string) => void;
  /** What is worth a line in the log, and no trouble. */
  readonly onNote?: (message: string) => void;
}

interface OpenFolder {
  readonly folder: SourceFolder;
  readonly exclude: string;
  cancel: AbortController;
  watcher: SourceWatcher | null;
  state: 'scanning' | 'stopped' | 'scanned';
  progress: ScanProgress;
}

/** While files come in, the time between two resolutions, in times of what the last one took. */
const REST = 4;
/** Before the first one, milliseconds: a small folder is read by then. */
const FIRST_REST_MS = 100;
/** How long nothing must have changed before the cache is written, milliseconds. */
const SAVE_MS = 3000;

/** So many changes at once are a branch switch or the like: results may lag until they are all taken. */
const BURST = 200;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export class Workspace {
  readonly index = new SiteIndex();
  readonly #handlers: WorkspaceHandlers;
  readonly #folders = new Map<string, OpenFolder>();
  /** Files as last read, to pass over what a watcher reports although it did not change. */
  readonly #stamps = new Map<string, FileStamp | null>();
  /** Texts of open documents, kept for the folders that come later. */
  readonly #documents = new Map<string, string>();
  readonly #cache: WorkspaceCache | null;
  /** What is known of files that was not written to the cache. */
  #unsaved = false;
  #saveTimer: NodeJS.Timeout | null = null;
  #resolving: Promise<void> | null = null;
  /** Large batches of changes that are being taken. */
  #bursts = 0;
  #closed = false;

  /** `cache`: where to keep what was found for the next start; null to keep nothing. */
  constructor(handlers: WorkspaceHandlers, cache: CachePlace | null = null) {
    this.#handlers = handlers;
    this.#cache = cache && new WorkspaceCache(cache, handlers.onWarning);
    this.index.onStale = (path) => setImmediate(() => this.#readAgain(path));
  }

  /** Makes these the folders: new ones are scanned, gone ones leave the index, changed rules scan anew. */
  setFolders(wanted: readonly { readonly root: string; readonly exclude: readonly string[] }[]): void {
    if (this.#closed) return;
    const next = new Map<string, { folder: SourceFolder; exclude: string }>();
    for (const { root, exclude } of wanted) {
      const folder = new SourceFolder(root, exclude);
      next.set(folder.root, { folder, exclude: JSON.stringify(exclude) });
    }
    for (const [root, open] of this.#folders) {
      if (next.get(root)?.exclude === open.exclude) continue;
      this.#folders.delete(root);
      this.#close(open);
    }
    for (const path of [...this.index.paths()]) if (!this.#belongs(path)) this.#forget(path);
    for (const [path, text] of this.#documents) this.#place(path, text);
    for (const [root, { folder, exclude }] of next) {
      if (this.#folders.has(root)) continue;
      const open: OpenFolder = {
        folder,
        exclude,
        cancel: new AbortController(),
        watcher: null,
        state: 'scanning',
        progress: { files: 0, total: 0 },
      };
      this.#folders.set(root, open);
      for (const [path, text] of this.#documents) this.#place(path, text);
      void this.#scan(open);
    }
    this.#noteComplete();
  }

  /** Takes the text of an open document, at each change of it. */
  openDocument(path: string, text: string): void {
    this.#documents.set(path, text);
    this.#place(path, text);
    this.#handlers.onChange();
  }

  closeDocument(path: string): void {
    this.#documents.delete(path);
    this.index.removeOverlay(path);
    this.#handlers.onChange();
  }

  /** How far the first scan is. `stopped`: it was ended by {@link stopScan}, and not all files were read. */
  get scan(): ScanState {
    const folders = [...this.#folders.values()];
    const isIn = (state: OpenFolder['state']) => folders.some((f) => f.state === state);
    // Once all is read, it is still to be resolved.
    const isUnfinished = isIn('scanning') || (isIn('scanned') && !isIn('stopped') && !this.index.complete);
    return {
      state: isUnfinished ? 'scanning' : isIn('stopped') ? 'stopped' : 'done',
      files: folders.reduce((sum, f) => sum + f.progress.files, 0),
      total: folders.reduce((sum, f) => sum + f.progress.total, 0),
    };
  }

  /** Ends the scans that are going on; what was read by then counts. */
  stopScan(): void {
    for (const open of this.#folders.values()) {
      if (open.state !== 'scanning') continue;
      open.state = 'stopped';
      open.cancel.abort();
    }
    this.#noteComplete();
  }

  /** Goes on with the scans that were stopped. */
  resumeScan(): void {
    for (const open of this.#folders.values()) {
      if (open.state !== 'stopped') continue;
      open.state = 'scanning';
      open.cancel = new AbortController();
      void this.#scan(open);
    }
    this.#noteComplete();
  }

  /** Stops scanning and watching. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#saveTimer) clearTimeout(this.#saveTimer);
    if (this.#unsaved) this.#save();
    const folders = [...this.#folders.values()];
    this.#folders.clear();
    for (const { cancel } of folders) cancel.abort();
    await Promise.all(folders.map(({ watcher }) => watcher?.close()));
  }

  #close(open: OpenFolder): void {
    open.cancel.abort();
    void open.watcher?.close();
  }

  #belongs(path: string): boolean {
    for (const { folder } of this.#folders.values()) if (folder.holdsSource(path)) return true;
    return false;
  }

  #forget(path: string): void {
    this.#stamps.delete(path);
    this.index.removeFile(path);
  }

  /** Drops files that went between the scan and the watcher's first look at them. */
  async #forgetGone(folder: SourceFolder, signal: AbortSignal): Promise<void> {
    const slice = new TimeSlice();
    for (const path of [...this.#stamps.keys()]) {
      if (signal.aborted) return;
      if (folder.contains(path) && !existsSync(path)) {
        this.#forget(path);
        this.#noteChange();
      }
      if (slice.used) await slice.pause();
    }
  }

  /** A document counts where a folder holds it; without any folder every source document does. */
  #place(path: string, text: string): void {
    const counts = this.#folders.size === 0 ? isSourceName(path) : this.#belongs(path);
    if (counts) this.index.setOverlay(path, text);
    else this.index.removeOverlay(path);
  }

  async #scan(open: OpenFolder): Promise<void> {
    const { folder, cancel } = open;
    const { signal } = cancel;
    const { onWarning, onNote, onChange } = this.#handlers;
    const onFile = (path: string, stamp: FileStamp | null) => {
      this.#stamps.set(path, stamp);
      onChange();
    };
    const onProgress = (progress: ScanProgress) => {
      open.progress = progress;
    };
    const start = performance.now();
    let changed = 0;
    let known = 0;
    try {
      const cache = this.#cache?.folder(folder.root) ?? null;
      known = cache?.size ?? 0;
      changed = await scanInto(this.index, folder, { onWarning, onFile, onProgress, signal, cache });
    } catch (error) {
      onWarning(`Scanning ${folder.root} failed: ${(error as Error).message}`);
    }
    if (signal.aborted) return;
    const unchanged = known === 0 ? '' : `, ${changed} of them new or changed since the last time`;
    const { files } = open.progress;
    onNote?.(`Scanned ${folder.root}: ${files} files${unchanged}, in ${Math.round(performance.now() - start)} ms`);
    if (changed > 0) this.#unsaved = true;
    open.state = 'scanned';
    await this.#finish();
    if (signal.aborted) return;
    // Only now: the watcher's own walk would compete with the scan. It reports every file once, so that what changed in
    // between is not missed.
    open.watcher = new SourceWatcher(folder, {
      onWarning,
      onChanges: (changes) => void this.#apply(changes, signal),
      onReady: () => void this.#forgetGone(folder, signal),
    });
  }

  get #roots(): string[] {
    return [...this.#folders.keys()];
  }

  /** What is left to do once a folder is read; the last one's turn is everybody's. */
  async #finish(): Promise<void> {
    if ([...this.#folders.values()].every((f) => f.state === 'scanned')) {
      if (this.#cache?.restoreSites(this.index, this.#roots)) {
        this.#handlers.onNote?.('The allocation sites are those of the last time: no file has another content');
      } else {
        this.#unsaved = true;
        await this.#resolve();
      }
    }
    this.#noteComplete();
    this.#scheduleSave();
  }

  #noteComplete(): void {
    const states = [...this.#folders.values()].map((f) => f.state);
    this.index.complete = states.every((state) => state === 'scanned');
    this.index.gathering = states.includes('scanning') || this.#bursts > 0;
    if (this.index.gathering) this.#resolving ??= this.#resolveNowAndThen();
    this.#handlers.onChange();
  }

  /** While files come in, brings results up to date so that they can be used, and leaves most of the time to the scan. */
  async #resolveNowAndThen(): Promise<void> {
    let rest = FIRST_REST_MS;
    while (this.index.gathering && !this.#closed) {
      await pause(rest);
      if (!this.index.gathering) break;
      const start = performance.now();
      await this.#resolve();
      this.#handlers.onChange();
      rest = Math.max(FIRST_REST_MS, REST * (performance.now() - start));
    }
    this.#resolving = null;
  }

  /** Resolves what is pending, one at a time, and lets others have their turn. */
  #resolve(): Promise<void> {
    const before = this.#turn;
    this.#turn = (async () => {
      await before;
      const slice = new TimeSlice();
      await this.index.resolve(() => (slice.used ? slice.pause() : undefined));
    })();
    return this.#turn;
  }

  #turn: Promise<void> = Promise.resolve();

  /** A file is no longer what the index has looked at. */
  #readAgain(path: string): void {
    if (this.#closed || !this.#belongs(path)) return;
    this.#stamps.set(path, readInto(this.index, path, this.#handlers.onWarning));
    this.#noteChange();
  }

  #noteChange(): void {
    this.#unsaved = true;
    this.#scheduleSave();
    this.#handlers.onChange();
  }

  #scheduleSave(): void {
    if (!this.#cache || !this.#unsaved || this.#closed) return;
    if (this.#saveTimer) clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => {
      this.#saveTimer = null;
      this.#save();
    }, SAVE_MS);
    this.#saveTimer.unref();
  }

  #save(): void {
    if (!this.#cache || !this.index.complete) return;
    this.#unsaved = false;
    this.#cache.save(this.index, this.#roots);
  }

  async #apply(changes: ReadonlyMap<string, FileChange>, signal: AbortSignal): Promise<void> {
    if (changes.size < BURST) return this.#applyEach(changes, signal);
    this.#bursts++;
    this.#noteComplete();
    await this.#applyEach(changes, signal);
    await this.#resolve();
    this.#bursts--;
    this.#noteComplete();
  }

  async #applyEach(changes: ReadonlyMap<string, FileChange>, signal: AbortSignal): Promise<void> {
    const slice = new TimeSlice();
    for (const [path, change] of changes) {
      if (signal.aborted) return;
      if (change.kind === 'gone') {
        this.#forget(path);
      } else {
        const known = this.#stamps.get(path);
        if (known && known.modifiedMs === change.modifiedMs && known.size === change.size) continue;
        this.#stamps.set(path, readInto(this.index, path, this.#handlers.onWarning));
      }
      this.#noteChange();
      if (slice.used) await slice.pause();
    }
  }
}
