/**
 * What lies under a cache that is emptied again and again. Its level is a sawtooth, which hides a leak from whoever looks at
 * fixed moments; but each time it is emptied it shows what it stands on. These *troughs* rise with a leak, and with nothing
 * else. (Compare floors over whole periods: Precog; RESIN, OSDI 2022.)
 */
import type { PhaseLevels } from './levels.ts';

/** What the troughs rise by in a stretch of the watched time. */
export interface TroughRise {
  readonly fromMs: number;
  readonly toMs: number;
  readonly objects: number;
}

/** A fall is a cache emptied when it is at least this share of the deepest. */
const EMPTIED = 0.5;
/** Troughs, and cycles with one, from which on they tell. */
const LEAST_TROUGHS = 3;
const LEAST_CYCLES = 3;
/** How many times its uncertainty the rise must be, and how many objects. */
const SIGNIFICANT = 4;
const RISE = 10;
/** The rise in terms of the deepest fall, and how far a later floor may lie under a trough. */
const LEAST_RISE = 0.15;
const BELOW = 0.2;
/** One step must explain the troughs so many times worse than a line does, by squared deviations. */
const WORSE_STEP = 1.5;

interface Block {
  readonly cycle: number;
  readonly timeMs: number;
  /** Time tested so far. */
  readonly testedMs: number;
  readonly mean: number;
  readonly floor: number;
  /** From the block before to this one; NaN where another phase begins, since load comes and goes there. */
  readonly fall: number;
  readonly rise: number;
}

function blocksOf(phases: readonly PhaseLevels[]): Block[] {
  const blocks: Block[] = [];
  let testedMs = 0;
  for (const { kind, cycle, endMs, levels } of phases) {
    const { times, means, floors } = levels;
    for (let i = 0; i < times.length; i++) {
      const end = i + 1 < times.length ? times[i + 1] : endMs;
      if (kind === 'test') testedMs += end - times[i];
      blocks.push({
        cycle,
        timeMs: (times[i] + end) / 2,
        testedMs,
        mean: means[i],
        floor: floors[i],
        fall: i === 0 ? Number.NaN : means[i - 1] - floors[i],
        rise: i === 0 ? Number.NaN : means[i] - means[i - 1],
      });
    }
  }
  return blocks;
}

/** The blocks in which the row was emptied: the lower of two that fall one after the other. */
function troughsOf(blocks: readonly Block[], deepest: number): number[] {
  const at: number[] = [];
  for (let i = 1; i < blocks.length; i++) {
    if (!(blocks[i].fall > EMPTIED * deepest)) continue;
    if (at.at(-1) !== i - 1) at.push(i);
    else if (blocks[i].floor < blocks[i - 1].floor) at[at.length - 1] = i;
  }
  return at;
}

/** Squared deviations from two levels, one up to some trough and one behind it, for the best such trough. */
function squaresOfStep(floors: readonly number[]): number {
  const count = floors.length;
  const base = floors[0];
  let sum = 0;
  let squares = 0;
  for (const floor of floors) {
    sum += floor - base;
    squares += (floor - base) ** 2;
  }
  let least = squares - sum ** 2 / count;
  let before = 0;
  for (let i = 1; i < count; i++) {
    before += floors[i - 1] - base;
    least = Math.min(least, squares - before ** 2 / i - (sum - before) ** 2 / (count - i));
  }
  return least;
}

/** The line through the troughs over `xs`: its rise, how many times its uncertainty that is, and squared deviations from it. */
function lineThrough(
  xs: readonly number[],
  ys: readonly number[],
): { rise: number; significance: number; squares: number } {
  const count = xs.length;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < count; i++) {
    meanX += xs[i] / count;
    meanY += ys[i] / count;
  }
  let spread = 0;
  let both = 0;
  for (let i = 0; i < count; i++) {
    spread += (xs[i] - meanX) ** 2;
    both += (xs[i] - meanX) * (ys[i] - meanY);
  }
  if (spread === 0) return { rise: 0, significance: 0, squares: Number.POSITIVE_INFINITY };
  const slope = both / spread;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (ys[i] - meanY - slope * (xs[i] - meanX)) ** 2;
  // Half an object more, for rounding.
  const scatter = Math.sqrt(squares / (count - 2)) + 0.5;
  return { rise: slope * (xs[count - 1] - xs[0]), significance: (slope * Math.sqrt(spread)) / scatter, squares };
}

/** The rise of the troughs, by time or by time tested; undefined where there are none, or where they do not rise as a leak. */
export function troughRise(phases: readonly PhaseLevels[]): TroughRise | undefined {
  const blocks = blocksOf(phases);
  let deepest = 0;
  let highest = 0;
  for (const { fall, rise } of blocks) {
    if (fall > deepest) deepest = fall;
    if (rise > highest) highest = rise;
  }
  // A cache fills more slowly than it is emptied; what swings both ways is load.
  if (deepest * LEAST_RISE < 1 || highest >= deepest) return undefined;
  const at = troughsOf(blocks, deepest);
  if (at.length < LEAST_TROUGHS || new Set(at.map((i) => blocks[i].cycle)).size < LEAST_CYCLES) return undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = blocks.length - 1, next = at.length - 1; next >= 0; i--) {
    lowest = Math.min(lowest, blocks[i].floor);
    if (i !== at[next]) continue;
    if (lowest < blocks[i].floor - BELOW * deepest) return undefined;
    next--;
  }
  const floors = at.map((i) => blocks[i].floor);
  const step = squaresOfStep(floors);
  for (const x of ['timeMs', 'testedMs'] as const) {
    const line = lineThrough(
      at.map((i) => blocks[i][x]),
      floors,
    );
    if (
      line.significance > SIGNIFICANT &&
      line.rise > Math.max(RISE, LEAST_RISE * deepest) &&
      step > WORSE_STEP * line.squares
    ) {
      return { fromMs: blocks[at[0]].timeMs, toMs: blocks[at[at.length - 1]].timeMs, objects: line.rise };
    }
  }
  return undefined;
}
