import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { csvOfMoment, csvOfRecording, poolmonTable } from '../../../extension/recording/exportText.ts';
import { RecordingWatch } from '../../../extension/recording/recordingWatch.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { sampleAt } from '../pool/samples.ts';
import { INFO, scratchFolder } from './pools.ts';

function recorded(samples: number): RecordingWatch {
  const file = path.join(scratchFolder(), 'a.poollens');
  const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
  for (let i = 0; i < samples; i++) {
    const sample = sampleAt(i * 1000, [
      { tag: 'a","', paged: [10 + i, 4, 600] },
      { tag: '\x01=b ', nonpaged: [5, 0, 999] },
    ]);
    writer.sample(sample, { elapsedMs: i * 1000, newBoot: false });
  }
  writer.close();
  const watch = new RecordingWatch(file);
  onTestFinished(() => watch.dispose());
  return watch;
}

describe('export', () => {
  test('CSV: every cell quoted, whatever the tag holds', () => {
    const lines = csvOfMoment(recorded(2).store).split('\r\n');
    expect(lines).toEqual([
      '"DateTime","Tag","Type","Allocs","Frees","Diff","Bytes","PerAlloc"',
      '"2023-11-14T22:13:21.000Z","\\x01=b ","Nonp","5","0","5","999","199"',
      '"2023-11-14T22:13:21.000Z","a"",""","Paged","11","4","7","600","85"',
      '',
    ]);
  });

  test('CSV of a recording: moments from the first to the last, not more than 288', () => {
    const text = [...csvOfRecording(recorded(600).file)].join('');
    const times = [...new Set(text.match(/^"20[^"]+"/gm))];
    expect(times).toHaveLength(288);
    expect([times[0], times.at(-1)]).toEqual(['"2023-11-14T22:13:20.000Z"', '"2023-11-14T22:23:19.000Z"']);
    expect([...csvOfRecording(recorded(1).file)].join('').split('\r\n')).toHaveLength(4);
  });

  test('PoolMon text: header, columns, changes since the last sample, nothing that a terminal acts on', () => {
    const lines = poolmonTable(recorded(2).store).split('\n');
    expect(lines[0]).toMatch(/^ Memory: *16000000K Avail: *8000000K/);
    expect(lines[3]).toMatch(/^ Tag {2}Type/);
    expect(lines[4]).toMatch(/^ \?=b {2}Nonp /);
    expect(lines[5]).toMatch(/^ a"," Paged +11 \( +1\) +4 \( +0\) +7 +600/);
  });
});
