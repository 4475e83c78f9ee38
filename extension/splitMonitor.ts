import type { AssignedTag } from '../language/protocol.ts';
import { splitGroups } from './pool/tagGroups.ts';
import type { TagGroup } from './protocol.ts';
import type { Signal, Unsubscribe } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import type { PoolView } from './watch.ts';

/** What shows the groups: the monitor, or a recording. */
export interface SplitWatch {
  readonly store: PoolView;
  readonly sampled: Signal<void>;
  setGroups(groups: readonly TagGroup[]): void;
}

/** Keeps the monitor's groups of new tags under their old one, as the ledger and the pool say. */
export class SplitMonitor {
  private readonly watch: SplitWatch;
  private readonly directory: SiteDirectory;
  private readonly ends: Unsubscribe[];
  private known: readonly AssignedTag[] = [];
  private shown = '[]';

  constructor(
    watch: SplitWatch,
    directory: SiteDirectory,
    assignments: Signal<{ readonly tags: readonly AssignedTag[] }>,
    known: readonly AssignedTag[] = [],
  ) {
    this.watch = watch;
    this.directory = directory;
    this.known = known;
    this.ends = [
      assignments.on(({ tags }) => {
        this.known = tags;
        this.follow();
      }),
      watch.sampled.on(() => this.follow()),
      directory.changed.on(() => this.follow()),
    ];
    if (known.length > 0) this.follow();
  }

  /** Tags that were assigned and not restored. */
  get tags(): readonly AssignedTag[] {
    return this.known;
  }

  dispose(): void {
    for (const end of this.ends) end();
  }

  private follow(): void {
    const groups = splitGroups(this.known, {
      totals: (tag) => this.watch.store.totals(tag),
      place: (tag) => {
        const sites = this.directory.sitesOf(tag);
        if (sites.length !== 1) return '';
        const [{ uri, range }] = sites;
        return `${this.directory.fileName(uri)}:${range.start.line + 1}`;
      },
    }).map(({ tag, members, reason }): TagGroup => ({ kind: 'split', tag, members, reason }));
    const text = JSON.stringify(groups);
    if (text === this.shown) return;
    this.shown = text;
    this.watch.setGroups(groups);
  }
}
