/** Facts of rows that do not change with a sample, kept as columns by row id so that filtering and sorting stay fast. */
import type { TagGroup } from '../../extension/protocol.ts';
import { tagLabel, tagText } from '../../language/tag/poolTag.ts';
import { percent } from '../numbers.ts';
import type { RowStore } from '../state.ts';
import type { TagDirectory } from '../tagDirectory.ts';

export class RowFacts {
  /** Rank of the row among all rows by tag (byte by byte, as PoolMon sorts) and then pool: breaks ties of every sort. */
  tagRank = new Float64Array(0);
  /** Rank of the driver's name; rows without a driver come last. */
  driverRank = new Float64Array(0);
  siteCount = new Uint16Array(0);
  /** The rows that have sites in this workspace. */
  workspaceRows: number[] = [];
  /** The tag as PoolMon shows it, four characters. */
  texts: string[] = [];
  /** The tag for eyes, unprintable bytes escaped. */
  labels: string[] = [];
  drivers: string[] = [];
  /** Of a tag that others were split from: its share and its line; empty for others. */
  memberWords: string[] = [];
  /** Changes whenever any of the above did. */
  version = 0;

  #rowSet = -1;
  #directoryVersion = -1;
  #groups: readonly TagGroup[] = [];

  /** Brings the facts up to date; cheap when neither the rows nor the tags' descriptions changed. */
  refresh(store: RowStore, directory: TagDirectory, groups: readonly TagGroup[] = []): void {
    const same = this.#rowSet === store.rowSetVersion && this.#directoryVersion === directory.version;
    if (!same || groups !== this.#groups) this.#describeMembers(store, groups);
    if (same) return;
    this.#rowSet = store.rowSetVersion;
    this.#directoryVersion = directory.version;
    this.version++;
    const size = store.capacity;
    if (this.tagRank.length < size) {
      this.tagRank = new Float64Array(size);
      this.driverRank = new Float64Array(size);
      this.siteCount = new Uint16Array(size);
    }
    for (const id of store.ids) {
      const tag = store.tag(id);
      const info = directory.get(tag);
      this.texts[id] = tagText(tag);
      this.labels[id] = tagLabel(tag);
      this.tagRank[id] = reversedBytes(tag) * 2 + (store.isPaged(id) ? 1 : 0);
      this.siteCount[id] = Math.min(info?.sites.length ?? 0, 0xffff);
      this.drivers[id] = info?.driver ?? '';
    }
    this.workspaceRows = store.ids.filter((id) => this.siteCount[id] > 0);
    this.#rankDrivers(store);
  }

  #describeMembers(store: RowStore, groups: readonly TagGroup[]): void {
    this.#groups = groups;
    this.memberWords = [];
    for (const group of groups) {
      if (group.kind !== 'split') continue;
      for (const { tag, share, place } of group.members) {
        const part = Number.isNaN(share) ? '' : `${percent(share)} of the growth`;
        const words = [part, place].filter((word) => word !== '').join(' · ');
        for (const id of store.rowsOfTag(tag)) this.memberWords[id] = words;
      }
    }
  }

  #rankDrivers(store: RowStore): void {
    const names = [...new Set(store.ids.map((id) => this.drivers[id]))].filter((name) => name !== '');
    names.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    const ranks = new Map(names.map((name, rank) => [name, rank]));
    for (const id of store.ids) this.driverRank[id] = ranks.get(this.drivers[id]) ?? names.length;
  }
}

/** The number whose order is that of the tag's text: the first character in the highest byte. */
function reversedBytes(tag: number): number {
  return (((tag & 0xff) << 24) | ((tag & 0xff00) << 8) | ((tag >>> 8) & 0xff00) | (tag >>> 24)) >>> 0;
}
