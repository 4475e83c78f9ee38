/** One row element, which shows one row after another as the table scrolls. */
import { element, setAttribute, setText } from '../controls/dom.ts';
import { icon, setIcon } from '../controls/icons.ts';
import { type Cell, createCell, type RowSource } from './cells.ts';
import type { FittedColumn } from './columns.ts';

/** VS Code's own lists have rows of 22 pixels. */
export const ROW_HEIGHT = 22;

/** Not an id. */
const NOTHING = -1;

export interface RowPlace {
  readonly id: number;
  /** Place in the order, from 0. */
  readonly index: number;
  readonly selected: boolean;
  /** The tag grows and has sites in this workspace. */
  readonly hero: boolean;
  /** The last of those that stand on top: a line parts it from the rest. */
  readonly lastHero: boolean;
  /** Belongs to the group whose line stands above. */
  readonly member: boolean;
  /** Place of its line among those over the selected row's; -1 where it has none. */
  readonly overlaid: number;
  /** False for a row beyond the edges of the viewport: its figures may wait until it is scrolled to. */
  readonly onScreen: boolean;
}

/** The line over a group. */
export interface GroupLine {
  readonly words: string;
  readonly folded: boolean;
  readonly hero: boolean;
}

export class RowView {
  readonly element = element('div', 'row');
  /** The row or the group's line shown, {@link NOTHING} when none is. */
  id = NOTHING;
  #index = -1;
  #look = '';
  #cells: readonly Cell[];
  readonly #groupText = element('span', 'group-words');
  readonly #chevron = icon('chevronDown');
  readonly #groupCell: HTMLElement;

  constructor(columns: readonly FittedColumn[]) {
    this.#cells = columns.map(createCell);
    this.element.setAttribute('role', 'row');
    this.#groupCell = element('div', 'cell group-cell', this.#chevron, this.#groupText);
    this.#groupCell.setAttribute('role', 'gridcell');
    this.#groupCell.setAttribute('aria-colspan', String(columns.length));
    this.element.append(...this.#cells.map((cell) => cell.element));
  }

  /** `newer`: there is a newer sample than at the last call. */
  draw(source: RowSource, place: RowPlace, newer: boolean): void {
    const same = this.id === place.id;
    this.#stand(place);
    if (this.#groupCell.isConnected) this.element.replaceChildren(...this.#cells.map((cell) => cell.element));
    this.#dress(source, place);
    if (same && !place.onScreen) return;
    for (const cell of this.#cells) cell.draw(source, place.id, newer && same);
  }

  drawGroup(line: GroupLine, place: RowPlace): void {
    this.#stand(place);
    if (!this.#groupCell.isConnected) this.element.replaceChildren(this.#groupCell);
    setText(this.#groupText, line.words);
    setIcon(this.#chevron, line.folded ? 'chevronRight' : 'chevronDown');
    setAttribute(this.element, 'aria-expanded', String(!line.folded));
    let look = 'row group';
    if (place.selected) look += ' selected';
    if (line.hero) look += ' hero';
    if (place.lastHero) look += ' last-hero';
    this.#wear(look, place.selected);
  }

  #stand(place: RowPlace): void {
    if (this.#index !== place.index) {
      this.#index = place.index;
      this.element.style.transform = `translateY(${place.index * ROW_HEIGHT}px)`;
      // The header is row 1.
      this.element.setAttribute('aria-rowindex', String(place.index + 2));
    }
    if (this.id === place.id) return;
    this.id = place.id;
    this.element.id = rowElementId(place.id);
    if (place.id >= 0) setAttribute(this.element, 'aria-expanded', null);
  }

  hide(): void {
    if (this.id === NOTHING) return;
    this.id = NOTHING;
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
    if (place.member) look += ' member';
    if (place.overlaid >= 0) look += ` overlaid overlaid-${place.overlaid + 1}`;
    if (store.columns.growing[place.id] === 1) look += ' grows';
    if (facts.siteCount[place.id] > 0) look += ' workspace';
    this.#wear(look, place.selected);
  }

  #wear(look: string, selected: boolean): void {
    if (look === this.#look) return;
    this.#look = look;
    this.element.className = look;
    setAttribute(this.element, 'aria-selected', String(selected));
  }
}

export function rowElementId(id: number): string {
  return `pool-row-${id}`;
}
