/** Trend lines on plain canvases: the sparkline of a row. */

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
export function prepareCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
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

export interface LineBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The small line of a row, with a dot at its end. Without two readings nothing is drawn. */
export function drawSparkline(
  context: CanvasRenderingContext2D,
  box: LineBox,
  points: Float32Array,
  colour: string,
  highContrast: boolean,
): void {
  const range = trendRange(points);
  if (!range) return;
  const left = box.left + 1;
  const bottom = box.top + box.height - 3;
  const stepX = (box.width - 4) / Math.max(1, points.length - 1);
  const scale = (box.height - 6) / (range.high - range.low);
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  context.beginPath();
  for (let i = 0; i < points.length; i++) {
    if (Number.isNaN(points[i])) continue;
    const begins = Number.isNaN(lastX);
    lastX = left + i * stepX;
    lastY = bottom - (points[i] - range.low) * scale;
    if (begins) context.moveTo(lastX, lastY);
    else context.lineTo(lastX, lastY);
  }
  context.strokeStyle = colour;
  context.lineWidth = highContrast ? 1.6 : 1.2;
  context.lineJoin = 'round';
  context.stroke();
  context.fillStyle = colour;
  context.beginPath();
  context.arc(lastX, lastY, 1.7, 0, Math.PI * 2);
  context.fill();
}
