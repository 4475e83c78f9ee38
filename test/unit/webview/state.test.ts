import { describe, expect, it } from 'vitest';
import { RowStore } from '../../../webview/state.ts';
import { rowsMessage, tagOf } from './rows.ts';

describe('row store', () => {
  it('holds what a snapshot says', () => {
    const store = new RowStore();
    const rows = [
      { id: 0, tag: 'Xmpl', allocs: 10, frees: 4, outstanding: 6, bytes: 600, growing: 1 },
      { id: 1, tag: 'Xmpl', paged: true, allocs: 3, frees: 3 },
    ];
    expect(store.apply(rowsMessage('snapshot', 5, rows))).toBe('snapshot');
    expect(store.ids).toEqual([0, 1]);
    expect(store.columns.bytes[0]).toBe(600);
    expect(store.isPaged(1)).toBe(true);
    expect(store.rowsOfTag(tagOf('Xmpl'))).toEqual([0, 1]);
    expect(store.tagGrows(tagOf('Xmpl'))).toBe(true);
    expect(store.tagGrows(tagOf('None'))).toBe(false);
  });

  it('zeroes the changes of rows that a frame leaves out, and keeps their totals', () => {
    const store = new RowStore();
    store.apply(
      rowsMessage('snapshot', 0, [
        { id: 0, tag: 'Aaaa', bytes: 100, bytesDelta: 50, allocsDelta: 2, freesDelta: 1 },
        { id: 1, tag: 'Bbbb', bytes: 10, bytesDelta: 10 },
      ]),
    );
    expect(store.apply(rowsMessage('frame', 1, [{ id: 1, tag: 'Bbbb', bytes: 30, bytesDelta: 20 }]))).toBe('frame');
    const { bytes, bytesDelta, allocsDelta, freesDelta } = store.columns;
    expect([bytes[0], bytesDelta[0], allocsDelta[0], freesDelta[0]]).toEqual([100, 0, 0, 0]);
    expect([bytes[1], bytesDelta[1]]).toEqual([30, 20]);
    store.apply(rowsMessage('frame', 2, []));
    expect(store.columns.bytesDelta[1]).toBe(0);
  });

  it('asks for a snapshot once when a frame is missing, and goes on with it', () => {
    const store = new RowStore();
    store.apply(rowsMessage('snapshot', 7, [{ id: 0, tag: 'Aaaa', bytes: 1 }]));
    expect(store.apply(rowsMessage('frame', 9, [{ id: 0, tag: 'Aaaa', bytes: 2 }]))).toBe('gap');
    expect(store.apply(rowsMessage('frame', 10, [{ id: 0, tag: 'Aaaa', bytes: 3 }]))).toBe('waiting');
    expect(store.columns.bytes[0]).toBe(1);
    expect(store.apply(rowsMessage('snapshot', 0, [{ id: 0, tag: 'Aaaa', bytes: 4 }], { generation: 2 }))).toBe(
      'snapshot',
    );
    expect(store.apply(rowsMessage('frame', 1, [{ id: 0, tag: 'Aaaa', bytes: 5 }], { generation: 2 }))).toBe('frame');
    expect(store.columns.bytes[0]).toBe(5);
  });

  it('takes no frame before a snapshot, nor one of another generation', () => {
    expect(new RowStore().apply(rowsMessage('frame', 1, []))).toBe('gap');
    const store = new RowStore();
    store.apply(rowsMessage('snapshot', 0, []));
    expect(store.apply(rowsMessage('frame', 1, [], { generation: 2 }))).toBe('gap');
  });

  it('forgets rows and trends that a new snapshot does not have', () => {
    const store = new RowStore();
    const trends = { ids: Uint32Array.of(3), length: 2, points: Float32Array.of(1, 2) };
    store.apply(rowsMessage('snapshot', 0, [{ id: 3, tag: 'Aaaa' }], { trends }));
    expect(store.trend(3)).toEqual(Float32Array.of(1, 2));
    store.apply(rowsMessage('snapshot', 0, [{ id: 0, tag: 'Bbbb' }], { generation: 2 }));
    expect(store.ids).toEqual([0]);
    expect(store.has(3)).toBe(false);
    expect(store.trend(3)).toBeUndefined();
    expect(store.rowsOfTag(tagOf('Aaaa'))).toEqual([]);
  });

  it('grows beyond its first capacity and keeps what it holds', () => {
    const store = new RowStore();
    store.apply(rowsMessage('snapshot', 0, [{ id: 0, tag: 'Aaaa', bytes: 42 }]));
    const version = store.rowSetVersion;
    store.apply(rowsMessage('frame', 1, [{ id: 9000, tag: 'Bbbb', bytes: 43 }]));
    expect(store.columns.bytes[0]).toBe(42);
    expect(store.columns.bytes[9000]).toBe(43);
    expect(store.tag(9000)).toBe(tagOf('Bbbb'));
    expect(store.rowSetVersion).toBeGreaterThan(version);
  });

  it('refuses a message whose arrays do not fit and stays as it was', () => {
    const store = new RowStore();
    store.apply(rowsMessage('snapshot', 0, [{ id: 0, tag: 'Aaaa', bytes: 42 }]));
    const broken = rowsMessage('snapshot', 1, [{ id: 0, tag: 'Aaaa', bytes: 1 }]);
    expect(() => store.apply({ ...broken, rows: { ...broken.rows, values: new Float64Array(3) } })).toThrow(RangeError);
    expect(() =>
      store.apply({ ...broken, trends: { ids: Uint32Array.of(0), length: 4, points: new Float32Array(3) } }),
    ).toThrow(/Trends do not fit/);
    expect(() => store.apply(rowsMessage('snapshot', 1, [{ id: 4_000_000_000, tag: 'Aaaa' }]))).toThrow(/out of range/);
    expect(store.columns.bytes[0]).toBe(42);
  });
});
