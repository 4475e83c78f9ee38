/** The sample driver is a driver: it compiles, it links, and it is what its README and its scenario say. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { ddkFolder, MINGW } from '../kernel/mingw.ts';
import { skipReason } from '../kernel/requirements.ts';

const FOLDER = path.resolve(import.meta.dirname, '../sample-driver');
const WARNINGS = ['-Wall', '-Wextra', '-Werror'];
const sources = readdirSync(FOLDER).filter((name) => name.endsWith('.c'));
const read = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '');

const ddk = ddkFolder();

/** The DDK's folder; without it the running test is skipped, or fails where everything is required. */
function needDdk(context: TestContext): string {
  const tools = 'mingw-w64 with DDK headers (apt-get install gcc-mingw-w64-x86-64 mingw-w64-common)';
  return ddk ?? context.skip(skipReason({ [tools]: false }) ?? tools);
}

describe('compiled with mingw-w64', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'pool-lens-sample-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.for(sources)('%s compiles without a warning', (source, context) => {
    const args = ['-fsyntax-only', ...WARNINGS, '-isystem', needDdk(context), path.join(FOLDER, source)];
    const { status, stderr } = spawnSync(`${MINGW}gcc`, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('links to a native image that starts at DriverEntry', (context) => {
    const include = needDdk(context);
    // mingw-w64's import library is older than ExAllocatePool2.
    const exports = path.join(scratch, 'ntoskrnl.def');
    writeFileSync(exports, 'LIBRARY ntoskrnl.exe\nEXPORTS\nExAllocatePool2\n');
    execFileSync(`${MINGW}dlltool`, ['-d', exports, '-l', path.join(scratch, 'libkernel2004.a')]);
    const image = path.join(scratch, 'sample.sys');
    const link = ['-nostdlib', '-shared', '-Wl,--subsystem,native', '-Wl,--entry,DriverEntry', `-L${scratch}`];
    const inputs = sources.map((source) => path.join(FOLDER, source));
    execFileSync(`${MINGW}gcc`, [
      ...WARNINGS,
      ...['-isystem', include],
      ...link,
      ...['-o', image],
      ...inputs,
      ...['-lkernel2004', '-lntoskrnl'],
    ]);
    const headers = execFileSync(`${MINGW}objdump`, ['-p', image], { encoding: 'utf8' });
    expect(headers).toMatch(/Subsystem\s+0+1\s+\(NT native\)/);
    expect([...headers.matchAll(/DLL Name: (\S+)/g)].map((match) => match[1])).toEqual([
      'ntoskrnl.exe',
      'ntoskrnl.exe',
    ]);
  });
});

describe('what the tools are to find', () => {
  const code = sources.map((name) => withoutComments(read(name))).join('\n');
  const ALLOCATION =
    /\b(?:ExAllocatePool2|ExAllocatePoolWithTag|ExAllocatePoolWithQuotaTag|ExInitializeNPagedLookasideList)\((?:[^;]*?,)\s*(SAMPLE_TAG\w*|'....')(?:, 0)?\)/g;
  const allocationTags = [...code.matchAll(ALLOCATION)].map((match) => match[1]);

  test('twelve allocation sites, five of them on one tag, one with a literal', () => {
    expect(allocationTags).toHaveLength(12);
    expect(allocationTags.filter((tag) => tag === 'SAMPLE_TAG')).toHaveLength(5);
    expect(allocationTags.filter((tag) => tag.startsWith("'"))).toHaveLength(1);
    const single = allocationTags.filter((tag) => tag !== 'SAMPLE_TAG');
    expect(new Set(single).size).toBe(single.length);
  });

  test('two frees name the shared tag', () => {
    expect(code.match(/\bExFreePoolWithTag\([^;]*, SAMPLE_TAG\);/g)).toHaveLength(2);
  });

  test('the scenario has one entry an allocation site, in functions that exist', () => {
    const scenario: { sites: { function: string; routine?: string }[] } = JSON.parse(read('pool-lens.scenario.json'));
    expect(scenario.sites).toHaveLength(allocationTags.length);
    for (const site of scenario.sites) {
      const start = new RegExp(`^\\w[\\w ]*\\b${site.function}\\([^;{]*\\)\\s*\\{`, 'm').exec(code);
      expect(start, site.function).not.toBeNull();
      const rest = code.slice(start?.index);
      const body = rest.slice(0, rest.indexOf('\n}'));
      expect(body, site.function).toMatch(new RegExp(`\\b${site.routine ?? 'ExAllocatePool\\w+'}\\(`));
    }
  });
});
