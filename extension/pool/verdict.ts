/**
 * The verdict on one row (a tag in one pool): does it leak, and on what evidence? Objects first, bytes second. How it is
 * come by, and how often it is right, says CONTRIBUTING.md, "The verdict".
 */
import { judgeCycles } from './cycleJudge.ts';
import { evidenceOf } from './evidence.ts';
import type { Judgement } from './judgement.ts';
import type { JudgedPast } from './levels.ts';
import { judgeWatch } from './watchJudge.ts';

/**
 * `leak`: what stays adds up. `growing`: it rises, but load was never taken away or cycles are too few. `load`: it comes and
 * goes with the work. `cache`: it was filled once, or is emptied from time to time. `steady`: it rests. `unknown`: not enough
 * data.
 */
export type VerdictKind = Judgement['kind'];

export interface Verdict {
  readonly kind: VerdictKind;
  /** One plain sentence with its numbers. */
  readonly evidence: string;
  /** What stays, per hour; NaN where nothing can be said. */
  readonly objectsPerHour: number;
  readonly bytesPerHour: number;
  /** Objects that stay after each cycle, where cycles were marked. */
  readonly objectsPerCycle?: number;
  /** Where the number of operations in a cycle was told. */
  readonly objectsPerOperation?: number;
  /** Milliseconds until the pool's room is used up at this rate; only where the row grows. */
  readonly limitInMs?: number;
}

const HOUR_MS = 3_600_000;

/**
 * What the past comes to: by the cycles of the test where one is whole, else by the watched time, of which it has been suspect
 * for `heldShare`, see `judgeWatch`.
 */
export function judge(past: JudgedPast, heldShare = 1): Judgement {
  return judgeCycles(past.phases) ?? judgeWatch(past.watch, past.endMs, heldShare);
}

/** Whether the row is one to look at: it leaks, or it grows. */
export function isSuspect({ kind }: Judgement | Verdict): boolean {
  return kind === 'leak' || kind === 'growing';
}

/** The rates that a judgement comes to; only rows that grow have some, so that resting rows stay as they are. */
export function ratesOf(of: Judgement): Record<'objectsPerHour' | 'bytesPerHour' | 'objectsPerCycle', number> {
  const hours = of.overMs / HOUR_MS;
  const known = isSuspect(of) && hours > 0;
  return {
    objectsPerHour: known ? of.objects / hours : of.kind === 'unknown' ? Number.NaN : 0,
    bytesPerHour: known ? of.bytes / hours : of.kind === 'unknown' ? Number.NaN : 0,
    objectsPerCycle: of.cycles === 0 ? Number.NaN : known ? of.perCycle : 0,
  };
}

/**
 * The judgement in words and rates; not `timed` where nobody knows when the samples were taken; `roomBytes` is what the
 * row's pool may still grow by, see `poolRoom`.
 */
export function verdictFrom(judgement: Judgement, roomBytes?: number, timed = true): Verdict {
  const { kind, objects, cycles, operations } = judgement;
  const { objectsPerHour, bytesPerHour, objectsPerCycle } = ratesOf(judgement);
  const limitInMs =
    isSuspect(judgement) && roomBytes && bytesPerHour > 0 ? (roomBytes / bytesPerHour) * HOUR_MS : undefined;
  return {
    kind,
    evidence: evidenceOf(judgement, bytesPerHour, limitInMs, timed),
    objectsPerHour,
    bytesPerHour,
    ...(cycles > 0 ? { objectsPerCycle } : {}),
    ...(operations > 0 ? { objectsPerOperation: isSuspect(judgement) ? objects / operations : 0 } : {}),
    ...(limitInMs === undefined ? {} : { limitInMs }),
  };
}

/** The verdict on a row's past. */
export function verdictOf(past: JudgedPast, roomBytes?: number): Verdict {
  return verdictFrom(judge(past), roomBytes);
}
