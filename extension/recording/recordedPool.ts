import type { PoolTag } from '../../language/tag/poolTag.ts';
import { counterDelta } from '../pool/counters.ts';
import type { Stretch } from '../pool/history.ts';
import { type Judgement, NOTHING_SEEN } from '../pool/judgement.ts';
import type { RowFigures } from '../pool/poolStore.ts';
import { MIN_RATE_SPAN_MS, RATE_SPAN_MS } from '../pool/rates.ts';
import type { PastSpan, RowPasts } from '../pool/rowPasts.ts';
import { poolRoom, type SystemFigures } from '../pool/snapshot.ts';
import { type TagTotals, totalsOf } from '../pool/tagTotals.ts';
import { isSuspect, ratesOf, type Verdict, verdictFrom } from '../pool/verdict.ts';
import type { PoolView } from '../watch.ts';
import type { RowFigures as RecordedFigures } from './changes.ts';
import { emptyFigures } from './changes.ts';
import { Overview } from './overview.ts';
import { recordedPasts } from './recordedPasts.ts';
import type { RecordingFile, SampleHeader } from './recordingFile.ts';

/** What is shown of each row besides its figures, by row number. */
function emptyShown(rows: number) {
  const column = () => new Float64Array(rows);
  return {
    allocsDelta: column(),
    freesDelta: column(),
    bytesDelta: column(),
    objectsPerMinute: column(),
    bytesPerMinute: column(),
  };
}
type Shown = ReturnType<typeof emptyShown>;

function copyFigures(to: RecordedFigures, from: RecordedFigures): void {
  to.allocs.set(from.allocs);
  to.frees.set(from.frees);
  to.bytes.set(from.bytes);
}

/** A recording's pool as it was at one moment, {@link show}n in place of another at any time. */
export class RecordedPool implements PoolView {
  readonly epoch = 0;
  private readonly file: RecordingFile;
  private readonly overview: Overview;
  private readonly byTag = new Map<PoolTag, number[]>();
  private readonly changedAt: Uint32Array;
  private readonly now: RecordedFigures;
  private readonly before: RecordedFigures;
  private readonly minuteAgo: RecordedFigures;
  private readonly shown: Shown;
  private readonly judgements: Judgement[];
  private moves = 0;
  private sample = 0;
  private header: SampleHeader;
  private headerBefore: SampleHeader;
  private headerMinuteAgo: SampleHeader;
  /** Milliseconds over which rates are taken; NaN rates where that is too short. */
  private rateSpanMs = 0;

  /** Shows the last moment of the recording first. */
  constructor(file: RecordingFile) {
    this.file = file;
    this.overview = new Overview(file);
    const { rowCount } = file;
    for (let row = 0; row < rowCount; row++) {
      const rows = this.byTag.get(file.tags[row]);
      if (rows) rows.push(row);
      else this.byTag.set(file.tags[row], [row]);
    }
    this.changedAt = new Uint32Array(rowCount);
    this.now = emptyFigures(rowCount);
    this.before = emptyFigures(rowCount);
    this.minuteAgo = emptyFigures(rowCount);
    this.shown = emptyShown(rowCount);
    this.judgements = new Array(rowCount).fill(NOTHING_SEEN);
    this.header = file.header(0);
    this.headerBefore = this.header;
    this.headerMinuteAgo = this.header;
    this.show(file.elapsedMs[file.samples - 1]);
  }

  get rowCount(): number {
    return this.file.rowCount;
  }

  get tagCount(): number {
    return this.byTag.size;
  }

  get version(): number {
    return this.moves;
  }

  get time(): number {
    return this.header.time;
  }

  get watchedMs(): number {
    return this.file.elapsedMs[this.sample];
  }

  get system(): SystemFigures {
    return this.header.system;
  }

  get pageFaultsDelta(): number {
    return counterDelta(this.header.system.pageFaults, this.headerBefore.system.pageFaults, 32) >>> 0;
  }

  get poolRates(): { readonly nonpagedKbPerMinute: number; readonly pagedKbPerMinute: number } {
    const rate = (name: 'nonpagedKb' | 'pagedKb') =>
      this.perMinute(this.header.system[name] - this.headerMinuteAgo.system[name]);
    return { nonpagedKbPerMinute: rate('nonpagedKb'), pagedKbPerMinute: rate('pagedKb') };
  }

  /** Shows the last sample that is not later than this. Rates are taken over the minute before it. */
  show(elapsedMs: number): void {
    const { file } = this;
    const sample = file.sampleAt(elapsedMs);
    if (this.moves > 0 && sample === this.sample) return;
    const boot = this.boot(sample);
    const minuteAgo = Math.max(boot, file.sampleAt(file.elapsedMs[sample] - RATE_SPAN_MS));
    const before = Math.max(boot, sample - 1);
    // In order of time: the reader goes forward only.
    copyFigures(this.minuteAgo, file.at(minuteAgo));
    copyFigures(this.before, file.at(before));
    this.moves++;
    this.sample = sample;
    this.header = file.header(sample);
    this.headerBefore = before === sample ? this.header : file.header(before);
    this.headerMinuteAgo = file.header(minuteAgo);
    this.rateSpanMs = file.elapsedMs[sample] - file.elapsedMs[minuteAgo];
    this.follow(file.at(sample));
  }

