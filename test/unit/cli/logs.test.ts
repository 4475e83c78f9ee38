import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convert } from '../../../extension/cli/convert.ts';
import { verdict } from '../../../extension/cli/verdict.ts';
import type { ExportFormat } from '../../../extension/pool/log/exports.ts';
import { HEADER_FIGURES, POOLMON_HEADER } from '../pool/log/logs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-logs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function converted(file: string, to: ExportFormat): Promise<{ output: string; warnings: string[] }> {
  let output = '';
  const warnings: string[] = [];
  const print = async (text: string) => {
    output += text;
  };
  await convert(file, to, print, (warning) => warnings.push(warning));
  return { output, warnings };
}

const LOG = [
  '# time: 2026-05-01T12:00:00Z',
  ...POOLMON_HEADER,
  ' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc  Mapped_Driver',
  ' Abcd Nonp 300 (   4)  100 (   2)   200   12800 (   128)     64 [my.sys - Mine]',
  ' Ir p Paged  7 (  -3)    5 (   0)     2     100 (   -32)     50 Unknown Driver',
  '',
].join('\r\n');

describe('convert', () => {
  test('to JSON, in the documented shape', async () => {
    const { output } = await converted(fileOf('a.log', LOG), 'json');
    expect(JSON.parse(output)).toEqual({
      snapshots: [
        {
          time: '2026-05-01T12:00:00.000Z',
          header: HEADER_FIGURES,
          rows: [
            {
              tag: 'Abcd',
              type: 'Nonp',
              allocs: 300,
              frees: 100,
              diff: 200,
              bytes: 12_800,
              perAlloc: 64,
              driver: 'my.sys',
            },
            { tag: 'Ir p', type: 'Paged', allocs: 7, frees: 5, diff: 2, bytes: 100, perAlloc: 50, driver: null },
          ],
        },
      ],
    });
  });

  test.each(['csv', 'poolmon'] as const)('to %s and back nothing is lost', async (format) => {
    const source = fileOf(
      'b.log',
      LOG + LOG.replace('12:00', '12:05').replaceAll('300', '310').replaceAll('200 ', '210 '),
    );
    const first = JSON.parse((await converted(source, 'json')).output);
    const { output } = await converted(source, format);
    const back = JSON.parse((await converted(fileOf(`b.${format}`, output), 'json')).output);
    expect(back.snapshots).toHaveLength(2);
    // CSV has no header figures.
    if (format === 'csv') for (const snapshot of first.snapshots) snapshot.header = {};
    expect(back).toEqual(first);
  });

  const utf16 = Buffer.from(`\ufeff${LOG}`, 'utf16le');
  test.each([
    ['UTF-16 with its mark', utf16],
    ['UTF-16, highest byte first', Buffer.from(utf16).swap16()],
    ['UTF-16 without a mark', utf16.subarray(2)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${LOG}`)],
    ['line feeds', Buffer.from(LOG.replaceAll('\r\n', '\n'))],
    ['carriage returns', Buffer.from(LOG.replaceAll('\r\n', '\r'))],
    ['a final end mark', Buffer.from(`${LOG}\x1a`)],
  ])('reads %s', async (name, content) => {
    const { output, warnings } = await converted(fileOf(`${name}.log`, content), 'json');
    expect(warnings).toEqual([]);
    expect(output).toBe((await converted(fileOf('a.log', LOG), 'json')).output);
  });

  test('refuses what is no log with file, line and reason', async () => {
    const refused = (name: string, content: Buffer | string) => converted(fileOf(name, content), 'json');
    await expect(refused('x.csv', Buffer.from([0xff, 0xfe, 0xff, 4, 65, 0]))).rejects.toThrow(
      /x\.csv: line 1: a PoolMonX archive, which is binary/,
    );
    await expect(refused('y.txt', 'hello\nworld\n')).rejects.toThrow(/y\.txt: line 1: "hello" begins no table/);
    await expect(refused('z.bin', 'A\n\x01\x02\x03 and so on')).rejects.toThrow(/z\.bin: line 2: this is binary/);
    await expect(converted(path.join(folder, 'absent.log'), 'json')).rejects.toThrow(/absent\.log: no such file\.$/);
    await expect(converted(folder, 'json')).rejects.toThrow(/is a folder, not a file\.$/);
  });

  test('a long log takes no more memory than a short one', async () => {
    const table = LOG.split('\r\n').slice(1).join('\r\n');
    const rows = Array.from(
      { length: 400 },
      (_, i) => ` T${String(i).padStart(3, '0')} Nonp 9 (0) 1 (0) 8 80 (0) 10\r\n`,
    ).join('');
    const file = fileOf('long.log', (table + rows).repeat(300));
    let snapshots = 0;
    let longest = 0;
    await convert(
      file,
      'json',
      async (text) => {
        if (text.includes('"rows"')) snapshots++;
        longest = Math.max(longest, text.length);
      },
      (warning) => expect.unreachable(warning),
    );
    expect(snapshots).toBe(300);
    expect(longest).toBeLessThan(100_000);
  });
});

/** A log of four cycles: a tag that leaks while the test runs, one that only follows it, one that rests. */
function cyclesLog(leakPerTable: number): string {
  const lines: string[] = [];
  let minute = 0;
  let leaked = 0;
  const table = (busy: boolean) => {
    if (busy) leaked += leakPerTable;
    const load = busy ? 300 : 0;
    const row = (tag: string, objects: number) =>
      ` ${tag} Nonp ${9000 + minute * 500 + objects} (0) ${9000 + minute * 500} (0) ${objects} ${objects * 64} (0) 64`;
    lines.push(`# time: ${new Date(Date.UTC(2026, 4, 1, 0, minute++)).toISOString()}`);
    lines.push(' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc');
    lines.push(row('Leak', 100 + leaked + load), row('Load', 50 + load + (minute % 3)), row('Rest', 7));
  };
  const phase = (name: string, tables: number) => {
    lines.push(`# phase: ${name}`);
    for (let i = 0; i < tables; i++) table(name === 'test');
  };
  phase('settle', 3);
  phase('baseline', 6);
  for (let cycle = 0; cycle < 4; cycle++) {
    phase('test', 10);
    phase('wait', 8);
  }
  return `${lines.join('\n')}\n`;
}

describe('verdict', () => {
  const of = async (content: string, options: { tags?: string[] } = {}) => {
    const file = fileOf('cycles.log', content);
    const { output, leaks } = await verdict(file, {
      json: true,
      workspace: undefined,
      tags: options.tags ?? [],
      warn: (warning) => expect.unreachable(warning),
    });
    return {
      tags: JSON.parse(output).tags as { tag: string; verdict: string; evidence: string; objectsPerHour: number }[],
      leaks,
    };
  };

  test('of a log with phases: the leak, the load and what rests, worst first', async () => {
    const { tags, leaks } = await of(cyclesLog(4));
    expect(leaks).toBe(true);
    expect(tags.map(({ tag, verdict: kind }) => [tag, kind])).toEqual([
      ['Leak', 'leak'],
      ['Load', 'load'],
      ['Rest', 'steady'],
    ]);
    expect(tags[0]).toMatchObject({
      type: 'Nonp',
      evidence: expect.stringMatching(/^\+40 objects in each of 4 cycles, none given back in 3\d min of waiting/),
    });
    expect(tags[0].objectsPerHour).toBeGreaterThan(80);
    expect(Object.keys(tags[0])).toEqual(['tag', 'type', 'verdict', 'evidence', 'objectsPerHour', 'bytesPerHour']);
  });

  test('without a leak, and for other tags than the leaking one, nothing is found', async () => {
    expect((await of(cyclesLog(0))).leaks).toBe(false);
    const { tags, leaks } = await of(cyclesLog(4), { tags: ['L?ad,Re*'] });
    expect([tags.map(({ tag }) => tag), leaks]).toEqual([['Load', 'Rest'], false]);
  });

  test('without times the verdict is the same, and no rate is told', async () => {
    const { tags } = await of(cyclesLog(4).replaceAll(/^# time.*\n/gm, ''));
    expect(tags[0]).toMatchObject({ tag: 'Leak', verdict: 'leak', objectsPerHour: null, bytesPerHour: null });
    expect(tags[0].evidence).not.toMatch(/\/h|min|limit/);
  });

  test('without phases what rises grows or leaks, and load does neither', async () => {
    const { tags } = await of(cyclesLog(4).replaceAll(/^# phase.*\n/gm, ''));
    expect(tags.map(({ tag, verdict: kind }) => [tag, kind])).toEqual([
      ['Leak', expect.stringMatching(/^(leak|growing)$/)],
      ['Load', 'load'],
      ['Rest', 'steady'],
    ]);
  });
});
