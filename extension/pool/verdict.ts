/**
 * The verdict on one row (a tag in one pool): does it leak, and on what evidence? Objects first, bytes second.
 */
import type { RowPast } from './levels.ts';
import { judgeWatch } from './watchJudge.ts';

/**
 * `leak`: what stays adds up. `growing`: it rises, but load was never taken away or cycles are too few. `load`: it comes and
 * goes with the work. `cache`: it was filled once, or is emptied from time to time. `steady`: it rests. `unknown`: not enough
 * data.
 */
export type VerdictKind = 'leak' | 'growing' | 'load' | 'cache' | 'steady' | 'unknown';

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

/** The verdict on a row; `roomBytes` is what its pool may still grow by, see `poolRoom` in `snapshot.ts`. */
export function verdictOf(past: RowPast, roomBytes?: number): Verdict {
  const { watch, endMs } = past;
  const judgement = judgeWatch(watch, endMs);
  const grows = judgement.kind === 'growing' || judgement.kind === 'leak';
  const count = watch.bytes.length;
  const hours = judgement.overMs / HOUR_MS;
  const objectsPerHour = hours > 0 ? judgement.gained / hours : Number.NaN;
  const bytesPerHour = hours > 0 ? (watch.bytes[count - 1] - watch.bytes[0]) / hours : Number.NaN;
  const limitInMs =
    grows && roomBytes !== undefined && bytesPerHour > 0 ? (roomBytes / bytesPerHour) * HOUR_MS : undefined;
  const evidence = grows
    ? `The fewest outstanding objects rose by ${judgement.gained} in each part of the watched time.`
    : judgement.kind === 'unknown'
      ? 'Not watched long enough.'
      : 'Nothing stayed.';
  return { kind: judgement.kind, evidence, objectsPerHour, bytesPerHour, ...(limitInMs ? { limitInMs } : {}) };
}
