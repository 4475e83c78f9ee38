import type { PoolTag } from '../language/tag/poolTag.ts';
import type { Comparison } from './pool/comparison.ts';
import type { RowFigures } from './pool/poolStore.ts';
import { NO_PASTS } from './pool/rowPasts.ts';
import {
  type FromPanel,
  type PanelState,
  ROW_FIELDS,
  type RowBlock,
  type RowField,
  type SessionState,
  type TagGroup,
  type ToPanel,
  type TrendBlock,
  VERDICTS,
} from './protocol.ts';
import type { Unsubscribe } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import type { Watch } from './watch.ts';

/** What a user can ask for in the panel, besides looking. */
export type PanelIntent = Exclude<FromPanel, { type: 'ready' | 'ack' | 'resync' | 'visibleRows' | 'detail' }>;

type DetailRequest = Extract<FromPanel, { type: 'detail' }>;

export interface PanelContext {
  readonly monitor: Watch;
  readonly directory: SiteDirectory;
  /** Everything of {@link PanelState} that neither of them knows. */
  surroundings(): Pick<PanelState, 'sources' | 'hasWorkspace' | 'offers' | 'warnings'>;
  intend(intent: PanelIntent): void;
}

/** Points of a trend line at the most. */
const TREND_POINTS = 96;
/** Rows whose past one panel can ask for. */
const MOST_PASTS = 8;
const MOST_POINTS = 2_000;
/** An answer that does not come this long is taken as lost with the page it was sent to, milliseconds. */
const ACK_PATIENCE_MS = 10_000;

/**
 * The host's end of one panel. It sends a snapshot when the panel is ready or comes into sight, then frames of what
 * changed; one in flight at a time, and none to a panel out of sight.
 */
export class PanelSession {
  private readonly context: PanelContext;
  private readonly post: (message: ToPanel) => void;
  private readonly subscriptions: Unsubscribe[];
  private stopLooking: Unsubscribe | undefined;
  private ready = false;
  private visible = false;
  private generation = 0;
  private sequence = 0;
  /** Store version of the last message with rows; the next one holds what changed after it. */
  private sentVersion = 0;
  private sentEpoch = 0;
  private sentInfos = 0;
  private sentSession: SessionState | undefined;
  private sentGroups: readonly TagGroup[] | undefined;
  private detail: DetailRequest | undefined;
  private inFlightSince: number | undefined;
  private visibleRows: readonly number[] = [];
  private comparison: Comparison | null = null;
  private pendingReveal: PoolTag | undefined;

  constructor(context: PanelContext, post: (message: ToPanel) => void) {
    this.context = context;
    this.post = post;
    this.subscriptions = [
      context.monitor.sampled.on(() => this.sendFrame()),
      context.monitor.stateChanged.on(() => this.sendState()),
      context.directory.changed.on(() => {
        this.sendTags();
        this.sendState();
      }),
    ];
  }

