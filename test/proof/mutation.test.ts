/**
 * The proof itself is proved: the analysis of frees, broken in many ways in a copy of the sources, is caught by the drivers
 * each time.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DriverProgram } from '../kernel/driverProgram.ts';
import { mingwNeeds } from '../kernel/mingw.ts';
import { skipReason } from '../kernel/requirements.ts';
import { wineLoader } from '../wine/wine.ts';
import { DRIVERS, type ProofDriver, Scratch } from './drivers.ts';
import { MUTATIONS } from './mutations.ts';
import { assignAll, attribute, runProblems, sitesIn, sitesWithOwnTag } from './proof.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const reason = skipReason({ ...mingwNeeds(), Wine: wineLoader !== undefined });

describe.skipIf(reason !== null)('a broken analysis is caught', () => {
  const scratch = new Scratch();
  const engine = path.join(scratch.folder, 'engine');
  beforeAll(() => {
    mkdirSync(engine);
    for (const part of ['language', 'extension', 'package.json'])
      cpSync(path.join(REPOSITORY, part), path.join(engine, part), { recursive: true });
    symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(engine, 'node_modules'));
  });
  afterAll(() => scratch[Symbol.dispose]());

  /** What the proof says of one driver, as far as it has to look until something is wrong. */
  async function problemsOf(driver: ProofDriver): Promise<string[]> {
    const folder = scratch.copyOf(driver);
    const { refused } = assignAll(folder, 'together', engine);
    const sites = sitesIn(folder);
    const own = sitesWithOwnTag(sites).length;
    if (own < driver.own) return [`${own} sites have tags of their own, ${refused.length} were refused`];
    let program: DriverProgram;
    try {
      program = await DriverProgram.build(folder, driver.exercise, scratch.folder);
    } catch (error) {
      return [(error as Error).message];
    }
    const run = await program.run();
    return [...runProblems(run), ...attribute(driver, folder, run, sites).problems];
  }

  test('unbroken, it passes', async () => {
    for (const driver of DRIVERS) expect(await problemsOf(driver), driver.name).toEqual([]);
  });

  test.each(MUTATIONS)('$name', async ({ file, find, put }) => {
    const place = path.join(engine, file);
    const text = readFileSync(place, 'utf8');
    expect(text.split(find), `'${find}' once in ${file}`).toHaveLength(2);
    writeFileSync(
      place,
      text.replace(find, () => put),
    );
    try {
      const said: string[] = [];
      for (const driver of DRIVERS) {
        said.push(...(await problemsOf(driver)));
        if (said.length > 0) break;
      }
      expect(said).not.toEqual([]);
    } finally {
      writeFileSync(place, text);
    }
  });
});
