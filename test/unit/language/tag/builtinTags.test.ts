import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILTIN_TAGS } from '../../../../language/tag/builtinTags.ts';
import { tagFromText } from '../../../../language/tag/poolTag.ts';
import { parseTagFile, TagDatabase } from '../../../../language/tag/tagDatabase.ts';
import { readTagDatabase } from '../../../../language/tagFiles.ts';

const shared = process.env.POOL_LENS_SHARED ?? path.resolve(import.meta.dirname, '../../../../../shared');
const real = path.join(shared, 'data/pooltag/pooltag-2022.txt');

describe('the built-in table', () => {
  it('holds whole entries, each tag once', () => {
    expect(BUILTIN_TAGS.length).toBeGreaterThan(60);
    for (const { pattern, binary, description } of BUILTIN_TAGS) {
      expect(pattern).toMatch(/^[\x20-\x7e]{4}$/);
      expect(binary).toMatch(/^(nt![a-z]+|[a-z0-9]+\.(sys|dll))$/);
      expect(description).not.toBe('');
    }
    expect(new Set(BUILTIN_TAGS.map((entry) => entry.pattern)).size).toBe(BUILTIN_TAGS.length);
  });

  it.skipIf(!existsSync(real))('names tags that a real pooltag.txt has, and the same owners where it names one', () => {
    const database = new TagDatabase(parseTagFile(readFileSync(real, 'latin1'), real));
    for (const { pattern, binary } of BUILTIN_TAGS) {
      const tag = tagFromText(pattern)!;
      expect(database.hasExact(tag), pattern).toBe(true);
      const owner = database.lookup(tag)!.binary;
      if (/^(nt!|\w+\.(sys|dll)$)/.test(owner)) expect(binary, pattern).toBe(owner);
    }
  });

  it('speaks only where no pooltag.txt is installed or named', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-tags-'));
    const named = path.join(folder, 'pooltag.txt');
    writeFileSync(named, 'Mine - my.sys - Mine\n');
    const irp = tagFromText('Irp')!;
    const warn = (message: string) => expect.unreachable(message);
    expect(readTagDatabase([], {}, warn).lookup(irp)).toMatchObject({ binary: 'nt!io', file: '' });
    expect(readTagDatabase([named], {}, warn).lookup(irp)).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('gives way to the file of the newest kit, with the tags that PoolMon found here behind it', () => {
    const programs = mkdtempSync(path.join(tmpdir(), 'pool-lens-kits-'));
    const kit = (version: string) => path.join(programs, 'Windows Kits', version, 'Debuggers', 'x64', 'triage');
    for (const version of ['8.1', '10']) mkdirSync(kit(version), { recursive: true });
    writeFileSync(path.join(kit('8.1'), 'pooltag.txt'), 'Abcd - old.sys - Old\n');
    writeFileSync(path.join(kit('10'), 'pooltag.txt'), '\nAbcd - new.sys - New\nMine - <unknown> - ?\n');
    writeFileSync(path.join(kit('10'), 'localtag.txt'), 'Mine - mine.sys - Found\n');
    const warn = (message: string) => expect.unreachable(message);
    const database = readTagDatabase([], { 'ProgramFiles(x86)': programs }, warn);
    const entryOf = (tag: string) => database.lookup(tagFromText(tag)!);
    expect(entryOf('Abcd')).toMatchObject({ binary: 'new.sys', line: 2, file: path.join(kit('10'), 'pooltag.txt') });
    expect(entryOf('Mine')).toMatchObject({ binary: 'mine.sys', line: 1, file: path.join(kit('10'), 'localtag.txt') });
    rmSync(programs, { recursive: true });
  });
});
