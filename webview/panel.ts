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
import { NO_FILTER } from './filter.ts';
import { FilterBar } from './filterBar.ts';
import { Gestures, type GestureTarget } from './gestures.ts';
import { GroupLines } from './groupLines.ts';
import { HelpSheet } from './help.ts';
import type { Host } from './host.ts';
import { Notices } from './notices.ts';
import { columnItems } from './rowMenus.ts';
import { RowSelection } from './rowSelection.ts';
import { cellTooltip, workspaceSummary } from './rowWords.ts';
import { SessionViews } from './sessionViews.ts';
import { RowStore } from './state.ts';
import { sortBy } from './table/columns.ts';
import { heldOrder, NO_ORDER, type Ordering, orderRows } from './table/order.ts';
import { OrderHold } from './table/orderHold.ts';
import { RowFacts } from './table/rowFacts.ts';
import { PoolTable } from './table/table.ts';
import { TagDirectory } from './tagDirectory.ts';
import { TopBar } from './topBar.ts';
import { restoreUiState, UiKeeper, type UiState } from './uiState.ts';
import { VisibleRows } from './visibleRows.ts';

const DETAIL_OPEN_FROM_HEIGHT = 380;

export class Panel {
  readonly #host: Host;
  readonly #store = new RowStore();
  readonly #directory = new TagDirectory();
  readonly #facts = new RowFacts();
  readonly #hold = new OrderHold();
  readonly #keeper: UiKeeper;
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
  readonly #visible: VisibleRows;
  readonly #gestures: Gestures;
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
  #holdTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, host: Host) {
    this.#root = root;
    this.#host = host;
    this.#ui = restoreUiState(host.loadState());
    this.#keeper = new UiKeeper(host);
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
      onFilter: (filter) => this.#change({ filter }),
      onLeave: () => this.#table.focus(),
      onReveal: (tag) => this.#reveal(tag),
    });
    this.#notices = new Notices({
      send: (message) => host.send(message),
      onClearFilter: () => this.#change({ filter: NO_FILTER }),
    });
    this.#table = this.#createTable();
    this.#visible = new VisibleRows(host, () => [...this.#table.visibleIds(), ...this.#selection.rowsOf(this.#ui)]);
    this.#gestures = new Gestures(this.#gestureTarget());
    this.#detail = new DetailView({
      onToggle: () => this.#change({ detailOpen: !this.#isDetailOpen() }),
      onOpenSite: (tag, index) => host.send({ type: 'openSite', tag, index }),
      onAssign: (tag) => host.send({ type: 'assignTag', tag }),
      onRestore: (tag) => host.send({ type: 'restoreTags', tag }),
      onReport: () => host.send({ type: 'export', format: 'report' }),
      onReveal: (tag) => this.#reveal(tag),
      onCopy: (text) => host.send({ type: 'copy', text }),
      onActions: (anchor) => this.#gestures.openActions(anchor),
      onMetric: (metric) => this.#change({ metric }),
      onTable: (chartTable) => this.#change({ chartTable }),
      onWindow: (window) => {
        this.#control.setWindow(window);
        this.#requestDraw();
      },
      onRemove: (place) => this.#gestures.overlay(this.#selection.overlayIds(this.#ui)[place - 1]),
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
    root.addEventListener('keydown', (event) => this.#gestures.panelKey(event));
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
      this.#visible.forget();
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
    this.#visible.tell();
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

  // The user's state

  #change(part: Partial<UiState>): void {
    this.#ui = { ...this.#ui, ...part };
    if (part.sort || part.filter || part.folded) this.#reorder = true;
    this.#keeper.keep(this.#ui);
    this.#requestDraw();
  }

  #selectedId(): number {
    return this.#selection.selectedId(this.#ui);
  }

  #select(id: number): void {
    if (id !== this.#selectedId()) this.#change({ selected: this.#selection.keyOf(id) });
  }

  #reveal(tag: PoolTag): void {
    this.#pendingReveal = tag;
    this.#requestDraw();
  }

  /** Selects the growing row of a tag, else the larger one, and clears filters that hide it. */
  #selectTag(tag: PoolTag): void {
    const best = this.#selection.bestRowOf(tag);
    if (best === undefined) return;
    const key = this.#selection.keyOf(best);
    const shown = orderRows(this.#store, this.#facts, this.#ordering(), NO_ORDER).ids.includes(best);
    this.#change(shown ? { selected: key } : { selected: key, filter: NO_FILTER });
    this.#reorder = true;
  }

  // Gestures

  #gestureTarget(): GestureTarget {
    return {
      host: this.#host,
      store: this.#store,
      facts: this.#facts,
      selection: this.#selection,
      ui: () => this.#ui,
      ids: () => this.#order.ids,
      pageRows: () => this.#table.pageRows,
      canMark: () => this.#views.session.phases.canMark,
      change: (part) => this.#change(part),
      select: (id) => this.#select(id),
      scrollTo: (index) => this.#table.reveal(index),
      typeFilter: (text) => this.#filterBar.focusText(text),
      toggleHelp: () => this.#help.toggle(),
      openMenu: (title, items, anchor) => this.#menu.open(title, items, anchor),
      anchorOf: (place) => (place === 'row' ? this.#table.selectedElement : this.#detail.element),
    };
  }

  #createTable(): PoolTable {
    return new PoolTable({
      onSort: (column, byChange) => this.#change({ sort: sortBy(this.#ui.sort, column, byChange) }),
      onAction: (action) => this.#gestures.act(action),
      onSelect: (id) => this.#select(id),
      onFold: (id) => this.#gestures.toggleFold(id),
      onShowSites: (id) => this.#gestures.showSites(id),
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
        this.#visible.tell();
        this.#ui = { ...this.#ui, scrollTop };
        this.#keeper.keep(this.#ui);
      },
      onResize: () => this.#visible.tell(),
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
}
