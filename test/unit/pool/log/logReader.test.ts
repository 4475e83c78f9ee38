import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { HEADER_FIGURES, POOLMON_HEADER, readText, rowsOf } from './logs.ts';

const COLUMNS = ' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc';
const live = (allocs: number) => [
  ...POOLMON_HEADER,
  ' System pool information',
  COLUMNS,
  '',
  ` Abcd Nonp ${allocs} (   4)  100 (   2)   ${allocs - 100}   ${(allocs - 100) * 64} (   128)     64`,
  ' Abcd Paged        10 (   0)        10 (   0)        0       0 (     0)      0',
  ' Ir p Paged         7 (  -3)         5 (   0)        2     100 (   -32)     50',
];
const text = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

describe('tables of PoolMon', () => {
  test('live: change columns are passed over, both pools of a tag are kept, and inner spaces', () => {
    const { tables, warnings } = readText(text(...live(300)));
    expect(warnings).toEqual([]);
    expect(tables).toHaveLength(1);
    expect(rowsOf(tables[0])).toEqual([
      'Abcd|Nonp|300|100|200|12800|64|',
      'Abcd|Paged|10|10|0|0|0|',
      'Ir p|Paged|7|5|2|100|50|',
    ]);
    expect(tables[0].header).toEqual(HEADER_FIGURES);
  });

  test.each([
    ['with a driver', ' Abcd Nonp 3 ( 1) 1 ( 0) 2 200 ( 0) 100 [my.sys - What it is]', 'my.sys'],
    ['with a driver cut off', ' Abcd Nonp 3 ( 1) 1 ( 0) 2 200 ( 0) 100 [my.sys - What it', 'my.sys'],
    ['with two drivers', ' Abcd Nonp 3 ( 1) 1 ( 0) 2 200 ( 0) 100 [ipsec][ipsec.sys - Security]', 'ipsec.sys'],
    ['with words only', ' Abcd Nonp 3 ( 1) 1 ( 0) 2 200 ( 0) 100 [Gdi Objects]', 'Gdi Objects'],
    ['with an unknown driver', ' Abcd Nonp 3 ( 1) 1 ( 0) 2 200 ( 0) 100 Unknown Driver', ''],
    ['a snapshot', ' Abcd Nonp          3         1         2      200       100', ''],
    [
      'a wide snapshot',
      ` Abcd Nonp ${'3'.padStart(24)}${'1'.padStart(19)}${'2'.padStart(18)}   200      100   [my.sys]`,
      'my.sys',
    ],
    ['pasted with tabs', 'Abcd\tNonp\t3( 1)\t1( 0)\t2\t200( 0)\t100', ''],
    ['behind a prompt', 'C:\\> Abcd Nonp 3 (1) 1 (0) 2 200 (0) 100', ''],
    ['with grouped digits', ' Abcd Nonp 3 (1) 1 (0) 2 200 (1,024) 100', ''],
  ])('a row %s', (_, line, driver) => {
    const { tables } = readText(text(COLUMNS, line));
    expect(rowsOf(tables[0])).toEqual([`Abcd|Nonp|3|1|2|200|100|${driver}`]);
  });

  test('old: indented and with a rule of dashes; short tags', () => {
    const { tables } = readText(
      text(
        '     Tag  Type    Allocs ( x)',
        '     Tag  Type    Allocs          Frees',
        '    ------',
        '     CM   Paged 9 (   0)  2 (   0)  7 70 (   0) 10',
      ),
    );
    expect(rowsOf(tables[0])).toEqual(['CM  |Paged|9|2|7|70|10|']);
  });

  test('tags that differ only in case, and tags of unprintable bytes, stay apart', () => {
    const row = (tag: string) => ` ${tag} Nonp 3 (1) 1 (0) 2 200 (0) 100`;
    const { tables } = readText(text(COLUMNS, row('MmSt'), row('MMst'), row('A\x01\xffb'), row('A\x01\xfeb')));
    expect(new Set(tables[0].rows.map((each) => each.tag)).size).toBe(4);
    expect(tables[0].rows[2].tag).toBe(0x62ff0141);
  });

  test('appended tables are a series; date lines, prompts and memsnap lines between them', () => {
    const { tables } = readText(
      text(
        'C:\\>echo test >> poolmon.log',
        'Wed 07/24/2019',
        '12:21 PM',
        ...live(200),
        '[snip]',
        '!SystemTime=2019-07-24 13:00:00',
        ...live(260),
        '2019-07-24T14:00:00+02:00',
        ...live(300),
        '',
        '# time: 2019-07-25T00:00:00Z',
        ...live(320),
      ),
    );
    expect(tables.map((table) => [table.time && new Date(table.time).toISOString(), table.rows.length])).toEqual([
      ['2019-07-24T12:21:00.000Z', 3],
      ['2019-07-24T13:00:00.000Z', 3],
      ['2019-07-24T12:00:00.000Z', 3],
      ['2019-07-25T00:00:00.000Z', 3],
    ]);
  });

  test('marks belong to the next table', () => {
    const { tables } = readText(
      text(
        '# phase: baseline',
        ...live(200),
        ...live(201),
        '# phase: test',
        '# time: 2026-01-01T00:00:00Z',
        ...live(300),
      ),
    );
    expect(tables.map((table) => table.marks)).toEqual([['baseline'], [], ['test']]);
    expect(() => readText(text('# phase: lunch', ...live(1)))).toThrow(/^line 1: lunch is no phase: settle, baseline/);
    expect(() => readText(text('', '# time: noon', ...live(1)))).toThrow(/^line 2: noon is no time/);
  });

  test('an empty table of a session is a table', () => {
    expect(readText(text(...POOLMON_HEADER, 'All sessions pool information', COLUMNS)).tables[0].rows).toEqual([]);
  });

  const whole = text(...live(200), ...live(260), ...live(300));
  test.each([
    ['within a row', 12],
    ['within its last figure', 3],
    ['behind its second row', 74],
    ['within its header', 480],
  ])('a last table that is torn %s is dropped with a warning, the others kept', (_, cut) => {
    const torn = whole.slice(0, whole.length - cut);
    const { tables, warnings } = readText(torn);
    expect(tables.map((table) => table.rows[0].allocs)).toEqual([200, 260]);
    if (cut < 400)
      expect(warnings.at(-1)).toMatch(/^line 17: the last table is cut off after \d rows; it is left out\.$/);
  });

  test('every cut of a log gives the tables before it, or says why not', () => {
    const first = text(...live(200)).length;
    for (let length = 0; length <= whole.length; length++) {
      let read: ReturnType<typeof readText>;
      try {
        read = readText(whole.slice(0, length));
      } catch (error) {
        expect((error as Error).message).toMatch(/^line \d+: /);
        continue;
      }
      // Of the first two nobody knows how many rows they should have.
      if (length > 2 * first) for (const table of read.tables) expect([0, 3]).toContain(table.rows.length);
    }
  });

  test('a text that is none of these gets an error that names line and reason', () => {
    expect(() => readText('')).toThrow('line 1: the file is empty.');
    expect(() => readText(text('', 'Dear all,', 'the driver leaks.'))).toThrow(/^line 2: "Dear all," begins no table/);
    expect(() => readText(text('"DateTime","Tag","Binary"'))).toThrow(/^line 1: the CSV has no column of bytes/);
  });
});

