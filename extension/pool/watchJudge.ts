/**
 * What the whole watched time of a row says where no phases were marked. Careful: without a pause in the load, what rises
 * may be load.
 *
 * The watched time is cut into windows, and the floor of each is taken: caches and bursts stand on it. What leaks lifts the
 * floor from window to window by a like amount. A warm-up lifts the later ones less and less, a step one of them, a daily
 * cycle takes back what it brought. Load that rises for the whole time is told by its traffic: what is there in the mean is
 * the rate of allocations times their lifetime (Little's law), so it rises as the rate does, while a leak goes on at a
 * steady rate. See CONTRIBUTING.md, "The verdict".
 */
import { type Judgement, NOTHING_SEEN } from './judgement.ts';
import type { Levels } from './levels.ts';

/** What the windows must show. */
interface Demands {
  /** Into how many the watched time is cut. */
  readonly windows: number;
  /** Objects that must have stayed, also in terms of the noise of a floor. */
  readonly rise: number;
  readonly significant: number;
  /** A step below this share of the mean one is none; so many may be missing. */
  readonly least: number;
  readonly rests: number;
  /** So many windows may have been busy throughout. */
  readonly busy: number;
  /** The highest step, and the least that the second half brings, in terms of the mean. */
  readonly most: number;
  readonly late: number;
}

/**
 * Many windows tell a leak from chance, few tell one from the teeth of a cache. Only the first is clear at first sight, see
 * {@link holdShareOf}.
 */
const DEMANDS: readonly Demands[] = [
  { windows: 8, rise: 8, significant: 7, least: 0.25, rests: 0, busy: 0, most: 2.6, late: 0.6 },
  { windows: 8, rise: 12, significant: 4.5, least: 0.2, rests: 3, busy: 2, most: 3, late: 0.55 },
  { windows: 5, rise: 12, significant: 6, least: 0.25, rests: 1, busy: 0, most: 2.2, late: 0.6 },
];
/**
 * What passes for a leak although nothing was marked: every window brings a like amount, at a rate of allocations that does
 * not rise, for a while.
 */
const SURE: Demands = { windows: 8, rise: 40, significant: 8, least: 0.5, rests: 0, busy: 0, most: 1.6, late: 0.85 };
const SURE_MS = 10 * 60_000;
/**
 * Independent objects scatter by the root of their number. A rise below so many times that may be chance however smooth it
 * looks: it must hold for `chance` of the watched time, one that is not clear for `unclear`.
 */
const BEYOND_CHANCE = 1.5;
const HOLD_SHARES = { chance: 0.6, unclear: 0.2 };
/** The later half of the watch has at most so many times the allocations of the first. */
const SURE_TRAFFIC = 1.15;
const MOST_WINDOWS = 8;
/** Nothing is said before a row was watched this long, milliseconds. */
export const MIN_WATCHED_MS = 30_000;
const MIN_BLOCKS = 10;
/** Objects that must have stayed over the whole time. */
const MIN_RISE = 8;

/** Floors, what stays, and mean traffic of the windows. Shared by all calls: it holds until the next one. */
const floors = new Float64Array(MOST_WINDOWS);
const kept = new Float64Array(MOST_WINDOWS);
const traffic = new Float64Array(MOST_WINDOWS);

function cut({ floors: from, times, allocs }: Levels, endMs: number, windows: number): void {
  const count = from.length;
  let begin = 0;
  for (let window = 0; window < windows; window++) {
    const end = Math.floor(((window + 1) * count) / windows);
    let floor = Number.POSITIVE_INFINITY;
    for (let i = begin; i < end; i++) if (from[i] < floor) floor = from[i];
    floors[window] = floor;
    const since = begin === 0 ? times[0] : times[begin - 1];
    const until = end === count ? endMs : times[end - 1];
    const came = allocs[end - 1] - allocs[Math.max(0, begin - 1)];
    traffic[window] = came / Math.max(1, until - since);
    begin = end;
  }
}

/**
 * Whether what stays rises through all windows. What stays after a window is the least floor of it and all later ones: a
 * window that was busy throughout has a floor that says nothing.
 */
function rises(windows: number, demands: Demands): boolean {
  const last = windows - 1;
  kept[last] = floors[last];
  let bends = 0;
  for (let i = last - 1; i >= 0; i--) kept[i] = Math.min(floors[i], kept[i + 1]);
  for (let i = 1; i < last; i++) bends += (floors[i + 1] - 2 * floors[i] + floors[i - 1]) ** 2;
  // Independent noise gives second differences six times its variance.
  const noise = bends / (6 * (windows - 2));
  const rise = kept[last] - kept[0];
  if (rise < demands.rise || rise < demands.significant * Math.sqrt(noise)) return false;
  const mean = rise / last;
  const scatter = Math.sqrt(mean);
  let most = 0;
  let ups = 0;
  let late = 0;
  let busy = 0;
  for (let i = 0; i <= last; i++) {
    if (floors[i] > kept[i] + 0.5 * mean + scatter) busy++;
    if (i === 0) continue;
    const step = kept[i] - kept[i - 1];
    most = Math.max(most, step);
    if (step > demands.least * mean) ups++;
    if (i > last - (last >> 1)) late += step;
  }
  const half = (last >> 1) * mean;
  return (
    busy <= demands.busy &&
    ups >= last - demands.rests &&
    most <= demands.most * mean + 2 * scatter &&
    late >= demands.late * half - scatter &&
    late <= 1.5 * half + 2 * scatter
  );
}

