/** The drivers before the action: they compile, run, and every block comes from a site that Pool Lens knows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DriverProgram, type Run } from '../kernel/driverProgram.ts';
import { mingwNeeds } from '../kernel/mingw.ts';
import { skipReason } from '../kernel/requirements.ts';
import { wineLoader } from '../wine/wine.ts';
import { DRIVERS, Scratch } from './drivers.ts';
import { attribute, failureProblems, runProblems, sitesIn } from './proof.ts';

const reason = skipReason({ ...mingwNeeds(), Wine: wineLoader !== undefined });
if (reason) console.warn(`The drivers do not run: ${reason}`);

describe.skipIf(reason !== null).each(DRIVERS)('$name', (driver) => {
  const scratch = new Scratch();
  let program: DriverProgram;
  let run: Run;
  beforeAll(async () => {
    program = await DriverProgram.build(driver.folder, driver.exercise, scratch.folder);
    run = await program.run();
  });
  afterAll(() => scratch[Symbol.dispose]());

  test('runs to its end, and frees all', () => {
    expect(runProblems(run)).toEqual([]);
  });

  test('frees all when any one allocation fails', async () => {
    expect(await failureProblems(program, run.attempts)).toEqual([]);
  });

  test('every block comes from a known site, every site is exercised', () => {
    expect(attribute(driver, driver.folder, run, sitesIn(driver.folder)).problems).toEqual([]);
  });

  test('many sites share a tag', () => {
    const sites = sitesIn(driver.folder);
    expect(new Set(sites.map((s) => s.tag)).size).toBeLessThan(sites.length);
  });
});
