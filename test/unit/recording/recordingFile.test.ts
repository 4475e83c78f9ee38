import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { PoolSnapshot } from '../../../extension/pool/snapshot.ts';
import { openRecording } from '../../../extension/recording/openRecording.ts';
import { RecordingError, RecordingFile } from '../../../extension/recording/recordingFile.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { PERIOD_SAMPLES } from '../../../extension/recording/schema.ts';
import { INFO, RandomPool, rowOf, scratchFolder } from './pools.ts';

const LARGE = { maxBytes: 1e9 };

/** Writes the samples; `boots` are the numbers of those that another boot begins. */
function write(file: string, samples: readonly PoolSnapshot[], boots: readonly number[] = []): void {
  const writer = new RecordingWriter(file, INFO, LARGE);
  for (const [i, sample] of samples.entries()) {
    writer.sample(sample, { elapsedMs: sample.monotonicMs - samples[0].monotonicMs, newBoot: boots.includes(i) });
  }
  writer.close();
}

/** Every row of the recording at this sample is as the snapshot says, and the other way round. */
function expectSame(recording: RecordingFile, sample: number, snapshot: PoolSnapshot): void {
  const { allocs, frees, bytes } = recording.at(sample);
  let present = 0;
  for (let row = 0; row < recording.rowCount; row++) {
    const wanted = rowOf(snapshot, recording.tags[row], recording.paged[row] === 1);
    const wrap = (value: number) => ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
    if ([wrap(allocs[row]), wrap(frees[row]), bytes[row]].join() !== wanted.join()) {
      expect([sample, row, wrap(allocs[row]), wrap(frees[row]), bytes[row]]).toEqual([sample, row, ...wanted]);
    }
    if (wanted.some((value) => value !== 0)) present++;
  }
  let there = 0;
  for (const tag of snapshot.tags) {
    for (const paged of [true, false]) if (rowOf(snapshot, tag, paged).some((value) => value !== 0)) there++;
  }
  expect(present).toBe(there);
}

