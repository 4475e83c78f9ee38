import path from 'node:path';
import {
  alignment,
  type Comparison,
  type ComparisonSide,
  compareTables,
  gains,
  type MomentRow,
  testedSpan,
} from '../pool/comparison.ts';
import type { RecordingFile } from './recordingFile.ts';

/** All rows that were there at a moment, milliseconds since the first sample. */
function tableAt(file: RecordingFile, elapsedMs: number): MomentRow[] {
  const { allocs, frees, bytes } = file.at(file.sampleAt(elapsedMs));
  const rows: MomentRow[] = [];
  for (let row = 0; row < file.rowCount; row++) {
    if (allocs[row] === 0 && frees[row] === 0 && bytes[row] === 0) continue;
    rows.push({
      tag: file.tags[row],
      paged: file.paged[row] === 1,
      objects: allocs[row] - frees[row],
      bytes: bytes[row],
    });
  }
  return rows;
}

/** `0:12:41` */
export function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function phaseAt(file: RecordingFile, elapsedMs: number): string {
  const mark = file.marks.findLast((of) => of.elapsedMs <= elapsedMs);
  if (!mark || mark.phase === 'end') return '';
  return mark.phase === 'test' ? `, test ${mark.cycle}` : `, ${mark.phase}`;
}

function momentSide(file: RecordingFile, elapsedMs: number): ComparisonSide {
  const { time } = file.header(file.sampleAt(elapsedMs));
  return { label: `${clockText(elapsedMs)}${phaseAt(file, elapsedMs)}`, detail: new Date(time).toISOString() };
}

/** Two moments of one recording: what was outstanding then and then, the earlier one first. */
export function compareMoments(file: RecordingFile, oneMs: number, otherMs: number): Comparison {
  const [fromMs, toMs] = oneMs <= otherMs ? [oneMs, otherMs] : [otherMs, oneMs];
  const boots = file.bootSamples.filter((sample) => file.elapsedMs[sample] > fromMs && file.elapsedMs[sample] <= toMs);
  return {
    basis: 'moment',
    before: momentSide(file, fromMs),
    after: momentSide(file, toMs),
    alignment: boots.length > 0 ? 'The system was started anew between the two: every counter began again.' : '',
    ...compareTables(tableAt(file, fromMs), tableAt(file, toMs)),
  };
}

function runSide(file: RecordingFile): ComparisonSide {
  const { workspace, system } = file.info;
  const length = clockText(file.elapsedMs[file.samples - 1]);
  return {
    label: path.basename(file.file),
    detail: [new Date(file.header(0).time).toISOString(), length, workspace, system]
      .filter((text) => text !== '')
      .join(' · '),
  };
}

/** What the tested parts of two recordings gained, in a cycle where both were marked, else in an hour. */
export function compareRecordings(before: RecordingFile, after: RecordingFile): Comparison {
  const spanOf = (file: RecordingFile) => testedSpan(file.marks, file.elapsedMs[file.samples - 1]);
  const spans = { before: spanOf(before), after: spanOf(after) };
  const aligned = alignment(spans.before, spans.after);
  const gained = (file: RecordingFile, { fromMs, toMs }: { fromMs: number; toMs: number }, parts: number) =>
    gains(tableAt(file, fromMs), tableAt(file, toMs), parts);
  return {
    basis: aligned.basis,
    before: runSide(before),
    after: runSide(after),
    alignment: aligned.words,
    ...compareTables(gained(before, spans.before, aligned.beforeParts), gained(after, spans.after, aligned.afterParts)),
  };
}
