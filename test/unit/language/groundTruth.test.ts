/**
 * Allocation sites of public drivers, where both the list and the repositories are at hand: POOL_LENS_SHARED (or ../shared)
 * has data/sites, POOL_LENS_DRIVERS holds the repositories by name.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uriToPath } from '../../../language/index/fileUri.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { tagLabel } from '../../../language/tag/poolTag.ts';

const lists = resolve(process.env.POOL_LENS_SHARED ?? '../shared', 'data/sites');
const drivers = process.env.POOL_LENS_DRIVERS ?? '';

interface TrueSite {
  readonly file: string;
  readonly line: number;
  readonly resolvedTag: string;
  readonly viaWrapper: string | null;
  readonly status: string;
}

/** `\xNN` is a byte; zero bytes show as blanks. */
function shownTag(text: string): string {
  const bytes = text.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replaceAll('\0', ' ').padEnd(4);
}

describe.each([
  ['winfsp', 'winfsp'],
  ['hyperplatform', 'HyperPlatform'],
  ['xenbus', 'win-xenbus'],
  ['ovs', 'ovs'],
  ['sandboxie', 'Sandboxie'],
])('sites of %s', (list, repository) => {
  const listFile = join(lists, `${list}.sites.json`);
  const folder = resolve(drivers, repository);
  it.skipIf(drivers === '' || !existsSync(listFile) || !existsSync(folder))('are found with their tags', async () => {
    const truth: TrueSite[] = JSON.parse(readFileSync(listFile, 'utf8'));
    const { index } = await scanFolder(folder);
    const found = new Map<string, string[]>();
    for (const { uri, range, tag } of index.snapshot().sites) {
      const place = `${uriToPath(uri)!.slice(folder.length + 1)}:${range.start.line + 1}`;
      found.set(place, [...(found.get(place) ?? []), tagLabel(tag)]);
    }
    const missed: string[] = [];
    const classes = new Map<string, { found: number; all: number }>();
    for (const site of truth) {
      const place = `${site.file}:${site.line}`;
      if (site.status === 'P') expect(found.get(place), place).toBeUndefined();
      if (site.status !== 'R') continue;
      const kind = site.viaWrapper?.split(':')[0] ?? 'direct';
      const figures = classes.get(kind) ?? { found: 0, all: 0 };
      const isFound = found.get(place)?.includes(shownTag(site.resolvedTag)) === true;
      classes.set(kind, { found: figures.found + (isFound ? 1 : 0), all: figures.all + 1 });
      if (!isFound) missed.push(`${place} ${site.resolvedTag} ${site.viaWrapper}`);
    }
    console.log(list, [...classes].map(([kind, { found, all }]) => `${kind} ${found} of ${all}`).join(', '));
    const all = [...classes.values()].reduce((sum, c) => sum + c.all, 0);
    expect(missed.length / all, missed.join('\n')).toBeLessThanOrEqual(0.02);
  });
});
