/** The columns of the table, in PoolMon's order and then ours: names, widths, how they sort, and which give way first. */

export type ColumnId =
  | 'tag'
  | 'type'
  | 'allocs'
  | 'frees'
  | 'diff'
  | 'bytes'
  | 'perAlloc'
  | 'growth'
  | 'trend'
  | 'verdict'
  | 'sites'
  | 'driver';

export interface Column {
  readonly id: ColumnId;
  readonly label: string;
  /** The label where there is little room. */
  readonly shortLabel: string;
  readonly tooltip: string;
  /** PoolMon's key, for the tooltip; empty where PoolMon has none. */
  readonly key: string;
  /** Width in pixels; the last column takes what is left. */
  readonly width: number;
  /** Width of the part that holds the change since the last sample; 0 without one. */
  readonly changeWidth: number;
  readonly align: 'left' | 'right';
  /** First direction of a sort by this column. */
  readonly descending: boolean;
  /** Columns with a higher rank give way first when the panel is narrow; those of rank 0 stay. */
  readonly rank: number;
}

const figures = { align: 'right', descending: true, changeWidth: 0, key: '' } as const;
const words = { align: 'left', descending: false, changeWidth: 0, key: '' } as const;

export const COLUMNS: readonly Column[] = [
  {
    ...words,
    id: 'tag',
    label: 'Tag',
    shortLabel: 'Tag',
    tooltip: 'Pool tag as PoolMon shows it',
    key: 'T',
    width: 72,
    rank: 0,
  },
  {
    ...words,
    id: 'type',
    label: 'Type',
    shortLabel: 'Type',
    tooltip: 'Nonpaged or paged pool',
    width: 50,
    rank: 2,
  },
  {
    ...figures,
    id: 'allocs',
    label: 'Allocs',
    shortLabel: 'Allocs',
    tooltip: 'Allocations since boot, and the change since the last sample',
    key: 'A',
    width: 94,
    changeWidth: 60,
    rank: 6,
  },
  {
    ...figures,
    id: 'frees',
    label: 'Frees',
    shortLabel: 'Frees',
    tooltip: 'Frees since boot, and the change since the last sample',
    key: 'F',
    width: 94,
    changeWidth: 60,
    rank: 6,
  },
  {
    ...figures,
    id: 'diff',
    label: 'Diff',
    shortLabel: 'Diff',
    tooltip: 'Outstanding allocations: allocs minus frees',
    key: 'D or S',
    width: 70,
    rank: 3,
  },
  {
    ...figures,
    id: 'bytes',
    label: 'Bytes',
    shortLabel: 'Bytes',
    tooltip: 'Bytes in use, and the change since the last sample',
    key: 'B',
    width: 100,
    changeWidth: 74,
    rank: 0,
  },
  {
    ...figures,
    id: 'perAlloc',
    label: 'Per Alloc',
    shortLabel: 'Per Alloc',
    tooltip: 'Bytes per outstanding allocation',
    key: 'M',
    width: 78,
    rank: 5,
  },
  {
    ...figures,
    id: 'growth',
    label: 'Bytes / min',
    shortLabel: 'B / min',
    tooltip: 'Bytes gained a minute, over the last minute',
    width: 100,
    rank: 4,
  },
  {
    ...figures,
    id: 'trend',
    label: 'Trend',
    shortLabel: 'Trend',
    tooltip: 'Bytes over the watched time; sorts by growth relative to size',
    width: 70,
    rank: 0,
  },
  {
    ...words,
    id: 'verdict',
    label: 'Verdict',
    shortLabel: 'Verdict',
    tooltip: 'What the outstanding objects did over the watched time, with their rate; the worst first',
    descending: true,
    width: 172,
    rank: 0,
  },
  {
    ...figures,
    id: 'sites',
    label: 'Sites',
    shortLabel: 'Sites',
    tooltip: 'Allocation sites of the tag in this workspace',
    width: 48,
    rank: 4,
  },
  {
    ...words,
    id: 'driver',
    label: 'Mapped driver',
    shortLabel: 'Driver',
    tooltip: 'Driver that uses the tag: from this workspace, else from pooltag.txt',
    width: 100,
    rank: 7,
  },
];

