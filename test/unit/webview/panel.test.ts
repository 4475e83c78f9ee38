/** The panel in a real browser, under its real content security policy, with a fake host. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { panelInBrowser, sent, skip } from './panelPage.ts';
import { tagOf } from './rows.ts';

describe.skipIf(skip)(`panel in Chromium${skip ? ` (${skip})` : ''}`, () => {
  const withPanel = panelInBrowser({ tags: 800 }, { width: 1400, height: 500 });

  /** Tags on screen from the top. */
  const tagsOnScreen = (page: Page) =>
    page.evaluate(() => {
      const top = document.querySelector('.viewport')?.getBoundingClientRect().top ?? 0;
      return [...document.querySelectorAll<HTMLElement>('.sheet .row:not(.unused)')]
        .map((row) => ({ y: row.getBoundingClientRect().top - top, tag: row.querySelector('.tag-name')?.textContent }))
        .filter((row) => row.y > -22)
        .sort((a, b) => a.y - b.y)
        .map((row) => row.tag);
    });
  const frame = (page: Page) =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  const selectedTop = (page: Page) =>
    page.evaluate(() => document.querySelector('.row.selected')?.getBoundingClientRect().top);

  it('acknowledges rows, tells which are on screen, and shows growing workspace tags on top', () =>
    withPanel({}, async (page) => {
      await page.locator('.sheet .row.hero').first().waitFor();
      expect((await tagsOnScreen(page)).slice(0, 2).sort()).toEqual(['XLog', 'Xmpl']);
      expect(await page.locator('.sheet .row.hero .verdict').first().textContent()).toMatch(/^leak\+[\d.]+\/cycle$/);
      expect(await sent(page, 'ack')).toEqual([{ type: 'ack', generation: 1, sequence: 1 }]);
      await expect.poll(() => sent(page, 'visibleRows')).toHaveLength(1);
      expect(await page.locator('.table').getAttribute('aria-rowcount')).toMatch(/^\d{3,4}$/);
    }));

  it('asks for a snapshot again when a frame is lost', () =>
    withPanel({}, async (page) => {
      await page.evaluate(() => window.harness.lose());
      await page.evaluate(() => window.harness.tick());
      await expect.poll(() => sent(page, 'resync')).toHaveLength(1);
      await expect.poll(async () => (await sent(page, 'ack')).length).toBeGreaterThanOrEqual(3);
      expect(await sent(page, 'resync')).toHaveLength(1);
    }));

  it('knows PoolMon’s keys, but not while one types', () =>
    withPanel({ reveal: 'Xmpl' }, async (page) => {
      const table = page.locator('.table');
      const sorted = () => page.locator('.header-row .sorted .name').textContent();
      await table.focus();
      await page.keyboard.press('t');
      await frame(page);
      expect(await sorted()).toMatch(/^Tag/);
      await page.keyboard.press('Shift+T');
      await frame(page);
      expect(await page.locator('[aria-sort=descending]').textContent()).toMatch(/^Tag/);
      await page.keyboard.press('e');
      await page.locator('.tfoot').waitFor();
      await page.keyboard.press('x');
      await page.keyboard.type('mpb');
      await frame(page);
      expect(await sorted()).toMatch(/^Tag/);
      expect(
        await page.evaluate(() => document.querySelector('vscode-text-field')?.getAttribute('current-value')),
      ).toBe('xmpb');
      await page.getByText('No tag matches xmpb').waitFor();
      await page.keyboard.press('Backspace');
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => document.activeElement?.className)).toContain('table');
      await frame(page);
      expect((await tagsOnScreen(page))[0]).toBe('Xmpl');
      await page.keyboard.press('Enter');
      await expect.poll(() => sent(page, 'showSites')).toEqual([{ type: 'showSites', tag: tagOf('Xmpl') }]);
    }));

  it('has the character that starts the filter in the field before the next key can come', () =>
    withPanel({}, async (page) => {
      const value = await page.evaluate(() => {
        const table = document.querySelector('.table') as HTMLElement;
        table.focus();
        table.dispatchEvent(new KeyboardEvent('keydown', { key: 'x' }));
        return document.querySelector('vscode-text-field')?.shadowRoot?.querySelector('input')?.value;
      });
      expect(value).toBe('x');
    }));

  it('moves the selection and scrolls after it, and marks it for assistive technology', () =>
    withPanel({}, async (page) => {
      await page.locator('.table').focus();
      await page.keyboard.press('End');
      await frame(page);
      const row = page.locator('.row.selected');
      const count = Number(await page.locator('.table').getAttribute('aria-rowcount'));
      expect(await row.getAttribute('aria-rowindex')).toBe(String(count));
      expect(await page.locator('.table').getAttribute('aria-activedescendant')).toBe(await row.getAttribute('id'));
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowDown');
      await frame(page);
      expect(await row.getAttribute('aria-rowindex')).toBe('3');
    }));

  it('keeps the selected row in sight when the detail opens below it', async () => {
    const inSight = (page: Page) =>
      page.evaluate(() => {
        const row = document.querySelector('.row.selected')?.getBoundingClientRect();
        const view = document.querySelector('.viewport')?.getBoundingClientRect();
        return row !== undefined && view !== undefined && row.top >= view.top && row.bottom <= view.bottom;
      });
    // Both keys before the next frame: the table scrolls while the detail is still closed.
    await withPanel({}, async (page) => {
      await page.evaluate(() => {
        const table = document.querySelector('.table') as HTMLElement;
        table.focus();
        table.dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }));
      });
      await page.locator('.detail').waitFor();
      await expect.poll(() => inSight(page)).toBe(true);
    });
    await withPanel({}, async (page) => {
      const box = await page.locator('.viewport').boundingBox();
      await page.mouse.click(600, (box?.y ?? 0) + (box?.height ?? 0) - 30);
      await page.locator('.detail').waitFor();
      await expect.poll(() => inSight(page)).toBe(true);
    });
  });

  it('selects the row that is clicked, also the first time and with a hand’s pace', () =>
    withPanel({ saved: { scrollTop: 4400 } }, async (page) => {
      const row = page.locator('.sheet .row[aria-rowindex="207"]');
      const tag = await row.locator('.tag-name').textContent();
      const box = await row.boundingBox();
      await page.mouse.move(600, (box?.y ?? 0) + 10);
      await page.mouse.down();
      for (let i = 0; i < 6; i++) await frame(page);
      await page.mouse.up();
      await expect.poll(() => page.locator('.detail-tag').textContent()).toBe(tag);
      expect(await page.locator('.row.selected').getAttribute('aria-rowindex')).toBe('207');
    }));

  it('holds the order under the pointer, and keeps the selected row in its place when it sorts again', () =>
    withPanel(
      { saved: { sort: { column: 'diff', descending: true, byChange: false }, scrollTop: 4400 } },
      async (page) => {
        const place = () => page.locator('.row.selected').getAttribute('aria-rowindex');
        const index = 4400 / 22 + 7;
        await page.locator(`.sheet .row[aria-rowindex="${index}"]`).click({ position: { x: 300, y: 10 } });
        await frame(page);
        const before = await tagsOnScreen(page);
        for (let i = 0; i < 30; i++) await page.evaluate(() => window.harness.measureTick());
        expect(await tagsOnScreen(page)).toEqual(before);
        expect(await place()).toBe(String(index));
        expect(await page.locator('.held:not(.off)').count()).toBe(1);
        const top = await selectedTop(page);
        await page.mouse.move(5, 5);
        await frame(page);
        expect(await page.locator('.held:not(.off)').count()).toBe(0);
        expect(await place()).not.toBe(String(index));
        expect(await selectedTop(page)).toBe(top);
      },
    ));

  it('lights what a sample changed, and puts it out by itself', () =>
    withPanel({ busyShare: 1 }, async (page) => {
      await page.locator('.sheet .row.hero').first().waitFor();
      await page.evaluate(() => window.harness.measureTick());
      expect(await page.locator('.sheet').getAttribute('data-glow')).toBe('strong');
      expect(await page.locator('.sheet .bytes .glow').count()).toBeGreaterThan(3);
      await expect.poll(() => page.locator('.sheet').getAttribute('data-glow')).toBe('weak');
      await expect.poll(() => page.locator('.sheet').getAttribute('data-glow')).toBeNull();
      await page.locator('.table').focus();
      await page.keyboard.press('l');
      await page.evaluate(() => window.harness.measureTick());
      expect(await page.locator('.sheet').getAttribute('data-glow')).toBeNull();
    }));

  it('shows the newest figures of rows that were beyond the edge when they came', () =>
    withPanel({ busyShare: 1 }, async (page) => {
      await page.locator('.sheet .row.hero').first().waitFor();
      await page.locator('.table').focus();
      await page.keyboard.press('t');
      await frame(page);
      for (let i = 0; i < 3; i++) await page.evaluate(() => window.harness.measureTick());
      await page.evaluate(() => document.querySelector('.viewport')?.scrollTo(0, 88));
      await frame(page);
      const shown = () =>
        page.evaluate(() => {
          const view = document.querySelector('.viewport')?.getBoundingClientRect() as DOMRect;
          return [...document.querySelectorAll('.sheet .row:not(.unused)')]
            .filter((row) => {
              const { top, bottom } = row.getBoundingClientRect();
              return bottom > view.top && top < view.bottom;
            })
            .map((row) => row.textContent);
        });
      const scrolled = await shown();
      // Another width makes all rows anew.
      await page.setViewportSize({ width: 1390, height: 500 });
      await frame(page);
      expect(scrolled.length).toBeGreaterThan(5);
      expect(await shown()).toEqual(scrolled);
    }));

  it('draws the trend of each row on screen in its place, also after a scroll', () =>
    withPanel({ bothShare: 0, saved: { detailOpen: false } }, async (page) => {
      await page.locator('.sheet .row.hero').first().waitFor();
      /** For each row on screen, whether anything is drawn beside it in the column of trends. */
      const drawn = () =>
        page.evaluate(() => {
          const canvas = document.querySelector('.trend-lines') as HTMLCanvasElement;
          const context = canvas.getContext('2d') as CanvasRenderingContext2D;
          const box = canvas.getBoundingClientRect();
          const view = document.querySelector('.viewport')?.getBoundingClientRect() as DOMRect;
          return [...document.querySelectorAll('.sheet .row:not(.unused)')]
            .map((row) => row.getBoundingClientRect())
            .filter(({ top, bottom }) => top >= view.top && bottom <= view.bottom)
            .map(({ top, height }) =>
              context.getImageData(0, top - box.top, canvas.width, height).data.some((value) => value > 0),
            );
        });
      const all = async () => {
        const rows = await drawn();
        return rows.length > 5 && rows.every(Boolean);
      };
      await expect.poll(all).toBe(true);
      await page.evaluate(() => document.querySelector('.viewport')?.scrollTo(0, 2210));
      await expect.poll(all).toBe(true);
    }));

  it('reveals a tag and clears the filter that hides it', () =>
    withPanel(
      { saved: { filter: { text: 'Qqqq', pool: 'paged', workspaceOnly: false, growingOnly: true } } },
      async (page) => {
        await page.getByText('No tag matches Qqqq').waitFor();
        await page.evaluate((tag) => window.harness.post({ type: 'reveal', tag }), tagOf('XCtx'));
        await page.locator('.row.selected').waitFor();
        expect(await page.locator('.row.selected .tag-name').textContent()).toBe('XCtx');
        expect(await page.locator('.detail .site-place').allTextContents()).toEqual(['queue.c:212']);
        expect(await page.getByText('Assign unique tags').isVisible()).toBe(false);
      },
    ));

  it('lists the sites of the selected tag, opens one, and offers unique tags', () =>
    withPanel({ reveal: 'Xmpl' }, async (page) => {
      await page.locator('.detail .site').nth(3).click();
      await page.getByText('Assign unique tags to all 5 sites').click();
      const tag = tagOf('Xmpl');
      await expect.poll(() => sent(page, 'openSite')).toEqual([{ type: 'openSite', tag, index: 3 }]);
      await expect.poll(() => sent(page, 'assignTag')).toEqual([{ type: 'assignTag', tag }]);
    }));

  it('offers the other source when there is nothing to watch', () =>
    withPanel({ samples: 0, state: { kind: 'off', reason: 'Windows only.' } }, async (page) => {
      await page.getByText('Windows only.', { exact: true }).waitFor();
      await page.getByText('Watch the simulated kernel').click();
      await expect.poll(() => sent(page, 'setSource')).toEqual([{ type: 'setSource', source: 'simulated' }]);
    }));

  it('keeps the figures after a failure, counts down and retries', () =>
    withPanel(
      { state: { kind: 'failed', reason: 'It died.', advice: 'See the log.', retryAt: Date.now() + 60_000 } },
      async (page) => {
        await page.getByText(/It died\. See the log\. Trying again in \d+ s\./).waitFor();
        expect((await tagsOnScreen(page)).length).toBeGreaterThan(5);
        await page.getByText('Retry', { exact: true }).first().click();
        await expect.poll(() => sent(page, 'restart')).toHaveLength(1);
      },
    ));

  it('remembers sort, filter and place', () =>
    withPanel(
      { saved: { sort: { column: 'tag', descending: false, byChange: false }, scrollTop: 880 } },
      async (page) => {
        await expect.poll(() => page.evaluate(() => document.querySelector('.viewport')?.scrollTop)).toBe(880);
        await page.locator('.table').focus();
        await page.keyboard.press('p');
        await expect
          .poll(() => page.evaluate(() => window.harness.saved()))
          .toMatchObject({
            sort: { column: 'tag', descending: false },
            filter: { pool: 'nonpaged' },
          });
      },
    ));
});
