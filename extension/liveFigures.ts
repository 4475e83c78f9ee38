import type { TagFigures } from '../language/protocol.ts';
import type { DriverLanguageClient } from './languageClient.ts';
import type { Monitor } from './monitor.ts';
import type { Unsubscribe } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** Figures go to the language server no oftener than this, milliseconds. */
const EVERY_MS = 1_000;

/** Live figures of the tags that have sites here, both pools summed; a NaN rate (not watched long enough) counts as 0. */
export function siteFigures(monitor: Monitor, directory: SiteDirectory): TagFigures[] {
  const figures: TagFigures[] = [];
  for (const tag of directory.tagsWithSites()) {
    const totals = monitor.store.totals(tag);
    if (!totals) continue;
    const { outstanding, bytes, growing, verdict, objectsPerCycle } = totals;
    figures.push({
      tag,
      outstanding,
      bytes,
      objectsPerMinute: totals.objectsPerMinute || 0,
      bytesPerMinute: totals.bytesPerMinute || 0,
      growing,
      leaks: verdict === 'leak',
      ...(growing && objectsPerCycle > 0 ? { objectsPerCycle } : {}),
    });
  }
  return figures;
}

/**
 * Tells the language server what the monitor sees: figures for CodeLens and hover, the tags in use, and asks it what the
 * tags are. Nothing is told while nothing runs, but that.
 */
export function feedLanguageServer(
  monitor: Monitor,
  directory: SiteDirectory,
  client: DriverLanguageClient,
): Unsubscribe {
  let lastMs = Number.NEGATIVE_INFINITY;
  let tagCount = -1;
  let silent = true;
  const tell = () => {
    if (!monitor.running) {
      if (!silent) client.sendFigures({ figures: [] });
      silent = true;
      return;
    }
    const now = performance.now();
    if (now - lastMs < EVERY_MS && !silent) return;
    lastMs = now;
    silent = false;
    client.sendFigures({ figures: siteFigures(monitor, directory) });
    if (monitor.store.tagCount === tagCount) return;
    tagCount = monitor.store.tagCount;
    const tags = monitor.store.tags();
    client.sendLiveTags(tags);
    client.describe(tags).catch(() => {
      // The server went away: its client restarts it, and the next change of tags asks again.
      tagCount = -1;
    });
  };
  const ends = [monitor.sampled.on(tell), monitor.stateChanged.on(tell)];
  return () => {
    for (const end of ends) end();
  };
}
