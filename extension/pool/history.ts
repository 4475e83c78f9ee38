/**
 * The past of pool rows in bounded memory: the last samples one by one, and the whole watched time in buckets that
 * double their span when they are all used. A row that never changed costs nothing.
 */
import { emptyLevels, type Levels } from './levels.ts';

/** Samples kept one by one. */
export const RECENT_SAMPLES = 128;
/** Buckets over the whole watched time. */
export const LONG_BUCKETS = 256;

/**
 * The last {@link RECENT_SAMPLES} values, each written twice, half the array apart: so every stretch of them lies in one
 * piece, and is read without a copy.
 */
const RING_LENGTH = 2 * RECENT_SAMPLES;

function writeRing(ring: Float64Array, sample: number, value: number): void {
  const slot = sample % RECENT_SAMPLES;
  ring[slot] = value;
  ring[slot + RECENT_SAMPLES] = value;
}

/** The `length` values up to and including that of `sample`. */
function readRing(ring: Float64Array, sample: number, length: number): Float64Array {
  const end = (sample % RECENT_SAMPLES) + RECENT_SAMPLES + 1;
  return ring.subarray(end - length, end);
}

/** One row's past. Slots before its first sample hold its first value. */
interface RowHistory {
  readonly recentObjects: Float64Array;
  readonly recentBytes: Float64Array;
  /** Lowest number of objects seen within each bucket: the floor that caches and bursts stand on. */
  readonly floorObjects: Float64Array;
  /** Mean number of objects within each bucket. */
  readonly meanObjects: Float64Array;
  /** Bytes at the end of each bucket. */
  readonly longBytes: Float64Array;
  /** Allocations and frees since boot at the end of each bucket. */
  readonly longAllocs: Float64Array;
  readonly longFrees: Float64Array;
}

/** A stretch of a row's past, oldest first. Its arrays are views that hold until the next sample. */
export interface Stretch {
  /** Monotonic milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** No times. */
function emptyTimes(): Float64Array {
  return new Float64Array(0);
}

export class History {
  private samples = 0;
  private readonly times = new Float64Array(RING_LENGTH);
  private bucketSpan = 1;
  private readonly bucketTimes = new Float64Array(LONG_BUCKETS);
  /** Time of the last sample in each bucket. */
  private readonly bucketEnds = new Float64Array(LONG_BUCKETS);
  /** What {@link recentTimes} answered last. */
  private asked = { sample: 0, kept: 0, spanMs: 0, times: emptyTimes() };
  private readonly rows: (RowHistory | undefined)[] = [];
  private readonly firstSamples: number[] = [];
  private readonly restingObjects: number[] = [];
  private readonly restingBytes: number[] = [];
  private readonly firstAllocs: number[] = [];
  private readonly firstFrees: number[] = [];

  /** Samples taken so far. */
  get sampleCount(): number {
    return this.samples;
  }

  /** True once the row changed after its first sample; before that every figure of its past is the present one. */
  hasMoved(row: number): boolean {
    return this.rows[row] !== undefined;
  }

  /** Opens a sample; `monotonicMs` must not be less than the last one's. Call {@link record} for the rows next. */
  beginSample(monotonicMs: number): void {
    if (Math.floor(this.samples / this.bucketSpan) === LONG_BUCKETS) this.halveBuckets();
    const bucket = Math.floor(this.samples / this.bucketSpan);
    if (this.samples % this.bucketSpan === 0) this.bucketTimes[bucket] = monotonicMs;
    this.bucketEnds[bucket] = monotonicMs;
    writeRing(this.times, this.samples, monotonicMs);
    this.samples++;
  }

  /**
   * Records a row's outstanding objects and bytes, and its counters, in the open sample. Every known row must be recorded
   * in each sample.
   */
  record(row: number, objects: number, bytes: number, allocs = 0, frees = 0): void {
    const sample = this.samples - 1;
    if (this.firstSamples[row] === undefined) {
      this.firstSamples[row] = sample;
      this.restingObjects[row] = objects;
      this.restingBytes[row] = bytes;
      this.firstAllocs[row] = allocs;
      this.firstFrees[row] = frees;
      return;
    }
    let history = this.rows[row];
    if (!history) {
      const rests = objects === this.restingObjects[row] && bytes === this.restingBytes[row];
      if (rests && allocs === this.firstAllocs[row] && frees === this.firstFrees[row]) return;
      history = this.wake(row);
      this.rows[row] = history;
    }
    writeRing(history.recentObjects, sample, objects);
    writeRing(history.recentBytes, sample, bytes);
    const bucket = Math.floor(sample / this.bucketSpan);
    const within = sample - bucket * this.bucketSpan;
    if (within === 0) {
      history.floorObjects[bucket] = objects;
      history.meanObjects[bucket] = objects;
    } else {
      history.floorObjects[bucket] = Math.min(history.floorObjects[bucket], objects);
      history.meanObjects[bucket] += (objects - history.meanObjects[bucket]) / (within + 1);
    }
    history.longBytes[bucket] = bytes;
    history.longAllocs[bucket] = allocs;
    history.longFrees[bucket] = frees;
  }

  /** The row's objects over the last `spanMs` milliseconds, as far as they are kept one by one. */
  recentObjects(row: number, spanMs: number): Stretch {
    return this.recent(row, spanMs, this.rows[row]?.recentObjects, this.restingObjects[row]);
  }

  /** The row's bytes over the last `spanMs` milliseconds, as far as they are kept one by one. */
  recentBytes(row: number, spanMs: number): Stretch {
    return this.recent(row, spanMs, this.rows[row]?.recentBytes, this.restingBytes[row]);
  }

