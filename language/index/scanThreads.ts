/**
 * Threads that read files. They are started when a scan is large enough to pay for them, shared by all scans, and ended some
 * time after the last one. Where no thread can be started, the scan goes on without.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WrapperNames } from './wrapperNames.ts';

/** Lists of paths that a thread has in hand: one that it reads, and some so that it never waits. */
const IN_HAND = 3;
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

/** What is to be read, see `readFiles`. */
export interface ReadRequest {
  readonly paths: readonly string[];
  readonly known: readonly (number | null)[] | null;
  /** Names of wrappers that are known by now; one list for each scan. */
  readonly names: WrapperNames;
}

/** What a thread is told. */
export interface ReadOrder extends Omit<ReadRequest, 'names'> {
  /** The names of an earlier scan do not count. */
  readonly isNewScan: boolean;
  /** Names that were not told before. */
  readonly names: readonly string[];
}

export interface ReadAnswer {
  readonly bytes: Uint8Array;
  /** The thread's list of names as it was, to which the readings add. */
  readonly names: WrapperNames;
}

interface Order {
  readonly names: WrapperNames;
  readonly resolve: (answer: ReadAnswer | null) => void;
}

/** One thread with the orders it has in hand, the first one first. */
class Reader {
  readonly #worker: Worker;
  readonly #orders: Order[] = [];
  /** The scan's names, how many of them the thread was told, and the thread's own list. */
  #scan: WrapperNames | null = null;
  #told = 0;
  #names = new WrapperNames();
  #ended = false;

  constructor(file: string, onEnd: (reason: string) => void) {
    this.#worker = new Worker(file, { name: 'pool-lens-scan', resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    this.#worker.unref();
    this.#worker.on('message', (bytes: Uint8Array) => {
      const order = this.#orders.shift();
      order?.resolve({ bytes, names: order.names });
      if (this.#orders.length === 0) this.#worker.unref();
    });
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#ended = true;
      for (const order of this.#orders.splice(0)) order.resolve(null);
      onEnd(reason);
    };
    this.#worker.on('error', (error) => end((error as Error).message));
    this.#worker.on('exit', (code) => end(`exit code ${code}`));
  }

  get inHand(): number {
    return this.#orders.length;
  }

  read({ paths, known, names }: ReadRequest): Promise<ReadAnswer | null> {
    const isNewScan = this.#scan !== names;
    if (isNewScan) {
      this.#scan = names;
      this.#told = 0;
      this.#names = new WrapperNames();
    }
    const order: ReadOrder = { paths, known, isNewScan, names: names.after(this.#told) };
    this.#told = names.count;
    // Only what is being read keeps the process alive.
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#orders.push({ names: this.#names, resolve });
      this.#worker.postMessage(order);
    });
  }

  close(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }
}

export class ScanThreads {
  readonly #most: number;
  readonly #readers = new Set<Reader>();
  #users = 0;
  #failed = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(most = MOST_THREADS) {
    this.#most = most;
  }

  /** Starts the threads, unless they run. Every call wants one of {@link release}. */
  acquire(onWarning: (message: string) => void): void {
    this.#users++;
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    while (!this.#failed && this.#readers.size < this.#most) this.#start(onWarning);
  }

  release(): void {
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

  /** Whether a thread would soon have nothing to read. */
  get wantsMore(): boolean {
    return this.#next() !== undefined;
  }

  /** The readings of these files as bytes; null where the thread died, or there is none. */
  async read(request: ReadRequest): Promise<ReadAnswer | null> {
    return (await this.#next()?.read(request)) ?? null;
  }

  #next(): Reader | undefined {
    let best: Reader | undefined;
    for (const reader of this.#readers) if (!best || reader.inHand < best.inHand) best = reader;
    return best && best.inHand < IN_HAND ? best : undefined;
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
      const reader = new Reader(file, (reason) => {
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
