import { describe, expect, it } from 'vitest';
import { bytesPerAlloc } from '../../../extension/pool/poolmonText.ts';
import type { PanelSite, TagGroup } from '../../../extension/protocol.ts';
import { NO_FILTER, type RowFilter } from '../../../webview/filter.ts';
import { GroupLines } from '../../../webview/groupLines.ts';
import { RowSelection } from '../../../webview/rowSelection.ts';
import { RowStore } from '../../../webview/state.ts';
import { COLUMNS, type SortState } from '../../../webview/table/columns.ts';
import {
  groupLineId,
  groupOfLine,
  heldOrder,
  NO_ORDER,
  orderRows,
  sortAlmostSorted,
} from '../../../webview/table/order.ts';
import { RowFacts } from '../../../webview/table/rowFacts.ts';
import { totalsOf } from '../../../webview/table/totals.ts';
import { TagDirectory } from '../../../webview/tagDirectory.ts';
import { FIRST_UI_STATE } from '../../../webview/uiState.ts';
import { rowsMessage, type TestRow, tagOf } from './rows.ts';

const SITE: PanelSite = { index: 0, file: 'a.c', line: 1, function: 'f', routine: 'ExAllocatePool2', lineText: '' };
const BY_BYTES: SortState = { column: 'bytes', descending: true, byChange: false };

const ROWS: readonly TestRow[] = [
  { id: 0, tag: 'Mdl ', allocs: 9, frees: 4, outstanding: 5, bytes: 500, bytesDelta: 1, bytesPerMinute: 3 },
  { id: 1, tag: 'Ntff', paged: true, allocs: 8, outstanding: 8, bytes: 800, bytesPerMinute: -5, verdict: 3 },
  { id: 2, tag: 'Xmpl', allocs: 4, outstanding: 4, bytes: 40, bytesDelta: 7, bytesPerMinute: 9, growing: 1 },
  { id: 3, tag: 'Xmpl', paged: true, bytes: 0 },
  { id: 4, tag: 'XCtx', allocs: 2, frees: 1, outstanding: 1, bytes: 512 },
  { id: 5, tag: 'Grow', allocs: 2, outstanding: 2, bytes: 3, growing: 1 },
];

function pool(rows: readonly TestRow[] = ROWS) {
  const store = new RowStore();
  store.apply(rowsMessage('snapshot', 0, rows));
  const directory = new TagDirectory();
  const info = (tag: string, driver: string, sites: PanelSite[]) => ({
    tag: tagOf(tag),
    driver,
    description: '',
    sites,
  });
  directory.apply({
    type: 'tags',
    all: true,
    tags: [
      info('Mdl ', 'nt!mm', []),
      info('Ntff', 'Ntfs.sys', []),
      info('Xmpl', 'mydrv', [SITE, SITE]),
      info('XCtx', 'mydrv', [SITE]),
    ],
  });
  const facts = new RowFacts();
  facts.refresh(store, directory);
  const order = (sort: SortState, filter: Partial<RowFilter> = {}) =>
    orderRows(store, facts, { sort, filter: { ...NO_FILTER, ...filter } }, NO_ORDER);
  return { store, facts, order };
}

