/** Which rows are shown, and in which order. */
import { bytesPerAlloc } from '../../extension/pool/poolmonText.ts';
import type { TagGroup } from '../../extension/protocol.ts';
import type { PoolTag } from '../../language/tag/poolTag.ts';
import { matchesText, parseTextFilter, type RowFilter } from '../filter.ts';
import type { RowStore } from '../state.ts';
import type { ColumnId, SortState } from './columns.ts';
import type { RowFacts } from './rowFacts.ts';

export interface Ordering {
  readonly sort: SortState;
  readonly filter: RowFilter;
  readonly groups?: readonly TagGroup[];
  /** Tags of the groups that are folded. */
  readonly folded?: readonly PoolTag[];
}

export interface Order {
  /** From the top: row ids, and below {@link GROUP_LINE} the lines over groups. */
  readonly ids: readonly number[];
  /** The first so many lines stand on top whatever the sort: groups, and the growing tags of this workspace. */
  readonly heroes: number;
  /** How many of the ids stand for groups. */
  readonly lines: number;
}

export const NO_ORDER: Order = { ids: [], heroes: 0, lines: 0 };

/** Ids from here downwards stand for the line over a group: the first group has this one, the next one less. */
const GROUP_LINE = -2;

export function groupLineId(group: number): number {
  return GROUP_LINE - group;
}

/** Index of the group whose line an id stands for; -1 for rows. */
export function groupOfLine(id: number): number {
  return id <= GROUP_LINE ? GROUP_LINE - id : -1;
}

/**
 * Filters and sorts all rows. `previous` only makes it faster: the rows are almost in order already.
 * Ties go by tag, then nonpaged before paged, in every direction.
 */
export function orderRows(store: RowStore, facts: RowFacts, ordering: Ordering, previous: Order): Order {
  // 1 for each row that is to be shown and has no place yet.
  const left = shownRows(store, facts, ordering.filter);
  const keys = sortKeys(store, facts, ordering.sort);
  const direction = ordering.sort.descending ? -1 : 1;
  const { tagRank } = facts;
  const before = (a: number, b: number) => (keys[a] - keys[b]) * direction || tagRank[a] - tagRank[b];

  const top = groupLines(store, facts, ordering, left, before);
  const heroes = takeHeroes(store, facts, left).sort(before);
  const rest = takeRest(store, left, previous);
  sortAlmostSorted(rest, keys, tagRank, ordering.sort.descending);
  const ids = top.length + heroes.length > 0 ? [...top, ...heroes, ...rest] : rest;
  return { ids, heroes: top.length + heroes.length, lines: top.filter((id) => id < 0).length };
}

/** The rows of this workspace's growing tags. */
function takeHeroes(store: RowStore, facts: RowFacts, left: Uint8Array): number[] {
  const heroes = facts.workspaceRows.filter((id) => left[id] === 1 && store.tagGrows(store.tag(id)));
  for (const id of heroes) left[id] = 0;
  return heroes;
}

/** All rows that are left, as they stood before, those that are new last. Runs over every row with each sample: no calls. */
function takeRest(store: RowStore, left: Uint8Array, previous: Order): number[] {
  const rest = new Array<number>(store.ids.length);
  let count = 0;
  for (const ids of [previous.ids, store.ids]) {
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (id < 0 || left[id] === 0) continue;
      left[id] = 0;
      rest[count++] = id;
    }
  }
  rest.length = count;
  return rest;
}

/** Steps a row may be moved on average before the rows count as unsorted. */
const MOVES_PER_ROW = 12;

/**
 * Sorts rows that mostly stand right, as they do from one sample to the next: each is moved up past the few before it.
 * Where that takes too many steps, the general sort finishes.
 */
export function sortAlmostSorted(ids: number[], keys: Float64Array, tagRank: Float64Array, descending: boolean): void {
  const sign = descending ? -1 : 1;
  let moves = ids.length * MOVES_PER_ROW;
  for (let i = 1; i < ids.length; i++) {
    const id = ids[i];
    const key = keys[id] * sign;
    const rank = tagRank[id];
    let at = i - 1;
    while (at >= 0) {
      const other = ids[at];
      const otherKey = keys[other] * sign;
      if (otherKey < key || (otherKey === key && tagRank[other] <= rank)) break;
      ids[at + 1] = other;
      at--;
      moves--;
    }
    ids[at + 1] = id;
    if (moves >= 0) continue;
    ids.sort((a, b) => (keys[a] - keys[b]) * sign || tagRank[a] - tagRank[b]);
    return;
  }
}

