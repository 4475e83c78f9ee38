/**
 * The only file that knows uPlot: lines over time with the phases of the test behind them. It sets styles through the
 * object model alone, which the panel's content security policy allows.
 */
import uPlot from 'uplot';
import type { Palette } from './palette.ts';
import { bandLabel, type PhaseBand } from './phaseBands.ts';

export interface PlotLine {
  readonly label: string;
  readonly colour: string;
  /** Lengths of strokes and gaps, pixels: lines differ in more than colour. Empty: solid. */
  readonly dash: readonly number[];
  readonly values: Float64Array;
  /** The first line's area is filled. */
  readonly filled: boolean;
  /** Lines of one scale share the vertical range; the axis is that of scale 0. */
  readonly scale: number;
}

export interface PlotModel {
  /** Milliseconds since the first sample, rising. */
  readonly times: Float64Array;
  readonly lines: readonly PlotLine[];
  readonly bands: readonly PhaseBand[];
  /** Shown stretch of time, milliseconds since the first sample. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Wall clock of the first sample, milliseconds since 1970. */
  readonly startTime: number;
  readonly palette: Palette;
  /** A value beside the vertical axis. */
  axisText(value: number): string;
  /** Steps of the axis are powers of two, as for bytes. */
  readonly binary: boolean;
}

export interface PlotEvents {
  /** The user zoomed or moved to this stretch. */
  onWindow(fromMs: number, toMs: number): void;
  /** Place in `times` under the pointer, -1 when it left. */
  onPoint(place: number): void;
}

const AXIS_WIDTH = 62;
const AXIS_HEIGHT = 22;
const BAND_LABEL_GAP = 5;
/** A bytes axis begins at 0 only where the values reach down to this part of their top. */
const NEAR_ZERO = 0.5;
/** Changes below this part of the highest value look flat. */
const FLAT_SHARE = 0.02;
const MIN_DRAG = 6;

export class Plot {
  readonly element: HTMLElement;
  readonly #events: PlotEvents;
  #plot: uPlot | undefined;
  #model: PlotModel | undefined;
  #key = '';
  #width = 0;
  #height = 0;

  constructor(element: HTMLElement, events: PlotEvents) {
    this.element = element;
    this.#events = events;
  }

