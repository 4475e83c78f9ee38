import type { PoolTag } from '../../language/tag/poolTag.ts';
import { counterDelta, outstandingOf } from './counters.ts';
import { History, RECENT_SAMPLES, type Stretch } from './history.ts';
import { pastsOf } from './historyPasts.ts';
import { type Judgement, NOTHING_SEEN } from './judgement.ts';
import { PhaseHistory } from './phaseHistory.ts';
import type { PhaseMarkKind } from './phases.ts';
import { MIN_RATE_SPAN_MS, RATE_SPAN_MS, RateMeter } from './rates.ts';
import type { PastSpan, RowPasts } from './rowPasts.ts';
import { type PoolSnapshot, poolRoom, type SystemFigures } from './snapshot.ts';
import { type TagTotals, totalsOf } from './tagTotals.ts';
import { isSuspect, judge, ratesOf, type Verdict, type VerdictKind, verdictFrom } from './verdict.ts';
import { MIN_WATCHED_MS } from './watchJudge.ts';

/** A row of the table as one value. NaN rates: not watched long enough. */
export interface RowFigures {
  readonly tag: PoolTag;
  readonly paged: boolean;
  /** Since boot, unwrapped as far as it was watched. */
  readonly allocs: number;
  readonly allocsDelta: number;
  readonly frees: number;
  readonly freesDelta: number;
  readonly outstanding: number;
  readonly bytes: number;
  readonly bytesDelta: number;
  readonly bytesPerMinute: number;
  readonly objectsPerMinute: number;
  /** The verdict is leak or growing. */
  readonly growing: boolean;
  /** In full: {@link PoolStore.verdict}. */
  readonly verdict: VerdictKind;
  /** Objects that stay after each cycle of the test, and an hour, as the verdict has them; NaN where it has none. */
  readonly objectsPerCycle: number;
  readonly objectsPerHour: number;
}

interface Row {
  readonly id: number;
  readonly tag: PoolTag;
  readonly paged: boolean;
  rawAllocs: number;
  rawFrees: number;
  allocs: number;
  allocsDelta: number;
  frees: number;
  freesDelta: number;
  outstanding: number;
  bytes: number;
  bytesDelta: number;
  bytesPerMinute: number;
  objectsPerMinute: number;
  growing: boolean;
  verdict: VerdictKind;
  objectsPerCycle: number;
  objectsPerHour: number;
  judgement: Judgement;
  /** Marks that were made when it was judged. */
  judgedMark: number;
  /** When it was judged, and for how long it was suspect; what it was not takes off as much. */
  judgedMs: number;
  suspectMs: number;
  /** Sample in which a counter moved last. */
  movedAt: number;
  /** Sample in which anything shown of the row changed last, its rates included. */
  changedAt: number;
}

/** One pool's columns of one tag in a sample. */
interface Counters {
  readonly allocs: number;
  readonly frees: number;
  readonly bytes: number;
}

function newRow(id: number, tag: PoolTag, paged: boolean, bits: 32 | 64, now: Counters, sample: number): Row {
  return {
    id,
    tag,
    paged,
    rawAllocs: now.allocs,
    rawFrees: now.frees,
    allocs: now.allocs,
    allocsDelta: 0,
    frees: now.frees,
    freesDelta: 0,
    outstanding: outstandingOf(now.allocs, now.frees, bits),
    bytes: now.bytes,
    bytesDelta: 0,
    bytesPerMinute: Number.NaN,
    objectsPerMinute: Number.NaN,
    growing: false,
    verdict: 'unknown',
    objectsPerCycle: Number.NaN,
    objectsPerHour: Number.NaN,
    judgement: NOTHING_SEEN,
    judgedMark: 0,
    judgedMs: 0,
    suspectMs: 0,
    movedAt: sample,
    changedAt: sample,
  };
}

/** Every row is judged once in so many samples at the most often, each sample another share of them. */
const JUDGE_EVERY = 4;
/** A row that does not move has its rate renewed once in so many samples. */
const RATE_EVERY = 4;
/** Rows judged in a sample at the most: where more move, each has its turn less often. */
export const JUDGED_AT_ONCE = 500;
/** The same while phases are marked: a row has levels in each of them then. */
export const JUDGED_IN_CYCLES = 120;