  /**
   * Decodes so many samples more for trends, charts and verdicts; true while there are others. The figures of the moment do
   * not wait for it.
   */
  decode(samples: number): boolean {
    this.overview.decode(samples);
    return !this.overview.done;
  }

  /** Judges every row by its past up to the moment shown, which costs more than to show the moment. */
  judge(): void {
    const boot = this.boot();
    this.moves++;
    for (let row = 0; row < this.judgements.length; row++) {
      const before = this.judgements[row];
      const judgement = this.overview.judge(row, this.sample, boot);
      this.judgements[row] = judgement;
      const same =
        before.kind === judgement.kind && before.objects === judgement.objects && before.overMs === judgement.overMs;
      if (!same && this.changedAt[row] > 0) this.changedAt[row] = this.moves;
    }
  }

  /** Something shown beside the rows is new: a version of its own, without a changed row. */
  touch(): void {
    this.moves++;
  }

  /** The verdict on a row, as of the last {@link judge}. */
  verdict(id: number): Verdict {
    return verdictFrom(this.judgements[id], poolRoom(this.header.system, this.file.paged[id] === 1));
  }

  /** The pasts of rows for a chart: each sample of a short span, blocks of a long one. */
  pasts(ids: readonly number[], span: PastSpan, points: number): RowPasts {
    return recordedPasts(this.file, this.overview, ids, span, points);
  }

  changedSince(version: number): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.changedAt.length; row++) if (this.changedAt[row] > version) rows.push(row);
    return rows;
  }

  row(id: number): RowFigures {
    const { now, shown } = this;
    const judgement = this.judgements[id];
    const { objectsPerCycle, objectsPerHour } = ratesOf(judgement);
    return {
      tag: this.file.tags[id],
      paged: this.file.paged[id] === 1,
      allocs: now.allocs[id],
      allocsDelta: shown.allocsDelta[id],
      frees: now.frees[id],
      freesDelta: shown.freesDelta[id],
      outstanding: now.allocs[id] - now.frees[id],
      bytes: now.bytes[id],
      bytesDelta: shown.bytesDelta[id],
      bytesPerMinute: shown.bytesPerMinute[id],
      objectsPerMinute: shown.objectsPerMinute[id],
      growing: isSuspect(judgement),
      verdict: judgement.kind,
      objectsPerCycle,
      objectsPerHour,
    };
  }

  trend(id: number): Stretch {
    return this.overview.trend(id, this.sample);
  }

  tags(): PoolTag[] {
    return [...this.byTag.keys()];
  }

  rowsOf(tag: PoolTag): number[] {
    return this.byTag.get(tag) ?? [];
  }

  totals(tag: PoolTag): TagTotals | undefined {
    return this.byTag.has(tag) ? totalsOf(this.rowsOf(tag).map((id) => this.row(id))) : undefined;
  }

  private perMinute(change: number): number {
    return this.rateSpanMs < MIN_RATE_SPAN_MS ? Number.NaN : (change / this.rateSpanMs) * 60_000;
  }

  /** The sample with which the system was last started before this one. */
  private boot(sample = this.sample): number {
    return this.file.bootSamples.findLast((first) => first <= sample) ?? 0;
  }

  /** Takes the figures of the moment, and notes the rows of which something shown is new. */
  private follow(figures: RecordedFigures): void {
    const { now, before, minuteAgo, shown } = this;
    for (let row = 0; row < this.changedAt.length; row++) {
      const allocs = figures.allocs[row];
      const frees = figures.frees[row];
      const bytes = figures.bytes[row];
      let changed = allocs !== now.allocs[row] || frees !== now.frees[row] || bytes !== now.bytes[row];
      now.allocs[row] = allocs;
      now.frees[row] = frees;
      now.bytes[row] = bytes;
      // A row that is new in this sample has no change yet.
      const isNew = before.allocs[row] === 0 && before.frees[row] === 0 && before.bytes[row] === 0;
      const put = (column: Float64Array, value: number) => {
        if (Object.is(column[row], value)) return;
        column[row] = value;
        changed = true;
      };
      put(shown.allocsDelta, isNew ? 0 : allocs - before.allocs[row]);
      put(shown.freesDelta, isNew ? 0 : frees - before.frees[row]);
      put(shown.bytesDelta, isNew ? 0 : bytes - before.bytes[row]);
      const objectsAgo = minuteAgo.allocs[row] - minuteAgo.frees[row];
      put(shown.objectsPerMinute, this.perMinute(allocs - frees - objectsAgo));
      put(shown.bytesPerMinute, this.perMinute(bytes - minuteAgo.bytes[row]));
      // A tag that the kernel did not know yet has no row.
      const isThere = allocs !== 0 || frees !== 0 || bytes !== 0;
      if (changed && (isThere || this.changedAt[row] > 0)) this.changedAt[row] = this.moves;
    }
  }
}
