import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Monitor } from '../../../extension/monitor.ts';
import { openRecording } from '../../../extension/recording/openRecording.ts';
import { Recorder, type RecorderSettings } from '../../../extension/recording/recorder.ts';
import { RecordingFile } from '../../../extension/recording/recordingFile.ts';
import { NO_SQLITE } from '../../../extension/recording/sqlite.ts';
import type { PoolSource, SourceListener } from '../../../extension/sources/source.ts';
import { RandomPool, rowOf, scratchFolder } from './pools.ts';

const workerFile = new URL('../../../extension/recording/recorderWorker.ts', import.meta.url);

/** A recorder on a real thread, and a watch whose samples the test gives. */
function makeRecorder(folder: string, change: Partial<RecorderSettings> = {}) {
  const listeners: SourceListener[] = [];
  const monitor = new Monitor((kind, listener) => {
    listeners.push(listener);
    const nothing = () => {};
    return {
      kind,
      label: 'This PC',
      start: nothing,
      stop: nothing,
      setInterval: nothing,
      dispose: nothing,
    } satisfies PoolSource;
  }, 1000);
  const settings = { enabled: true, folder, maxBytes: 1e9, ...change };
  const workers: Worker[] = [];
  const lines: string[] = [];
  const recorder = new Recorder({
    monitor,
    settings: () => settings,
    info: () => ({ system: '', writer: '0', workspace: '' }),
    systemStarted: () => 12_345,
    startWorker: () => {
      const worker = new Worker(workerFile);
      workers.push(worker);
      return worker;
    },
    log: (line) => lines.push(line),
  });
  onTestFinished(() => recorder.dispose());
  monitor.setSource('local');
  const state = () => monitor.recording.kind;
  return {
    monitor,
    recorder,
    settings,
    workers,
    lines,
    state,
    give: (pool: RandomPool) => listeners.at(-1)!.sample(pool.next()),
  };
}

const recordings = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.poollens'));
/** Patience for a thread to start on a busy machine. */
const PATIENT = { timeout: 30_000, interval: 5 };
/** Samples are passed over while one is being written: this waits until it is. */
const settle = (...recorders: Recorder[]) => expect.poll(() => recorders.every(({ idle }) => idle), PATIENT).toBe(true);

