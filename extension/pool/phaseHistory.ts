/**
 * What each row did in each phase of a running watch, in at most {@link PHASE_BLOCKS} blocks a phase: a phase's blocks double
 * their span when all are used. A row that rested in a phase costs nothing there. A long test has tens of thousands of rows in
 * phases: they are numbers in one array a phase, not objects.
 */
import { emptyLevels, type Levels, PHASE_BLOCKS, type PhaseLevels, partOf } from './levels.ts';
import type { Phase, PhaseKind, PhaseMarkKind } from './phases.ts';

/** Phases kept; of a longer test the first ones are forgotten. */
const MOST_PHASES = 40;

/** Where a row's numbers stand in its phase: as it was when the phase began, then its levels, block by block. */
const BEGIN = { objects: 0, bytes: 1, allocs: 2 } as const;
const FLOORS = 3;
const MEANS = FLOORS + PHASE_BLOCKS;
const BYTES = MEANS + PHASE_BLOCKS;
const ALLOCS = BYTES + PHASE_BLOCKS;
const ROW_NUMBERS = ALLOCS + PHASE_BLOCKS;
const FIRST_ROWS = 64;

interface RunningPhase {
  readonly kind: PhaseKind;
  readonly startMs: number;
  endMs: number;
  readonly cycle: number;
  readonly operations: number | null;
  open: boolean;
  samples: number;
  span: number;
  /** When each block begins. */
  readonly times: Float64Array;
  /** Where in {@link memory} the numbers of a row begin that moved in the phase, or before the next one began. */
  readonly rows: Map<number, number>;
  memory: Float64Array;
  /** The phase with the levels of the row that was asked for last; undefined where it went on since. */
  shown: PhaseLevels | undefined;
  readonly room: Levels;
}

/** Figures of one row in one sample. */
interface Figures {
  objects: number;
  bytes: number;
  allocs: number;
}

const NOTHING: Figures = { objects: 0, bytes: 0, allocs: 0 };

export class PhaseHistory {
  private readonly phases: RunningPhase[] = [];
  /** As each row stood last, in the order in which rows came. */
  private readonly last: Figures[] = [];
  /** Samples seen in all, and the one with which each row came. */
  private samples = 0;
  private readonly firstMs: number[] = [];
  private cycle = 0;
  private nowMs = 0;

  private marks = 0;

  /** Number of marks so far: what was judged before the last one wants judging anew. */
  get version(): number {
    return this.marks;
  }

  get isEmpty(): boolean {
    return this.phases.length === 0;
  }

  /** The test stands at `kind` from the newest sample on. */
  mark(kind: PhaseMarkKind, operations: number | null): void {
    this.marks++;
    const open = this.phases.at(-1);
    if (open?.open) {
      open.open = false;
      open.shown = undefined;
      // Of two marks at one sample the later stands.
      if (open.samples === 0) {
        this.phases.pop();
        if (open.kind === 'test') this.cycle--;
      }
    }
    if (kind === 'end') return;
    if (kind === 'test') this.cycle++;
    if (this.phases.length === MOST_PHASES) this.phases.shift();
    this.phases.push({
      kind,
      startMs: this.nowMs,
      endMs: this.nowMs,
      cycle: this.cycle,
      operations,
      open: true,
      samples: 0,
      span: 1,
      times: new Float64Array(PHASE_BLOCKS),
      rows: new Map(),
      memory: new Float64Array(FIRST_ROWS * ROW_NUMBERS),
      shown: undefined,
      room: emptyLevels(PHASE_BLOCKS),
    });
  }

  /** Opens a sample. */
  beginSample(monotonicMs: number): void {
    this.nowMs = monotonicMs;
    this.samples++;
    const phase = this.phases.at(-1);
    if (!phase?.open) return;
    phase.endMs = monotonicMs;
    phase.shown = undefined;
    if (Math.floor(phase.samples / phase.span) === PHASE_BLOCKS) {
      phase.span *= 2;
      halve(phase);
    }
    if (phase.samples % phase.span === 0) phase.times[Math.floor(phase.samples / phase.span)] = monotonicMs;
    phase.samples++;
  }

  /** Records a row in the open sample; every known row must be recorded in each. */
  record(row: number, objects: number, bytes: number, allocs: number): void {
    const before = this.last[row];
    const phase = this.phases.at(-1);
    if (!before) {
      const now = { objects, bytes, allocs };
      this.last[row] = now;
      this.firstMs[row] = this.samples === 1 ? Number.NEGATIVE_INFINITY : this.nowMs;
      // Before it came it held nothing.
      if (phase?.open && this.samples > 1) write(phase, row, NOTHING, objects, bytes, allocs);
      return;
    }
    const rests = before.objects === objects && before.allocs === allocs && before.bytes === bytes;
    if (phase?.open) {
      if (!rests || phase.rows.has(row)) write(phase, row, before, objects, bytes, allocs);
    } else if (phase && !rests && !phase.rows.has(row)) {
      wake(phase, row, before);
    }
    before.objects = objects;
    before.bytes = bytes;
    before.allocs = allocs;
  }

