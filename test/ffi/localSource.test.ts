import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PoolSnapshot } from '../../extension/pool/snapshot.ts';
import type { SourceState } from '../../extension/protocol.ts';
import { LIBRARY_VARIABLE } from '../../extension/sampler/protocol.ts';
import { LocalSource } from '../../extension/sources/localSource.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import { samplerSource } from './samplerProcess.ts';

const skip = skipReason({
  'Linux, for a library that is loaded in place of ntdll.dll': process.platform === 'linux',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});

/** Everything a source told, as the extension would hear it. */
class Listener {
  readonly samples: PoolSnapshot[] = [];
  readonly states: SourceState[] = [];
  readonly log: string[] = [];
  sample(snapshot: PoolSnapshot): void {
    this.samples.push(snapshot);
  }
  state(state: SourceState): void {
    this.states.push(state);
  }
  get kinds(): string[] {
    return this.states.map((state) => state.kind);
  }
}

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 20 });

let source: LocalSource | undefined;

/** A source whose sampler reads the simulated kernel. */
function onKernel(scenario: string, library = buildSimulatedKernel()): Listener {
  const listener = new Listener();
  vi.stubEnv(LIBRARY_VARIABLE, library);
  vi.stubEnv('NTSIM_SCENARIO', scenario);
  source = new LocalSource(listener, samplerSource, (line) => listener.log.push(line));
  return listener;
}

const samplerPid = (listener: Listener) => Number(/process (\d+) reads/.exec(listener.log.join('\n'))?.[1]);

describe.skipIf(skip)(`the pool of this PC as a source${skip ? ` (${skip})` : ''}`, () => {
  afterEach(() => {
    source?.dispose();
    vi.unstubAllEnvs();
  });

  test('samples come while it runs, none while it is stopped, and the same process goes on', async () => {
    const listener = onKernel('tags=50');
    source!.start(250);
    await until(() => listener.samples.length >= 2);
    const pid = samplerPid(listener);
    source!.stop();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const seen = listener.samples.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(listener.samples).toHaveLength(seen);
    source!.start(250);
    await until(() => listener.samples.length > seen);
    expect(samplerPid(listener)).toBe(pid);
    expect(listener.kinds).toEqual(['starting', 'live']);
    expect(listener.samples[0].tags).toHaveLength(50);
  });

  test('a process that is killed is told with the reason, comes back, and its clock goes on', async () => {
    const listener = onKernel('tags=50');
    source!.start(250);
    await until(() => listener.samples.length >= 2);
    const before = listener.samples.at(-1)!.monotonicMs;
    process.kill(samplerPid(listener), 'SIGKILL');
    await until(() => listener.kinds.includes('failed'));
    const seen = listener.samples.length;
    const failure = listener.states.find((state) => state.kind === 'failed')!;
    expect(failure.reason).toContain('killed by SIGKILL');
    expect(failure.retryAt).toBeGreaterThan(Date.now());
    await until(() => listener.samples.length > seen + 1);
    expect(listener.samples[seen].monotonicMs).toBeGreaterThan(before);
    expect(listener.samples[seen].monotonicMs).toBeLessThan(before + 9_000);
    expect(listener.kinds).toEqual(['starting', 'live', 'failed', 'starting', 'live']);
  });

  test('a fault in native code ends the sampler, not the host', async () => {
    const listener = onKernel('tags=50 crash=3');
    source!.start(250);
    await until(() => listener.kinds.includes('failed'));
    expect(listener.samples.length).toBeGreaterThan(0);
    expect(listener.states.find((state) => state.kind === 'failed')!.reason).toMatch(
      /killed by SIG(SEGV|ABRT|BUS|ILL)/,
    );
  });

  test('a library that cannot be loaded: the reason and what to do, and no further try by itself', async () => {
    const listener = onKernel('', '/nowhere/ntdll.so');
    source!.start(250);
    await until(() => listener.kinds.includes('failed'));
    const failure = listener.states.find((state) => state.kind === 'failed')!;
    expect(failure.reason).toContain('/nowhere/ntdll.so');
    expect(failure.advice).not.toBe('');
    expect(failure.retryAt).toBeNull();
    expect(listener.samples).toEqual([]);
    source!.start(250);
    await until(() => listener.kinds.length === 4);
    expect(listener.kinds).toEqual(['starting', 'failed', 'starting', 'failed']);
  });

  test('a status that passes: failed with a retry, then live again', async () => {
    const listener = onKernel('tags=5 fail=22:0xC000009A:1:1');
    source!.start(250);
    await until(() => listener.kinds.at(-1) === 'live' && listener.kinds.includes('failed'));
    expect(listener.kinds).toEqual(['starting', 'live', 'failed', 'live']);
  });

  test('nothing is heard after disposal, and the process ends', async () => {
    const listener = onKernel('tags=5');
    source!.start(250);
    await until(() => listener.samples.length >= 1);
    const pid = samplerPid(listener);
    source!.dispose();
    const seen = listener.samples.length;
    await until(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
    expect(listener.samples).toHaveLength(seen);
    expect(listener.kinds.at(-1)).toBe('live');
  });
});
