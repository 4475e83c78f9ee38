/**
 * Where a test stood when: marks, and the phases and cycles that follow from them.
 *
 * A cycle is one test and the wait behind it. What a tag keeps from cycle to cycle is what a verdict rests on; see
 * `verdict.ts`.
 */

/** `settle`: let the system come to rest; `baseline`: nothing runs; `test`: the driver works; `wait`: it stopped. */
export type PhaseKind = 'settle' | 'baseline' | 'test' | 'wait';
/** What can be marked; `end` closes the last phase. */
export type PhaseMarkKind = PhaseKind | 'end';

export const PHASE_KINDS = ['settle', 'baseline', 'test', 'wait'] as const satisfies readonly PhaseKind[];

export function isPhaseKind(text: string): text is PhaseKind {
  return (PHASE_KINDS as readonly string[]).includes(text);
}

/** From here on, until the next mark, the test stood at `phase`. */
export interface PhaseMarkAt {
  /** Milliseconds on the clock of the samples. */
  readonly elapsedMs: number;
  readonly phase: PhaseMarkKind;
  /** Operations that the test does in the cycle which begins here; absent or null for unknown. */
  readonly operations?: number | null;
}

/** One phase, from its mark to the next one. */
export interface Phase {
  readonly kind: PhaseKind;
  readonly startMs: number;
  /** Where the next phase begins; for the last one the end of the watch. */
  readonly endMs: number;
  /** Tests begun so far, this one included: 0 before the first test; a wait has the number of the test before it. */
  readonly cycle: number;
  readonly operations: number | null;
  /** True while no later mark closed it. */
  readonly open: boolean;
}

/** A test and the wait behind it. */
export interface Cycle {
  /** From 1. */
  readonly number: number;
  readonly startMs: number;
  /** Where its wait begins, or the end of the test when there is none. */
  readonly waitMs: number;
  readonly endMs: number;
  readonly operations: number | null;
  /** The phases it consists of, as indices into the list it was made from. */
  readonly phases: readonly number[];
  readonly hasWait: boolean;
  /** True while its last phase is open. */
  readonly open: boolean;
}

/**
 * The phases that the marks make up, in order of time. Marks may come in any order; of two at one time the later in the list
 * stands. `endMs` is the newest sample: marks behind it are left out.
 */
export function phasesOf(marks: readonly PhaseMarkAt[], endMs: number): Phase[] {
  const byTime = new Map<number, PhaseMarkAt>();
  for (const mark of marks) if (mark.elapsedMs <= endMs) byTime.set(mark.elapsedMs, mark);
  const inOrder = [...byTime.values()].sort((a, b) => a.elapsedMs - b.elapsedMs);
  const phases: Phase[] = [];
  let cycle = 0;
  for (const [i, mark] of inOrder.entries()) {
    if (mark.phase === 'end') continue;
    if (mark.phase === 'test') cycle++;
    const next = inOrder[i + 1];
    phases.push({
      kind: mark.phase,
      startMs: mark.elapsedMs,
      endMs: next?.elapsedMs ?? endMs,
      cycle,
      operations: mark.operations ?? null,
      open: next === undefined,
    });
  }
  return phases;
}

/** What {@link cyclesOf} was asked last: hundreds of rows are judged by the same phases in each sample. */
let asked: { readonly phases: readonly Phase[]; readonly cycles: Cycle[] } = { phases: [], cycles: [] };

/** The cycles of the phases: each test, and the waits that follow it at once. The list is shared: not to be changed. */
export function cyclesOf(phases: readonly Phase[]): Cycle[] {
  const known = asked.phases;
  if (phases.length !== known.length || !phases.every((phase, i) => isSame(phase, known[i]))) {
    const plain = phases.map(({ kind, startMs, endMs, cycle, operations, open }) => {
      return { kind, startMs, endMs, cycle, operations, open };
    });
    asked = { phases: plain, cycles: findCycles(plain) };
  }
  return asked.cycles;
}

function isSame(a: Phase, b: Phase): boolean {
  const sameTime = a.startMs === b.startMs && a.endMs === b.endMs && a.open === b.open;
  return sameTime && a.kind === b.kind && a.cycle === b.cycle && a.operations === b.operations;
}

function findCycles(phases: readonly Phase[]): Cycle[] {
  const cycles: Cycle[] = [];
  for (const [i, phase] of phases.entries()) {
    const last = cycles.at(-1);
    if (phase.kind === 'test') {
      cycles.push({
        number: cycles.length + 1,
        startMs: phase.startMs,
        waitMs: phase.endMs,
        endMs: phase.endMs,
        operations: phase.operations,
        phases: [i],
        hasWait: false,
        open: phase.open,
      });
    } else if (phase.kind === 'wait' && last && last.phases.at(-1) === i - 1) {
      cycles[cycles.length - 1] = {
        ...last,
        endMs: phase.endMs,
        operations: phase.operations ?? last.operations,
        phases: [...last.phases, i],
        hasWait: true,
        open: phase.open,
      };
    }
  }
  return cycles;
}
