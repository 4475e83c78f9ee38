/** The second line: what the table shows, and what this workspace's own tags hold. */
import type { PoolTag } from '../language/tag/poolTag.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { icon } from './controls/icons.ts';
import { button, checkbox, progressRing, textField } from './controls/toolkit.ts';
import { NO_FILTER, POOL_CHOICES, type PoolChoice, type RowFilter } from './filter.ts';
import { counted, grouped } from './numbers.ts';
import { type GrowingTag, type WorkspaceSummary, workspaceWords } from './workspaceWords.ts';

const POOL_LABELS: Readonly<Record<PoolChoice, string>> = { both: 'Both', nonpaged: 'Nonpaged', paged: 'Paged' };

export interface FilterBarEvents {
  onFilter(filter: RowFilter): void;
  /** Escape, Enter or arrow down in the filter: back to the table. */
  onLeave(): void;
  onReveal(tag: PoolTag): void;
}

/** Tags named one by one; the rest are counted. */
const MOST_NAMED = 3;

export class FilterBar {
  readonly element = element('div', 'filter-bar');
  readonly #events: FilterBarEvents;
  readonly #text = textField({
    label: 'Filter tags',
    placeholder: 'Filter: text, Abc?, Mm*, -Mm*',
    title: 'Part of a tag or driver; Abc? and Mm* show, -Mm* hides (key /)',
    icon: icon('search'),
    onInput: (text) => this.#change({ text }),
  });
  readonly #pools: ReadonlyMap<PoolChoice, HTMLElement>;
  readonly #workspace = checkbox('Workspace tags', 'Only tags with allocation sites in this workspace', (on) =>
    this.#change({ workspaceOnly: on }),
  );
  readonly #growing = checkbox('Growing', 'Only tags that grow over the whole watched time', (on) =>
    this.#change({ growingOnly: on }),
  );
  readonly #count = element('span', 'row-count');
  readonly #held = element('span', 'held', 'order held');
  readonly #summary = element('span', 'workspace-total');
  readonly #ring = progressRing('Scanning the workspace');
  readonly #chips = element('span', 'chips');
  #filter: RowFilter = NO_FILTER;
  #chipsKey = '';

  constructor(events: FilterBarEvents) {
    this.#events = events;
    const segments = element('div', 'segments');
    segments.setAttribute('role', 'group');
    segments.setAttribute('aria-label', 'Pools');
    this.#pools = new Map(
      POOL_CHOICES.map((pool) => {
        const made = button({
          label: POOL_LABELS[pool],
          title: `${POOL_LABELS[pool]} (key P)`,
          kind: 'secondary',
          onClick: () => this.#change({ pool }),
        });
        segments.append(made);
        return [pool, made];
      }),
    );
    this.#held.title = 'Rows keep their places while the pointer is over them or keys are used';
    this.#text.element.addEventListener('keydown', (event) => {
      if (!['Escape', 'Enter', 'ArrowDown'].includes(event.key)) return;
      event.preventDefault();
      this.#events.onLeave();
    });
    const toggles = element('div', 'toggles', this.#workspace.element, this.#growing.element);
    const found = element('div', 'found', this.#count, this.#held);
    const workspace = element('div', 'workspace-summary', this.#chips, this.#ring, this.#summary);
    this.element.append(this.#text.element, segments, toggles, found, workspace);
    this.show(NO_FILTER);
    this.showHeld(false);
  }

  show(filter: RowFilter): void {
    this.#filter = filter;
    this.#text.set(filter.text);
    for (const [pool, made] of this.#pools) {
      const chosen = pool === filter.pool;
      made.classList.toggle('chosen', chosen);
      setAttribute(made, 'aria-pressed', String(chosen));
    }
    this.#workspace.set(filter.workspaceOnly);
    this.#growing.set(filter.growingOnly);
  }

  /** Focuses the text with `typed` added to it. */
  focusText(typed: string): void {
    this.#text.focus();
    if (typed !== '') {
      this.#text.set(this.#filter.text + typed);
      this.#change({ text: this.#text.value() });
    }
    this.#text.caretToEnd();
  }

  showCount(shown: number, all: number): void {
    setText(this.#count, shown === all ? counted(all, 'row') : `${grouped(shown)} of ${counted(all, 'row')}`);
  }

  showHeld(held: boolean): void {
    this.#held.classList.toggle('off', !held);
  }

  showWorkspace(summary: WorkspaceSummary): void {
    setShown(this.#ring, summary.hasWorkspace && !summary.scanComplete);
    const [text, title] = workspaceWords(summary);
    setShown(this.#summary, text !== '');
    setText(this.#summary, text);
    setAttribute(this.#summary, 'title', title);
    this.#showGrowing(summary.growing);
  }

  #showGrowing(growing: readonly GrowingTag[]): void {
    const named = growing.slice(0, MOST_NAMED);
    const key = JSON.stringify([named, growing.length]);
    if (key === this.#chipsKey) return;
    this.#chipsKey = key;
    const reuse = [...this.#chips.children] as HTMLButtonElement[];
    const chips = named.map(({ tag, label, words }, index) => {
      const chip = reuse[index] ?? element('button', 'chip', icon('growing'), element('b'), ' ', element('span'));
      const [, name, rate] = chip.children;
      setText(name, label);
      setText(rate, words);
      setAttribute(chip, 'title', `${label} ${words}: show its row`);
      chip.onclick = () => this.#events.onReveal(tag);
      return chip;
    });
    // Elements stay as long as they can: a chip must not vanish under the pointer.
    if (chips.length !== reuse.length) this.#chips.replaceChildren(...chips);
    const more = growing.length - named.length;
    this.#chips.dataset.more = more > 0 ? `+${more} more` : '';
  }

  #change(part: Partial<RowFilter>): void {
    this.#filter = { ...this.#filter, ...part };
    this.show(this.#filter);
    this.#events.onFilter(this.#filter);
  }
}
