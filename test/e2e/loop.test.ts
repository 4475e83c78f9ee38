/** The whole loop as a driver author lives it, on the sample driver and the simulated kernel. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { lineOf, Session, sampleDriver, skip } from './session.ts';

describe.skipIf(skip)(`the loop${skip ? ` (${skip})` : ''}`, () => {
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

  /** Tags that grow and have sites here, as the panel names them beside the filter. */
  const heroes = () => session.panel.locator('.chips .chip b').allTextContents();
  const tagRow = (tag: string) => session.panel.locator('.viewport .row:not(.unused)', { hasText: tag }).first();

  test('the editor knows the allocation sites before anything runs', async () => {
    const { workbench } = session;
    await workbench.openFile('queue.c');
    await workbench.goTo(lineOf('queue.c', 'sizeof(FILTER_REQUEST)'));
    await workbench
      .lens(/Xmpl · \d of 5 sites/)
      .first()
      .waitFor();
    await workbench.lens('Assign unique tag').first().waitFor();
    await session.picture('1-editor');
  });

  test('the panel shows the simulated kernel, and its rows move', async () => {
    const { workbench, panel } = session;
    await workbench.command('Pool Lens: Show Pool Panel');
    await tagRow('File').waitFor();
    await panel.getByText('Simulated kernel (sample.sys)').waitFor();
    const figures = () => tagRow('File').locator('.cell.allocs').textContent();
    const before = await figures();
    await expect.poll(figures, { timeout: 10_000 }).not.toBe(before);
    await session.picture('2-panel');
  });

  test('the tag that leaks is marked, alone of this workspace, and named in the status bar and over its sites', async () => {
    const { workbench, panel } = session;
    await expect.poll(heroes, { timeout: 90_000, interval: 250 }).toEqual(['Xmpl']);
    expect(await panel.locator('.row.hero', { hasText: /(leak|growing)\s*\+\d/ }).count()).toBe(1);
    await workbench.statusItem(/Xmpl \+\d+.*\/min/).waitFor();
    await workbench
      .lens(/Xmpl · \d+ out · .* · \+.*\/min · \d of 5 sites/)
      .first()
      .waitFor();
    await session.picture('3-marked');
  });

  test('Enter lists its five sites with file, function and line; Enter goes there, Go Back comes back', async () => {
    const { workbench, panel, opened } = session;
    await tagRow('Xmpl').click();
    await panel.getByRole('button', { name: 'Assign unique tags to all 5 sites' }).waitFor();
    await panel.locator('.table').focus();
    await opened.page.keyboard.press('Enter');
    const picks = await workbench.picks();
    expect(picks).toHaveLength(5);
    for (const [file, inside] of [
      ['command.c', 'FilterCaptureCommand'],
      ['pnp.c', 'FilterReadDescription'],
      ['queue.c', 'FilterQueueRequest'],
      ['queue.c', 'FilterFlushQueue'],
      ['trace.c', 'FilterSnapshotTrace'],
    ]) {
      expect(picks.filter((pick) => pick.includes(file) && pick.includes(inside))).toHaveLength(1);
    }
    await session.picture('4-sites');
    await workbench.quickInput.fill('Snapshot');
    await opened.page.keyboard.press('Enter');
    await workbench.tab('trace.c').waitFor();
    await expect.poll(() => workbench.activeFile()).toBe('trace.c');
    await workbench.goBack();
    await expect.poll(() => workbench.activeFile()).toBe('queue.c');
  });

  test('unique tags for all five: a preview with the frees that go along, then the edit', async () => {
    const { workbench, panel, opened } = session;
    await panel.getByRole('button', { name: 'Assign unique tags to all 5 sites' }).click();
    const preview = opened.page.locator('.bulk-edit-panel');
    await preview.waitFor();
    await preview
      .getByText(/ExFreePoolWithTag/)
      .first()
      .waitFor();
    await session.picture('5-preview');
    await opened.page.getByRole('button', { name: 'Apply' }).click();
    await workbench.toast(/5 allocation sites have their own tag now/).waitFor();
    await workbench.saveAll();
    await session.picture('6-assigned');
    const header = readFileSync(path.join(session.server.workspace, 'filter.h'), 'utf8');
    const defines = header.match(/^#define SAMPLE_TAG_\w+ +'....'$/gm) ?? [];
    expect(defines).toHaveLength(7 + 5);
    expect(header).toContain("#define SAMPLE_TAG          'lpmX'");
  });

  test('the new tags appear, and exactly one of them grows', async () => {
    const { workbench, opened } = session;
    await workbench.command('Pool Lens: Show Pool Panel');
    await expect.poll(heroes, { timeout: 120_000, interval: 500 }).toEqual([expect.stringMatching(/^Xm(?!pl)/)]);
    // It stays alone: ten seconds more bring no second one.
    const [growing] = await heroes();
    for (let second = 0; second < 10; second++) {
      await opened.page.waitForTimeout(1000);
      expect(await heroes()).toEqual([growing]);
    }
    await session.picture('7-one-grows');
  });

  test('Enter on it goes to the line that leaks', async () => {
    const { workbench, panel, opened } = session;
    await panel.locator('.chips .chip').click();
    await panel.locator('.row.hero.selected').waitFor();
    await panel.locator('.table').focus();
    await opened.page.keyboard.press('Enter');
    await expect.poll(() => workbench.activeFile()).toBe('command.c');
    await expect
      .poll(async () => (await workbench.cursor()).line)
      .toBe(lineOf('command.c', 'sizeof(FILTER_COMMAND) + InputBytes'));
    await session.picture('8-the-line', ['dark', 'light', 'hc-dark', 'hc-light']);
  });

  test('the new tags are a group under the old one, which sums them', async () => {
    const { workbench, panel } = session;
    await workbench.command('Pool Lens: Show Pool Panel');
    const line = lineOf('command.c', 'sizeof(FILTER_COMMAND) + InputBytes');
    const words = new RegExp(`Xmpl · split into 5 tags · \\d+ objects.* 100 % by Xm.., command\\.c:${line}`);
    await panel.getByText(words).waitFor();
    await expect.poll(() => panel.locator('.viewport .row:not(.unused)', { hasText: /^Xm(?!pl)/ }).count()).toBe(5);
    await session.picture('9-group');
  });

  test('Restore the Original Tags gives every file back, byte for byte', async () => {
    const { workbench, opened } = session;
    const files = readdirSync(sampleDriver).filter((name) => /\.[ch]$/.test(name));
    const changed = () =>
      files.filter(
        (name) =>
          !readFileSync(path.join(session.server.workspace, name)).equals(readFileSync(path.join(sampleDriver, name))),
      );
    expect(changed()).toContain('command.c');
    // In the panel F1 sets a phase.
    await workbench.tab('command.c').click();
    await workbench.commandWithPicks('Pool Lens: Restore the Original Tags…');
    await workbench.pick('Xmpl');
    await opened.page.locator('.bulk-edit-panel').getByText('SAMPLE_TAG').first().waitFor();
    await session.picture('10-restore');
    await opened.page.getByRole('button', { name: 'Apply' }).click();
    await workbench.toast(/5 allocation sites have their original tag again/).waitFor();
    await workbench.saveAll();
    expect(changed()).toEqual([]);
  });

  test('nothing was asked of the network', () => {
    expect(session.opened.foreignRequests).toEqual([]);
  });
});