describe('a recording', () => {
  test('gives back every sample, in any order: new tags, wrapping counters, another boot', () => {
    const pool = new RandomPool(3, 60);
    const boots = [PERIOD_SAMPLES - 1, PERIOD_SAMPLES + 40];
    const samples = Array.from({ length: 2 * PERIOD_SAMPLES + 77 }, (_, i) => {
      if (boots.includes(i)) pool.reboot();
      return pool.next();
    });
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples, boots);
    const recording = new RecordingFile(file);
    expect(recording.samples).toBe(samples.length);
    expect(recording.bootSamples).toEqual(boots);
    expect(recording.periods).toHaveLength(2);
    expect(recording.notice).toBe('');
    for (let i = 0; i < samples.length; i++) expectSame(recording, i, samples[i]);
    for (let i = samples.length - 1; i >= 0; i -= 13) expectSame(recording, i, samples[i]);
    for (let i = 0; i < 300; i++) {
      const sample = (i * 7919) % samples.length;
      expectSame(recording, sample, samples[sample]);
    }
    recording.close();
  });

  test('header figures, wall clock and session are kept', () => {
    const pool = new RandomPool(1, 5);
    const samples = [pool.next(), pool.next()];
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples);
    const recording = new RecordingFile(file);
    expect(recording.header(1)).toEqual({ time: samples[1].time, system: samples[1].system });
    expect(recording.info).toEqual(INFO);
    recording.close();
  });

  test('a clock that is set back does not mix up the samples, and sleep is a gap', () => {
    const pool = new RandomPool(5, 10);
    const samples = [pool.next(), pool.next(), pool.next(3_600_000)];
    pool.setClock(-7_200_000);
    samples.push(pool.next(), pool.next());
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples);
    const { watch, close } = openRecording(file);
    expect([...watch.file.elapsedMs]).toEqual([0, 1_000, 3_601_000, 3_602_000, 3_603_000]);
    expect(watch.file.header(3).time).toBeLessThan(watch.file.header(0).time);
    expect(watch.timeline.gaps).toEqual([{ fromMs: 1_000, toMs: 3_601_000 }]);
    expectSame(watch.file, 4, samples[4]);
    close();
  });

  test('any SQLite tool reads it: figures by time and tag', () => {
    const pool = new RandomPool(9, 20);
    const samples = Array.from({ length: PERIOD_SAMPLES }, () => pool.next());
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples);
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('SELECT * FROM figures').all() as Record<string, number | string>[];
    database.close();
    expect(rows.length).toBeGreaterThan(10);
    const last = samples[PERIOD_SAMPLES - 1];
    const bytes = [...last.pagedBytes, ...last.nonpagedBytes].reduce((sum, value) => sum + value, 0);
    expect(rows.reduce((sum, row) => sum + Number(row.bytes), 0)).toBe(bytes);
    expect(new Set(rows.map((row) => row.time))).toEqual(new Set([new Date(last.time).toISOString()]));
  });

  test('it can be read while it is written, and shows what was there', () => {
    const pool = new RandomPool(2, 20);
    const file = path.join(scratchFolder(), 'a.poollens');
    const writer = new RecordingWriter(file, INFO, LARGE);
    const samples = Array.from({ length: 30 }, () => pool.next());
    const put = (i: number) => writer.sample(samples[i], { elapsedMs: i * 1000, newBoot: false });
    for (let i = 0; i < 10; i++) put(i);
    const recording = new RecordingFile(file);
    for (let i = 10; i < 30; i++) put(i);
    expect(recording.samples).toBe(10);
    expectSame(recording, 9, samples[9]);
    const later = new RecordingFile(file);
    expectSame(later, 29, samples[29]);
    recording.close();
    later.close();
    writer.close();
  });

  test('a second writer of the same name is refused, and harms nothing', () => {
    const file = path.join(scratchFolder(), 'a.poollens');
    const pool = new RandomPool(4, 5);
    const writer = new RecordingWriter(file, INFO, LARGE);
    writer.sample(pool.next(), { elapsedMs: 0, newBoot: false });
    expect(() => new RecordingWriter(file, INFO, LARGE)).toThrow(/EEXIST/);
    writer.sample(pool.next(), { elapsedMs: 1000, newBoot: false });
    writer.close();
    const recording = new RecordingFile(file);
    expect(recording.samples).toBe(2);
    recording.close();
  });

  test('full: the sample that does not fit is refused whole, the others stay', () => {
    const file = path.join(scratchFolder(), 'a.poollens');
    const pool = new RandomPool(8, 400);
    const writer = new RecordingWriter(file, INFO, { maxBytes: 120_000 });
    const written: PoolSnapshot[] = [];
    let refused = 0;
    for (let i = 0; i < 600 && refused < 3; i++) {
      const sample = pool.next();
      try {
        writer.sample(sample, { elapsedMs: i * 1000, newBoot: false });
        written.push(sample);
      } catch (error) {
        expect((error as { errcode?: number }).errcode).toBe(13);
        refused++;
      }
    }
    expect(refused).toBe(3);
    expect(writer.isFull).toBe(true);
    expect(writer.samples).toBe(written.length);
    writer.close();
    expect(statSync(file).size).toBeLessThanOrEqual(120_000);
    const recording = new RecordingFile(file);
    expect(recording.samples).toBe(written.length);
    for (const i of [0, written.length >> 1, written.length - 1]) expectSame(recording, i, written[i]);
    recording.close();
  });
});