  /** Whether the panel can be seen; only then does it ask for samples. */
  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (visible) this.stopLooking = this.context.monitor.look();
    else this.stopLooking?.();
    this.resend();
  }

  receive(message: FromPanel): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.resend();
        break;
      case 'resync':
        this.resend();
        break;
      case 'ack':
        if (message.generation === this.generation && message.sequence === this.sequence) {
          this.inFlightSince = undefined;
          if (this.context.monitor.store.version > this.sentVersion) this.sendFrame();
        }
        break;
      case 'visibleRows':
        this.visibleRows = message.ids.slice(0, 500);
        this.post({ type: 'trends', trends: this.trendBlock() });
        break;
      case 'detail':
        this.detail = message.ids.length > 0 ? message : undefined;
        this.sendDetail();
        break;
      default:
        this.context.intend(message);
    }
  }

  /** Shows two states side by side, now and when the panel comes back into sight; null ends it. */
  compare(comparison: Comparison | null): void {
    this.comparison = comparison;
    if (this.listening) this.post({ type: 'comparison', comparison });
  }

  /** Shows a tag's row, at once or as soon as the panel can. */
  reveal(tag: PoolTag): void {
    this.pendingReveal = tag;
    this.sendReveal();
  }

  dispose(): void {
    this.stopLooking?.();
    for (const unsubscribe of this.subscriptions) unsubscribe();
    this.ready = false;
  }

  private get listening(): boolean {
    return this.ready && this.visible;
  }

  /** Everything at once, as a new generation. */
  private resend(): void {
    if (!this.listening) return;
    this.generation++;
    this.sequence = 0;
    this.sentVersion = 0;
    this.sentEpoch = this.context.monitor.store.epoch;
    this.sentInfos = 0;
    this.sentSession = undefined;
    this.sentGroups = undefined;
    // Ids of another epoch mean other rows: the panel asks again for those it selects.
    this.detail = undefined;
    this.inFlightSince = undefined;
    this.sendState();
    this.sendTags();
    this.sendRows('snapshot');
    if (this.comparison) this.post({ type: 'comparison', comparison: this.comparison });
    this.sendReveal();
  }

  private sendState(): void {
    if (!this.listening) return;
    const { monitor, directory } = this.context;
    this.post({
      type: 'state',
      state: {
        source: monitor.sourceKind ?? 'simulated',
        sourceLabel: monitor.sourceLabel,
        state: monitor.state,
        intervalMs: monitor.intervalMs,
        scanComplete: directory.complete,
        ...this.context.surroundings(),
      },
    });
    this.sendSession();
    if (monitor.store.epoch !== this.sentEpoch) this.resend();
  }

  /** Phases, recording and time line, where one of them is new. */
  private sendSession(): void {
    const { phases, recording, timeline } = this.context.monitor;
    const sent = this.sentSession;
    if (sent && sent.phases === phases && sent.recording === recording && sent.timeline === timeline) return;
    this.sentSession = { phases, recording, timeline };
    this.post({ type: 'session', session: this.sentSession });
  }

  private sendGroups(): void {
    const { groups = [] } = this.context.monitor;
    if (groups === this.sentGroups || (groups.length === 0 && !this.sentGroups?.length)) return;
    this.sentGroups = groups;
    this.post({ type: 'groups', groups });
  }

  /** The pasts the panel asked for; what is not known any more is left out. */
  private sendDetail(): void {
    const { monitor } = this.context;
    if (!this.listening || !this.detail) return;
    const { request, fromMs, toMs, points } = this.detail;
    const ids = this.detail.ids.filter((id) => id < monitor.store.rowCount).slice(0, MOST_PASTS);
    const most = Math.min(MOST_POINTS, Math.max(2, points));
    const pasts = ids.length > 0 ? monitor.past?.(ids, { fromMs, toMs }, most) : undefined;
    const evidence = ids.length > 0 ? (monitor.evidence?.(ids[0]) ?? '') : '';
    this.post({ type: 'detail', request, detail: { ...(pasts ?? NO_PASTS), evidence } });
  }

  private sendTags(): void {
    if (!this.listening) return;
    const { directory } = this.context;
    const all = this.sentInfos === 0;
    const tags = directory.infosSince(this.sentInfos);
    this.sentInfos = directory.version;
    if (all || tags.length > 0) this.post({ type: 'tags', all, tags });
  }

  private sendReveal(): void {
    if (!this.listening || this.pendingReveal === undefined) return;
    this.post({ type: 'reveal', tag: this.pendingReveal });
    this.pendingReveal = undefined;
  }

  private sendFrame(): void {
    if (!this.listening) return;
    // Another source or another boot: the rows have other ids, and the panel must start over.
    if (this.context.monitor.store.epoch !== this.sentEpoch) {
      this.resend();
      return;
    }
    if (this.inFlightSince !== undefined) {
      if (performance.now() - this.inFlightSince > ACK_PATIENCE_MS) this.resend();
      return;
    }
    this.sequence++;
    this.sendRows('frame');
  }

  private sendRows(type: 'snapshot' | 'frame'): void {
    const { store } = this.context.monitor;
    const ids = store.changedSince(this.sentVersion);
    this.sentVersion = store.version;
    this.inFlightSince = performance.now();
    this.post({
      type,
      generation: this.generation,
      sequence: this.sequence,
      time: store.time,
      watchedMs: store.watchedMs,
      system: store.system,
      pageFaultsDelta: store.pageFaultsDelta,
      ...store.poolRates,
      rows: this.rowBlock(ids),
      trends: this.trendBlock(),
    });
    this.sendGroups();
    this.sendDetail();
  }

  private rowBlock(ids: readonly number[]): RowBlock {
    const { store } = this.context.monitor;
    const block: RowBlock = {
      ids: Uint32Array.from(ids),
      tags: new Uint32Array(ids.length),
      paged: new Uint8Array(ids.length),
      values: new Float64Array(ids.length * ROW_FIELDS.length),
    };
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      const row = store.row(ids[i]);
      block.tags[i] = row.tag;
      block.paged[i] = row.paged ? 1 : 0;
      for (const field of ROW_FIELDS) block.values[at++] = panelNumber(row, field);
    }
    return block;
  }

  /** Trend lines thinned to {@link TREND_POINTS}; rows younger than the longest start with NaN. */
  private trendBlock(): TrendBlock {
    const { store } = this.context.monitor;
    const ids = this.visibleRows.filter((id) => id < store.rowCount);
    const stretches = ids.map((id) => store.trend(id).values);
    const longest = Math.max(0, ...stretches.map((values) => values.length));
    const length = Math.min(TREND_POINTS, longest);
    const points = new Float32Array(ids.length * length).fill(Number.NaN);
    for (const [i, values] of stretches.entries()) {
      for (let p = 0; p < length; p++) {
        // The last point is always the newest value.
        const index = values.length - 1 - Math.round(((length - 1 - p) * (longest - 1)) / Math.max(1, length - 1));
        if (index >= 0) points[i * length + p] = values[index];
      }
    }
    return { ids: Uint32Array.from(ids), length, points };
  }
}

/** A figure of a row as the panel takes it. */
function panelNumber(row: RowFigures, field: RowField): number {
  if (field === 'verdict') return VERDICTS.indexOf(row.verdict);
  return field === 'growing' ? Number(row.growing) : row[field];
}
