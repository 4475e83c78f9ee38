import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { castSites, parseScenario, ScenarioError } from '../../../extension/sources/scenario.ts';
import { SimulatedKernel } from '../../../extension/sources/simulatedKernel.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { siteAt } from './sites.ts';

const SCENARIO = parseScenario(
  JSON.stringify({
    driver: 'x.sys',
    sites: [
      { function: 'Leaks', bytes: 200, allocationsPerMinute: 600, lifetimeSeconds: 1, leakPercent: 10 },
      { function: 'Steady', bytes: 100, allocationsPerMinute: 1200, lifetimeSeconds: 2 },
      { function: 'Stands', bytes: 64, standing: 3, pool: 'paged' },
    ],
  }),
);
const SHARED = [siteAt('Shrd', 'Leaks', 1), siteAt('Shrd', 'Steady', 2), siteAt('Shrd', 'Stands', 3)];

/** Runs the kernel for a while at 1 Hz into a store. */
function watch(kernel: SimulatedKernel, store: PoolStore, fromSecond: number, seconds: number): void {
  for (let second = fromSecond; second < fromSecond + seconds; second++) {
    for (let i = 0; i < 4; i++) kernel.step(250);
    store.apply(kernel.snapshot(second * 1000, second * 1000));
  }
}

describe('the scenario', () => {
  test.each([
    ['{', /not JSON/],
    ['[]', /list "sites"/],
    ['{"sites":[{"bytes":1}]}', /sites\[0\]\.function/],
    ['{"sites":[{"function":"F"}]}', /sites\[0\]\.bytes: expected a number/],
    ['{"sites":[{"function":"F","bytes":8,"leakPercent":101}]}', /sites\[0\]\.leakPercent.*0 to 100.*101/],
    ['{"sites":[{"function":"F","bytes":8,"pool":"big"}]}', /"paged" or "nonpaged"/],
  ])('%s is refused with the place and what is expected', (text, message) => {
    expect(() => parseScenario(text)).toThrow(ScenarioError);
    expect(() => parseScenario(text)).toThrow(message);
  });

  test('parts follow function, routine and order, not tags; entries without a site are named', () => {
    const scenario = parseScenario(
      '{"sites":[{"function":"F","index":1,"bytes":8},{"function":"F","routine":"ExAllocatePoolZero","bytes":16},{"function":"Gone","bytes":1}]}',
    );
    const sites = [
      siteAt('Two ', 'F', 20),
      siteAt('One ', 'F', 10),
      siteAt('Zero', 'F', 30, { routine: 'ExAllocatePoolZero' }),
    ];
    const cast = castSites(sites, scenario);
    expect(cast.sites.map(({ site, behaviour }) => [site.range.start.line, behaviour.bytes])).toEqual([
      [10, 64],
      [20, 8],
      [30, 16],
    ]);
    expect(cast.unmatched.map((part) => part.function)).toEqual(['Gone']);
    const renamed = castSites(
      sites.map((site) => ({ ...site, tag: 1, range: siteAt('x', 'F', site.range.start.line + 3).range })),
      scenario,
    );
    expect(renamed.sites.map((part) => part.key)).toEqual(cast.sites.map((part) => part.key));
  });
});

