/** Two moments, recordings or builds side by side by tag, what grew first; in the table's place. */
import type { Comparison, ComparisonBasis, ComparisonRow } from '../extension/pool/comparison.ts';
import { type PoolTag, tagLabel } from '../language/tag/poolTag.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { button } from './controls/toolkit.ts';
import { matchesText, parseTextFilter, type RowFilter } from './filter.ts';
import { counted, exactBytes, grouped, signed } from './numbers.ts';
import type { TagDirectory } from './tagDirectory.ts';

export interface ComparisonEvents {
  onEnd(): void;
  onShowSites(tag: PoolTag): void;
}

const BASIS_WORDS: Readonly<Record<ComparisonBasis, string>> = {
  moment: 'Outstanding at each moment',
  cycle: 'Gained in a cycle',
  hour: 'Gained in an hour',
};
/** Rows in the page; what is further down grew least, and the filter reaches it. */
const MOST_ROWS = 500;

export class ComparisonView {
  readonly element = element('section', 'comparison');
  readonly #events: ComparisonEvents;
  readonly #title = element('div', 'comparison-title');
  readonly #alignment = element('div', 'quiet');
  readonly #body = element('tbody');
  readonly #before = element('th', 'side');
  readonly #after = element('th', 'side');
  readonly #foot = element('div', 'comparison-foot quiet');
  #shown: unknown[] = [];

  constructor(events: ComparisonEvents) {
    this.#events = events;
    this.element.setAttribute('aria-label', 'Comparison');
    const end = button({
      label: 'Back to the rows',
      title: 'Back to the rows (Esc)',
      kind: 'secondary',
      onClick: () => events.onEnd(),
    });
    const head = element('div', 'comparison-head', element('div', '', this.#title, this.#alignment), end);
    const sides = element('tr', '', blank(2), this.#before, this.#after, spanning('Change', 2), blank(1));
    for (const side of [this.#before, this.#after]) {
      side.colSpan = 2;
      side.scope = 'colgroup';
    }
    const names = ['Tag', 'Type', 'Objects', 'Bytes', 'Objects', 'Bytes', 'Objects', 'Bytes', 'Driver'];
    const columns = element('tr', '', ...names.map((name, at) => columnHead(name, at > 1 && at < 8)));
    const table = element('table', '', element('thead', '', sides, columns), this.#body);
    const box = element('div', 'comparison-box', table);
    box.tabIndex = 0;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', 'Compared rows');
    this.element.append(head, box, this.#foot);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') events.onEnd();
    });
    this.element.hidden = true;
  }

  show(comparison: Comparison | null, filter: RowFilter, directory: TagDirectory): void {
    setShown(this.element, comparison !== null);
    const key = [comparison, filter, directory.version];
    if (!comparison || key.every((part, at) => part === this.#shown[at])) return;
    this.#shown = key;
    setText(this.#title, `${comparison.before.label} → ${comparison.after.label}`);
    setText(this.#alignment, comparison.alignment || BASIS_WORDS[comparison.basis]);
    for (const [cell, side] of [[this.#before, comparison.before] as const, [this.#after, comparison.after] as const]) {
      setText(cell, side.label);
      setAttribute(cell, 'title', `${side.label}\n${side.detail}`);
    }
    const text = parseTextFilter(filter.text);
    const rows = comparison.rows.filter((row) => {
      if (filter.pool !== 'both' && row.paged !== (filter.pool === 'paged')) return false;
      const info = directory.get(row.tag);
      if (filter.workspaceOnly && !info?.sites.length) return false;
      if (filter.growingOnly && row.objectsChange <= 0) return false;
      return matchesText(text, tagLabel(row.tag), info?.driver ?? '');
    });
    // What grew of this workspace is what one compares for.
    const ours = (row: ComparisonRow) => row.objectsChange > 0 && (directory.get(row.tag)?.sites.length ?? 0) > 0;
    rows.sort((a, b) => Number(ours(b)) - Number(ours(a)));
    this.#body.replaceChildren(...rows.slice(0, MOST_ROWS).map((row) => this.#line(row, directory)));
    const more = rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} shown` : '';
    const hidden = comparison.rows.length - rows.length;
    const filtered = hidden > 0 ? ` · ${counted(hidden, 'row')} hidden by the filter` : '';
    setText(
      this.#foot,
      rows.length === 0 && hidden === 0
        ? 'No row differs.'
        : `${counted(rows.length, 'row')} changed${more} · ${grouped(comparison.unchanged)} unchanged${filtered}`,
    );
  }

  #line(row: ComparisonRow, directory: TagDirectory): HTMLElement {
    const info = directory.get(row.tag);
    const ours = (info?.sites.length ?? 0) > 0;
    const name = ours ? element('button', 'tag-link', tagLabel(row.tag)) : element('span', '', tagLabel(row.tag));
    if (ours) {
      name.title = 'Go to the allocation sites';
      name.addEventListener('click', () => this.#events.onShowSites(row.tag));
    }
    const tag = element('th', 'tag-name', name);
    tag.scope = 'row';
    const figures = [row.before, row.after].flatMap((side) => [figure(side?.objects), figure(side?.bytes, true)]);
    const line = element(
      'tr',
      '',
      tag,
      element('td', 'quiet', row.paged ? 'Paged' : 'Nonp'),
      ...figures,
      change(row.objectsChange),
      change(row.bytesChange, true),
      element('td', 'quiet driver', info?.driver ?? ''),
    );
    line.classList.toggle('ours', ours);
    line.classList.toggle('hero', ours && row.objectsChange > 0);
    return line;
  }
}

function blank(columns: number): HTMLElement {
  const cell = element('td', '');
  cell.colSpan = columns;
  return cell;
}

function spanning(text: string, columns: number): HTMLElement {
  const cell = element('th', 'side', text);
  cell.colSpan = columns;
  cell.scope = 'colgroup';
  return cell;
}

function columnHead(text: string, number: boolean): HTMLElement {
  const cell = element('th', number ? 'number' : '', text);
  cell.scope = 'col';
  return cell;
}

/** A dash where the side had no such row. */
function figure(value: number | undefined, bytes = false): HTMLElement {
  const cell = element('td', 'number', value === undefined ? '–' : grouped(value));
  if (bytes && value !== undefined) cell.title = exactBytes(value);
  return cell;
}

/** Sign, arrow and weight say it; colour only helps. */
function change(value: number, bytes = false): HTMLElement {
  const arrow = value > 0 ? '▴ ' : value < 0 ? '▾ ' : '';
  const cell = element(
    'td',
    `number change ${value > 0 ? 'rose' : value < 0 ? 'fell' : 'zero'}`,
    arrow + signed(value),
  );
  if (bytes) cell.title = exactBytes(value);
  return cell;
}
