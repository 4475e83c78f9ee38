/** Lets ours and the naive methods judge rows of which the truth is known. */
import { outstandingOf } from '../../../extension/pool/counters.ts';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { emptyColumns, NO_SYSTEM, type PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import type { VerdictKind } from '../../../extension/pool/verdict.ts';
import { FAMILIES, type Family, makeRow, missingSamples, type Sample, type Trouble } from './families.ts';
import { NAIVE } from './naive.ts';
import { Random } from './random.ts';
import { markedSession, type Session, unmarkedSession } from './sessions.ts';

/** Rows that say nothing, so that a reboot can be told from one torn counter. */
const FILLERS = 4;

export interface Outcome {
  readonly family: Family;
  readonly trouble: Trouble;
  /** Our verdict at the end. */
  readonly verdict: VerdictKind;
  readonly evidence: string;
  /** Share of the session after which ours first took it for a leak, and for good; NaN where it did not. */
  readonly found: number;
  /** The naive methods that took it for a leak. */
  readonly naive: ReadonlySet<string>;
  readonly seed: number;
}

/** What counts as found: with marked cycles a leak, without marks what grows too. */
function isFound(kind: VerdictKind, marked: boolean): boolean {
  return kind === 'leak' || (!marked && kind === 'growing');
}

function snapshotAt(rows: readonly (readonly Sample[])[], i: number): PoolSnapshot {
  const time = rows[0][i].time;
  const column = (of: (sample: Sample) => number) => Float64Array.from(rows, (row) => of(row[i]));
  const table = {
    ...emptyColumns(Uint32Array.from(rows, (_, tag) => 0x20202041 + tag)),
    nonpagedAllocs: column((sample) => sample.allocs),
    nonpagedFrees: column((sample) => sample.frees),
    nonpagedBytes: column((sample) => sample.bytes),
  };
  return { ...table, time, monotonicMs: time, counterBits: 32, costMicroseconds: 0, system: NO_SYSTEM };
}

function troubleOf(random: Random): Trouble {
  const chance = random.unit();
  if (chance < 0.1) return 'counter wrap';
  if (chance < 0.2) return 'reboot';
  return chance < 0.35 ? 'missing samples' : 'none';
}

/** One session with a row of each family. */
export function trial(seed: number, marked: boolean): Outcome[] {
  const random = new Random(seed);
  const session: Session = marked ? markedSession(random) : unmarkedSession(random);
  const trouble = troubleOf(random);
  const rows = FAMILIES.map((family) => makeRow(family, session, random, trouble));
  for (let i = 0; i < FILLERS; i++) rows.push(makeRow(FAMILIES[0], session, random, trouble));
  const missing = trouble === 'missing samples' ? missingSamples(session, random) : undefined;

  const store = new PoolStore();
  const found = new Array<number>(FAMILIES.length).fill(Number.NaN);
  const kept: number[] = [];
  const check = (share: number) => {
    for (let row = 0; row < FAMILIES.length; row++) {
      const now = isFound(store.verdict(row).kind, marked);
      if (!now) found[row] = Number.NaN;
      else if (Number.isNaN(found[row])) found[row] = share;
    }
  };
  const end = session.times[session.times.length - 1];
  let mark = 0;
  for (let i = 0; i < session.times.length; i++) {
    const time = session.times[i];
    if (!missing?.[i]) {
      const { epoch } = store;
      store.apply(snapshotAt(rows, i));
      if (store.epoch !== epoch) kept.length = 0;
      kept.push(i);
      if (i % Math.ceil(session.times.length / 100) === 0) check((time - session.times[0]) / end);
    }
    for (; session.marks[mark]?.elapsedMs <= time; mark++) {
      store.mark(session.marks[mark].phase, session.marks[mark].operations ?? null);
    }
  }
  store.judgeAll();
  check(1);

  return FAMILIES.map((family, row) => {
    const series = {
      times: kept.map((i) => session.times[i]),
      objects: kept.map((i) => outstandingOf(rows[row][i].allocs, rows[row][i].frees, 32)),
    };
    const taken = Object.entries(NAIVE).filter(([, method]) => method(series, session));
    const { kind, evidence } = store.verdict(row);
    const naive = new Set(taken.map(([name]) => name));
    return { family, trouble, verdict: kind, evidence, found: found[row], naive, seed };
  });
}

/** Sessions with these seeds, each with a row of every family. */
export function trials(seeds: readonly number[], marked: boolean): Outcome[] {
  return seeds.flatMap((seed) => trial(seed, marked));
}

export interface Score {
  readonly precision: number;
  readonly recall: number;
}

/** Precision and recall where every family counts alike. */
export function scoreOf(outcomes: readonly Outcome[], isPositive: (of: Outcome) => boolean): Score {
  let right = 0;
  let wrong = 0;
  let leaks = 0;
  for (const of of outcomes) {
    if (of.family.leaks) leaks++;
    if (!isPositive(of)) continue;
    if (of.family.leaks) right++;
    else wrong++;
  }
  return { precision: right + wrong === 0 ? 1 : right / (right + wrong), recall: leaks === 0 ? 1 : right / leaks };
}

/** Whether ours took the row for a leak. */
export function oursFound(marked: boolean): (of: Outcome) => boolean {
  return ({ verdict }) => isFound(verdict, marked);
}