/** Tags whose counters may seem to fall without a new boot being taken for the cause. */
const FEW_FALLEN = 2;

/**
 * The one mutable truth about the watched pool: the newest figures of each row (a tag in one pool), their past, and what
 * follows from it. Sources feed it with {@link apply}; everything else reads.
 */
export class PoolStore {
  private readonly rows: Row[] = [];
  /** Row ids by tag: index 0 nonpaged, 1 paged; -1 where the tag never used that pool. */
  private readonly byTag = new Map<PoolTag, [number, number]>();
  /** Tags and row ids in the order of the last table: most tables list the same tags in the same order. */
  private readonly order: { readonly tag: PoolTag; readonly ids: [number, number] }[] = [];
  private readonly rates = new RateMeter();
  private history = new History();
  private systemHistory = new History();
  private phaseHistory = new PhaseHistory();
  private latest: PoolSnapshot | undefined;
  private firstMs = 0;
  private judgeEvery = JUDGE_EVERY;
  /** Rows that ever moved, counted anew with each sample. */
  private moved = 0;
  private epochs = 0;
  private faults = 0;

  /** Rows known; ids run from 0. */
  get rowCount(): number {
    return this.rows.length;
  }

  /** Distinct tags known. */
  get tagCount(): number {
    return this.byTag.size;
  }

  /** Samples taken: the version that {@link changedSince} compares with. */
  get version(): number {
    return this.history.sampleCount;
  }

  /** Grows each time everything was forgotten: row ids and versions of another epoch mean nothing. */
  get epoch(): number {
    return this.epochs;
  }

  /** Wall clock of the newest sample, ms since 1970; 0 before the first. */
  get time(): number {
    return this.latest?.time ?? 0;
  }

  /** Milliseconds from the first sample to the newest. */
  get watchedMs(): number {
    return this.latest ? this.latest.monotonicMs - this.firstMs : 0;
  }

  get system(): SystemFigures | null {
    return this.latest?.system ?? null;
  }

  /** Page faults between the last two samples. */
  get pageFaultsDelta(): number {
    return this.faults;
  }

  /** Growth of the two pools over the last minute, KiB per minute; NaN when not watched long enough. */
  get poolRates(): { readonly nonpagedKbPerMinute: number; readonly pagedKbPerMinute: number } {
    return {
      nonpagedKbPerMinute: this.rates.perMinute(this.systemHistory.recentBytes(0, RATE_SPAN_MS)),
      pagedKbPerMinute: this.rates.perMinute(this.systemHistory.recentBytes(1, RATE_SPAN_MS)),
    };
  }

  /** Forgets everything: another source, or another boot. */
  reset(): void {
    this.epochs++;
    this.rows.length = 0;
    this.byTag.clear();
    this.order.length = 0;
    this.history = new History();
    this.systemHistory = new History();
    this.phaseHistory = new PhaseHistory();
    this.latest = undefined;
    this.faults = 0;
  }

  /**
   * Takes the next sample of the same source. Its monotonic clock must not run backwards. Where the counters fell, the
   * system has booted anew: everything is forgotten then, and this sample is the first.
   */
  apply(snapshot: PoolSnapshot): void {
    if (this.isAnotherBoot(snapshot)) this.reset();
    const before = this.latest;
    if (!before) this.firstMs = snapshot.monotonicMs;
    this.latest = snapshot;
    this.faults = before ? counterDelta(snapshot.system.pageFaults, before.system.pageFaults, 32) >>> 0 : 0;
    this.history.beginSample(snapshot.monotonicMs);
    this.systemHistory.beginSample(snapshot.monotonicMs);
    this.phaseHistory.beginSample(snapshot.monotonicMs);
    this.systemHistory.record(0, 0, snapshot.system.nonpagedKb);
    this.systemHistory.record(1, 0, snapshot.system.pagedKb);

    const { tags } = snapshot;
    const {
      counterBits: bits,
      nonpagedAllocs,
      nonpagedFrees,
      nonpagedBytes,
      pagedAllocs,
      pagedFrees,
      pagedBytes,
    } = snapshot;
    for (let i = 0; i < tags.length; i++) {
      if (this.order[i]?.tag !== tags[i]) this.order[i] = { tag: tags[i], ids: this.idsOf(tags[i]) };
      const { tag, ids } = this.order[i];
      this.take(tag, 0, ids, bits, nonpagedAllocs[i], nonpagedFrees[i], nonpagedBytes[i]);
      this.take(tag, 1, ids, bits, pagedAllocs[i], pagedFrees[i], pagedBytes[i]);
    }
    const most = this.phaseHistory.isEmpty ? JUDGED_AT_ONCE : JUDGED_IN_CYCLES;
    this.judgeEvery = Math.max(JUDGE_EVERY, Math.ceil(this.moved / most));
    this.moved = 0;
    for (const row of this.rows) this.follow(row);
  }

