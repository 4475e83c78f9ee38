import type { PhaseMark, PhaseName, PhaseState } from './protocol.ts';

/** Phases that one marks; `end` closes the test. */
const PHASE_NAMES = ['settle', 'baseline', 'test', 'wait', 'end'] as const satisfies readonly PhaseName[];

export function isPhaseName(text: unknown): text is PhaseName {
  return PHASE_NAMES.includes(text as PhaseName);
}

/** More operations in a cycle than this are a slip. */
export const MOST_OPERATIONS = 1e12;

/** A number of operations that can be divided by: whole, 1 or more. */
export function isOperations(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_OPERATIONS;
}

const NOTHING: PhaseState = { marks: [], operationsPerCycle: null, canMark: false };

/** The marks of the running watch. Its state is one value that is replaced, never changed. */
export class PhaseLog {
  #state = NOTHING;

  get state(): PhaseState {
    return this.#state;
  }

  /** True from the first mark until the test is ended. */
  get open(): boolean {
    const last = this.#state.marks.at(-1);
    return last !== undefined && last.phase !== 'end';
  }

  /** Forgets the marks: another source, or another boot. What a cycle does stays. */
  reset(): void {
    this.#state = { ...NOTHING, operationsPerCycle: this.#state.operationsPerCycle };
  }

  /** A first sample is there: marks have something to stand on. */
  allow(): void {
    if (!this.#state.canMark) this.#state = { ...this.#state, canMark: true };
  }

  /**
   * The test stands at `phase` from now on. `test` again begins another cycle; any other phase that runs already, and an
   * end of what is not open, change nothing. Of two marks at one sample the later stands. Answers the mark, or undefined.
   */
  mark(phase: PhaseName, elapsedMs: number, time: number, operations?: number): PhaseMark | undefined {
    const { marks, operationsPerCycle } = this.#state;
    const last = marks.at(-1);
    if (phase !== 'test' && last?.phase === phase) return undefined;
    if (phase === 'end' && !this.open) return undefined;
    const kept = marks.filter((mark) => mark.elapsedMs < elapsedMs);
    const cycle = (kept.at(-1)?.cycle ?? 0) + (phase === 'test' ? 1 : 0);
    const mark: PhaseMark = { elapsedMs, time, phase, cycle, operations: operations ?? operationsPerCycle };
    this.#state = { ...this.#state, marks: [...kept, mark] };
    return mark;
  }

  setOperations(operations: number | null): void {
    this.#state = { ...this.#state, operationsPerCycle: operations };
  }
}
