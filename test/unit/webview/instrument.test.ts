/** The panel as an instrument, in a real browser: charts, phases, groups, the time line, comparison, menus; and axe. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { HarnessOptions } from '../../bench/table/page.ts';
import { axeFindings } from '../../host/axe.ts';
import { panelInBrowser, sent, skip } from './panelPage.ts';
import { tagOf } from './rows.ts';

const WIDE = { width: 1400, height: 640 };
const TESTED = { session: 'phases', samples: 300, reveal: 'Xmpl' } as const;
const RECORDING = {
  session: 'recording',
  samples: 300,
  panel: { source: 'recording', sourceLabel: 'monday.poollens' },
} as const;

describe.skipIf(skip)(`instrument in Chromium${skip ? ` (${skip})` : ''}`, () => {
  const withPanel = panelInBrowser({ tags: 400 }, WIDE);
  const lastSent = async (page: Page, type: string) => (await sent(page, type)).at(-1);

  it('asks for the past of the selected row and draws it with the phases', () =>
    withPanel(TESTED, async (page) => {
      await page.locator('.chart-plot canvas').waitFor();
      const asked = await lastSent(page, 'detail');
      expect(asked).toMatchObject({ fromMs: null, toMs: null });
      expect(await page.locator('.chart-plot').getAttribute('aria-label')).toMatch(
        /^Outstanding objects of Xmpl from /,
      );
      expect(await page.locator('.detail-sentence').textContent()).toMatch(/^\+41 objects in each of 3 cycles/);
      await page.locator('.segment', { hasText: 'Bytes' }).click();
      await expect.poll(() => page.locator('.chart-plot').getAttribute('aria-label')).toMatch(/^Bytes in use/);
    }));

  it('lays rows over it with Space, and takes them away', () =>
    withPanel(TESTED, async (page) => {
      await page.locator('.chart-plot canvas').waitFor();
      await page.locator('.table').focus();
      for (const key of ['ArrowDown', ' ', 'ArrowUp']) await page.keyboard.press(key);
      await expect.poll(() => page.locator('.legend-item').count()).toBe(2);
      expect(await lastSent(page, 'detail')).toMatchObject({ ids: [expect.any(Number), expect.any(Number)] });
      await page.locator('.legend-remove').click();
      await expect.poll(() => page.locator('.legend-item').count()).toBe(1);
    }));

  it('zooms, moves and follows by keyboard, and asks the host for the stretch', () =>
    withPanel(TESTED, async (page) => {
      await page.locator('.chart-plot canvas').waitFor();
      await page.locator('.chart-plot').focus();
      await page.keyboard.press('+');
      await expect.poll(async () => (await lastSent(page, 'detail')) as object).not.toMatchObject({ fromMs: null });
      const zoomed = (await lastSent(page, 'detail')) as { fromMs: number; toMs: number };
      await page.keyboard.press('ArrowLeft');
      await expect
        .poll(async () => ((await lastSent(page, 'detail')) as { fromMs: number }).fromMs)
        .toBeLessThan(zoomed.fromMs);
      await page.keyboard.press('Home');
      await expect.poll(() => lastSent(page, 'detail')).toMatchObject({ fromMs: null, toMs: null });
    }));

  it('shows the same figures as a table', () =>
    withPanel(TESTED, async (page) => {
      await page.getByRole('button', { name: 'The same figures as a table' }).click();
      await page.locator('.chart-table tbody tr').first().waitFor();
      const heads = await page.locator('.chart-table th').allTextContents();
      expect(heads).toEqual(['Time', 'Phase', 'Objects', 'Bytes', 'Allocs/s', 'Frees/s']);
      expect(await page.locator('.chart-table tbody tr').first().locator('td').nth(1).textContent()).toBe('test 3');
    }));

  it('sets phases by key, but not while one types', () =>
    withPanel({ reveal: 'Xmpl' }, async (page) => {
      await page.locator('.table').focus();
      await page.keyboard.press('F2');
      await page.locator('.phase', { hasText: 'test' }).click();
      await expect
        .poll(() => sent(page, 'mark'))
        .toEqual([
          { type: 'mark', phase: 'baseline' },
          { type: 'mark', phase: 'test' },
        ]);
      await page.locator('vscode-text-field').click();
      await page.keyboard.press('F4');
      expect(await sent(page, 'mark')).toHaveLength(2);
    }));

  it('takes the operations of a cycle, and nothing that is no number', () =>
    withPanel(TESTED, async (page) => {
      const field = page.getByLabel('ops/cycle');
      await field.fill('2,500');
      await field.press('Enter');
      await expect.poll(() => lastSent(page, 'setOperations')).toEqual({ type: 'setOperations', operations: 2500 });
      await field.fill('many');
      await field.press('Enter');
      await expect.poll(() => lastSent(page, 'setOperations')).toEqual({ type: 'setOperations', operations: null });
    }));

  it('folds and unfolds a group by keyboard, and counts no line as a row', () =>
    withPanel({ ...TESTED, groups: true }, async (page) => {
      const members = page.locator('.row.member');
      await expect.poll(() => members.count()).toBeGreaterThan(3);
      const count = await page.locator('.row-count').textContent();
      await page.locator('.table').focus();
      await page.keyboard.press('ArrowLeft');
      await page.locator('.row.group.selected[aria-expanded=false]').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.locator('.row.group.selected[aria-expanded=true]').waitFor();
      expect(await page.locator('.row-count').textContent()).toBe(count);
      expect(await page.locator('.group-words').first().textContent()).toMatch(/^XOld · split into 3 tags · /);
    }));

  it('offers what can be done with the row by Ctrl+., and goes back to the table', () =>
    withPanel({ reveal: 'Xmpl' }, async (page) => {
      await page.locator('.table').focus();
      await page.keyboard.press('Control+.');
      await page.getByRole('menu', { name: 'Actions' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => sent(page, 'assignTag')).toEqual([{ type: 'assignTag', tag: tagOf('Xmpl') }]);
      expect(await page.evaluate(() => document.activeElement?.className)).toContain('table');
    }));

  it('hides a column and remembers it', () =>
    withPanel({}, async (page) => {
      await page.getByRole('button', { name: 'Choose the columns' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Per Alloc' }).click();
      await expect.poll(() => page.locator('.header-row .perAlloc').count()).toBe(0);
      await page.keyboard.press('Escape');
      await expect
        .poll(() => page.evaluate(() => window.harness.saved()))
        .toMatchObject({ hiddenColumns: ['perAlloc'] });
    }));

  it('scrubs a recording, and compares two of its moments', () =>
    withPanel(RECORDING, async (page) => {
      const slider = page.getByRole('slider', { name: 'Moment of the recording' });
      await page.getByRole('button', { name: 'Set A here' }).click();
      await slider.focus();
      await page.keyboard.press('PageUp');
      await expect.poll(() => sent(page, 'scrub')).toHaveLength(1);
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/ of 8 h 00 min$/);
      await page.getByRole('button', { name: /^Compare with A/ }).click();
      const [asked] = (await sent(page, 'compareMoments')) as unknown as { fromMs: number; toMs: number }[];
      expect(asked.toMs - asked.fromMs).toBeCloseTo(8 * 3_600_000 * 0.05, -4);
    }));

  it('shows a comparison in the table’s place, this workspace’s growth first, and goes back', () =>
    withPanel({ ...RECORDING, compared: true }, async (page) => {
      await page.locator('.comparison tbody tr').first().waitFor();
      expect(await page.locator('.comparison tbody tr').first().locator('th').textContent()).toBe('Xmpl');
      expect(await page.locator('.table').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Back to the rows' }).click();
      await page.locator('.table').waitFor();
    }));

  it('gives a command line to copy where one helps', () =>
    withPanel({ panel: { warnings: [{ text: 'Pool tagging is off.', command: 'gflags /r +ptg' }] } }, async (page) => {
      await page.getByRole('button', { name: 'Copy gflags /r +ptg' }).click();
      await expect.poll(() => sent(page, 'copy')).toEqual([{ type: 'copy', text: 'gflags /r +ptg' }]);
    }));

  const off = { kind: 'off', reason: 'Windows only.' } as const;
  const failed = { kind: 'failed', reason: 'Denied.', advice: 'See the log.', retryAt: null } as const;
  const views: readonly (readonly [string, Partial<HarnessOptions>])[] = [
    ['live', { reveal: 'Xmpl' }],
    ['tested', TESTED],
    ['table of the chart', { ...TESTED, saved: { chartTable: true } }],
    ['groups and totals', { ...TESTED, groups: true, saved: { totals: true } }],
    ['recording', { ...RECORDING, reveal: 'Xmpl' }],
    ['compared', { ...RECORDING, compared: true }],
    ['off', { samples: 0, state: off }],
    ['failed', { state: { ...failed, command: 'gflags /r +ptg' }, session: 'full' }],
  ];
  for (const [name, options] of views) {
    it(`has no serious finding of axe: ${name}`, async () => {
      const looks = [
        { theme: 'light', size: WIDE },
        { theme: 'dark', size: { width: 320, height: 700 } },
      ] as const;
      for (const { theme, size } of looks) {
        await withPanel(
          { ...options, theme },
          async (page) => {
            await page.waitForTimeout(200);
            expect(await axeFindings(page, '#pool-lens'), theme).toEqual([]);
          },
          size,
        );
      }
    });
  }

  it('has no serious finding of axe in its menu and its sheet of keys', () =>
    withPanel({ ...TESTED, theme: 'hc-dark' }, async (page) => {
      await page.locator('.table').focus();
      await page.keyboard.press('Control+.');
      expect(await axeFindings(page, '#pool-lens')).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('h');
      expect(await axeFindings(page, '#pool-lens')).toEqual([]);
    }));
});