export interface SortState {
  readonly column: ColumnId;
  readonly descending: boolean;
  /** By the change since the last sample instead of the total (PoolMon's parentheses). */
  readonly byChange: boolean;
}

/** A column as it stands on screen. */
export interface FittedColumn {
  readonly column: Column;
  readonly width: number;
  /** 0 where the change is left out. */
  readonly changeWidth: number;
  /** Too narrow for both words and figures. */
  readonly compact: boolean;
}

/** Below this width, which the four essential columns need in full, only they are shown, and without the change. */
const NARROW_BELOW = 528;
const NARROW_WIDTHS: Partial<Record<ColumnId, number>> = { tag: 58, bytes: 86, trend: 38, verdict: 118 };
/** Without its tag a row is nothing. */
export const ALWAYS_SHOWN: ColumnId = 'tag';
const FIRST_TO_GO = Math.max(...COLUMNS.map((column) => column.rank));
/** What the scroll bar and the gutters of the row take. */
const MARGIN = 18;

export function columnOf(id: ColumnId): Column {
  return COLUMNS.find((column) => column.id === id) as Column;
}

/** Whether the column shows a change, or is the difference of two that do. */
export function isChangeable(id: ColumnId): boolean {
  return id === 'diff' || columnOf(id).changeWidth > 0;
}

/** The columns that fit into `width` pixels, without those the user hides; the most telling ones stay longest. */
export function fitColumns(width: number, hidden: readonly ColumnId[] = []): FittedColumn[] {
  const wanted = COLUMNS.filter((column) => column.id === ALWAYS_SHOWN || !hidden.includes(column.id));
  if (width < NARROW_BELOW) {
    const narrow = wanted.filter((column) => NARROW_WIDTHS[column.id] !== undefined);
    const fitted = narrow.map((column) => ({
      column,
      width: NARROW_WIDTHS[column.id] ?? 0,
      changeWidth: 0,
      compact: true,
    }));
    return spread(fitted, width);
  }
  return spread(economise(wanted, width), width);
}

/** Columns give way by rank; allocs and frees give up their changes before they go. */
function economise(wanted: readonly Column[], width: number): FittedColumn[] {
  const room = width - MARGIN;
  let shown: FittedColumn[] = wanted.map((column) => ({
    column,
    width: column.width,
    changeWidth: column.changeWidth,
    compact: false,
  }));
  for (let rank = FIRST_TO_GO; rank > 0 && totalWidth(shown) > room; rank--) {
    shown = shown.map((fitted) => (fitted.column.rank === rank ? { ...fitted, changeWidth: 0 } : fitted));
    if (totalWidth(shown) > room) shown = shown.filter((fitted) => fitted.column.rank !== rank);
  }
  return shown;
}

/** What is left goes to the driver's name, else to the trend; where there is little of it, to the verdict. */
function spread(shown: FittedColumn[], width: number): FittedColumn[] {
  const spare = Math.max(0, width - MARGIN - totalWidth(shown));
  const taker =
    shown.find((fitted) => fitted.column.id === 'driver') ??
    shown.find((fitted) => fitted.column.id === (fitted.compact ? 'verdict' : 'trend')) ??
    shown.find((fitted) => fitted.column.id === 'verdict');
  return shown.map((fitted) => (fitted === taker ? { ...fitted, width: fitted.width + spare } : fitted));
}

function totalWidth(shown: readonly FittedColumn[]): number {
  return shown.reduce((sum, fitted) => sum + fitted.width + fitted.changeWidth, 0);
}

/** The sort after a click on a column's name or its key; a second click on the same turns it round. */
export function sortBy(sort: SortState, column: ColumnId, byChange: boolean): SortState {
  const change = byChange && isChangeable(column);
  const same = sort.column === column && sort.byChange === change;
  return { column, byChange: change, descending: same ? !sort.descending : columnOf(column).descending };
}
