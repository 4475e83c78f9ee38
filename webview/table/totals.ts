/** PoolMon's totals (key E): one line a pool over the rows that the filter shows. */

import { bytesPerAlloc } from '../../extension/pool/poolmonText.ts';
import { element, setText } from '../controls/dom.ts';
import { grouped, signed } from '../numbers.ts';
import type { RowStore } from '../state.ts';
import type { ColumnId, FittedColumn } from './columns.ts';

export interface PoolTotals {
  rows: number;
  allocs: number;
  allocsDelta: number;
  frees: number;
  freesDelta: number;
  outstanding: number;
  bytes: number;
  bytesDelta: number;
  bytesPerMinute: number;
}

export function totalsOf(store: RowStore, ids: readonly number[], paged: boolean): PoolTotals {
  const sum: PoolTotals = {
    rows: 0,
    allocs: 0,
    allocsDelta: 0,
    frees: 0,
    freesDelta: 0,
    outstanding: 0,
    bytes: 0,
    bytesDelta: 0,
    bytesPerMinute: 0,
  };
  const { columns } = store;
  for (const id of ids) {
    if (store.isPaged(id) !== paged) continue;
    sum.rows++;
    sum.allocs += columns.allocs[id];
    sum.allocsDelta += columns.allocsDelta[id];
    sum.frees += columns.frees[id];
    sum.freesDelta += columns.freesDelta[id];
    sum.outstanding += columns.outstanding[id];
    sum.bytes += columns.bytes[id];
    sum.bytesDelta += columns.bytesDelta[id];
    sum.bytesPerMinute += columns.bytesPerMinute[id];
  }
  return sum;
}

/** A cell's total, and its change where the column has one. */
function totalText(column: ColumnId, sum: PoolTotals, paged: boolean): readonly [string, string] {
  switch (column) {
    case 'tag':
      return ['Total', ''];
    case 'type':
      return [paged ? 'Paged' : 'Nonp', ''];
    case 'allocs':
      return [grouped(sum.allocs), signed(sum.allocsDelta)];
    case 'frees':
      return [grouped(sum.frees), signed(sum.freesDelta)];
    case 'diff':
      return [grouped(sum.outstanding), ''];
    case 'bytes':
      return [grouped(sum.bytes), signed(sum.bytesDelta)];
    case 'perAlloc':
      return [grouped(bytesPerAlloc(sum.bytes, sum.outstanding)), ''];
    case 'growth':
      return [signed(sum.bytesPerMinute), ''];
    default:
      return ['', ''];
  }
}

interface TotalCell {
  readonly column: ColumnId;
  readonly figure: HTMLElement;
  readonly change: HTMLElement | undefined;
}

export class TotalsView {
  readonly element = element('div', 'tfoot');
  #lines: { readonly paged: boolean; readonly row: HTMLElement; readonly cells: readonly TotalCell[] }[] = [];

  constructor() {
    this.element.setAttribute('role', 'rowgroup');
    this.element.title = 'Totals of the rows that the filter shows (key E)';
    this.element.hidden = true;
  }

  setColumns(columns: readonly FittedColumn[]): void {
    this.#lines = [false, true].map((paged) => {
      const row = element('div', 'row');
      row.setAttribute('role', 'row');
      const cells = columns.map((fitted): TotalCell => {
        const figure = element('span', 'figure');
        const cell = element('div', `cell ${fitted.column.id}`, figure);
        cell.setAttribute('role', 'gridcell');
        let change: HTMLElement | undefined;
        if (fitted.changeWidth > 0) {
          change = element('span', 'change');
          change.style.width = `${fitted.changeWidth}px`;
          cell.append(change);
        }
        row.append(cell);
        return { column: fitted.column.id, figure, change };
      });
      return { paged, row, cells };
    });
    this.element.replaceChildren(...this.#lines.map((line) => line.row));
  }

  draw(store: RowStore, ids: readonly number[]): void {
    for (const line of this.#lines) {
      const sum = totalsOf(store, ids, line.paged);
      line.row.hidden = sum.rows === 0;
      for (const cell of line.cells) {
        const [figure, change] = totalText(cell.column, sum, line.paged);
        setText(cell.figure, figure);
        if (cell.change) setText(cell.change, change);
      }
    }
  }
}
