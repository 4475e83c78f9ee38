import type { AssignedTag } from '../language/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import { groupsTogether, MOST_GROWING } from './pool/growTogether.ts';
import type { PastSpan, RowPasts } from './pool/rowPasts.ts';
import { splitGroups } from './pool/tagGroups.ts';
import type { TagGroup } from './protocol.ts';
import type { Signal, Unsubscribe } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import type { PoolView } from './watch.ts';

/** What shows the groups: the monitor, or a recording. */
export interface SplitWatch {
  readonly store: PoolView;
  readonly sampled: Signal<void>;
  past?(ids: readonly number[], span: PastSpan, points: number): RowPasts;
  setGroups(groups: readonly TagGroup[]): void;
}

/** What grows in step is looked for no oftener than this, milliseconds; it takes a while to show anyway. */
const TOGETHER_MS = 5_000;
/** Points of the pasts that are compared. */
const POINTS = 128;

/** Keeps the monitor's groups: new tags under their old one, as the ledger and the pool say, and tags that grow in step. */
export class SplitMonitor {
  private readonly watch: SplitWatch;
  private readonly directory: SiteDirectory;
  private readonly ends: Unsubscribe[];
  private known: readonly AssignedTag[] = [];
  private shown = '[]';
  private together: readonly TagGroup[] = [];
  private lookedAt = Number.NEGATIVE_INFINITY;

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
      place: (tag) => this.placeOf(tag),
    }).map(({ tag, members, reason }): TagGroup => ({ kind: 'split', tag, members, reason }));
    this.lookForSteps();
    const split = new Set(groups.flatMap(({ members }) => members.map(({ tag }) => tag)));
    // Tags of a split belong there already.
    const all = [...groups, ...this.together.filter(({ members }) => !members.some(({ tag }) => split.has(tag)))];
    const text = JSON.stringify(all);
    if (text === this.shown) return;
    this.shown = text;
    this.watch.setGroups(all);
  }

  private lookForSteps(): void {
    const now = performance.now();
    if (now - this.lookedAt < TOGETHER_MS) return;
    this.lookedAt = now;
    const { store } = this.watch;
    const growing: number[] = [];
    for (let id = 0; id < store.rowCount; id++) if (store.row(id).growing) growing.push(id);
    growing.sort((a, b) => store.row(b).objectsPerHour - store.row(a).objectsPerHour);
    const ids = growing.slice(0, MOST_GROWING);
    const pasts = ids.length > 1 ? this.watch.past?.(ids, { fromMs: null, toMs: null }, POINTS) : undefined;
    const rows = (pasts?.rows ?? []).map(({ id, objects }) => {
      const { tag } = store.row(id);
      return { tag, own: this.directory.sitesOf(tag).length > 0, objects };
    });
    this.together = groupsTogether(rows).map(({ tag, members, reason }) => ({
      kind: 'together',
      tag,
      members: members.map((member) => ({ ...member, place: this.placeOf(member.tag) })),
      reason,
    }));
  }

  private placeOf(tag: PoolTag): string {
    const sites = this.directory.sitesOf(tag);
    if (sites.length !== 1) return '';
    const [{ uri, range }] = sites;
    return `${this.directory.fileName(uri)}:${range.start.line + 1}`;
  }
}
