import { NO_PASTS, type PastSpan, type RowPast, type RowPasts, thinned } from '../pool/rowPasts.ts';
import { applyChanges, emptyFigures } from './changes.ts';
import type { Overview } from './overview.ts';
import type { RecordingFile } from './recordingFile.ts';

/** A span of at most this many samples is decoded for the chart, each sample by itself. */
const DECODED_SAMPLES = 3_000;

/** Columns of one row at common times; the rates follow from them. */
interface RowColumns {
  readonly allocs: Float64Array;
  readonly frees: Float64Array;
  readonly bytes: Float64Array;
}

/** The pasts of rows of a recording; see `rowPasts.ts`. Each sample of a short span, the ends of blocks of a long one. */
export function recordedPasts(
  file: RecordingFile,
  overview: Overview,
  ids: readonly number[],
  span: PastSpan,
  points: number,
): RowPasts {
  if (ids.length === 0) return NO_PASTS;
  const first = span.fromMs === null ? 0 : file.sampleAt(span.fromMs);
  const last = Math.min(file.samples - 1, span.toMs === null ? file.samples - 1 : file.sampleAt(span.toMs) + 1);
  if (last - first < DECODED_SAMPLES) return pastsOfSamples(file, ids, first, last, points);
  const samples = overview.endSamples();
  const times = Float64Array.from(samples, (sample) => file.elapsedMs[sample]);
  const columns = ids.map((id): RowColumns => {
    const ends = overview.ends(id);
    const pick = (name: keyof RowColumns) =>
      Float64Array.from(samples, (_, block) => (ends && block >= ends.first ? ends[name][block] : Number.NaN));
    return { allocs: pick('allocs'), frees: pick('frees'), bytes: pick('bytes') };
  });
  return pastsOf(ids, times, columns, thinned(times, span, points));
}

function pastsOfSamples(
  file: RecordingFile,
  ids: readonly number[],
  first: number,
  last: number,
  points: number,
): RowPasts {
  const count = last - first + 1;
  const figures = emptyFigures(file.rowCount);
  const start = file.at(first);
  figures.allocs.set(start.allocs);
  figures.frees.set(start.frees);
  figures.bytes.set(start.bytes);
  const times = file.elapsedMs.slice(first, last + 1);
  const columns = ids.map((): RowColumns => {
    const column = () => new Float64Array(count).fill(Number.NaN);
    return { allocs: column(), frees: column(), bytes: column() };
  });
  const take = (at: number) => {
    for (const [i, id] of ids.entries()) {
      const { allocs, frees, bytes } = figures;
      // A row of zeros is not there yet.
      if (allocs[id] === 0 && frees[id] === 0 && bytes[id] === 0) continue;
      columns[i].allocs[at] = allocs[id];
      columns[i].frees[at] = frees[id];
      columns[i].bytes[at] = bytes[id];
    }
  };
  take(0);
  file.walk(first + 1, last, (changes, sample) => {
    applyChanges(changes, figures);
    take(sample - first);
  });
  return pastsOf(ids, times, columns, thinned(times, { fromMs: null, toMs: null }, points));
}

function pastsOf(
  ids: readonly number[],
  times: Float64Array,
  columns: readonly RowColumns[],
  chosen: readonly number[],
): RowPasts {
  const at = Float64Array.from(chosen, (index) => times[index]);
  const rows = ids.map((id, i): RowPast => {
    const { allocs, frees, bytes } = columns[i];
    return {
      id,
      objects: Float64Array.from(chosen, (index) => allocs[index] - frees[index]),
      bytes: Float64Array.from(chosen, (index) => bytes[index]),
      allocsPerSecond: rates(allocs, at, chosen),
      freesPerSecond: rates(frees, at, chosen),
    };
  });
  return { times: at, rows };
}

/** Counts a second since the time before; NaN for the first, and where another boot made the counter fall. */
function rates(counter: Float64Array, times: Float64Array, chosen: readonly number[]): Float64Array {
  return Float64Array.from(chosen, (index, i) => {
    if (i === 0) return Number.NaN;
    const gained = counter[index] - counter[chosen[i - 1]];
    const seconds = (times[i] - times[i - 1]) / 1000;
    return gained >= 0 && seconds > 0 ? gained / seconds : Number.NaN;
  });
}
