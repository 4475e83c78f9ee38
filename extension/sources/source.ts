import type { PoolSnapshot } from '../pool/snapshot.ts';
import type { LiveKind, SourceState } from '../protocol.ts';
import { POLL_INTERVAL_MS } from '../sampler/protocol.ts';

/** What a source tells its listener. Nothing is told after {@link PoolSource.dispose}. */
export interface SourceListener {
  sample(snapshot: PoolSnapshot): void;
  state(state: SourceState): void;
}

/** A pool that can be watched. It starts idle; while running it never has two polls under way. */
export interface PoolSource {
  readonly kind: LiveKind;
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

/** The nearest interval that the sampler allows: a poll costs the watched kernel a DPC on every processor. */
export function clampInterval(intervalMs: number): number {
  const { min, max, default: usual } = POLL_INTERVAL_MS;
  return Number.isFinite(intervalMs) ? Math.min(max, Math.max(min, Math.round(intervalMs))) : usual;
}
