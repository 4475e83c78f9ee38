/**
 * Files to be read, in orders that several threads work off together: each claims the next one by itself, in memory that all
 * of them see, so that none waits for another as long as there is something to read.
 */

import { WrapperNames } from './wrapperNames.ts';

/** What is read in one go, see `readFiles`. */
export interface ReadOrder {
  readonly paths: readonly string[];
  readonly known: readonly (number | null)[] | null;
}

/** To a thread: further orders of a queue, and what helps with all of them. */
export interface OrdersMessage {
  readonly queue: number;
  /** By number, who reads an order. */
  readonly claims: Int32Array;
  /** The thread's own number. */
  readonly thread: number;
  /** Further names of wrappers that others have found. */
  readonly names: readonly string[];
  /** Null once the queue is done. */
  readonly orders: readonly ReadOrder[] | null;
}

/** From a thread: the readings of one order, see `encodeReadings`. */
export interface ReadingsMessage {
  readonly queue: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Orders behind so many are read by the thread that keeps the queue alone: some 800,000 files are in front of them. */
const MOST_SHARED = 1 << 15;

const NOBODY = 0;
/** The thread that keeps the queue. */
const KEEPER = 1;
export const FIRST_THREAD = 2;

/** One thread's way through the orders of a queue. */
export class Claimer {
  readonly #claims: Int32Array;
  readonly #thread: number;
  #next = 0;

  constructor(claims: Int32Array, thread: number) {
    this.#claims = claims;
    this.#thread = thread;
  }

  /** The first order in front of `end` that nobody reads: from now on this thread does. */
  claim(end: number): number | undefined {
    const shared = Math.min(end, this.#claims.length);
    while (this.#next < shared) {
      const number = this.#next++;
      if (Atomics.compareExchange(this.#claims, number, NOBODY, this.#thread) === NOBODY) return number;
    }
    return this.#thread === KEEPER && this.#next < end ? this.#next++ : undefined;
  }

  /** Goes back to an order that somebody left. */
  goBackTo(number: number): void {
    this.#next = Math.min(this.#next, number);
  }
}

/** What another thread has read. */
export interface ThreadReadings {
  readonly bytes: Uint8Array;
  /** The thread's list of names as it was before, to which the readings add. */
  readonly names: WrapperNames;
}

/** A thread that can be given orders. */
export interface QueueThread {
  readonly number: number;
  post(message: OrdersMessage): void;
  /** Takes what has arrived from the thread. */
  poll(): void;
}

let queueCount = 0;

/** A queue as the thread sees it that keeps it, and reads too. */
export class ReadQueue {
  readonly id = ++queueCount;
  readonly #names: WrapperNames;
  /** The names that the threads have been told, from the first on. */
  #told = 0;
  readonly #claims = new Int32Array(new SharedArrayBuffer(4 * MOST_SHARED));
  readonly #own = new Claimer(this.#claims, KEEPER);
  readonly #orders: ReadOrder[] = [];
  /** With the list of names that each one has. */
  readonly #threads = new Map<QueueThread, WrapperNames>();
  readonly #arrived = new Map<number, ThreadReadings>();
  /** Ends the wait for a thread. */
  #wake: () => void = () => {};

  /** `names`: of wrappers in what has been read so far, by whomever. */
  constructor(names: WrapperNames) {
    this.#names = names;
  }

  /** Puts an order at the end; orders count from 0. */
  add(order: ReadOrder): void {
    this.#orders.push(order);
    this.#post([order], []);
  }

  /** Tells the threads which names were found since the last time. */
  share(): void {
    const fresh = this.#names.after(this.#told);
    if (fresh.length === 0) return;
    this.#told = this.#names.count;
    this.#post([], fresh);
  }

  /** Another thread reads too. */
  addThread(thread: QueueThread): void {
    this.#threads.set(thread, new WrapperNames());
    thread.post(this.#message(thread, [...this.#orders], this.#names.after(0).slice(0, this.#told)));
  }

  /** A thread died: what it was reading is to be read by others. */
  removeThread(thread: QueueThread): void {
    if (!this.#threads.delete(thread)) return;
    for (let number = Math.min(this.#orders.length, MOST_SHARED) - 1; number >= 0; number--) {
      if (this.#claims[number] !== thread.number) continue;
      Atomics.store(this.#claims, number, NOBODY);
      this.#own.goBackTo(number);
    }
    this.#wake();
  }

  /** The next order for the thread that keeps the queue; undefined where others read all that is left. */
  claim(): number | undefined {
    return this.#own.claim(this.#orders.length);
  }

  /** Hears what a thread has read. */
  arrive(thread: QueueThread, { number, bytes }: ReadingsMessage): void {
    const names = this.#threads.get(thread);
    if (!names) return;
    // Should the thread die from now on, this need not be read again.
    Atomics.store(this.#claims, number, KEEPER);
    this.#arrived.set(number, { bytes, names });
    this.#wake();
  }

  /** What another thread has read of an order, once. To be asked for in the order of the orders, as the names are. */
  take(number: number): ThreadReadings | undefined {
    for (const thread of this.#threads.keys()) thread.poll();
    const readings = this.#arrived.get(number);
    this.#arrived.delete(number);
    return readings;
  }

  /** Waits for anything from a thread. */
  wait(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  /** Nothing more is to be read. */
  close(): void {
    while (this.claim() !== undefined);
    this.#post(null, []);
    this.#threads.clear();
  }

  #post(orders: readonly ReadOrder[] | null, names: readonly string[]): void {
    for (const thread of this.#threads.keys()) thread.post(this.#message(thread, orders, names));
  }

  #message(thread: QueueThread, orders: readonly ReadOrder[] | null, names: readonly string[]): OrdersMessage {
    return { queue: this.id, claims: this.#claims, thread: thread.number, orders, names };
  }
}
