import type { PoolTag } from '../language/tag/poolTag.ts';
import type { Monitor } from './monitor.ts';
import type { Unsubscribe } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** Tags are looked at no oftener than this, milliseconds. */
const EVERY_MS = 2_000;

/** A tag of this workspace that leaks, for the first time in this watch. */
export interface LeakNotice {
  readonly tag: PoolTag;
  /** The verdict's sentence. */
  readonly evidence: string;
}

/**
 * Tells of each tag that has allocation sites here and leaks: once in a watch, however often the verdict comes and goes. Tags
 * of others are never told of.
 */
export function noticeLeaks(
  monitor: Monitor,
  directory: SiteDirectory,
  tell: (notice: LeakNotice) => void,
): Unsubscribe {
  let told = new Set<PoolTag>();
  let generation = -1;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return monitor.sampled.on(() => {
    if (monitor.generation !== generation) {
      generation = monitor.generation;
      told = new Set();
    }
    const now = performance.now();
    if (now - lookedAt < EVERY_MS) return;
    lookedAt = now;
    const { store } = monitor;
    for (const tag of directory.tagsWithSites()) {
      if (told.has(tag)) continue;
      const row = store.rowsOf(tag).find((id) => store.row(id).verdict === 'leak');
      if (row === undefined) continue;
      told.add(tag);
      tell({ tag, evidence: store.verdict(row).evidence });
    }
  });
}
