/** The state of the source, and an empty table, in words. */
import type { PanelState, RecordingState, SourceKind, SourceState } from '../extension/protocol.ts';
import type { RowFilter } from './filter.ts';

const KIND_NAMES: Readonly<Record<SourceKind, string>> = {
  local: 'This PC',
  simulated: 'Simulated kernel',
  recording: 'Recording',
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

export interface StripLine {
  readonly text: string;
  /** A command line that helps, to copy. */
  readonly command?: string;
}

/** What is said above figures that stay visible, the most pressing first. */
export function stripLines(
  { state, sourceLabel, warnings = [] }: PanelState,
  recording: RecordingState,
  hasRows: boolean,
  now: number,
): StripLine[] {
  const lines: StripLine[] = [];
  const stay = 'The last figures stay below.';
  if (hasRows && state.kind === 'failed') {
    const text = `${state.reason} ${state.advice} ${retryWords(state.retryAt, now)} ${stay}`;
    lines.push(state.command ? { text, command: state.command } : { text });
  } else if (hasRows && state.kind === 'off') lines.push({ text: `${state.reason} ${stay}` });
  else if (hasRows && state.kind === 'starting') lines.push({ text: `Starting ${sourceLabel}. ${stay}` });
  lines.push(...warnings);
  if (recording.kind === 'failed')
    lines.push({ text: `Not recording. ${recording.reason} ${recording.advice}`.trim() });
  if (recording.kind === 'opened' && recording.notice !== '') lines.push({ text: recording.notice });
  return lines;
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

export interface EmptyFilter {
  readonly panel: PanelState;
  readonly filter: RowFilter;
  /** Tags with allocation sites in this workspace. */
  readonly workspaceTags: number;
}

/** Why the filter shows nothing, when there are rows. */
export function emptyFilterWords(model: EmptyFilter): Omit<EmptyWords, 'busy'> {
  const { filter, panel } = model;
  if (filter.workspaceOnly && !panel.hasWorkspace) {
    return {
      title: 'No folder is open',
      text: 'Open a driver’s folder to see the tags that its sources allocate under.',
    };
  }
  if (filter.workspaceOnly && model.workspaceTags === 0) {
    return panel.scanComplete
      ? {
          title: 'No allocation sites in this workspace',
          text: 'No tagged pool allocation was found in its C and C++ files.',
        }
      : { title: 'Scanning the sources', text: 'Allocation sites appear here as they are found.' };
  }
  if (filter.text.trim() !== '') {
    return { title: `No tag matches ${filter.text.trim()}`, text: 'Wildcards compare case; plain text does not.' };
  }
  if (filter.growingOnly) {
    return { title: 'No tag grows', text: 'Nothing here grew over the whole watched time.' };
  }
  if (filter.workspaceOnly) {
    return {
      title: 'Not in the pool yet',
      text: 'None of this workspace’s tags is in the watched pool. Is the driver loaded?',
    };
  }
  return { title: 'No tag to show', text: 'The filter hides every row.' };
}
