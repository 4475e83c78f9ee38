/** The cells of a row: each knows how to show one column of a row id and rewrites its text only when that changed. */

import { bytesPerAlloc } from '../../extension/pool/poolmonText.ts';
import type { Palette } from '../chart/palette.ts';
import { element } from '../controls/dom.ts';
import { icon, setIcon } from '../controls/icons.ts';
import { grouped, signed } from '../numbers.ts';
import type { RowStore } from '../state.ts';
import { verdictIcon } from '../verdictIcon.ts';
import { verdictAt, verdictRate, verdictShort } from '../verdictWords.ts';
import type { ColumnId, FittedColumn } from './columns.ts';
import type { RowFacts } from './rowFacts.ts';

/** What rows are drawn from. */
export interface RowSource {
  readonly store: RowStore;
  readonly facts: RowFacts;
  readonly palette: Palette;
}

export interface Cell {
  readonly element: HTMLElement;
  /** `newer`: the row shows a newer sample of the same id, so that what changed glows. */
  draw(source: RowSource, id: number, newer: boolean): void;
}

/** What is outstanding is worth a glance when it changes; counters of busy tags change all the time. */
const GLOWING: readonly ColumnId[] = ['diff', 'bytes'];

export function createCell(fitted: FittedColumn): Cell {
  switch (fitted.column.id) {
    case 'tag':
      return tagCell();
    case 'type':
      return wordCell('type', (source, id) => (source.store.isPaged(id) ? 'Paged' : 'Nonp'));
    case 'allocs':
      return figureCell(fitted, column('allocs'), column('allocsDelta'));
    case 'frees':
      return figureCell(fitted, column('frees'), column('freesDelta'));
    case 'diff':
      return figureCell(fitted, column('outstanding'));
    case 'bytes':
      return figureCell(fitted, column('bytes'), column('bytesDelta'));
    case 'perAlloc':
      return figureCell(fitted, ({ store }, id) =>
        bytesPerAlloc(store.columns.bytes[id], store.columns.outstanding[id]),
      );
    case 'growth':
      return growthCell();
    case 'trend':
      return trendCell();
    case 'verdict':
      return verdictCell();
    case 'sites':
      return wordCell('sites', ({ facts }, id) => (facts.siteCount[id] === 0 ? '' : String(facts.siteCount[id])));
    case 'driver':
      return wordCell('driver', ({ facts }, id) => facts.memberWords[id] || facts.drivers[id]);
  }
}

type NumberField = keyof RowStore['columns'];
type Read = (source: RowSource, id: number) => number;

function column(field: NumberField): Read {
  return ({ store }, id) => store.columns[field][id];
}

function gridCell(name: ColumnId, ...children: Node[]): HTMLElement {
  const cell = element('div', `cell ${name}`, ...children);
  cell.setAttribute('role', 'gridcell');
  return cell;
}

function wordCell(name: ColumnId, read: (source: RowSource, id: number) => string): Cell {
  const text = document.createTextNode('');
  let shown = '';
  return {
    element: gridCell(name, text),
    draw(source, id) {
      const word = read(source, id);
      if (word === shown) return;
      shown = word;
      text.data = word;
    },
  };
}

function tagCell(): Cell {
  const text = document.createTextNode('');
  const name = element('span', 'tag-name', text);
  let shown = '';
  return {
    element: gridCell('tag', element('span', 'pin'), name),
    draw({ facts }, id) {
      const label = facts.labels[id];
      if (label === shown) return;
      shown = label;
      text.data = label;
    },
  };
}

/**
 * A figure written with `write`. Where it `glows`, it has the class of that name from the sample that changed it to the next
 * one; the table says for how long the class shows.
 */
function changingNumber(className: string, read: Read, write: (value: number) => string, glows = false) {
  const text = document.createTextNode('');
  const span = element('span', className, text);
  let shown = Number.NaN;
  let glowing = false;
  const glow = (on: boolean) => {
    if (on === glowing) return;
    glowing = on;
    span.classList.toggle('glow', on);
  };
  return {
    element: span,
    draw(source: RowSource, id: number, newer: boolean) {
      const value = read(source, id);
      const changed = value !== shown;
      if (glows && (changed || newer)) glow(changed && newer);
      if (!changed) return;
      if ((value === 0) !== (shown === 0)) span.classList.toggle('zero', value === 0);
      shown = value;
      text.data = write(value);
    },
  };
}

function figureCell(fitted: FittedColumn, read: Read, readChange?: Read): Cell {
  const total = changingNumber('figure', read, grouped, GLOWING.includes(fitted.column.id));
  const cell = gridCell(fitted.column.id, total.element);
  const change = readChange && fitted.changeWidth > 0 ? changingNumber('change', readChange, signed) : undefined;
  if (change) {
    cell.classList.add('with-change');
    cell.style.setProperty('--pl-change', `${fitted.changeWidth}px`);
    cell.append(change.element);
  }
  return {
    element: cell,
    draw(source, id, newer) {
      total.draw(source, id, newer);
      change?.draw(source, id, false);
    },
  };
}

/** The bytes gained in the last minute. */
function growthCell(): Cell {
  const rounded: Read = ({ store }, id) => Math.round(store.columns.bytesPerMinute[id]);
  const figure = changingNumber('figure', rounded, signed);
  return {
    element: gridCell('growth', figure.element),
    draw: (source, id) => figure.draw(source, id, false),
  };
}

/** Shape, word and rate: none of them is left to colour. */
function verdictCell(): Cell {
  const shape = icon('steady');
  const word = document.createTextNode('');
  const rate = document.createTextNode('');
  const cell = gridCell('verdict', shape, element('span', 'verdict-word', word), element('span', 'verdict-rate', rate));
  let shown = '';
  let shownRate = '';
  return {
    element: cell,
    draw({ store, facts }, id) {
      const { columns } = store;
      const verdict = verdictAt(columns.verdict[id]);
      const ours = facts.siteCount[id] > 0;
      const key = ours ? `${verdict} ours` : verdict;
      if (key !== shown) {
        shown = key;
        cell.className = `cell verdict is-${verdict}`;
        setIcon(shape, verdictIcon(verdict, ours));
        word.data = verdictShort(verdict);
      }
      const words = verdictRate({
        verdict,
        objectsPerCycle: columns.objectsPerCycle[id],
        objectsPerHour: columns.objectsPerHour[id],
      });
      if (words === shownRate) return;
      shownRate = words;
      rate.data = words;
    },
  };
}

/** Its line is drawn by `trendColumn.ts`. */
function trendCell(): Cell {
  return { element: gridCell('trend'), draw: () => {} };
}
