/** A small menu: actions, or choices that are on or off. Arrows move, Enter chooses, Escape goes back to where one was. */
import { element, setAttribute } from './dom.ts';
import { icon } from './icons.ts';

export interface MenuItem {
  readonly label: string;
  /** The key that does the same. */
  readonly key?: string;
  /** Present: the item is on or off, and the menu stays open. */
  readonly checked?: boolean;
  readonly run: () => void;
}

const MARGIN = 4;
const ROW_INDENT = 76;

export class Menu {
  readonly element = element('div', 'menu');
  #back: HTMLElement | undefined;
  #items: readonly MenuItem[] = [];

  constructor() {
    this.element.setAttribute('role', 'menu');
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusout', (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.close(false);
    });
  }

  /** Opens below `anchor`, or above where there is more room; closes again when it is open there. */
  open(label: string, items: readonly MenuItem[], anchor: HTMLElement): void {
    if (!this.element.hidden) {
      this.close(true);
      return;
    }
    this.#back = document.activeElement as HTMLElement;
    this.#items = items;
    this.element.setAttribute('aria-label', label);
    this.element.replaceChildren(...items.map((item) => this.#createItem(item)));
    this.element.hidden = false;
    const box = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = box.bottom + height + MARGIN <= innerHeight;
    const top = below ? box.bottom : Math.max(MARGIN, Math.min(box.top, innerHeight - MARGIN) - height);
    // A row's own name stays in sight.
    const left = box.width > width ? box.left + ROW_INDENT : box.left;
    this.element.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
    this.element.style.top = `${top}px`;
    (this.element.firstElementChild as HTMLElement | null)?.focus();
  }

  close(backToWhere: boolean): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    if (backToWhere) this.#back?.focus();
  }

  #createItem(item: MenuItem): HTMLElement {
    const made = element('button', 'menu-item', icon('check'), element('span', 'menu-label', item.label));
    if (item.key) made.append(element('kbd', '', item.key));
    made.tabIndex = -1;
    made.setAttribute('role', item.checked === undefined ? 'menuitem' : 'menuitemcheckbox');
    if (item.checked !== undefined) made.setAttribute('aria-checked', String(item.checked));
    made.addEventListener('click', () => {
      if (item.checked === undefined) this.close(true);
      else setAttribute(made, 'aria-checked', String(made.getAttribute('aria-checked') !== 'true'));
      item.run();
    });
    return made;
  }

  #key(event: KeyboardEvent): void {
    event.stopPropagation();
    const entries = [...this.element.children] as HTMLElement[];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % this.#items.length,
      ArrowUp: (at + this.#items.length - 1) % this.#items.length,
      Home: 0,
      End: this.#items.length - 1,
    };
    if (Object.hasOwn(to, event.key)) {
      event.preventDefault();
      entries[to[event.key]]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      this.close(true);
    }
  }
}