  /** The phases with the row's levels in each, in order of time. What they hold stands until the next call. */
  levels(row: number): PhaseLevels[] {
    const found = new Array<PhaseLevels>(this.phases.length);
    // A row that rested in a phase stood as it begins the next one in which it moved, or as it stands now.
    let { objects, bytes, allocs } = this.last[row] ?? NOTHING;
    for (let i = this.phases.length - 1; i >= 0; i--) {
      const phase = this.phases[i];
      const shown = shownOf(phase);
      const { memory } = phase;
      const at = phase.rows.get(row);
      found[i] = shown;
      if (at === undefined) {
        // Before it came it held nothing.
        const there = this.firstMs[row] <= phase.endMs;
        shown.levels.floors.fill(there ? objects : 0);
        shown.levels.means.fill(there ? objects : 0);
        shown.levels.bytes.fill(there ? bytes : 0);
        shown.levels.allocs.fill(there ? allocs : 0);
        continue;
      }
      copy(memory, at + FLOORS, shown.levels.floors);
      copy(memory, at + MEANS, shown.levels.means);
      copy(memory, at + BYTES, shown.levels.bytes);
      copy(memory, at + ALLOCS, shown.levels.allocs);
      objects = memory[at + BEGIN.objects];
      bytes = memory[at + BEGIN.bytes];
      allocs = memory[at + BEGIN.allocs];
    }
    return found;
  }
}

/** The phase as it is now, with room for the levels of a row. */
function shownOf(phase: RunningPhase): PhaseLevels {
  if (!phase.shown) {
    const { kind, startMs, endMs, cycle, operations, open, room, samples, span, times } = phase;
    const blocks = Math.ceil(samples / span);
    const levels = { ...partOf(room, 0, blocks), times: times.subarray(0, blocks) };
    phase.shown = { kind, startMs, endMs, cycle, operations, open, levels } satisfies Phase & { levels: Levels };
  }
  return phase.shown;
}

/** Without views of the memory, of which hundreds of rows in each sample would leave thousands. */
function copy(from: Float64Array, at: number, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = from[at + i];
}

/** Joins neighbouring blocks, so that twice the time fits. */
function halve({ times, rows, memory }: RunningPhase): void {
  const half = PHASE_BLOCKS / 2;
  for (let i = 0; i < half; i++) times[i] = times[2 * i];
  for (const at of rows.values()) {
    for (let i = 0; i < half; i++) {
      const [one, other] = [at + 2 * i, at + 2 * i + 1];
      memory[at + FLOORS + i] = Math.min(memory[one + FLOORS], memory[other + FLOORS]);
      memory[at + MEANS + i] = (memory[one + MEANS] + memory[other + MEANS]) / 2;
      memory[at + BYTES + i] = memory[other + BYTES];
      memory[at + ALLOCS + i] = memory[other + ALLOCS];
    }
  }
}

/** Gives a row that rested until now its place in a phase, and answers it. */
function wake(phase: RunningPhase, row: number, { objects, bytes, allocs }: Figures): number {
  const at = phase.rows.size * ROW_NUMBERS;
  if (at === phase.memory.length) {
    const larger = new Float64Array(2 * at);
    larger.set(phase.memory);
    phase.memory = larger;
  }
  phase.rows.set(row, at);
  const { memory } = phase;
  memory[at + BEGIN.objects] = objects;
  memory[at + BEGIN.bytes] = bytes;
  memory[at + BEGIN.allocs] = allocs;
  memory.fill(objects, at + FLOORS, at + BYTES);
  memory.fill(bytes, at + BYTES, at + ALLOCS);
  memory.fill(allocs, at + ALLOCS, at + ROW_NUMBERS);
  return at;
}

/** Takes a row that moved into the open sample of a phase. */
function write(
  phase: RunningPhase,
  row: number,
  before: Figures,
  objects: number,
  bytes: number,
  allocs: number,
): void {
  const sample = phase.samples - 1;
  const block = Math.floor(sample / phase.span);
  const within = sample - block * phase.span;
  const at = (phase.rows.get(row) ?? wake(phase, row, before)) + block;
  const { memory } = phase;
  const opens = within === 0;
  memory[at + FLOORS] = opens ? objects : Math.min(memory[at + FLOORS], objects);
  memory[at + MEANS] = opens ? objects : memory[at + MEANS] + (objects - memory[at + MEANS]) / (within + 1);
  memory[at + BYTES] = bytes;
  memory[at + ALLOCS] = allocs;
}