  /**
   * The test stands at `kind` from the newest sample on; `operations` are those of the cycle that begins, null for unknown.
   * Before the first sample there is nothing to mark.
   */
  mark(kind: PhaseMarkKind, operations: number | null = null): void {
    if (this.latest) this.phaseHistory.mark(kind, operations);
  }

  /** The verdict on a row, as of a few samples ago at the most; not `timed` where the samples' times are not known. */
  verdict(id: number, timed = true): Verdict {
    const row = this.rows[id];
    return verdictFrom(row.judgement, this.latest ? poolRoom(this.latest.system, row.paged) : undefined, timed);
  }

  /** Judges every row by the newest sample: at the end of a log, where no later sample gives the occasion. */
  judgeAll(): void {
    for (const row of this.rows) this.judge(row, true);
  }

  /** Ids of the rows of which something shown changed after `version`; all rows for version 0. */
  changedSince(version: number): number[] {
    const ids: number[] = [];
    for (const row of this.rows) if (row.changedAt > version) ids.push(row.id);
    return ids;
  }

  /** The row's present figures; deltas are those of the newest sample. `id` must be below {@link rowCount}. */
  row(id: number): RowFigures {
    const row = this.rows[id];
    if (row.movedAt === this.version) return row;
    return { ...row, allocsDelta: 0, freesDelta: 0, bytesDelta: 0 };
  }

  /** Bytes of the row over the whole watched time, in at most 256 points. */
  trend(id: number): Stretch {
    return this.history.longBytes(id);
  }

  /** The pasts of rows for a chart; single samples as far as they are kept, buckets before. */
  pasts(ids: readonly number[], span: PastSpan, points: number): RowPasts {
    return pastsOf(this.history, this.firstMs, ids, span, points);
  }

  /** All tags of the pool. */
  tags(): PoolTag[] {
    return [...this.byTag.keys()];
  }

  /** Ids of the tag's rows, one a pool; none for a tag that the pool does not have. */
  rowsOf(tag: PoolTag): number[] {
    return (this.byTag.get(tag) ?? []).filter((id) => id >= 0);
  }

  /** Both pools of a tag summed; undefined for a tag the pool does not have. */
  totals(tag: PoolTag): TagTotals | undefined {
    return this.byTag.has(tag) ? totalsOf(this.rowsOf(tag).map((id) => this.rows[id])) : undefined;
  }

  /** Counters never fall while a system runs; a few that seem to may come from a table read while it changes. */
  private isAnotherBoot(snapshot: PoolSnapshot): boolean {
    const { tags, counterBits, pagedAllocs, nonpagedAllocs } = snapshot;
    let fallen = 0;
    for (let i = 0; i < tags.length; i++) {
      const known = this.order[i];
      const ids = known?.tag === tags[i] ? known.ids : this.byTag.get(tags[i]);
      if (!ids) continue;
      if (this.fell(ids[0], nonpagedAllocs[i], counterBits) || this.fell(ids[1], pagedAllocs[i], counterBits)) fallen++;
    }
    return fallen > FEW_FALLEN && fallen > this.byTag.size / 20;
  }

  private fell(id: number, allocs: number, bits: 32 | 64): boolean {
    return id >= 0 && counterDelta(allocs, this.rows[id].rawAllocs, bits) < 0;
  }

  private idsOf(tag: PoolTag): [number, number] {
    let ids = this.byTag.get(tag);
    if (!ids) {
      ids = [-1, -1];
      this.byTag.set(tag, ids);
    }
    return ids;
  }

