/** A pool as text that other tools read: PoolMon's table, and CSV. */
import { tagLabel } from '../../language/tag/poolTag.ts';
import { bytesPerAlloc, COLUMN_HEADER, headerText, poolName, rowText } from '../pool/poolmonText.ts';
import type { RowFigures } from '../pool/poolStore.ts';
import type { PoolView } from '../watch.ts';
import type { RecordingFile } from './recordingFile.ts';

/** Moments of a recording in a CSV file, at the most. */
const MOST_MOMENTS = 288;

/** The rows that are there, the largest first. */
function rowsOf(pool: PoolView): RowFigures[] {
  return Array.from({ length: pool.rowCount }, (_, id) => pool.row(id))
    .filter(({ allocs, frees, bytes }) => allocs !== 0 || frees !== 0 || bytes !== 0)
    .sort((a, b) => b.bytes - a.bytes);
}

/** The moment as PoolMon would show it, changes since the last sample in parentheses. */
export function poolmonTable(pool: PoolView): string {
  const head = pool.system ? [headerText(pool.system, pool.pageFaultsDelta), ''] : [];
  return `${[...head, COLUMN_HEADER, ...rowsOf(pool).map(rowText)].join('\n')}\n`;
}

const CSV_HEAD = ['DateTime', 'Tag', 'Type', 'Allocs', 'Frees', 'Diff', 'Bytes', 'PerAlloc'];

function csvLine(cells: readonly (string | number)[]): string {
  return cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
}

/** The moment as CSV, in the manner of poolmon-powershell: all cells quoted, CRLF. Bytes of a tag that cannot be shown are `\xNN`. */
export function csvOfMoment(pool: PoolView): string {
  const time = new Date(pool.time).toISOString();
  const lines = rowsOf(pool).map((row) => {
    const { allocs, frees, outstanding, bytes } = row;
    const cells = [time, tagLabel(row.tag), poolName(row), allocs, frees, outstanding, bytes];
    return csvLine([...cells, bytesPerAlloc(bytes, outstanding)]);
  });
  return `${[csvLine(CSV_HEAD), ...lines].join('\r\n')}\r\n`;
}

/** A recording as CSV: all rows of at most 288 moments, evenly chosen, the first and the last among them. In pieces of text. */
export function* csvOfRecording(file: RecordingFile): Generator<string> {
  yield `${csvLine(CSV_HEAD)}\r\n`;
  const last = file.samples - 1;
  const moments = Math.min(MOST_MOMENTS, file.samples);
  for (let i = 0; i < moments; i++) {
    const sample = moments === 1 ? last : Math.round((i * last) / (moments - 1));
    const time = new Date(file.header(sample).time).toISOString();
    const { allocs, frees, bytes } = file.at(sample);
    let text = '';
    for (let row = 0; row < file.rowCount; row++) {
      if (allocs[row] === 0 && frees[row] === 0 && bytes[row] === 0) continue;
      const objects = allocs[row] - frees[row];
      const type = poolName({ paged: file.paged[row] === 1 });
      const cells = [time, tagLabel(file.tags[row]), type, allocs[row], frees[row], objects, bytes[row]];
      text += `${csvLine([...cells, bytesPerAlloc(bytes[row], objects)])}\r\n`;
    }
    yield text;
  }
}
