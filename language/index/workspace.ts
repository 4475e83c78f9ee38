/**
 * The workspace's folders and their index over time: the first scan in the background, changes on disk, folders that come
 * and go, open documents.
 */
import { SiteIndex } from './siteIndex.ts';
import { type FileStamp, isSourceName } from './sourceFile.ts';
import { SourceFolder, TimeSlice } from './sourceFolder.ts';
import { type FileChange, SourceWatcher } from './watcher.ts';
import { readInto, scanInto } from './workspaceScan.ts';

export interface WorkspaceHandlers {
  /** Something may have changed; asked for at every step, so it must be cheap. */
  readonly onChange: () => void;
  readonly onWarning: (message: string) => void;
}

interface OpenFolder {
  readonly folder: SourceFolder;
  readonly exclude: string;
  readonly cancel: AbortController;
  watcher: SourceWatcher | null;
  scanned: boolean;
}

export class Workspace {
  readonly index = new SiteIndex();
  readonly #handlers: WorkspaceHandlers;
  readonly #folders = new Map<string, OpenFolder>();
  /** Files as last read, to pass over what a watcher reports although it did not change. */
  readonly #stamps = new Map<string, FileStamp | null>();
  /** Texts of open documents, kept for the folders that come later. */
  readonly #documents = new Map<string, string>();
  #closed = false;

  constructor(handlers: WorkspaceHandlers) {
    this.#handlers = handlers;
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
    for (const path of [...this.index.paths()]) if (!this.#belongs(path)) this.index.removeFile(path);
    for (const [path, text] of this.#documents) this.#place(path, text);
    for (const [root, { folder, exclude }] of next) {
      if (this.#folders.has(root)) continue;
      const open: OpenFolder = { folder, exclude, cancel: new AbortController(), watcher: null, scanned: false };
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

  /** Stops scanning and watching. */
  async close(): Promise<void> {
    this.#closed = true;
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

  /** A document counts where a folder holds it; without any folder every source document does. */
  #place(path: string, text: string): void {
    const counts = this.#folders.size === 0 ? isSourceName(path) : this.#belongs(path);
    if (counts) this.index.setOverlay(path, text);
    else this.index.removeOverlay(path);
  }

  async #scan(open: OpenFolder): Promise<void> {
    const { folder, cancel } = open;
    const { onWarning, onChange } = this.#handlers;
    const onFile = (path: string, stamp: FileStamp | null) => {
      this.#stamps.set(path, stamp);
      onChange();
    };
    try {
      await scanInto(this.index, folder, { onWarning, onFile, signal: cancel.signal });
    } catch (error) {
      onWarning(`Scanning ${folder.root} failed: ${(error as Error).message}`);
    }
    if (cancel.signal.aborted) return;
    open.scanned = true;
    this.#noteComplete();
    // Only now: the watcher's own walk would compete with the scan. It reports every file once, so that what changed in
    // between is not missed.
    open.watcher = new SourceWatcher(folder, {
      onWarning,
      onChanges: (changes) => void this.#apply(changes, cancel.signal),
    });
  }

  #noteComplete(): void {
    this.index.complete = [...this.#folders.values()].every((f) => f.scanned);
    this.index.gathering = !this.index.complete;
    this.#handlers.onChange();
  }

  async #apply(changes: ReadonlyMap<string, FileChange>, signal: AbortSignal): Promise<void> {
    const slice = new TimeSlice();
    for (const [path, change] of changes) {
      if (signal.aborted) return;
      if (change.kind === 'gone') {
        this.#stamps.delete(path);
        this.index.removeFile(path);
      } else {
        const known = this.#stamps.get(path);
        if (known && known.modifiedMs === change.modifiedMs && known.size === change.size) continue;
        this.#stamps.set(path, readInto(this.index, path, this.#handlers.onWarning));
      }
      this.#handlers.onChange();
      if (slice.used) await slice.pause();
    }
  }
}
