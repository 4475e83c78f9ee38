/**
 * The panel as a whole. Messages change the store, gestures change the user's state, and both end in one place, which
 * derives order and words from them and draws.
 */
import type { PanelState, ToPanel } from '../extension/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import { onThemeChange, readPalette } from './chart/palette.ts';
import { element, type KeptSize, keepSize, setShown } from './controls/dom.ts';
import { Menu } from './controls/menu.ts';
import { DetailView } from './detail.ts';
import { DetailControl } from './detailControl.ts';
import { NO_FILTER, nextPool, type RowFilter } from './filter.ts';
import { FilterBar } from './filterBar.ts';
import { GroupLines } from './groupLines.ts';
import { HelpSheet } from './help.ts';
import type { Host } from './host.ts';
import { Notices } from './notices.ts';
import { columnItems, rowItems } from './rowMenus.ts';
import { RowSelection } from './rowSelection.ts';
import { cellTooltip, rowAsText, workspaceSummary } from './rowWords.ts';
import { SessionViews } from './sessionViews.ts';
import { RowStore } from './state.ts';
import { columnOf, isChangeable, sortBy } from './table/columns.ts';
import { type TableAction, tableAction } from './table/keys.ts';
import { groupOfLine, heldOrder, NO_ORDER, type Ordering, orderRows } from './table/order.ts';
import { OrderHold } from './table/orderHold.ts';
import { RowFacts } from './table/rowFacts.ts';
import { PoolTable } from './table/table.ts';
import { TagDirectory } from './tagDirectory.ts';
import { TopBar } from './topBar.ts';
import { restoreUiState, type UiState } from './uiState.ts';

