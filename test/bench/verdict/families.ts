/**
 * Rows of which it is known whether they leak. Objects come and go one by one: arrivals are counts of random events and each
 * object lives a random time (a queue without limit, M/M/infinity), so noise grows with the level as it does in a kernel.
 * Sizes, rates, lifetimes and levels vary over orders of magnitude, and every row stands on a level and a background of its
 * own. Nothing here knows how verdicts are found.
 */
import type { Random } from './random.ts';
import type { Session } from './sessions.ts';

export interface Sample {
  readonly time: number;
  readonly allocs: number;
  readonly frees: number;
  readonly bytes: number;
}

/** What a part of a row's objects does: called once a sample, with what happened since the last one. */
type Part = (step: Step) => { readonly come: number; readonly go: number };

interface Step {
  /** Milliseconds since the last sample. */
  readonly ms: number;
  readonly time: number;
  readonly load: number;
  /** Share of the session that is over, 0 to 1. */
  readonly share: number;
}

interface Context {
  readonly random: Random;
  readonly session: Session;
  readonly lengthMs: number;
  /** All work of the session: the sum of load times milliseconds. */
  readonly work: number;
  /** Mean pause between two samples, milliseconds. */
  readonly pauseMs: number;
}

/** Objects that come at a rate and live `lifeMs` in the mean: about `level(step)` of them are there. */
function inFlight({ random }: Context, lifeMs: number, level: (step: Step) => number): Part {
  let there = -1;
  return (step) => {
    const target = Math.max(0, level(step));
    if (there < 0) {
      there = random.poisson(target);
      return { come: there, go: 0 };
    }
    const stay = Math.exp(-step.ms / lifeMs);
    const survivors = random.binomial(there, stay);
    const fresh = random.poisson(target * (1 - stay));
    // Those that came and went between two samples are counted too.
    const passing = random.poisson(target * (step.ms / lifeMs - (1 - stay)));
    const go = there - survivors + passing;
    there = survivors + fresh;
    return { come: fresh + passing, go };
  };
}

/** Follows a level exactly, in whole objects. */
function following(level: (step: Step) => number): Part {
  let there = 0;
  return (step) => {
    const target = Math.max(0, Math.round(level(step)));
    const change = target - there;
    there = target;
    return { come: Math.max(0, change), go: Math.max(0, -change) };
  };
}

/** Objects that never go, `total` of them in the mean, as the session goes on by `pace`. */
function leaking({ random }: Context, total: number, pace: (step: Step) => number): Part {
  return (step) => ({ come: random.poisson(total * pace(step)), go: 0 });
}

const byTime =
  ({ lengthMs }: Context) =>
  ({ ms }: Step) =>
    ms / lengthMs;
const byWork =
  ({ work }: Context) =>
  ({ ms, load }: Step) =>
    (load * ms) / work;

/** Lifetime of objects that the load holds: short against a wait. */
function loadLife({ random, pauseMs }: Context): number {
  return random.scale(20, Math.max(2_000, 1.5 * pauseMs));
}

function loadPart(context: Context, most = 10_000): Part {
  const peak = context.random.scale(10, most);
  return inFlight(context, loadLife(context), ({ load }) => peak * load);
}

function sawtooth({ random, lengthMs, work }: Context, amplitude: number): Part {
  const teeth = random.scale(2.5, 40);
  const byLoad = random.chance(0.5);
  const rest = random.between(0, 0.3) * amplitude;
  let level = random.between(rest, amplitude);
  return following(({ ms, load }) => {
    const pace = byLoad ? (load * ms) / work : ms / lengthMs;
    level += amplitude * teeth * pace * random.between(0.6, 1.4);
    // Trimming takes what is over, and down to the rest.
    if (level >= amplitude) level = rest * random.between(0.8, 1.2);
    return level;
  });
}

export interface Family {
  readonly name: string;
  readonly leaks: boolean;
  make(context: Context): Part[];
}

