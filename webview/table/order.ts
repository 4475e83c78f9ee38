/** Which rows are shown, and in which order. */
import { bytesPerAlloc } from '../../extension/pool/poolmonText.ts';
import { matchesText, parseTextFilter, type RowFilter } from '../filter.ts';
import type { RowStore } from '../state.ts';
import type { ColumnId, SortState } from './columns.ts';
import type { RowFacts } from './rowFacts.ts';

export interface Ordering {
  readonly sort: SortState;
  readonly filter: RowFilter;
}

export interface Order {
  /** Row ids from the top. */
  readonly ids: readonly number[];
  /** The first so many rows are the growing tags of this workspace, which stand on top whatever the sort. */
  readonly heroes: number;
}

export const NO_ORDER: Order = { ids: [], heroes: 0 };

/**
 * Filters and sorts all rows. `previous` only makes it faster: the rows are almost in order already.
 * Ties go by tag, then nonpaged before paged, in every direction.
 */
export function orderRows(store: RowStore, facts: RowFacts, ordering: Ordering, previous: Order): Order {
  const shown = shownRows(store, facts, ordering.filter);
  const hero = heroRows(store, facts);
  const keys = sortKeys(store, facts, ordering.sort);
  const direction = ordering.sort.descending ? -1 : 1;
  const { tagRank } = facts;

  const ids: number[] = [];
  const placed = new Uint8Array(store.capacity);
  const place = (id: number) => {
    if (shown[id] === 1 && placed[id] === 0) {
      placed[id] = 1;
      ids.push(id);
    }
  };
  for (const id of previous.ids) place(id);
  for (const id of store.ids) place(id);

  ids.sort((a, b) => hero[b] - hero[a] || (keys[a] - keys[b]) * direction || tagRank[a] - tagRank[b]);
  let heroes = 0;
  while (heroes < ids.length && hero[ids[heroes]] === 1) heroes++;
  return { ids, heroes };
}

/** While the order is held: the rows as they stood, new ones below them. */
export function heldOrder(store: RowStore, facts: RowFacts, ordering: Ordering, previous: Order): Order {
  const shown = shownRows(store, facts, ordering.filter);
  const stay = previous.ids.filter((id) => store.has(id));
  const placed = new Uint8Array(store.capacity);
  for (const id of stay) placed[id] = 1;
  const fresh = store.ids.filter((id) => shown[id] === 1 && placed[id] === 0);
  if (fresh.length === 0 && stay.length === previous.ids.length) return previous;
  const heroes = previous.ids.slice(0, previous.heroes).filter((id) => store.has(id)).length;
  return { ids: [...stay, ...fresh], heroes };
}

/** 1 for every row id that the filter lets through. */
function shownRows(store: RowStore, facts: RowFacts, filter: RowFilter): Uint8Array {
  const shown = new Uint8Array(store.capacity);
  const text = parseTextFilter(filter.text);
  const anyText = text.parts.length + text.include.length + text.exclude.length > 0;
  const grows = filter.growingOnly ? rowsOfGrowingTags(store) : null;
  for (const id of store.ids) {
    if (filter.pool !== 'both' && store.isPaged(id) !== (filter.pool === 'paged')) continue;
    if (filter.workspaceOnly && facts.siteCount[id] === 0) continue;
    if (grows !== null && grows[id] === 0) continue;
    if (anyText && !matchesText(text, facts.texts[id], facts.drivers[id])) continue;
    shown[id] = 1;
  }
  return shown;
}

/** 1 for the rows of tags that grow and have sites in this workspace. */
function heroRows(store: RowStore, facts: RowFacts): Uint8Array {
  const heroes = rowsOfGrowingTags(store);
  for (const id of store.ids) if (facts.siteCount[id] === 0) heroes[id] = 0;
  return heroes;
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
