/** Asks the host for the pasts of the rows the detail shows, and makes of them and of the store what it draws. */
import { NO_PASTS } from '../extension/pool/rowPasts.ts';
import type { PanelState, RowDetail, TagGroup, ToPanel } from '../extension/protocol.ts';
import { tagLabel } from '../language/tag/poolTag.ts';
import type { ChartWindow } from './chart/chartPane.ts';
import type { Palette } from './chart/palette.ts';
import type { PhaseBand } from './chart/phaseBands.ts';
import type { DetailModel } from './detail.ts';
import { growthSentence } from './growth.ts';
import type { Host } from './host.ts';
import { counted, exactBytes, percent } from './numbers.ts';
import type { RowStore } from './state.ts';
import type { TagDirectory } from './tagDirectory.ts';
import type { UiState } from './uiState.ts';
import { verdictAt } from './verdictWords.ts';

/** Dragging asks often: the host hears of a new stretch no oftener, milliseconds. */
const ASK_DELAY_MS = 60;

export interface DetailSurroundings {
  readonly panel: PanelState;
  readonly ui: UiState;
  readonly groups: readonly TagGroup[];
  readonly bands: readonly PhaseBand[];
  readonly palette: Palette;
}

export class DetailControl {
  readonly #host: Host;
  readonly #store: RowStore;
  readonly #directory: TagDirectory;
  #asked = '';
  #request = 0;
  #answer: { readonly ids: readonly number[]; readonly detail: RowDetail } | undefined;
  #askedIds: readonly number[] = [];
  #window: ChartWindow | null = null;
  #windowOf = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #groupsOf: { readonly all: readonly TagGroup[]; readonly tag: number; readonly own: readonly TagGroup[] } | undefined;

  constructor(host: Host, store: RowStore, directory: TagDirectory) {
    this.#host = host;
    this.#store = store;
    this.#directory = directory;
  }

  /** Takes an answer; those to older requests are of other rows or stretches. */
  receive(message: Extract<ToPanel, { type: 'detail' }>): void {
    if (message.request === this.#request) this.#answer = { ids: this.#askedIds, detail: message.detail };
  }

  setWindow(window: ChartWindow | null): void {
    this.#window = window;
  }

  /** The host forgot what was asked for: a new snapshot came. */
  forget(): void {
    this.#asked = '';
    this.#answer = undefined;
  }

  /** Asks for the pasts of these rows, the selected one first; none when the detail is closed. */
  ask(ids: readonly number[], points: number): void {
    if (ids.length > 0 && ids[0] !== this.#windowOf) {
      this.#windowOf = ids[0];
      this.#window = null;
    }
    const window = this.#window;
    const key = ids.length === 0 ? '' : JSON.stringify([ids, window, points]);
    if (key === this.#asked) return;
    this.#asked = key;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#request++;
        this.#askedIds = ids;
        const fromMs = window?.fromMs ?? null;
        this.#host.send({ type: 'detail', request: this.#request, ids, fromMs, toMs: window?.toMs ?? null, points });
      },
      ids[0] === this.#askedIds[0] ? ASK_DELAY_MS : 0,
    );
  }

  model(
    id: number,
    overlays: readonly number[],
    { panel, ui, groups, bands, palette }: DetailSurroundings,
  ): DetailModel {
    const { columns, summary } = this.#store;
    const tag = this.#store.tag(id);
    const info = this.#directory.get(tag);
    const hero = this.#store.tagGrows(tag) && (info?.sites.length ?? 0) > 0;
    const answer = this.#answer?.ids[0] === id ? this.#answer : undefined;
    const rate = { objectsPerMinute: columns.objectsPerMinute[id], bytesPerMinute: columns.bytesPerMinute[id] };
    const growth = { ...rate, growing: columns.growing[id] === 1 };
    const known = new Set([id, ...overlays]);
    const pasts = answer ? { ...answer.detail, rows: answer.detail.rows.filter((row) => known.has(row.id)) } : NO_PASTS;
    return {
      tag,
      paged: this.#store.isPaged(id),
      hero,
      verdict: {
        verdict: verdictAt(columns.verdict[id]),
        objectsPerCycle: columns.objectsPerCycle[id],
        objectsPerHour: columns.objectsPerHour[id],
      },
      evidence: answer?.detail.evidence || growthSentence(growth, summary.watchedMs),
      stock: this.#stock(id),
      info,
      groups: this.#groupsWith(tag, groups),
      hasWorkspace: panel.hasWorkspace,
      scanComplete: panel.scanComplete,
      chart: {
        pasts,
        names: pasts.rows.map((row) => this.#name(row.id)),
        hero,
        metric: ui.metric,
        asTable: ui.chartTable,
        bands,
        window: this.#window,
        endMs: summary.watchedMs,
        startTime: summary.time - summary.watchedMs,
        palette,
      },
    };
  }

  #stock(id: number): string {
    const { columns, summary } = this.#store;
    const paged = this.#store.isPaged(id);
    const poolBytes = (paged ? summary.system?.pagedKb : summary.system?.nonpagedKb) ?? 0;
    const share =
      poolBytes > 0
        ? `, ${percent(columns.bytes[id] / (poolBytes * 1024))} of ${paged ? 'paged' : 'nonpaged'} pool`
        : '';
    return `${counted(columns.outstanding[id], 'object')} outstanding, ${exactBytes(columns.bytes[id])}${share}.`;
  }

  /** A tag with rows in both pools is named with its pool. */
  #name(id: number): string {
    const tag = this.#store.tag(id);
    const both = this.#store.rowsOfTag(tag).length > 1;
    return both ? `${tagLabel(tag)} ${this.#store.isPaged(id) ? 'Paged' : 'Nonp'}` : tagLabel(tag);
  }

  #groupsWith(tag: number, all: readonly TagGroup[]): readonly TagGroup[] {
    if (this.#groupsOf?.all !== all || this.#groupsOf.tag !== tag) {
      const own = all.filter((group) => group.tag === tag || group.members.some((member) => member.tag === tag));
      this.#groupsOf = { all, tag, own };
    }
    return this.#groupsOf.own;
  }
}