describe('the simulated kernel', () => {
  test('holds a few hundred ordinary tags, none of which grows', () => {
    const kernel = new SimulatedKernel(7);
    const store = new PoolStore();
    watch(kernel, store, 0, 300);
    expect(store.tagCount).toBeGreaterThan(250);
    const growing = store.tags().filter((tag) => store.totals(tag)!.growing);
    expect(growing).toEqual([]);
    expect(store.changedSince(store.version - 1).length).toBeGreaterThan(50);
  });

  test('looked at each second for ten minutes, hardly an ordinary row is ever marked', () => {
    let rows = 0;
    const marked: string[] = [];
    for (let seed = 7_000; seed < 7_012; seed++) {
      const kernel = new SimulatedKernel(seed);
      const store = new PoolStore();
      const seen = new Set<number>();
      for (let second = 0; second < 600; second++) {
        watch(kernel, store, second, 1);
        for (let id = 0; id < store.rowCount; id++) if (store.row(id).growing) seen.add(id);
      }
      rows += store.rowCount;
      marked.push(...[...seen].map((id) => `${seed}/${id}`));
    }
    expect(rows).toBeGreaterThan(3_000);
    expect(marked.length / rows, marked.join(' ')).toBeLessThanOrEqual(0.0015);
  }, 60_000);

  test('the sample driver that runs already is marked within about 40 s', () => {
    const scenario = parseScenario(
      readFileSync(new URL('../../sample-driver/pool-lens.scenario.json', import.meta.url), 'utf8'),
    );
    const sites = scenario.sites.map((part, i) =>
      siteAt('Xmpl', part.function, i, part.routine ? { routine: part.routine } : {}),
    );
    const after: number[] = [];
    for (let seed = 1; seed <= 9; seed++) {
      const kernel = new SimulatedKernel(seed);
      const store = new PoolStore();
      kernel.setSites(castSites(sites, scenario).sites);
      for (let i = 0; i < 32; i++) kernel.step(250);
      let second = 0;
      while (second < 60 && !(store.version > 0 && store.totals(tagFromText('Xmpl')!)!.growing)) {
        watch(kernel, store, second++, 1);
      }
      after.push(second);
    }
    after.sort((a, b) => a - b);
    expect(after[4]).toBeLessThanOrEqual(40);
    expect(after[8]).toBeLessThan(60);
  });

  test('the same seed gives the same pool', () => {
    const run = () => {
      const kernel = new SimulatedKernel(3);
      kernel.setSites(castSites(SHARED, SCENARIO).sites);
      for (let i = 0; i < 50; i++) kernel.step(200);
      return kernel.snapshot(0, 0);
    };
    expect(run()).toEqual(run());
  });

  test('a shared tag grows by its one leak', () => {
    const kernel = new SimulatedKernel(1);
    const store = new PoolStore();
    kernel.setSites(castSites(SHARED, SCENARIO).sites);
    for (let i = 0; i < 32; i++) kernel.step(250);
    watch(kernel, store, 0, 90);
    const totals = store.totals(tagFromText('Shrd')!)!;
    expect(totals.growing).toBe(true);
    expect(totals.objectsPerMinute).toBeGreaterThan(45);
    expect(totals.objectsPerMinute).toBeLessThan(75);
  });

  test('when the sites get tags of their own, exactly one grows; what leaked stays under the old tag', () => {
    const kernel = new SimulatedKernel(1);
    const store = new PoolStore();
    kernel.setSites(castSites(SHARED, SCENARIO).sites);
    watch(kernel, store, 0, 60);
    const own = [siteAt('ShLe', 'Leaks', 1), siteAt('ShSt', 'Steady', 2), siteAt('ShSd', 'Stands', 3)];
    kernel.setSites(castSites(own, SCENARIO).sites);
    watch(kernel, store, 60, 75);
    const growing = ['ShLe', 'ShSt', 'ShSd', 'Shrd'].filter((tag) => store.totals(tagFromText(tag)!)!.growing);
    expect(growing).toEqual(['ShLe']);
    const old = store.totals(tagFromText('Shrd')!)!;
    expect(old.outstanding).toBeGreaterThan(40);
    expect(old.outstanding).toBeLessThan(80);
    expect(old.objectsPerMinute).toBe(0);
    expect(store.totals(tagFromText('ShSd')!)).toMatchObject({ outstanding: 3, bytes: 3 * 80 });
  });

  test('a part that changes reloads the driver: nothing is given back that was not taken', () => {
    const kernel = new SimulatedKernel(1);
    const store = new PoolStore();
    // The sites are known before the scenario is, and the scenario is edited later.
    kernel.setSites(castSites(SHARED, undefined).sites);
    watch(kernel, store, 0, 20);
    kernel.setSites(castSites(SHARED, SCENARIO).sites);
    watch(kernel, store, 20, 20);
    kernel.setSites([]);
    watch(kernel, store, 40, 1);
    const { outstanding, bytes } = store.totals(tagFromText('Shrd')!)!;
    expect(outstanding).toBeGreaterThan(10);
    expect(bytes).toBe(outstanding * 224);
  });

  test('counters stay within 32 bits and bytes follow objects', () => {
    const kernel = new SimulatedKernel(5);
    kernel.setSites(castSites(SHARED, SCENARIO).sites);
    for (let i = 0; i < 400; i++) kernel.step(250);
    const snapshot = kernel.snapshot(0, 0);
    for (const name of ['pagedAllocs', 'pagedFrees', 'nonpagedAllocs', 'nonpagedFrees'] as const) {
      expect(snapshot[name].every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
    }
    for (let i = 0; i < snapshot.tags.length; i++) {
      const outstanding = (snapshot.nonpagedAllocs[i] - snapshot.nonpagedFrees[i]) >>> 0;
      expect(outstanding === 0).toBe(snapshot.nonpagedBytes[i] === 0);
    }
  });
});
