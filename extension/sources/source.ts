import type { PoolSnapshot } from '../pool/snapshot.ts';
import type { SourceKind, SourceState } from '../protocol.ts';

/** What a source tells its listener. Nothing is told after {@link PoolSource.dispose}. */
export interface SourceListener {
  sample(snapshot: PoolSnapshot): void;
  state(state: SourceState): void;
}

/** A pool that can be watched. It starts idle; while running it never has two polls under way. */
export interface PoolSource {
  readonly kind: SourceKind;
  /** How the panel names it. */
  readonly label: string;
  /** Starts polling, or goes on after {@link stop}; again after a failure, at once. Counters go on across a stop. */
  start(intervalMs: number): void;
  /** Polls no more until the next start. */
  stop(): void;
  /** Takes effect with the next poll. Milliseconds, 250 to 60,000. */
  setInterval(intervalMs: number): void;
  dispose(): void;
}

/** Shortest and longest time between two polls, milliseconds: a poll costs the watched kernel a DPC on every processor. */
export const MIN_INTERVAL_MS = 250;
export const MAX_INTERVAL_MS = 60_000;

/** The nearest allowed interval. */
export function clampInterval(intervalMs: number): number {
  if (!Number.isFinite(intervalMs)) return 1000;
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, Math.round(intervalMs)));
}
