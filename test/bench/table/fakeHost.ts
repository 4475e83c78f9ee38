/**
 * The harness's extension host, a worker as the real one is another process: it speaks the protocol as the extension does (one
 * message with rows in flight, trends for the rows on screen), and what it costs is not the panel's.
 */
import type { FromPanel, PanelState, SourceState, ToPanel } from '../../../extension/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { FakePool } from './fakePool.ts';
import { fakeComparison, fakeGroups, fakeSession, type SessionKind } from './fakeSession.ts';

export interface HostOptions {
  readonly tags: number;
  /** Part of the tags that have a row in each pool. */
  readonly bothShare: number;
  /** Part of the rows that move with each sample. */
  readonly busyShare: number;
  readonly state: SourceState;
  readonly panel: Partial<PanelState>;
  readonly withSites: boolean;
  readonly session: SessionKind;
  readonly groups: boolean;
  readonly compared: boolean;
  /** Samples taken before the panel sees the first. */
  readonly samples: number;
  /** Tag to reveal after the first rows, as text. */
  readonly reveal: string;
}

/** What the page tells the host. */
export type ToHost =
  | { readonly kind: 'begin'; readonly options: HostOptions }
  | { readonly kind: 'panel'; readonly message: FromPanel }
  /** Take a sample and send it, with the rows that changed or all; `lose`: send nothing. */
  | { readonly kind: 'tick'; readonly rows: 'changed' | 'all' }
  | { readonly kind: 'lose' }
  /** A sample each so many milliseconds; 0 ends that. */
  | { readonly kind: 'live'; readonly intervalMs: number };

/** What the host tells the page: a message for the panel, or that a tick was sent. */
export type FromHost =
  | { readonly kind: 'panel'; readonly message: ToPanel }
  | { readonly kind: 'ticked' }
  | { readonly kind: 'rows'; readonly count: number };

class FakeHost {
  readonly #options: HostOptions;
  readonly #pool: FakePool;
  readonly #startedAt = Date.now();
  #visible: readonly number[] = [];
  #detail: Extract<FromPanel, { type: 'detail' }> | undefined;
  #sequence = 0;
  #live: ReturnType<typeof setInterval> | undefined;
  /** Where the opened recording stands. */
  #position = 5 * 3_600_000;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#pool = new FakePool(options.tags, options.bothShare, options.busyShare);
    for (let sample = 0; sample < options.samples; sample++) this.#pool.step();
    tell({ kind: 'rows', count: this.#pool.rowCount });
  }

  hear(message: Exclude<ToHost, { kind: 'begin' }>): void {
    switch (message.kind) {
      case 'panel':
        this.#receive(message.message);
        break;
      case 'tick':
        this.#tick(message.rows === 'all');
        tell({ kind: 'ticked' });
        break;
      case 'lose':
        this.#pool.step();
        this.#sequence++;
        break;
      case 'live':
        clearInterval(this.#live);
        if (message.intervalMs > 0) this.#live = setInterval(() => this.#tick(false), message.intervalMs);
    }
  }

  #receive(message: FromPanel): void {
    switch (message.type) {
      case 'ready':
      case 'resync':
        this.#sendAll();
        break;
      case 'visibleRows':
        this.#visible = message.ids;
        post({ type: 'trends', trends: this.#pool.trends(this.#visible) });
        break;
      case 'detail':
        this.#detail = message;
        this.#sendDetail();
        break;
      case 'scrub':
        this.#position = message.elapsedMs;
        this.#pool.step();
        this.#sendRows('frame', false);
        break;
      case 'endComparison':
        post({ type: 'comparison', comparison: null });
    }
  }

  #tick(all: boolean): void {
    this.#pool.step();
    this.#sendRows('frame', all);
    this.#sendDetail();
  }

  #sendAll(): void {
    const { withSites, samples, groups, compared, reveal } = this.#options;
    this.#sendState();
    post({ type: 'tags', all: true, tags: this.#pool.infos(withSites) });
    if (samples > 0) this.#sendRows('snapshot', true);
    if (groups) post({ type: 'groups', groups: fakeGroups() });
    if (compared) post({ type: 'comparison', comparison: fakeComparison(this.#pool.moment(), 3) });
    const tag = tagFromText(reveal);
    if (reveal !== '' && tag !== undefined) post({ type: 'reveal', tag });
  }

  #sendState(): void {
    const { state, panel, session, samples } = this.#options;
    post({
      type: 'state',
      state: {
        source: 'local',
        sourceLabel: 'This PC',
        state,
        intervalMs: 1000,
        sources: ['local', 'simulated'],
        hasWorkspace: true,
        scanComplete: true,
        ...panel,
      },
    });
    post({ type: 'session', session: fakeSession(session, samples * 1000, Date.now()) });
  }

  #sendRows(type: 'snapshot' | 'frame', all: boolean): void {
    const minutes = this.#options.samples / 60;
    post({
      type,
      generation: 1,
      sequence: ++this.#sequence,
      time: Date.now(),
      watchedMs: this.#watchedMs,
      system: {
        totalKb: 16_651_264,
        availableKb: 7_549_747,
        committedKb: 11_298_340,
        commitLimitKb: 19_010_560,
        commitPeakKb: 12_840_112,
        pageFaults: 183_204_331,
        residentKernelKb: 26_184,
        residentPagedKb: 1_204_400,
        nonpagedKb: 831_488,
        pagedKb: 1_992_294,
      },
      pageFaultsDelta: 1204,
      nonpagedKbPerMinute: minutes > 0 ? 53 : 0,
      pagedKbPerMinute: 0,
      rows: this.#pool.rows(all),
      trends: this.#pool.trends(this.#visible),
    });
  }

  #sendDetail(): void {
    const { ids = [], request = 0, points = 0 } = this.#detail ?? {};
    if (ids.length === 0) return;
    const pasts = this.#pool.pasts(ids, points, this.#watchedMs);
    const evidence = this.#options.session === 'plain' ? '' : EVIDENCE;
    post({ type: 'detail', request, detail: { ...pasts, evidence } });
  }

  get #watchedMs(): number {
    const { session, samples } = this.#options;
    return session === 'recording' ? this.#position : samples * 1000 + (Date.now() - this.#startedAt);
  }
}

const EVIDENCE =
  '+41 objects in each of 3 cycles, none given back in 10 min of waiting; 3.2 MB/h; pool limit in about 9 days.';

function tell(message: FromHost): void {
  self.postMessage(message);
}

function post(message: ToPanel): void {
  tell({ kind: 'panel', message });
}

let host: FakeHost | undefined;
self.addEventListener('message', ({ data }: MessageEvent<ToHost>) => {
  if (data.kind === 'begin') host = new FakeHost(data.options);
  else host?.hear(data);
});
