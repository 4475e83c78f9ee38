/** Which rows the user means: what was remembered by tag and pool, as the row ids of now, and the other way round. */
import type { TagGroup } from '../extension/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import type { RowStore } from './state.ts';
import { groupLineId, groupOfLine } from './table/order.ts';
import { MOST_OVERLAYS, type RowKey, type UiState } from './uiState.ts';

export class RowSelection {
  groups: readonly TagGroup[] = [];
  readonly #store: RowStore;

  constructor(store: RowStore) {
    this.#store = store;
  }

  /** The selected row, or the line over the selected group; -1 where there is none. */
  selectedId({ selected }: UiState): number {
    if (!selected) return -1;
    if (!selected.group) return this.#idOf(selected);
    const group = this.groups.findIndex(({ tag }) => tag === selected.tag);
    return group < 0 ? -1 : groupLineId(group);
  }

  /** The row that the detail shows: the selected one, or the first of the selected group; -1 where there is none. */
  detailId(ui: UiState): number {
    const selected = this.selectedId(ui);
    const group = this.groups[groupOfLine(selected)];
    if (!group) return selected;
    return group.members.flatMap(({ tag }) => this.#store.rowsOfTag(tag))[0] ?? -1;
  }

  /** The rows of the selected tag. */
  rowsOf({ selected }: UiState): readonly number[] {
    return selected ? this.#store.rowsOfTag(selected.tag) : [];
  }

  /** The growing row of a tag, else the larger one. */
  bestRowOf(tag: PoolTag): number | undefined {
    const { growing, bytes } = this.#store.columns;
    return [...this.#store.rowsOfTag(tag)].sort((a, b) => growing[b] - growing[a] || bytes[b] - bytes[a])[0];
  }

  keyOf(id: number): RowKey {
    const group = this.groups[groupOfLine(id)];
    if (group) return { tag: group.tag, paged: false, group: true };
    return { tag: this.#store.tag(id), paged: this.#store.isPaged(id) };
  }

  /** Rows laid over the chart of the selected one, as far as they are there. */
  overlayIds({ overlays }: UiState): number[] {
    return overlays.map((key) => this.#idOf(key)).filter((id) => id >= 0);
  }

  /** The overlays with the row added, or without it where it was one; the oldest gives way when there are too many. */
  toggledOverlay({ overlays }: UiState, id: number): readonly RowKey[] {
    const others = overlays.filter((key) => this.#idOf(key) !== id);
    return others.length < overlays.length ? others : [...others, this.keyOf(id)].slice(-MOST_OVERLAYS);
  }

  /** The group of a line or of a row. */
  groupOf(id: number): TagGroup | undefined {
    if (id < 0) return this.groups[groupOfLine(id)];
    const tag = this.#store.tag(id);
    return this.groups.find(({ members }) => members.some((member) => member.tag === tag));
  }

  /** The split that a tag came from. */
  splitOf(tag: PoolTag): TagGroup | undefined {
    return this.groups.find(({ kind, members }) => kind === 'split' && members.some((member) => member.tag === tag));
  }

  /** What folding or unfolding the group of a line or a row changes; undefined where nothing does. */
  folded({ folded }: UiState, id: number, fold: boolean): Pick<UiState, 'folded' | 'selected'> | undefined {
    const group = this.groupOf(id);
    if (!group || folded.includes(group.tag) === fold) return undefined;
    const others = folded.filter((other) => other !== group.tag);
    return {
      folded: fold ? [...others, group.tag] : others,
      selected: { tag: group.tag, paged: false, group: true },
    };
  }

  #idOf(key: RowKey): number {
    return this.#store.rowsOfTag(key.tag).find((id) => this.#store.isPaged(id) === key.paged) ?? -1;
  }
}
