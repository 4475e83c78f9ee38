import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Claimer,
  FIRST_THREAD,
  type OrdersMessage,
  type QueueThread,
  ReadQueue,
} from '../../../../language/index/readQueue.ts';
import { ScanThreads } from '../../../../language/index/scanThreads.ts';
import { scanFolder } from '../../../../language/index/workspaceScan.ts';
import { WrapperNames } from '../../../../language/index/wrapperNames.ts';

/** A thread whose messages are looked at by the test. */
class FakeThread implements QueueThread {
  readonly number: number;
  readonly heard: OrdersMessage[] = [];

  constructor(number = FIRST_THREAD) {
    this.number = number;
  }

  post(message: OrdersMessage): void {
    this.heard.push(message);
  }

  poll(): void {}
}

const order = (name: string) => ({ paths: [name], known: null });

describe('a queue of files', () => {
  it('gives each order to one thread', () => {
    const queue = new ReadQueue(new WrapperNames());
    const thread = new FakeThread();
    queue.add(order('a'));
    queue.addThread(thread);
    queue.add(order('b'));
    queue.add(order('c'));
    expect(thread.heard.flatMap(({ orders }) => orders!.map(({ paths }) => paths[0]))).toEqual(['a', 'b', 'c']);
    const other = new Claimer(thread.heard[0].claims, thread.number);
    expect([queue.claim(), other.claim(3), queue.claim(), other.claim(3), queue.claim()]).toEqual([
      0,
      1,
      2,
      undefined,
      undefined,
    ]);
    expect(queue.take(1)).toBeUndefined();
    queue.arrive(thread, { queue: queue.id, number: 1, bytes: new Uint8Array([7]) });
    expect(queue.take(1)?.bytes).toEqual(new Uint8Array([7]));
  });

  it('takes back what a dead thread was reading, and keeps what it has read', async () => {
    const queue = new ReadQueue(new WrapperNames());
    const thread = new FakeThread();
    for (const name of ['a', 'b', 'c']) queue.add(order(name));
    queue.addThread(thread);
    const other = new Claimer(thread.heard[0].claims, thread.number);
    expect([other.claim(3), other.claim(3), queue.claim()]).toEqual([0, 1, 2]);
    queue.arrive(thread, { queue: queue.id, number: 0, bytes: new Uint8Array([7]) });
    const woken = queue.wait();
    queue.removeThread(thread);
    await woken;
    expect([queue.claim(), queue.claim()]).toEqual([1, undefined]);
    expect(queue.take(0)?.bytes).toEqual(new Uint8Array([7]));
  });

  it('tells every thread the names that were found', () => {
    const names = new WrapperNames();
    const queue = new ReadQueue(names);
    const [early, late] = [new FakeThread(2), new FakeThread(3)];
    queue.addThread(early);
    names.add('MyAlloc');
    queue.share();
    queue.addThread(late);
    names.add('MyOther');
    queue.share();
    queue.share();
    for (const thread of [early, late])
      expect(thread.heard.flatMap((message) => message.names)).toEqual(['MyAlloc', 'MyOther']);
    queue.close();
    expect(late.heard.at(-1)!.orders).toBeNull();
  });
});

describe('a scan in two threads', () => {
  const root = mkdtempSync(join(tmpdir(), 'pool-lens-threads-'));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('finds what a scan in one thread finds', async () => {
    for (let i = 0; i < 600; i++) {
      const folder = join(root, `d${i % 20}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `w${i}.h`),
        `#define W${i}(n) ExAllocatePool2(0, n, 'g${i % 90 < 10 ? 0 : ''}${i % 90}T')\n`,
      );
      writeFileSync(join(folder, `f${i}.c`), `#include "w${i}.h"\nvoid f${i}(void) { p = W${i}(8); }\n`);
    }
    const threads = new ScanThreads(1);
    try {
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      const one = await scanFolder(root, { threads: null });
      expect(one.index.snapshot().sites).toHaveLength(600);
      // By the second time the thread has started.
      for (let round = 0; round < 2; round++) {
        const two = await scanFolder(root, { threads, onWarning });
        expect(two.index.snapshot()).toEqual(one.index.snapshot());
      }
      expect(warnings).toEqual([]);
    } finally {
      threads.close();
    }
  });
});
