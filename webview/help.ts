/** The keys of the table, on a small sheet over it. */
import { element, setShown } from './controls/dom.ts';
import { button } from './controls/toolkit.ts';

export interface KeyMeaning {
  /** Parted by two spaces. */
  readonly keys: string;
  readonly meaning: string;
}

/** The keys while the focus is in the table; PoolMon's first. */
const TABLE_KEYS: readonly KeyMeaning[] = [
  { keys: 'B  M  T', meaning: 'Sort by bytes, bytes per allocation, tag' },
  { keys: 'A  F  D', meaning: 'Sort by allocs, frees, difference (S too)' },
  { keys: 'Shift', meaning: 'with one of these: the other way round' },
  { keys: '(  )', meaning: 'Sort by the change since the last sample' },
  { keys: 'P', meaning: 'Nonpaged, paged, both' },
  { keys: 'E', meaning: 'Totals of the rows shown' },
  { keys: 'L', meaning: 'Changed figures glow' },
  { keys: '/', meaning: 'Filter; any other character starts one too' },
  { keys: 'Space', meaning: 'Lay the row over the chart' },
  { keys: 'Enter', meaning: 'Go to the allocation sites' },
  { keys: 'Alt+Left', meaning: 'Back to where the editor was' },
  { keys: 'Ctrl+.', meaning: 'Everything that can be done with the row' },
  { keys: 'Ctrl+C', meaning: 'Copy the row' },
  { keys: 'Left  Right', meaning: 'Fold, unfold a group' },
  { keys: 'F1  F2', meaning: 'Phase: settle, baseline' },
  { keys: 'F3  F4', meaning: 'Phase: test or its next cycle, wait' },
  { keys: 'Esc', meaning: 'From the filter back to the table' },
  { keys: 'H  ?', meaning: 'These keys' },
];

export class HelpSheet {
  readonly element = element('div', 'help');
  readonly #close: HTMLElement;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
    this.#close = button({ label: 'Close', kind: 'secondary', onClick: () => this.toggle(false) });
    const list = element('dl', 'help-keys');
    for (const { keys, meaning } of TABLE_KEYS) {
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