const SAVE_DELAY_MS = 300;
const VISIBLE_ROWS_DELAY_MS = 120;
const DETAIL_OPEN_FROM_HEIGHT = 380;

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
  readonly #views: SessionViews;
  readonly #control: DetailControl;
  readonly #selection: RowSelection;
  readonly #size: KeptSize;
  #ui: UiState;
  #state: PanelState | undefined;
  #lines: GroupLines;
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
    this.#selection = new RowSelection(this.#store);
    this.#control = new DetailControl(host, this.#store, this.#directory);
    this.#lines = new GroupLines(this.#store, [], []);
    this.#views = new SessionViews(host);
    this.#topBar = new TopBar(this.#views.phaseBar.element, {
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
      onRemove: (place) => this.#overlay(this.#selection.overlayIds(this.#ui)[place - 1]),
    });
    this.#help = new HelpSheet(() => this.#table.focus());
    const body = element(
      'div',
      'table-area',
      this.#table.element,
      this.#notices.placeholder,
      this.#views.comparison.element,
    );
    root.append(
      this.#topBar.element,
      this.#filterBar.element,
      this.#views.timeline.element,
      this.#notices.strip,
      body,
      this.#detail.element,
      this.#help.element,
      this.#menu.element,
    );
    root.addEventListener('keydown', (event) => this.#panelKey(event));
    root.hidden = true;
    this.#size = keepSize(root, () => this.#requestDraw());
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
      case 'comparison':
        this.#views.receive(message);
        break;
      case 'groups':
        this.#selection.groups = message.groups;
        this.#reorder = true;
        break;
      case 'detail':
        this.#control.receive(message);
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
    this.#facts.refresh(this.#store, this.#directory, this.#selection.groups);
    if (this.#pendingReveal !== undefined) this.#selectTag(this.#pendingReveal);
    this.#updateOrder();
    this.#drawTable();
    const summary = workspaceSummary(this.#store, this.#directory, panel);
    this.#topBar.showFigures(this.#store.summary, summary);
    this.#topBar.showRecording(this.#views.session.recording, this.#store.summary.time);
    this.#views.show(panel, this.#store.summary.watchedMs, this.#ui.filter, this.#directory, this.#palette);
    setShown(this.#table.element, !this.#views.comparing);
    this.#filterBar.show(this.#ui.filter);
    this.#filterBar.showCount(this.#order.ids.length - this.#order.lines, this.#store.ids.length);
    this.#filterBar.showWorkspace(summary);
    this.#notices.show({
      panel,
      rows: this.#store.ids.length,
      shown: this.#order.ids.length,
      filter: this.#ui.filter,
      workspaceTags: summary.tags,
      recording: this.#views.session.recording,
      compared: this.#views.comparing,
    });
    this.#drawDetail(panel);
    this.#restoreView();
    this.#tellVisibleRows();
  }

  #updateOrder(): void {
    const now = performance.now();
    const held = !this.#reorder && this.#order !== NO_ORDER && this.#hold.isHeld(now);
    const ordering = this.#ordering();
    this.#lines = new GroupLines(this.#store, this.#selection.groups, this.#ui.folded);
    if (held) this.#order = heldOrder(this.#store, this.#facts, ordering, this.#order);
    else if (this.#reorder || this.#sampleArrived)
      this.#order = orderRows(this.#store, this.#facts, ordering, this.#order);
    this.#reorder = false;
    this.#filterBar.showHeld(this.#hold.isHeld(now) && this.#order.ids.length > 0);
  }

  #ordering(): Ordering {
    const { sort, filter, folded } = this.#ui;
    return { sort, filter, groups: this.#selection.groups, folded };
  }

  #drawTable(): void {
    const newer = this.#sampleArrived;
    this.#sampleArrived = false;
    this.#table.draw(
      {
        source: { store: this.#store, facts: this.#facts, palette: this.#palette },
        order: this.#order,
        selected: this.#selectedId(),
        sort: this.#ui.sort,
        totals: this.#ui.totals,
        hiddenColumns: this.#ui.hiddenColumns,
        overlays: this.#selection.overlayIds(this.#ui).filter((id) => id !== this.#selectedId()),
        grouping: this.#lines,
      },
      newer,
      this.#ui.highlight,
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
    const id = this.#selection.detailId(this.#ui);
    const open = this.#isDetailOpen();
    const overlays = this.#selection.overlayIds(this.#ui);
    if (id < 0 || this.#views.comparing) {
      this.#detail.show(undefined, false);
      this.#control.ask([], 0);
      return;
    }
    const surroundings = {
      panel,
      ui: this.#ui,
      groups: this.#selection.groups,
      bands: this.#views.bands,
      palette: this.#palette,
    };
    this.#detail.show(this.#control.model(id, overlays, surroundings), open);
    // Closed, the evidence still stands in its head.
    this.#control.ask(
      open ? [id, ...overlays.filter((other) => other !== id)] : [id],
      open ? this.#detail.chartPoints : 2,
    );
  }

  /** In a low panel an open detail would leave the table a few rows. */
  #isDetailOpen(): boolean {
    return this.#ui.detailOpen ?? this.#size.height >= DETAIL_OPEN_FROM_HEIGHT;
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
    return this.#selection.selectedId(this.#ui);
  }

  #select(id: number): void {
    if (id !== this.#selectedId()) this.#change({ selected: this.#selection.keyOf(id) });
  }

  /** Lays a row's line over the chart, or takes it away. */
  #overlay(id: number | undefined): void {
    if (id !== undefined && id >= 0) this.#change({ overlays: this.#selection.toggledOverlay(this.#ui, id) });
  }

  /** Folds or unfolds the group of a line or a row. */
  #fold(id: number, fold: boolean): void {
    const change = this.#selection.folded(this.#ui, id, fold);
    if (!change) return;
    this.#change(change);
    this.#reorder = true;
  }

  #openActions(anchor: HTMLElement | undefined): void {
    const id = this.#selection.detailId(this.#ui);
    if (id < 0 || !anchor) return;
    const tag = this.#store.tag(id);
    this.#menu.open(
      'Actions',
      rowItems({
        tag,
        paged: this.#store.isPaged(id),
        sites: this.#facts.siteCount[id],
        overlaid: this.#selection.overlayIds(this.#ui).includes(id),
        split: this.#selection.splitOf(tag),
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
      onFold: (id) => this.#fold(id, !this.#lines.line(groupOfLine(id)).folded),
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
        if (this.#views.session.phases.canMark) this.#host.send({ type: 'mark', phase: action.phase });
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
    // VS Code hears keys at the window.
    event.stopPropagation();
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
