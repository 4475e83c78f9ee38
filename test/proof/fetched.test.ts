/**
 * Public drivers of different styles, from POOL_LENS_DRIVERS (a folder of their repositories): assign all, compile before and
 * after with the same errors, restore byte for byte. The figures go to test-results/proof-table.md.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { findingsIn } from '../../extension/cli/findings.ts';
import { DEFAULT_LEVELS } from '../../language/rules/ruleTable.ts';
import { ddkFolder, MINGW } from '../kernel/mingw.ts';
import { Scratch } from './drivers.ts';
import { type AssignOutput, assignAll, poolLens, type Site, sitesIn } from './proof.ts';

const execute = promisify(execFile);
const drivers = process.env.POOL_LENS_DRIVERS;
const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const TABLE = path.join(REPOSITORY, 'test-results/proof-table.md');
const SHIMS = path.join(REPOSITORY, 'test/kernel/machine/include');

/** Repository, the folder of its driver's sources, and what it is. */
const FETCHED = [
  { name: 'btrfs', sources: 'src', style: 'file system, one tag' },
  { name: 'winfsp', sources: 'src/sys', style: 'fixed-tag functions and macros' },
  { name: 'sandboxie', sources: 'Sandboxie/core/drv', style: 'pools of its own' },
  { name: 'dokany', sources: 'sys', style: 'fixed-tag functions' },
  { name: 'HyperPlatform', sources: 'HyperPlatform', style: 'C++' },
  { name: 'xdp-for-windows', sources: 'src', style: 'NDIS, contexts' },
] as const;

/** Whole trees are compiled for minutes; tests wait so long, milliseconds. */
const PATIENCE_MS = 1_200_000;
const AT_ONCE = 2;

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** What the compiler says against the sources: file and message, sorted; lines and columns may move. */
async function compileErrors(root: string, sources: string): Promise<string[]> {
  const headers = [...new Set(filesBelow(root, /\.(h|hpp|inl)$/i).map((file) => path.dirname(file)))];
  const includes = ['-I', SHIMS, ...headers.flatMap((folder) => ['-I', folder]), '-isystem', ddkFolder()!];
  const errors: string[] = [];
  const queue = filesBelow(path.join(root, sources), /\.(c|cc|cpp)$/i);
  const worker = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const compiler = `${MINGW}${file.endsWith('.c') ? 'gcc' : 'g++'}`;
      const options = { maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } };
      const { stderr } = await execute(compiler, ['-fsyntax-only', '-w', ...includes, file], options).catch(
        (error: { stderr: string }) => error,
      );
      // What the compiler guesses was meant may be a new name.
      for (const [, place, message] of stderr.matchAll(/^([^\n:]+):[\d:]+ (?:fatal )?(error: .*)$/gm))
        errors.push(`${path.relative(root, place)} ${message.replace(/; did you mean .*$/, '')}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return errors.sort();
}

/** What the second list has more often than the first. */
function newOnes(before: readonly string[], after: readonly string[]): string[] {
  const counts = Map.groupBy(before, (line) => line);
  return [...Map.groupBy(after, (line) => line)]
    .filter(([line, list]) => list.length > (counts.get(line)?.length ?? 0))
    .map(([line]) => line);
}

/** Every file of a tree as its bytes; version control's own folder left out. */
function bytesOf(root: string): Map<string, Buffer> {
  return new Map(filesBelow(root, /./).map((file) => [path.relative(root, file), readFileSync(file)]));
}

interface Row {
  readonly name: string;
  readonly style: string;
  readonly before: readonly Site[];
  readonly after: readonly Site[];
  readonly output: AssignOutput;
  readonly errors: number;
  readonly mismatched: number;
}

const rows: Row[] = [];

function uniqueCount(sites: readonly Site[]): number {
  const counts = Map.groupBy(sites, (site) => site.tag);
  return sites.filter((site) => counts.get(site.tag)!.length === 1).length;
}

/** A reason without the names in it: its kind. */
function kindOf(reason: string): string {
  return reason
    .replace(/'[^']*'|‘[^’]*’|`[^`]*`/g, '…')
    .replace(/\b[\w./-]+\.(?:c|cpp|h|hpp|inl)(?:[:,] ?(?:line )?\d+)?/gi, '…')
    .replace(/\b\d+\b/g, 'N')
    .replace(/…(?:,? (?:and )?…)+/g, '…');
}

