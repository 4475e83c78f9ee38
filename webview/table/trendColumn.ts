/** The small lines of all rows on screen, on one canvas over their column: the browser has one layer to draw instead of forty. */
import { drawSparkline, prepareCanvas } from '../chart/trend.ts';
import { element, setShown } from '../controls/dom.ts';
import type { RowSource } from './cells.ts';
import { ROW_HEIGHT } from './rowView.ts';

/** What the column's edges keep free, pixels. */
const PADDING = 3;
const LINE_HEIGHT = 20;

export class TrendColumn {
  readonly element = element('canvas', 'trend-lines');
  #width = 0;

  constructor() {
    this.element.setAttribute('aria-hidden', 'true');
    this.element.hidden = true;
  }

  /** The column begins at `left` and takes `width`, pixels; 0 where it is not shown. */
  place(left: number, width: number): void {
    this.#width = Math.max(0, width - 2 * PADDING);
    setShown(this.element, this.#width > 0);
    this.element.style.left = `${left + PADDING}px`;
    this.element.style.width = `${this.#width}px`;
  }

  /** Draws the lines of the rows `first` up to `end`, not included, of the order `ids`. */
  draw({ store, facts, palette }: RowSource, ids: readonly number[], first: number, end: number): void {
    if (this.#width === 0) return;
    const height = (end - first) * ROW_HEIGHT;
    this.element.style.height = `${height}px`;
    this.element.style.transform = `translateY(${first * ROW_HEIGHT}px)`;
    const context = prepareCanvas(this.element, this.#width, height);
    if (!context) return;
    for (let index = first; index < end; index++) {
      const id = ids[index];
      const points = id >= 0 ? store.trend(id) : undefined;
      if (!points) continue;
      const hero = store.columns.growing[id] === 1 && facts.siteCount[id] > 0;
      const top = (index - first) * ROW_HEIGHT + (ROW_HEIGHT - LINE_HEIGHT) / 2;
      const box = { left: 0, top, width: this.#width, height: LINE_HEIGHT };
      drawSparkline(context, box, points, hero ? palette.growing : palette.line, palette.highContrast);
    }
  }
}
