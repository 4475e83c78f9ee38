/** What one would try first: the methods that ours is measured against. Each says whether it takes a row for a leak. */
import { cyclesOf, phasesOf } from '../../../extension/pool/phases.ts';
import type { Session } from './sessions.ts';

/** A row as every method sees it. */
export interface Series {
  readonly times: readonly number[];
  /** Outstanding. */
  readonly objects: readonly number[];
}

type Method = (series: Series, session: Session) => boolean;

const MIN_RISE = 8;

/** Two snapshots, first and last: 10 % more. */
const twoSnapshots: Method = ({ objects }) => {
  const first = objects[0];
  const last = objects[objects.length - 1];
  return last - first >= MIN_RISE && last > 1.1 * first;
};

/** A straight line through all samples rises, and explains half of what they do. */
const leastSquares: Method = ({ times, objects }) => {
  const n = times.length;
  const meanTime = times.reduce((a, b) => a + b, 0) / n;
  const mean = objects.reduce((a, b) => a + b, 0) / n;
  let tt = 0;
  let to = 0;
  let oo = 0;
  for (let i = 0; i < n; i++) {
    tt += (times[i] - meanTime) ** 2;
    to += (times[i] - meanTime) * (objects[i] - mean);
    oo += (objects[i] - mean) ** 2;
  }
  const rise = (to / tt) * (times[n - 1] - times[0]);
  return rise >= MIN_RISE && oo > 0 && (to * to) / (tt * oo) >= 0.5;
};

/** At most 120 of the samples, evenly: Mann-Kendall compares each with each. */
function thinned({ times, objects }: Series): Series {
  const step = Math.max(1, times.length / 120);
  const at = Array.from({ length: Math.min(120, times.length) }, (_, i) => Math.floor(i * step));
  return { times: at.map((i) => times[i]), objects: at.map((i) => objects[i]) };
}

/** Mann-Kendall's test at 1 %, and Sen's slope over the whole time of at least the least rise. */
const mannKendall: Method = (series) => {
  const { times, objects } = thinned(series);
  const n = times.length;
  let s = 0;
  const slopes: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      s += Math.sign(objects[j] - objects[i]);
      slopes.push((objects[j] - objects[i]) / (times[j] - times[i]));
    }
  }
  slopes.sort((a, b) => a - b);
  const rise = slopes[slopes.length >> 1] * (times[n - 1] - times[0]);
  const z = (s - Math.sign(s)) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return z > 2.326 && rise >= MIN_RISE;
};

function least(series: Series, fromMs: number, toMs: number): number {
  let floor = Number.POSITIVE_INFINITY;
  for (let i = 0; i < series.times.length; i++) {
    if (series.times[i] > fromMs && series.times[i] <= toMs) floor = Math.min(floor, series.objects[i]);
  }
  return floor;
}

/** After the last wait more is there than before the first test. */
const residual: Method = (series, session) => {
  const phases = phasesOf(session.marks, series.times[series.times.length - 1]);
  const baseline = phases.find((phase) => phase.kind === 'baseline');
  const wait = phases.at(-1);
  if (!baseline || wait?.kind !== 'wait') return false;
  const before = least(series, baseline.startMs, baseline.endMs);
  return least(series, (wait.startMs + wait.endMs) / 2, wait.endMs) - before >= MIN_RISE;
};

/** The floor rises in every cycle; without marks, in each quarter. */
const cycleFloors: Method = (series, session) => {
  const end = series.times[series.times.length - 1];
  const cycles = cyclesOf(phasesOf(session.marks, end));
  const ends = cycles.length > 0 ? cycles.map((cycle) => cycle.endMs) : session.cycleEnds;
  const floors: number[] = [];
  let from = cycles[0]?.startMs ?? -1;
  for (const to of ends) {
    floors.push(least(series, from, to));
    from = to;
  }
  return floors.length > 1 && floors.every((floor, i) => i === 0 || floor > floors[i - 1]);
};

export const NAIVE: Readonly<Record<string, Method>> = {
  'two snapshots +10 %': twoSnapshots,
  'least squares': leastSquares,
  'Mann-Kendall, Sen': mannKendall,
  'residual after wait': residual,
  'floor of each cycle': cycleFloors,
};
