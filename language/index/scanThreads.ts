/**
 * Threads that read files. They are started when a scan is large enough to pay for them, shared by all scans, and ended some
 * time after the last one. Where no thread can be started, the scan goes on without.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import {
  FIRST_THREAD,
  type OrdersMessage,
  type QueueThread,
  type ReadingsMessage,
  type ReadQueue,
} from './readQueue.ts';

/** Threads that are not needed live so long, milliseconds: folders are scanned one after the other. */
const IDLE_MS = 5000;

/** Besides the thread that keeps the index, which reads too. */
const MOST_THREADS = Math.min(2, availableParallelism() - 1);

/** The worker's file: its bundle beside this one's, or the source beside this one. */
function workerFile(): string | undefined {
  return ['scanWorker.js', 'scanWorker.ts']
    .map((name) => join(import.meta.dirname, name))
    .find((file) => existsSync(file));
}

/** Of what a thread makes, hardly anything lives longer than one file. */
const YOUNG_MB = 8;

/** One thread, and the queues that it reads for. */
class Reader implements QueueThread {
  readonly number: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #queues = new Map<number, ReadQueue>();
  #ended = false;

  constructor(file: string, number: number, onEnd: (reason: string) => void) {
    this.number = number;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(file, {
      name: 'pool-lens-scan',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      workerData: port2,
      transferList: [port2],
    });
    this.#worker.unref();
    this.#port.on('message', (message: ReadingsMessage) => this.#hear(message));
    this.#port.unref();
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#ended = true;
      for (const queue of this.#queues.values()) queue.removeThread(this);
      this.#port.close();
      onEnd(reason);
    };
    this.#worker.on('error', (error) => end((error as Error).message));
    this.#worker.on('exit', (code) => end(`exit code ${code}`));
  }

  serve(queue: ReadQueue): void {
    this.#queues.set(queue.id, queue);
    queue.addThread(this);
    // Only what is being read keeps the process alive.
    this.#port.ref();
  }

  leave(queue: ReadQueue): void {
    if (this.#queues.delete(queue.id) && this.#queues.size === 0) this.#port.unref();
  }

  post(message: OrdersMessage): void {
    this.#port.postMessage(message);
  }

  poll(): void {
    // Without a turn of the event loop, which may be far.
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
      this.#hear(next.message);
  }

  #hear(message: ReadingsMessage): void {
    this.#queues.get(message.queue)?.arrive(this, message);
  }

  close(): void {
    this.#ended = true;
    this.#port.close();
    void this.#worker.terminate();
  }
}

export class ScanThreads {
  readonly #most: number;
  readonly #readers = new Set<Reader>();
  #users = 0;
  #started = 0;
  #failed = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(most = MOST_THREADS) {
    this.#most = most;
  }

  /** Has the threads read what is in a queue, and starts them unless they run. Every call wants one of {@link release}. */
  serve(queue: ReadQueue, onWarning: (message: string) => void): void {
    this.#users++;
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    while (!this.#failed && this.#readers.size < this.#most) this.#start(onWarning);
    for (const reader of this.#readers) reader.serve(queue);
  }

  release(queue: ReadQueue): void {
    queue.close();
    for (const reader of this.#readers) reader.leave(queue);
    this.#users--;
    if (this.#users > 0 || this.#readers.size === 0) return;
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    this.#idle.unref();
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    for (const reader of this.#readers) reader.close();
    this.#readers.clear();
  }

  #start(onWarning: (message: string) => void): void {
    const fail = (reason: string) => {
      if (!this.#failed) onWarning(`Scanning goes on in one thread: another one could not be used (${reason})`);
      this.#failed = true;
    };
    const file = workerFile();
    if (file === undefined) {
      fail('scanWorker.js is missing; install the extension again');
      return;
    }
    try {
      const reader = new Reader(file, FIRST_THREAD + this.#started++, (reason) => {
        this.#readers.delete(reader);
        fail(reason);
      });
      this.#readers.add(reader);
    } catch (error) {
      fail((error as Error).message);
    }
  }
}

/** The threads of this process. */
export const scanThreads = new ScanThreads();
