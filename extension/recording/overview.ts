import type { Stretch } from '../pool/history.ts';
import { type Judgement, NOTHING_SEEN } from '../pool/judgement.ts';
import { PHASE_BLOCKS, type PhaseLevels, WATCH_BLOCKS } from '../pool/levels.ts';
import { type Phase, phasesOf } from '../pool/phases.ts';
import { judge } from '../pool/verdict.ts';
import { Blocks } from './blocks.ts';
import { applyChanges, emptyFigures, type RowFigures } from './changes.ts';
import type { RecordingFile } from './recordingFile.ts';

/** A phase, and the blocks that it is cut into. */
interface PlacedPhase extends Phase {
  readonly firstBlock: number;
  readonly blocks: number;
}

const NOTHING: Stretch = { times: new Float64Array(0), values: new Float64Array(0) };

/** Sample numbers that cut `from` up to `to` into at most `blocks` parts of the same length. */
function cuts(from: number, to: number, blocks: number): number[] {
  const count = Math.min(blocks, to - from);
  return Array.from({ length: count }, (_, i) => from + Math.floor((i * (to - from)) / count));
}

/**
 * The past of every row of a recording: what trend lines, charts and verdicts are taken from. It is decoded once, in pieces
 * ({@link decode}); until then it knows what was decoded so far.
 */
export class Overview {
  readonly #file: RecordingFile;
  readonly #watch: Blocks;
  readonly #tested: Blocks;
  readonly #phases: readonly PlacedPhase[];
  readonly #figures: RowFigures;
  #decoded = 0;
  #settled = 0;

  constructor(file: RecordingFile) {
    const { samples, elapsedMs, rowCount } = file;
    this.#file = file;
    this.#figures = emptyFigures(rowCount);
    this.#watch = new Blocks(cuts(0, samples, WATCH_BLOCKS), samples, rowCount);
    const starts: number[] = [];
    const phases: PlacedPhase[] = [];
    for (const phase of phasesOf(file.marks, elapsedMs[samples - 1])) {
      // A mark is set at a sample: what it begins is seen in the next one.
      const from = file.sampleAt(phase.startMs) + 1;
      const to = Math.min(samples, file.sampleAt(phase.endMs) + 1);
      // What lies between two phases, or before the first, is a block that none of them has.
      const reached = phases.length > 0 ? file.sampleAt(phases[phases.length - 1].endMs) + 1 : 0;
      if (reached < from && reached < samples) starts.push(reached);
      const own = cuts(from, Math.max(from, to), PHASE_BLOCKS);
      phases.push({ ...phase, firstBlock: starts.length, blocks: own.length });
      starts.push(...own);
    }
    const end = phases.length > 0 ? file.sampleAt(phases[phases.length - 1].endMs) + 1 : 0;
    if (end < samples) starts.push(end);
    this.#phases = phases;
    this.#tested = new Blocks(starts, samples, rowCount);
  }

  /** Samples that are decoded. */
  get decoded(): number {
    return this.#decoded;
  }

  get done(): boolean {
    return this.#decoded === this.#file.samples;
  }

  /** Decodes so many samples more. */
  decode(samples: number): void {
    const from = this.#decoded;
    const end = Math.min(this.#file.samples, from + samples);
    const { allocs, frees, bytes } = this.#figures;
    const tested = this.#phases.length > 0 ? this.#tested : undefined;
    let now = from;
    const take = (row: number) => {
      this.#watch.change(row, now, allocs[row], frees[row], bytes[row]);
      tested?.change(row, now, allocs[row], frees[row], bytes[row]);
    };
    this.#file.walk(from, end - 1, (changes, sample) => {
      now = sample;
      applyChanges(changes, this.#figures, take);
    });
    this.#decoded = end;
  }

  /** Accounts for rows that rest: before anything is read, not after each piece. */
  #settle(): void {
    if (this.#settled === this.#decoded) return;
    this.#settled = this.#decoded;
    this.#watch.settle(this.#decoded);
    this.#tested.settle(this.#decoded);
  }

  /** Bytes of the row at the end of each block, up to the one that holds this sample. */
  trend(row: number, sample: number): Stretch {
    this.#settle();
    const ends = this.#watch.ends(row);
    const last = this.#watch.blockOf(Math.min(sample, this.#decoded - 1));
    if (!ends || last < ends.first) return NOTHING;
    const { starts } = this.#watch;
    return {
      times: Float64Array.from(
        { length: last + 1 - ends.first },
        (_, i) => this.#file.elapsedMs[starts[ends.first + i]],
      ),
      values: ends.bytes.subarray(ends.first, last + 1),
    };
  }

  /** What is known of the row at the end of each block; all of what was decoded. */
  ends(row: number) {
    this.#settle();
    return this.#watch.ends(row);
  }

  /** The last sample of each block that is decoded. */
  endSamples(): number[] {
    const { starts } = this.#watch;
    const samples: number[] = [];
    for (let block = 0; block < this.#watch.count && starts[block] < this.#decoded; block++) {
      samples.push(Math.min(this.#decoded, starts[block + 1]) - 1);
    }
    return samples;
  }

  /** What the row's past up to a sample comes to, since the system was last started. */
  judge(row: number, sample: number, boot: number): Judgement {
    if (sample >= this.#decoded) return NOTHING_SEEN;
    this.#settle();
    const { elapsedMs } = this.#file;
    const from = boot === 0 ? 0 : this.#watch.blockOf(boot) + 1;
    const watch = this.#watch.levels(row, from, this.#wholeBlocks(this.#watch, sample), elapsedMs);
    const phases: PhaseLevels[] = [];
    for (const { firstBlock, blocks, ...phase } of this.#phases) {
      if (phase.startMs >= elapsedMs[sample] || phase.startMs < elapsedMs[boot]) continue;
      const end = Math.min(firstBlock + blocks, this.#wholeBlocks(this.#tested, sample));
      const open = phase.open || phase.endMs > elapsedMs[sample];
      phases.push({
        ...phase,
        open,
        endMs: Math.min(phase.endMs, elapsedMs[sample]),
        levels: this.#tested.levels(row, firstBlock, Math.max(firstBlock, end), elapsedMs),
      });
    }
    return judge({ watch, phases, endMs: elapsedMs[sample] });
  }

  /** Blocks that end with this sample or before. */
  #wholeBlocks(blocks: Blocks, sample: number): number {
    const block = blocks.blockOf(sample);
    return blocks.starts[block + 1] === sample + 1 ? block + 1 : block;
  }
}
