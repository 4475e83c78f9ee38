/** The built command line as a process: what it prints, and how it ends. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIBRARY_VARIABLE } from '../../extension/sampler/protocol.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'dist/cli.js');
const skip = skipReason({ 'the built command line (node build.mjs)': existsSync(program) });
const noKernel = skipReason({
  Linux: process.platform === 'linux',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { [LIBRARY_VARIABLE]: _, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...rest, ...env },
  });
  return { status, stdout, stderr };
}

describe.skipIf(skip)(`pool-lens${skip ? ` (${skip})` : ''}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-cli-'));
    mkdirSync(path.join(folder, 'sub dir'));
    writeFileSync(path.join(folder, 'tags.h'), "#define TAG 'gaTX'\n");
    writeFileSync(
      path.join(folder, 'sub dir/a.c'),
      [
        '#include "../tags.h"',
        'PVOID Make(GLOBALS *globals) {',
        '  PVOID p = ExAllocatePool2(POOL_FLAG_PAGED, 8, TAG);',
        "  PVOID q = ExAllocatePoolWithTag(NonPagedPool, 8, 'bA');",
        '  ExFreePoolWithTag(p, TAG); ExFreePool(q);',
        '  return ExAllocatePool2(POOL_FLAG_PAGED, 8, globals->Tag);',
        '}',
      ].join('\n'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('sites --json: places from 1, the tag as PoolMon shows it, padded', () => {
    const { status, stdout, stderr } = run(['sites', folder, '--json']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { sites, frees, unresolved } = JSON.parse(stdout);
    expect(sites).toMatchObject([
      { file: 'sub dir/a.c', line: 3, column: 13, routine: 'ExAllocatePool2', tag: 'XTag', function: 'Make' },
      { file: 'sub dir/a.c', line: 4, column: 13, routine: 'ExAllocatePoolWithTag', tag: 'Ab  ', function: 'Make' },
    ]);
    expect(frees).toMatchObject([
      { file: 'sub dir/a.c', line: 5, column: 3, routine: 'ExFreePoolWithTag', tag: 'XTag' },
      { file: 'sub dir/a.c', line: 5, column: 30, routine: 'ExFreePool', tag: null },
    ]);
    expect(unresolved).toMatchObject([
      { file: 'sub dir/a.c', line: 6, routine: 'ExAllocatePool2', expression: 'globals->Tag' },
    ]);
  });

  test('sites: a table with a summary', () => {
    const { status, stdout } = run(['sites', folder]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^XTag +1 +ExAllocatePool2 +sub dir\/a\.c:3 +Make$/m);
    expect(stdout).toMatch(/^2 allocation sites under 2 tags, 1 unresolved, 2 frees \(1 tagged\), 2 files\.$/m);
  });

  test.each([
    [[], /A command is missing/],
    [['frobnicate'], /frobnicate: no such command/],
    [['sites'], /A folder is missing/],
    [['sites', '/no/such/folder'], /\/no\/such\/folder: no such folder/],
    [['sites', '--jsno', '.'], /Unknown option '--jsno'/],
    [['watch', '--interval', '0.1'], /--interval 0\.1: expected a number from 0\.25 to 60/],
    [['watch', '--sort', 'x'], /--sort x: expected one of/],
  ])('%j ends with 2 and one clear line', (args, line) => {
    const { status, stdout, stderr } = run(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('watch on a system without a Windows kernel ends with 2 and says why', {
    skip: process.platform === 'win32',
  }, () => {
    const { status, stderr } = run(['watch', '--count', '1']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^pool-lens: This system \(\w+\) has no Windows pool\..*simulated/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('watch --simulated animates the sites of a folder', () => {
    const sample = path.join(root, 'test/sample-driver');
    const { status, stdout, stderr } = run([
      'watch',
      '--simulated',
      sample,
      '--json',
      '--count',
      '2',
      '--interval',
      '0.25',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ source: 'Simulated kernel (sample.sys)', complete: true });
    expect(second.complete).toBe(false);
    expect(second.tags.length).toBeLessThan(first.tags.length);
    const shared = first.tags.filter((row: { tag: string }) => row.tag === 'Xmpl');
    expect(shared.map((row: { type: string }) => row.type).sort()).toEqual(['Nonp', 'Paged']);
    for (const row of first.tags) expect(row.diff).toBe((row.allocs - row.frees) >>> 0);
  });

  test.skipIf(noKernel)('watch reads the pool through the sampler, in PoolMon columns', () => {
    const env = { [LIBRARY_VARIABLE]: buildSimulatedKernel(), NTSIM_SCENARIO: 'tags=40' };
    const { status, stdout, stderr } = run(['watch', '--count', '2', '--interval', '0.25', '--sort', 't'], env);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/This PC, .*, 40 tags\n Memory: .*\n Commit: .*\n Tag {2}Type {8}Allocs/);
    expect(stdout.match(/^ \S.{3} (Nonp|Paged) +\d+ \( +\d+\)/gm)?.length).toBeGreaterThan(40);
  });
});
