/** One row element, which shows one row after another as the table scrolls. */
import { element, setAttribute } from '../controls/dom.ts';
import { type Cell, createCell, type RowSource } from './cells.ts';
import type { FittedColumn } from './columns.ts';

/** VS Code's own lists have rows of 22 pixels. */
export const ROW_HEIGHT = 22;

export interface RowPlace {
  readonly id: number;
  /** Place in the order, from 0. */
  readonly index: number;
  readonly selected: boolean;
  /** The tag grows and has sites in this workspace. */
  readonly hero: boolean;
  /** The last of the heroes: a line parts it from the rest. */
  readonly lastHero: boolean;
}

export class RowView {
  readonly element = element('div', 'row');
  /** The row shown, -1 when none is. */
  id = -1;
  #index = -1;
  #look = '';
  #cells: readonly Cell[];

  constructor(columns: readonly FittedColumn[]) {
    this.#cells = columns.map(createCell);
    this.element.setAttribute('role', 'row');
    this.element.append(...this.#cells.map((cell) => cell.element));
  }

  draw(source: RowSource, place: RowPlace, glow: boolean): void {
    const same = this.id === place.id;
    if (this.#index !== place.index) {
      this.#index = place.index;
      this.element.style.transform = `translateY(${place.index * ROW_HEIGHT}px)`;
      // The header is row 1.
      this.element.setAttribute('aria-rowindex', String(place.index + 2));
    }
    if (!same) {
      this.id = place.id;
      this.element.id = rowElementId(place.id);
    }
    this.#dress(source, place);
    for (const cell of this.#cells) cell.draw(source, place.id, glow && same);
  }

  hide(): void {
    if (this.id === -1) return;
    this.id = -1;
    this.#index = -1;
    this.#look = '';
    this.element.className = 'row unused';
    this.element.removeAttribute('id');
  }

  #dress({ store, facts }: RowSource, place: RowPlace): void {
    let look = 'row';
    if (place.selected) look += ' selected';
    if (place.hero) look += ' hero';
    if (place.lastHero) look += ' last-hero';
    if (store.columns.growing[place.id] === 1) look += ' grows';
    if (facts.siteCount[place.id] > 0) look += ' workspace';
    if (look === this.#look) return;
    this.#look = look;
    this.element.className = look;
    setAttribute(this.element, 'aria-selected', String(place.selected));
  }
}

export function rowElementId(id: number): string {
  return `pool-row-${id}`;
}
