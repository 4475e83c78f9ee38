import { describe, expect, it } from 'vitest';
import { trendRange } from '../../../webview/chart/trend.ts';
import { COLUMNS, fitColumns, sortBy } from '../../../webview/table/columns.ts';
import { tableAction } from '../../../webview/table/keys.ts';
import { KEY_HOLD_MS, OrderHold } from '../../../webview/table/orderHold.ts';
import { FIRST_UI_STATE, restoreUiState } from '../../../webview/uiState.ts';

const names = (width: number) => fitColumns(width).map((fitted) => fitted.column.id);

describe('columns', () => {
  it('stand in PoolMon’s order, then ours', () => {
    expect(names(1400)).toEqual([
      'tag',
      'type',
      'allocs',
      'frees',
      'diff',
      'bytes',
      'perAlloc',
      'growth',
      'trend',
      'verdict',
      'sites',
      'driver',
    ]);
  });

  it('never ask for more room than there is, down to 320 pixels', () => {
    for (let width = 320; width <= 2000; width += 7) {
      const used = fitColumns(width).reduce((sum, fitted) => sum + fitted.width + fitted.changeWidth, 0);
      expect(used, `${width}`).toBeLessThanOrEqual(width);
    }
  });

  it('leave tag, bytes, trend and verdict when it is narrow', () => {
    expect(names(320)).toEqual(['tag', 'bytes', 'trend', 'verdict']);
    expect(fitColumns(320).every((fitted) => fitted.compact && fitted.changeWidth === 0)).toBe(true);
  });

  it('give way by rank: the driver, the changes of allocs and frees, then both columns', () => {
    const total = COLUMNS.reduce((sum, column) => sum + column.width + column.changeWidth, 0);
    const { width: driver } = COLUMNS.find((column) => column.id === 'driver')!;
    const allocs = (width: number) => fitColumns(width).find((fitted) => fitted.column.id === 'allocs');
    expect(names(total)).not.toContain('driver');
    expect(allocs(total)?.changeWidth).toBeGreaterThan(0);
    expect(allocs(total - driver)?.changeWidth).toBe(0);
    expect(names(900)).not.toContain('allocs');
    expect(names(900)).not.toContain('frees');
    expect(names(900)).toContain('bytes');
  });

  it('that the user hides make room, but the tag stays', () => {
    const shown = fitColumns(1400, ['tag', 'allocs', 'driver']).map((fitted) => fitted.column.id);
    expect(shown).toContain('tag');
    expect(shown).not.toContain('allocs');
    expect(fitColumns(320, ['trend']).map((fitted) => fitted.column.id)).toEqual(['tag', 'bytes', 'verdict']);
  });

  it('sort in their own first direction and turn round at the second click', () => {
    const bytes = sortBy({ column: 'tag', descending: false, byChange: false }, 'bytes', false);
    expect(bytes).toEqual({ column: 'bytes', descending: true, byChange: false });
    expect(sortBy(bytes, 'bytes', false).descending).toBe(false);
    expect(sortBy(bytes, 'bytes', true)).toEqual({ column: 'bytes', descending: true, byChange: true });
    expect(sortBy(bytes, 'tag', true)).toEqual({ column: 'tag', descending: false, byChange: false });
  });
});

