import { type PoolTag, tagFromText } from '../../language/tag/poolTag.ts';
import type { PoolSnapshot, SystemFigures } from '../pool/snapshot.ts';
import type { CastSite } from './scenario.ts';
import { SYSTEM_TAGS } from './systemTags.ts';

/** A repeatable source of numbers from 0 up to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Counters of one tag in one pool, as the kernel keeps them: allocations and frees wrap at 2^32. */
interface Counters {
  allocs: number;
  frees: number;
  bytes: number;
}

interface TagEntry {
  readonly tag: PoolTag;
  readonly nonpaged: Counters;
  readonly paged: Counters;
}

/** An ordinary tag: its objects swing slowly around what it holds, and some of them change hands all the time. */
interface SystemTag {
  readonly counters: Counters;
  readonly bytes: number;
  readonly held: number;
  readonly perMs: number;
  readonly swing: number;
  readonly periodMs: number;
  readonly phase: number;
}

/** All that a site's run depends on: while it stays the same, the site goes on as it is. */
function partOf({ site, behaviour }: CastSite): string {
  return JSON.stringify([site.tag, site.pool, behaviour]);
}

/** What one allocation site of the driver holds now. */
interface SiteState {
  readonly cast: CastSite;
  /** Objects that will be freed: how many, and when (simulated ms). Oldest first. */
  live: { count: number; freeAt: number }[];
  standing: number;
  /** Fractions of an object, carried to the next step. */
  allocCarry: number;
  leakCarry: number;
}

/** Pool headers take 16 bytes, and sizes round up to 16. Source: POOL_HEADER on 64-bit Windows. */
function chunkBytes(asked: number): number {
  return Math.ceil((asked + 16) / 16) * 16;
}

const OTHER_DRIVER_TAGS = 220;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A pool in which nothing is real but the rules: a few hundred ordinary tags that breathe, and the allocation sites of a
 * driver that allocate, free and leak as their scenario says, under the tags that the sources name at this moment. Counters
 * are 32 bits wide and wrap as in Windows. Everything follows from the seed and the steps.
 */
export class SimulatedKernel {
  private readonly random: () => number;
  private readonly table = new Map<PoolTag, TagEntry>();
  private readonly system: SystemTag[] = [];
  private readonly sites = new Map<string, SiteState>();
  private nowMs = 0;
  private faults = 468_600_648;

  constructor(seed: number) {
    this.random = randomFrom(seed);
    for (const line of SYSTEM_TAGS.trim().split('\n')) {
      const [pool, bytes, held, perMinute] = line.slice(5).split(' ');
      this.addSystemTag(tagFromText(line.slice(0, 4))!, pool === 'P', Number(bytes), Number(held), Number(perMinute));
    }
    for (let i = 0; i < OTHER_DRIVER_TAGS; i++) this.addOtherDriver();
  }

  /**
   * The driver's allocation sites as they now stand in the sources. A site that is new starts as in a freshly loaded
   * driver. A site whose tag or part changed, or that went, gives back what it can under its old tag, as unloading the
   * driver would: what leaked stays there.
   */
  setSites(sites: readonly CastSite[]): void {
    const gone = new Set(this.sites.keys());
    for (const cast of sites) {
      gone.delete(cast.key);
      const state = this.sites.get(cast.key);
      if (state && partOf(state.cast) === partOf(cast)) continue;
      if (state) this.unload(state);
      this.sites.set(cast.key, this.load(cast));
    }
    for (const key of gone) {
      this.unload(this.sites.get(key)!);
      this.sites.delete(key);
    }
  }

  /** Lets `ms` milliseconds pass. */
  step(ms: number): void {
    this.nowMs += ms;
    this.faults = (this.faults + Math.round(ms * (2 + 6 * this.random()))) >>> 0;
    for (const tag of this.system) this.breathe(tag, ms);
    for (const state of this.sites.values()) this.run(state, ms);
  }

  /** The tag table and the header figures as they stand. */
  snapshot(time: number, monotonicMs: number): PoolSnapshot {
    const count = this.table.size;
    const columns = {
      tags: new Uint32Array(count),
      pagedAllocs: new Float64Array(count),
      pagedFrees: new Float64Array(count),
      pagedBytes: new Float64Array(count),
      nonpagedAllocs: new Float64Array(count),
      nonpagedFrees: new Float64Array(count),
      nonpagedBytes: new Float64Array(count),
    };
    let i = 0;
    let pagedBytes = 0;
    let nonpagedBytes = 0;
    for (const { tag, paged, nonpaged } of this.table.values()) {
      columns.tags[i] = tag;
      columns.pagedAllocs[i] = paged.allocs;
      columns.pagedFrees[i] = paged.frees;
      columns.pagedBytes[i] = paged.bytes;
      columns.nonpagedAllocs[i] = nonpaged.allocs;
      columns.nonpagedFrees[i] = nonpaged.frees;
      columns.nonpagedBytes[i] = nonpaged.bytes;
      pagedBytes += paged.bytes;
      nonpagedBytes += nonpaged.bytes;
      i++;
    }
    const system = this.systemFigures(pagedBytes, nonpagedBytes);
    return { time, monotonicMs, counterBits: 32, costMicroseconds: 0, system, ...columns };
  }