/** Lines over the groups that show on top, each with its rows unless folded: splits, and what grows with a tag of ours. */
function groupLines(
  store: RowStore,
  facts: RowFacts,
  { groups = [], folded = [] }: Ordering,
  left: Uint8Array,
  before: (a: number, b: number) => number,
): number[] {
  const lines: number[] = [];
  for (const [index, group] of groups.entries()) {
    const rows = group.members.flatMap(({ tag }) => store.rowsOfTag(tag)).filter((id) => left[id] === 1);
    // One row is no group, and one that only repeats another's rows is none either.
    if (rows.length < 2) continue;
    if (group.kind === 'together' && !rows.some((id) => facts.siteCount[id] > 0)) continue;
    for (const id of rows) left[id] = 0;
    lines.push(groupLineId(index));
    if (!folded.includes(group.tag)) lines.push(...rows.sort(before));
  }
  return lines;
}

/** While the order is held: the rows as they stood, new ones below them. */
export function heldOrder(store: RowStore, facts: RowFacts, ordering: Ordering, previous: Order): Order {
  const shown = shownRows(store, facts, ordering.filter);
  const lines = ordering.groups?.length ?? 0;
  const stands = (id: number) => (id >= 0 ? store.has(id) : groupOfLine(id) < lines);
  const stay = previous.ids.filter(stands);
  const placed = new Uint8Array(store.capacity);
  for (const id of stay) if (id >= 0) placed[id] = 1;
  for (const group of ordering.groups ?? []) {
    if (!ordering.folded?.includes(group.tag)) continue;
    for (const { tag } of group.members) for (const id of store.rowsOfTag(tag)) placed[id] = 1;
  }
  const fresh = store.ids.filter((id) => shown[id] === 1 && placed[id] === 0);
  if (fresh.length === 0 && stay.length === previous.ids.length) return previous;
  const heroes = previous.ids.slice(0, previous.heroes).filter(stands).length;
  return { ids: [...stay, ...fresh], heroes, lines: stay.filter((id) => id < 0).length };
}

/** 1 for every row id that the filter lets through. */
function shownRows(store: RowStore, facts: RowFacts, filter: RowFilter): Uint8Array {
  const shown = new Uint8Array(store.capacity);
  const text = parseTextFilter(filter.text);
  const anyText = text.parts.length + text.include.length + text.exclude.length > 0;
  const grows = filter.growingOnly ? rowsOfGrowingTags(store) : null;
  if (filter.pool === 'both' && !filter.workspaceOnly && !grows && !anyText) {
    for (const id of store.ids) shown[id] = 1;
    return shown;
  }
  for (const id of store.ids) {
    if (filter.pool !== 'both' && store.isPaged(id) !== (filter.pool === 'paged')) continue;
    if (filter.workspaceOnly && facts.siteCount[id] === 0) continue;
    if (grows !== null && grows[id] === 0) continue;
    if (anyText && !matchesText(text, facts.texts[id], facts.drivers[id])) continue;
    shown[id] = 1;
  }
  return shown;
}

/** A tag grows when any of its pool rows does: 1 for all of its rows. */
function rowsOfGrowingTags(store: RowStore): Uint8Array {
  const rows = new Uint8Array(store.capacity);
  const { growing } = store.columns;
  for (const id of store.ids) {
    if (growing[id] === 1) for (const row of store.rowsOfTag(store.tag(id))) rows[row] = 1;
  }
  return rows;
}

function sortKeys(store: RowStore, facts: RowFacts, sort: SortState): Float64Array {
  const { columns } = store;
  const column: ColumnId = sort.column;
  switch (column) {
    case 'tag':
      return facts.tagRank;
    case 'type':
      return computed(store, (id) => (store.isPaged(id) ? 1 : 0));
    case 'allocs':
      return sort.byChange ? columns.allocsDelta : columns.allocs;
    case 'frees':
      return sort.byChange ? columns.freesDelta : columns.frees;
    case 'diff':
      return sort.byChange
        ? computed(store, (id) => columns.allocsDelta[id] - columns.freesDelta[id])
        : columns.outstanding;
    case 'bytes':
      return sort.byChange ? columns.bytesDelta : columns.bytes;
    case 'perAlloc':
      return computed(store, (id) => bytesPerAlloc(columns.bytes[id], columns.outstanding[id]));
    case 'growth':
      return computed(store, (id) => columns.bytesPerMinute[id] || 0);
    case 'trend':
      return computed(store, (id) => (columns.bytesPerMinute[id] || 0) / Math.max(1, columns.bytes[id]));
    case 'verdict':
      // Within a verdict by its rate: no rate comes to a million million objects.
      return computed(store, (id) => columns.verdict[id] * 1e12 + (columns.objectsPerHour[id] || 0));
    case 'sites':
      return Float64Array.from(facts.siteCount);
    case 'driver':
      return facts.driverRank;
  }
}

function computed(store: RowStore, keyOf: (id: number) => number): Float64Array {
  const keys = new Float64Array(store.capacity);
  for (const id of store.ids) keys[id] = keyOf(id);
  return keys;
}
