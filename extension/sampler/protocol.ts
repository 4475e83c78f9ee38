/**
 * What the host and the sampler say to each other: one union a direction, over the IPC channel of `child_process.fork`
 * with `serialization: 'advanced'`, so that columns travel as typed arrays. Types and plain constants only: the host
 * imports this file, and never the rest of the sampler.
 *
 * The host sends `start`; the sampler answers `ready` once, then `sample` after `sample`, or `failed`. It holds one sample
 * in flight: the next poll is planned when the host has answered the last sample with `ack`. So nothing queues up behind
 * a busy host, and what it gets next is always the newest.
 */
import type { PoolSnapshot } from '../pool/snapshot.ts';

/** Milliseconds from the start of one poll to the start of the next; values outside are clamped. */
export const POLL_INTERVAL_MS = { min: 250, default: 1_000, max: 60_000 } as const;

/** Names a library to load in place of `ntdll.dll`. It must export `NtQuerySystemInformation`. */
export const LIBRARY_VARIABLE = 'POOL_LENS_NTDLL';

/** How the process ends by itself. */
export const SAMPLER_EXIT = {
  /** Asked to stop, or the host went away. */
  stopped: 0,
  /** Started without a parent that talks to it. */
  noParent: 64,
  /** A fault in the sampler's own code; a `failed` message of kind `internal` went ahead. */
  crashed: 70,
} as const;

export type ToSampler =
  /**
   * Load the library and poll. To a sampler that runs already: take this interval, and do not wait for a back-off. While it
   * is paused it stays so.
   */
  | { readonly type: 'start'; readonly intervalMs: number }
  | { readonly type: 'interval'; readonly intervalMs: number }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** End the process. */
  | { readonly type: 'stop' }
  /** The sample of this sequence number has been taken in. */
  | { readonly type: 'ack'; readonly sequence: number };

export type FailureKind =
  /** No Windows here, and no library named in its place. */
  | 'unsupported'
  /** koffi's native file could not be loaded. */
  | 'nativeModule'
  /** The library is missing, or lacks NtQuerySystemInformation. */
  | 'library'
  | 'taggingOff'
  | 'classUnknown'
  /** The answer did not fit, again and again. */
  | 'tooSmall'
  | 'accessDenied'
  | 'outOfResources'
  | 'misaligned'
  /** Any other NTSTATUS. */
  | 'status'
  /** The call succeeded, but what it left in the buffer contradicts itself. */
  | 'badAnswer'
  /** A fault in the sampler itself; the process ends. */
  | 'internal';

/** Classes of NtQuerySystemInformation that give the tag table: SystemPoolTagInformation and SystemPoolTagInformation2. */
export type TableClass = 22 | 255;

export type FromSampler =
  /** The library is loaded and the tag table has been read: comes once, before the first sample. */
  | {
      readonly type: 'ready';
      readonly library: string;
      readonly infoClass: TableClass;
      readonly counterBits: 32 | 64;
      readonly pid: number;
    }
  /** `sequence` counts from 0. */
  | { readonly type: 'sample'; readonly sequence: number; readonly snapshot: PoolSnapshot }
  | {
      readonly type: 'failed';
      readonly kind: FailureKind;
      /** The NTSTATUS as an unsigned number, where there was one. */
      readonly status: number | null;
      /** One sentence that a driver author understands. */
      readonly reason: string;
      /** What to do about it. */
      readonly advice: string;
      /** The system may get over it by itself. */
      readonly transient: boolean;
      /** Failures in a row, from 1. */
      readonly attempt: number;
      /** Milliseconds until the sampler tries again; null when it waits for another `start`, or ends. */
      readonly retryInMs: number | null;
    };
