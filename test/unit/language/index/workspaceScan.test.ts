import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanFolder } from '../../../../language/index/workspaceScan.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pool-lens-scan-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
const source = (tag: string) => `void f(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, '${tag}'); }\n`;

async function scan(exclude: readonly string[] = []) {
  const warnings: string[] = [];
  const { index, filesScanned } = await scanFolder(root, { exclude, onWarning: (m) => warnings.push(m) });
  return {
    tags: index
      .snapshot()
      .sites.map((s) => tagLabel(s.tag))
      .sort(),
    warnings,
    filesScanned,
    index,
  };
}

describe('scanning a folder', () => {
  it('reads C and C++ files in any encoding', async () => {
    write('a.c', source('1---'));
    write('deep/er/b.CPP', `\ufeff// ä\n${source('2---')}`);
    write('c.hxx', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(source('3---'), 'utf16le')]));
    write('d.inl', Buffer.from(`// \xe4\xf6\n${source('4---')}`, 'latin1'));
    write('be.h', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(source('5---'), 'utf16le').swap16()]));
    write('notes.txt', source('no--'));
    const { tags, warnings, filesScanned } = await scan();
    expect(tags).toEqual(['---1', '---2', '---3', '---4', '---5']);
    expect(warnings).toEqual([]);
    expect(filesScanned).toBe(5);
  });

  it('leaves out what is excluded, and version control always', async () => {
    write('a.c', source('1---'));
    write('.git/b.c', source('2---'));
    write('node_modules/x/b.c', source('3---'));
    write('out/.hidden/b.c', source('4---'));
    write('gen/b.gen.c', source('5---'));
    expect((await scan(['**/out', '**/*.gen.c'])).tags).toEqual(['---1']);
  });

  it('passes over binary and huge files with one warning each', async () => {
    write('a.c', source('1---'));
    write('binary.h', Buffer.concat([Buffer.from(source('2---')), Buffer.from([0])]));
    write('huge.c', Buffer.alloc(8 * 1024 * 1024 + 1, 0x20));
    const { tags, warnings } = await scan();
    expect(tags).toEqual(['---1']);
    expect(warnings.sort()).toEqual([
      `File ${join(root, 'binary.h')} is binary (it holds bytes of value 0); it was not scanned`,
      `File ${join(root, 'huge.c')} is too large for a source file (8 MB; the limit is 8 MB); it was not scanned`,
    ]);
  });

  it.skipIf(process.platform === 'win32')('follows links once and never in a circle', async () => {
    write('a/a.c', source('1---'));
    symlinkSync(root, join(root, 'a/loop'));
    symlinkSync(join(root, 'nowhere'), join(root, 'a/broken.c'));
    const outside = mkdtempSync(join(tmpdir(), 'pool-lens-out-'));
    writeFileSync(join(outside, 'b.c'), source('2---'));
    symlinkSync(outside, join(outside, 'self'));
    symlinkSync(outside, join(root, 'linked'));
    symlinkSync(outside, join(root, 'again'));
    expect((await scan()).tags).toEqual(['---1', '---2']);
    rmSync(outside, { recursive: true });
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('warns of unreadable folders', async () => {
    write('a.c', source('1---'));
    write('locked/b.c', source('2---'));
    chmodSync(join(root, 'locked'), 0);
    const { tags, warnings } = await scan();
    chmodSync(join(root, 'locked'), 0o755);
    expect(tags).toEqual(['---1']);
    expect(warnings).toEqual([expect.stringContaining('locked cannot be read')]);
  });

  it('can be cancelled, and says so', async () => {
    write('a.c', source('1---'));
    const { index } = await scanFolder(root, { signal: AbortSignal.abort() });
    expect(index.snapshot()).toMatchObject({ complete: false, sites: [] });
  });

  it('refuses what is no folder', async () => {
    write('a.c', source('1---'));
    await expect(scanFolder(join(root, 'a.c'))).rejects.toThrow('is not a folder');
    await expect(scanFolder(join(root, 'missing'))).rejects.toThrow('ENOENT');
  });
});