  /** Floor of the row's objects in each bucket since the row exists; the times are those at which the buckets begin. */
  floors(row: number): Stretch {
    return this.long(row, this.rows[row]?.floorObjects, this.restingObjects[row]);
  }

  /** The row's bytes at the end of each bucket since the row exists. */
  longBytes(row: number): Stretch {
    return this.long(row, this.rows[row]?.longBytes, this.restingBytes[row]);
  }

  /** The row's counters at the end of each bucket since the row exists; the times are those ends. */
  longCounters(row: number): { readonly allocs: Stretch; readonly frees: Stretch } {
    const history = this.rows[row];
    const atEnds = (buckets: Float64Array | undefined, resting: number): Stretch => {
      const { times, values } = this.long(row, buckets, resting);
      const first = times.byteOffset / times.BYTES_PER_ELEMENT;
      return { times: this.bucketEnds.subarray(first, first + times.length), values };
    };
    return {
      allocs: atEnds(history?.longAllocs, this.firstAllocs[row]),
      frees: atEnds(history?.longFrees, this.firstFrees[row]),
    };
  }

  /** All of the row's long past, a block a bucket. Views that hold until the next sample. */
  levels(row: number): Levels {
    const history = this.rows[row];
    const firstSample = this.firstSamples[row];
    if (firstSample === undefined) return emptyLevels(0);
    const first = Math.floor(firstSample / this.bucketSpan);
    const end = Math.floor((this.samples - 1) / this.bucketSpan) + 1;
    const times = this.bucketTimes.subarray(first, end);
    if (!history) {
      const resting = (value: number) => new Float64Array(end - first).fill(value);
      const objects = resting(this.restingObjects[row]);
      const bytes = resting(this.restingBytes[row]);
      return { times, floors: objects, means: objects, bytes, allocs: resting(this.firstAllocs[row]) };
    }
    return {
      times,
      floors: history.floorObjects.subarray(first, end),
      means: history.meanObjects.subarray(first, end),
      bytes: history.longBytes.subarray(first, end),
      allocs: history.longAllocs.subarray(first, end),
    };
  }

  private wake(row: number): RowHistory {
    // One piece of memory a row: each for itself would take a quarter more.
    const memory = new Float64Array(2 * RING_LENGTH + 5 * LONG_BUCKETS);
    let end = 0;
    const part = (length: number, value: number) => {
      end += length;
      return memory.subarray(end - length, end).fill(value);
    };
    const objects = this.restingObjects[row];
    const bytes = this.restingBytes[row];
    return {
      recentObjects: part(RING_LENGTH, objects),
      recentBytes: part(RING_LENGTH, bytes),
      floorObjects: part(LONG_BUCKETS, objects),
      meanObjects: part(LONG_BUCKETS, objects),
      longBytes: part(LONG_BUCKETS, bytes),
      longAllocs: part(LONG_BUCKETS, this.firstAllocs[row]),
      longFrees: part(LONG_BUCKETS, this.firstFrees[row]),
    };
  }

  private recent(row: number, spanMs: number, ring: Float64Array | undefined, resting: number): Stretch {
    const kept = Math.min(RECENT_SAMPLES, this.samples - (this.firstSamples[row] ?? this.samples));
    const times = this.recentTimes(kept, spanMs);
    const count = times.length;
    return { times, values: ring ? readRing(ring, this.samples - 1, count) : new Float64Array(count).fill(resting) };
  }

  /** The times of the last `kept` samples within the span. Nearly all rows of a sample ask for the same. */
  private recentTimes(kept: number, spanMs: number): Float64Array {
    const { asked } = this;
    if (asked.sample === this.samples && asked.kept === kept && asked.spanMs === spanMs) return asked.times;
    const all = readRing(this.times, this.samples - 1, kept);
    const since = all[kept - 1] - spanMs;
    let first = kept;
    while (first > 0 && all[first - 1] >= since) first--;
    const times = all.subarray(first);
    this.asked = { sample: this.samples, kept, spanMs, times };
    return times;
  }

  private long(row: number, buckets: Float64Array | undefined, resting: number): Stretch {
    const firstSample = this.firstSamples[row];
    if (firstSample === undefined) return { times: new Float64Array(0), values: new Float64Array(0) };
    const first = Math.floor(firstSample / this.bucketSpan);
    const end = Math.floor((this.samples - 1) / this.bucketSpan) + 1;
    return {
      times: this.bucketTimes.subarray(first, end),
      values: buckets ? buckets.subarray(first, end) : new Float64Array(end - first).fill(resting),
    };
  }

  /** Joins neighbouring buckets, so that twice the time fits. */
  private halveBuckets(): void {
    this.bucketSpan *= 2;
    const half = LONG_BUCKETS / 2;
    for (let i = 0; i < half; i++) {
      this.bucketTimes[i] = this.bucketTimes[2 * i];
      this.bucketEnds[i] = this.bucketEnds[2 * i + 1];
    }
    for (const history of this.rows) {
      if (!history) continue;
      const { floorObjects, meanObjects, longBytes, longAllocs, longFrees } = history;
      for (let i = 0; i < half; i++) {
        floorObjects[i] = Math.min(floorObjects[2 * i], floorObjects[2 * i + 1]);
        meanObjects[i] = (meanObjects[2 * i] + meanObjects[2 * i + 1]) / 2;
        longBytes[i] = longBytes[2 * i + 1];
        longAllocs[i] = longAllocs[2 * i + 1];
        longFrees[i] = longFrees[2 * i + 1];
      }
    }
  }
}
