/** Phases, a recording's time line, groups and a comparison for the harness. */
import { type Comparison, compareTables, type MomentRow } from '../../../extension/pool/comparison.ts';
import type { PhaseMark, PhaseName, SessionState, TagGroup, Timeline } from '../../../extension/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';

export type SessionKind = 'plain' | 'phases' | 'recording' | 'unrecorded' | 'full';

const SECOND = 1000;
const HOUR = 3_600_000;

/** Three cycles over `lengthMs`, the last still running. */
function marks(lengthMs: number, start: number): PhaseMark[] {
  const plan: readonly (readonly [number, PhaseName, number])[] = [
    [0.02, 'settle', 0],
    [0.1, 'baseline', 0],
    [0.22, 'test', 1],
    [0.38, 'wait', 1],
    [0.5, 'test', 2],
    [0.64, 'wait', 2],
    [0.78, 'test', 3],
  ];
  return plan.map(([share, phase, cycle]) => {
    const elapsedMs = Math.round(lengthMs * share);
    return { elapsedMs, time: start + elapsedMs, phase, cycle, operations: 1000 };
  });
}

export function fakeSession(kind: SessionKind, watchedMs: number, now: number): SessionState {
  const recording = {
    kind: 'recording',
    name: '2026-11-20 14-02-11.poollens',
    since: now - 161 * SECOND,
    bytes: 1_843_200,
    kept: false,
  } as const;
  const live = { phases: { marks: [], operationsPerCycle: null, canMark: true }, recording, timeline: null };
  const start = now - watchedMs;
  switch (kind) {
    case 'plain':
      return live;
    case 'phases':
      return { ...live, phases: { marks: marks(watchedMs, start), operationsPerCycle: 1000, canMark: true } };
    case 'unrecorded':
      return { ...live, recording: { kind: 'off', reason: 'The setting poolLens.record is off.' } };
    case 'full':
      return {
        ...live,
        recording: {
          kind: 'failed',
          reason: 'The disk is full.',
          advice: 'What was recorded until 14:02:11 is kept; recording goes on when there is room.',
        },
      };
    case 'recording':
      return {
        phases: { marks: marks(8 * HOUR, start), operationsPerCycle: 1000, canMark: false },
        recording: { kind: 'opened', name: 'monday.poollens', kept: false, notice: '' },
        timeline: fakeTimeline(start),
      };
  }
}

function fakeTimeline(time: number): Timeline {
  const points = 600;
  const lengthMs = 8 * HOUR;
  const column = (of: (share: number) => number) => Float64Array.from({ length: points }, (_, i) => of(i / points));
  return {
    lengthMs,
    time,
    samples: 28_211,
    gaps: [{ fromMs: 4.1 * HOUR, toMs: 4.4 * HOUR }],
    boots: [],
    overviewMs: column((share) => share * lengthMs),
    nonpagedKb: column((share) => 812_000 + 40_000 * share + 6000 * Math.sin(share * 70)),
    pagedKb: column((share) => 1_900_000 + 90_000 * Math.sin(share * 9) + 9000 * Math.sin(share * 140)),
  };
}

function tagOf(text: string): number {
  return tagFromText(text) ?? 0;
}

/** One tag that was split into three, and one of the system's that grows with it. */
export function fakeGroups(): TagGroup[] {
  return [
    {
      kind: 'split',
      tag: tagOf('XOld'),
      members: [
        { tag: tagOf('Xmpl'), share: 0.92, place: 'queue.c:212' },
        { tag: tagOf('XLog'), share: 0.08, place: 'log.c:40' },
        { tag: tagOf('XCtx'), share: 0, place: 'device/dispatch.c:88' },
      ],
      reason: 'Took the place of XOld.',
    },
    {
      kind: 'together',
      tag: tagOf('XWrk'),
      members: [
        { tag: tagOf('XWrk'), share: 0.5, place: '' },
        { tag: tagOf('Irp '), share: 0.5, place: '' },
      ],
      reason: 'Grow in step: when one gains objects, so does the other.',
    },
  ];
}

/** The rows of a moment, and what a leak made of them. */
export function fakeComparison(rows: readonly MomentRow[], seed: number): Comparison {
  const after = rows.map((row, i) => {
    const moves = row.tag === tagOf('Xmpl') ? 123 : (i * seed) % 7 === 0 ? ((i * 37) % 41) - 20 : 0;
    const size = row.objects > 0 ? row.bytes / row.objects : 64;
    const objects = Math.max(0, row.objects + moves);
    return { ...row, objects, bytes: Math.round(objects * size) };
  });
  return {
    basis: 'moment',
    before: { label: 'monday.poollens, 09:12:00', detail: 'Windows 11 26100, 8 h' },
    after: { label: 'monday.poollens, 16:40:00', detail: 'Windows 11 26100, 8 h' },
    alignment: '',
    ...compareTables(rows.slice(0, -3), after),
  };
}
