/** The time line of an opened recording: both pools over its whole time, and a slider that shows any moment of it. */
import type { RecordingState, Timeline } from '../extension/protocol.ts';
import type { Palette } from './chart/palette.ts';
import { bandLabel, type PhaseBand, phaseAt } from './chart/phaseBands.ts';
import { clockText } from './chart/plot.ts';
import { prepareCanvas } from './chart/trend.ts';
import { element, type KeptSize, keepSize, setAttribute, setShown, setText } from './controls/dom.ts';
import { textButton } from './controls/segments.ts';
import { counted, spanText } from './numbers.ts';

export interface TimelineEvents {
  /** At most once a frame while the slider moves. */
  onScrub(elapsedMs: number): void;
  onCompareMoments(fromMs: number, toMs: number): void;
  /** With another recording, which the host lets the user choose. */
  onCompare(): void;
  onKeep(kept: boolean): void;
}

const PAGE_SHARE = 0.05;
/** Space above the lines for the names of the phases. */
const LABELS = 12;

export class TimelineBar {
  readonly element = element('section', 'timeline');
  readonly #events: TimelineEvents;
  readonly #canvas = element('canvas');
  readonly #slider = element('input', 'scrubber');
  readonly #moment = element('span', 'timeline-moment');
  readonly #length = element('span', 'quiet');
  readonly #anchor: HTMLButtonElement;
  readonly #compareAnchor: HTMLButtonElement;
  readonly #keep: HTMLButtonElement;
  readonly #size: KeptSize;
  #timeline: Timeline | null = null;
  #bands: readonly PhaseBand[] = [];
  #palette: Palette | undefined;
  #anchorMs: number | undefined;
  #kept = false;
  #dragging = false;
  #wished: number | undefined;
  #drawn = '';