describe('output of !poolused', () => {
  test('old text runs into the figures, words may begin with digits', () => {
    const { tables } = readText(
      text(
        '0: kd> !poolused',
        '   Sorting by  Tag',
        '  Pool Used:',
        '            NonPaged            Paged',
        ' Tag    Allocs     Used    Allocs     Used',
        " 1394        1      520         0        0UNKNOWN pooltag '1394', please update pooltag.txt",
        ' ohci        1      136         0        01394 OHCI host',
        ' Two         1      344         2      384Both pools , Binary: two.sys',
        ' Num         0        0         2      3848042 words',
        ' TOTAL     3570214 209120008     38769 13066104',
      ),
    );
    expect(rowsOf(tables[0])).toEqual([
      '1394|Nonp|1||1|520|520|',
      'ohci|Nonp|1||1|136|136|',
      'Two |Nonp|1||1|344|344|two.sys',
      'Two |Paged|2||2|384|192|two.sys',
      'Num |Paged|2||2|384|192|',
    ]);
  });

  test('verbose text has frees; the total is no row; noise is passed over', () => {
    const { tables } = readText(
      text(
        'kd> !poolused 1 Hack',
        'Using a machine size of 1f9e5f pages to configure the kd cache',
        '..',
        '*** CacheSize too low - increasing to 128 MB',
        ' Sorting by Tag',
        '                NonPaged                Paged',
        ' Tag  Allocs  Frees  Diff  Used  Allocs  Frees  Diff  Used',
        ' Hack  9  4  5  80  0  0  0  0\tWhat it is',
        'TOTAL  9  4  5  80  0  0  0  0',
      ),
    );
    expect(rowsOf(tables[0])).toEqual(['Hack|Nonp|9|4|5|80|16|']);
  });

  test('two outputs are two tables; rows without a head are known by their words', () => {
    const head = ['Sorting by Paged Pool Consumed', ' Tag Allocs Used Allocs Used'];
    const row = ' srb+       171        41040          0            0\tSCSI';
    expect(readText(text(...head, row, ...head, row)).tables).toHaveLength(2);
    expect(rowsOf(readText(text(row)).tables[0])).toEqual(['srb+|Nonp|171||171|41040|240|']);
    expect(() => readText(text('row 1 2 3 4'))).toThrow(/begins no table/);
  });
});

