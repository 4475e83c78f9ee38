import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCacheFile, writeCacheFile } from '../../../../language/index/cacheFile.ts';
import { scanFolder } from '../../../../language/index/workspaceScan.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

let root: string;
let sources: string;
let cache: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pool-lens-cache-'));
  sources = join(root, 'src');
  cache = join(root, 'cache');
  cpSync('test/sample-driver', sources, { recursive: true });
  write('more.c', '#include "tags.h"\nvoid g(void) { q = ExAllocatePool2(POOL_FLAG_PAGED, 1, MORE_TAG); }\n');
  write('tags.h', "#define MORE_TAG 'eroM'\n");
  for (const file of files(sources)) age(file);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(sources, name), text);
const files = (folder: string) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name));
/** Written so long ago that its time can be trusted. */
const age = (file: string, seconds = 1_700_000_000) => utimesSync(file, seconds, seconds);

async function scan(options: { cache?: string } = {}) {
  const warnings: string[] = [];
  const { index } = await scanFolder(sources, { ...options, onWarning: (line) => warnings.push(line) });
  const { generation: _, ...known } = index.snapshot();
  const behind = known.sites.map((s) => index.sitesIn(decodeURIComponent(new URL(s.uri).pathname)).map((i) => i.call));
  return { known, behind, warnings, tags: new Set(known.sites.map((s) => tagLabel(s.tag))) };
}

describe('a second scan', () => {
  it('finds what the first one found', async () => {
    const cold = await scan();
    expect(cold.known.sites.length).toBeGreaterThan(5);
    expect(await scan({ cache })).toEqual(cold);
    expect(await scan({ cache })).toEqual(cold);
  });

  it('does not read what has the same size and time', async () => {
    await scan({ cache });
    write('tags.h', "#define MORE_TAG 'eroL'\n");
    age(join(sources, 'tags.h'));
    expect((await scan({ cache })).tags).toContain('More');
    age(join(sources, 'tags.h'), 1_700_000_001);
    expect((await scan({ cache })).tags).toContain('Lore');
  });

  it('trusts no time so young that another write could have left it too', async () => {
    const now = Date.now() / 1000;
    age(join(sources, 'tags.h'), now);
    await scan({ cache });
    write('tags.h', "#define MORE_TAG 'eroL'\n");
    age(join(sources, 'tags.h'), now);
    expect((await scan({ cache })).tags).toContain('Lore');
  });

  it('follows files that came, went, changed, or were only touched', async () => {
    await scan({ cache });
    rmSync(join(sources, 'more.c'));
    write('new.c', "void h(void) { q = ExAllocatePool2(POOL_FLAG_PAGED, 1, 'weN '); }\n");
    age(join(sources, 'tags.h'), 1_700_000_009);
    const warm = await scan({ cache });
    expect(warm.tags).toContain(' New');
    expect(warm.tags).not.toContain('More');
    expect(warm).toEqual(await scan());
    expect(await scan({ cache })).toEqual(warm);
  });

  it('asks for names that the first one did not know', async () => {
    await scan({ cache });
    // A wrapper with a name that nothing hints at, called where the cache holds a summary that does not know it.
    write('tags.h', `#define MORE_TAG 'eroM'\n#define TAKE(n, t) ExAllocatePool2(POOL_FLAG_PAGED, n, t)\n`);
    write('user.c', '#include "tags.h"\nvoid u(void) { q = TAKE(1, \'resU\'); }\n');
    age(join(sources, 'user.c'));
    const first = await scan({ cache });
    expect(first.tags).toContain('User');
    write(
      'tags.h',
      `#define MORE_TAG 'eroM'\n#define TAKE(n, t) TAKE2(n, t)\n#define TAKE2(n, t) ExAllocatePool2(1, n, t)\n`,
    );
    expect(await scan({ cache })).toEqual(await scan());
  });
});

describe('caches of others', () => {
  it('of another version are not used', async () => {
    const file = join(root, 'a.cache');
    writeCacheFile(file, 'one', new Uint8Array([1, 2, 3]));
    expect(readCacheFile(file, 'one')).toEqual({ kind: 'found', payload: Buffer.from([1, 2, 3]) });
    expect(readCacheFile(file, 'two')).toEqual({ kind: 'none' });
    expect(readCacheFile(join(root, 'missing'), 'one')).toEqual({ kind: 'none' });
  });

  it('that write at the same time leave a whole file', async () => {
    const cold = await scan();
    await Promise.all(Array.from({ length: 6 }, () => scan({ cache })));
    expect(readdirSync(cache).filter((name) => !name.endsWith('.cache'))).toEqual([]);
    expect(await scan({ cache })).toEqual(cold);
  });

  it('that ended while they wrote are cleaned up after', () => {
    const file = join(root, 'a.cache');
    const left = `${file}.0123.tmp`;
    const writing = `${file}.4567.tmp`;
    for (const name of [left, writing]) writeFileSync(name, 'half');
    age(left);
    writeCacheFile(file, 'one', new Uint8Array(1));
    expect([left, writing].map((name) => existsSync(name))).toEqual([false, true]);
  });
});

describe('a cache that is damaged', () => {
  const OUTCOMES = ['cut', 'flipped', 'longer'] as const;

  it('never gives wrong sites', async () => {
    const cold = await scan({ cache });
    const saved = join(root, 'saved');
    cpSync(cache, saved, { recursive: true });
    for (const name of readdirSync(saved)) {
      const whole = readFileSync(join(saved, name));
      // Every place in the head, and some behind it.
      const places = [
        ...Array(40).keys(),
        ...Array.from({ length: 40 }, (_, i) => Math.floor((i * whole.length) / 40)),
      ];
      for (const place of new Set(places)) {
        const outcome = OUTCOMES[place % OUTCOMES.length];
        const bytes =
          outcome === 'cut'
            ? whole.subarray(0, place)
            : Buffer.concat([whole, Buffer.alloc(outcome === 'longer' ? 1 : 0)]);
        if (outcome === 'flipped') bytes[place] ^= 1 << (place % 8);
        for (const other of readdirSync(saved)) copyFileSync(join(saved, other), join(cache, other));
        writeFileSync(join(cache, name), bytes);
        const { warnings, ...found } = await scan({ cache });
        expect(found, `${outcome} at ${place}`).toEqual({ known: cold.known, behind: cold.behind, tags: cold.tags });
        expect(warnings.length, `${outcome} at ${place}: ${warnings}`).toBe(1);
        expect(warnings[0]).toMatch(/^The cache .* cannot be used \(.*\); all /);
      }
    }
  });
});

describe('a storage that cannot be written', () => {
  it('costs one line', async () => {
    mkdirSync(cache);
    const blocked = join(cache, 'file');
    writeFileSync(blocked, '');
    const { known, warnings } = await scan({ cache: join(blocked, 'below') });
    expect(known).toEqual((await scan()).known);
    expect(warnings).toEqual([expect.stringMatching(/^The scan's cache cannot be written to .*: ENOTDIR/)]);
    expect(statSync(blocked).size).toBe(0);
  });
});
