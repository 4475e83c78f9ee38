/** A log of a day's tables, 200 MB, whose last one is torn: converted and imported by processes that do not grow with it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordingFile } from '../../extension/recording/recordingFile.ts';
import { skipReason } from '../kernel/requirements.ts';
import type { LargeImport } from './importLargeLog.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'dist/cli.js');
const skip = skipReason({
  'the built command line (node build.mjs)': existsSync(program),
  'Linux, for the memory of another process': process.platform === 'linux',
});
const LOG_BYTES = 200e6;
const TAGS = 2_000;
/** With little room for garbage, what a process holds is what it needs: by far not the log, and not its rows. */
const LITTLE_ROOM = ['--max-semi-space-size=4', '--max-old-space-size=128'];
const MOST_BYTES = 190e6;
/** Of the torn table the row that is cut, then the table. */
const TORN = [
  expect.stringMatching(/poolmon\.log: line \d+: is no whole row; it is left out\.$/),
  expect.stringMatching(/poolmon\.log: line \d+: the last table is cut off after \d+ rows; it is left out\.$/),
];

/** A table as `poolmon -n` writes it. One tag leaks an object a table, the others' counters move on. */
function tableText(table: number): string {
  const lines = [
    ' Memory:16468560K Avail:12072536K  PageFlts:468600648   InRam Krnl:56708K P:950888K',
    ' Commit:4100436K Limit:17517136K Peak:11685564K            Pool N:710920K P:983564K',
    '',
    ' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc',
    '',
  ];
  const row = (tag: string, type: string, frees: number, diff: number, size: number) =>
    lines.push(
      ` ${tag} ${type} ${String(frees + diff).padStart(11)} (   0) ${String(frees).padStart(11)} (   0) ` +
        `${String(diff).padStart(7)} ${String(diff * size).padStart(11)} (     0) ${String(size).padStart(9)}`,
    );
  row('Leak', 'Nonp ', 1000, 100 + table, 64);
  for (let tag = 1; tag < TAGS; tag++) {
    row(
      `T${tag.toString(36).padStart(3, '0')}`,
      tag % 3 === 0 ? 'Paged' : 'Nonp ',
      500 + table * (tag % 7),
      10 + tag,
      48,
    );
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Bytes that a running process has held at the most. */
function mostBytesOf(pid: number): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    // It has ended.
    return 0;
  }
}

describe.skipIf(skip)(`a log of 200 MB${skip ? ` (${skip})` : ''}`, () => {
  let folder = '';
  let log = '';
  /** Whole tables; a torn one follows. */
  let tables = 0;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-large-'));
    log = path.join(folder, 'poolmon.log');
    const file = openSync(log, 'w');
    let bytes = 0;
    while (bytes < LOG_BYTES) bytes += writeSync(file, tableText(tables++));
    const torn = tableText(tables);
    writeSync(file, torn.slice(0, torn.length / 3));
    closeSync(file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('converts: every whole table, a warning for the torn one, in bounded memory', async () => {
    expect(statSync(log).size).toBeGreaterThan(LOG_BYTES);
    const child = spawn(process.execPath, [...LITTLE_ROOM, program, 'convert', log, '--to', 'json'], { cwd: root });
    let snapshots = 0;
    let rest = '';
    let mostBytes = 0;
    let warnings = '';
    child.stdout.setEncoding('latin1').on('data', (piece: string) => {
      const text = rest + piece;
      snapshots += text.split('"header":').length - 1;
      // A word at the end may go on in the next piece.
      rest = text.slice(-8);
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      warnings += piece;
    });
    const watch = setInterval(() => {
      mostBytes = Math.max(mostBytes, mostBytesOf(child.pid ?? 0));
    }, 20);
    const [status] = await once(child, 'close');
    clearInterval(watch);
    expect(status).toBe(0);
    expect(snapshots).toBe(tables);
    expect(warnings.trim().split('\n')).toEqual(TORN);
    expect(mostBytes).toBeGreaterThan(0);
    expect(mostBytes).toBeLessThan(MOST_BYTES);
  });

  test('imports: a sample a table, figures to the last whole one, in bounded memory', async () => {
    const target = path.join(folder, 'log.poollens');
    const child = fork(path.join(import.meta.dirname, 'importLargeLog.ts'), [log, target], {
      execArgv: [...LITTLE_ROOM, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    });
    const [made] = (await once(child, 'message')) as [LargeImport];
    expect(made.tables).toBe(tables);
    expect(made.warnings).toEqual(TORN);
    expect(made.mostBytes).toBeLessThan(MOST_BYTES);
    const recording = new RecordingFile(target);
    try {
      expect(recording.samples).toBe(tables);
      expect(recording.rowCount).toBe(TAGS);
      const { allocs, frees, bytes } = recording.at(tables - 1);
      expect(allocs[0] - frees[0]).toBe(100 + tables - 1);
      expect(bytes[0]).toBe(64 * (100 + tables - 1));
    } finally {
      recording.close();
    }
  });
});