/** Objects that leak in a session: from a few in each cycle up. */
const fewLeaks = ({ random }: Context) => random.scale(16, 120);
const manyLeaks = ({ random }: Context) => random.scale(400, 400_000);

export const FAMILIES: readonly Family[] = [
  {
    name: 'steady',
    leaks: false,
    make: (context) => {
      const level = context.random.scale(0.5, 20_000);
      return [inFlight(context, context.random.scale(500, 600_000), () => level)];
    },
  },
  { name: 'plain load', leaks: false, make: (context) => [loadPart(context, 30_000)] },
  {
    name: 'daily cycle',
    leaks: false,
    make: (context) => {
      const { random, lengthMs } = context;
      const period = lengthMs * random.scale(0.15, 1.4);
      const offset = random.between(0, 2 * Math.PI);
      const level = random.scale(100, 20_000);
      const swing = random.between(0.05, 0.6);
      const wave = ({ time }: Step) => level * (1 + swing * Math.sin(offset + (2 * Math.PI * time) / period));
      return [inFlight(context, period * random.scale(0.0005, 0.03), wave), loadPart(context, 500)];
    },
  },
  {
    name: 'warm-up',
    leaks: false,
    make: (context) => {
      const { random, lengthMs, work } = context;
      const size = random.scale(20, 50_000);
      const span = random.scale(0.02, 0.25);
      const byLoad = random.chance(0.7);
      const straight = random.chance(0.4);
      let done = 0;
      const filled = ({ ms, load }: Step) => {
        done += byLoad ? (load * ms) / work : ms / lengthMs;
        return size * (straight ? Math.min(1, done / (2 * span)) : 1 - Math.exp(-done / span));
      };
      return [following(filled), loadPart(context, 2_000)];
    },
  },
  {
    name: 'high-water cache',
    leaks: false,
    make: (context) => {
      const { random } = context;
      const size = random.scale(20, 20_000);
      const life = loadLife(context);
      const spread = random.between(0.05, 0.4);
      let most = 0;
      let wasBusy = false;
      let burst = 1;
      const level = ({ load }: Step) => {
        // Demand of an episode of work differs from that of the next.
        if (load > 0.1 && !wasBusy) burst = Math.exp(spread * random.normal());
        wasBusy = load > 0.1;
        most = Math.max(most, (size * load * burst * random.poisson(400)) / 400);
        return most;
      };
      return [following(level), inFlight(context, life, ({ load }) => 0.1 * size * load)];
    },
  },
  {
    name: 'sawtooth cache',
    leaks: false,
    make: (context) => [sawtooth(context, context.random.scale(50, 20_000)), loadPart(context, 500)],
  },
  {
    name: 'slow decay',
    leaks: false,
    make: (context) => {
      const { random, session, lengthMs } = context;
      const wait = session.marks.length > 0 ? lengthMs / 10 : lengthMs / 20;
      const peak = random.scale(20, 20_000);
      return [inFlight(context, wait * random.scale(0.2, 2), ({ load }) => peak * load), loadPart(context, 500)];
    },
  },
  {
    name: 'one-off step',
    leaks: false,
    make: (context) => {
      const { random } = context;
      const at = random.between(0.1, 0.9);
      const size = random.scale(5, 20_000);
      return [following(({ share }) => (share > at ? size : 0)), loadPart(context, 2_000)];
    },
  },
  {
    name: 'slow leak',
    leaks: true,
    make: (context) => [leaking(context, fewLeaks(context), byTime(context)), loadPart(context, 300)],
  },
  {
    name: 'fast leak',
    leaks: true,
    make: (context) => [leaking(context, manyLeaks(context), byTime(context)), loadPart(context)],
  },
  {
    name: 'leak under load',
    leaks: true,
    make: (context) => [leaking(context, context.random.scale(30, 30_000), byWork(context)), loadPart(context, 2_000)],
  },
  {
    name: 'leak in a sawtooth',
    leaks: true,
    make: (context) => {
      const amplitude = context.random.scale(50, 20_000);
      const total = Math.max(20, amplitude * context.random.scale(0.3, 6));
      return [sawtooth(context, amplitude), leaking(context, total, byWork(context))];
    },
  },
  {
    name: 'leak in a busy tag',
    leaks: true,
    make: (context) => {
      const { random, lengthMs, session } = context;
      const total = random.scale(40, 10_000);
      // A thousand times as many come and go; how many are there at once follows from how long they live.
      const perMs = (1000 * total) / lengthMs;
      const life = random.scale(5, Math.min(60_000, lengthMs / 100));
      const idle = session.marks.length > 0 ? random.between(0, 0.3) : 0;
      const busy = inFlight(context, life, ({ load }) => perMs * life * (idle + load));
      return [leaking(context, total, byWork(context)), busy];
    },
  },
  {
    name: 'leak on an error path',
    leaks: true,
    make: (context) => [leaking(context, context.random.scale(12, 80), byWork(context)), loadPart(context, 3_000)],
  },
];

