/** The language side in a real VS Code: hover, code action on one site, symbols, and what follows an edit on disk. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lineOf, Session, skip } from './session.ts';

describe.skipIf(skip)(`the editor${skip ? ` (${skip})` : ''}`, () => {
  let session: Session;
  beforeAll(async () => {
    session = await Session.start({ settings: { 'poolLens.source': 'simulated' } });
  });
  afterAll(async () => session?.stop());

  test('hover on a tag: constant, value, and the other sites', async () => {
    const { workbench, opened } = session;
    await workbench.openFile('queue.c');
    const line = lineOf('queue.c', 'sizeof(FILTER_REQUEST)');
    await workbench.goTo(line, 80);
    await workbench
      .lens(/Xmpl · \d of 5 sites/)
      .first()
      .waitFor();
    await workbench.command('Show or Focus Hover');
    const hover = opened.page.locator('.monaco-hover').filter({ hasText: 'Xmpl' });
    await hover.waitFor();
    const text = await hover.textContent();
    for (const part of ["'lpmX'", '0x6c706d58', 'FilterSnapshotTrace']) expect(text).toContain(part);
    await session.picture('editor-1-hover');
    await opened.page.keyboard.press('Escape');
  });

  test('one site gets a tag of its own by code action, and its line says so', async () => {
    const { workbench } = session;
    await workbench.openFile('trace.c');
    await workbench.goTo(lineOf('trace.c', 'room * sizeof(SAMPLE_RECORD)'), 90);
    const actions = await workbench.codeActions();
    expect(actions.filter((title) => title.includes('Assign a unique pool tag to this allocation site'))).toHaveLength(
      1,
    );
    expect(actions).toContain("Assign unique pool tags to all 5 sites that share 'Xmpl'");
    await session.picture('editor-2-actions', ['dark']);
    await workbench.codeAction('Assign a unique pool tag to this allocation site');
    // Nothing needs a look: its free follows, and no other site shares one with it.
    await workbench
      .lens(/^Xm(?!Sz|Tr)\S\S · 1 site$/)
      .first()
      .waitFor();
    await workbench.viewLine('SAMPLE_TAG_SNAPSHOT').first().waitFor();
  });

  test('workspace symbols find the sites of a tag', async () => {
    const { workbench, opened } = session;
    await opened.page.keyboard.press('Control+T');
    await workbench.quickInput.waitFor();
    await workbench.quickInput.fill('##Xmpl');
    await expect.poll(async () => (await workbench.picks()).filter((pick) => pick.includes('Xmpl')).length).toBe(4);
    await opened.page.keyboard.press('Escape');
  });

  test('a file that changes on disk is scanned again', async () => {
    const { workbench, opened } = session;
    appendFileSync(
      path.join(session.server.workspace, 'worker.c'),
      "\nPVOID FilterExtra(VOID)\n{\n    return ExAllocatePool2(POOL_FLAG_PAGED, 8, 'xtEX');\n}\n",
    );
    // The list shows what is known when it opens: open it until the new site is there.
    await expect
      .poll(
        async () => {
          const picks = await workbench.commandWithPicks('Pool Lens: Find All Allocation Sites of a Tag');
          const found = picks.some((pick) => pick.includes('XEtx'));
          if (!found) await opened.page.keyboard.press('Escape');
          return found;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(true);
    await workbench.pick('XEtx');
    await expect.poll(() => workbench.activeFile()).toBe('worker.c');
  });
});
