/** The keys of the table, on a small sheet over it. */
import { element, setShown } from './controls/dom.ts';
import { button } from './controls/toolkit.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['B  M  T', 'Sort by bytes, bytes per allocation, tag'],
  ['A  F  D', 'Sort by allocs, frees, difference (S too)'],
  ['Shift', 'with one of these: the other way round'],
  ['(  )', 'Sort by the change since the last sample'],
  ['P', 'Nonpaged, paged, both'],
  ['E', 'Totals of the rows shown'],
  ['L', 'Changed figures glow'],
  ['/', 'Filter; any other character starts one too'],
  ['Esc', 'From the filter back to the table'],
  ['Enter', 'Go to the allocation sites'],
  ['Ctrl+C', 'Copy the row'],
  ['H  ?', 'These keys'],
];

export class HelpSheet {
  readonly element = element('div', 'help');
  readonly #close: HTMLElement;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
    this.#close = button({ label: 'Close', kind: 'secondary', onClick: () => this.toggle(false) });
    const list = element('dl', 'help-keys');
    for (const [keys, meaning] of KEYS) {
      const term = element('dt', '', ...keys.split('  ').map((key) => element('kbd', '', key)));
      list.append(term, element('dd', '', meaning));
    }
    const sheet = element('div', 'help-sheet', element('div', 'help-title', 'Keys in the table'), list, this.#close);
    sheet.setAttribute('role', 'dialog');
    sheet.setAttribute('aria-label', 'Keys in the table');
    this.element.append(sheet);
    this.element.hidden = true;
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.toggle(false);
    });
    this.element.addEventListener('keydown', (event) => {
      if (!['Escape', '?', 'h', 'H'].includes(event.key)) return;
      event.preventDefault();
      this.toggle(false);
    });
  }

  toggle(open = this.element.hidden !== false): void {
    setShown(this.element, open);
    if (open) this.#close.focus();
    else this.#onClose();
  }
}
