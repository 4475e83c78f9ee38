/** What the panel shows of a session besides rows: its phases, a recording's time line, and a comparison. */
import type { Comparison } from '../extension/pool/comparison.ts';
import type { PanelState, SessionState, ToPanel } from '../extension/protocol.ts';
import type { Palette } from './chart/palette.ts';
import { type PhaseBand, phaseBands } from './chart/phaseBands.ts';
import { ComparisonView } from './comparisonView.ts';
import type { RowFilter } from './filter.ts';
import type { Host } from './host.ts';
import { PhaseBar, phasesUntil } from './phaseBar.ts';
import type { TagDirectory } from './tagDirectory.ts';
import { TimelineBar } from './timelineBar.ts';

const NO_SESSION: SessionState = {
  phases: { marks: [], operationsPerCycle: null, canMark: false },
  recording: { kind: 'waiting' },
  timeline: null,
};

export class SessionViews {
  readonly phaseBar: PhaseBar;
  readonly timeline: TimelineBar;
  readonly comparison: ComparisonView;
  session = NO_SESSION;
  bands: readonly PhaseBand[] = [];
  #compared: Comparison | null = null;

  constructor(host: Host) {
    this.phaseBar = new PhaseBar({
      onPhase: (phase) => host.send({ type: 'mark', phase }),
      onOperations: (operations) => host.send({ type: 'setOperations', operations }),
    });
    this.timeline = new TimelineBar({
      onScrub: (elapsedMs) => host.send({ type: 'scrub', elapsedMs }),
      onCompareMoments: (fromMs, toMs) => host.send({ type: 'compareMoments', fromMs, toMs }),
      onCompare: () => host.send({ type: 'compare' }),
      onKeep: (kept) => host.send({ type: 'keepRecording', kept }),
    });
    this.comparison = new ComparisonView({
      onEnd: () => host.send({ type: 'endComparison' }),
      onShowSites: (tag) => host.send({ type: 'showSites', tag }),
    });
  }

  /** A comparison stands in the table's place. */
  get comparing(): boolean {
    return this.#compared !== null;
  }

  receive(message: Extract<ToPanel, { type: 'session' | 'comparison' }>): void {
    if (message.type === 'comparison') this.#compared = message.comparison;
    else {
      this.session = message.session;
      this.bands = phaseBands(message.session.phases.marks);
    }
  }

  /** `watchedMs`: of the newest sample, or where a recording stands. */
  show(panel: PanelState, watchedMs: number, filter: RowFilter, directory: TagDirectory, palette: Palette): void {
    const { phases, timeline, recording } = this.session;
    const shown = timeline ? phasesUntil(phases, watchedMs) : phases;
    this.phaseBar.show(shown, watchedMs, panel.state.kind === 'live' && !timeline);
    this.timeline.show(timeline, recording, this.bands, palette);
    this.timeline.setPosition(watchedMs);
    this.comparison.show(this.#compared, filter, directory);
  }
}