/** What goes wrong with a session besides; each falls on rows that leak and on rows that do not. */
export const TROUBLES = ['none', 'counter wrap', 'reboot', 'missing samples'] as const;
export type Trouble = (typeof TROUBLES)[number];

const WRAP = 2 ** 32;

/** The samples of one row of a family. Counters are 32 bits wide, as the kernel shows them. */
export function makeRow(family: Family, session: Session, random: Random, trouble: Trouble): Sample[] {
  const { times, load } = session;
  const lengthMs = times[times.length - 1] - times[0];
  const pauseMs = lengthMs / (times.length - 1);
  let work = 0;
  for (let i = 1; i < times.length; i++) work += load[i] * (times[i] - times[i - 1]);
  const context: Context = { random, session, lengthMs, work, pauseMs };
  const background = random.scale(0.3, 200);
  const parts = family.make(context);
  parts.push(inFlight(context, random.scale(0.1, 30) * pauseMs, () => background));
  const standing = random.chance(0.2) ? 0 : Math.round(random.scale(1, 100_000));
  const size = 16 * Math.ceil(random.scale(2, 400));
  let frees = Math.round(random.scale(1, 1e8));
  let allocs = frees + standing;
  if (trouble === 'counter wrap') {
    frees = WRAP - Math.round(random.scale(10, 1e4));
    allocs = frees + standing;
  }
  const bootAt = trouble === 'reboot' ? Math.floor(0.9 * firstWork(session)) : -1;
  const samples: Sample[] = [];
  for (let i = 0; i < times.length; i++) {
    const step = {
      ms: i === 0 ? 0 : times[i] - times[i - 1],
      time: times[i],
      load: load[i],
      share: (times[i] - times[0]) / lengthMs,
    };
    for (const part of parts) {
      const { come, go } = part(step);
      allocs += come;
      frees += go;
    }
    if (i === bootAt) {
      const outstanding = allocs - frees;
      frees = Math.round(frees / 1e3);
      allocs = frees + outstanding;
    }
    samples.push({ time: times[i], allocs: allocs % WRAP, frees: frees % WRAP, bytes: (allocs - frees) * size });
  }
  return samples;
}

/** The sample at which the first test begins; an eighth of a session that has none. */
function firstWork({ times, marks }: Session): number {
  const test = marks.find((mark) => mark.phase === 'test');
  return test ? times.findIndex((time) => time >= test.elapsedMs) : times.length >> 3;
}

/** Which samples are missing: a few stretches, up to a third of all. The first one is there. */
export function missingSamples(session: Session, random: Random): boolean[] {
  const missing = new Array<boolean>(session.times.length).fill(false);
  for (let stretch = 0; stretch < 6; stretch++) {
    const length = Math.round(missing.length * random.between(0.01, 0.05));
    const at = 1 + Math.floor(random.unit() * (missing.length - length - 2));
    missing.fill(true, at, at + length);
  }
  for (let i = 1; i < missing.length - 1; i++) if (random.chance(0.03)) missing[i] = true;
  return missing;
}
