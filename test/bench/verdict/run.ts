/**
 * How often verdicts are right, on rows of which it is known whether they leak, ours and the naive methods' on the same
 * rows; and what they cost. Methods were tuned on other seeds than those reported here.
 */
import { JUDGED_AT_ONCE, JUDGED_IN_CYCLES, PoolStore } from '../../../extension/pool/poolStore.ts';
import { emptyColumns, NO_SYSTEM, type PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import { duration, median, quantile } from '../figures.ts';
import { FAMILIES, TROUBLES } from './families.ts';
import { NAIVE } from './naive.ts';
import { type Outcome, oursFound, type Score, scoreOf, trials } from './trial.ts';

/** Seeds from each of these on are reported; methods were tuned on lower ones, and settled before anybody looked at these. */
const REPORTED_SEEDS: readonly number[] = [40_000_000, 50_000_000];
const SESSIONS = 150;
/** What a tick may take, milliseconds: table, chart and sparklines have the rest of it in the panel. */
const TICK_MS = 8;
const TAGS = 10_000;

interface Cost {
  readonly name: string;
  /** A sample taken in, milliseconds. */
  readonly sample: number;
  /** Judging as many rows as a sample judges at the most, milliseconds: median and 95th percentile. */
  readonly median: number;
  readonly p95: number;
}

interface SeedFigures {
  readonly firstSeed: number;
  readonly marked: readonly Outcome[];
  readonly unmarked: readonly Outcome[];
}

export interface VerdictFigures {
  readonly seeds: readonly SeedFigures[];
  /** Of 10,000 tags, every one of which moved, with and without cycles. */
  readonly cost: readonly Cost[];
}

/** Judges `sessions` sessions of each kind from each of the reported seeds on, and times the store. */
export function benchVerdict(sessions = SESSIONS): VerdictFigures {
  const seeds = REPORTED_SEEDS.map((firstSeed) => {
    const of = Array.from({ length: sessions }, (_, i) => firstSeed + i);
    return { firstSeed, marked: trials(of, true), unmarked: trials(of, false) };
  });
  return { seeds, cost: [costOf('without marks', 20, false), costOf('in the fourth cycle', 20, true)] };
}

function snapshotOf(columns: Float64Array, tags: Uint32Array, monotonicMs: number): PoolSnapshot {
  const moving = { nonpagedAllocs: columns, nonpagedBytes: columns };
  const table = { ...emptyColumns(tags), ...moving };
  return { ...table, time: 0, monotonicMs, counterBits: 32, costMicroseconds: 0, system: NO_SYSTEM };
}

/** What a sample costs in all, judging included; `every` says how many tags one moving one stands for. */
function costOf(name: string, every: number, cycles: boolean): Cost {
  const tags = Uint32Array.from({ length: TAGS }, (_, i) => 0x20202020 + i * 7919);
  const allocs = new Float64Array(TAGS).fill(1000);
  const store = new PoolStore();
  const times: number[] = [];
  for (let sample = 0; sample < 400; sample++) {
    for (let i = sample % every; i < TAGS; i += every) allocs[i] += 1 + (sample % 3);
    const snapshot = snapshotOf(allocs.slice(), tags, sample * 1000);
    const begin = performance.now();
    store.apply(snapshot);
    if (sample >= 300) times.push(performance.now() - begin);
    if (cycles && sample % 40 === 0) store.mark(sample % 80 === 0 ? 'test' : 'wait');
  }
  const judging = Array.from({ length: 30 }, () => {
    const begin = performance.now();
    store.judgeAll();
    return ((performance.now() - begin) * (cycles ? JUDGED_IN_CYCLES : JUDGED_AT_ONCE)) / TAGS;
  });
  return { name, sample: median(times), median: median(judging), p95: quantile(judging, 0.95) };
}

const share = (value: number) => (Number.isNaN(value) ? '   -' : value.toFixed(2).padStart(4));

/** When half of the leaks that were found had been found, as a share of the session. */
function timeToDetection(outcomes: readonly Outcome[]): number {
  const found = outcomes.map((of) => of.found).filter((at) => !Number.isNaN(at));
  return found.length === 0 ? Number.NaN : median(found);
}

function tableOf(title: string, outcomes: readonly Outcome[], marked: boolean): string[] {
  const ours = oursFound(marked);
  const methods = Object.keys(NAIVE);
  const wrong = outcomes.filter((of) => !of.family.leaks);
  const precisionOf = (rows: readonly Outcome[], isPositive: (of: Outcome) => boolean) => {
    // As if this family's leaks met as many harmless rows as all leaks together do.
    const right = rows.filter(isPositive).length / rows.length;
    const harm = wrong.filter(isPositive).length / wrong.length;
    return right + harm === 0 ? Number.NaN : right / (right + harm);
  };
  const lines = [
    title,
    `  ${''.padEnd(22)}   ours                    taken for a leak by`,
    `  ${'family'.padEnd(22)}  found  precision  at   ${methods.map((name) => name.slice(0, 12).padEnd(13)).join('')}`,
  ];
  for (const family of FAMILIES) {
    const rows = outcomes.filter((of) => of.family === family);
    const rate = (isPositive: (of: Outcome) => boolean) => rows.filter(isPositive).length / rows.length;
    const own = family.leaks
      ? `${share(precisionOf(rows, ours))}     ${share(timeToDetection(rows))}`
      : '   -        -';
    const theirs = methods.map((name) => share(rate((of) => of.naive.has(name))).padEnd(13));
    lines.push(`  ${family.name.padEnd(22)}   ${share(rate(ours))}      ${own}   ${theirs.join('')}`);
  }
  const scores: [string, Score][] = [['ours', scoreOf(outcomes, ours)]];
  for (const name of methods) scores.push([name, scoreOf(outcomes, (of) => of.naive.has(name))]);
  for (const [name, { precision, recall }] of scores) {
    lines.push(`  ${name.padEnd(22)}  precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
  }
  for (const trouble of TROUBLES) {
    const { precision, recall } = scoreOf(
      outcomes.filter((of) => of.trouble === trouble),
      ours,
    );
    lines.push(`  ours, ${trouble.padEnd(16)}  precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
  }
  const blamed = outcomes.filter((of) => of.family.name === 'plain load' && of.verdict === 'leak').length;
  lines.push(`  plain load called a leak: ${blamed} of ${outcomes.length / FAMILIES.length}`);
  return lines;
}

/** The figures as lines of text. `at` is the share of the session after which half of those found were found. */
export function verdictReport({ seeds, cost }: VerdictFigures): string[] {
  return [
    ...seeds.flatMap(({ firstSeed, marked, unmarked }) => [
      `Seeds from ${firstSeed.toLocaleString('en-US')} on, on which nothing was tuned`,
      ...tableOf(`Verdicts, four marked cycles, ${marked.length / FAMILIES.length} sessions: leak`, marked, true),
      ...tableOf(
        `Verdicts without marks, ${unmarked.length / FAMILIES.length} sessions: growing or leak`,
        unmarked,
        false,
      ),
    ]),
    `Judging at most ${JUDGED_AT_ONCE} rows a sample, ${JUDGED_IN_CYCLES} in cycles, of 10,000 that moved`,
    ...cost.map(
      (of) =>
        `  ${of.name}: median ${duration(of.median)}, p95 ${duration(of.p95)}: ` +
        `${((of.median / TICK_MS) * 100).toFixed(0)} % of a tick of ${TICK_MS} ms; the whole sample ${duration(of.sample)}`,
    ),
  ];
}
