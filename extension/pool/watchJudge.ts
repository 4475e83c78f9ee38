/**
 * What the whole watched time of a row says where no phases were marked. Careful: without a pause in the load, what rises
 * may be load.
 */
import { type Judgement, NOTHING_SEEN } from './judgement.ts';
import type { Levels } from './levels.ts';

/** Windows into which the watched time is cut. */
const WINDOWS = 8;
/** Nothing is said before a row was watched this long, milliseconds. */
export const MIN_WATCHED_MS = 30_000;
/** Objects that must have stayed over the whole time. */
const MIN_RISE = WINDOWS;
/** The weakest step must be at least this share of the mean step: a warm-up flattens out, a leak does not. */
const WEAKEST_STEP = 0.25;

export function judgeWatch(watch: Levels, endMs: number): Judgement {
  const { times, floors, means } = watch;
  const count = floors.length;
  const overMs = count > 0 ? endMs - times[0] : 0;
  if (count < 2 * WINDOWS || overMs < MIN_WATCHED_MS) return { ...NOTHING_SEEN, overMs };
  let first = 0;
  let previous = 0;
  let weakest = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let window = 0; window < WINDOWS; window++) {
    const end = Math.floor(((window + 1) * count) / WINDOWS);
    let floor = Number.POSITIVE_INFINITY;
    for (let i = Math.floor((window * count) / WINDOWS); i < end; i++) {
      floor = Math.min(floor, floors[i]);
      least = Math.min(least, means[i]);
      most = Math.max(most, means[i]);
    }
    if (window === 0) first = floor;
    else weakest = Math.min(weakest, floor - previous);
    previous = floor;
  }
  const gained = previous - first;
  const bytes = watch.bytes[count - 1] - watch.bytes[0];
  const common = { ...NOTHING_SEEN, objects: gained, bytes, overMs, swing: most - least };
  if (gained >= MIN_RISE && weakest > 0 && weakest >= (WEAKEST_STEP * gained) / (WINDOWS - 1)) {
    return { ...common, kind: 'growing', reason: 'rises' };
  }
  if (most - least <= Math.max(2, 0.05 * most)) return { ...common, kind: 'steady', reason: 'rests' };
  return { ...common, kind: 'load', reason: 'given back' };
}
