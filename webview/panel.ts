/**
 * The panel as a whole. Messages change the store, gestures change the user's state, and both end in one place, which
 * derives order and words from them and draws.
 */
import type { Comparison } from '../extension/pool/comparison.ts';
import type { PanelState, SessionState, TagGroup, ToPanel } from '../extension/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import { onThemeChange, readPalette } from './chart/palette.ts';
import { type PhaseBand, phaseBands } from './chart/phaseBands.ts';
import { ComparisonView } from './comparisonView.ts';
import { element, setShown } from './controls/dom.ts';
import { Menu } from './controls/menu.ts';
import { DetailView } from './detail.ts';
import { DetailControl } from './detailControl.ts';
import { NO_FILTER, nextPool, type RowFilter } from './filter.ts';
import { FilterBar } from './filterBar.ts';
import { GroupLines } from './groupLines.ts';
import { HelpSheet } from './help.ts';
import type { Host } from './host.ts';
import { Notices } from './notices.ts';
import { PhaseBar, phasesUntil } from './phaseBar.ts';
import { columnItems, rowItems } from './rowMenus.ts';
import { cellTooltip, rowAsText, workspaceSummary } from './rowWords.ts';
import { RowStore } from './state.ts';
import { columnOf, isChangeable, sortBy } from './table/columns.ts';
import { type TableAction, tableAction } from './table/keys.ts';
import { groupLineId, groupOfLine, heldOrder, NO_ORDER, type Ordering, orderRows } from './table/order.ts';
import { OrderHold } from './table/orderHold.ts';
import { RowFacts } from './table/rowFacts.ts';
import { PoolTable } from './table/table.ts';
import { TagDirectory } from './tagDirectory.ts';
import { TimelineBar } from './timelineBar.ts';
import { TopBar } from './topBar.ts';
import { MOST_OVERLAYS, type RowKey, restoreUiState, type UiState } from './uiState.ts';

const SAVE_DELAY_MS = 300;
const VISIBLE_ROWS_DELAY_MS = 120;
const DETAIL_OPEN_FROM_HEIGHT = 380;
const NO_SESSION: SessionState = {
  phases: { marks: [], operationsPerCycle: null, canMark: false },
  recording: { kind: 'waiting' },
  timeline: null,
};

