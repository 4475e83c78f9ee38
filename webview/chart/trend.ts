/** Trend lines on plain canvases: the sparkline of a row, and the larger chart of the selected tag. */
import type { Palette } from './palette.ts';

export interface TrendRange {
  readonly low: number;
  readonly high: number;
}

/** Changes below this part of the highest value look flat: a steady tag must not look like a mountain range. */
const FLAT_SHARE = 0.02;

/** The values that the lower and upper edge stand for; undefined when there are fewer than two readings. */
export function trendRange(points: Float32Array): TrendRange | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let readings = 0;
  for (const value of points) {
    if (Number.isNaN(value)) continue;
    readings++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (readings < 2) return undefined;
  const least = Math.max(1, high * FLAT_SHARE);
  if (high - low >= least) return { low, high };
  const middle = (low + high) / 2;
  const floor = Math.max(0, middle - least / 2);
  return { low: floor, high: floor + least };
}

/** Fits the canvas's bitmap to its CSS size and the screen's pixels; answers a context that draws in CSS pixels. */
function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const bitmapWidth = Math.max(1, Math.round(width * ratio));
  const bitmapHeight = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== bitmapWidth) canvas.width = bitmapWidth;
  if (canvas.height !== bitmapHeight) canvas.height = bitmapHeight;
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

function trace(
  context: CanvasRenderingContext2D,
  points: Float32Array,
  range: TrendRange,
  box: { left: number; top: number; width: number; height: number },
): { firstX: number; lastX: number; lastY: number } {
  const stepX = box.width / Math.max(1, points.length - 1);
  const scale = box.height / (range.high - range.low);
  let firstX = Number.NaN;
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  context.beginPath();
  for (let i = 0; i < points.length; i++) {
    if (Number.isNaN(points[i])) continue;
    lastX = box.left + i * stepX;
    lastY = box.top + box.height - (points[i] - range.low) * scale;
    if (Number.isNaN(firstX)) {
      firstX = lastX;
      context.moveTo(lastX, lastY);
    } else context.lineTo(lastX, lastY);
  }
  return { firstX, lastX, lastY };
}

/** The small line of a row. Without two readings the canvas stays empty. */
export function drawSparkline(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  points: Float32Array | undefined,
  colour: string,
  palette: Palette,
): void {
  const context = prepare(canvas, width, height);
  const range = points && trendRange(points);
  if (!context || !points || !range) return;
  const box = { left: 1, top: 3, width: width - 4, height: height - 6 };
  const { lastX, lastY } = trace(context, points, range, box);
  context.strokeStyle = colour;
  context.lineWidth = palette.highContrast ? 1.6 : 1.2;
  context.lineJoin = 'round';
  context.stroke();
  context.fillStyle = colour;
  context.beginPath();
  context.arc(lastX, lastY, 1.7, 0, Math.PI * 2);
  context.fill();
}

export interface TrendLabels {
  readonly low: string;
  readonly high: string;
  /** The first reading's time, such as `12 min ago`. */
  readonly start: string;
  readonly end: string;
}

const LABEL_HEIGHT = 13;
const LABEL_GAP = 6;

/** The chart of the selected tag: an area with its lowest and highest value written beside it. */
export function drawTrendChart(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  points: Float32Array,
  labels: TrendLabels,
  colour: string,
  palette: Palette,
): void {
  const context = prepare(canvas, width, height);
  const range = trendRange(points);
  if (!context || !range) return;
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const gutter = Math.max(context.measureText(labels.low).width, context.measureText(labels.high).width) + LABEL_GAP;
  const box = { left: gutter, top: 6, width: width - gutter - 6, height: height - 6 - LABEL_HEIGHT - 4 };
  const bottom = box.top + box.height;

  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  for (const y of [box.top, bottom]) {
    context.beginPath();
    context.moveTo(box.left, Math.round(y) + 0.5);
    context.lineTo(box.left + box.width, Math.round(y) + 0.5);
    context.stroke();
  }
  context.fillStyle = palette.text;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(labels.high, gutter - LABEL_GAP, box.top + 2);
  context.fillText(labels.low, gutter - LABEL_GAP, bottom - 2);
  context.textBaseline = 'alphabetic';
  context.fillText(labels.end, box.left + box.width, height - 3);
  context.textAlign = 'left';
  context.fillText(labels.start, box.left, height - 3);

  const { firstX, lastX, lastY } = trace(context, points, range, box);
  context.strokeStyle = colour;
  context.lineWidth = palette.highContrast ? 2 : 1.5;
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(lastX, bottom);
  context.lineTo(firstX, bottom);
  context.closePath();
  context.globalAlpha = palette.highContrast ? 0 : 0.14;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(lastX, lastY, 2.5, 0, Math.PI * 2);
  context.fill();
}
