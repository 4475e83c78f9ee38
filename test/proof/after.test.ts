/** The drivers after unique tags were assigned to all their sites: they compile and run, and a leak names its line. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DriverProgram, type Run } from '../kernel/driverProgram.ts';
import { mingwNeeds } from '../kernel/mingw.ts';
import { skipReason } from '../kernel/requirements.ts';
import { wineLoader } from '../wine/wine.ts';
import { DRIVERS, Scratch } from './drivers.ts';
import {
  type AssignOutput,
  assignAll,
  attribute,
  type Exercised,
  failureProblems,
  leakProblems,
  poolLens,
  runProblems,
  type Site,
  sitesIn,
  sitesWithOwnTag,
  treeOf,
} from './proof.ts';

const reason = skipReason({ ...mingwNeeds(), Wine: wineLoader !== undefined });
if (reason) console.warn(`The drivers do not run: ${reason}`);

const CASES = DRIVERS.flatMap((driver) =>
  (['together', 'untag'] as const).map((frees) => ({ name: driver.name, driver, frees })),
);

describe.skipIf(reason !== null).each(CASES)('$name, shared frees: $frees', ({ driver, frees }) => {
  const scratch = new Scratch();
  let folder: string;
  let assigned: AssignOutput;
  let sites: Site[];
  let program: DriverProgram;
  let run: Run;
  let exercised: Exercised[];
  let problems: string[];
  beforeAll(async () => {
    folder = scratch.copyOf(driver);
    assigned = assignAll(folder, frees);
    sites = sitesIn(folder);
    program = await DriverProgram.build(folder, driver.exercise, scratch.folder);
    run = await program.run();
    ({ exercised, problems } = attribute(driver, folder, run, sites));
  });
  afterAll(() => scratch[Symbol.dispose]());

  test('sites have tags of their own; of each that has none it is said why', () => {
    expect(sites).toHaveLength(driver.sitesAfter);
    const own = sitesWithOwnTag(sites);
    expect(own.length).toBeGreaterThanOrEqual(driver.own);
    const shared = sites.filter((site) => !own.includes(site));
    const isRefused = ({ file, tag }: Site) => assigned.refused.some((r) => r.file === file) || isTogether(tag);
    const isTogether = (tag: string) => assigned.assigned.filter((a) => a.new === tag).length > 1;
    expect(shared.filter((site) => !isRefused(site))).toEqual([]);
    expect(assigned.refused.filter(({ reason: why }) => why.trim() === '')).toEqual([]);
  });

  test('nothing stops, and everything is freed', () => {
    expect(runProblems(run)).toEqual([]);
  });

  test('nothing stops where any one allocation fails', async () => {
    expect(await failureProblems(program, run.attempts)).toEqual([]);
  });

  test('every block is counted under the tag of its site', () => {
    expect(problems).toEqual([]);
    expect(exercised).toHaveLength(driver.sitesAfter);
  });

  test.each(Array.from({ length: driver.sitesAfter }, (_, i) => i))(
    'a leak at the site of index %i grows exactly one tag, whose line is that site',
    async (i) => {
      expect(exercised[i], 'the site').toBeDefined();
      expect(await leakProblems(program, exercised[i])).toEqual([]);
      const { tag, file, line } = exercised[i].site;
      const lines = sites.filter((site) => site.tag === tag).map((site) => `${site.file}:${site.line}`);
      expect(lines).toContain(`${file}:${line}`);
    },
  );

  test('restoring gives the sources back, byte for byte', () => {
    const copy = path.join(scratch.folder, 'restored', driver.name);
    cpSync(folder, copy, { recursive: true });
    expect(poolLens(['restore', copy, '--write'])).toMatchObject({ refused: [], left: [] });
    expect(treeOf(copy)).toEqual(treeOf(driver.folder));
  });
});