describe('order of rows', () => {
  it('puts the rows of growing workspace tags on top whatever the sort', () => {
    const { order } = pool();
    expect(order(BY_BYTES)).toEqual({ ids: [2, 3, 1, 4, 0, 5], heroes: 2, lines: 0 });
    expect(order({ column: 'tag', descending: false, byChange: false }).ids.slice(0, 2)).toEqual([2, 3]);
  });

  it('sorts by every column in both directions', () => {
    const { order } = pool();
    for (const { id } of COLUMNS) {
      const down = order({ column: id, descending: true, byChange: false }).ids;
      const up = order({ column: id, descending: false, byChange: false }).ids;
      expect([...down].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(down, id).not.toEqual(up);
    }
    expect(order({ column: 'tag', descending: false, byChange: false }).ids.slice(2)).toEqual([5, 0, 1, 4]);
    expect(order({ column: 'driver', descending: false, byChange: false }).ids.slice(2)).toEqual([4, 0, 1, 5]);
    expect(order({ column: 'growth', descending: true, byChange: false }).ids.slice(2)).toEqual([0, 5, 4, 1]);
    expect(order({ column: 'verdict', descending: true, byChange: false }).ids[2]).toBe(1);
    expect(order({ column: 'perAlloc', descending: true, byChange: false }).ids.slice(2)).toEqual([4, 0, 1, 5]);
  });

  it('sorts by the change', () => {
    const { order } = pool(ROWS.map((row) => ({ ...row, growing: 0 })));
    expect(order({ column: 'bytes', descending: true, byChange: true }).ids.slice(0, 2)).toEqual([2, 0]);
  });

  it('gives the same order from any previous one', () => {
    const { store, facts, order } = pool();
    const previous = { ids: [5, 4, 3, 2, 1, 0], heroes: 0, lines: 0 };
    expect(orderRows(store, facts, { sort: BY_BYTES, filter: NO_FILTER }, previous)).toEqual(order(BY_BYTES));
  });

  it('puts groups on top, each under its line, and hides the rows of a folded one', () => {
    const { store, facts } = pool();
    const member = (text: string) => ({ tag: tagOf(text), share: 0.5, place: '' });
    const split: TagGroup = {
      kind: 'split',
      tag: tagOf('XOld'),
      members: [member('XCtx'), member('Mdl ')],
      reason: '',
    };
    const alone: TagGroup = { ...split, tag: tagOf('None'), members: [member('Grow')] };
    const arranged = (folded: number[], filter = NO_FILTER) =>
      orderRows(store, facts, { sort: BY_BYTES, filter, groups: [alone, split], folded }, NO_ORDER);
    const line = groupLineId(1);
    expect(groupOfLine(line)).toBe(1);
    expect(arranged([])).toEqual({ ids: [line, 4, 0, 2, 3, 1, 5], heroes: 5, lines: 1 });
    expect(arranged([split.tag]).ids).toEqual([line, 2, 3, 1, 5]);
    // One row that the filter leaves is no group.
    expect(arranged([], { ...NO_FILTER, text: 'XCtx' }).ids).toEqual([4]);
    const held = { sort: BY_BYTES, filter: NO_FILTER, groups: [alone, split], folded: [split.tag] };
    const before = arranged([split.tag]);
    expect(heldOrder(store, facts, held, before)).toBe(before);
  });

  it('sorts almost sorted rows as any sort would, and unsorted ones too', () => {
    const count = 500;
    const keys = Float64Array.from({ length: count }, (_, i) => Math.floor((i * 7919) % 97));
    const rank = Float64Array.from({ length: count }, (_, i) => i);
    const ids = Array.from({ length: count }, (_, i) => i);
    const wanted = ids.toSorted((a, b) => keys[b] - keys[a] || rank[a] - rank[b]);
    const unsorted = [...ids];
    sortAlmostSorted(unsorted, keys, rank, true);
    expect(unsorted).toEqual(wanted);
    const almost = wanted.toSpliced(40, 2, wanted[41], wanted[40]);
    sortAlmostSorted(almost, keys, rank, true);
    expect(almost).toEqual(wanted);
  });

  it('filters by pool, workspace, growth and text', () => {
    const { order } = pool();
    expect(order(BY_BYTES, { pool: 'paged' }).ids).toEqual([3, 1]);
    expect(order(BY_BYTES, { workspaceOnly: true }).ids).toEqual([2, 3, 4]);
    // Both rows of Xmpl: a tag grows when any of its pool rows does.
    expect(order(BY_BYTES, { growingOnly: true }).ids).toEqual([2, 3, 5]);
    expect(order(BY_BYTES, { text: 'ntfs' }).ids).toEqual([1]);
    expect(order(BY_BYTES, { text: 'X* -XC*' }).ids).toEqual([2, 3]);
  });

  it('holds the order while new rows go below', () => {
    const { store, facts, order } = pool();
    const before = order({ column: 'tag', descending: false, byChange: false });
    const held = { sort: BY_BYTES, filter: NO_FILTER };
    expect(heldOrder(store, facts, held, before)).toBe(before);
    store.apply(rowsMessage('frame', 1, [{ id: 6, tag: 'Aaaa', bytes: 9e9 }]));
    facts.refresh(store, new TagDirectory());
    expect(heldOrder(store, facts, held, before).ids).toEqual([...before.ids, 6]);
  });

  it('rounds bytes per allocation down as PoolMon does', () => {
    expect(bytesPerAlloc(156_097_152, 174_001)).toBe(897);
    expect(bytesPerAlloc(96, 0)).toBe(0);
  });

  it('sums each pool of the rows shown', () => {
    const { store, order } = pool();
    const sum = totalsOf(store, order(BY_BYTES, { workspaceOnly: true }).ids, false);
    expect(sum).toMatchObject({ rows: 2, allocs: 6, frees: 1, outstanding: 5, bytes: 552, bytesDelta: 7 });
  });
});

describe('the line over a group', () => {
  it('names who takes the growth and where', () => {
    const { store } = pool();
    const group: TagGroup = {
      kind: 'split',
      tag: tagOf('XOld'),
      members: [
        { tag: tagOf('XCtx'), share: 0.02, place: '' },
        { tag: tagOf('Xmpl'), share: 0.98, place: 'command.c:23' },
      ],
      reason: '',
    };
    const lines = new GroupLines(store, [group, { ...group, kind: 'together' }], [group.tag]);
    expect(lines.line(0)).toEqual({
      words: 'XOld · split into 2 tags · 5 objects, 552 bytes · 98 % by Xmpl, command.c:23',
      folded: true,
      hero: true,
    });
    expect(lines.line(1).words).toBe('XOld · 2 tags that grow together · 5 objects, 552 bytes');
    expect(lines.isMember(2)).toBe(true);
    expect(lines.isMember(0)).toBe(false);
  });
});

describe('selection', () => {
  it('knows rows by tag and pool, groups by their tag, and folds', () => {
    const { store } = pool();
    const selection = new RowSelection(store);
    const member = (text: string) => ({ tag: tagOf(text), share: 0.5, place: '' });
    selection.groups = [{ kind: 'split', tag: tagOf('XOld'), members: [member('Xmpl'), member('XCtx')], reason: '' }];
    const at = (tag: string, paged = false, group = false) => ({
      ...FIRST_UI_STATE,
      selected: { tag: tagOf(tag), paged, ...(group ? { group } : {}) },
    });
    expect(selection.selectedId(FIRST_UI_STATE)).toBe(-1);
    expect(selection.selectedId(at('Xmpl', true))).toBe(3);
    expect(selection.selectedId(at('Qqqq'))).toBe(-1);
    expect(selection.selectedId(at('XOld', false, true))).toBe(groupLineId(0));
    expect(selection.detailId(at('XOld', false, true))).toBe(2);
    expect(selection.keyOf(groupLineId(0))).toEqual({ tag: tagOf('XOld'), paged: false, group: true });
    expect(selection.splitOf(tagOf('XCtx'))?.tag).toBe(tagOf('XOld'));
    expect(selection.folded(FIRST_UI_STATE, 2, true)?.folded).toEqual([tagOf('XOld')]);
    expect(selection.folded(FIRST_UI_STATE, 2, false)).toBeUndefined();
    expect(selection.folded(FIRST_UI_STATE, 1, true)).toBeUndefined();
  });

  it('lays at most so many rows over the chart, the oldest giving way', () => {
    const { store } = pool();
    const selection = new RowSelection(store);
    let overlays = FIRST_UI_STATE.overlays;
    for (const id of [0, 1, 2, 3, 4]) overlays = selection.toggledOverlay({ ...FIRST_UI_STATE, overlays }, id);
    expect(selection.overlayIds({ ...FIRST_UI_STATE, overlays })).toEqual([1, 2, 3, 4]);
    overlays = selection.toggledOverlay({ ...FIRST_UI_STATE, overlays }, 3);
    expect(selection.overlayIds({ ...FIRST_UI_STATE, overlays })).toEqual([1, 2, 4]);
  });
});
