import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PhaseLog } from '../../../extension/phaseLog.ts';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import type { PhaseName } from '../../../extension/protocol.ts';
import { compareMoments, compareRecordings } from '../../../extension/recording/compareRecordings.ts';
import { RecordingWatch } from '../../../extension/recording/recordingWatch.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { Signal } from '../../../extension/signal.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import { SplitMonitor } from '../../../extension/splitMonitor.ts';
import type { AssignedTag } from '../../../language/protocol.ts';
import { randomFrom } from '../../bench/recording/day.ts';
import { siteAt } from '../host/sites.ts';
import { sampleAt, tagOf } from '../pool/samples.ts';
import { INFO, RandomPool, scratchFolder } from './pools.ts';

/**
 * A driver in the test: `Leak` keeps `perCycle` objects in each cycle, `Load` holds some while the test runs, `Rest` rests.
 * A second a sample; 20 s of baseline, then cycles of 30 s of test and 30 s of wait.
 */
function* tested(cycles: number, perCycle: number) {
  const marks = new Map<number, PhaseName>([[0, 'baseline']]);
  for (let cycle = 0; cycle < cycles; cycle++) {
    marks.set(20 + 60 * cycle, 'test');
    marks.set(50 + 60 * cycle, 'wait');
  }
  const end = 20 + 60 * cycles;
  let leaked = 0;
  let allocs = 1_000;
  for (let second = 0; second <= end; second++) {
    const within = (second - 20) % 60;
    // What a mark begins is seen in the next sample.
    const runs = second > 20 && within >= 1 && within <= 30;
    if (runs) allocs += 50;
    if (runs && within <= perCycle) leaked++;
    const held = runs ? 40 : 0;
    const objects = 100 + leaked + held;
    yield {
      mark: second === end ? 'end' : marks.get(second),
      sample: sampleAt(second * 1000, [
        { tag: 'Leak', nonpaged: [allocs, allocs - 100 - leaked, (100 + leaked) * 64] },
        { tag: 'Load', nonpaged: [allocs + held, allocs - 100, (100 + held) * 32] },
        { tag: 'Rest', paged: [10, 0, 640] },
        { tag: 'Busy', paged: [allocs * 3, allocs * 3 - objects, objects * 48] },
      ]),
    } as const;
  }
}

function record(cycles: number, perCycle: number) {
  const file = path.join(scratchFolder(), `${cycles}x${perCycle}.poollens`);
  const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
  const store = new PoolStore();
  const log = new PhaseLog();
  for (const { mark, sample } of tested(cycles, perCycle)) {
    writer.sample(sample, { elapsedMs: sample.monotonicMs, newBoot: false });
    store.apply(sample);
    const made = mark && log.mark(mark, sample.monotonicMs, sample.time);
    if (!made) continue;
    writer.mark(made, sample.monotonicMs);
    store.mark(made.phase, made.operations);
  }
  writer.close();
  return { file, store };
}

/** What both must show alike; rates are taken in two ways. */
const SHOWN = [
  'paged',
  'allocs',
  'allocsDelta',
  'frees',
  'freesDelta',
  'outstanding',
  'bytes',
  'bytesDelta',
  'growing',
  'verdict',
] as const;

function open(file: string): RecordingWatch {
  const watch = new RecordingWatch(file);
  onTestFinished(() => watch.dispose());
  return watch;
}

const rowId = (watch: RecordingWatch, tag: string) => watch.file.tags.indexOf(tagOf(tag));

