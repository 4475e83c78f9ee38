/**
 * Two states of a pool side by side by tag: two moments, two recordings, or two builds of a driver. Pure: whoever has the
 * figures (a recording, the live store, an imported log) hands them in as tables.
 */
import type { PoolTag } from '../../language/tag/poolTag.ts';

/** A row's figures at a moment. */
export interface MomentRow {
  readonly tag: PoolTag;
  readonly paged: boolean;
  /** Outstanding. */
  readonly objects: number;
  readonly bytes: number;
}

/** From where to where a test was looked at, milliseconds since the first sample, and how many cycles it ran there. */
export interface RunSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** 0 where no phases were marked. */
  readonly cycles: number;
}

/** One side of a comparison in words: what the columns are headed with. */
export interface ComparisonSide {
  readonly label: string;
  /** Time, length, system. */
  readonly detail: string;
}

/** What the numbers of both sides mean. */
export type ComparisonBasis =
  /** Outstanding objects and bytes at a moment. */
  | 'moment'
  /** Objects and bytes gained in a cycle of the test. */
  | 'cycle'
  /** Objects and bytes gained in an hour. */
  | 'hour';

export interface ComparisonRow {
  readonly tag: PoolTag;
  readonly paged: boolean;
  /** Null where the side never had this row. */
  readonly before: { readonly objects: number; readonly bytes: number } | null;
  readonly after: { readonly objects: number; readonly bytes: number } | null;
  /** After minus before; a missing side counts as 0. */
  readonly objectsChange: number;
  readonly bytesChange: number;
}

export interface Comparison {
  readonly basis: ComparisonBasis;
  readonly before: ComparisonSide;
  readonly after: ComparisonSide;
  /** How the two were made comparable, one sentence. */
  readonly alignment: string;
  /** What grew most comes first, what shrank most last; rows without a change are left out. */
  readonly rows: readonly ComparisonRow[];
  /** Rows of both sides without a change. */
  readonly unchanged: number;
}

function keyOf(row: Pick<MomentRow, 'tag' | 'paged'>): number {
  return row.tag * 2 + (row.paged ? 1 : 0);
}

/** By bytes gained, then objects; equal ones by tag, so that the order is the same each time. */
function byGrowth(a: ComparisonRow, b: ComparisonRow): number {
  return (
    b.bytesChange - a.bytesChange ||
    b.objectsChange - a.objectsChange ||
    a.tag - b.tag ||
    Number(a.paged) - Number(b.paged)
  );
}

/** The rows of both tables joined, those that differ sorted by what grew; `unchanged` counts the others. */
export function compareTables(
  before: readonly MomentRow[],
  after: readonly MomentRow[],
): Pick<Comparison, 'rows' | 'unchanged'> {
  const left = new Map(before.map((row) => [keyOf(row), row]));
  const right = new Map(after.map((row) => [keyOf(row), row]));
  const rows: ComparisonRow[] = [];
  let unchanged = 0;
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const a = left.get(key);
    const b = right.get(key);
    const objectsChange = (b?.objects ?? 0) - (a?.objects ?? 0);
    const bytesChange = (b?.bytes ?? 0) - (a?.bytes ?? 0);
    if (objectsChange === 0 && bytesChange === 0) {
      unchanged++;
      continue;
    }
    rows.push({
      tag: (a ?? b)!.tag,
      paged: (a ?? b)!.paged,
      before: a ? { objects: a.objects, bytes: a.bytes } : null,
      after: b ? { objects: b.objects, bytes: b.bytes } : null,
      objectsChange,
      bytesChange,
    });
  }
  return { rows: rows.sort(byGrowth), unchanged };
}

/** What each row gained from `begin` to `end`, divided by `parts` (cycles, or hours); rows of one table count as 0 in the other. */
export function gains(begin: readonly MomentRow[], end: readonly MomentRow[], parts: number): MomentRow[] {
  const first = new Map(begin.map((row) => [keyOf(row), row]));
  const last = new Map(end.map((row) => [keyOf(row), row]));
  return [...new Set([...first.keys(), ...last.keys()])].map((key) => {
    const a = first.get(key);
    const b = last.get(key);
    return {
      tag: (b ?? a)!.tag,
      paged: (b ?? a)!.paged,
      objects: ((b?.objects ?? 0) - (a?.objects ?? 0)) / parts,
      bytes: ((b?.bytes ?? 0) - (a?.bytes ?? 0)) / parts,
    };
  });
}

/** A mark as far as alignment needs it. */
interface Mark {
  readonly elapsedMs: number;
  readonly phase: string;
}

/**
 * The tested part of a session: from its first test phase to the end of what followed the last one (its wait, or the end
 * mark, or the last sample). Without a test phase the whole session, as 0 cycles.
 */
export function testedSpan(marks: readonly Mark[], lengthMs: number): RunSpan {
  const tests = marks.filter((mark) => mark.phase === 'test');
  if (tests.length === 0) return { fromMs: 0, toMs: lengthMs, cycles: 0 };
  const last = tests[tests.length - 1];
  const closed = marks.find((mark) => mark.elapsedMs > last.elapsedMs && !['test', 'wait'].includes(mark.phase));
  return { fromMs: tests[0].elapsedMs, toMs: closed?.elapsedMs ?? lengthMs, cycles: tests.length };
}

const HOUR_MS = 3_600_000;
/** A shorter session says nothing of an hour. */
const SHORTEST_MS = 1_000;

/** How two sessions are made comparable: gains in a cycle where both were marked, in an hour otherwise. */
export function alignment(
  before: RunSpan,
  after: RunSpan,
): {
  readonly basis: 'cycle' | 'hour';
  readonly beforeParts: number;
  readonly afterParts: number;
  readonly words: string;
} {
  if (before.cycles > 0 && after.cycles > 0) {
    return {
      basis: 'cycle',
      beforeParts: before.cycles,
      afterParts: after.cycles,
      words: `Gains in a cycle, from the first test to the end of the last wait: ${before.cycles} and ${after.cycles} cycles.`,
    };
  }
  const hours = ({ fromMs, toMs }: RunSpan) => Math.max(SHORTEST_MS, toMs - fromMs) / HOUR_MS;
  const missing =
    before.cycles === 0 && after.cycles === 0
      ? 'Neither has'
      : before.cycles === 0
        ? 'The first has no'
        : 'The second has no';
  return {
    basis: 'hour',
    beforeParts: hours(before),
    afterParts: hours(after),
    words: `Gains in an hour over the whole time. ${missing} test phases to align by.`,
  };
}
