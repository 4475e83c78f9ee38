import { describe, expect, it } from 'vitest';
import { matchesText, nextPool, parseTextFilter } from '../../../webview/filter.ts';

const shows = (text: string, tag: string, driver = '') => matchesText(parseTextFilter(text), tag, driver);

describe('filter line', () => {
  it('finds plain text in tag and driver, whatever the case', () => {
    expect(shows('mpl', 'Xmpl')).toBe(true);
    expect(shows('XMPL', 'Xmpl')).toBe(true);
    expect(shows('NTFS', 'Abcd', 'ntfs.sys')).toBe(true);
    expect(shows('zzz', 'Xmpl', 'ntfs.sys')).toBe(false);
  });

  it('compares wildcards with case, over the whole tag', () => {
    expect(shows('Abc?', 'Abcd')).toBe(true);
    expect(shows('abc?', 'Abcd')).toBe(false);
    expect(shows('Mm*', 'MmSt')).toBe(true);
    expect(shows('Mm*', 'xMmS')).toBe(false);
  });

  it('leaves out what a minus names', () => {
    expect(shows('-Mm*', 'MmSt')).toBe(false);
    expect(shows('-Mm*', 'Ntff')).toBe(true);
    expect(shows('-Irp', 'Irp ')).toBe(false);
    expect(shows('M* -Mm*', 'Mdl ')).toBe(true);
    expect(shows('M* -Mm*', 'MmSt')).toBe(false);
  });

  it('takes any of several terms', () => {
    expect(shows('Mm* Nt*', 'Ntff')).toBe(true);
    expect(shows('Mm* fltmgr', 'FMsl', 'fltmgr.sys')).toBe(true);
    expect(shows('Mm* Nt*', 'Irp ')).toBe(false);
  });

  it('keeps a quoted term with spaces together', () => {
    expect(shows('"dh 1"', 'Dh 1')).toBe(true);
    expect(shows('-"Dh 1"', 'Dh 1')).toBe(false);
    expect(parseTextFilter('"Dh 1')).toEqual({ parts: ['dh 1'], include: [], exclude: [] });
  });

  it('shows everything without a term', () => {
    for (const text of ['', '   ', '-', '""']) expect(shows(text, 'Xmpl')).toBe(true);
  });

  it('cycles the pools as PoolMon does: nonpaged, paged, both', () => {
    expect(nextPool('both', false)).toBe('nonpaged');
    expect(nextPool('nonpaged', false)).toBe('paged');
    expect(nextPool('paged', false)).toBe('both');
    expect(nextPool('both', true)).toBe('paged');
  });
});
