import type { Stretch } from '../pool/history.ts';
import { applyChanges, emptyFigures } from './changes.ts';
import type { RecordingFile } from './recordingFile.ts';
import { PERIOD_SAMPLES } from './schema.ts';

/** Recordings of at most this many samples are decoded whole; longer ones are known by their periods. */
const DECODED_SAMPLES = 20_000;
/** Buckets of a recording that is decoded. */
const BUCKETS = 256;

/** One row over the whole recording, a value a bucket. */
interface RowSeries {
  /** The bucket in which the row appeared. */
  readonly first: number;
  /** Fewest outstanding objects within each bucket. */
  readonly floors: Float64Array;
  /** Bytes at the end of each bucket. */
  readonly bytes: Float64Array;
  /** The last bucket that was written; later ones stand as it ended. */
  filled: number;
  /** As the row stood last. */
  objects: number;
}

const NOTHING: Stretch = { times: new Float64Array(0), values: new Float64Array(0) };

/** The past of every row of a recording in few buckets: what trend lines and verdicts are taken from. */
export class Overview {
  /** Milliseconds since the first sample at which each bucket begins. */
  readonly times: Float64Array;
  readonly #span: number;
  readonly #rows: (RowSeries | undefined)[];

  constructor(file: RecordingFile) {
    const decoded = file.samples <= DECODED_SAMPLES;
    this.#span = decoded ? Math.max(1, Math.ceil(file.samples / BUCKETS)) : PERIOD_SAMPLES;
    const buckets = decoded ? Math.ceil(file.samples / this.#span) : file.periods.length;
    this.times = Float64Array.from({ length: buckets }, (_, i) => file.elapsedMs[i * this.#span]);
    this.#rows = new Array(file.rowCount);
    if (decoded) this.#decode(file);
    else this.#takePeriods(file);
    for (const series of this.#rows) if (series) fill(series, buckets);
  }

  /** The bucket that holds a sample; the last one for samples after the last whole period. */
  bucketOf(sample: number): number {
    return Math.min(this.times.length - 1, Math.floor(sample / this.#span));
  }

  /** Floors of the row's objects up to and including a bucket. */
  floors(row: number, bucket: number): Stretch {
    return this.#stretch(this.#rows[row], this.#rows[row]?.floors, bucket);
  }

  /** Bytes of the row at the end of each bucket, up to and including one. */
  bytes(row: number, bucket: number): Stretch {
    return this.#stretch(this.#rows[row], this.#rows[row]?.bytes, bucket);
  }

  #stretch(series: RowSeries | undefined, values: Float64Array | undefined, bucket: number): Stretch {
    if (!series || !values || bucket < series.first) return NOTHING;
    return { times: this.times.subarray(series.first, bucket + 1), values: values.subarray(series.first, bucket + 1) };
  }

  #decode(file: RecordingFile): void {
    const figures = emptyFigures(file.rowCount);
    file.walk(0, file.samples - 1, (changes, sample) => {
      const bucket = Math.floor(sample / this.#span);
      applyChanges(changes, figures, (row) => {
        this.#touch(row, bucket, figures.allocs[row] - figures.frees[row], figures.bytes[row]);
      });
      // A row that was there before another boot stands at zero, told before the figures are cleared.
      if (changes[0] === 1) this.#clear(bucket, figures.allocs);
    });
  }

  /** Rows that another boot did not bring back yet. */
  #clear(bucket: number, allocs: Float64Array): void {
    for (let row = 0; row < allocs.length; row++) {
      if (this.#rows[row] && allocs[row] === 0) this.#touch(row, bucket, 0, 0);
    }
  }

  #takePeriods(file: RecordingFile): void {
    for (const [bucket, period] of file.periods.entries()) {
      for (let i = 0; i < period.rows.length; i++) {
        const row = period.rows[i];
        this.#touch(row, bucket, period.leastObjects[i], period.bytes[i]);
        this.#rows[row]!.objects = period.allocs[i] - period.frees[i];
      }
    }
  }

  #touch(row: number, bucket: number, objects: number, bytes: number): void {
    let series = this.#rows[row];
    if (!series) {
      const length = this.times.length;
      series = {
        first: bucket,
        floors: new Float64Array(length),
        bytes: new Float64Array(length),
        filled: bucket,
        objects,
      };
      this.#rows[row] = series;
      series.floors[bucket] = objects;
    } else if (bucket > series.filled) {
      fill(series, bucket);
      series.filled = bucket;
      series.floors[bucket] = Math.min(series.objects, objects);
    } else {
      series.floors[bucket] = Math.min(series.floors[bucket], objects);
    }
    series.bytes[bucket] = bytes;
    series.objects = objects;
  }
}

/** Buckets up to `end`, not included, in which nothing changed. */
function fill(series: RowSeries, end: number): void {
  const { filled } = series;
  for (let bucket = filled + 1; bucket < end; bucket++) {
    series.floors[bucket] = series.objects;
    series.bytes[bucket] = series.bytes[filled];
  }
}
