/** The caches of a workspace's folders and of its sites, as one: what cannot be read or written is said once, and done without. */
import { type CachePlace, FolderCache, saveFolderCache } from './folderCache.ts';
import { loadSites, saveSites } from './resultCache.ts';
import type { SiteIndex } from './siteIndex.ts';

export class WorkspaceCache {
  readonly #place: CachePlace;
  readonly #onWarning: (message: string) => void;
  #isBroken = false;

  constructor(place: CachePlace, onWarning: (message: string) => void) {
    this.#place = place;
    this.#onWarning = onWarning;
  }

  folder(root: string): FolderCache {
    return FolderCache.load(this.#place, root, this.#onWarning);
  }

  /** Gives the index the sites that were found in the very same texts, where there are such. Answers whether. */
  restoreSites(index: SiteIndex, roots: readonly string[]): boolean {
    const sites = loadSites(this.#place, [...roots].sort(), index.fingerprint(), this.#onWarning);
    if (sites) index.adopt(sites);
    return sites !== undefined;
  }

  /** Writes what the index knows of these folders. Answers whether it could. */
  save(index: SiteIndex, roots: readonly string[]): boolean {
    if (this.#isBroken) return false;
    try {
      // What is resolved first reads files: their summaries belong into the cache.
      const { resolved } = index;
      for (const root of roots) {
        const prefix = root.endsWith('/') ? root : `${root}/`;
        saveFolderCache(this.#place, root, index.wantedNames, index.diskStates(prefix));
      }
      saveSites(this.#place, [...roots].sort(), index.fingerprint(), resolved);
    } catch (error) {
      this.#isBroken = true;
      this.#onWarning(
        `The scan's cache cannot be written to ${this.#place.folder}: ${(error as Error).message}. ` +
          'The next start reads all files again.',
      );
      return false;
    }
    return true;
  }
}