describe('an opened recording', () => {
  test('shows at its end what the live pool showed', () => {
    const { file, store } = record(4, 10);
    const watch = open(file);
    expect(watch.store.watchedMs).toBe(store.watchedMs);
    for (let id = 0; id < store.rowCount; id++) {
      const live = store.row(id);
      const recorded = watch.store.row(watch.file.tags.indexOf(live.tag));
      for (const name of SHOWN) expect([name, recorded[name]]).toEqual([name, live[name]]);
      if (live.growing) expect(recorded.objectsPerCycle).toBeCloseTo(live.objectsPerCycle, 0);
    }
    expect(watch.store.row(rowId(watch, 'Leak')).verdict).toBe('leak');
    expect(watch.evidence(rowId(watch, 'Leak'))).toMatch(/\+10 objects/);
    expect(watch.store.row(rowId(watch, 'Load')).verdict).not.toBe('leak');
    expect(watch.phases.marks).toHaveLength(10);
    expect(watch.phases.canMark).toBe(false);
  });

  test('goes to any moment: figures, changes since the sample before, and rows that changed on the way', () => {
    const { file } = record(2, 10);
    const watch = open(file);
    const leak = rowId(watch, 'Leak');
    let told = 0;
    watch.sampled.on(() => told++);
    watch.show(25_400);
    expect(watch.store.watchedMs).toBe(25_000);
    expect(watch.store.row(leak)).toMatchObject({ allocs: 1_250, allocsDelta: 50, outstanding: 105, bytesDelta: 64 });
    expect(watch.store.trend(leak).values.at(-1)).toBe(105 * 64);
    const { version } = watch.store;
    watch.show(25_900);
    expect([watch.store.version, told]).toEqual([version, 1]);
    watch.show(24_000);
    expect(watch.store.changedSince(version)).toContain(leak);
    expect(watch.store.changedSince(version)).not.toContain(rowId(watch, 'Rest'));
    watch.show(Number.NaN);
    expect(watch.store.watchedMs).toBe(0);
  });

  test('judges by what was known at the moment', () => {
    const { file } = record(4, 10);
    const watch = open(file);
    const leak = rowId(watch, 'Leak');
    watch.show(22_000);
    watch.store.judge();
    expect(watch.store.row(leak).verdict).toBe('unknown');
    watch.show(1e9);
    watch.store.judge();
    expect(watch.store.row(leak).verdict).toBe('leak');
  });

  test('charts: all of it, and each sample of a part', () => {
    const { file } = record(2, 10);
    const watch = open(file);
    const leak = rowId(watch, 'Leak');
    const whole = watch.past([leak], { fromMs: null, toMs: null }, 50);
    expect(whole.times).toHaveLength(50);
    expect([whole.times[0], whole.times.at(-1)]).toEqual([0, 140_000]);
    expect([whole.rows[0].objects[0], whole.rows[0].objects.at(-1)]).toEqual([100, 120]);
    const part = watch.past([leak], { fromMs: 21_000, toMs: 24_000 }, 500);
    expect([...part.rows[0].objects]).toEqual([101, 102, 103, 104, 105]);
    expect([...part.rows[0].allocsPerSecond]).toEqual([Number.NaN, 50, 50, 50, 50]);
  });

  test('a long one is decoded bit by bit, and comes to the same', async () => {
    const pool = new RandomPool(3, 40);
    const file = path.join(scratchFolder(), 'long.poollens');
    const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
    const store = new PoolStore();
    for (let i = 0; i < 3_000; i++) {
      const sample = pool.next();
      writer.sample(sample, { elapsedMs: sample.monotonicMs - 1000, newBoot: false });
      store.apply(sample);
    }
    writer.close();
    const watch = open(file);
    const told = new Promise<void>((resolve) => watch.sampled.on(() => resolve()));
    await told;
    for (let id = 0; id < store.rowCount; id++) {
      const live = store.row(id);
      const rows = [...watch.file.tags.keys()].filter((row) => watch.file.tags[row] === live.tag);
      const row = rows.find((of) => (watch.file.paged[of] === 1) === live.paged)!;
      expect(watch.store.row(row)).toMatchObject({ outstanding: live.outstanding, bytes: live.bytes });
      expect(watch.store.trend(row).values.at(-1)).toBe(live.bytes);
    }
  });
});

