/** The panel as an instrument in the real VS Code: phases by key, the chart of the leak, and axe in every theme. */
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { axeFindings } from '../host/axe.ts';
import { lineOf, Session, skip } from './session.ts';

describe.skipIf(skip)(`the instrument${skip ? ` (${skip})` : ''}`, () => {
  let session: Session;
  beforeAll(async () => {
    session = await Session.start({ settings: { 'poolLens.source': 'simulated', 'poolLens.intervalMs': 250 } });
  });
  afterAll(async () => session?.stop());

  // Each step stands on the one before.
  let broken = false;
  beforeEach((context) => {
    if (broken) context.skip('an earlier step failed');
    onTestFailed(async () => {
      broken = true;
      await session?.failed(context.task.name);
    });
  });

  const row = (tag: string) => session.panel.locator('.viewport .row:not(.unused)', { hasText: tag }).first();
  const phase = () => session.panel.locator('.phase[aria-pressed=true] .phase-name').textContent();

  /** The panel's own frame, deep inside of VS Code's. */
  async function panelFrame(): Promise<Frame> {
    for (const frame of session.opened.page.frames()) {
      if ((await frame.locator('#pool-lens:not([hidden])').count()) > 0) return frame;
    }
    throw new Error('No frame holds the panel.');
  }

  test('phases are set by key, on screen, and no palette opens', async () => {
    const { workbench, panel, opened } = session;
    await workbench.openFile('queue.c');
    await workbench.goTo(lineOf('queue.c', 'sizeof(FILTER_REQUEST)'));
    await workbench.command('Pool Lens: Show Pool Panel');
    await row('File').waitFor();
    await panel.locator('.table').focus();
    await opened.page.keyboard.press('F1');
    await expect.poll(phase).toMatch(/^settle 0:00:0\d$/);
    expect(await workbench.quickInput.isVisible()).toBe(false);
    for (const [key, pattern] of [
      ['F2', /^baseline /],
      ['F3', /^test 1 /],
      ['F4', /^wait /],
      ['F3', /^test 2 /],
      ['F4', /^wait /],
      ['F3', /^test 3 /],
    ] as const) {
      await opened.page.waitForTimeout(6_000);
      await panel.locator('.table').focus();
      await opened.page.keyboard.press(key);
      await expect.poll(phase).toMatch(pattern);
    }
  });

  test('the leak’s past is drawn with its phases, its figures as a table, another row over it', async () => {
    const { workbench, panel, opened } = session;
    // A low panel keeps the detail closed.
    await workbench.command('View: Toggle Maximized Panel');
    await panel.locator('.chips .chip', { hasText: 'Xmpl' }).click({ timeout: 90_000 });
    await panel.locator('.row.selected', { hasText: 'Xmpl' }).waitFor();
    await panel.locator('.chart-plot canvas').waitFor();
    await expect
      .poll(() => panel.locator('.chart-plot').getAttribute('aria-label'))
      .toMatch(/^Outstanding objects of Xmpl( Nonp)? from [\d,]+ to [\d,]+/);
    await expect.poll(() => panel.locator('.detail-sentence').textContent()).toMatch(/\d/);
    await panel.locator('.table').focus();
    for (const key of ['ArrowDown', 'Space', 'ArrowUp']) await opened.page.keyboard.press(key);
    await expect.poll(() => panel.locator('.legend-item').count()).toBe(2);
    await session.picture('i1-tested');
    await panel.getByRole('button', { name: 'The same figures as a table' }).click();
    await expect.poll(() => panel.locator('.chart-table td', { hasText: 'test 2' }).count()).toBeGreaterThan(3);
    await panel.getByRole('button', { name: 'The same figures as a table' }).click();
    await panel.locator('.legend-remove').click();
    await workbench.command('View: Toggle Maximized Panel');
  });

  test('axe has no serious finding, whatever the theme', async () => {
    for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
      await session.setTheme(theme);
      await session.opened.page.waitForTimeout(500);
      expect(await axeFindings(await panelFrame(), '#pool-lens'), theme).toEqual([]);
    }
    await session.setTheme('dark');
  });

  test('Alt+Left in the table takes the editor back', async () => {
    const { workbench, panel, opened } = session;
    await workbench.openFile('command.c');
    await panel.locator('.table').focus();
    await opened.page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => workbench.activeFile()).toBe('queue.c');
  });

  test('nothing was asked of the network', () => {
    expect(session.opened.foreignRequests).toEqual([]);
  });
});
