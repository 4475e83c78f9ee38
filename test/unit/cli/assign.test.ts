import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AssignOptions, assign } from '../../../extension/cli/assign.ts';
import { restore } from '../../../extension/cli/restore.ts';
import { UsageError } from '../../../extension/cli/usage.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { tagText } from '../../../language/tag/poolTag.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../sample-driver');
const OPTIONS: AssignOptions = {
  all: false,
  frees: 'together',
  insist: false,
  write: false,
  json: false,
  tagFiles: [],
  avoid: [],
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'assign-'));
  cpSync(SAMPLE, folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sources(): Record<string, string> {
  const names = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'latin1')]));
}

async function tags(): Promise<string[]> {
  const { index } = await scanFolder(folder);
  return index.snapshot().sites.map((site) => tagText(site.tag));
}

describe('pool-lens assign', () => {
  test('prints a diff and writes nothing', async () => {
    const before = sources();
    const output = await assign(folder, { ...OPTIONS, all: true });
    expect(output).toMatch(/^--- a\/[\s\S]*^\+ {4}records = ExAllocatePoolWithTag\(.*SAMPLE_TAG_SNAPSHOT_TRACE\);$/m);
    expect(output).toMatch(/^# 5 sites with new tags to write \(--write writes\): 5 unique; 0 refused\.$/m);
    expect(sources()).toEqual(before);
  });

  test('writes, so that every site has a tag of its own, and restore takes it back', async () => {
    const before = sources();
    const report = JSON.parse(await assign(folder, { ...OPTIONS, all: true, write: true, json: true }));
    expect(report.assigned).toHaveLength(5);
    expect(report.assigned[0]).toEqual({
      file: 'command.c',
      line: expect.any(Number),
      routine: expect.stringMatching(/^ExAllocatePool/),
      old: 'Xmpl',
      new: expect.stringMatching(/^Xm..$/),
    });
    expect(report.frees.map((f: { file: string; action: string }) => [f.file, f.action])).toEqual([
      ['queue.c', 'retagged'],
      ['trace.c', 'retagged'],
    ]);
    expect(report.refused).toEqual([]);
    const now = await tags();
    expect(new Set(now).size).toBe(now.length);
    await restore(folder, { write: true, json: false });
    expect(sources()).toEqual(before);
  });

  test('names the new tags in a list, and keeps the lines that it has', async () => {
    const list = path.join(folder, 'tags.txt');
    writeFileSync(list, 'XmpP - sample.sys - the path\r\n');
    await assign(folder, { ...OPTIONS, tag: 'Xmpl', write: true, list });
    const lines = readFileSync(list, 'utf8').split('\r\n');
    expect(lines[0]).toBe('XmpP - sample.sys - the path');
    expect(lines.slice(1, 6).every((line) => /^Xm.. - [\w-]+\.sys - \w+\.c, Filter\w+$/.test(line))).toBe(true);
    expect(lines.slice(6)).toEqual(['']);
  });

  test('one site, by its line', async () => {
    const line =
      sources()
        ['trace.c'].split('\n')
        .findIndex((text) => text.includes('room * sizeof')) + 1;
    const report = JSON.parse(await assign(folder, { ...OPTIONS, site: `trace.c:${line}`, json: true }));
    expect(report.assigned).toMatchObject([{ file: 'trace.c', line }]);
    expect(report.frees).toMatchObject([{ file: 'trace.c', action: 'retagged', reason: 'One site reaches it.' }]);
  });

  test.each([
    [{}, /One of --tag TAG, --site FILE:LINE and --all/],
    [{ tag: 'None' }, /--tag None: no allocation site/],
    [{ site: 'trace.c:1' }, /there is no allocation site/],
    [{ site: '../x.c:1' }, /is not below/],
    [{ all: true, frees: 'never' }, /expected together or untag/],
  ])('says what is wrong with %j', async (options, message) => {
    await expect(assign(folder, { ...OPTIONS, ...options })).rejects.toThrow(message);
    await expect(assign(folder, { ...OPTIONS, ...options })).rejects.toBeInstanceOf(UsageError);
  });
});
