/** Test sessions: when samples are taken, when the driver works and how hard, and what is marked. */
import type { PhaseMarkAt } from '../../../extension/pool/phases.ts';
import type { Random } from './random.ts';

export interface Session {
  /** Milliseconds. */
  readonly times: readonly number[];
  /** How hard the driver works in the time before each sample, 0 to about 1.5. */
  readonly load: readonly number[];
  /** Empty where nothing is marked. */
  readonly marks: readonly PhaseMarkAt[];
  /** When each cycle ends, milliseconds; for a session without marks the quarters of its time. */
  readonly cycleEnds: readonly number[];
  readonly operationsPerCycle: number;
}

const CYCLES = 4;

/** Work within a test goes at a level of its own, and breathes. */
function workLevel(random: Random): () => number {
  const mean = random.between(0.7, 1.3);
  const swing = random.between(0, 0.3);
  let drift = 0;
  return () => {
    drift = 0.9 * drift + 0.44 * random.normal();
    return Math.max(0.05, mean * (1 + swing * drift));
  };
}

/** Settle, baseline, four times test and wait. Lengths, pauses between samples and idle work vary widely. */
export function markedSession(random: Random): Session {
  const stepMs = random.scale(1_000, 60_000);
  const test = Math.round(random.scale(20, 250));
  const wait = Math.max(10, Math.round(test * random.between(0.3, 1.5)));
  const settle = Math.round(random.between(5, 40));
  const baseline = Math.round(random.between(10, 60));
  const idle = random.chance(0.6) ? 0 : random.between(0, 0.03);
  const operationsPerCycle = Math.round(random.scale(1_000, 1_000_000));
  const times: number[] = [];
  const load: number[] = [];
  const marks: PhaseMarkAt[] = [];
  const cycleEnds: number[] = [];
  let now = 0;
  const run = (samples: number, work: () => number) => {
    for (let i = 0; i < samples; i++) {
      now += stepMs * random.between(0.95, 1.05);
      times.push(now);
      load.push(work());
    }
  };
  times.push(0);
  load.push(0);
  marks.push({ elapsedMs: now, phase: 'settle' });
  run(settle, () => idle);
  marks.push({ elapsedMs: now, phase: 'baseline' });
  run(baseline, () => idle);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    marks.push({ elapsedMs: now, phase: 'test', operations: operationsPerCycle });
    run(Math.round(test * random.between(0.9, 1.1)), workLevel(random));
    marks.push({ elapsedMs: now, phase: 'wait' });
    run(Math.round(wait * random.between(0.9, 1.1)), () => idle);
    cycleEnds.push(now);
  }
  return { times, load, marks, cycleEnds, operationsPerCycle };
}

/** A watch without marks: work all the time, or in episodes of any length. */
export function unmarkedSession(random: Random): Session {
  const stepMs = random.scale(1_000, 60_000);
  const samples = Math.round(random.scale(120, 1_500));
  const steady = random.chance(0.4);
  const times: number[] = [];
  const load: number[] = [];
  let left = 0;
  let work = workLevel(random);
  let busy = random.chance(0.5);
  let idle = 0;
  for (let i = 0; i < samples; i++) {
    if (!steady && left-- <= 0) {
      busy = !busy;
      left = samples / random.scale(5, 60);
      work = workLevel(random);
      idle = random.chance(0.6) ? 0 : random.between(0, 0.05);
    }
    times.push((times.at(-1) ?? 0) + stepMs * random.between(0.95, 1.05));
    load.push(steady || busy ? work() : idle);
  }
  const end = times[times.length - 1];
  const cycleEnds = [1, 2, 3, 4].map((quarter) => (end * quarter) / 4);
  return { times, load, marks: [], cycleEnds, operationsPerCycle: Math.round(random.scale(1_000, 1_000_000)) };
}
