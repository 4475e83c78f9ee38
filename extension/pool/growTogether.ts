/**
 * Tags that grow in step: one cause often moves several, a buffer, its list and its MDL. What tells them from leaks that only
 * happen at the same time is not that they rise, but that they rise by more and by less in the same moments.
 */
import { type PoolTag, tagLabel } from '../../language/tag/poolTag.ts';

/** A row that grows, with its outstanding objects at times that all rows share; NaN before it came. */
export interface GrowingRow {
  readonly tag: PoolTag;
  /** Has allocation sites in this workspace. */
  readonly own: boolean;
  readonly objects: ArrayLike<number>;
}

export interface TogetherMember {
  readonly tag: PoolTag;
  /** Its part in the objects that the group gained, 0 to 1. */
  readonly share: number;
}

export interface TogetherGroup {
  /** The one that leads: this workspace's, then the fastest. */
  readonly tag: PoolTag;
  /** In the same order, the leading one first. */
  readonly members: readonly TogetherMember[];
  /** One sentence. */
  readonly reason: string;
}

/** Steps in which something grew, at the least. By chance twelve go together this well once in 100,000. */
const FEWEST_STEPS = 12;
/** How well the steps must go together (Pearson's r). */
const LEAST_CORRELATION = 0.9;
/** Rows looked at; all pairs are compared. */
export const MOST_GROWING = 40;

interface Steps {
  readonly tag: PoolTag;
  readonly own: boolean;
  readonly steps: number[];
  readonly gained: number;
}

function stepsOf({ tag, own, objects }: GrowingRow): Steps {
  const steps: number[] = [];
  for (let i = 1; i < objects.length; i++) steps.push(objects[i] - objects[i - 1]);
  return { tag, own, steps, gained: steps.reduce((sum, step) => sum + (step || 0), 0) };
}

/** Whether the two rise by more and by less in the same moments. Rests of both say nothing: no test may have run. */
function inStep(a: Steps, b: Steps): boolean {
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  let same = true;
  for (let i = 0; i < a.steps.length; i++) {
    const x = a.steps[i];
    const y = b.steps[i];
    if (Number.isNaN(x) || Number.isNaN(y) || (x <= 0 && y <= 0)) continue;
    count++;
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
    if (x !== y) same = false;
  }
  if (count < FEWEST_STEPS) return false;
  const variance = (squaresA - (sumA * sumA) / count) * (squaresB - (sumB * sumB) / count);
  // Steps that are all alike have nothing to go together by; the same number each time is one cause.
  if (!(variance > 0)) return same;
  return (products - (sumA * sumB) / count) / Math.sqrt(variance) >= LEAST_CORRELATION;
}

const quoted = (tag: PoolTag) => `'${tagLabel(tag).trimEnd()}'`;

/** The groups of two tags or more; a tag is in one at most. Rows of one tag in both pools count as one. */
export function groupsTogether(rows: readonly GrowingRow[]): TogetherGroup[] {
  const byTag = new Map<PoolTag, Steps>();
  for (const row of rows.slice(0, MOST_GROWING)) {
    const steps = stepsOf(row);
    const known = byTag.get(row.tag);
    if (!known || known.gained < steps.gained) byTag.set(row.tag, steps);
  }
  const left = [...byTag.values()]
    .filter(({ gained }) => gained > 0)
    .sort((a, b) => Number(b.own) - Number(a.own) || b.gained - a.gained || a.tag - b.tag);
  const groups: TogetherGroup[] = [];
  while (left.length > 0) {
    const leader = left.shift()!;
    const others = left.filter((other) => inStep(leader, other));
    if (others.length === 0) continue;
    for (const other of others) left.splice(left.indexOf(other), 1);
    const members = [leader, ...others];
    const gained = members.reduce((sum, member) => sum + member.gained, 0);
    groups.push({
      tag: leader.tag,
      members: members.map((member) => ({ tag: member.tag, share: member.gained / gained })),
      reason: `${others.map(({ tag }) => quoted(tag)).join(', ')} ${others.length === 1 ? 'grows' : 'grow'} in step with ${quoted(leader.tag)}: probably one cause.`,
    });
  }
  return groups;
}
