/** `pool-lens verdict` as a process: its exit code, which build servers gate on, and a long log in little room. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipReason } from '../kernel/requirements.ts';

const program = path.resolve(import.meta.dirname, '../../dist/cli.js');
const skip = skipReason({ 'the built command line (node build.mjs)': existsSync(program) });
/** Far too little for the rows of {@link LONG_BYTES} of text. */
const LITTLE_ROOM = ['--max-semi-space-size=4', '--max-old-space-size=48'];
const LONG_BYTES = 40e6;

function run(args: readonly string[], nodeArgs: readonly string[] = []) {
  return spawnSync(process.execPath, [...nodeArgs, program, 'verdict', ...args], { encoding: 'utf8' });
}

/** Figures of the tag `Leak`, which gains 4 objects with each table of a test, and of `Mine`, which rests. */
function tableText(leaked: number, others: number, table: number): string {
  const row = (tag: string, allocs: number, frees: number) =>
    ` ${tag} Nonp ${allocs} (0) ${frees} (0) ${allocs - frees} ${(allocs - frees) * 64} (0) 64`;
  const rows = [row('Leak', 900 + leaked, 800), row('Mine', 50, 40)];
  for (let i = 0; i < others; i++) rows.push(row(`o${String(i).padStart(3, '0')}`, 1000 + i + table, 990 + table));
  return [' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc', ...rows, ''].join('\n');
}

/** A log of four cycles with `others` more tags. */
function writeLog(file: string, tablesOfPhase: number, others: number): void {
  const to = openSync(file, 'w');
  let leaked = 0;
  let table = 0;
  const phase = (kind: string) => {
    writeSync(to, `# phase: ${kind}\n`);
    for (let i = 0; i < tablesOfPhase; i++) {
      if (kind === 'test') leaked += 4;
      writeSync(to, tableText(leaked, others, table++));
    }
  };
  phase('baseline');
  for (let cycle = 0; cycle < 4; cycle++) {
    phase('test');
    phase('wait');
  }
  closeSync(to);
}

describe.skipIf(skip)(`pool-lens verdict${skip ? ` (${skip})` : ''}`, () => {
  let folder = '';
  const sources = (name: string, tag: string) => {
    const at = path.join(folder, name);
    mkdirSync(at);
    writeFileSync(path.join(at, 'a.c'), `void *Make(void) { return ExAllocatePool2(POOL_FLAG_PAGED, 8, ${tag}); }\n`);
    return at;
  };
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-verdict-'));
    writeLog(path.join(folder, 'cycles.log'), 10, 3);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('--workspace: exit code 1 where a tag of these sources leaks, 0 where only others do', () => {
    const log = path.join(folder, 'cycles.log');
    const leaking = run([log, '--workspace', sources('leaking', "'kaeL'"), '--json']);
    expect(leaking.stderr).toBe('');
    expect(leaking.status).toBe(1);
    expect(JSON.parse(leaking.stdout).tags).toMatchObject([{ tag: 'Leak', verdict: 'leak' }]);
    const resting = run([log, '--workspace', sources('resting', "'eniM'"), '--json']);
    expect(resting.status).toBe(0);
    expect(JSON.parse(resting.stdout).tags).toMatchObject([{ tag: 'Mine', verdict: 'steady' }]);
    expect(run([log]).status).toBe(1);
    expect(run([log, '--tags', 'Mine,o*']).status).toBe(0);
    const both = run([log, '--workspace', folder, '--tags', 'Mine']);
    expect(both.status).toBe(2);
    expect(both.stderr).toMatch(/Either --workspace or --tags, not both/);
  });

  test('a log of 40 MB is judged table by table', () => {
    const file = path.join(folder, 'long.log');
    const others = 998;
    writeLog(file, Math.ceil(LONG_BYTES / tableText(0, others, 0).length / 9), others);
    const { status, stdout, stderr } = run([file, '--tags', 'Leak', '--json'], LITTLE_ROOM);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).tags).toMatchObject([{ tag: 'Leak', verdict: 'leak' }]);
  });
});
