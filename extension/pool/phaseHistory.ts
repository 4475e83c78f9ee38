/**
 * What each row did in each phase of a running watch, in at most {@link PHASE_BLOCKS} blocks a phase: a phase's blocks double
 * their span when all are used. A row that rested in a phase costs nothing there.
 */
import { emptyLevels, type Levels, PHASE_BLOCKS, type PhaseLevels, partOf } from './levels.ts';
import type { Phase, PhaseKind, PhaseMarkKind } from './phases.ts';

/** Phases kept; of a longer test the first ones are forgotten. */
const MOST_PHASES = 40;

interface RunningPhase {
  readonly kind: PhaseKind;
  readonly startMs: number;
  endMs: number;
  readonly cycle: number;
  readonly operations: number | null;
  open: boolean;
  samples: number;
  span: number;
  readonly times: Float64Array;
  readonly rows: Map<number, PhaseRow>;
}

/** A row that moved in a phase, or before the next one began. */
interface PhaseRow {
  /** As it stood when the phase began. */
  readonly begin: Figures;
  readonly levels: Levels;
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
    });
  }

  /** Opens a sample. */
  beginSample(monotonicMs: number): void {
    this.nowMs = monotonicMs;
    this.samples++;
    const phase = this.phases.at(-1);
    if (!phase?.open) return;
    phase.endMs = monotonicMs;
    if (Math.floor(phase.samples / phase.span) === PHASE_BLOCKS) halve(phase);
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
      if (phase?.open && this.samples > 1) write(phase, row, NOTHING, now);
      return;
    }
    const rests = before.objects === objects && before.allocs === allocs && before.bytes === bytes;
    if (phase?.open) {
      if (!rests || phase.rows.has(row)) write(phase, row, before, { objects, bytes, allocs });
    } else if (phase && !rests && !phase.rows.has(row)) {
      wake(phase, row, before);
    }
    before.objects = objects;
    before.bytes = bytes;
    before.allocs = allocs;
  }

  /** The phases with the row's levels in each, in order of time. */
  levels(row: number): PhaseLevels[] {
    const found: PhaseLevels[] = [];
    // A row that rested in a phase stood as it begins the next one in which it moved, or as it stands now.
    let later = this.last[row] ?? NOTHING;
    for (let i = this.phases.length - 1; i >= 0; i--) {
      const phase = this.phases[i];
      const blocks = Math.ceil(phase.samples / phase.span);
      const kept = phase.rows.get(row);
      let levels: Levels;
      if (kept) {
        levels = partOf(kept.levels, 0, blocks);
        later = kept.begin;
      } else {
        levels = resting(phase, blocks, this.firstMs[row] > phase.endMs ? NOTHING : later);
      }
      found.push({ ...phaseOf(phase), levels });
    }
    return found.reverse();
  }
}

function phaseOf(phase: RunningPhase): Phase {
  const { kind, startMs, endMs, cycle, operations, open } = phase;
  return { kind, startMs, endMs, cycle, operations, open };
}

function resting(phase: RunningPhase, blocks: number, at: Figures): Levels {
  return {
    times: phase.times.subarray(0, blocks),
    floors: new Float64Array(blocks).fill(at.objects),
    means: new Float64Array(blocks).fill(at.objects),
    bytes: new Float64Array(blocks).fill(at.bytes),
    allocs: new Float64Array(blocks).fill(at.allocs),
  };
}

/** Joins neighbouring blocks, so that twice the time fits. */
function halve(phase: RunningPhase): void {
  phase.span *= 2;
  const half = PHASE_BLOCKS / 2;
  for (let i = 0; i < half; i++) phase.times[i] = phase.times[2 * i];
  for (const { levels } of phase.rows.values()) {
    const { floors, means, bytes, allocs } = levels;
    for (let i = 0; i < half; i++) {
      floors[i] = Math.min(floors[2 * i], floors[2 * i + 1]);
      means[i] = (means[2 * i] + means[2 * i + 1]) / 2;
      bytes[i] = bytes[2 * i + 1];
      allocs[i] = allocs[2 * i + 1];
    }
  }
}

/** Gives a row that rested until now its place in a phase. */
function wake(phase: RunningPhase, row: number, { objects, bytes, allocs }: Figures): PhaseRow {
  const levels = { ...emptyLevels(PHASE_BLOCKS), times: phase.times };
  levels.floors.fill(objects);
  levels.means.fill(objects);
  levels.bytes.fill(bytes);
  levels.allocs.fill(allocs);
  const made = { begin: { objects, bytes, allocs }, levels };
  phase.rows.set(row, made);
  return made;
}

/** Takes a row that moved into the open sample of a phase. */
function write(phase: RunningPhase, row: number, before: Figures, now: Figures): void {
  const sample = phase.samples - 1;
  const block = Math.floor(sample / phase.span);
  const within = sample - block * phase.span;
  const { levels } = phase.rows.get(row) ?? wake(phase, row, before);
  const opens = within === 0;
  levels.floors[block] = opens ? now.objects : Math.min(levels.floors[block], now.objects);
  const mean = opens ? now.objects : levels.means[block] + (now.objects - levels.means[block]) / (within + 1);
  levels.means[block] = mean;
  levels.bytes[block] = now.bytes;
  levels.allocs[block] = now.allocs;
}