  private systemFigures(pagedBytes: number, nonpagedBytes: number): SystemFigures {
    const pagedKb = Math.round(pagedBytes / 1024);
    const nonpagedKb = Math.round(nonpagedBytes / 1024);
    const committedKb = 6_200_000 + pagedKb + nonpagedKb;
    return {
      totalKb: 16_777_216,
      availableKb: 16_777_216 - 6_900_000 - pagedKb - nonpagedKb,
      committedKb,
      commitLimitKb: 19_922_944,
      commitPeakKb: Math.max(9_400_000, committedKb),
      pageFaults: this.faults,
      residentKernelKb: 34_120,
      residentPagedKb: Math.round(pagedKb * 0.9),
      nonpagedKb,
      pagedKb,
    };
  }

  private countersOf(tag: PoolTag, paged: boolean): Counters {
    let entry = this.table.get(tag);
    if (!entry) {
      entry = { tag, nonpaged: { allocs: 0, frees: 0, bytes: 0 }, paged: { allocs: 0, frees: 0, bytes: 0 } };
      this.table.set(tag, entry);
    }
    return paged ? entry.paged : entry.nonpaged;
  }

  private addSystemTag(tag: PoolTag, paged: boolean, bytes: number, held: number, perMinute: number): void {
    const counters = this.countersOf(tag, paged);
    const past = Math.round(perMinute * 60 * (2 + 6 * this.random()));
    counters.allocs = (held + past) >>> 0;
    counters.frees = past >>> 0;
    counters.bytes = held * bytes;
    this.system.push({
      counters,
      bytes,
      held,
      perMs: perMinute / 60_000,
      swing: perMinute === 0 ? 0 : 0.01 + 0.05 * this.random(),
      periodMs: 6_000 + 19_000 * this.random(),
      phase: 2 * Math.PI * this.random(),
    });
  }

  private addOtherDriver(): void {
    const letter = () => LETTERS[Math.floor(this.random() * LETTERS.length)];
    const tag = tagFromText(`${letter()}${letter()}${letter()}${letter()}`)!;
    if (this.table.has(tag)) return;
    const held = Math.round(2 + 900 * this.random() ** 3);
    const perMinute = this.random() < 0.6 ? 0 : Math.round(2000 * this.random() ** 3);
    this.addSystemTag(tag, this.random() < 0.4, 32 + 16 * Math.floor(120 * this.random() ** 2), held, perMinute);
  }

  private breathe(tag: SystemTag, ms: number): void {
    if (tag.perMs === 0) return;
    const allocs = Math.floor(tag.perMs * ms * (0.7 + 0.6 * this.random()) + this.random());
    const wave = Math.sin(tag.phase + (2 * Math.PI * this.nowMs) / tag.periodMs);
    const target = Math.round(tag.held * (1 + tag.swing * wave));
    const { counters } = tag;
    const outstanding = (counters.allocs - counters.frees) >>> 0;
    const frees = Math.max(0, Math.min(outstanding + allocs, outstanding + allocs - target, 2 * allocs));
    counters.allocs = (counters.allocs + allocs) >>> 0;
    counters.frees = (counters.frees + frees) >>> 0;
    counters.bytes += (allocs - frees) * tag.bytes;
  }

  private countersOfSite({ site, behaviour }: CastSite): Counters {
    return this.countersOf(site.tag, (behaviour.pool ?? site.pool) === 'paged');
  }

  private allocate({ cast }: SiteState, count: number): void {
    const counters = this.countersOfSite(cast);
    counters.allocs = (counters.allocs + count) >>> 0;
    counters.bytes += count * chunkBytes(cast.behaviour.bytes);
  }

  private free({ cast }: SiteState, count: number): void {
    const counters = this.countersOfSite(cast);
    counters.frees = (counters.frees + count) >>> 0;
    counters.bytes -= count * chunkBytes(cast.behaviour.bytes);
  }

  private load(cast: CastSite): SiteState {
    const { standing } = cast.behaviour;
    const state: SiteState = { cast, live: [], standing, allocCarry: 0, leakCarry: 0 };
    this.allocate(state, standing);
    return state;
  }

  private unload(state: SiteState): void {
    this.free(
      state,
      state.live.reduce((total, batch) => total + batch.count, state.standing),
    );
  }

  private run(state: SiteState, ms: number): void {
    const { allocationsPerMinute, lifetimeSeconds, leakPercent } = state.cast.behaviour;
    const due = (allocationsPerMinute / 60_000) * ms * (0.85 + 0.3 * this.random()) + state.allocCarry;
    const allocs = Math.floor(due);
    state.allocCarry = due - allocs;
    const leaking = (allocs * leakPercent) / 100 + state.leakCarry;
    const leaked = Math.floor(leaking);
    state.leakCarry = leaking - leaked;
    this.allocate(state, allocs);
    if (allocs > leaked) {
      state.live.push({
        count: allocs - leaked,
        freeAt: this.nowMs + lifetimeSeconds * 1000 * (0.8 + 0.4 * this.random()),
      });
    }
    const kept = state.live.filter((batch) => batch.freeAt > this.nowMs);
    const freed =
      state.live.reduce((total, batch) => total + batch.count, 0) -
      kept.reduce((total, batch) => total + batch.count, 0);
    state.live = kept;
    this.free(state, freed);
  }
}
