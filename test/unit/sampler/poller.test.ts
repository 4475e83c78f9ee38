import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_SYSTEM } from '../../../extension/pool/snapshot.ts';
import { statusFailure, unsupportedFailure } from '../../../extension/sampler/failure.ts';
import { Poller, type PoolReader } from '../../../extension/sampler/poller.ts';
import type { PoolReading } from '../../../extension/sampler/poolQuery.ts';
import type { FromSampler } from '../../../extension/sampler/protocol.ts';

const READING: PoolReading = {
  infoClass: 22,
  counterBits: 32,
  columns: {
    tags: Uint32Array.of(1),
    pagedAllocs: Float64Array.of(2),
    pagedFrees: Float64Array.of(1),
    pagedBytes: Float64Array.of(64),
    nonpagedAllocs: Float64Array.of(0),
    nonpagedFrees: Float64Array.of(0),
    nonpagedBytes: Float64Array.of(0),
  },
  system: NO_SYSTEM,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A poller over a scripted pool; samples are answered unless `acks` is off. */
function start(read: () => PoolReading = () => READING, open?: () => Promise<PoolReader>) {
  const posted: FromSampler[] = [];
  const crashes: unknown[] = [];
  const times: number[] = [];
  const state = { acks: true };
  const poller = new Poller({
    open:
      open ??
      (async () => ({
        library: 'ntdll.dll',
        read: () => {
          times.push(performance.now());
          return read();
        },
      })),
    post: (message) => {
      posted.push(message);
      if (message.type === 'sample' && state.acks) {
        queueMicrotask(() => poller.handle({ type: 'ack', sequence: message.sequence }));
      }
    },
    crash: (error) => crashes.push(error),
    pid: 42,
  });
  const begin = performance.now();
  return {
    poller,
    posted,
    crashes,
    state,
    /** Milliseconds from the start at which the pool was read. */
    polls: () => times.map((at) => Math.round(at - begin)),
    types: () => posted.map((message) => message.type),
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the interval', () => {
  test('runs from the start of one poll to the start of the next', async () => {
    const { poller, polls, posted } = start();
    poller.handle({ type: 'start', intervalMs: 1_000 });
    await pass(3_500);
    expect(polls()).toEqual([0, 1_000, 2_000, 3_000]);
    expect(posted[0]).toEqual({ type: 'ready', library: 'ntdll.dll', infoClass: 22, counterBits: 32, pid: 42 });
    expect(posted[1]).toMatchObject({
      type: 'sample',
      sequence: 0,
      snapshot: { ...READING.columns, counterBits: 32, system: READING.system, time: 1_000_000 },
    });
    expect(posted.slice(1).map((message) => message.type === 'sample' && message.sequence)).toEqual([0, 1, 2, 3]);
  });

  test.each([
    [1, 250],
    [-5, 250],
    [600_000, 60_000],
  ])('%i ms is taken as %i ms', async (asked, taken) => {
    const { poller, polls } = start();
    poller.handle({ type: 'start', intervalMs: asked });
    await pass(taken * 2 + 10);
    expect(polls()).toEqual([0, taken, taken * 2]);
  });

  test('can be changed while it waits', async () => {
    const { poller, polls } = start();
    poller.handle({ type: 'start', intervalMs: 60_000 });
    await pass(5_000);
    poller.handle({ type: 'interval', intervalMs: 2_000 });
    await pass(2_100);
    expect(polls()).toEqual([0, 5_000, 7_000]);
  });

  test('before the start nothing is polled', async () => {
    const { poller, polls, posted } = start();
    poller.handle({ type: 'interval', intervalMs: 250 });
    poller.handle({ type: 'resume' });
    await pass(5_000);
    expect(polls()).toEqual([]);
    expect(posted).toEqual([]);
  });
});

describe('backpressure', () => {
  test('the next poll waits for the answer, and is not early for it', async () => {
    const { poller, polls, state } = start();
    state.acks = false;
    poller.handle({ type: 'start', intervalMs: 1_000 });
    await pass(10_000);
    expect(polls()).toEqual([0]);
    poller.handle({ type: 'ack', sequence: 7 });
    await pass(100);
    expect(polls()).toEqual([0]);
    poller.handle({ type: 'ack', sequence: 0 });
    await pass(100);
    expect(polls()).toEqual([0, 10_100]);
    poller.handle({ type: 'ack', sequence: 1 });
    await pass(850);
    expect(polls()).toEqual([0, 10_100]);
    await pass(100);
    expect(polls()).toEqual([0, 10_100, 11_100]);
  });
});

describe('pausing', () => {
  test('stops polls, and resuming does not break the floor', async () => {
    const { poller, polls } = start();
    poller.handle({ type: 'start', intervalMs: 1_000 });
    await pass(1_100);
    poller.handle({ type: 'pause' });
    poller.handle({ type: 'resume' });
    await pass(100);
    expect(polls()).toEqual([0, 1_000]);
    poller.handle({ type: 'pause' });
    await pass(60_000);
    expect(polls()).toEqual([0, 1_000]);
    poller.handle({ type: 'resume' });
    await pass(10);
    expect(polls()).toEqual([0, 1_000, 61_200]);
  });

  test('a pause before the library is open holds', async () => {
    const { poller, polls } = start();
    poller.handle({ type: 'start', intervalMs: 250 });
    poller.handle({ type: 'pause' });
    await pass(5_000);
    expect(polls()).toEqual([]);
  });

  test('after stop nothing happens any more', async () => {
    const { poller, polls } = start();
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(10);
    poller.handle({ type: 'stop' });
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(5_000);
    expect(polls()).toEqual([0]);
  });
});

describe('failures', () => {
  test('back off further each time, up to 30 s, and are counted anew after a success', async () => {
    let fails = true;
    const { poller, polls, posted } = start(() => {
      if (fails) throw statusFailure(22, 0xc000009a);
      return READING;
    });
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(95_000);
    const at = [0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000];
    expect(polls()).toEqual(at);
    expect(posted.map((message) => message.type === 'failed' && [message.attempt, message.retryInMs])).toEqual([
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
      [4, 8_000],
      [5, 16_000],
      [6, 30_000],
      [7, 30_000],
      [8, 30_000],
    ]);
    fails = false;
    await pass(26_300);
    expect(polls()).toEqual([...at, 121_000, 121_250]);
    fails = true;
    await pass(250);
    expect(posted.at(-1)).toMatchObject({ type: 'failed', attempt: 1, retryInMs: 1_000 });
  });

  test('a start does not wait for the back-off, but keeps the floor', async () => {
    const { poller, polls } = start(() => {
      throw statusFailure(22, 0xc0000022);
    });
    poller.handle({ type: 'start', intervalMs: 60_000 });
    await pass(7_100);
    poller.handle({ type: 'start', intervalMs: 60_000 });
    await pass(1_000);
    expect(polls()).toEqual([0, 1_000, 3_000, 7_000, 7_250]);
  });

  test('a pool that cannot be opened waits for another start', async () => {
    let opens = 0;
    const { poller, posted, polls } = start(undefined, async () => {
      opens++;
      throw unsupportedFailure('linux');
    });
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(120_000);
    expect(opens).toBe(1);
    expect(posted).toEqual([expect.objectContaining({ type: 'failed', kind: 'unsupported', retryInMs: null })]);
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(10);
    expect(opens).toBe(2);
    expect(posted.at(-1)).toMatchObject({ attempt: 2 });
    expect(polls()).toEqual([]);
  });

  test("an error of the code's own is none of these", async () => {
    const fault = new TypeError('undefined is not a pool');
    const { poller, crashes, types } = start(() => {
      throw fault;
    });
    poller.handle({ type: 'start', intervalMs: 250 });
    await pass(10);
    expect(crashes).toEqual([fault]);
    expect(types()).toEqual([]);
  });
});