describe('recordings side by side', () => {
  test('two moments: what was outstanding, what grew first', () => {
    const watch = open(record(2, 10).file);
    const comparison = compareMoments(watch.file, 60_000, 10_000);
    expect(comparison.basis).toBe('moment');
    expect([comparison.before.label, comparison.after.label]).toEqual(['0:00:10, baseline', '0:01:00, wait']);
    expect(comparison.rows).toMatchObject([
      { tag: tagOf('Leak'), paged: false, objectsChange: 10, bytesChange: 640 },
      { tag: tagOf('Busy'), paged: true, objectsChange: 10, bytesChange: 480 },
    ]);
    expect(comparison.unchanged).toBe(2);
  });

  test('two builds, aligned by phase: gains in a cycle, although one ran twice as many', () => {
    const comparison = compareRecordings(open(record(4, 4).file).file, open(record(2, 10).file).file);
    expect(comparison.basis).toBe('cycle');
    expect(comparison.alignment).toContain('4 and 2 cycles');
    expect(comparison.rows[0]).toMatchObject({
      tag: tagOf('Leak'),
      before: { objects: 4, bytes: 256 },
      after: { objects: 10, bytes: 640 },
      objectsChange: 6,
    });
  });
});

describe('tags that were split', () => {
  test('are a group in the recording too, with the line of the one that grows', () => {
    const watch = open(record(4, 10).file);
    const directory = new SiteDirectory({ relative: () => 'queue.c', folder: () => 'drv' });
    const snapshot = { generation: 1, complete: true, filesScanned: 1, frees: [], unresolved: [] };
    directory.setSites({ ...snapshot, sites: [siteAt('Leak', 'F', 211), siteAt('Rest', 'G', 9)] });
    const assigned = (newTag: string) => ({ oldTag: tagOf('Old '), newTag: tagOf(newTag) }) as AssignedTag;
    let told = 0;
    watch.sampled.on(() => told++);
    const { version } = watch.store;
    const splits = new SplitMonitor(watch, directory, new Signal(), [assigned('Leak'), assigned('Rest')]);
    onTestFinished(() => splits.dispose());
    expect(watch.groups).toMatchObject([{ kind: 'split', tag: tagOf('Old '), members: [{ tag: tagOf('Leak') }, {}] }]);
    expect(watch.groups[0].members[0].place).toMatch(/^queue\.c:21\d$/);
    expect(told).toBeGreaterThan(0);
    expect(watch.store.version).toBeGreaterThan(version);
  });

  test('tags that grow in step are a group, this workspace’s first', () => {
    const file = path.join(scratchFolder(), 'steps.poollens');
    const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
    const random = randomFrom(5);
    let objects = 10;
    let other = 10;
    for (let second = 0; second < 200; second++) {
      objects += Math.floor(random() * 9);
      other += Math.floor(random() * 9);
      const sample = sampleAt(second * 1000, [
        { tag: 'Mdl ', nonpaged: [objects, 0, objects * 64] },
        { tag: 'Buf ', paged: [objects, 0, objects * 32] },
        { tag: 'Else', paged: [other, 0, other * 32] },
      ]);
      writer.sample(sample, { elapsedMs: second * 1000, newBoot: false });
    }
    writer.close();
    const watch = open(file);
    const directory = new SiteDirectory({ relative: () => 'queue.c', folder: () => 'drv' });
    const snapshot = { generation: 1, complete: true, filesScanned: 1, frees: [], unresolved: [] };
    directory.setSites({ ...snapshot, sites: [siteAt('Buf ', 'F', 211)] });
    const splits = new SplitMonitor(watch, directory, new Signal());
    onTestFinished(() => splits.dispose());
    watch.sampled.emit();
    expect(watch.groups).toMatchObject([
      { kind: 'together', tag: tagOf('Buf '), members: [{ tag: tagOf('Buf '), share: 0.5 }, { tag: tagOf('Mdl ') }] },
    ]);
  });
});