describe('a damaged recording', () => {
  /** Opens it, reads all of it, and says how many samples there were; -1 where it is refused in words. */
  function salvaged(file: string, samples: readonly PoolSnapshot[]): number {
    let recording: RecordingFile;
    try {
      recording = new RecordingFile(file);
    } catch (error) {
      expect(error).toBeInstanceOf(RecordingError);
      expect((error as Error).message).toContain(path.basename(file));
      return -1;
    }
    expect(recording.samples).toBeLessThanOrEqual(samples.length);
    for (let i = 0; i < recording.samples; i += 37) recording.at(i);
    const count = recording.samples;
    recording.close();
    return count;
  }

  const pool = new RandomPool(12, 80);
  const samples = Array.from({ length: 150 }, () => pool.next());

  test('cut at every page and within pages: an error in words, or what stands before the cut', () => {
    const folder = scratchFolder();
    const whole = path.join(folder, 'whole.poollens');
    write(whole, samples);
    const bytes = readFileSync(whole);
    for (let at = 0; at < bytes.length; at += 4096) {
      for (const cut of [at, at + 1, at + 100, at + 2048]) {
        const file = path.join(folder, 'cut.poollens');
        writeFileSync(file, bytes.subarray(0, cut));
        expect(salvaged(file, samples)).toBeLessThanOrEqual(samples.length);
      }
    }
    expect(salvaged(whole, samples)).toBe(samples.length);
  });

  test('pages of rubbish: an error in words, or what can be read', () => {
    const folder = scratchFolder();
    const whole = path.join(folder, 'whole.poollens');
    write(whole, samples);
    const bytes = readFileSync(whole);
    let opened = 0;
    for (let at = 0; at < bytes.length; at += 4096) {
      const damaged = Buffer.from(bytes);
      for (let i = at; i < at + 4096; i++) damaged[i] = (i * 31 + 7) % 251;
      const file = path.join(folder, 'rubbish.poollens');
      writeFileSync(file, damaged);
      if (salvaged(file, samples) > 0) opened++;
    }
    expect(opened).toBeGreaterThan(0);
  });

  test('a torn log: all samples before the tear', () => {
    const folder = scratchFolder();
    const live = path.join(folder, 'live.poollens');
    const writer = new RecordingWriter(live, INFO, LARGE);
    for (const [i, sample] of samples.entries()) writer.sample(sample, { elapsedMs: i * 1000, newBoot: false });
    const database = readFileSync(live);
    const log = readFileSync(`${live}-wal`);
    writer.close();
    let last = -1;
    const file = path.join(folder, 'torn.poollens');
    for (let cut = 0; cut <= log.length; cut += Math.ceil(log.length / 60)) {
      writeFileSync(file, database);
      writeFileSync(`${file}-wal`, log.subarray(0, cut));
      const count = salvaged(file, samples);
      expect(count).toBeGreaterThanOrEqual(last);
      last = count;
    }
    writeFileSync(`${file}-wal`, log);
    expect(salvaged(file, samples)).toBe(samples.length);
  });

  test('what is no recording is said to be none', () => {
    const folder = scratchFolder();
    const file = path.join(folder, 'x.poollens');
    const database = new DatabaseSync(path.join(folder, 'other.poollens'));
    database.exec('CREATE TABLE t (a)');
    database.close();
    expect(() => new RecordingFile(path.join(folder, 'other.poollens'))).toThrow(/is not a Pool Lens recording/);
    writeFileSync(file, 'Tag Type Allocs');
    expect(() => new RecordingFile(file)).toThrow(/is not a Pool Lens recording/);
    writeFileSync(file, '');
    expect(() => new RecordingFile(file)).toThrow(/is not a Pool Lens recording/);
    expect(() => new RecordingFile(path.join(folder, 'missing.poollens'))).toThrow(/cannot be opened/);
  });

  test('a newer format is named', () => {
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples.slice(0, 2));
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => new RecordingFile(file)).toThrow(/newer Pool Lens \(format 99/);
  });

  test('a view in the place of a table is not read', () => {
    const file = path.join(scratchFolder(), 'a.poollens');
    write(file, samples.slice(0, 2));
    const database = new DatabaseSync(file);
    database.exec('DROP TABLE mark; CREATE VIEW mark AS SELECT randomblob(1e9) AS mark');
    database.close();
    expect(() => new RecordingFile(file)).toThrow(/no table mark/);
  });
});
