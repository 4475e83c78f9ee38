/** What the editor does with the knowledge of pool tags, on the sample driver: hints, rename, fixes and the tree. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { Session, sampleDriver, skip } from './session.ts';

/** The line and column of a text in a sample driver's file, from 1. */
function placeOf(file: string, text: string): [line: number, column: number] {
  const lines = readFileSync(path.join(sampleDriver, file), 'utf8').split('\n');
  const line = lines.findIndex((content) => content.includes(text));
  return [line + 1, lines[line].indexOf(text) + 1];
}

describe.skipIf(skip)(`the editor's features${skip ? ` (${skip})` : ''}`, () => {
  let session: Session;
  beforeAll(async () => {
    session = await Session.start({
      settings: {
        'poolLens.source': 'simulated',
        'poolLens.intervalMs': 250,
        'poolLens.rules.deprecated-routine': 'warning',
      },
    });
  });
  afterAll(async () => session?.stop());
  const pictured = (name: string) => onTestFailed(() => session.failed(name));
  const read = (file: string) => readFileSync(path.join(session.server.workspace, file), 'utf8');

  test('hints show each tag as PoolMon will, and F2 renames it in all that uses it', async () => {
    pictured('rename');
    const { workbench, opened } = session;
    await workbench.openFile('config.c');
    await workbench.goTo(...placeOf('config.c', "'tSmX'"));
    await workbench
      .viewLine(/'tSmX'\W*XmSt/)
      .first()
      .waitFor();
    await session.picture('f1-hints');
    await opened.page.keyboard.press('ArrowRight');
    await opened.page.keyboard.press('F2');
    const box = opened.page.locator('.rename-box input');
    await expect.poll(() => box.inputValue()).toBe('XmSt');
    await box.fill('XmS9');
    await opened.page.keyboard.press('Enter');
    await workbench
      .viewLine(/'9SmX'\W*XmS9/)
      .first()
      .waitFor();
    await workbench.saveAll();
    await expect.poll(() => read('config.c').match(/'.SmX'/g)).toEqual(["'9SmX'", "'9SmX'"]);
  });

  test('a deprecated routine is marked, and its fix migrates the call', async () => {
    pictured('migration');
    const { workbench } = session;
    await workbench.openFile('driver.c');
    await workbench.goTo(...placeOf('driver.c', 'ExAllocatePoolWithTag'));
    await workbench.squiggles('warning').first().waitFor();
    expect(await workbench.codeActions()).toContainEqual(expect.stringContaining('Migrate to ExAllocatePool2'));
    await session.picture('f2-migrate');
    await workbench.codeAction('Migrate to ExAllocatePool2, memory is zeroed');
    await workbench.saveAll();
    await expect
      .poll(() => read('driver.c'))
      .toContain('ExAllocatePool2(POOL_FLAG_PAGED, Path->Length, SAMPLE_TAG_PATH)');
  });

  test('the tree goes from driver to tag to site; Enter goes to the source', async () => {
    pictured('tree');
    const { workbench, opened } = session;
    await workbench.command('Pool Lens: Show Pool Tags of the Sources');
    const row = (text: string | RegExp) => opened.page.locator('.pane .monaco-list-row', { hasText: text });
    await row(/Xmpl.*5 sites/).waitFor();
    await workbench.command('Pool Lens: Show Pool Panel');
    await row(/Xmpl.*\d+ out/).waitFor();
    await row(/Xmpl/).first().click();
    const site = row(/FilterSnapshotTrace/).first();
    await site.waitFor();
    await session.picture('f3-tree', ['dark', 'light', 'hc-dark', 'hc-light']);
    await site.click();
    await opened.page.keyboard.press('Enter');
    await expect.poll(() => workbench.activeFile()).toBe('trace.c');
    const [line] = placeOf('trace.c', 'records = ExAllocatePoolWithTag');
    await expect.poll(async () => (await workbench.cursor()).line).toBe(line);
  });
});