  constructor(events: TimelineEvents) {
    this.#events = events;
    this.element.setAttribute('aria-label', 'Time line');
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.step = '1';
    this.#slider.setAttribute('aria-label', 'Moment of the recording');
    this.#slider.addEventListener('input', () => this.#scrub(Number(this.#slider.value)));
    this.#slider.addEventListener('pointerdown', () => {
      this.#dragging = true;
    });
    this.#slider.addEventListener('keydown', (event) => this.#page(event));
    window.addEventListener('pointerup', () => {
      this.#dragging = false;
    });
    this.#anchor = textButton('Set A here', 'Remember this moment, to compare another with it', () => {
      this.#anchorMs = Number(this.#slider.value);
      this.#say();
    });
    this.#compareAnchor = textButton('', 'Both moments side by side, what grew first', () => {
      if (this.#anchorMs === undefined) return;
      const here = Number(this.#slider.value);
      events.onCompareMoments(Math.min(this.#anchorMs, here), Math.max(this.#anchorMs, here));
    });
    const compare = textButton('Compare…', 'Compare with another recording or moment', () => events.onCompare());
    this.#keep = textButton('Keep', 'Never delete this recording to make room', () => events.onKeep(!this.#kept));
    const head = element(
      'div',
      'timeline-head',
      this.#moment,
      this.#length,
      this.#anchor,
      this.#compareAnchor,
      compare,
    );
    head.append(this.#keep);
    const track = element('div', 'timeline-track', this.#canvas, this.#slider);
    this.element.append(head, track);
    this.#size = keepSize(track, () => this.#draw());
  }

  show(timeline: Timeline | null, recording: RecordingState, bands: readonly PhaseBand[], palette: Palette): void {
    setShown(this.element, timeline !== null);
    const changed = timeline !== this.#timeline;
    this.#timeline = timeline;
    this.#bands = bands;
    this.#palette = palette;
    if (!timeline) return;
    if (changed) {
      this.#slider.max = String(timeline.lengthMs);
      this.#anchorMs = undefined;
      this.#drawn = '';
    }
    this.#kept = recording.kind === 'opened' && recording.kept;
    setText(this.#keep, this.#kept ? 'Kept' : 'Keep');
    setAttribute(this.#keep, 'aria-pressed', String(this.#kept));
    this.#say();
    this.#draw();
  }

  /** Where the host stands; a hand on the slider knows better. */
  setPosition(elapsedMs: number): void {
    if (!this.#dragging && this.#wished === undefined) this.#slider.value = String(elapsedMs);
    this.#say();
  }

  #scrub(elapsedMs: number): void {
    this.#say();
    const waiting = this.#wished !== undefined;
    this.#wished = elapsedMs;
    if (waiting) return;
    requestAnimationFrame(() => {
      if (this.#wished !== undefined) this.#events.onScrub(this.#wished);
      this.#wished = undefined;
    });
  }

  #page(event: KeyboardEvent): void {
    const step = (this.#timeline?.lengthMs ?? 0) * PAGE_SHARE;
    const small = Math.max(1000, (this.#timeline?.lengthMs ?? 0) / 1000);
    const by: Record<string, number> = { PageUp: -step, PageDown: step, ArrowLeft: -small, ArrowRight: small };
    if (!Object.hasOwn(by, event.key)) return;
    event.preventDefault();
    this.#slider.value = String(Number(this.#slider.value) + by[event.key]);
    this.#scrub(Number(this.#slider.value));
  }

  #say(): void {
    const timeline = this.#timeline;
    if (!timeline) return;
    const at = Number(this.#slider.value);
    const phase = phaseAt(this.#bands, at);
    const clock = clockText(timeline.time + at, true);
    const words = `${clock}${phase === '' ? '' : ` · ${phase}`}`;
    setText(this.#moment, words);
    setAttribute(this.#slider, 'aria-valuetext', `${words}, ${spanText(at)} of ${spanText(timeline.lengthMs)}`);
    const gaps = timeline.gaps.length > 0 ? ` · ${counted(timeline.gaps.length, 'gap')}` : '';
    setText(this.#length, `${spanText(timeline.lengthMs)} · ${counted(timeline.samples, 'sample')}${gaps}`);
    const set = this.#anchorMs !== undefined;
    setShown(this.#compareAnchor, set && this.#anchorMs !== at);
    if (set) setText(this.#compareAnchor, `Compare with A (${clockText(timeline.time + (this.#anchorMs ?? 0), true)})`);
  }

  #draw(): void {
    const timeline = this.#timeline;
    const palette = this.#palette;
    const { width, height } = this.#size;
    if (!timeline || !palette || width === 0 || height === 0) return;
    const key = `${width} ${height} ${this.#bands.length} ${JSON.stringify(palette)} ${devicePixelRatio}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const context = prepareCanvas(this.#canvas, width, height);
    if (!context) return;
    const x = (ms: number) => (ms / Math.max(1, timeline.lengthMs)) * width;
    this.#drawBands(context, palette, x, width, height);
    context.fillStyle = palette.grid;
    for (const gap of timeline.gaps) {
      context.fillRect(x(gap.fromMs), LABELS, Math.max(1, x(gap.toMs) - x(gap.fromMs)), height - LABELS);
    }
    line(context, timeline.overviewMs, timeline.nonpagedKb, x, height, palette.line, []);
    line(context, timeline.overviewMs, timeline.pagedKb, x, height, palette.overlays[0], [4, 3]);
    context.strokeStyle = palette.mark;
    for (const boot of timeline.boots) stroke(context, x(boot), height);
  }

  #drawBands(
    context: CanvasRenderingContext2D,
    palette: Palette,
    x: (ms: number) => number,
    width: number,
    height: number,
  ): void {
    context.font = `10px ${palette.font}`;
    let end = Number.NEGATIVE_INFINITY;
    for (const band of this.#bands) {
      const from = x(band.fromMs);
      const to = Math.min(width, x(band.toMs));
      if (band.phase === 'test') {
        context.fillStyle = palette.band;
        context.fillRect(from, LABELS, to - from, height - LABELS);
      }
      context.strokeStyle = palette.mark;
      // Not through the name of the phase before.
      stroke(context, from, height, from < end ? LABELS : 0);
      const label = bandLabel(band);
      const room = context.measureText(label).width;
      if (from + 3 < end + 3 || from + 3 + room > width) continue;
      context.fillStyle = palette.text;
      context.fillText(label, from + 3, LABELS - 3);
      end = from + 3 + room;
    }
  }
}

function stroke(context: CanvasRenderingContext2D, x: number, height: number, top = 0): void {
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, top);
  context.lineTo(Math.round(x) + 0.5, height);
  context.stroke();
  context.setLineDash([]);
}

/** Each pool fills the height: what counts here is where it rose. */
function line(
  context: CanvasRenderingContext2D,
  times: Float64Array,
  values: Float64Array,
  x: (ms: number) => number,
  height: number,
  colour: string,
  dash: readonly number[],
): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high >= low)) return;
  const room = height - LABELS - 4;
  const scale = room / Math.max(1, high - low);
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.setLineDash([...dash]);
  context.beginPath();
  for (let i = 0; i < values.length; i++) {
    const y = height - 2 - (high === low ? room / 2 : (values[i] - low) * scale);
    if (i === 0) context.moveTo(x(times[i]), y);
    else context.lineTo(x(times[i]), y);
  }
  context.stroke();
  context.setLineDash([]);
}