  /** Takes one pool's counters of a tag. Runs twice a tag in each sample, and so makes no objects. */
  private take(
    tag: PoolTag,
    pool: 0 | 1,
    ids: [number, number],
    bits: 32 | 64,
    allocs: number,
    frees: number,
    bytes: number,
  ): void {
    const row = this.rows[ids[pool]];
    if (!row) {
      // As in PoolMon, a tag has a row only in the pools it has used.
      if (allocs === 0 && frees === 0 && bytes === 0) return;
      ids[pool] = this.rows.length;
      this.rows.push(newRow(this.rows.length, tag, pool === 1, bits, { allocs, frees, bytes }, this.version));
      return;
    }
    if (row.rawAllocs === allocs && row.rawFrees === frees && row.bytes === bytes) return;
    row.allocsDelta = counterDelta(allocs, row.rawAllocs, bits);
    row.freesDelta = counterDelta(frees, row.rawFrees, bits);
    row.bytesDelta = bytes - row.bytes;
    row.rawAllocs = allocs;
    row.rawFrees = frees;
    row.allocs += row.allocsDelta;
    row.frees += row.freesDelta;
    row.outstanding = outstandingOf(allocs, frees, bits);
    row.bytes = bytes;
    row.movedAt = this.version;
    row.changedAt = this.version;
  }

  /** Records the row's sample and renews what follows from its past. */
  private follow(row: Row): void {
    this.history.record(row.id, row.outstanding, row.bytes, row.allocs, row.frees);
    this.phaseHistory.record(row.id, row.outstanding, row.bytes, row.allocs);
    if (!this.history.hasMoved(row.id)) {
      if (row.bytesPerMinute !== 0 && this.watchedMs >= MIN_RATE_SPAN_MS) this.setRates(row, 0, 0);
      if (row.verdict === 'unknown' && this.watchedMs >= MIN_WATCHED_MS) this.judge(row);
      return;
    }
    this.moved++;
    const settled = this.version - row.movedAt > RECENT_SAMPLES;
    // A row that moves has its new rate at once; the rate of one that does not fades slowly.
    const turn = row.movedAt === this.version || (this.version + row.id) % RATE_EVERY === 0;
    if (turn && (!settled || row.bytesPerMinute !== 0 || row.objectsPerMinute !== 0)) {
      this.setRates(
        row,
        this.rates.perMinute(this.history.recentObjects(row.id, RATE_SPAN_MS)),
        this.rates.perMinute(this.history.recentBytes(row.id, RATE_SPAN_MS)),
      );
    }
    const due = (this.version + row.id) % this.judgeEvery === 0;
    const open = !settled || row.growing || row.verdict === 'unknown';
    if (due && (open || row.judgedMark !== this.phaseHistory.version)) this.judge(row);
  }

  /** With `atEnd` what is seen now counts, though it could not hold for a while. */
  private judge(row: Row, atEnd = false): void {
    const { phaseHistory } = this;
    const endMs = this.latest!.monotonicMs;
    const phases = phaseHistory.isEmpty ? [] : phaseHistory.levels(row.id);
    const past = { watch: this.history.levels(row.id), phases, endMs };
    let judgement = judge(past);
    const since = endMs - row.judgedMs;
    row.judgedMs = endMs;
    row.suspectMs = isSuspect(judgement) ? row.suspectMs + since : Math.max(0, row.suspectMs - since);
    const heldShare = row.suspectMs / Math.max(1, this.watchedMs);
    if (judgement.holdShare > heldShare && !atEnd) judgement = judge(past, heldShare);
    row.judgedMark = phaseHistory.version;
    row.judgement = judgement;
    const { objectsPerCycle, objectsPerHour } = ratesOf(judgement);
    const same =
      row.verdict === judgement.kind &&
      Object.is(row.objectsPerCycle, objectsPerCycle) &&
      Object.is(row.objectsPerHour, objectsPerHour);
    if (same) return;
    row.verdict = judgement.kind;
    row.growing = isSuspect(judgement);
    row.objectsPerCycle = objectsPerCycle;
    row.objectsPerHour = objectsPerHour;
    row.changedAt = this.version;
  }

  private setRates(row: Row, objectsPerMinute: number, bytesPerMinute: number): void {
    if (Object.is(row.objectsPerMinute, objectsPerMinute) && Object.is(row.bytesPerMinute, bytesPerMinute)) return;
    row.objectsPerMinute = objectsPerMinute;
    row.bytesPerMinute = bytesPerMinute;
    row.changedAt = this.version;
  }
}
