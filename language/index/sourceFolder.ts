/** One folder of sources: what belongs to it, and a walk over its files. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import picomatch from 'picomatch';
import { normalizePath } from './fileUri.ts';
import { isRoutineFileName } from './ownRoutines.ts';
import { isProjectName } from './projects.ts';
import { isSourceName } from './sourceFile.ts';

const NEVER_READ = new Set(['.git', '.svn', '.hg', 'node_modules', '.vs']);

/** How long the walk and the scan may keep the process from answering, in milliseconds. */
const SLICE_MS = 12;

/** Gives way to other work once a slice of time is used up. */
export class TimeSlice {
  #end = performance.now() + SLICE_MS;

  get used(): boolean {
    return performance.now() >= this.#end;
  }

  async pause(): Promise<void> {
    await nextTurn();
    this.#end = performance.now() + SLICE_MS;
  }
}

function isOfInterest(path: string): boolean {
  return isSourceName(path) || isProjectName(path) || isRoutineFileName(path);
}

export class SourceFolder {
  /** Normalized, without a slash at the end. */
  readonly root: string;
  readonly #matches: (relative: string) => boolean;

  /** `exclude`: globs over paths relative to `root`, as in VS Code's `files.exclude`. */
  constructor(root: string, exclude: readonly string[] = []) {
    const normalized = normalizePath(root);
    this.root = normalized.length > 1 ? normalized.replace(/\/+$/, '') : normalized;
    this.#matches =
      exclude.length === 0 ? () => false : picomatch([...exclude], { dot: true, nocase: process.platform === 'win32' });
  }

  contains(path: string): boolean {
    return path === this.root || path.startsWith(this.#prefix());
  }

  /** Whether the folder's own rules leave out this path, or a folder on the way to it. */
  excludes(path: string): boolean {
    if (path === this.root) return false;
    const parts = path.slice(this.#prefix().length).split('/');
    let relative = '';
    for (const part of parts) {
      if (NEVER_READ.has(part)) return true;
      relative = relative === '' ? part : `${relative}/${part}`;
      if (this.#matches(relative)) return true;
    }
    return false;
  }

  /** Whether the scanner should read this file: a source, or a project file. */
  holdsSource(path: string): boolean {
    return isOfInterest(path) && this.contains(path) && !this.excludes(path);
  }

  #prefix(): string {
    return this.root === '/' ? '/' : `${this.root}/`;
  }

  /**
   * All source and project files below the folder, one folder's at a time. A link to a folder is followed once, and never back into the
   * tree. What cannot be read gives one warning.
   */
  *walk(onWarning: (message: string) => void): Generator<string[], void, undefined> {
    const open = [this.root];
    const linked = new Set<string>();
    while (open.length > 0) yield this.#entries(open.pop()!, open, linked, onWarning);
  }

  #entries(folder: string, open: string[], linked: Set<string>, onWarning: (message: string) => void): string[] {
    const sources: string[] = [];
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = folder === '/' ? `/${entry.name}` : `${folder}/${entry.name}`;
        let isFolder = entry.isDirectory();
        let isFile = entry.isFile();
        if (isFile && !isOfInterest(entry.name)) continue;
        if (NEVER_READ.has(entry.name) || this.#matches(path.slice(this.#prefix().length))) continue;
        if (entry.isSymbolicLink()) [isFolder, isFile] = this.#followLink(path, linked);
        if (isFolder) open.push(path);
        else if (isFile && isOfInterest(entry.name)) sources.push(path);
      }
    } catch (error) {
      onWarning(`Folder ${folder} cannot be read: ${(error as Error).message}`);
    }
    return sources;
  }

  #followLink(path: string, linked: Set<string>): [isFolder: boolean, isFile: boolean] {
    try {
      const status = statSync(path);
      if (!status.isDirectory()) return [false, status.isFile()];
      const target = normalizePath(realpathSync(path));
      const root = normalizePath(realpathSync(this.root));
      const leadsBack = target === root || target.startsWith(`${root}/`) || root.startsWith(`${target}/`);
      if (leadsBack || linked.has(target)) return [false, false];
      linked.add(target);
      return [true, false];
    } catch {
      // A link to nothing.
      return [false, false];
    }
  }
}
