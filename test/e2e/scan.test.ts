/** The first scan of a large tree in VS Code: how far it is, stopping it and going on, and the start after it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { Session, skip } from './session.ts';

const FILES = 20_000;
/** A time that the cache trusts, seconds. */
const LONG_AGO = 1_700_000_000;
/** The cache is written a while after the last change. */
const PATIENT = { timeout: 20_000 };

/** A tree that nothing but an opened source makes a driver's: no scan begins before the test wants it. */
function largeTree(): string {
  const root = path.join(mkdtempSync(path.join(tmpdir(), 'pool-lens-large-')), 'large');
  const body = Array.from({ length: 150 }, (_, i) => `    count += table[${i}];`).join('\n');
  for (let i = 0; i < FILES; i++) {
    const folder = path.join(root, `d${i % 100}`);
    if (i < 100) mkdirSync(folder, { recursive: true });
    const call = `p = ExAllocatePool2(POOL_FLAG_PAGED, 1, '${i % 3 === 0 ? 'eerT' : 'hsuB'}');`;
    writeFileSync(path.join(folder, `f${i}.c`), `void f${i}(void)\n{\n    ${call}\n${body}\n}\n`);
  }
  writeFileSync(path.join(root, 'first.c'), "void first(void)\n{\n    p = ExAllocatePool2(1, 1, 'tsrF');\n}\n");
  return root;
}

describe.skipIf(skip)(`the scan of a large tree${skip ? ` (${skip})` : ''}`, () => {
  let tree: string;
  let session: Session;
  let tags: string[];
  beforeAll(async () => {
    tree = largeTree();
    session = await Session.start({ workspace: tree, settings: { 'poolLens.source': 'simulated' } });
    utimesSync(path.join(session.server.workspace, 'd1', 'f1.c'), LONG_AGO, LONG_AGO);
  });
  afterAll(async () => {
    await session?.stop();
    if (tree) rmSync(path.dirname(tree), { recursive: true, force: true });
  });
  const status = () =>
    session.opened.page.locator('.statusbar-item', { hasText: /Scann(?:ing|ed) [\d,]+ of [\d,]+ files/ });
  const listed = async () => {
    const picks = await session.workbench.commandWithPicks('Pool Lens: Find All Allocation Sites of a Tag');
    await session.opened.page.keyboard.press('Escape');
    return picks;
  };
  const lens = (text: RegExp) => session.opened.page.locator('.codelens-decoration', { hasText: text });

  test('shows in the status bar, stops, and goes on; what it has found can be used', async () => {
    onTestFailed(() => session.failed('scan'));
    const { workbench } = session;
    await workbench.openFile('first.c');
    await status().filter({ hasText: 'Scanning' }).waitFor();
    await status().click();
    const stopped = status().filter({ hasText: 'Scanned' });
    await stopped.waitFor();
    const [, read, total] = /Scanned ([\d,]+) of ([\d,]+)/
      .exec((await stopped.textContent()) ?? '')!
      .map((n) => n.replaceAll(',', ''));
    expect(Number(read)).toBeLessThan(FILES);
    expect(Number(total)).toBeLessThanOrEqual(FILES + 1);
    // The open document's site is there, and its line says so.
    await lens(/Frst/).first().waitFor();
    await session.picture('s2-stopped', ['dark']);
    await stopped.click();
    await status().waitFor({ state: 'hidden' });
    await expect.poll(async () => (await listed()).join('\n'), PATIENT).toMatch(/Bush.*13,?333 sites/s);
    tags = await listed();
  });

  test('is not done again by the next start', async () => {
    onTestFailed(() => session.failed('scan-again'));
    const { workbench, opened } = session;
    const caches = () =>
      readdirSync(session.server.root, { recursive: true }).filter((name) =>
        /(?:folder|sites)-\w+\.cache$/.test(String(name)),
      );
    await expect.poll(() => caches().length, PATIENT).toBe(2);
    // Only the cache can still say what stood here: size and time tell nothing.
    const file = path.join(session.server.workspace, 'd1', 'f1.c');
    writeFileSync(file, readFileSync(file, 'utf8').replace('hsuB', 'lepO'));
    utimesSync(file, LONG_AGO, LONG_AGO);
    await opened.page.reload();
    await workbench.ready();
    await workbench.openFile('first.c');
    await lens(/Frst/).first().waitFor();
    await expect.poll(listed, PATIENT).toEqual(tags);
  });
});
