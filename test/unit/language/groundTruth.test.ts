/**
 * Allocation sites of public drivers, where both the list and the repositories are at hand: POOL_LENS_SHARED (or ../shared)
 * has data/sites, POOL_LENS_DRIVERS holds the repositories by name. Sites behind wrappers are not asked for here.
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

describe.each([
  ['winfsp', 'winfsp'],
  ['hyperplatform', 'HyperPlatform'],
  ['xenbus', 'win-xenbus'],
])('direct sites of %s', (list, repository) => {
  const listFile = join(lists, `${list}.sites.json`);
  const folder = resolve(drivers, repository);
  it.skipIf(drivers === '' || !existsSync(listFile) || !existsSync(folder))('are found with their tags', async () => {
    const truth: TrueSite[] = JSON.parse(readFileSync(listFile, 'utf8'));
    const { index } = await scanFolder(folder);
    const found = new Map(
      index
        .snapshot()
        .sites.map((s) => [`${uriToPath(s.uri)!.slice(folder.length + 1)}:${s.range.start.line + 1}`, tagLabel(s.tag)]),
    );
    for (const site of truth) {
      const place = `${site.file}:${site.line}`;
      if (site.status === 'P') expect(found.get(place), place).toBeUndefined();
      else if (site.status === 'R' && site.viaWrapper === null)
        expect(found.get(place), place).toBe(site.resolvedTag.padEnd(4));
    }
  });
});
