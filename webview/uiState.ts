/** What the panel remembers of how its user set it up; it outlives the panel's page, which goes when it is hidden. */

import { METRICS, type Metric } from './chart/pasts.ts';
import { NO_FILTER, POOL_CHOICES, type RowFilter } from './filter.ts';
import type { Host } from './host.ts';
import { COLUMNS, type ColumnId, isChangeable, type SortState } from './table/columns.ts';

export interface RowKey {
  readonly tag: number;
  readonly paged: boolean;
  /** The line over the group of the tag, not a row. */
  readonly group?: boolean;
}

/** Rows laid over the selected one's chart, at most. */
export const MOST_OVERLAYS = 4;

export interface UiState {
  readonly sort: SortState;
  readonly filter: RowFilter;
  /** Totals rows below the table (PoolMon's E). */
  readonly totals: boolean;
  /** Changed cells glow (PoolMon's L). */
  readonly highlight: boolean;
  /** Null until the user opens or closes the detail: it is open where the panel is high enough. */
  readonly detailOpen: boolean | null;
  readonly selected: RowKey | null;
  readonly scrollTop: number;
  /** Columns that the user does not want to see. */
  readonly hiddenColumns: readonly ColumnId[];
  /** Rows whose lines lie over that of the selected one (Space). */
  readonly overlays: readonly RowKey[];
  /** Tags of the groups that are folded. */
  readonly folded: readonly number[];
  readonly metric: Metric;
  /** The chart's figures as a table. */
  readonly chartTable: boolean;
}

export const FIRST_UI_STATE: UiState = {
  sort: { column: 'bytes', descending: true, byChange: false },
  filter: NO_FILTER,
  totals: false,
  highlight: true,
  detailOpen: null,
  selected: null,
  scrollTop: 0,
  hiddenColumns: [],
  overlays: [],
  folded: [],
  metric: 'objects',
  chartTable: false,
};

/** Takes what was stored, perhaps by another version; whatever does not fit falls back to its first value. */
export function restoreUiState(stored: unknown): UiState {
  const from = record(stored);
  const first = FIRST_UI_STATE;
  return {
    sort: restoreSort(from.sort),
    filter: restoreFilter(from.filter),
    totals: flag(from.totals, first.totals),
    highlight: flag(from.highlight, first.highlight),
    detailOpen: typeof from.detailOpen === 'boolean' ? from.detailOpen : first.detailOpen,
    selected: restoreKey(from.selected),
    scrollTop: typeof from.scrollTop === 'number' && from.scrollTop >= 0 ? from.scrollTop : first.scrollTop,
    hiddenColumns: COLUMNS.map((column) => column.id).filter((id) => list(from.hiddenColumns).includes(id)),
    overlays: list(from.overlays)
      .flatMap((key) => restoreKey(key) ?? [])
      .slice(0, MOST_OVERLAYS),
    folded: list(from.folded).filter((tag) => typeof tag === 'number'),
    metric: METRICS.find((metric) => metric === from.metric) ?? first.metric,
    chartTable: flag(from.chartTable, false),
  };
}

function restoreSort(stored: unknown): SortState {
  const from = record(stored);
  if (!COLUMNS.some((column) => column.id === from.column)) return FIRST_UI_STATE.sort;
  const column = from.column as ColumnId;
  return {
    column,
    descending: flag(from.descending, true),
    byChange: flag(from.byChange, false) && isChangeable(column),
  };
}

function restoreFilter(stored: unknown): RowFilter {
  const from = record(stored);
  return {
    text: typeof from.text === 'string' ? from.text : '',
    pool: POOL_CHOICES.find((pool) => pool === from.pool) ?? 'both',
    workspaceOnly: flag(from.workspaceOnly, false),
    growingOnly: flag(from.growingOnly, false),
  };
}

function restoreKey(stored: unknown): RowKey | null {
  const from = record(stored);
  if (typeof from.tag !== 'number' || typeof from.paged !== 'boolean') return null;
  return { tag: from.tag, paged: from.paged, ...(from.group === true ? { group: true } : {}) };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}

const SAVE_DELAY_MS = 300;

/** Has VS Code keep the state, once it did not change for a moment. */
export class UiKeeper {
  readonly #host: Host;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  keep(state: UiState): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#host.saveState(state), SAVE_DELAY_MS);
  }
}