describe('the recorder', () => {
  test('makes a file with the first sample, writes what comes, and closes it as one that needs no other', async () => {
    const folder = path.join(scratchFolder(), 'new', 'deep');
    const { monitor, recorder, state, give } = makeRecorder(folder);
    expect(state()).toBe('waiting');
    const pool = new RandomPool(1, 30);
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    monitor.mark('baseline');
    await settle(recorder);
    give(pool);
    monitor.mark('test', 500);
    await settle(recorder);
    await recorder.dispose();
    const names = readdirSync(folder);
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d This PC [0-9a-f]{8}\.poollens$/);
    const recording = new RecordingFile(path.join(folder, names[0]));
    expect(recording.samples).toBe(2);
    expect(recording.info).toMatchObject({ label: 'This PC', kind: 'local' });
    expect(recording.marks).toMatchObject([
      { phase: 'baseline', elapsedMs: 0, cycle: 0, operations: null },
      { phase: 'test', elapsedMs: 1000, cycle: 1, operations: 500 },
    ]);
    recording.close();
  });

  test('another source, another file; switched off, nothing', async () => {
    const folder = scratchFolder();
    const { monitor, recorder, settings, state, give } = makeRecorder(folder);
    const pool = new RandomPool(1, 30);
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    monitor.setSource('simulated');
    give(pool);
    await expect.poll(() => recordings(folder).length, PATIENT).toBe(2);
    settings.enabled = false;
    recorder.settingsChanged();
    expect(state()).toBe('off');
    give(pool);
    await settle(recorder);
    expect(recordings(folder)).toHaveLength(2);
  });

  test('another boot is told in the file, also when its first sample was passed over', async () => {
    const folder = scratchFolder();
    const { recorder, state, give } = makeRecorder(folder);
    const pool = new RandomPool(1, 100);
    for (let i = 0; i < 400; i++) pool.next();
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    await settle(recorder);
    give(pool);
    pool.reboot();
    for (let i = 0; i < 3; i++) give(pool);
    await settle(recorder);
    give(pool);
    await settle(recorder);
    await recorder.dispose();
    const recording = new RecordingFile(path.join(folder, recordings(folder)[0]));
    expect(recording.bootSamples).toHaveLength(1);
    recording.close();
  });

  test('a folder that cannot be made is said in words; settings that help are taken at once', async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'file'), '');
    const { monitor, recorder, settings, state, give } = makeRecorder(path.join(folder, 'file', 'below'));
    const pool = new RandomPool(1, 30);
    give(pool);
    await expect.poll(state, PATIENT).toBe('failed');
    expect(monitor.recording).toMatchObject({ reason: expect.stringContaining('Nothing can be written to') });
    settings.folder = path.join(folder, 'elsewhere');
    recorder.settingsChanged();
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
  });

  test('full: said in words, what was written stays, and more room begins a new file', async () => {
    const folder = scratchFolder();
    const { monitor, recorder, settings, state, give } = makeRecorder(folder, { maxBytes: 120_000 });
    const pool = new RandomPool(1, 400);
    for (let i = 0; i < 3_000 && state() !== 'failed'; i++) {
      give(pool);
      await settle(recorder);
    }
    expect(monitor.recording).toMatchObject({ reason: expect.stringContaining('size that the settings allow') });
    settings.maxBytes = 1e9;
    recorder.settingsChanged();
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    expect(recordings(folder)).toHaveLength(2);
  });

  test('a thread that dies is replaced; the watch does not notice', async () => {
    const folder = scratchFolder();
    const { monitor, recorder, workers, state, give } = makeRecorder(folder);
    const pool = new RandomPool(1, 30);
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    await workers[0].terminate();
    await expect.poll(state, PATIENT).toBe('failed');
    const seen = monitor.store.version;
    give(pool);
    expect(monitor.store.version).toBe(seen + 1);
    recorder.settingsChanged();
    give(pool);
    await expect.poll(state, PATIENT).toBe('recording');
    expect(recordings(folder)).toHaveLength(2);
  });

  test('where there is no SQLite: said once, and the watch goes on without a recording', () => {
    const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    onTestFinished(() => builtin.mockRestore());
    const folder = path.join(scratchFolder(), 'recordings');
    const { monitor, recorder, workers, lines, give } = makeRecorder(folder);
    const pool = new RandomPool(7, 30);
    for (let i = 0; i < 3; i++) give(pool);
    recorder.settingsChanged();
    monitor.mark('test');
    expect(monitor.recording).toEqual({ kind: 'off', reason: NO_SQLITE });
    expect(lines).toEqual([NO_SQLITE]);
    expect(workers).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(monitor.store.version).toBe(3);
    expect(monitor.phases.marks).toHaveLength(1);
    expect(() => openRecording(path.join(folder, 'any.poollens'))).toThrow(NO_SQLITE);
  });

  test('two windows record at once into one folder', async () => {
    const folder = scratchFolder();
    const windows = [makeRecorder(folder), makeRecorder(folder)];
    const pools = windows.map((_, i) => new RandomPool(i, 60));
    for (let i = 0; i < 20; i++) {
      for (const [w, { give }] of windows.entries()) give(pools[w]);
      await settle(...windows.map(({ recorder }) => recorder));
    }
    await Promise.all(windows.map(({ recorder }) => recorder.dispose()));
    const files = recordings(folder);
    expect(files).toHaveLength(2);
    for (const file of files) {
      const recording = new RecordingFile(path.join(folder, file));
      expect(recording.samples).toBe(20);
      expect(recording.notice).toBe('');
      recording.close();
    }
  });
});

describe('a recorder that is killed', () => {
  test('loses no sample that it had written, wherever it was', async () => {
    const folder = scratchFolder();
    for (let run = 0; run < 6; run++) {
      const file = path.join(folder, `${run}.poollens`);
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, 'writeUntilKilled.ts'), file, String(run)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let said = '';
      const enough = 20 + run * 211;
      for await (const text of child.stdout.setEncoding('utf8')) {
        said += text;
        if (said.split('\n').length > enough) break;
      }
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const last = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
      const recording = new RecordingFile(file);
      expect(recording.samples).toBeGreaterThan(last);
      expect(recording.notice).toBe('');
      const pool = new RandomPool(run, 100);
      let snapshot = pool.next();
      for (let i = 0; i < last; i++) snapshot = pool.next();
      const { allocs, bytes } = recording.at(last);
      for (let row = 0; row < recording.rowCount; row++) {
        const [wantedAllocs, , wantedBytes] = rowOf(snapshot, recording.tags[row], recording.paged[row] === 1);
        expect([((allocs[row] % 2 ** 32) + 2 ** 32) % 2 ** 32, bytes[row]]).toEqual([wantedAllocs, wantedBytes]);
      }
      recording.close();
    }
  });

  test('leaves a recording that opens from a folder that cannot be written', async () => {
    const folder = path.join(scratchFolder(), 'locked');
    mkdirSync(folder);
    const file = path.join(folder, 'a.poollens');
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'writeUntilKilled.ts'), file, '1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const _ of child.stdout) break;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));
    const { watch, close } = openRecording(file);
    expect(watch.file.samples).toBeGreaterThan(0);
    close();
  });
});
