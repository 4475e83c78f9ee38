/** The past of the selected row and of those laid over it: a chart with its controls, or the same figures as a table. */
import type { RowPasts } from '../../extension/pool/rowPasts.ts';
import { element, type KeptSize, keepSize, setAttribute, setShown, setText } from '../controls/dom.ts';
import { icon } from '../controls/icons.ts';
import { iconButton, Segments } from '../controls/segments.ts';
import { friendlyBytes, grouped, shortBytes, shortNumber, spanText } from '../numbers.ts';
import type { Palette } from './palette.ts';
import { hasLine, METRICS, type Metric, metricColumns, spreadPlaces } from './pasts.ts';
import { type PhaseBand, phaseAt } from './phaseBands.ts';
import { clockText, Plot, type PlotLine } from './plot.ts';

export interface ChartModel {
  readonly pasts: RowPasts;
  /** Names of the rows, in the order of the pasts: the selected one first. */
  readonly names: readonly string[];
  /** The selected row is a growing one of this workspace. */
  readonly hero: boolean;
  readonly metric: Metric;
  readonly asTable: boolean;
  readonly bands: readonly PhaseBand[];
  /** Shown stretch, milliseconds since the first sample; null: all, following the newest sample. */
  readonly window: ChartWindow | null;
  /** Milliseconds since the first sample of the newest. */
  readonly endMs: number;
  /** Wall clock of the first sample. */
  readonly startTime: number;
  readonly palette: Palette;
}

export interface ChartWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ChartEvents {
  onMetric(metric: Metric): void;
  onTable(asTable: boolean): void;
  /** Null: follow the newest sample. */
  onWindow(window: ChartWindow | null): void;
  /** Takes the row laid over at this place away. */
  onRemove(place: number): void;
}

