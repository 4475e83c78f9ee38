/** The table's header: names of the columns, which sort on click; one tab stop, arrows move inside. */
import { element, setAttribute, setText } from '../controls/dom.ts';
import { type ColumnId, type FittedColumn, isChangeable, type SortState } from './columns.ts';

interface HeaderCell {
  readonly column: ColumnId;
  readonly cell: HTMLElement;
  readonly name: HTMLButtonElement;
  readonly arrow: HTMLElement;
  readonly change: HTMLButtonElement | undefined;
}

export class TableHeader {
  readonly element = element('div', 'thead');
  readonly #row = element('div', 'row header-row');
  readonly #onSort: (column: ColumnId, byChange: boolean) => void;
  #cells: HeaderCell[] = [];

  constructor(onSort: (column: ColumnId, byChange: boolean) => void) {
    this.#onSort = onSort;
    this.element.setAttribute('role', 'rowgroup');
    this.#row.setAttribute('role', 'row');
    this.#row.setAttribute('aria-rowindex', '1');
    this.element.append(this.#row);
    this.element.addEventListener('keydown', (event) => this.#moveFocus(event));
  }

  setColumns(columns: readonly FittedColumn[], sort: SortState): void {
    this.#cells = columns.map((fitted) => this.#createCell(fitted));
    this.#row.replaceChildren(...this.#cells.map((made) => made.cell));
    this.#buttons().forEach((made, index) => {
      made.tabIndex = index === 0 ? 0 : -1;
    });
    this.showSort(sort);
  }

  /** Where a column begins, pixels from the table's edge; 0 for one that is not shown. Lays out the page. */
  leftOf(column: ColumnId): number {
    return this.#cells.find((made) => made.column === column)?.cell.offsetLeft ?? 0;
  }

  showSort(sort: SortState): void {
    for (const made of this.#cells) {
      const active = made.column === sort.column;
      made.cell.classList.toggle('sorted', active);
      made.cell.classList.toggle('by-change', active && sort.byChange);
      setAttribute(made.cell, 'aria-sort', !active ? 'none' : sort.descending ? 'descending' : 'ascending');
      const arrow = sort.descending ? '▾' : '▴';
      setText(made.arrow, active ? (sort.byChange && !made.change ? `${arrow} ±` : arrow) : '');
      const home = active && sort.byChange && made.change ? made.change : made.name;
      if (made.arrow.parentElement !== home) home.append(made.arrow);
    }
  }

  #createCell(fitted: FittedColumn): HeaderCell {
    const { column } = fitted;
    const cell = element('div', `cell ${column.id} align-${column.align}`);
    cell.setAttribute('role', 'columnheader');
    const name = element('button', 'name', fitted.compact ? column.shortLabel : column.label);
    name.title = column.key === '' ? column.tooltip : `${column.tooltip} (key ${column.key})`;
    const arrow = element('span', 'arrow');
    arrow.setAttribute('aria-hidden', 'true');
    name.append(arrow);
    name.addEventListener('click', () => this.#onSort(column.id, false));
    cell.append(name);
    let change: HTMLButtonElement | undefined;
    if (fitted.changeWidth > 0 && isChangeable(column.id)) {
      change = element('button', 'change', '±');
      change.title = `Sort by the change of ${column.label.toLowerCase()} since the last sample (key ( or ))`;
      change.setAttribute('aria-label', change.title);
      change.style.width = `${fitted.changeWidth}px`;
      change.addEventListener('click', () => this.#onSort(column.id, true));
      cell.append(change);
    }
    return { column: column.id, cell, name, arrow, change };
  }

  #buttons(): HTMLButtonElement[] {
    return this.#cells.flatMap((made) => (made.change ? [made.name, made.change] : [made.name]));
  }

  #moveFocus(event: KeyboardEvent): void {
    // The rows' keys are not meant while a header has the focus.
    event.stopPropagation();
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const buttons = this.#buttons();
    const next = buttons.indexOf(document.activeElement as HTMLButtonElement) + step;
    if (next < 0 || next >= buttons.length) return;
    for (const made of buttons) made.tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
    event.preventDefault();
  }
}