export class Panel {
  readonly #host: Host;
  readonly #store = new RowStore();
  readonly #directory = new TagDirectory();
  readonly #facts = new RowFacts();
  readonly #hold = new OrderHold();
  readonly #root: HTMLElement;
  readonly #topBar: TopBar;
  readonly #filterBar: FilterBar;
  readonly #notices: Notices;
  readonly #table: PoolTable;
  readonly #detail: DetailView;
  readonly #help: HelpSheet;
  readonly #menu = new Menu();
  readonly #phaseBar: PhaseBar;
  readonly #timeline: TimelineBar;
  readonly #comparison: ComparisonView;
  readonly #control: DetailControl;
  #ui: UiState;
  #state: PanelState | undefined;
  #session: SessionState = NO_SESSION;
  #bands: readonly PhaseBand[] = [];
  #groups: readonly TagGroup[] = [];
  #lines: GroupLines;
  #compared: Comparison | null = null;
  #order = NO_ORDER;
  #palette = readPalette();
  #pendingReveal: PoolTag | undefined;
  #pendingScroll: number | undefined;
  #drawRequested = false;
  #sampleArrived = false;
  #reorder = false;
  #visibleKey = '';
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #visibleTimer: ReturnType<typeof setTimeout> | undefined;
  #holdTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, host: Host) {
    this.#root = root;
    this.#host = host;
    this.#ui = restoreUiState(host.loadState());
    this.#pendingScroll = this.#ui.scrollTop;
    this.#control = new DetailControl(host, this.#store, this.#directory);
    this.#lines = new GroupLines(this.#store, [], []);
    this.#phaseBar = new PhaseBar({
      onPhase: (phase) => host.send({ type: 'mark', phase }),
      onOperations: (operations) => host.send({ type: 'setOperations', operations }),
    });
    this.#timeline = new TimelineBar({
      onScrub: (elapsedMs) => host.send({ type: 'scrub', elapsedMs }),
      onCompareMoments: (fromMs, toMs) => host.send({ type: 'compareMoments', fromMs, toMs }),
      onCompare: () => host.send({ type: 'compare' }),
      onKeep: (kept) => host.send({ type: 'keepRecording', kept }),
    });
    this.#comparison = new ComparisonView({
      onEnd: () => host.send({ type: 'endComparison' }),
      onShowSites: (tag) => host.send({ type: 'showSites', tag }),
    });
    this.#topBar = new TopBar(this.#phaseBar.element, {
      send: (message) => host.send(message),
      onHelp: () => this.#help.toggle(),
      onColumns: (anchor) =>
        this.#menu.open(
          'Columns',
          columnItems(this.#ui.hiddenColumns, (hiddenColumns) => this.#change({ hiddenColumns })),
          anchor,
        ),
    });
    this.#filterBar = new FilterBar({
      onFilter: (filter) => this.#setFilter(filter),
      onLeave: () => this.#table.focus(),
      onReveal: (tag) => this.#reveal(tag),
    });
    this.#notices = new Notices({
      send: (message) => host.send(message),
      onClearFilter: () => this.#setFilter(NO_FILTER),
    });
    this.#table = this.#createTable();
    this.#detail = new DetailView({
      onToggle: () => this.#change({ detailOpen: !this.#isDetailOpen() }),
      onOpenSite: (tag, index) => host.send({ type: 'openSite', tag, index }),
      onAssign: (tag) => host.send({ type: 'assignTag', tag }),
      onRestore: (tag) => host.send({ type: 'restoreTags', tag }),
      onReport: () => host.send({ type: 'export', format: 'report' }),
      onReveal: (tag) => this.#reveal(tag),
      onCopy: (text) => host.send({ type: 'copy', text }),
      onActions: (anchor) => this.#openActions(anchor),
      onMetric: (metric) => this.#change({ metric }),
      onTable: (chartTable) => this.#change({ chartTable }),
      onWindow: (window) => {
        this.#control.setWindow(window);
        this.#requestDraw();
      },
      onRemove: (place) => this.#overlay(this.#overlayIds()[place - 1]),
    });
    this.#help = new HelpSheet(() => this.#table.focus());
    const body = element('div', 'table-area', this.#table.element, this.#notices.placeholder, this.#comparison.element);
    root.append(
      this.#topBar.element,
      this.#filterBar.element,
      this.#timeline.element,
      this.#notices.strip,
      body,
      this.#detail.element,
      this.#help.element,
      this.#menu.element,
    );
    root.addEventListener('keydown', (event) => this.#panelKey(event));
    root.hidden = true;
    onThemeChange(() => {
      this.#palette = readPalette();
      this.#requestDraw();
    });
  }

  /** Takes a message of the host. */
  receive(message: ToPanel): void {
    switch (message.type) {
      case 'state':
        this.#state = message.state;
        this.#root.hidden = false;
        this.#topBar.showState(message.state);
        break;
      case 'tags':
        this.#directory.apply(message);
        this.#reorder = true;
        break;
      case 'reveal':
        this.#reveal(message.tag);
        break;
      case 'trends':
        this.#store.applyTrends(message.trends);
        break;
      case 'session':
        this.#session = message.session;
        this.#bands = phaseBands(message.session.phases.marks);
        break;
      case 'groups':
        this.#groups = message.groups;
        this.#reorder = true;
        break;
      case 'detail':
        this.#control.receive(message);
        break;
      case 'comparison':
        this.#compared = message.comparison;
        break;
      default:
        this.#takeRows(message);
    }
    this.#requestDraw();
  }

  #takeRows(message: Extract<ToPanel, { type: 'snapshot' | 'frame' }>): void {
    // A message is acknowledged even when it cannot be used: the host waits for it before it sends the next.
    this.#host.send({ type: 'ack', generation: message.generation, sequence: message.sequence });
    const result = this.#store.apply(message);
    if (result === 'gap') this.#host.send({ type: 'resync' });
    if (result === 'gap' || result === 'waiting') return;
    this.#sampleArrived = true;
    if (result === 'snapshot') {
      this.#order = NO_ORDER;
      this.#reorder = true;
      this.#visibleKey = '';
      this.#control.forget();
    }
  }

  // Drawing

  #requestDraw(): void {
    if (this.#drawRequested) return;
    this.#drawRequested = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#drawRequested = false;
    const panel = this.#state;
    if (!panel) return;
    this.#facts.refresh(this.#store, this.#directory, this.#groups);
    if (this.#pendingReveal !== undefined) this.#selectTag(this.#pendingReveal);
    this.#updateOrder();
    this.#drawTable();
    const summary = workspaceSummary(this.#store, this.#directory, panel);
    this.#topBar.showFigures(this.#store.summary, summary);
    this.#topBar.showRecording(this.#session.recording, this.#store.summary.time);
    this.#showPhases(panel);
    this.#timeline.show(this.#session.timeline, this.#session.recording, this.#bands, this.#palette);
    this.#timeline.setPosition(this.#store.summary.watchedMs);
    this.#comparison.show(this.#compared, this.#ui.filter, this.#directory);
    setShown(this.#table.element, this.#compared === null);
    this.#filterBar.show(this.#ui.filter);
    this.#filterBar.showCount(this.#order.ids.length - this.#order.lines, this.#store.ids.length);
    this.#filterBar.showWorkspace(summary);
    this.#notices.show({
      panel,
      rows: this.#store.ids.length,
      shown: this.#order.ids.length,
      filter: this.#ui.filter,
      workspaceTags: summary.tags,
      recording: this.#session.recording,
      compared: this.#compared !== null,
    });
    this.#drawDetail(panel);
    this.#restoreView();
    this.#tellVisibleRows();
  }

  /** In a recording: where the test stood at the moment shown. */
  #showPhases(panel: PanelState): void {
    const { phases, timeline } = this.#session;
    const { watchedMs } = this.#store.summary;
    const shown = timeline ? phasesUntil(phases, watchedMs) : phases;
    this.#phaseBar.show(shown, watchedMs, panel.state.kind === 'live' && !timeline);
  }

  #updateOrder(): void {
    const now = performance.now();
    const held = !this.#reorder && this.#order !== NO_ORDER && this.#hold.isHeld(now);
    const ordering = this.#ordering();
    this.#lines = new GroupLines(this.#store, this.#groups, this.#ui.folded);
    if (held) this.#order = heldOrder(this.#store, this.#facts, ordering, this.#order);
    else if (this.#reorder || this.#sampleArrived)
      this.#order = orderRows(this.#store, this.#facts, ordering, this.#order);
    this.#reorder = false;
    this.#filterBar.showHeld(this.#hold.isHeld(now) && this.#order.ids.length > 0);
  }

  #ordering(): Ordering {
    const { sort, filter, folded } = this.#ui;
    return { sort, filter, groups: this.#groups, folded };
  }

  #drawTable(): void {
    const glow = this.#sampleArrived && this.#ui.highlight;
    this.#sampleArrived = false;
    this.#table.draw(
      {
        source: { store: this.#store, facts: this.#facts, palette: this.#palette },
        order: this.#order,
        selected: this.#selectedId(),
        sort: this.#ui.sort,
        totals: this.#ui.totals,
        hiddenColumns: this.#ui.hiddenColumns,
        overlays: new Set(this.#overlayIds()),
        grouping: this.#lines,
      },
      glow,
    );
  }

  /** After the first rows: the scroll position of last time; after a reveal: its row. */
  #restoreView(): void {
    if (this.#order.ids.length === 0) return;
    if (this.#pendingReveal !== undefined) {
      const index = this.#order.ids.indexOf(this.#selectedId());
      if (index < 0) return;
      this.#pendingReveal = undefined;
      this.#table.reveal(index);
    } else if (this.#pendingScroll !== undefined) this.#table.scrollTop = this.#pendingScroll;
    this.#pendingScroll = undefined;
  }

  #drawDetail(panel: PanelState): void {
    const id = this.#detailId();
    const open = this.#isDetailOpen();
    const overlays = this.#overlayIds();
    if (id < 0 || this.#compared !== null) {
      this.#detail.show(undefined, false);
      this.#control.ask([], 0);
      return;
    }
    const surroundings = { panel, ui: this.#ui, groups: this.#groups, bands: this.#bands, palette: this.#palette };
    this.#detail.show(this.#control.model(id, overlays, surroundings), open);
    // Closed, the evidence still stands in its head.
    this.#control.ask(
      open ? [id, ...overlays.filter((other) => other !== id)] : [id],
      open ? this.#detail.chartPoints : 2,
    );
  }

  /** The row that the detail shows: the selected one, or the first of the selected group. */
  #detailId(): number {
    const selected = this.#selectedId();
    const group = this.#groups[groupOfLine(selected)];
    if (!group) return selected;
    return group.members.flatMap(({ tag }) => this.#store.rowsOfTag(tag))[0] ?? -1;
  }

  /** In a low panel an open detail would leave the table a few rows. */
  #isDetailOpen(): boolean {
    return this.#ui.detailOpen ?? this.#root.clientHeight >= DETAIL_OPEN_FROM_HEIGHT;
  }

  /** The host sends trend lines for the rows on screen and of the selected tag alone. */
  #tellVisibleRows(): void {
    clearTimeout(this.#visibleTimer);
    this.#visibleTimer = setTimeout(() => {
      const ids = new Set(this.#table.visibleIds());
      if (this.#ui.selected) for (const id of this.#store.rowsOfTag(this.#ui.selected.tag)) ids.add(id);
      const sorted = [...ids].sort((a, b) => a - b);
      const key = sorted.join();
      if (key === this.#visibleKey) return;
      this.#visibleKey = key;
      this.#host.send({ type: 'visibleRows', ids: sorted });
    }, VISIBLE_ROWS_DELAY_MS);
  }

  // The user's state

  #change(part: Partial<UiState>): void {
    this.#ui = { ...this.#ui, ...part };
    if (part.sort || part.filter) this.#reorder = true;
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#host.saveState(this.#ui), SAVE_DELAY_MS);
    this.#requestDraw();
  }

  #setFilter(filter: RowFilter): void {
    this.#change({ filter });
  }

  #selectedId(): number {
    const { selected } = this.#ui;
    if (!selected) return -1;
    if (!selected.group) return this.#idOf(selected);
    const group = this.#groups.findIndex(({ tag }) => tag === selected.tag);
    return group < 0 ? -1 : groupLineId(group);
  }

  #idOf(key: RowKey): number {
    return this.#store.rowsOfTag(key.tag).find((id) => this.#store.isPaged(id) === key.paged) ?? -1;
  }

  #keyOf(id: number): RowKey {
    const group = this.#groups[groupOfLine(id)];
    return group
      ? { tag: group.tag, paged: false, group: true }
      : { tag: this.#store.tag(id), paged: this.#store.isPaged(id) };
  }

  #select(id: number): void {
    if (id !== this.#selectedId()) this.#change({ selected: this.#keyOf(id) });
  }

  #overlayIds(): number[] {
    return this.#ui.overlays.map((key) => this.#idOf(key)).filter((id) => id >= 0);
  }

  /** Lays a row's line over the chart, or takes it away; the oldest gives way when there are too many. */
  #overlay(id: number | undefined): void {
    if (id === undefined || id < 0) return;
    const others = this.#ui.overlays.filter((key) => this.#idOf(key) !== id);
    const overlays =
      others.length < this.#ui.overlays.length ? others : [...others, this.#keyOf(id)].slice(-MOST_OVERLAYS);
    this.#change({ overlays });
  }

  /** Folds or unfolds the group of a line or a row. */
  #fold(id: number, folded: boolean): void {
    const line = groupOfLine(id);
    const tag = line < 0 && id >= 0 ? this.#store.tag(id) : undefined;
    const group =
      this.#groups[line] ?? this.#groups.find(({ members }) => members.some((member) => member.tag === tag));
    if (!group || this.#ui.folded.includes(group.tag) === folded) return;
    const others = this.#ui.folded.filter((other) => other !== group.tag);
    this.#change({
      folded: folded ? [...others, group.tag] : others,
      selected: { tag: group.tag, paged: false, group: true },
    });
    this.#reorder = true;
  }

  #openActions(anchor: HTMLElement | undefined): void {
    const id = this.#detailId();
    if (id < 0 || !anchor) return;
    const tag = this.#store.tag(id);
    this.#menu.open(
      'Actions',
      rowItems({
        tag,
        paged: this.#store.isPaged(id),
        sites: this.#facts.siteCount[id],
        overlaid: this.#overlayIds().includes(id),
        split: this.#groups.find(
          ({ kind, members }) => kind === 'split' && members.some((member) => member.tag === tag),
        ),
        send: (message) => this.#host.send(message),
        onOverlay: () => this.#overlay(id),
        onFilter: (text) => this.#setFilter({ ...this.#ui.filter, text }),
        onCopyRow: () => this.#act({ kind: 'copyRow' }),
      }),
      anchor,
    );
  }

  #reveal(tag: PoolTag): void {
    this.#pendingReveal = tag;
    this.#requestDraw();
  }

  /** Selects the growing row of a tag, else the larger one, and clears filters that hide it. */
  #selectTag(tag: PoolTag): void {
    const { growing, bytes } = this.#store.columns;
    const [best] = [...this.#store.rowsOfTag(tag)].sort((a, b) => growing[b] - growing[a] || bytes[b] - bytes[a]);
    if (best === undefined) return;
    const key = { tag, paged: this.#store.isPaged(best) };
    const shown = orderRows(this.#store, this.#facts, this.#ordering(), NO_ORDER).ids.includes(best);
    this.#change(shown ? { selected: key } : { selected: key, filter: NO_FILTER });
    this.#reorder = true;
  }

  // The table's gestures

  #createTable(): PoolTable {
    return new PoolTable({
      onSort: (column, byChange) => this.#change({ sort: sortBy(this.#ui.sort, column, byChange) }),
      onAction: (action) => this.#act(action),
      onSelect: (id) => this.#select(id),
      onFold: (id) => this.#fold(id, !this.#ui.folded.includes(this.#groups[groupOfLine(id)]?.tag ?? -1)),
      onShowSites: (id) => this.#showSites(id),
      onPointer: (inside) => {
        this.#hold.pointer(inside);
        this.#afterHold();
      },
      onKey: () => {
        this.#hold.key(performance.now());
        clearTimeout(this.#holdTimer);
        this.#holdTimer = setTimeout(() => this.#afterHold(), this.#hold.keyTimeLeft(performance.now()) + 1);
      },
      onScroll: (scrollTop) => {
        this.#tellVisibleRows();
        this.#ui = { ...this.#ui, scrollTop };
        clearTimeout(this.#saveTimer);
        this.#saveTimer = setTimeout(() => this.#host.saveState(this.#ui), SAVE_DELAY_MS);
      },
      onResize: () => this.#tellVisibleRows(),
      onKeyboardFocus: () => {
        if (this.#selectedId() < 0 && this.#order.ids.length > 0) this.#select(this.#order.ids[0]);
      },
      tooltip: (column, id) => cellTooltip(this.#store, this.#facts, this.#directory, column, id),
    });
  }

  /** Once nothing holds the order, the rows may move again. */
  #afterHold(): void {
    if (!this.#hold.isHeld(performance.now())) this.#reorder = true;
    this.#requestDraw();
  }

  #showSites(id: number): void {
    if (id < 0) this.#fold(id, !this.#lines.line(groupOfLine(id)).folded);
    else if (this.#facts.siteCount[id] > 0) this.#host.send({ type: 'showSites', tag: this.#store.tag(id) });
  }

  #act(action: TableAction): void {
    const { sort, filter, totals, highlight } = this.#ui;
    const selected = this.#selectedId();
    switch (action.kind) {
      case 'sort': {
        const descending = columnOf(action.column).descending !== action.reversed;
        const byChange = sort.byChange && isChangeable(action.column);
        this.#change({ sort: { column: action.column, descending, byChange } });
        break;
      }
      case 'toggleChange':
        if (isChangeable(sort.column)) this.#change({ sort: { ...sort, byChange: !sort.byChange } });
        break;
      case 'cyclePool':
        this.#setFilter({ ...filter, pool: nextPool(filter.pool, action.backwards) });
        break;
      case 'toggleTotals':
        this.#change({ totals: !totals });
        break;
      case 'toggleHighlight':
        this.#change({ highlight: !highlight });
        break;
      case 'move':
        this.#move(action.by, action.direction);
        break;
      case 'filter':
        this.#filterBar.focusText(action.text);
        break;
      case 'showSites':
        if (selected !== -1) this.#showSites(selected);
        break;
      case 'overlay':
        this.#overlay(selected);
        break;
      case 'actions':
        this.#openActions(this.#table.selectedElement);
        break;
      case 'goBack':
        this.#host.send({ type: 'goBack' });
        break;
      case 'phase':
        if (this.#session.phases.canMark) this.#host.send({ type: 'mark', phase: action.phase });
        break;
      case 'fold':
        this.#fold(selected, action.folded);
        break;
      case 'copyRow':
        if (selected >= 0) this.#host.send({ type: 'copy', text: rowAsText(this.#store, this.#facts, selected) });
        break;
      case 'help':
        this.#help.toggle();
        break;
    }
  }

  /** Keys of phases hold in the whole panel, but not while one types; Escape ends a comparison. */
  #panelKey(event: KeyboardEvent): void {
    const typing = event.composedPath().some((target) => target instanceof HTMLInputElement && target.type === 'text');
    if (typing || event.defaultPrevented) return;
    const action = tableAction(event);
    if (action?.kind !== 'phase' && action?.kind !== 'actions' && action?.kind !== 'goBack') return;
    event.preventDefault();
    if (action.kind === 'actions') this.#openActions(this.#detail.element);
    else this.#act(action);
  }

  #move(by: 'row' | 'page' | 'end', direction: -1 | 1): void {
    const { ids } = this.#order;
    if (ids.length === 0) return;
    const last = ids.length - 1;
    const from = ids.indexOf(this.#selectedId());
    const step = by === 'row' ? 1 : by === 'page' ? this.#table.pageRows : ids.length;
    const to = from < 0 ? (direction > 0 ? 0 : last) : Math.min(last, Math.max(0, from + step * direction));
    this.#select(ids[to]);
    this.#table.reveal(to);
  }
}
