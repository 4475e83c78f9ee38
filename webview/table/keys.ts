/** What the keys do while the table has the focus: PoolMon's, and those of any list. */
import type { PhaseName } from '../../extension/protocol.ts';
import type { ColumnId } from './columns.ts';

export type TableAction =
  | { readonly kind: 'sort'; readonly column: ColumnId; readonly reversed: boolean }
  | { readonly kind: 'cyclePool'; readonly backwards: boolean }
  | {
      readonly kind:
        | 'toggleChange'
        | 'toggleTotals'
        | 'toggleHighlight'
        | 'help'
        | 'showSites'
        | 'copyRow'
        | 'overlay'
        | 'actions'
        | 'goBack';
    }
  | { readonly kind: 'phase'; readonly phase: PhaseName }
  | { readonly kind: 'fold'; readonly folded: boolean }
  | { readonly kind: 'move'; readonly by: 'row' | 'page' | 'end'; readonly direction: -1 | 1 }
  /** Focus the filter; `text` is what was typed. */
  | { readonly kind: 'filter'; readonly text: string };

export interface KeyStroke {
  /** As in KeyboardEvent. */
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const SORT_KEYS: Readonly<Record<string, ColumnId>> = {
  b: 'bytes',
  m: 'perAlloc',
  t: 'tag',
  a: 'allocs',
  f: 'frees',
  d: 'diff',
  s: 'diff',
};

const NAMED_KEYS: Readonly<Record<string, TableAction>> = {
  ArrowUp: { kind: 'move', by: 'row', direction: -1 },
  ArrowDown: { kind: 'move', by: 'row', direction: 1 },
  PageUp: { kind: 'move', by: 'page', direction: -1 },
  PageDown: { kind: 'move', by: 'page', direction: 1 },
  Home: { kind: 'move', by: 'end', direction: -1 },
  End: { kind: 'move', by: 'end', direction: 1 },
  Enter: { kind: 'showSites' },
  ArrowLeft: { kind: 'fold', folded: true },
  ArrowRight: { kind: 'fold', folded: false },
  ' ': { kind: 'overlay' },
  F1: { kind: 'phase', phase: 'settle' },
  F2: { kind: 'phase', phase: 'baseline' },
  F3: { kind: 'phase', phase: 'test' },
  F4: { kind: 'phase', phase: 'wait' },
  '/': { kind: 'filter', text: '' },
  '(': { kind: 'toggleChange' },
  ')': { kind: 'toggleChange' },
  '?': { kind: 'help' },
  e: { kind: 'toggleTotals' },
  l: { kind: 'toggleHighlight' },
  h: { kind: 'help' },
};

/** The action of a key, or undefined where the key belongs to somebody else (the browser, VS Code). */
export function tableAction(stroke: KeyStroke): TableAction | undefined {
  const { key } = stroke;
  if (stroke.ctrlKey || stroke.metaKey) {
    if (stroke.altKey || stroke.shiftKey) return undefined;
    return key.toLowerCase() === 'c' ? { kind: 'copyRow' } : key === '.' ? { kind: 'actions' } : undefined;
  }
  if (stroke.altKey) return key === 'ArrowLeft' ? { kind: 'goBack' } : undefined;
  if (stroke.shiftKey && key.length > 1) return undefined;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  const column = Object.hasOwn(SORT_KEYS, letter) ? SORT_KEYS[letter] : undefined;
  if (column) return { kind: 'sort', column, reversed: stroke.shiftKey };
  if (letter === 'p') return { kind: 'cyclePool', backwards: stroke.shiftKey };
  if (Object.hasOwn(NAMED_KEYS, letter)) return NAMED_KEYS[letter];
  return key.length === 1 ? { kind: 'filter', text: key } : undefined;
}
