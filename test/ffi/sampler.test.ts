import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BACK_OFF_MS } from '../../extension/sampler/poller.ts';
import { LIBRARY_VARIABLE, SAMPLER_EXIT } from '../../extension/sampler/protocol.ts';
import { median } from '../bench/figures.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { bundleSampler } from '../kernel/bundle.ts';
import { columnsOf, expectedColumns, expectedSystem } from '../kernel/expected.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import { SamplerProcess, type SamplerProcessOptions, samplerSource } from './samplerProcess.ts';

const skip = skipReason({
  'Linux, for a library that is loaded in place of ntdll.dll': process.platform === 'linux',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});

/** A sampler on the simulated kernel. */
function onKernel(scenario: string, options: SamplerProcessOptions = {}): SamplerProcess {
  const environment = { [LIBRARY_VARIABLE]: buildSimulatedKernel(), NTSIM_SCENARIO: scenario };
  return new SamplerProcess({ ...options, environment: { ...environment, ...options.environment } });
}

describe.skipIf(skip)(`the sampler process on a simulated kernel${skip ? ` (${skip})` : ''}`, () => {
  test('gives every value of 4,000 tags exactly, at the interval asked for', async () => {
    await using sampler = onKernel('tags=4000');
    const before = Date.now();
    sampler.send({ type: 'start', intervalMs: 300 });
    expect(await sampler.expect('ready')).toEqual({
      type: 'ready',
      library: buildSimulatedKernel(),
      infoClass: 22,
      counterBits: 32,
      pid: sampler.child.pid,
    });
    const clock: number[] = [];
    for (let tick = 0; tick < 5; tick++) {
      const { sequence, snapshot } = await sampler.expect('sample');
      expect(sequence).toBe(tick);
      expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 4000, tick }));
      expect(snapshot.system).toEqual(expectedSystem(tick));
      expect(snapshot.counterBits).toBe(32);
      expect(snapshot.time).toBeGreaterThanOrEqual(before);
      expect(snapshot.time).toBeLessThanOrEqual(Date.now());
      expect(snapshot.costMicroseconds).toBeGreaterThan(0);
      clock.push(snapshot.monotonicMs);
    }
    // A busy machine delays a poll now and then, but nothing brings one forward.
    const gaps = clock.slice(1).map((at, i) => at - clock[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(298);
    expect(median(gaps)).toBeLessThan(400);
    expect(sampler.output).toBe('');
  });

  test('does so from its bundle too', async () => {
    const folder = await bundleSampler('ffi/sampler', `${process.platform}-${process.arch}`);
    await using sampler = onKernel('tags=4000', { entry: path.join(folder, 'sampler.js') });
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    const { snapshot } = await sampler.expect('sample');
    expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 4000, tick: 0 }));
    expect(sampler.output).toBe('');
  });

  test('follows a table that outgrows the buffer, and keeps growing while it is polled', async () => {
    await using sampler = onKernel('tags=10000 grow=137');
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    // The first query finds the buffer too small, so that the table has grown twice when it is read.
    for (let tick = 0; tick < 4; tick++) {
      const { snapshot } = await sampler.expect('sample');
      expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 10_000 + 137 * (tick + 2), tick }));
    }
  });

  test('passes 32-bit counters through a wrap as they are', async () => {
    const base = 2 ** 32 - 2;
    await using sampler = onKernel(`tags=10 base=${base}`);
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    const allocs: number[] = [];
    for (let tick = 0; tick < 3; tick++) {
      const { snapshot } = await sampler.expect('sample');
      expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 10, tick, base }));
      allocs.push(snapshot.pagedAllocs[0]);
    }
    expect(allocs).toEqual([2 ** 32 - 2, 1, 4]);
  });

  test('prefers class 255, whose counters do not wrap', async () => {
    const base = 2 ** 40 - 1;
    await using sampler = onKernel(`tags=4000 wide=1 base=${base}`);
    sampler.send({ type: 'start', intervalMs: 250 });
    expect(await sampler.expect('ready')).toMatchObject({ infoClass: 255, counterBits: 64 });
    // The table is read once more to learn that the class is there.
    for (let tick = 1; tick < 3; tick++) {
      const { snapshot } = await sampler.expect('sample');
      expect(snapshot.counterBits).toBe(64);
      expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 4000, tick, base, wide: true }));
    }
  });

  test.each([0xc0000002, 0xc0000003, 0xc0000022])('takes class 22 where class 255 answers %i', async (status) => {
    await using sampler = onKernel(`tags=5 wide=1 fail=255:${status}`);
    sampler.send({ type: 'start', intervalMs: 250 });
    expect(await sampler.expect('ready')).toMatchObject({ infoClass: 22, counterBits: 32 });
    const { snapshot } = await sampler.expect('sample');
    expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 5, tick: 0 }));
  });

  test.each([312, 328, 344, 376])('reads the memory figures of a version that fills %i bytes', async (size) => {
    await using sampler = onKernel(`tags=5 perf=${size}`);
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    expect((await sampler.expect('sample')).snapshot.system).toEqual(expectedSystem(0));
  });

  test('tells of a transient failure, and recovers', async () => {
    await using sampler = onKernel('tags=20 fail=22:0xC000009A:2:1');
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    await sampler.expect('sample');
    const first = await sampler.expect('failed');
    const firstAt = performance.now();
    expect(first).toMatchObject({ kind: 'outOfResources', transient: true, attempt: 1, retryInMs: BACK_OFF_MS[0] });
    const second = await sampler.expect('failed');
    const secondAt = performance.now();
    expect(second).toMatchObject({ kind: 'outOfResources', attempt: 2, retryInMs: BACK_OFF_MS[1] });
    expect(secondAt - firstAt).toBeGreaterThan(800);
    const { sequence, snapshot } = await sampler.expect('sample');
    expect(performance.now() - secondAt).toBeGreaterThan(1_700);
    expect(sequence).toBe(1);
    expect(columnsOf(snapshot)).toEqual(expectedColumns({ tags: 20, tick: 1 }));
  });

  test.each([
    ['fail=22:0xC0000002', 'taggingOff', 0xc0000002, false, /gflags \/r \+ptg/],
    ['fail=22:0xC0000003', 'classUnknown', 0xc0000003, false, /0xC0000003.*simulated kernel/],
    ['fail=22:0xC0000004', 'tooSmall', 0xc0000004, true, /8 times in a row/],
    ['fail=22:0xC0000022', 'accessDenied', 0xc0000022, false, /denied.*0xC0000022/],
    ['fail=22:0xC000009A', 'outOfResources', 0xc000009a, true, /ran out of resources/],
    ['fail=22:0x80000002', 'misaligned', 0x80000002, false, /aligned to 4 bytes/],
    ['fail=22:0xC0000005', 'status', 0xc0000005, false, /0xC0000005/],
    ['fail=0:0xC0000004', 'tooSmall', 0xc0000004, false, /memory size \(class 0\)/],
    ['fail=2:0xC0000022', 'accessDenied', 0xc0000022, false, /memory figures \(class 2\)/],
    ['lie=7', 'badAnswer', null, true, /counts 4007 tags, but its 160008 bytes hold only 4000/],
  ] as const)('puts "%s" into words', async (scenario, kind, status, transient, words) => {
    await using sampler = onKernel(scenario);
    sampler.send({ type: 'start', intervalMs: 1000 });
    const failed = await sampler.expect('failed');
    expect(failed).toMatchObject({ kind, status, transient, attempt: 1, retryInMs: BACK_OFF_MS[0] });
    expect(`${failed.reason} ${failed.advice}`).toMatch(words);
  });

  test('holds one sample in flight, and gives the newest once it is answered', async () => {
    await using sampler = onKernel('tags=8');
    sampler.autoAck = false;
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    const first = await sampler.expect('sample');
    expect(await sampler.isSilentFor(800)).toBe(true);
    sampler.send({ type: 'ack', sequence: first.sequence + 1 });
    expect(await sampler.isSilentFor(300)).toBe(true);
    sampler.send({ type: 'ack', sequence: first.sequence });
    const second = await sampler.expect('sample');
    // Polled after the answer, not before it and kept.
    expect(second.snapshot.monotonicMs - first.snapshot.monotonicMs).toBeGreaterThan(1_050);
    expect(columnsOf(second.snapshot)).toEqual(expectedColumns({ tags: 8, tick: 1 }));
  });

  test('pauses, resumes, takes another interval, and stops', async () => {
    await using sampler = onKernel('tags=8');
    sampler.send({ type: 'start', intervalMs: 60_000 });
    await sampler.expect('ready');
    await sampler.expect('sample');
    sampler.send({ type: 'interval', intervalMs: 1 });
    const second = await sampler.expect('sample');
    const third = await sampler.expect('sample');
    expect(third.snapshot.monotonicMs - second.snapshot.monotonicMs).toBeGreaterThan(248);
    sampler.send({ type: 'pause' });
    expect(await sampler.isSilentFor(700)).toBe(true);
    sampler.send({ type: 'resume' });
    expect((await sampler.expect('sample')).sequence).toBe(3);
    sampler.send({ type: 'stop' });
    expect(await sampler.ended).toEqual({ code: SAMPLER_EXIT.stopped, signal: null });
    expect(sampler.output).toBe('');
  });

  test('ends when its host goes away', async () => {
    await using sampler = onKernel('tags=8');
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    sampler.child.disconnect();
    expect(await sampler.ended).toEqual({ code: SAMPLER_EXIT.stopped, signal: null });
  });

  test('that is killed ends for its host, which loses nothing but the process', async () => {
    await using sampler = onKernel('tags=8');
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    sampler.child.kill('SIGKILL');
    expect(await sampler.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that faults in native code ends alone', async () => {
    await using sampler = onKernel('tags=8 crash=2');
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    await sampler.expect('sample');
    const { code, signal } = await sampler.ended;
    expect(code).toBeNull();
    expect(['SIGSEGV', 'SIGILL']).toContain(signal);
  });

  test('reports a fault of its own before it ends', async () => {
    const fault = 'data:text/javascript,setTimeout(() => { throw new Error("boom") }, 300)';
    await using sampler = onKernel('tags=8', { nodeOptions: ['--import', fault] });
    const failed = await sampler.expect('failed');
    expect(failed).toMatchObject({ kind: 'internal', status: null, retryInMs: null });
    expect(failed.reason).toContain('boom');
    expect(await sampler.ended).toEqual({ code: SAMPLER_EXIT.crashed, signal: null });
  });

  test('ignores what is no message, with a word about it', async () => {
    await using sampler = onKernel('tags=8');
    sampler.sendAnything({ type: 'start', intervalMs: 'soon' });
    sampler.sendAnything({ type: 'dance' });
    sampler.sendAnything([]);
    sampler.send({ type: 'start', intervalMs: 250 });
    await sampler.expect('ready');
    await sampler.expect('sample');
    expect(sampler.output.trim().split('\n')).toEqual([
      'Sampler: ignored "start" without a number in intervalMs.',
      'Sampler: ignored unknown type "dance".',
      'Sampler: ignored a message without a type.',
    ]);
  });

  test('says that a library is missing, and waits for another start', async () => {
    await using sampler = onKernel('', { environment: { [LIBRARY_VARIABLE]: '/nonexistent/ntdll.so' } });
    for (let attempt = 1; attempt <= 2; attempt++) {
      sampler.send({ type: 'start', intervalMs: 250 });
      const failed = await sampler.expect('failed');
      expect(failed).toMatchObject({ kind: 'library', status: null, transient: false, attempt, retryInMs: null });
      expect(failed.reason).toContain('/nonexistent/ntdll.so');
      expect(failed.advice).toContain(LIBRARY_VARIABLE);
    }
  });

  test('says that a library lacks the routine', async () => {
    await using sampler = onKernel('', { environment: { [LIBRARY_VARIABLE]: 'libc.so.6' } });
    sampler.send({ type: 'start', intervalMs: 250 });
    const failed = await sampler.expect('failed');
    expect(failed).toMatchObject({ kind: 'library', retryInMs: null });
    expect(failed.reason).toMatch(/libc\.so\.6.*NtQuerySystemInformation/);
  });

  test('says that this system has no pool where no library is named', async () => {
    await using sampler = onKernel('', { environment: { [LIBRARY_VARIABLE]: undefined } });
    sampler.send({ type: 'start', intervalMs: 250 });
    const failed = await sampler.expect('failed');
    expect(failed).toMatchObject({ kind: 'unsupported', transient: false, retryInMs: null });
    expect(failed.reason).toContain('no Windows pool');
    expect(failed.advice).toContain('simulated kernel');
  });

  test('does not run without a parent', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', samplerSource], { encoding: 'utf8' });
    expect(status).toBe(SAMPLER_EXIT.noParent);
    expect(stderr).toContain('a part of Pool Lens');
  });
});
