/**
 * Measures the live table in Chromium, and takes pictures of the panel.
 *
 *   node test/bench/table/run.ts                          figures
 *   node test/bench/table/run.ts --screens DIR [SCENE…]   pictures (default test-results/webview)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openPanelBrowser, type PanelBrowser } from './browser.ts';
import { LIVE, takeScreens } from './screens.ts';

/** 60 frames a second. */
export const FRAME_LIMIT_MS = 1000 / 60;
const UPDATES = 60;
const WARM_UP = 10;
const SCROLL_MS = 5000;
const TABLE_SIZE = { width: 1400, height: 700 };

/** Milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface TableFigures {
  readonly tags: number;
  readonly rows: number;
  /** Taking a frame of changed rows, sorting and drawing: script. */
  readonly update: Spread;
  /** The same with style and layout. */
  readonly updateWithLayout: Spread;
  /** From frame to frame while scrolling at full speed with a new sample each second. */
  readonly scrollFrame: Spread;
  /** Script per frame while scrolling. */
  readonly scrollScript: Spread;
  /** Tasks over 50 ms while scrolling, milliseconds each. */
  readonly longTasks: readonly number[];
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

/** Figures of one table; every tag has a row in each pool, the worst case. */
async function measureTable(browser: PanelBrowser, tags: number): Promise<TableFigures> {
  const { page, close } = await browser.open({ ...LIVE, tags, bothShare: 1, reveal: '' }, TABLE_SIZE, 'editor');
  const costs = await page.evaluate(async (count) => {
    const taken = [];
    for (let i = 0; i < count; i++) taken.push(await window.harness.measureTick());
    return taken;
  }, UPDATES + WARM_UP);
  const measured = costs.slice(WARM_UP);

  const scroll = await page.evaluate(async (duration) => {
    const { harness } = window;
    const viewport = document.querySelector('.viewport') as HTMLElement;
    harness.startLive(1000);
    harness.longTasks.length = 0;
    const frames: number[] = [];
    const scripts: number[] = [];
    let drawn = 0;
    viewport.addEventListener('scroll', () => {
      drawn = performance.now();
    });
    const start = performance.now();
    let last = start;
    let direction = 1;
    await new Promise<void>((resolve) => {
      const step = () => {
        const now = performance.now();
        frames.push(now - last);
        last = now;
        if (now - start > duration) {
          resolve();
          return;
        }
        const end = viewport.scrollHeight - viewport.clientHeight;
        if (viewport.scrollTop >= end) direction = -1;
        else if (viewport.scrollTop <= 0) direction = 1;
        // Faster than a page a frame would be unreadable; three rows and a bit rewrites rows all the time.
        viewport.scrollTop += direction * 75;
        requestAnimationFrame(step);
        // Scroll events come before the next animation frame: the time they take is what the table costs.
        const before = performance.now();
        viewport.dispatchEvent(new Event('scroll'));
        scripts.push(drawn - before);
      };
      requestAnimationFrame(step);
    });
    harness.stopLive();
    return { frames: frames.slice(2), scripts, longTasks: [...harness.longTasks] };
  }, SCROLL_MS);
  const rows = await page.evaluate(() => window.harness.rowCount());
  await close();
  return {
    tags,
    rows,
    update: spread(measured.map((cost) => cost.script)),
    updateWithLayout: spread(measured.map((cost) => cost.total)),
    scrollFrame: spread(scroll.frames),
    scrollScript: spread(scroll.scripts),
    longTasks: scroll.longTasks,
  };
}

/** Measures the table with 4,000 and with 10,000 tags. */
export async function benchTable(): Promise<TableFigures[]> {
  const browser = await openPanelBrowser();
  try {
    return [await measureTable(browser, 4000), await measureTable(browser, 10_000)];
  } finally {
    await browser.close();
  }
}

/** The figures as lines of text, with their ratio to one frame at 60 Hz. */
export function tableReport(figures: readonly TableFigures[]): string[] {
  const line = (name: string, { median, p95, max }: Spread) =>
    `  ${name.padEnd(34)} median ${median.toFixed(2).padStart(6)} ms   p95 ${p95.toFixed(2).padStart(6)} ms ` +
    `(${(p95 / FRAME_LIMIT_MS).toFixed(2)} of a frame)   max ${max.toFixed(1)} ms`;
  return figures.flatMap((table) => [
    `Table, ${table.tags} tags, ${table.rows} rows:`,
    line('update and sort, script', table.update),
    line('update and sort, with layout', table.updateWithLayout),
    line('scroll, script per frame', table.scrollScript),
    line('scroll, frame to frame', table.scrollFrame),
    `  long tasks while scrolling         ${table.longTasks.length === 0 ? 'none' : `${table.longTasks.length}: ${table.longTasks.join(', ')} ms`}`,
  ]);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { screens: { type: 'boolean' } }, allowPositionals: true });
  if (!values.screens) {
    for (const text of tableReport(await benchTable())) console.log(text);
    return;
  }
  const [folder = 'test-results/webview', ...scenes] = positionals;
  const browser = await openPanelBrowser();
  try {
    console.log(`${await takeScreens(browser, path.resolve(folder), scenes)} pictures in ${folder}`);
  } finally {
    await browser.close();
  }
}

if (import.meta.main) await main();
