/** The state of the source in words. */
import type { PanelState, SourceKind, SourceState } from '../extension/protocol.ts';

const KIND_NAMES: Readonly<Record<SourceKind, string>> = {
  local: 'This PC',
  simulated: 'Simulated kernel',
};

export function sourceName(kind: SourceKind): string {
  return KIND_NAMES[kind];
}

/** One word for the header. */
export function stateWord(state: SourceState): string {
  switch (state.kind) {
    case 'off':
      return 'off';
    case 'starting':
      return 'starting';
    case 'live':
      return 'live';
    case 'paused':
      return 'paused';
    case 'failed':
      return 'failed';
  }
}

/** What to expect after a failure; `now` in milliseconds since 1970. */
export function retryWords(retryAt: number | null, now: number): string {
  if (retryAt === null) return 'It will not try again by itself.';
  const seconds = Math.ceil((retryAt - now) / 1000);
  return seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again now.';
}

/** Why the table has no rows at all. */
export interface EmptyWords {
  readonly title: string;
  readonly text: string;
  readonly busy: boolean;
}

export function emptyWords(panel: PanelState, now: number): EmptyWords {
  const { state } = panel;
  switch (state.kind) {
    case 'off':
      return { title: 'No pool is watched', text: state.reason, busy: false };
    case 'starting':
      return { title: `Starting ${panel.sourceLabel}`, text: 'Waiting for the first reading of the pool.', busy: true };
    case 'live':
      return { title: `Reading ${panel.sourceLabel}`, text: 'Waiting for the first reading of the pool.', busy: true };
    case 'paused':
      return { title: 'Paused', text: 'Nothing was read yet. Resume to read the pool.', busy: false };
    case 'failed':
      return {
        title: state.reason,
        text: `${state.advice} ${retryWords(state.retryAt, now)}`.trim(),
        busy: false,
      };
  }
}
