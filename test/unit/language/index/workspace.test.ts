/** The workspace on real files: what may happen on a disk, in the order and number in which it happens. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildId } from '../../../../language/index/buildId.ts';
import { readFiles } from '../../../../language/index/fileReading.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { SourceFolder } from '../../../../language/index/sourceFolder.ts';
import { Workspace } from '../../../../language/index/workspace.ts';
import { scanFolder, scanInto } from '../../../../language/index/workspaceScan.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

let root: string;
let workspace: Workspace;
let warnings: string[];
let notes: string[];

function open(storage?: string): Workspace {
  const handlers = {
    onChange: () => {},
    onWarning: (line: string) => void warnings.push(line),
    onNote: (line: string) => void notes.push(line),
  };
  workspace = new Workspace(handlers, storage === undefined ? null : { folder: storage, version: buildId() });
  return workspace;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pool-lens-workspace-'));
  warnings = [];
  notes = [];
  open();
});
afterEach(async () => {
  await workspace.close();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string | Buffer): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
const source = (tag: string) => `void f(void) { p = ExAllocatePool2(POOL_FLAG_PAGED, 1, '${tag}'); }\n`;
const tags = () => workspace.index.snapshot().sites.map((s) => tagLabel(s.tag));
const watch = (...folders: string[]) =>
  workspace.setFolders(folders.map((f) => ({ root: join(root, f), exclude: [] })));

async function eventually(check: () => void, seconds = 15): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 25));
    }
  }
}
const scanned = () => eventually(() => expect(workspace.scan.state).toBe('done'));

describe('a workspace', () => {
  it('of several folders holds the sites of all, and loses those of one that goes', async () => {
    write('one/a.c', source('1---'));
    write('two/b.c', source('2---'));
    watch('one', 'two');
    await scanned();
    expect(tags().sort()).toEqual(['---1', '---2']);
    watch('two');
    expect(tags()).toEqual(['---2']);
    watch('one', 'two');
    await scanned();
    expect(tags().sort()).toEqual(['---1', '---2']);
  });

  it('follows a folder that is renamed', async () => {
    write('src/old/a.c', source('1---'));
    write('src/b.c', source('2---'));
    watch('src');
    await scanned();
    renameSync(join(root, 'src/old'), join(root, 'src/new'));
    const paths = () => [...workspace.index.paths()].map((p) => p.slice(root.length)).sort();
    await eventually(() => expect(paths()).toEqual(['/src/b.c', '/src/new/a.c']));
    expect(tags().sort()).toEqual(['---1', '---2']);
  });

  it('shows what was found before all was read, can be stopped, and goes on', async () => {
    for (let i = 0; i < 3000; i++) write(`src/d${i % 30}/f${i}.c`, `${source('File')}${'// text\n'.repeat(200)}`);
    watch('src');
    await eventually(() => expect(workspace.scan.files).toBeGreaterThan(0));
    workspace.stopScan();
    const { state, files } = workspace.scan;
    expect(state).toBe('stopped');
    expect(files).toBeLessThan(3000);
    // What was read by then can be used, and is said not to be all.
    expect(tags().length).toBe(workspace.index.filesScanned);
    expect(workspace.index.snapshot().complete).toBe(false);
    workspace.resumeScan();
    expect(workspace.scan.state).toBe('scanning');
    await scanned();
    expect(workspace.scan).toEqual({ state: 'done', files: 3000, total: 3000 });
    expect(tags()).toHaveLength(3000);
    expect(workspace.index.snapshot().complete).toBe(true);
  });

  it('answers while it scans', async () => {
    for (let i = 0; i < 4000; i++)
      write(`src/d${i % 30}/f${i}.c`, `${source('File')}${'int x; // text\n'.repeat(100)}`);
    watch('src');
    const counts = new Set<number>();
    while (workspace.scan.state !== 'done') {
      counts.add(tags().length);
      await new Promise((done) => setTimeout(done, 5));
    }
    counts.add(tags().length);
    expect(Math.max(...counts)).toBe(4000);
    // Some of them were there before all were.
    expect([...counts].filter((n) => n > 0 && n < 4000).length).toBeGreaterThan(0);
  });
});

describe('a cache', () => {
  it('is used by the next start, and what changed meanwhile is found', async () => {
    const storage = join(root, 'storage');
    for (const name of ['a', 'b', 'c']) write(`src/${name}.c`, source(`${name}---`));
    for (const name of ['a', 'b', 'c']) utimesSync(join(root, `src/${name}.c`), 1_700_000_000, 1_700_000_000);
    const start = async () => {
      await workspace.close();
      notes = [];
      open(storage);
      watch('src');
      await scanned();
      return tags().sort();
    };
    expect(await start()).toEqual(['---a', '---b', '---c']);
    expect(await start()).toEqual(['---a', '---b', '---c']);
    expect(notes).toEqual([
      expect.stringContaining('3 files, 0 of them new or changed'),
      expect.stringContaining('those of the last time'),
    ]);
    write('src/b.c', source('B---'));
    expect(await start()).toEqual(['---B', '---a', '---c']);
    expect(notes).toEqual([expect.stringContaining('3 files, 1 of them new or changed')]);
    expect(warnings).toEqual([]);
  });

  it('that was restored follows changes like sites that were found', async () => {
    const storage = join(root, 'storage');
    write('src/tag.h', "#define TAG '1---'\n");
    write('src/a.c', `#include "tag.h"\n${source('x').replace("'x'", 'TAG')}`);
    for (let i = 0; i < 2; i++) {
      await workspace.close();
      open(storage);
      watch('src');
      await scanned();
    }
    workspace.openDocument(join(root, 'src/tag.h'), "#define TAG '2---'\n");
    expect(tags()).toEqual(['---2']);
    workspace.closeDocument(join(root, 'src/tag.h'));
    expect(tags()).toEqual(['---1']);
  });
});

describe('what may lie on a disk', () => {
  it('costs a line each where it is no source, and nothing else', async () => {
    write('src/good.c', source('Good'));
    write('src/marked.c', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(source('Mark'), 'utf16le')]));
    write('src/unmarked.c', Buffer.from(source('Bare'), 'utf16le'));
    write('src/swapped.c', Buffer.from(source('Swap'), 'utf16le').swap16());
    write('src/western.c', Buffer.concat([Buffer.from([0x2f, 0x2f, 0xe4, 0xf6, 0x0a]), Buffer.from(source('West'))]));
    // Shift-JIS: one of its second bytes is a backslash, which must not swallow the line behind the comment's.
    write(
      'src/east.c',
      Buffer.concat([Buffer.from([0x2f, 0x2a, 0x83, 0x5c, 0x83, 0x41, 0x2a, 0x2f, 0x0a]), Buffer.from(source('East'))]),
    );
    write('src/binary.h', Buffer.from([0x4d, 0x5a, 0, 1, 2, 3, 0, 0, 0, 9]));
    write('src/huge.c', Buffer.alloc(50 * 1024 * 1024, 0x20));
    write('src/empty.c', '');
    mkdirSync(join(root, 'src/folder.c'));
    watch('src');
    await scanned();
    expect(
      tags()
        .map((t) => [...t].reverse().join(''))
        .sort(),
    ).toEqual(['Bare', 'East', 'Good', 'Mark', 'Swap', 'West']);
    expect(warnings.map((line) => line.replace(`${root}/src/`, '')).sort()).toEqual([
      'File binary.h is binary (it holds bytes of value 0); it was not scanned',
      'File huge.c is too large for a source file (50 MB; the limit is 8 MB); it was not scanned',
    ]);
  });

  it.skipIf(process.platform === 'win32')('leads nowhere in circles', async () => {
    write('src/a.c', source('1---'));
    symlinkSync(join(root, 'src'), join(root, 'src/self'));
    symlinkSync('..', join(root, 'src/up'));
    mkdirSync(join(root, 'src/x'));
    symlinkSync('../y', join(root, 'src/x/y'));
    symlinkSync('x', join(root, 'src/y'));
    symlinkSync('loop.c', join(root, 'src/loop.c'));
    execFileSync('mkfifo', [join(root, 'src/pipe.c')]);
    watch('src');
    await scanned();
    expect(tags()).toEqual(['---1']);
    expect(warnings).toEqual([]);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('may be closed to us', async () => {
    write('src/a.c', source('1---'));
    write('src/locked/b.c', source('2---'));
    write('src/closed.c', source('3---'));
    chmodSync(join(root, 'src/locked'), 0);
    chmodSync(join(root, 'src/closed.c'), 0);
    const { index } = await scanFolder(join(root, 'src'), { onWarning: (line) => warnings.push(line) });
    chmodSync(join(root, 'src/locked'), 0o755);
    expect(index.snapshot().sites).toHaveLength(1);
    expect(warnings).toHaveLength(2);
  });

  it('may be gone when it is read', async () => {
    write('src/a.c', source('1---'));
    write('src/b.c', source('2---'));
    const folder = new SourceFolder(join(root, 'src'));
    const index = new SiteIndex();
    // The walk answers one folder's files before anybody reads them.
    const walk = folder.walk.bind(folder);
    folder.walk = function* (onWarning) {
      for (const paths of walk(onWarning)) {
        rmSync(join(root, 'src/b.c'));
        yield paths;
      }
    };
    await scanInto(index, folder, { onWarning: (line) => warnings.push(line) });
    expect(index.snapshot().sites.map((s) => tagLabel(s.tag))).toEqual(['---1']);
    expect(warnings).toEqual([expect.stringMatching(/^File .*b\.c cannot be opened: ENOENT.*; it was not scanned$/)]);
  });

  it('may change between the first look and the second: it says nothing until it is read anew', () => {
    const path = join(root, 'src/a.c');
    const wrapper = 'PVOID GetAlloc(ULONG t) { return ExAllocatePool2(1, 2, t); }\n';
    write('src/a.c', '#include "w.h"\nvoid f(void) { p = GetAlloc(\'1---\'); }\n');
    const index = new SiteIndex();
    const stale: string[] = [];
    index.onStale = (changed) => stale.push(changed);
    index.setReading(readFiles([path])[0]);
    expect(index.snapshot().sites).toEqual([]);
    write('src/a.c', '#include "w.h"\n\nvoid f(void) { p = GetAlloc(\'2---\'); }\n');
    index.setFile(join(root, 'src/w.h'), wrapper);
    expect(index.snapshot().sites).toEqual([]);
    expect(new Set(stale)).toEqual(new Set([path]));
    index.setReading(readFiles([path])[0]);
    expect(index.snapshot().sites.map((s) => [tagLabel(s.tag), s.range.start.line])).toEqual([['---2', 2]]);
  });
});

describe('a branch switch', () => {
  const FILES = 10_000;
  const path = (i: number) => `src/d${i % 100}/f${i}.c`;

  it('of ten thousand files in one go settles on the new state', { timeout: 120_000 }, async () => {
    for (let i = 0; i < FILES; i++) write(path(i), `#include "tag.h"\n${source(i % 2 ? 'Old ' : 'Same')}`);
    write('src/tag.h', "#define SHARED 'erhS'\n");
    watch('src');
    await eventually(() => expect(workspace.scan.state).toBe('done'), 60);
    expect(tags()).toHaveLength(FILES);
    // The watcher goes through the folder once more before it follows it.
    await new Promise((done) => setTimeout(done, 3000));
    for (let i = 0; i < FILES; i++) {
      if (i % 10 === 0) rmSync(join(root, path(i)));
      else if (i % 2) write(path(i), `#include "tag.h"\n${source('New ')}\n`);
    }
    for (let i = 0; i < 1000; i++) write(`src/new/g${i}.c`, source('Came'));
    const start = performance.now();
    const count = (tag: string) => tags().filter((t) => t === [...tag].reverse().join('')).length;
    await eventually(() => {
      expect(workspace.index.filesScanned).toBe(FILES - FILES / 10 + 1000 + 1);
      expect([count('Old '), count('New '), count('Same'), count('Came')]).toEqual([
        0,
        FILES / 2,
        (FILES / 10) * 4,
        1000,
      ]);
    }, 60);
    expect(performance.now() - start).toBeLessThan(60_000);
    expect(warnings).toEqual([]);
  });
});