describe('CSV of poolmon-powershell', () => {
  test('some columns, in quotes; a line a tag, a table a moment', () => {
    const { tables } = readText(
      text(
        '"DateTime","Tag","PagedUsedBytes","Binary","Description"',
        '"2019-07-24T12:21:57","FMfn","1024","fltmgr.sys","Has ""quotes"", and commas"',
        '"2019-07-24T12:21:57","Irp ","64","",""',
        '"2019-07-24T12:22:02","FMfn","2048","fltmgr.sys","x"',
      ),
    );
    expect(tables.map(rowsOf)).toEqual([
      ['FMfn|Paged||||1024||fltmgr.sys', 'Irp |Paged||||64||'],
      ['FMfn|Paged||||2048||fltmgr.sys'],
    ]);
    expect(tables[0].rows[0].description).toBe('Has "quotes", and commas');
    expect(tables.map((table) => table.time! / 1000)).toEqual([1_563_970_917, 1_563_970_922]);
  });

  test('all columns: a row in each pool that the tag used', () => {
    const { tables } = readText(
      text(
        'DateTime,Tag,PagedAllocs,PagedFrees,PagedDiff,PagedUsedBytes,NonPagedAllocs,NonPagedFrees,NonPagedDiff,NonPagedUsedBytes',
        '2019-07-24T12:21:57,Abcd,5,3,2,64,9,9,0,0',
        '2019-07-24T12:21:57,Only,0,0,0,0,4,1,3,48',
      ),
    );
    expect(rowsOf(tables[0])).toEqual(['Abcd|Nonp|9|9|0|0|0|', 'Abcd|Paged|5|3|2|64|32|', 'Only|Nonp|4|1|3|48|16|']);
  });
});

const shared = path.join(
  process.env.POOL_LENS_SHARED ?? path.resolve(import.meta.dirname, '../../../../../shared'),
  'data',
);

describe.skipIf(!existsSync(shared))('real output', () => {
  const filesOf = (folder: string) =>
    readdirSync(path.join(shared, folder)).map(
      (name) => [name, readFileSync(path.join(shared, folder, name), 'latin1')] as const,
    );

  test.each(filesOf('poolmon'))('%s: every row is read, and its figures agree', (name, content) => {
    const { tables } = readText(content);
    const rows = tables.flatMap((table) => table.rows);
    const expected = name.includes('csv')
      ? content.split('\n').filter((line) => /^"\d/.test(line)).length
      : content.split('\n').filter((line) => / (?:Nonp|Paged) +\d/.test(line)).length;
    expect(rows).toHaveLength(expected);
    for (const { allocs, frees, diff, bytes, perAlloc } of rows) {
      if (allocs === null) continue;
      expect(allocs - frees!).toBe(diff);
      expect(perAlloc).toBe(diff === 0 ? 0 : Math.floor(bytes / diff!));
    }
  });

  test.each(filesOf('poolused').filter(([name]) => name.startsWith('pu')))('%s: every row is read', (_, content) => {
    const rows = readText(content).tables.flatMap((table) => table.rows);
    const lines = content
      .split('\n')
      .filter((line) => /^ *\S.{0,3} +\d+ +\d+ +\d+ +\d+/.test(line) && !/TOTAL/.test(line));
    expect(new Set(rows.map((row) => row.tag)).size).toBe(new Set(lines.map((line) => line.trim().slice(0, 4))).size);
    for (const row of rows) expect(row.bytes).toBeGreaterThan(0);
  });

  test.each(filesOf('poolused').filter(([name]) => !name.startsWith('pu')))('%s is refused', (_, content) => {
    expect(() => readText(content)).toThrow(/^line 1: "kd> !\w+.*" begins no table/);
  });
});
