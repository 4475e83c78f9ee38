/** What keys and menus do to the panel: sort, filter, select, go to the source, mark a phase. */

import type { MenuItem } from './controls/menu.ts';
import type { RowFilter } from './filter.ts';
import { nextPool } from './filter.ts';
import type { Host } from './host.ts';
import { rowItems } from './rowMenus.ts';
import type { RowSelection } from './rowSelection.ts';
import { rowAsText } from './rowWords.ts';
import type { RowStore } from './state.ts';
import { columnOf, isChangeable } from './table/columns.ts';
import { type TableAction, tableAction } from './table/keys.ts';
import type { RowFacts } from './table/rowFacts.ts';
import type { UiState } from './uiState.ts';

/** What gestures act on: the panel. */
export interface GestureTarget {
  readonly host: Host;
  readonly store: RowStore;
  readonly facts: RowFacts;
  readonly selection: RowSelection;
  ui(): UiState;
  /** Ids of the shown lines, from the top. */
  ids(): readonly number[];
  /** Rows that fit on the screen. */
  pageRows(): number;
  /** Phases can be marked now. */
  canMark(): boolean;
  change(part: Partial<UiState>): void;
  select(id: number): void;
  /** Scrolls as little as it takes to show the line at this place. */
  scrollTo(index: number): void;
  /** Puts the keyboard into the filter, with what was typed. */
  typeFilter(text: string): void;
  toggleHelp(): void;
  openMenu(title: string, items: readonly MenuItem[], anchor: HTMLElement): void;
  /** Below what a menu of the selected row opens: its line, or the detail. */
  anchorOf(place: 'row' | 'detail'): HTMLElement | undefined;
}

export class Gestures {
  readonly #target: GestureTarget;

  constructor(target: GestureTarget) {
    this.#target = target;
  }

  act(action: TableAction): void {
    const target = this.#target;
    const { host } = target;
    const ui = target.ui();
    const { sort, filter, totals, highlight } = ui;
    const selected = target.selection.selectedId(ui);
    switch (action.kind) {
      case 'sort': {
        const descending = columnOf(action.column).descending !== action.reversed;
        const byChange = sort.byChange && isChangeable(action.column);
        target.change({ sort: { column: action.column, descending, byChange } });
        break;
      }
      case 'toggleChange':
        if (isChangeable(sort.column)) target.change({ sort: { ...sort, byChange: !sort.byChange } });
        break;
      case 'cyclePool':
        this.#setFilter({ ...filter, pool: nextPool(filter.pool, action.backwards) });
        break;
      case 'toggleTotals':
        target.change({ totals: !totals });
        break;
      case 'toggleHighlight':
        target.change({ highlight: !highlight });
        break;
      case 'move':
        this.#move(action.by, action.direction);
        break;
      case 'filter':
        target.typeFilter(action.text);
        break;
      case 'showSites':
        if (selected !== -1) this.showSites(selected);
        break;
      case 'overlay':
        this.overlay(selected);
        break;
      case 'actions':
        this.openActions(target.anchorOf('row'));
        break;
      case 'goBack':
        host.send({ type: 'goBack' });
        break;
      case 'phase':
        if (target.canMark()) host.send({ type: 'mark', phase: action.phase });
        break;
      case 'fold':
        this.#fold(selected, action.folded);
        break;
      case 'copyRow':
        if (selected >= 0) host.send({ type: 'copy', text: rowAsText(target.store, target.facts, selected) });
        break;
      case 'help':
        target.toggleHelp();
        break;
    }
  }

  /** Keys of phases, of the row's menu and of going back hold in the whole panel, but not while one types. */
  panelKey(event: KeyboardEvent): void {
    const typing = event.composedPath().some((target) => target instanceof HTMLInputElement && target.type === 'text');
    if (typing || event.defaultPrevented) return;
    const action = tableAction(event);
    if (action?.kind !== 'phase' && action?.kind !== 'actions' && action?.kind !== 'goBack') return;
    event.preventDefault();
    // VS Code hears keys at the window.
    event.stopPropagation();
    if (action.kind === 'actions') this.openActions(this.#target.anchorOf('detail'));
    else this.act(action);
  }

  /** Goes to the sites of a row's tag, or folds and unfolds the group of a line. */
  showSites(id: number): void {
    const { host, store, facts } = this.#target;
    if (id < 0) this.toggleFold(id);
    else if (facts.siteCount[id] > 0) host.send({ type: 'showSites', tag: store.tag(id) });
  }

  /** Folds or unfolds the group whose line this is. */
  toggleFold(id: number): void {
    const { selection } = this.#target;
    const group = selection.groupOf(id);
    if (group) this.#fold(id, !this.#target.ui().folded.includes(group.tag));
  }

  /** Lays a row's line over the chart, or takes it away. */
  overlay(id: number | undefined): void {
    const { selection } = this.#target;
    if (id === undefined || id < 0) return;
    this.#target.change({ overlays: selection.toggledOverlay(this.#target.ui(), id) });
  }

  /** The menu of all that can be done with the row that the detail shows. */
  openActions(anchor: HTMLElement | undefined): void {
    const target = this.#target;
    const { store, facts, selection, host } = target;
    const ui = target.ui();
    const id = selection.detailId(ui);
    if (id < 0 || !anchor) return;
    const tag = store.tag(id);
    const items = rowItems({
      tag,
      paged: store.isPaged(id),
      sites: facts.siteCount[id],
      overlaid: selection.overlayIds(ui).includes(id),
      split: selection.splitOf(tag),
      send: (message) => host.send(message),
      onOverlay: () => this.overlay(id),
      onFilter: (text) => this.#setFilter({ ...target.ui().filter, text }),
      onCopyRow: () => this.act({ kind: 'copyRow' }),
    });
    target.openMenu('Actions', items, anchor);
  }

  #setFilter(filter: RowFilter): void {
    this.#target.change({ filter });
  }

  #fold(id: number, fold: boolean): void {
    const change = this.#target.selection.folded(this.#target.ui(), id, fold);
    if (change) this.#target.change(change);
  }

  #move(by: 'row' | 'page' | 'end', direction: -1 | 1): void {
    const { selection } = this.#target;
    const ids = this.#target.ids();
    if (ids.length === 0) return;
    const last = ids.length - 1;
    const from = ids.indexOf(selection.selectedId(this.#target.ui()));
    const step = by === 'row' ? 1 : by === 'page' ? this.#target.pageRows() : ids.length;
    const to = from < 0 ? (direction > 0 ? 0 : last) : Math.min(last, Math.max(0, from + step * direction));
    this.#target.select(ids[to]);
    this.#target.scrollTo(to);
  }
}
