/** `pool-lens restore`: what was assigned on disk goes back, byte for byte. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restore } from '../../../extension/cli/restore.ts';
import { UsageError } from '../../../extension/cli/usage.ts';
import { applyAssignment } from '../../../language/assign/applyAssignment.ts';
import { readLedger, WORKSPACE_LEDGER, writeLedger } from '../../../language/assign/ledgerFile.ts';
import { planAssignment } from '../../../language/assign/rewrite.ts';
import { readSource } from '../../../language/index/sourceFile.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { TagDatabase } from '../../../language/tag/tagDatabase.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../sample-driver');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-restore-'));
  cpSync(SAMPLE, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function files(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), readFileSync(file, 'latin1')];
    }),
  );
}

/** Assigns tags to all sites of one, on disk; the new tags by function. */
async function assign(tag: string): Promise<Map<string, string>> {
  const { index } = await scanFolder(folder, { onWarning: () => {} });
  const text = (file: string) => {
    const reading = readSource(file);
    return reading.kind === 'text' ? reading.text : undefined;
  };
  const read = (file: string) => {
    const found = text(file);
    return found === undefined ? undefined : { text: found, version: null };
  };
  const context = { index, database: new TagDatabase(), liveTags: [], read };
  const assignment = planAssignment(context, { scope: 'tag', tag: tagFromText(tag)! });
  const ledgerFile = path.join(folder, WORKSPACE_LEDGER);
  const ledger = applyAssignment(folder, readLedger(ledgerFile), assignment, text);
  writeLedger(ledgerFile, ledger);
  return new Map(ledger.entries.at(-1)!.sites.map((site) => [site.function, site.new]));
}

const ALL = { write: true, json: false };

test('all goes back, and with the last site the ledger', async () => {
  const before = files();
  await assign('Xmpl');
  expect(files()).not.toEqual(before);
  const preview = await restore(folder, { write: false, json: false });
  expect(preview).toMatch(/^--- a\/[\s\S]*^# 5 sites to restore/m);
  expect(files()['command.c']).not.toBe(before['command.c']);
  const output = JSON.parse(await restore(folder, { write: true, json: true }));
  expect(output).toMatchObject({ refused: [], left: [] });
  expect(output.restored).toHaveLength(5);
  expect(files()).toEqual(before);
});

test('line ends and encodings of every kind stay', async () => {
  for (const name of readdirSync(folder).filter((file) => /\.[ch]$/.test(file))) {
    const text = readFileSync(path.join(folder, name), 'latin1').replaceAll('\n', name === 'queue.c' ? '\n' : '\r\n');
    const marked = name === 'command.c' ? `\xef\xbb\xbf${text}` : text;
    writeFileSync(path.join(folder, name), `${marked}/* \xe4 \t \r */`, 'latin1');
  }
  const before = files();
  await assign('Xmpl');
  expect(files()['command.c']).toMatch(/^\xef\xbb\xbf[\s\S]*\xe4 \t \r \*\/$/);
  await restore(folder, ALL);
  expect(files()).toEqual(before);
});

describe('in part', () => {
  test('a new tag, then the rest', async () => {
    const before = files();
    const tags = await assign('Xmpl');
    const tag = tags.get('FilterFlushQueue')!;
    expect(await restore(folder, { ...ALL, tag })).toContain('# 1 site restored, 0 not.');
    expect(readFileSync(path.join(folder, 'queue.c'), 'utf8')).toContain('sizeof(FLUSH_TOTALS), SAMPLE_TAG)');
    expect(readLedger(path.join(folder, WORKSPACE_LEDGER)).entries[0].sites).toHaveLength(4);
    await restore(folder, { ...ALL, tag: 'Xmpl' });
    expect(files()).toEqual(before);
  });

  test('the site at a line, wherever that is by now', async () => {
    await assign('Xmpl');
    const file = path.join(folder, 'pnp.c');
    writeFileSync(file, `// a line more\n${readFileSync(file, 'utf8')}`);
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('ExAllocatePoolWithTag(')) + 1;
    expect(await restore(folder, { ...ALL, site: `pnp.c:${line}` })).toContain('# 1 site restored, 0 not.');
    expect(readFileSync(file, 'utf8')).toBe(`// a line more\n${readFileSync(path.join(SAMPLE, 'pnp.c'), 'utf8')}`);
  });
});

describe('said clearly', () => {
  test.each([['nothing was assigned', {}, /has no assigned tags/]])('%s', async (_name, options, message) => {
    await expect(restore(folder, { ...ALL, ...options })).rejects.toThrow(message);
  });

  test('options that do not fit', async () => {
    await assign('Xmpl');
    const fails = (options: object) => expect(restore(folder, { ...ALL, ...options })).rejects.toThrow(UsageError);
    await fails({ tag: 'Else' });
    await fails({ site: 'pnp.c' });
    await fails({ site: 'pnp.c:1' });
    await fails({ site: '../x.c:1' });
    await fails({ tag: 'Xmpl', site: 'pnp.c:1' });
  });

  test('a ledger that is torn', async () => {
    mkdirSync(path.join(folder, '.pool-lens'));
    writeFileSync(path.join(folder, WORKSPACE_LEDGER), '{"format": "pool-l');
    await expect(restore(folder, ALL)).rejects.toThrow(/assignments\.json is not whole/);
  });
});