/** Whether allocations became more frequent from the first half of the windows to the second. */
function isBusier(windows: number): boolean {
  let early = 0;
  let late = 0;
  for (let i = 0; i < windows >> 1; i++) {
    early += traffic[i];
    late += traffic[windows - 1 - i];
  }
  return late > SURE_TRAFFIC * early;
}

/** Whether the windows' floors follow the rate of allocations, which rises itself. */
function followsTraffic(windows: number): boolean {
  let meanFloor = 0;
  let meanTraffic = 0;
  for (let i = 0; i < windows; i++) {
    meanFloor += floors[i] / windows;
    meanTraffic += traffic[i] / windows;
  }
  let both = 0;
  let ofFloor = 0;
  let ofTraffic = 0;
  for (let i = 0; i < windows; i++) {
    both += (floors[i] - meanFloor) * (traffic[i] - meanTraffic);
    ofFloor += (floors[i] - meanFloor) ** 2;
    ofTraffic += (traffic[i] - meanTraffic) ** 2;
  }
  if (ofTraffic === 0 || ofFloor === 0 || both <= 0) return false;
  const correlation = both / Math.sqrt(ofFloor * ofTraffic);
  const swing = Math.sqrt(ofTraffic / windows) / meanTraffic;
  return correlation > 0.9 && swing > 0.1;
}

/** For how long a rise must be seen, since whoever looks again and again sees chance rise sometimes. */
function holdShareOf(rise: number, level: number, clear: boolean): number {
  if (rise < BEYOND_CHANCE * Math.sqrt(Math.max(0, level))) return HOLD_SHARES.chance;
  return clear ? 0 : HOLD_SHARES.unclear;
}

/**
 * What the levels of a row come to; `endMs` is the newest sample. What must hold for more than `heldShare` of the watched time
 * is left out.
 */
export function judgeWatch(watch: Levels, endMs: number, heldShare = 1): Judgement {
  const { times, means } = watch;
  const count = times.length;
  const overMs = count > 0 ? endMs - times[0] : 0;
  if (count < MIN_BLOCKS || overMs < MIN_WATCHED_MS) return { ...NOTHING_SEEN, overMs };
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    if (means[i] < least) least = means[i];
    if (means[i] > most) most = means[i];
  }
  const bytes = watch.bytes[count - 1] - watch.bytes[0];
  const common = { ...NOTHING_SEEN, objects: 0, bytes, overMs, swing: most - least };
  if (most - least <= 2) return { ...common, kind: 'steady', reason: 'rests' };
  for (const demands of DEMANDS) {
    const { windows } = demands;
    if (count < 2 * windows) continue;
    cut(watch, endMs, windows);
    const clear = demands === DEMANDS[0];
    if (!rises(windows, demands)) continue;
    const objects = kept[windows - 1] - kept[0];
    const holdShare = holdShareOf(objects, kept[windows - 1], clear);
    if (holdShare > heldShare) continue;
    if (followsTraffic(windows)) return { ...common, objects, kind: 'load', reason: 'rises with load' };
    const sure = windows === SURE.windows && overMs >= SURE_MS && rises(windows, SURE) && !isBusier(windows);
    return { ...common, objects, holdShare, kind: sure ? 'leak' : 'growing', reason: clear ? 'rises' : 'rises so far' };
  }
  const swing = most - least;
  if (swing <= Math.max(2, 0.05 * most)) return { ...common, kind: 'steady', reason: 'rests' };
  const last = DEMANDS[DEMANDS.length - 1].windows - 1;
  const objects = kept[last] - kept[0];
  if (objects > Math.max(MIN_RISE, 0.5 * swing)) return { ...common, objects, kind: 'cache', reason: 'flattened' };
  const emptied = isEmptied(means, swing);
  return { ...common, kind: emptied ? 'cache' : 'load', reason: emptied ? 'dropped' : 'given back' };
}

/** Whether the levels fall at once and rise little by little, as those of a cache that is emptied when it is full. */
function isEmptied(means: Float64Array, swing: number): boolean {
  let fall = 0;
  let rise = 0;
  for (let i = 1; i < means.length; i++) {
    fall = Math.max(fall, means[i - 1] - means[i]);
    rise = Math.max(rise, means[i] - means[i - 1]);
  }
  return fall > 0.5 * swing && rise < 0.5 * fall;
}
