import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tagFromText } from '../../../../language/tag/poolTag.ts';
import { parseTagFile, TagDatabase } from '../../../../language/tag/tagDatabase.ts';

const tag = (text: string) => tagFromText(text)!;
const database = (...files: string[]) =>
  new TagDatabase(files.flatMap((text, i) => parseTagFile(text, `file${i}.txt`)));

const SAMPLE = [
  '//',
  '//  Copyright',
  'rem',
  'rem    <PoolTag> - <binary-name> - <Description>',
  'REM NTFS Specific allocation tags',
  '',
  'Abos - <unknown>    - Abiosdsk',
  'Irp  - nt!io        - Io, IRP packets',
  'Fsb -  netio.sys    - Fixed-Size Block pool',
  'ATmp - AppTag mount point',
  'EtwO - nt!etw         Etw memory partition',
  'Tun4  - ',
  'CKRT - <multiple>   - Cluster Kernel RTL library',
  'sm?? - nt!store or rdyboost.sys - ReadyBoost allocations',
  'smMd - rdyboost.sys -         ReadyBoost - MDL - allocation',
  'FtU  - <unknown>    - Fault tolerance driver',
  '       <unknown>',
  'QUIC Allocation tags are Qc00 through QcFF',
  'Qc00 - msquic.sys   - QUIC Silo',
  'Gh?: - win32k.sys   - Gdi handle',
  'Gh ? - win32k.sys   - Gdi space',
  'G??? - <unknown>    - Gdi Objects',
  'CLb* - clusbflt.sys - Cluster block storage',
  'Dh 1 - win32k.sys   - inner space',
  'MmSt - nt!mm        - first',
  'MMst - nt!mm        - other case',
  'MmSt - nt!mm        - second',
  '-UMD - x.sys        - starts with a dash',
  '\x1a',
].join('\r\n');

describe('pooltag.txt', () => {
  const entries = parseTagFile(SAMPLE, 'pooltag.txt');
  const of = (pattern: string) => entries.findLast((e) => e.pattern === pattern);

  it('reads three fields, with the file and the line', () => {
    expect(of('Abos')).toEqual({
      pattern: 'Abos',
      binary: '<unknown>',
      description: 'Abiosdsk',
      file: 'pooltag.txt',
      line: 7,
    });
    expect(of('Irp ')).toMatchObject({ binary: 'nt!io', description: 'Io, IRP packets' });
    expect(of('Fsb ')).toMatchObject({ binary: 'netio.sys', description: 'Fixed-Size Block pool' });
    expect(of('-UMD')).toMatchObject({ binary: 'x.sys' });
  });

  it('reads lines that lack a field', () => {
    expect(of('ATmp')).toMatchObject({ binary: '', description: 'AppTag mount point' });
    expect(of('EtwO')).toMatchObject({ binary: 'nt!etw', description: 'Etw memory partition' });
    expect(of('Tun4')).toMatchObject({ binary: '', description: '' });
  });

  it('keeps dashes in descriptions and words in binaries', () => {
    expect(of('smMd')).toMatchObject({ binary: 'rdyboost.sys', description: 'ReadyBoost - MDL - allocation' });
    expect(of('sm??')).toMatchObject({ binary: 'nt!store or rdyboost.sys', description: 'ReadyBoost allocations' });
    expect(of('CKRT')).toMatchObject({ binary: '<multiple>' });
  });

  it('joins continuation lines and passes over prose, comments and the end mark', () => {
    expect(of('FtU ')).toMatchObject({ description: 'Fault tolerance driver <unknown>' });
    expect(entries).toHaveLength(20);
  });

  it('reads LF files alike', () => {
    expect(parseTagFile(SAMPLE.replaceAll('\r\n', '\n'), 'pooltag.txt')).toEqual(entries);
  });

  it('looks up exact before wildcard, the most specific wildcard first, case-sensitive', () => {
    const db = database(SAMPLE);
    expect(db.lookup(tag('Irp'))?.binary).toBe('nt!io');
    expect(db.lookup(0x00707249)?.binary).toBe('nt!io');
    expect(db.lookup(tag('smMd'))?.binary).toBe('rdyboost.sys');
    expect(db.lookup(tag('smXX'))?.pattern).toBe('sm??');
    expect(db.lookup(tag('Gh1:'))?.description).toBe('Gdi handle');
    expect(db.lookup(tag('Gh 5'))?.description).toBe('Gdi space');
    expect(db.lookup(tag('Gxyz'))?.description).toBe('Gdi Objects');
    expect(db.lookup(tag('MMst'))?.description).toBe('other case');
    expect(db.lookup(tag('mmst'))).toBeUndefined();
    expect(db.lookup(tag('Dh 1'))?.description).toBe('inner space');
  });

  it('lets the later line and the later file win', () => {
    expect(database(SAMPLE).lookup(tag('MmSt'))?.description).toBe('second');
    const own = 'MmSt - mine.sys - mine';
    expect(database(SAMPLE, own).lookup(tag('MmSt'))).toMatchObject({ binary: 'mine.sys', file: 'file1.txt', line: 1 });
  });

  it('knows what is spoken for, case and wildcards included, catch-alls left out', () => {
    const db = database(`${SAMPLE}\r\n???? - any.sys - everything\r\n`);
    expect(db.isSpokenFor('mmST')).toBe(true);
    expect(db.isSpokenFor('SMzz')).toBe(true);
    expect(db.isSpokenFor('irp ')).toBe(true);
    expect(db.isSpokenFor('Zzzz')).toBe(false);
  });
});

const shared = resolve(process.env.POOL_LENS_SHARED ?? '../shared', 'data/pooltag/pooltag-2022.txt');

describe.skipIf(!existsSync(shared))('a whole pooltag.txt', () => {
  it('gives an entry for every line that holds one', () => {
    const text = readFileSync(shared, 'latin1');
    const entries = parseTagFile(text, 'pooltag.txt');
    // Lines of the form `xxxx - ` or `xxxx -`, counted another way than the parser does.
    const lines = text.split('\n').filter((l) => /^[^\s/].{0,3} {0,2}- /.test(l) && !/^rem\b/i.test(l));
    expect(entries.length).toBe(lines.length);
    expect(entries.filter((e) => e.pattern.length !== 4)).toEqual([]);
    expect(entries.filter((e) => e.binary === '' && e.line > 200)).toEqual([]);
    const db = new TagDatabase(entries);
    expect(db.lookup(tag('Afd9'))?.pattern).toBe('Afd?');
    expect(db.lookup(tag('AfdB'))?.pattern).toBe('AfdB');
    expect(db.lookup(tag('Ntf0'))?.binary).toBe('ntfs.sys');
  });
});
