/** The cells of a row: each knows how to show one column of a row id and rewrites its text only when that changed. */

import { bytesPerAlloc } from '../../extension/pool/poolmonText.ts';
import type { Palette } from '../chart/palette.ts';
import { drawSparkline } from '../chart/trend.ts';
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
  /** `glow`: the row shows a newer sample of the same id, so that what changed may glow. */
  draw(source: RowSource, id: number, glow: boolean): void;
}

/** What is outstanding is worth a glance when it changes; counters of busy tags change all the time. */
const GLOWING: readonly ColumnId[] = ['diff', 'bytes'];
const TREND_HEIGHT = 20;
const TREND_PADDING = 6;

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
      return trendCell(fitted);
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

/** A figure written with `write`; where it `glows`, it does when it changed. */
function changingNumber(className: string, read: Read, write: (value: number) => string, glows = false) {
  const text = document.createTextNode('');
  const span = element('span', className, text);
  const glowing = glows ? glower(span) : undefined;
  let shown = Number.NaN;
  return {
    element: span,
    draw(source: RowSource, id: number, glow: boolean) {
      const value = read(source, id);
      if (value === shown) return;
      if ((value === 0) !== (shown === 0)) span.classList.toggle('zero', value === 0);
      shown = value;
      text.data = write(value);
      if (glow) glowing?.();
    },
  };
}

/** Two equal animations take turns, so that a second change starts the glow again without forcing a layout. */
function glower(target: HTMLElement): () => void {
  let turn = false;
  return () => {
    turn = !turn;
    target.classList.toggle('glow-a', turn);
    target.classList.toggle('glow-b', !turn);
  };
}

function figureCell(fitted: FittedColumn, read: Read, readChange?: Read): Cell {
  const total = changingNumber('figure', read, grouped, GLOWING.includes(fitted.column.id));
  const cell = gridCell(fitted.column.id, total.element);
  const change = readChange && fitted.changeWidth > 0 ? changingNumber('change', readChange, signed) : undefined;
  if (change) {
    change.element.style.width = `${fitted.changeWidth}px`;
    cell.append(change.element);
  }
  return {
    element: cell,
    draw(source, id, glow) {
      total.draw(source, id, glow);
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

function trendCell(fitted: FittedColumn): Cell {
  const canvas = element('canvas');
  const width = fitted.width - TREND_PADDING;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${TREND_HEIGHT}px`;
  let shown: { points?: Float32Array; colour: string; palette?: Palette; ratio: number } = { colour: '', ratio: 0 };
  const cell = gridCell('trend', canvas);
  return {
    element: cell,
    draw({ store, facts, palette }, id) {
      const points = store.trend(id);
      const hero = store.columns.growing[id] === 1 && facts.siteCount[id] > 0;
      const colour = hero ? palette.growing : palette.line;
      const ratio = window.devicePixelRatio;
      if (points === shown.points && colour === shown.colour && palette === shown.palette && ratio === shown.ratio) {
        return;
      }
      shown = { points, colour, palette, ratio };
      drawSparkline(canvas, width, TREND_HEIGHT, points, colour, palette);
    },
  };
}
