/** The whole way while the sampler dies again and again: real processes, a real recording. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Monitor } from '../../extension/monitor.ts';
import { Recorder } from '../../extension/recording/recorder.ts';
import { RecordingFile } from '../../extension/recording/recordingFile.ts';
import { LIBRARY_VARIABLE } from '../../extension/sampler/protocol.ts';
import { LocalSource } from '../../extension/sources/localSource.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import { samplerSource } from './samplerProcess.ts';

const skip = skipReason({
  'Linux, for a library that is loaded in place of ntdll.dll': process.platform === 'linux',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});
const KILLS = 50;

describe.skipIf(skip)(`a recording while the sampler dies${skip ? ` (${skip})` : ''}`, () => {
  afterEach(() => vi.unstubAllEnvs());

  test(`${KILLS} times in a row: the recording goes on, whole, in one file`, { timeout: 180_000 }, async () => {
    vi.stubEnv(LIBRARY_VARIABLE, buildSimulatedKernel());
    vi.stubEnv('NTSIM_SCENARIO', 'tags=50');
    const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-killed-'));
    let pid = 0;
    const monitor = new Monitor(
      (_, listener) =>
        new LocalSource(listener, samplerSource, (line) => {
          pid = Number(/process (\d+) reads/.exec(line)?.[1] ?? pid);
        }),
      250,
    );
    const recorder = new Recorder({
      monitor,
      settings: () => ({ enabled: true, folder, maxBytes: 1e8 }),
      info: () => ({ system: '', writer: '0', workspace: '' }),
      systemStarted: () => null,
      startWorker: () => new Worker(new URL('../../extension/recording/recorderWorker.ts', import.meta.url)),
      log: () => {},
    });
    try {
      monitor.setSource('local');
      monitor.look();
      for (let kill = 0; kill < KILLS; kill++) {
        const seen = monitor.store.version;
        await vi.waitFor(() => expect(monitor.store.version).toBeGreaterThan(seen), { timeout: 20_000, interval: 5 });
        const victim = pid;
        process.kill(victim, 'SIGKILL');
        await vi.waitFor(() => expect(monitor.state.kind).toBe('failed'), { timeout: 20_000, interval: 5 });
        // As a user would who does not wait for the back-off.
        monitor.restart();
      }
      const seen = monitor.store.version;
      await vi.waitFor(() => expect(monitor.store.version).toBeGreaterThan(seen), { timeout: 20_000, interval: 5 });
      await vi.waitFor(() => expect(monitor.recording.kind).toBe('recording'), { timeout: 5_000 });
      await recorder.dispose();
      const files = readdirSync(folder);
      expect(files).toHaveLength(1);
      const recording = new RecordingFile(path.join(folder, files[0]));
      expect(recording.notice).toBe('');
      expect(recording.samples).toBeGreaterThan(KILLS / 2);
      expect(recording.samples).toBeLessThanOrEqual(monitor.store.version);
      expect(recording.at(recording.samples - 1).allocs.some((allocs) => allocs > 0)).toBe(true);
      recording.close();
    } finally {
      await recorder.dispose();
      monitor.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
