/**
 * Allocation sites of public drivers, where both the list and the repositories are at hand: POOL_LENS_SHARED (or ../shared)
 * has data/sites, POOL_LENS_DRIVERS holds the repositories by name.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithTruth } from '../../bench/accuracy/truth.ts';

const lists = resolve(process.env.POOL_LENS_SHARED ?? '../shared', 'data/sites');
const drivers = process.env.POOL_LENS_DRIVERS ?? '';

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
    const { classes, missed, definitions } = await compareWithTruth(folder, listFile);
    console.log(list, [...classes].map(([kind, { found, all }]) => `${kind} ${found} of ${all}`).join(', '));
    const all = [...classes.values()].reduce((sum, c) => sum + c.all, 0);
    expect(definitions).toEqual([]);
    expect(missed.length / all, missed.join('\n')).toBeLessThanOrEqual(0.02);
  });
});