const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  objects: 'Objects',
  bytes: 'Bytes',
  traffic: 'Allocs, frees /s',
};
const METRIC_TITLES: Readonly<Record<Metric, string>> = {
  objects: 'Outstanding objects',
  bytes: 'Bytes in use',
  traffic: 'Allocations and frees a second',
};
/** Lines differ in strokes as well as in colour. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [10, 4]];
const SHORTEST_WINDOW_MS = 5_000;
const ZOOM = 0.6;
const TABLE_ROWS = 120;

export class ChartPane {
  readonly element = element('div', 'chart-pane');
  readonly #events: ChartEvents;
  readonly #metrics: Segments<Metric>;
  readonly #table = element('table', 'chart-table');
  readonly #tableBox = element('div', 'chart-table-box', this.#table);
  readonly #canvasBox = element('div', 'chart-plot');
  readonly #empty = element('div', 'chart-empty quiet', 'The line shows after two readings.');
  readonly #legend = element('div', 'chart-legend');
  readonly #follow: HTMLButtonElement;
  readonly #zoomIn: HTMLButtonElement;
  readonly #zoomOut: HTMLButtonElement;
  readonly #asTable: HTMLButtonElement;
  readonly #plot: Plot;
  readonly #size: KeptSize;
  #model: ChartModel | undefined;
  #place = -1;
  #legendKey = '';
  #tableTime = 0;

  constructor(events: ChartEvents) {
    this.#events = events;
    this.#metrics = new Segments(
      'What the chart shows',
      METRICS.map((value) => ({ value, label: METRIC_NAMES[value], title: METRIC_TITLES[value] })),
      (metric) => events.onMetric(metric),
    );
    this.#zoomIn = iconButton('zoomIn', 'Zoom in (+ in the chart, or drag across it)', () => this.#zoom(ZOOM));
    this.#zoomOut = iconButton('zoomOut', 'Zoom out (- in the chart)', () => this.#zoom(1 / ZOOM));
    this.#follow = iconButton('follow', 'Show the whole time and follow the newest sample (Home in the chart)', () =>
      events.onWindow(null),
    );
    this.#asTable = iconButton('table', 'The same figures as a table', () =>
      events.onTable(!(this.#model?.asTable ?? false)),
    );
    const tools = element('div', 'chart-tools', this.#zoomIn, this.#zoomOut, this.#follow, this.#asTable);
    const head = element('div', 'chart-head', this.#metrics.element, this.#legend, tools);
    const area = element('div', 'chart-area', this.#canvasBox, this.#empty, this.#tableBox);
    this.#tableBox.tabIndex = 0;
    this.#tableBox.setAttribute('role', 'region');
    this.#tableBox.setAttribute('aria-label', 'Figures of the chart');
    this.#canvasBox.tabIndex = 0;
    this.#canvasBox.setAttribute('role', 'img');
    this.element.append(head, area);
    this.#plot = new Plot(this.#canvasBox, {
      onWindow: (fromMs, toMs) => this.#setWindow(fromMs, toMs),
      onPoint: (place) => {
        this.#place = place;
        this.#showLegend();
      },
    });
    this.#canvasBox.addEventListener('keydown', (event) => this.#key(event));
    this.#canvasBox.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#canvasBox.addEventListener('dblclick', () => events.onWindow(null));
    this.#size = keepSize(this.#canvasBox, () => this.#draw());
  }

  show(model: ChartModel): void {
    this.#model = model;
    this.#metrics.set(model.metric);
    setAttribute(this.#asTable, 'aria-pressed', String(model.asTable));
    setAttribute(this.#follow, 'aria-pressed', String(model.window === null));
    const drawable = hasLine(model.pasts, model.metric);
    setShown(this.#canvasBox, drawable && !model.asTable);
    setShown(this.#tableBox, drawable && model.asTable);
    setShown(this.#empty, !drawable);
    for (const tool of [this.#zoomIn, this.#zoomOut, this.#follow]) setShown(tool, drawable && !model.asTable);
    setShown(this.#asTable, drawable);
    if (model.asTable && drawable) this.#fillTable(model);
    else this.#draw();
    this.#showLegend();
  }

  /** Points that the chart has room for. */
  get points(): number {
    const { width } = this.#size;
    return width > 0 ? Math.min(600, Math.max(120, Math.round(width / 2))) : 240;
  }

  #window(model: ChartModel): ChartWindow {
    if (model.window) return model.window;
    const { times } = model.pasts;
    const fromMs = times[0] ?? 0;
    return { fromMs, toMs: Math.max(fromMs + 1000, times[times.length - 1] ?? model.endMs) };
  }

  #draw(): void {
    const model = this.#model;
    if (!model || this.#canvasBox.hidden) return;
    const { width, height } = this.#size;
    if (width < 80 || height < 40) return;
    const { palette, metric } = model;
    const lines = model.pasts.rows.flatMap((past, place) =>
      metricColumns(metric).map((column, at): PlotLine => {
        const name = model.names[place] ?? '';
        return {
          label: metric === 'traffic' ? `${name} ${column.name}` : name,
          colour: lineColour(model, place, at),
          dash: DASHES[(place + (metric === 'traffic' ? at : 0)) % DASHES.length],
          values: column.read(past),
          filled: place === 0 && at === 0,
          // Rows differ by powers of ten: what counts beside the selected one is the shape.
          scale: place,
        };
      }),
    );
    const { fromMs, toMs } = this.#window(model);
    this.#plot.show(
      {
        times: model.pasts.times,
        lines,
        bands: model.bands,
        fromMs,
        toMs,
        startTime: model.startTime,
        palette,
        axisText: metric === 'bytes' ? shortBytes : shortNumber,
        binary: metric === 'bytes',
      },
      width,
      height,
    );
    setAttribute(this.#canvasBox, 'aria-label', this.#words(model));
  }

  /** The chart in a sentence, for who cannot see it. */
  #words(model: ChartModel): string {
    const [past] = model.pasts.rows;
    const [column] = metricColumns(model.metric);
    const values = past ? column.read(past).filter((value) => !Number.isNaN(value)) : new Float64Array(0);
    const write = model.metric === 'bytes' ? friendlyBytes : grouped;
    const { fromMs, toMs } = this.#window(model);
    const ends = values.length > 0 ? ` from ${write(values[0])} to ${write(values[values.length - 1])}` : '';
    const over = model.names.length > 1 ? `, with ${model.names.slice(1).join(', ')} laid over it` : '';
    return `${METRIC_TITLES[model.metric]} of ${model.names[0] ?? ''}${ends} over ${spanText(toMs - fromMs)}${over}. The button “The same figures as a table” lists them.`;
  }

  #showLegend(): void {
    const model = this.#model;
    if (!model) return;
    const { times, rows } = model.pasts;
    const place = this.#place >= 0 && this.#place < times.length ? this.#place : times.length - 1;
    const write = model.metric === 'bytes' ? friendlyBytes : grouped;
    const key = JSON.stringify([model.names, model.metric, model.hero]);
    if (key !== this.#legendKey) {
      this.#legendKey = key;
      this.#legend.replaceChildren(...model.names.map((name, at) => this.#legendItem(model, name, at)));
    }
    for (const [at, item] of [...this.#legend.children].entries()) {
      const past = rows[at];
      const values = past ? metricColumns(model.metric).map((column) => column.read(past)[place] ?? Number.NaN) : [];
      const value = item.querySelector('.legend-value');
      if (value) setText(value, values.map((figure) => write(figure)).join(' / '));
    }
    const at = this.#place >= 0 && times.length > 0 ? clockText(model.startTime + times[place], true) : '';
    this.#legend.dataset.time = at;
  }

  #legendItem(model: ChartModel, name: string, at: number): HTMLElement {
    const swatch = element('span', `swatch dash-${at % DASHES.length}`);
    swatch.style.color = lineColour(model, at, 0);
    const item = element('span', 'legend-item', swatch, element('b', '', name), element('span', 'legend-value'));
    if (at > 0) {
      item.title = 'A line laid over has a scale of its own, from 0 or its lowest to its highest value';
      const remove = element('button', 'legend-remove', icon('close'));
      remove.title = `Take ${name} out of the chart (Space in the table)`;
      remove.setAttribute('aria-label', remove.title);
      remove.addEventListener('click', () => this.#events.onRemove(at));
      item.append(remove);
    }
    return item;
  }

  /** Newest first; rewritten once a second at most, so that a screen reader can follow. */
  #fillTable(model: ChartModel): void {
    const now = performance.now();
    if (this.#table.rows.length > 0 && now - this.#tableTime < 1000 && this.#table.dataset.rows === model.names.join())
      return;
    this.#tableTime = now;
    this.#table.dataset.rows = model.names.join();
    const { times, rows } = model.pasts;
    const columns = METRICS.flatMap((metric) => metricColumns(metric));
    const several = rows.length > 1;
    const head = element('tr', '', headCell('Time'), headCell('Phase'));
    for (const [at] of rows.entries()) {
      for (const column of columns) head.append(headCell(several ? `${model.names[at]} ${column.name}` : column.name));
    }
    const lines = spreadPlaces(times.length, TABLE_ROWS).map((place) => {
      const line = element('tr', '', element('td', '', clockText(model.startTime + times[place], true)));
      line.append(element('td', '', phaseAt(model.bands, times[place])));
      for (const past of rows) for (const column of columns) line.append(figure(column.read(past)[place]));
      return line;
    });
    this.#table.replaceChildren(element('thead', '', head), element('tbody', '', ...lines));
  }

  // Zoom and move

  #setWindow(fromMs: number, toMs: number): void {
    const model = this.#model;
    if (!model) return;
    const length = Math.max(SHORTEST_WINDOW_MS, toMs - fromMs);
    const begin = Math.max(0, Math.min(fromMs, model.endMs - length));
    if (begin <= 0 && begin + length >= model.endMs) this.#events.onWindow(null);
    else this.#events.onWindow({ fromMs: begin, toMs: begin + length });
  }

  #zoom(factor: number, at = 0.5): void {
    const model = this.#model;
    if (!model) return;
    const { fromMs, toMs } = this.#window(model);
    const length = (toMs - fromMs) * factor;
    const pivot = fromMs + (toMs - fromMs) * at;
    this.#setWindow(pivot - length * at, pivot + length * (1 - at));
  }

  #move(share: number): void {
    const model = this.#model;
    if (!model) return;
    const { fromMs, toMs } = this.#window(model);
    const by = (toMs - fromMs) * share;
    this.#setWindow(fromMs + by, toMs + by);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act: Record<string, () => void> = {
      '+': () => this.#zoom(ZOOM),
      '=': () => this.#zoom(ZOOM),
      '-': () => this.#zoom(1 / ZOOM),
      ArrowLeft: () => this.#move(-0.2),
      ArrowRight: () => this.#move(0.2),
      Home: () => this.#events.onWindow(null),
      '0': () => this.#events.onWindow(null),
    };
    if (!Object.hasOwn(act, event.key)) return;
    event.preventDefault();
    act[event.key]();
  }

  /** The wheel zooms about the pointer; with Shift, or sideways, it moves. */
  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (sideways) {
      this.#move(Math.sign(event.deltaX || event.deltaY) * 0.1);
      return;
    }
    const box = this.#canvasBox.getBoundingClientRect();
    this.#zoom(event.deltaY > 0 ? 1 / 0.8 : 0.8, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  }
}

function lineColour({ palette, hero }: ChartModel, place: number, at: number): string {
  if (place === 0 && at === 0) return hero ? palette.growing : palette.line;
  if (place === 0) return palette.overlays[0];
  return palette.overlays[(place - 1) % palette.overlays.length];
}

function headCell(text: string): HTMLElement {
  const cell = element('th', '', text);
  cell.scope = 'col';
  return cell;
}

function figure(value: number): HTMLElement {
  return element('td', 'number', grouped(value));
}
