import type { AllocationSite, PoolKind } from '../../language/protocol.ts';

/** The scenario's name: it lies beside the driver's sources. */
export const SCENARIO_FILE = 'pool-lens.scenario.json';

/** What a driver's allocation sites do in the simulated kernel. */
export interface Scenario {
  /** Shown with the source, such as `sample.sys`. */
  readonly driver: string;
  readonly sites: readonly ScenarioSite[];
}

/** One allocation site's behaviour: it holds about rate × lifetime objects, the standing ones, and all that leaked. */
export interface ScenarioSite {
  readonly function: string;
  /** Only sites that call this routine; any when absent. */
  readonly routine?: string;
  /** Which of the function's matching sites, from 0. */
  readonly index: number;
  /** Size asked for, bytes. */
  readonly bytes: number;
  readonly allocationsPerMinute: number;
  readonly lifetimeSeconds: number;
  /** Share of the allocations that are never freed, 0 to 100. */
  readonly leakPercent: number;
  /** Objects allocated when the driver starts and kept. */
  readonly standing: number;
  /** Overrides the pool that the source names. */
  readonly pool?: PoolKind;
}

/** A scenario that cannot be used: the message says where it is wrong and what is expected there. */
export class ScenarioError extends Error {}

type Json = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberAt(site: Json, key: string, where: string, low: number, high: number, fallback?: number): number {
  const value = site[key] ?? fallback;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new ScenarioError(
      `${where}.${key}: expected a number from ${low} to ${high}, found ${JSON.stringify(value)}.`,
    );
  }
  return value;
}

function parseSite(site: unknown, where: string): ScenarioSite {
  if (!isObject(site)) throw new ScenarioError(`${where}: expected an object.`);
  if (typeof site.function !== 'string' || site.function === '') {
    throw new ScenarioError(`${where}.function: expected the name of a function that allocates.`);
  }
  if (site.routine !== undefined && typeof site.routine !== 'string') {
    throw new ScenarioError(`${where}.routine: expected the name of an allocation routine.`);
  }
  if (site.pool !== undefined && site.pool !== 'paged' && site.pool !== 'nonpaged') {
    throw new ScenarioError(`${where}.pool: expected "paged" or "nonpaged".`);
  }
  return {
    function: site.function,
    routine: site.routine,
    index: numberAt(site, 'index', where, 0, 10_000, 0),
    bytes: numberAt(site, 'bytes', where, 1, 2 ** 30),
    allocationsPerMinute: numberAt(site, 'allocationsPerMinute', where, 0, 10_000_000, 0),
    lifetimeSeconds: numberAt(site, 'lifetimeSeconds', where, 0, 86_400, 1),
    leakPercent: numberAt(site, 'leakPercent', where, 0, 100, 0),
    standing: numberAt(site, 'standing', where, 0, 1_000_000, 0),
    pool: site.pool,
  };
}

/** Reads a scenario from JSON text. Throws {@link ScenarioError} for anything that is not one. */
export function parseScenario(text: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`not JSON: ${(error as Error).message}`);
  }
  if (!isObject(json) || !Array.isArray(json.sites)) throw new ScenarioError('expected an object with a list "sites".');
  return {
    driver: typeof json.driver === 'string' ? json.driver : 'driver.sys',
    sites: json.sites.map((site, i) => parseSite(site, `sites[${i}]`)),
  };
}

/** What a site does that no scenario speaks of: it holds a few objects and breathes a little. */
const QUIET = { bytes: 64, allocationsPerMinute: 30, lifetimeSeconds: 4, leakPercent: 0, standing: 2 } as const;

/** A site of the driver together with what it does. */
export interface CastSite {
  /** Names the site across edits of its tag and its line. */
  readonly key: string;
  readonly site: AllocationSite;
  readonly behaviour: ScenarioSite;
}

/** The driver's sites with their parts, and the scenario's entries that no site answers to. */
export interface Cast {
  readonly sites: readonly CastSite[];
  readonly unmatched: readonly ScenarioSite[];
}

/**
 * Gives each allocation site its part. Sites are found by function, routine and order within the function, never by tag
 * or line, so that a site keeps its part when its tag changes.
 */
export function castSites(sites: readonly AllocationSite[], scenario: Scenario | undefined): Cast {
  const inOrder = [...sites].sort(
    (a, b) =>
      a.uri.localeCompare(b.uri) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.character - b.range.start.character,
  );
  const parts = new Map<AllocationSite, ScenarioSite>();
  const unmatched: ScenarioSite[] = [];
  for (const behaviour of scenario?.sites ?? []) {
    const candidates = inOrder.filter(
      (site) => site.function === behaviour.function && (!behaviour.routine || site.routine === behaviour.routine),
    );
    const site = candidates[behaviour.index];
    if (site) parts.set(site, behaviour);
    else unmatched.push(behaviour);
  }
  const seen = new Map<string, number>();
  const cast = inOrder.map((site) => {
    const place = `${site.uri}\n${site.function}\n${site.routine}`;
    const nth = seen.get(place) ?? 0;
    seen.set(place, nth + 1);
    const behaviour = parts.get(site) ?? { ...QUIET, function: site.function, index: 0 };
    return { key: `${place}\n${nth}`, site, behaviour };
  });
  return { sites: cast, unmatched };
}
