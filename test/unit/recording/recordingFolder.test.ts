import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  keepRecording,
  planRetention,
  recordingFileName,
  removeRecording,
  type StoredRecording,
  storedRecordings,
} from '../../../extension/recording/recordingFolder.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { INFO, RandomPool, scratchFolder } from './pools.ts';

const DAY = 86_400_000;

function stored(file: string, ageDays: number, bytes: number, more: Partial<StoredRecording> = {}): StoredRecording {
  return { file, bytes, changed: -ageDays * DAY, kept: false, open: false, ...more };
}

describe('what is kept', () => {
  const limits = { maxAgeMs: 10 * DAY, maxTotalBytes: 1_000 };
  const plan = (...recordings: StoredRecording[]) => {
    const { remove, spared, excessBytes } = planRetention(recordings, limits, 0);
    return { remove: remove.map(({ file }) => file), spared: spared.map(({ file }) => file), excessBytes };
  };

  test('too old goes; then the oldest, until the rest fits', () => {
    expect(plan(stored('a', 12, 10), stored('b', 5, 600), stored('c', 4, 500), stored('d', 1, 300))).toEqual({
      remove: ['a', 'b'],
      spared: [],
      excessBytes: 0,
    });
  });

  test('kept, open and unreadable ones stay, and it is known that they do', () => {
    expect(
      plan(
        stored('kept', 99, 900, { kept: true }),
        stored('unreadable', 50, 10, { kept: 'unknown' }),
        stored('plain', 3, 100),
        stored('open', 0, 500, { open: true }),
      ),
    ).toEqual({ remove: ['plain'], spared: ['kept', 'unreadable', 'open'], excessBytes: 410 });
  });

  test('within the limits nothing happens', () => {
    expect(plan(stored('a', 9, 500), stored('b', 0, 500))).toEqual({ remove: [], spared: [], excessBytes: 0 });
  });
});

describe('the folder', () => {
  test('its recordings, the oldest first: which are kept, which are being written; nothing else', () => {
    const folder = scratchFolder();
    const make = (name: string) => {
      const writer = new RecordingWriter(path.join(folder, name), INFO, { maxBytes: 1e9 });
      writer.sample(new RandomPool(1, 5).next(), { elapsedMs: 0, newBoot: false });
      return writer;
    };
    make('kept.poollens').close();
    make('old.poollens').close();
    const open = make('open.poollens');
    keepRecording(path.join(folder, 'kept.poollens'), true);
    utimesSync(path.join(folder, 'old.poollens'), 1_000, 1_000);
    writeFileSync(path.join(folder, 'rubbish.poollens'), 'rubbish');
    utimesSync(path.join(folder, 'rubbish.poollens'), 2_000, 2_000);
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    symlinkSync('/etc/passwd', path.join(folder, 'link.poollens'));
    const found = storedRecordings(folder).map(({ file, kept, open: isOpen }) => [path.basename(file), kept, isOpen]);
    open.close();
    expect(found.slice(0, 2)).toEqual([
      ['old.poollens', false, false],
      ['rubbish.poollens', 'unknown', false],
    ]);
    expect(new Map(found.map(([name, ...rest]) => [name, rest]))).toEqual(
      new Map([
        ['old.poollens', [false, false]],
        ['rubbish.poollens', ['unknown', false]],
        ['kept.poollens', [true, false]],
        ['open.poollens', [false, true]],
      ]),
    );
    keepRecording(path.join(folder, 'kept.poollens'), false);
    removeRecording(path.join(folder, 'old.poollens'));
    expect(storedRecordings(folder).some(({ kept }) => kept === true)).toBe(false);
    expect(storedRecordings(folder)).toHaveLength(3);
  });

  test('a folder that is not there holds none', () => {
    expect(storedRecordings(path.join(scratchFolder(), 'none'))).toEqual([]);
  });

  test('names sort by time, and hold nothing that a file system minds', () => {
    const name = recordingFileName(new Date(2026, 0, 2, 3, 4, 5), '../..\\x:*?"<>| \u202e target.sys');
    expect(name).toMatch(/^2026-01-02 03-04-05 [\w .-]*target\.sys [0-9a-f]{8}\.poollens$/);
    expect(name).not.toMatch(/\.\.\//);
  });
});
