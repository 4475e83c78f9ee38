/** Phases as stretches of time, for the bands of charts and for the bar. */
import type { PhaseMark, PhaseName } from '../../extension/protocol.ts';

export interface PhaseBand {
  readonly phase: Exclude<PhaseName, 'end'>;
  /** Number of the test cycle; 0 in other phases. */
  readonly cycle: number;
  /** Milliseconds since the first sample. */
  readonly fromMs: number;
  /** Infinite while the phase goes on. */
  readonly toMs: number;
}

export function phaseBands(marks: readonly PhaseMark[]): PhaseBand[] {
  const bands: PhaseBand[] = [];
  for (const [i, mark] of marks.entries()) {
    if (mark.phase === 'end') continue;
    bands.push({
      phase: mark.phase,
      cycle: mark.phase === 'test' ? mark.cycle : 0,
      fromMs: mark.elapsedMs,
      toMs: marks[i + 1]?.elapsedMs ?? Number.POSITIVE_INFINITY,
    });
  }
  return bands;
}

/** `baseline`, `test 3`. */
export function bandLabel(band: Pick<PhaseBand, 'phase' | 'cycle'>): string {
  return band.cycle > 0 ? `${band.phase} ${band.cycle}` : band.phase;
}

/** The phase at a time; empty outside of all. */
export function phaseAt(bands: readonly PhaseBand[], timeMs: number): string {
  const band = bands.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
  return band ? bandLabel(band) : '';
}