describe('keys', () => {
  const press = (key: string, modifiers: Partial<Parameters<typeof tableAction>[0]> = {}) =>
    tableAction({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...modifiers });

  it('are PoolMon’s', () => {
    const sorts = { b: 'bytes', m: 'perAlloc', t: 'tag', a: 'allocs', f: 'frees', d: 'diff', s: 'diff' };
    for (const [key, column] of Object.entries(sorts)) {
      expect(press(key)).toEqual({ kind: 'sort', column, reversed: false });
      expect(press(key.toUpperCase(), { shiftKey: true })).toEqual({ kind: 'sort', column, reversed: true });
    }
    expect(press('p')).toEqual({ kind: 'cyclePool', backwards: false });
    expect(press('(')).toEqual(press(')'));
    expect(press('e')).toEqual({ kind: 'toggleTotals' });
    expect(press('L', { shiftKey: true })).toEqual({ kind: 'toggleHighlight' });
    expect(press('?')).toEqual({ kind: 'help' });
  });

  it('start the filter with any other character', () => {
    expect(press('/')).toEqual({ kind: 'filter', text: '' });
    expect(press('X')).toEqual({ kind: 'filter', text: 'X' });
    expect(press('7')).toEqual({ kind: 'filter', text: '7' });
  });

  it('reach the chart, the actions, the editor and the phases', () => {
    expect(press(' ')).toEqual({ kind: 'overlay' });
    expect(press('.', { ctrlKey: true })).toEqual({ kind: 'actions' });
    expect(press('ArrowLeft', { altKey: true })).toEqual({ kind: 'goBack' });
    expect(press('ArrowLeft')).toEqual({ kind: 'fold', folded: true });
    const phases = ['F1', 'F2', 'F3', 'F4'].map((key) => press(key));
    expect(phases).toEqual(['settle', 'baseline', 'test', 'wait'].map((phase) => ({ kind: 'phase', phase })));
  });

  it('leave shortcuts and keys without a meaning alone', () => {
    expect(press('p', { ctrlKey: true })).toBeUndefined();
    expect(press('ArrowRight', { altKey: true })).toBeUndefined();
    expect(press('F3', { shiftKey: true })).toBeUndefined();
    expect(press('.', { ctrlKey: true, shiftKey: true })).toBeUndefined();
    expect(press('Tab')).toBeUndefined();
    expect(press('F5')).toBeUndefined();
    expect(press('constructor')).toBeUndefined();
    expect(press('c', { metaKey: true })).toEqual({ kind: 'copyRow' });
  });
});

describe('holding the order', () => {
  it('lasts while the pointer is over the rows, and a while after a key', () => {
    const hold = new OrderHold();
    expect(hold.isHeld(0)).toBe(false);
    hold.pointer(true);
    expect(hold.isHeld(1e9)).toBe(true);
    hold.pointer(false);
    expect(hold.isHeld(1e9)).toBe(false);
    hold.key(1000);
    expect(hold.isHeld(1000 + KEY_HOLD_MS - 1)).toBe(true);
    expect(hold.keyTimeLeft(2000)).toBe(KEY_HOLD_MS - 1000);
    expect(hold.isHeld(1000 + KEY_HOLD_MS)).toBe(false);
    expect(hold.keyTimeLeft(1e6)).toBe(0);
  });
});

describe('trend', () => {
  it('spans the readings and skips what was before the first', () => {
    expect(trendRange(Float32Array.of(Number.NaN, 10, 50, 30))).toEqual({ low: 10, high: 50 });
    expect(trendRange(Float32Array.of(Number.NaN, 10))).toBeUndefined();
  });

  it('keeps a steady tag flat', () => {
    const range = trendRange(Float32Array.of(1000, 1001, 1000));
    expect((range?.high ?? 0) - (range?.low ?? 0)).toBeCloseTo(1001 * 0.02);
    expect(trendRange(Float32Array.of(0, 0))).toEqual({ low: 0, high: 1 });
  });
});

describe('remembered state', () => {
  it('comes back as it was saved', () => {
    const state = {
      ...FIRST_UI_STATE,
      sort: { column: 'frees', descending: false, byChange: true },
      filter: { text: 'Mm*', pool: 'paged', workspaceOnly: true, growingOnly: true },
      totals: true,
      selected: { tag: 0x6c706d58, paged: true },
      scrollTop: 440,
      hiddenColumns: ['type', 'driver'],
      overlays: [{ tag: 5, paged: false }],
      folded: [5],
      metric: 'traffic',
      chartTable: true,
    };
    expect(restoreUiState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it('falls back part by part where the stored value does not fit', () => {
    for (const stored of [undefined, null, 7, 'x', [], {}]) expect(restoreUiState(stored)).toEqual(FIRST_UI_STATE);
    const odd = restoreUiState({
      sort: { column: 'nope' },
      filter: { text: 3, pool: 'x' },
      scrollTop: -1,
      selected: { tag: 'a' },
      totals: 1,
      hiddenColumns: ['nope'],
      overlays: [{ tag: 'a' }, 3],
      folded: ['x'],
      metric: 'nope',
    });
    expect(odd).toEqual(FIRST_UI_STATE);
    expect(restoreUiState({ sort: { column: 'tag', descending: true, byChange: true } }).sort.byChange).toBe(false);
  });
});