  show(model: PlotModel, width: number, height: number): void {
    this.#model = model;
    const { palette } = model;
    const lines = model.lines.map((line) => `${line.label}/${line.colour}/${line.dash}/${line.filled}/${line.scale}`);
    const key = JSON.stringify([lines, palette]);
    if (key !== this.#key || !this.#plot) {
      this.#key = key;
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(model, width, height), dataOf(model), this.element);
      this.#width = width;
      this.#height = height;
      return;
    }
    const plot = this.#plot;
    if (width !== this.#width || height !== this.#height) {
      this.#width = width;
      this.#height = height;
      plot.setSize({ width, height });
    }
    plot.batch(() => {
      plot.setData(dataOf(model), false);
      plot.setScale('x', { min: model.fromMs, max: model.toMs });
    });
  }

  clear(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #options(model: PlotModel, width: number, height: number): uPlot.Options {
    const { palette } = model;
    const font = `11px ${palette.font}`;
    const axis = { stroke: palette.text, font, ticks: { show: false } } as const;
    const grid = { stroke: palette.grid, width: 1 };
    return {
      width,
      height,
      padding: [18, 24, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: MIN_DRAG },
        points: { size: 6 },
      },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, range: () => [this.#model?.fromMs ?? 0, this.#model?.toMs ?? 1] },
        ...Object.fromEntries(
          model.lines.map((line) => [
            scaleName(line),
            { range: (_: uPlot, low: number | null, high: number | null) => valueRange(low, high) },
          ]),
        ),
      },
      axes: [
        {
          ...axis,
          size: AXIS_HEIGHT,
          gap: 4,
          grid: { show: false },
          space: 74,
          incrs: TIME_STEPS,
          values: (_, splits) => splits.map((split) => this.#clock(split, splits)),
        },
        {
          ...axis,
          scale: 'y',
          incrs: () => (this.#model?.binary ? BINARY_STEPS : DECIMAL_STEPS),
          size: AXIS_WIDTH,
          gap: 6,
          grid,
          space: 26,
          values: (_, splits) => splits.map((split) => this.#model?.axisText(split) ?? ''),
        },
      ],
      series: [
        {},
        ...model.lines.map((line) => ({
          label: line.label,
          scale: scaleName(line),
          stroke: line.colour,
          width: palette.highContrast ? 2 : 1.5,
          dash: [...line.dash],
          fill:
            line.filled && !palette.highContrast ? `color-mix(in srgb, ${line.colour} 12%, transparent)` : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        drawClear: [(plot) => this.#drawBands(plot)],
        setSelect: [(plot) => this.#select(plot)],
        setCursor: [(plot) => this.#events.onPoint(plot.cursor.idx ?? -1)],
      },
    };
  }

  #clock(elapsedMs: number, splits: readonly number[]): string {
    const step = splits.length > 1 ? splits[1] - splits[0] : 1000;
    return clockText((this.#model?.startTime ?? 0) + elapsedMs, step < 60_000);
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_DRAG) return;
    const from = plot.posToVal(left, 'x');
    const to = plot.posToVal(left + width, 'x');
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onWindow(from, to);
  }

  /** Bands behind the lines: tests shaded, every beginning a line with its name. */
  #drawBands(plot: uPlot): void {
    const model = this.#model;
    if (!model) return;
    const { ctx: context, bbox } = plot;
    const ratio = devicePixelRatio;
    context.save();
    context.font = `${11 * ratio}px ${model.palette.font}`;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'left';
    let labelEnd = Number.NEGATIVE_INFINITY;
    for (const band of model.bands) {
      if (band.toMs <= model.fromMs || band.fromMs >= model.toMs) continue;
      const from = Math.max(bbox.left, plot.valToPos(band.fromMs, 'x', true));
      const end = Number.isFinite(band.toMs) ? plot.valToPos(band.toMs, 'x', true) : bbox.left + bbox.width;
      const to = Math.min(bbox.left + bbox.width, end);
      if (band.phase === 'test') {
        context.fillStyle = model.palette.band;
        context.fillRect(from, bbox.top, to - from, bbox.height);
      }
      if (band.fromMs >= model.fromMs) {
        context.strokeStyle = model.palette.mark;
        context.lineWidth = ratio;
        context.setLineDash([3 * ratio, 3 * ratio]);
        context.beginPath();
        // Not through the name of the phase before.
        context.moveTo(Math.round(from) + 0.5, from < labelEnd ? bbox.top : bbox.top - 12 * ratio);
        context.lineTo(Math.round(from) + 0.5, bbox.top + bbox.height);
        context.stroke();
        context.setLineDash([]);
      }
      const label = bandLabel(band);
      const left = from + BAND_LABEL_GAP * ratio;
      const room = context.measureText(label).width;
      if (left < labelEnd + BAND_LABEL_GAP * ratio || left + room > bbox.left + bbox.width) continue;
      context.fillStyle = model.palette.text;
      context.fillText(label, left, bbox.top - 5 * ratio);
      labelEnd = left + room;
    }
    context.restore();
  }
}

function scaleName(line: PlotLine): string {
  return line.scale === 0 ? 'y' : `y${line.scale}`;
}

const BINARY_STEPS = Array.from({ length: 52 }, (_, power) => 2 ** power);
const DECIMAL_STEPS = Array.from({ length: 13 }, (_, power) => 10 ** power).flatMap((unit) => [
  unit,
  2 * unit,
  5 * unit,
]);
/** Steps of the time axis, milliseconds: 1 s to a week. */
const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
].map((seconds) => seconds * 1000);

/** `14:02`, or `14:02:11` where seconds matter, in local time. */
export function clockText(time: number, seconds: boolean): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const text = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${text}:${two(date.getSeconds())}` : text;
}

function dataOf(model: PlotModel): uPlot.AlignedData {
  // uPlot joins over what is null or undefined; NaN it would draw.
  const values = model.lines.map((line) => Array.from(line.values, (value) => (Number.isNaN(value) ? null : value)));
  return [model.times, ...values] as unknown as uPlot.AlignedData;
}

/** The vertical range: from 0 where the values come near it; a steady tag must not look like a mountain range. */
function valueRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const least = Math.max(1, Math.abs(high) * FLAT_SHARE);
  const middle = (low + high) / 2;
  let bottom = high - low < least ? middle - least / 2 : low;
  let top = high - low < least ? middle + least / 2 : high;
  if (low >= 0 && low <= high * NEAR_ZERO) bottom = 0;
  const margin = (top - bottom) * 0.06;
  top += margin;
  if (bottom !== 0) bottom -= margin;
  if (low >= 0) bottom = Math.max(0, bottom);
  return [bottom, top];
}