function table(): string {
  const lines = [
    '| repository | style | sites before | unique before | sites after | unique after | assigned | frees retagged, untagged, left | refused | compile errors before = after |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  for (const { name, style, before, after, output, errors } of rows) {
    const frees = ['retagged', 'untagged', 'left'].map((a) => output.frees.filter((f) => f.action === a).length);
    const share = after.length > 0 ? ` (${((100 * uniqueCount(after)) / after.length).toFixed(1)} %)` : '';
    lines.push(
      `| ${name} | ${style} | ${before.length} | ${uniqueCount(before)} | ${after.length} | ${uniqueCount(after)}${share} | ${output.assigned.length} | ${frees.join(', ')} | ${output.refused.length} | ${errors} |`,
    );
  }
  const all = rows.flatMap((row) => row.after).length;
  const unique = rows.reduce((sum, row) => sum + uniqueCount(row.after), 0);
  lines.push('', `Unique over all: ${unique} of ${all} (${((100 * unique) / Math.max(1, all)).toFixed(1)} %).`, '');
  const said = rows.flatMap(({ name, output }) => [
    ...output.refused.map(({ file, line, reason }) => ({
      kind: `refused: ${kindOf(reason)}`,
      place: `${name}/${file}:${line}`,
      reason,
    })),
    ...output.frees
      .filter((free) => free.reason)
      .map(({ file, line, reason, action }) => ({
        kind: `${action}: ${kindOf(reason)}`,
        place: `${name}/${file}:${line}`,
        reason,
      })),
  ]);
  lines.push('| kind | count | an example |', '|---|---|---|');
  for (const [kind, list] of [...Map.groupBy(said, ({ kind }) => kind)].sort((a, b) => b[1].length - a[1].length))
    lines.push(`| ${kind} | ${list.length} | ${list[0].place}: ${list[0].reason} |`);
  return `${lines.join('\n')}\n`;
}

describe.skipIf(!drivers || ddkFolder() === null)('public drivers', () => {
  const scratch = new Scratch();
  afterAll(() => {
    scratch[Symbol.dispose]();
    mkdirSync(path.dirname(TABLE), { recursive: true });
    if (rows.length > 0) writeFileSync(TABLE, table());
  });

  test.each(FETCHED)(
    '$name: assigned, compiled, restored',
    async ({ name, sources, style }) => {
      const origin = path.join(drivers!, name);
      expect(existsSync(path.join(origin, sources)), `${origin}/${sources}`).toBe(true);
      const root = path.join(scratch.folder, name);
      cpSync(origin, root, { recursive: true, filter: (file) => path.basename(file) !== '.git' });
      const tree = bytesOf(root);
      const before = sitesIn(root);
      const errors = await compileErrors(root, sources);
      const mismatchedBefore = await mismatched(root);

      const output = assignAll(root);
      const after = sitesIn(root);
      rows.push({ name, style, before, after, output, errors: errors.length, mismatched: await mismatched(root) });
      // An error about the old name goes with it.
      expect(newOnes(errors, await compileErrors(root, sources))).toEqual([]);
      expect(await mismatched(root)).toBeLessThanOrEqual(mismatchedBefore);

      const restored = poolLens(['restore', root, '--write']) as { refused: unknown[]; left: unknown[] };
      expect(restored).toMatchObject({ refused: [], left: [] });
      const now = bytesOf(root);
      expect([...now.keys()]).toEqual([...tree.keys()]);
      expect([...now].filter(([file, bytes]) => !bytes.equals(tree.get(file)!)).map(([file]) => file)).toEqual([]);
      rmSync(root, { recursive: true, force: true });
    },
    PATIENCE_MS,
  );

  test('at least 85 % of all sites have a tag of their own', () => {
    const after = rows.flatMap((row) => row.after.map((site) => ({ ...site, tag: `${row.name} ${site.tag}` })));
    expect(rows).toHaveLength(FETCHED.length);
    expect(uniqueCount(after) / after.length).toBeGreaterThanOrEqual(0.85);
  });
});

/** Tagged frees that name another tag than their allocation, as the rule finds them. */
async function mismatched(root: string): Promise<number> {
  const { findings } = await findingsIn(root, { levels: DEFAULT_LEVELS, tagFiles: [], onWarning: () => {} });
  return findings.filter((finding) => finding.rule === 'mismatched-free').length;
}
