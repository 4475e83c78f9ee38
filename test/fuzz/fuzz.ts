/** Feeds the scanner and the resolution inputs by the thousand: none may throw, and time must grow as the input does. */
import { SiteIndex } from '../../language/index/siteIndex.ts';
import { lookAt } from '../../language/scan/firstLook.ts';
import { summarizeRust } from '../../language/scan/rust.ts';
import { summarize } from '../../language/scan/summarize.ts';
import { Dice, Inputs, REPEATED } from './inputs.ts';

const ALL_NAMES = { has: () => true };

export interface FuzzFailure {
  /** Gives the same input again, by itself. */
  readonly seed: number;
  readonly error: unknown;
  readonly files: Readonly<Record<string, string>>;
}

/** One input: a few files that may include each other; each is summarised, and all are resolved together. */
function tryOne(inputs: Inputs, seed: number): FuzzFailure | undefined {
  const dice = new Dice(seed);
  const files: Record<string, string> = {};
  const paths = ['/r/a.c', '/r/a.h', '/r/sub/b.cpp', '/r/c.rs'];
  for (let i = dice.roll(3); i >= 0; i--) files[paths[(i + dice.roll(2)) % paths.length]] = inputs.of(dice);
  try {
    const index = new SiteIndex();
    for (const [path, text] of Object.entries(files)) {
      summarize(text, { wanted: ALL_NAMES });
      summarizeRust(text, ALL_NAMES);
      index.setFile(path, text);
    }
    index.snapshot();
    // A change, as an editor makes it.
    const [path] = Object.keys(files);
    index.setOverlay(path, inputs.of(dice));
    index.snapshot();
    return undefined;
  } catch (error) {
    return { seed, error, files };
  }
}

/** Tries `count` inputs from `seed` on; stops at the first that throws. `onProgress` hears of every thousandth. */
export function fuzz(seed: number, count: number, onProgress?: (done: number) => void): FuzzFailure | undefined {
  const inputs = new Inputs();
  for (let i = 0; i < count; i++) {
    const failure = tryOne(inputs, seed + i);
    if (failure) return failure;
    if ((i + 1) % 1000 === 0) onProgress?.(i + 1);
  }
  return undefined;
}

/** Time of an input four times as long in times of the shorter one: 4 where time is linear, 16 where it is quadratic. */
const TIMES_LONGER = 4;
const LARGEST_RATIO = 8;
const ATTEMPTS = 5;
const LENGTH = 20_000;
/** A time below this says nothing, microseconds. */
const SHORTEST_TIME = 2000;

/** Processor time, so that other programs do not count. */
function microseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function fastest(work: () => void): number {
  return Math.min(microseconds(work), microseconds(work));
}

/** The repeated pieces for which time grows faster than the input, each with the ratio measured. */
export function slowPieces(): string[] {
  const slow: string[] = [];
  const ways = [
    (text: string) => summarize(text, { wanted: ALL_NAMES }),
    (text: string) => summarize(`void f(int n) {${text}`, { wanted: ALL_NAMES }),
    (text: string) => lookAt(text),
    (text: string) => summarizeRust(`fn f(n: i32) {${text}`, ALL_NAMES),
  ];
  for (const scan of ways) {
    for (const piece of REPEATED) {
      const single = piece.repeat(Math.ceil(LENGTH / piece.length));
      let ratio = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < ATTEMPTS && ratio > LARGEST_RATIO; attempt++) {
        const before = Math.max(
          SHORTEST_TIME,
          fastest(() => scan(single)),
        );
        ratio = Math.min(ratio, fastest(() => scan(single.repeat(TIMES_LONGER))) / before);
      }
      if (ratio > LARGEST_RATIO) slow.push(`${JSON.stringify(piece)} ${ratio.toFixed(1)}`);
    }
  }
  return slow;
}
