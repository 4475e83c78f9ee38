/**
 * Measures the live table in Chromium, and takes pictures of the panel.
 *
 *   node test/bench/table/run.ts                          figures
 *   node test/bench/table/run.ts --screens DIR [SCENE…]   pictures (default test-results/webview)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openPanelBrowser, type PanelBrowser } from './browser.ts';
import type { FrameCost } from './page.ts';
import { LIVE, takeScreens } from './screens.ts';

/** 60 frames a second. */
export const FRAME_LIMIT_MS = 1000 / 60;
/** What may be spent at the 95th percentile, milliseconds of script: on a sample, and on a step of scrolling. */
export const TICK_LIMIT_MS = 8;
export const SCROLL_LIMIT_MS = 4;
/** Scrubbing shows 30 moments a second. */
export const SCRUB_LIMIT_MS = 1000 / 30;
const SCRUBS = 60;
/** Part of the rows that move with a sample: on a usual PC, and on one where nearly all do. */
const USUAL_SHARE = 0.05;
const BUSY_SHARE = 0.7;
const UPDATES = 150;
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
  /** Taking a sample in which the usual share of the rows moved, sorting and drawing: script, style and layout. */
  readonly usual: Spread;
  /** The same where most rows moved: script alone, and with style and layout. */
  readonly busy: Spread;
  readonly busyWithLayout: Spread;
  /** From frame to frame while scrolling at full speed with a new sample each second. */
  readonly scrollFrame: Spread;
  /** Script per frame while scrolling. */
  readonly scrollScript: Spread;
  /** From a move of a recording's slider to the picture of that moment, host's part aside. */
  readonly scrub: Spread;
  /** Tasks over 50 ms while scrolling, milliseconds each. */
  readonly longTasks: readonly number[];
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

/** Every row at another moment, with the time line and the chart: the step of a scrub, with style and layout. */
async function measureScrub(browser: PanelBrowser, tags: number): Promise<Spread> {
  const options = { ...LIVE, tags, bothShare: 1, session: 'recording', reveal: 'Xmpl' } as const;
  const { page, close } = await browser.open(options, TABLE_SIZE, 'editor');
  await page.locator('.chart-plot canvas').waitFor();
  const costs = await page.evaluate(async (count) => {
    const taken = [];
    for (let i = 0; i < count; i++) taken.push(await window.harness.measureTick('all'));
    return taken;
  }, SCRUBS + WARM_UP);
  await close();
  return spread(costs.slice(WARM_UP).map((cost) => cost.total));
}

async function measureTicks(page: Page): Promise<FrameCost[]> {
  const costs = await page.evaluate(async (count) => {
    const taken = [];
    for (let i = 0; i < count; i++) taken.push(await window.harness.measureTick());
    return taken;
  }, UPDATES + WARM_UP);
  return costs.slice(WARM_UP);
}

async function openTable(browser: PanelBrowser, tags: number, busyShare: number) {
  const options = { ...LIVE, tags, bothShare: 1, busyShare, reveal: 'Xmpl', session: 'phases' } as const;
  const panel = await browser.open(options, TABLE_SIZE, 'editor');
  await panel.page.locator('.chart-plot canvas').waitFor();
  return panel;
}

/** Figures of one table; every tag has a row in each pool, the worst case, and the chart of a row is open. */
async function measureTable(browser: PanelBrowser, tags: number): Promise<TableFigures> {
  const calm = await openTable(browser, tags, USUAL_SHARE);
  const usual = await measureTicks(calm.page);
  await calm.close();
  const { page, close } = await openTable(browser, tags, BUSY_SHARE);
  const busy = await measureTicks(page);

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
    usual: spread(usual.map((cost) => cost.total)),
    busy: spread(busy.map((cost) => cost.script)),
    busyWithLayout: spread(busy.map((cost) => cost.total)),
    scrollFrame: spread(scroll.frames),
    scrollScript: spread(scroll.scripts),
    scrub: await measureScrub(browser, tags),
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

/** The figures as lines of text, with their share of what they may take. */
export function tableReport(figures: readonly TableFigures[]): string[] {
  const line = (name: string, { median, p95, max }: Spread, limit: number) =>
    `  ${name.padEnd(44)} median ${median.toFixed(2).padStart(6)} ms   p95 ${p95.toFixed(2).padStart(6)} ms ` +
    `(${(p95 / limit).toFixed(2)} of ${limit.toFixed(limit % 1 === 0 ? 0 : 1)} ms)   max ${max.toFixed(1)} ms`;
  return figures.flatMap((table) => [
    `Table, ${table.tags} tags, ${table.rows} rows, chart of a row open:`,
    line(`a sample, ${100 * USUAL_SHARE} % moved: script, style, layout`, table.usual, TICK_LIMIT_MS),
    line(`a sample, ${100 * BUSY_SHARE} % moved: script, style, layout`, table.busyWithLayout, TICK_LIMIT_MS),
    line('the same, script alone', table.busy, TICK_LIMIT_MS),
    line('scroll, script per frame', table.scrollScript, SCROLL_LIMIT_MS),
    line('scroll, frame to frame', table.scrollFrame, FRAME_LIMIT_MS),
    line('scrub, all rows at another moment', table.scrub, SCRUB_LIMIT_MS),
    `  long tasks while scrolling                   ${table.longTasks.length === 0 ? 'none' : `${table.longTasks.length}: ${table.longTasks.join(', ')} ms`}`,
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
