/**
 * The live table: as many row elements as fit on the screen, moved and rewritten while it scrolls, so that 10,000 rows
 * cost what 50 do.
 */
import { element, setAttribute, setShown } from '../controls/dom.ts';
import type { RowSource } from './cells.ts';
import { type ColumnId, type FittedColumn, fitColumns, type SortState } from './columns.ts';
import { TableHeader } from './header.ts';
import { type TableAction, tableAction } from './keys.ts';
import { groupOfLine, NO_ORDER, type Order } from './order.ts';
import { type GroupLine, ROW_HEIGHT, RowView, rowElementId } from './rowView.ts';
import { TotalsView } from './totals.ts';
import { TrendColumn } from './trendColumn.ts';

export interface TableEvents {
  onSort(column: ColumnId, byChange: boolean): void;
  onAction(action: TableAction): void;
  onSelect(id: number): void;
  /** A click on the line over a group. */
  onFold(id: number): void;
  /** The tag's name, its number of sites, or a double click: go to the source. */
  onShowSites(id: number): void;
  onPointer(inside: boolean): void;
  onKey(): void;
  /** The rows on screen changed. */
  onScroll(scrollTop: number): void;
  onResize(): void;
  /** The keyboard came to the table; a press of the pointer says itself which row it means. */
  onKeyboardFocus(): void;
  tooltip(column: ColumnId, id: number): string;
}

export interface TableModel {
  readonly source: RowSource;
  readonly order: Order;
  /** -1 when nothing is selected. */
  readonly selected: number;
  readonly sort: SortState;
  readonly totals: boolean;
  readonly hiddenColumns: readonly ColumnId[];
  /** Rows whose lines lie over that of the selected one. */
  readonly overlays: readonly number[];
  readonly grouping: Grouping;
}

/** What the table shows of groups. */
export interface Grouping {
  line(group: number): GroupLine;
  isMember(id: number): boolean;
}

/** Rows drawn beyond each edge of the viewport. */
const OVERSCAN = 4;
/** How long a changed figure glows strongly, and then weakly, milliseconds. Steps cost nothing in between, as a fade would. */
const GLOW_MS = 350;

export class PoolTable {
  readonly element = element('div', 'table');
  readonly #viewport = element('div', 'viewport');
  readonly #sheet = element('div', 'sheet');
  readonly #header: TableHeader;
  readonly #totals = new TotalsView();
  readonly #trends = new TrendColumn();
  readonly #events: TableEvents;
  #columns: readonly FittedColumn[] = [];
  #columnsKey = '';
  #views: RowView[] = [];
  #model: TableModel | undefined;
  #height = 0;
  #scrollTop = 0;
  #sheetHeight = -1;
  #glowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(events: TableEvents) {
    this.#events = events;
    this.#header = new TableHeader((column, byChange) => events.onSort(column, byChange));
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', 'Pool tags');
    this.#viewport.setAttribute('role', 'rowgroup');
    this.#sheet.setAttribute('role', 'presentation');
    this.#viewport.append(this.#sheet);
    this.element.append(this.#header.element, this.#viewport, this.#totals.element);
    this.#listen();
  }

  get columns(): readonly FittedColumn[] {
    return this.#columns;
  }

  /** As of the last scroll event: asking the page would lay it out anew. */
  get scrollTop(): number {
    return this.#scrollTop;
  }

  set scrollTop(top: number) {
    this.#viewport.scrollTop = top;
    this.#scrollTop = this.#viewport.scrollTop;
  }

  /** Rows that fit on the screen, at least 1. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#viewport.clientHeight / ROW_HEIGHT));
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  /** Whether the row at `index` is on screen, at least in part. */
  isOnScreen(index: number): boolean {
    const top = index * ROW_HEIGHT - this.scrollTop;
    return index >= 0 && top > -ROW_HEIGHT && top < this.#height;
  }

  /** Scrolls as little as it takes to show the row at `index`. */
  reveal(index: number): void {
    const top = index * ROW_HEIGHT;
    const height = this.#viewport.clientHeight;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + ROW_HEIGHT > this.scrollTop + height) this.scrollTop = top + ROW_HEIGHT - height;
  }

