import type {
  AllocationSite,
  FreeSite,
  SiteSnapshot,
  SourcePlace,
  TagDescription,
  UnresolvedSite,
} from '../language/protocol.ts';
import { type PoolTag, tagText } from '../language/tag/poolTag.ts';
import { matchesTagPattern } from '../language/tag/tagPattern.ts';
import type { PanelSite, TagInfo } from './protocol.ts';
import { Signal } from './signal.ts';

const NOTHING: SiteSnapshot = { generation: 0, complete: false, filesScanned: 0, sites: [], frees: [], unresolved: [] };

/** How a file is named to people: relative to its workspace folder, and by the folder's own name. */
export interface FileNaming {
  relative(uri: string): string;
  folder(uri: string): string;
}

/** What is known of tags besides their numbers: the workspace's allocation sites and the tag database's entries. */
export class SiteDirectory {
  /** After the sites or the descriptions changed. */
  readonly changed = new Signal<void>();
  private readonly naming: FileNaming;
  private snapshot = NOTHING;
  private byTag = new Map<PoolTag, AllocationSite[]>();
  /** Places whose tag is known in part, and sites of which one line may use several. */
  private guessed: readonly UnresolvedSite[] = [];
  private several: readonly AllocationSite[] = [];
  private readonly descriptions = new Map<PoolTag, TagDescription | null>();
  private readonly infos = new Map<
    PoolTag,
    { readonly text: string; readonly info: TagInfo; readonly version: number }
  >();
  private changes = 0;

  constructor(naming: FileNaming) {
    this.naming = naming;
  }

  get complete(): boolean {
    return this.snapshot.complete;
  }

  get sites(): readonly AllocationSite[] {
    return this.snapshot.sites;
  }

  get frees(): readonly FreeSite[] {
    return this.snapshot.frees;
  }

  /** Places whose tag is not known before run time, or not from the sources. */
  get unresolved(): readonly UnresolvedSite[] {
    return this.snapshot.unresolved;
  }

  /** A file relative to its workspace folder. */
  fileName(uri: string): string {
    return this.naming.relative(uri);
  }

  /** The name of a file's workspace folder; empty outside of all. */
  folderOf(uri: string): string {
    return this.naming.folder(uri);
  }

  /** Grows with every change of an info; {@link infosSince} compares with it. */
  get version(): number {
    return this.changes;
  }

  sitesOf(tag: PoolTag): readonly AllocationSite[] {
    return this.byTag.get(tag) ?? [];
  }

  /**
   * Places that may allocate under a tag besides its sites: their tag is partly known and this one is like it, or it is one of
   * several. A tag that the tag database names is not taken for one that is only alike.
   */
  possibleSitesOf(tag: PoolTag): readonly SourcePlace[] {
    const known = this.descriptions.get(tag);
    const text = tagText(tag);
    const unresolved = this.guessed.filter(
      ({ pattern, values }) =>
        values?.includes(tag) || (pattern !== undefined && !known && matchesTagPattern(text, pattern)),
    );
    const other = this.several.filter((site) => site.tag !== tag && site.values?.some((value) => value.tag === tag));
    return [...unresolved, ...other];
  }

  /** Tags that have allocation sites here. */
  tagsWithSites(): PoolTag[] {
    return [...this.byTag.keys()];
  }

  setSites(snapshot: SiteSnapshot): void {
    const before = this.byTag;
    this.snapshot = snapshot;
    this.byTag = Map.groupBy(snapshot.sites, (site) => site.tag);
    const wasGuessed = this.guessed.length + this.several.length > 0;
    this.guessed = snapshot.unresolved.filter(({ pattern, values }) => pattern !== undefined || values !== undefined);
    this.several = snapshot.sites.filter(({ values }) => values !== undefined);
    const others = wasGuessed || this.guessed.length + this.several.length > 0 ? this.infos.keys() : [];
    for (const tag of new Set([...before.keys(), ...this.byTag.keys(), ...others])) this.renew(tag);
    this.changed.emit();
  }

  /** Of these tags, the ones that the tag database was not asked for yet. */
  undescribed(tags: readonly PoolTag[]): PoolTag[] {
    return tags.filter((tag) => !this.descriptions.has(tag));
  }

  /** The tag database's answer for the tags it was asked for. */
  setDescriptions(asked: readonly PoolTag[], found: readonly TagDescription[]): void {
    for (const tag of asked) this.descriptions.set(tag, null);
    for (const description of found) this.descriptions.set(description.tag, description);
    for (const tag of asked) this.renew(tag);
    this.changed.emit();
  }

  /** Forgets what the tag database said: it changed. */
  forgetDescriptions(): void {
    this.descriptions.clear();
    this.changed.emit();
  }

  /** What is known of a tag; undefined while nothing is. */
  infoOf(tag: PoolTag): TagInfo | undefined {
    return this.infos.get(tag)?.info;
  }

  /** What changed after `version`; everything known for version 0. */
  infosSince(version: number): TagInfo[] {
    const infos: TagInfo[] = [];
    for (const entry of this.infos.values()) if (entry.version > version) infos.push(entry.info);
    return infos;
  }

  private renew(tag: PoolTag): void {
    const sites = this.sitesOf(tag);
    const possible = this.possibleSitesOf(tag);
    const description = this.descriptions.get(tag);
    const folders = new Set(sites.map((site) => this.naming.folder(site.uri)));
    const info: TagInfo = {
      tag,
      driver: folders.size > 0 ? [...folders].join(', ') : (description?.binary ?? ''),
      description: description?.description ?? '',
      ...(description ? { source: description.place ?? 'built-in table' } : {}),
      sites: sites.map((site, index) => this.panelSite(site, index)),
      ...(possible.length > 0 && {
        possible: possible.map((site, index) => this.panelSite(site, sites.length + index)),
      }),
    };
    const text = JSON.stringify(info);
    if (this.infos.get(tag)?.text === text) return;
    this.changes++;
    this.infos.set(tag, { text, info, version: this.changes });
  }

  private panelSite({ uri, range, function: inside, routine, lineText }: SourcePlace, index: number): PanelSite {
    const line = range.start.line + 1;
    return { index, file: this.naming.relative(uri), line, function: inside, routine, lineText };
  }
}
