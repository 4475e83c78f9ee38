/** When to poll: the interval, pauses, one sample in flight, and the back-off after failures. Knows no process and no library. */
import type { PoolSnapshot } from '../pool/snapshot.ts';
import { failedMessage, SamplerFailure } from './failure.ts';
import type { PoolReading } from './poolQuery.ts';
import { type FromSampler, POLL_INTERVAL_MS, type ToSampler } from './protocol.ts';

/** A pool that can be read. */
export interface PoolReader {
  /** For the person: which library answers. */
  readonly library: string;
  /** @throws {SamplerFailure} */
  read(): PoolReading;
}

export interface PollerOptions {
  /** Opens the pool. Called at `start`, and again at the next `start` where it failed. @throws {SamplerFailure} */
  readonly open: () => Promise<PoolReader>;
  /** Takes a message for the host, and must be done with its arrays when it returns. */
  readonly post: (message: FromSampler) => void;
  /** Takes an error that is nobody's failure but this code's own. */
  readonly crash: (error: unknown) => void;
  readonly pid: number;
}

/** Milliseconds to wait after the first, second, ... failure in a row; the last stands for all that follow. */
export const BACK_OFF_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

export function clampInterval(intervalMs: number): number {
  return Math.min(Math.max(intervalMs, POLL_INTERVAL_MS.min), POLL_INTERVAL_MS.max);
}

export class Poller {
  readonly #options: PollerOptions;
  #reader: PoolReader | null = null;
  #opening = false;
  #stopped = false;
  #paused = false;
  #ready = false;
  #intervalMs: number = POLL_INTERVAL_MS.default;
  #timer: NodeJS.Timeout | undefined;
  /** When the last poll began, on the monotonic clock. */
  #lastPollMs = Number.NEGATIVE_INFINITY;
  /** When the back-off after a failure ends. */
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #sequence = 0;
  /** The sample that the host has not answered yet. */
  #inFlight: number | null = null;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Obeys the host. After `stop` nothing has an effect any more. */
  handle(message: ToSampler): void {
    if (this.#stopped) return;
    switch (message.type) {
      case 'start':
        this.#intervalMs = clampInterval(message.intervalMs);
        this.#retryAtMs = Number.NEGATIVE_INFINITY;
        if (this.#reader === null) this.#open();
        break;
      case 'interval':
        this.#intervalMs = clampInterval(message.intervalMs);
        break;
      case 'pause':
        this.#paused = true;
        break;
      case 'resume':
        this.#paused = false;
        break;
      case 'ack':
        if (message.sequence === this.#inFlight) this.#inFlight = null;
        break;
      case 'stop':
        this.#stopped = true;
        break;
    }
    this.#plan();
  }

  #open(): void {
    if (this.#opening) return;
    this.#opening = true;
    this.#options
      .open()
      .then((reader) => {
        this.#reader = reader;
        this.#failures = 0;
        this.#opening = false;
        this.#plan();
      })
      .catch((error: unknown) => {
        this.#opening = false;
        if (!this.#stopped) this.#fail(error, false);
      });
  }

  /** Sets the timer for the next poll, or none: the one place that decides whether and when. */
  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const reader = this.#reader;
    if (reader === null || this.#stopped || this.#paused || this.#inFlight !== null) return;
    // Inside a back-off the interval does not count: after a failure the retry decides.
    const due = this.#failures > 0 ? this.#retryAtMs : this.#lastPollMs + this.#intervalMs;
    const floor = this.#lastPollMs + POLL_INTERVAL_MS.min;
    const waitMs = Math.max(due, floor) - performance.now();
    // Whole milliseconds, upwards: a timer cuts the fraction off and would poll early.
    this.#timer = setTimeout(() => this.#poll(reader), Math.ceil(Math.max(waitMs, 0)));
  }

  #poll(reader: PoolReader): void {
    const began = performance.now();
    this.#lastPollMs = began;
    try {
      const time = Date.now();
      const reading = reader.read();
      const costMicroseconds = Math.round((performance.now() - began) * 1_000);
      this.#failures = 0;
      this.#send(reader, reading, { time, monotonicMs: began, costMicroseconds });
    } catch (error) {
      this.#fail(error, true);
    }
    this.#plan();
  }

  #send(
    reader: PoolReader,
    reading: PoolReading,
    measured: Pick<PoolSnapshot, 'time' | 'monotonicMs' | 'costMicroseconds'>,
  ): void {
    const { infoClass, counterBits, columns, system } = reading;
    const { post, pid } = this.#options;
    if (!this.#ready) {
      this.#ready = true;
      post({ type: 'ready', library: reader.library, infoClass, counterBits, pid });
    }
    const sequence = this.#sequence++;
    this.#inFlight = sequence;
    post({ type: 'sample', sequence, snapshot: { ...measured, counterBits, ...columns, system } });
  }

  #fail(error: unknown, retries: boolean): void {
    if (!(error instanceof SamplerFailure)) {
      this.#options.crash(error);
      return;
    }
    this.#failures++;
    const retryInMs = retries ? BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length) - 1] : null;
    if (retryInMs !== null) this.#retryAtMs = performance.now() + retryInMs;
    this.#options.post(failedMessage(error, this.#failures, retryInMs));
  }
}