  /** Ids of the rows on screen. */
  visibleIds(): number[] {
    const ids = this.#model?.order.ids ?? [];
    const first = Math.max(0, Math.floor(this.scrollTop / ROW_HEIGHT));
    const shown = ids.slice(first, Math.ceil((this.scrollTop + this.#height) / ROW_HEIGHT));
    return shown.filter((id) => id >= 0);
  }

  /** Shows the model. `newer`: it holds a newer sample than the last one; with `glow`, what changed in it glows. */
  draw(model: TableModel, newer: boolean, glow: boolean): void {
    const before = this.#model;
    this.#model = model;
    if (this.#views.length === 0 || before?.hiddenColumns !== model.hiddenColumns) this.#fit();
    if (before?.sort !== model.sort) this.#header.showSort(model.sort);
    this.#keepPlace(before?.order ?? NO_ORDER, model);
    // Rows that fold make it a tree.
    setAttribute(this.element, 'role', model.order.lines > 0 ? 'treegrid' : 'grid');
    setAttribute(this.element, 'aria-rowcount', String(model.order.ids.length + 1));
    setShown(this.#totals.element, model.totals);
    if (model.totals) this.#totals.draw(model.source.store, model.order.ids);
    this.#drawRows(newer, false);
    if (!glow) this.#glow('');
    else if (newer) this.#glow('strong');
  }

  /** The selected row stays where it is on screen when the rows around it move. */
  #keepPlace(before: Order, model: TableModel): void {
    const { ids } = model.order;
    const moved = before !== model.order && model.selected !== -1;
    const from = moved ? before.ids.indexOf(model.selected) : -1;
    const onScreen = from >= 0 && this.isOnScreen(from);
    const height = ids.length * ROW_HEIGHT;
    if (height !== this.#sheetHeight) {
      this.#sheetHeight = height;
      this.#sheet.style.height = `${height}px`;
    }
    if (!onScreen) return;
    const to = ids.indexOf(model.selected);
    if (to >= 0 && to !== from) this.scrollTop += (to - from) * ROW_HEIGHT;
  }

  /** `all`: also what stands beyond the edges of the viewport, which is not seen before the next scroll event. */
  #drawRows(newer: boolean, all = true): void {
    const model = this.#model;
    if (!model || this.#views.length === 0) return;
    const { ids, heroes } = model.order;
    const count = this.#views.length;
    const top = Math.max(0, Math.floor(this.scrollTop / ROW_HEIGHT) - OVERSCAN);
    const first = Math.max(0, Math.min(top, ids.length - count));
    for (let index = first; index < first + count; index++) {
      const view = this.#views[index % count];
      if (index >= ids.length) {
        view.hide();
        continue;
      }
      const id = ids[index];
      const onTop = index < heroes;
      const place = {
        id,
        index,
        selected: id === model.selected,
        hero: onTop && id >= 0 && model.source.store.columns.growing[id] === 1,
        lastHero: onTop && index === heroes - 1,
        member: onTop && id >= 0 && model.grouping.isMember(id),
        overlaid: model.overlays.indexOf(id),
        onScreen: all || this.isOnScreen(index),
      };
      const group = groupOfLine(id);
      if (group >= 0) view.drawGroup(model.grouping.line(group), place);
      else view.draw(model.source, place, newer);
    }
    const end = Math.min(ids.length, Math.ceil((this.#scrollTop + this.#height) / ROW_HEIGHT) + OVERSCAN);
    this.#trends.draw(model.source, ids, Math.min(top, end), end);
    const drawn = model.selected !== -1 && this.#views.some((view) => view.id === model.selected);
    setAttribute(this.element, 'aria-activedescendant', drawn ? rowElementId(model.selected) : null);
  }

  /** Lights the changed figures of the newest sample for a moment. */
  #glow(glow: 'strong' | 'weak' | ''): void {
    clearTimeout(this.#glowTimer);
    setAttribute(this.#sheet, 'data-glow', glow === '' ? null : glow);
    if (glow !== '') this.#glowTimer = setTimeout(() => this.#glow(glow === 'strong' ? 'weak' : ''), GLOW_MS);
  }

  #fit(): void {
    const height = this.#viewport.clientHeight;
    const columns = fitColumns(this.element.clientWidth, this.#model?.hiddenColumns);
    const key = columns.map((fitted) => `${fitted.column.id}:${fitted.width}:${fitted.changeWidth}`).join(' ');
    const rows = Math.ceil(height / ROW_HEIGHT) + 1 + 2 * OVERSCAN;
    this.#resize(height);
    // Spare rows stay when the table gets lower: an element must not vanish between the press and the click on it.
    if (key === this.#columnsKey && rows <= this.#views.length) return;
    if (key !== this.#columnsKey) {
      this.#columnsKey = key;
      this.#columns = columns;
      this.element.style.setProperty(
        '--pl-columns',
        columns.map((fitted) => `${fitted.width + fitted.changeWidth}px`).join(' '),
      );
      this.element.classList.toggle(
        'compact',
        columns.some((fitted) => fitted.compact),
      );
      setAttribute(this.element, 'aria-colcount', String(columns.length));
      this.#header.setColumns(columns, this.#model?.sort ?? { column: 'bytes', descending: true, byChange: false });
      this.#totals.setColumns(columns);
    }
    this.#views = Array.from({ length: rows }, () => new RowView(this.#columns));
    for (const view of this.#views) view.element.classList.add('unused');
    this.#sheet.replaceChildren(...this.#views.map((view) => view.element), this.#trends.element);
    const trend = columns.find((fitted) => fitted.column.id === 'trend');
    this.#trends.place(this.#header.leftOf('trend'), trend?.width ?? 0);
    if (this.#model?.totals) this.#totals.draw(this.#model.source.store, this.#model.order.ids);
    this.#drawRows(false);
  }

  /** A selected row that was on screen stays there when the viewport shrinks, as it does when the detail opens. */
  #resize(height: number): void {
    const model = this.#model;
    const index = model && height < this.#height ? model.order.ids.indexOf(model.selected) : -1;
    const stays = index >= 0 && this.isOnScreen(index);
    this.#height = height;
    if (!stays) return;
    this.reveal(index);
    this.#drawRows(false);
  }

  #listen(): void {
    const events = this.#events;
    const viewport = this.#viewport;
    new ResizeObserver(() => {
      this.#fit();
      events.onResize();
    }).observe(viewport);
    viewport.addEventListener('scroll', () => {
      this.#scrollTop = viewport.scrollTop;
      this.#drawRows(false);
      events.onScroll(this.scrollTop);
    });
    viewport.addEventListener('pointerenter', () => events.onPointer(true));
    viewport.addEventListener('pointerleave', () => events.onPointer(false));
    viewport.addEventListener('pointerover', (event) => this.#explain(event));
    viewport.addEventListener('click', (event) => {
      const id = this.#idAt(event);
      if (id === -1) return;
      events.onSelect(id);
      if (id < 0) {
        events.onFold(id);
        return;
      }
      const target = event.target as HTMLElement;
      if (target.closest('.workspace .tag-name, .workspace .sites')) events.onShowSites(id);
    });
    viewport.addEventListener('dblclick', (event) => {
      const id = this.#idAt(event);
      if (id >= 0 && !(event.target as HTMLElement).closest('.tag-name, .sites')) events.onShowSites(id);
    });
    let pressed = false;
    this.element.addEventListener('pointerdown', () => {
      pressed = true;
    });
    this.element.addEventListener('focus', () => {
      if (!pressed) events.onKeyboardFocus();
    });
    window.addEventListener('pointerup', () => {
      pressed = false;
    });
    window.addEventListener('pointercancel', () => {
      pressed = false;
    });
    this.element.addEventListener('keydown', (event) => {
      const action = tableAction(event);
      if (!action) return;
      event.preventDefault();
      // VS Code hears keys at the window, and has meanings of its own for some of them, such as F1.
      event.stopPropagation();
      events.onKey();
      events.onAction(action);
    });
  }

  #idAt(event: Event): number {
    const row = (event.target as HTMLElement).closest('.row');
    return this.#views.find((view) => view.element === row)?.id ?? -1;
  }

  /** The element of the selected row, where it is drawn. */
  get selectedElement(): HTMLElement | undefined {
    return this.#views.find((view) => view.id === this.#model?.selected)?.element;
  }

  /** Tooltips are written when the pointer arrives: no row pays for those nobody reads. */
  #explain(event: PointerEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('.cell');
    const id = this.#idAt(event);
    if (!cell || id < 0) return;
    const place = [...(cell.parentElement?.children ?? [])].indexOf(cell);
    const fitted = this.#columns[place];
    if (fitted) setAttribute(cell, 'title', this.#events.tooltip(fitted.column.id, id));
  }
}
