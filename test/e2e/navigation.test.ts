/** From a tag to all that belongs to it and back, problems and their fixes, and the packed command line on the same folder. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { Session, skip } from './session.ts';

const TAG_FILE = `// Tags of this test's driver.
Acme - acme.sys - Packets of the acme driver
`;

/** A driver of a few lines; each test has a line of its own. */
const SOURCES: Readonly<Record<string, string>> = {
  'acme.h': "#define ACME_TAG 'emcA'\n#define ACME_LINE_TAG ('S...' + __LINE__)\n",
  'packet.c': `#include "acme.h"
PVOID TakePacket(SIZE_T n)
{
    return ExAllocatePool2(POOL_FLAG_PAGED, n, ACME_TAG);
}
VOID DropPacket(PVOID p)
{
    ExFreePoolWithTag(p, ACME_TAG);
}
`,
  'name.c': `#include "acme.h"
PVOID TakeName(SIZE_T n)
{
    return ExAllocatePoolWithTag(PagedPool, n, "Name");
}
PVOID TakeAddress(SIZE_T n)
{
    return ExAllocatePoolWithTag(PagedPool, n, 'emcA');
}
PVOID TraceLine(SIZE_T n)
{
    return ExAllocatePoolWithTag(PagedPool, n, ACME_LINE_TAG);
}
`,
};

/** Runs the command line that the packed extension brings. */
function packedCommand(
  session: Session,
  ...args: string[]
): Promise<{ code: number | string | null | undefined; output: string }> {
  const files = readdirSync(session.server.root, { recursive: true, encoding: 'utf8' });
  const cli = files.find((file) => /extensions[\\/][^\\/]*pool-lens[^\\/]*[\\/]dist[\\/]cli\.js$/.test(file));
  if (cli === undefined) throw new Error('The installed extension has no dist/cli.js.');
  return new Promise((done) => {
    execFile(process.execPath, [path.join(session.server.root, cli), ...args], (error, output) => {
      done({ code: error ? error.code : 0, output });
    });
  });
}

describe.skipIf(skip)(`from tag to tag${skip ? ` (${skip})` : ''}`, () => {
  let folder: string;
  let session: Session;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-acme-'));
    const workspace = path.join(folder, 'acme');
    mkdirSync(workspace);
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(path.join(workspace, name), text);
    const tagFile = path.join(folder, 'pooltag.txt');
    writeFileSync(tagFile, TAG_FILE);
    // A path belongs to a machine; for all machines the folder may name it.
    mkdirSync(path.join(workspace, '.vscode'));
    writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'poolLens.tagFiles': [tagFile] }));
    session = await Session.start({ workspace, settings: { 'poolLens.source': 'simulated' } });
  });
  afterAll(async () => {
    await session?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  const pictured = (name: string) => onTestFailed(() => session.failed(name));
  const read = (file: string) => readFileSync(path.join(session.server.workspace, file), 'utf8');
  const lineIn = (file: string, text: string) => SOURCES[file].split('\n').findIndex((line) => line.includes(text)) + 1;
  const columnIn = (file: string, text: string) =>
    SOURCES[file]
      .split('\n')
      .find((line) => line.includes(text))!
      .indexOf(text) + 1;
  const at = (file: string, text: string) => [lineIn(file, text), columnIn(file, text) + 1] as const;
  const stands = (file: string, line: number) =>
    expect
      .poll(async () => `${await session.workbench.activeFile()}:${(await session.workbench.cursor()).line}`)
      .toBe(`${file}:${line}`);

  test('the packed command line checks the folder: SARIF, and exit codes by severity', async () => {
    const { workspace } = session.server;
    const found = await packedCommand(session, 'check', workspace, '--format', 'sarif');
    expect(found.code).toBe(1);
    const { version, runs } = JSON.parse(found.output);
    expect(version).toBe('2.1.0');
    const results: { ruleId: string; level: string; locations: unknown[] }[] = runs[0].results;
    expect(results.filter(({ level }) => level === 'error').map(({ ruleId }) => ruleId)).toEqual(['string-as-tag']);
    expect(JSON.stringify(results.find(({ ruleId }) => ruleId === 'string-as-tag')?.locations)).toContain('name.c');
    const off = await packedCommand(session, 'check', workspace, '--severity', 'error', '--rule', 'string-as-tag=off');
    expect(off.code).toBe(0);
    expect((await packedCommand(session, 'check', path.join(workspace, 'nowhere'))).code).toBe(2);
  });

  test('F12 goes from a name to its definition, on to pooltag.txt, and from there back to the sources', async () => {
    pictured('definition');
    const { workbench, opened } = session;
    await workbench.openFile('packet.c');
    await workbench
      .lens(/Acme · 2 of 2 sites/)
      .first()
      .waitFor();
    await workbench.goTo(...at('packet.c', 'ACME_TAG);'));
    await opened.page.keyboard.press('F12');
    await stands('acme.h', 1);
    await workbench.goTo(1, columnIn('acme.h', "'emcA'") + 2);
    await opened.page.keyboard.press('F12');
    await stands('pooltag.txt', 2);
    await session.picture('n1-pooltag', ['dark']);
    await opened.page.keyboard.press('F12');
    await stands('acme.h', 1);
  });

  test('references list sites and frees, from pooltag.txt too', async () => {
    pictured('references');
    const { workbench, opened } = session;
    await workbench.goTo(1, columnIn('acme.h', "'emcA'") + 2);
    await opened.page.keyboard.press('F12');
    await stands('pooltag.txt', 2);
    await workbench.command('References: Find All References');
    const row = (text: string | RegExp) => opened.page.locator('.pane-body .monaco-list-row', { hasText: text });
    await row('packet.c').waitFor();
    await row('name.c').waitFor();
    await row('ExFreePoolWithTag').waitFor();
    await session.picture('n2-references', ['dark']);
  });

  test('a symbol #Tag leads to its site', async () => {
    pictured('symbol');
    const { workbench, opened } = session;
    await workbench.openFile('packet.c');
    await opened.page.keyboard.press('Control+T');
    await workbench.quickInput.fill('##Acme');
    await expect.poll(async () => (await workbench.picks()).filter((pick) => pick.includes('Acme')).length).toBe(2);
    await workbench.pick(/TakeAddress/);
    await stands('name.c', lineIn('name.c', "'emcA'"));
  });

  test('hover gives the constant in both byte orders and the commands for the debugger', async () => {
    pictured('hover');
    const { workbench, opened } = session;
    await workbench.openFile('name.c');
    await workbench.goTo(...at('name.c', "'emcA'"));
    await workbench.command('Show or Focus Hover');
    const hover = opened.page.locator('.monaco-hover').filter({ hasText: 'Acme' });
    for (const part of ["'emcA'", '0x656d6341', '!poolused 4 Acme', "ed nt!poolhittag 'emcA'", 'Packets of the acme'])
      await expect.poll(() => hover.textContent()).toContain(part);
    await opened.page.keyboard.press('Escape');
  });

  test('a string as a tag is an error, and its fix writes the constant', async () => {
    pictured('string');
    const { workbench } = session;
    await workbench.openFile('name.c');
    await workbench.squiggles('error').first().waitFor();
    await workbench.goTo(...at('name.c', '"Name"'));
    expect(await workbench.codeActions()).toContainEqual(expect.stringContaining("Write 'emaN'"));
    await session.picture('n3-fix', ['dark']);
    await workbench.codeAction("Write 'emaN'");
    await workbench.squiggles('error').first().waitFor({ state: 'detached' });
    await workbench
      .viewLine(/'emaN'\W*Name/)
      .first()
      .waitFor();
    await workbench.saveAll();
    await expect.poll(() => read('name.c')).toContain("ExAllocatePoolWithTag(PagedPool, n, 'emaN')");
  });

  test('a tag is renamed in all that writes it, macro and literal', async () => {
    pictured('rename-everywhere');
    const { workbench } = session;
    await workbench.openFile('acme.h');
    await workbench.commandWithPicks('Pool Lens: Rename a Pool Tag Everywhere');
    await session.opened.page.keyboard.press('Enter');
    await expect.poll(() => workbench.quickInput.getAttribute('aria-label')).toContain('Rename the pool tag');
    await workbench.quickInput.fill('AcmX');
    await session.opened.page.keyboard.press('Enter');
    await workbench
      .viewLine(/'XmcA'\W*AcmX/)
      .first()
      .waitFor();
    await workbench.saveAll();
    await expect.poll(() => read('acme.h')).toContain("#define ACME_TAG 'XmcA'");
    await expect.poll(() => read('name.c')).toContain("n, 'XmcA')");
  });

  test('the tree shows a tag that is known in part, with the place that uses it', async () => {
    pictured('pattern');
    const { workbench, opened } = session;
    await workbench.command('Pool Lens: Show Pool Tags of the Sources');
    const row = (text: string | RegExp) => opened.page.locator('.pane .monaco-list-row', { hasText: text });
    await row(/\?\?\?S|S\?\?\?|\?+S\?*/)
      .first()
      .click();
    await row(/TraceLine/)
      .first()
      .waitFor();
    await session.picture('n4-pattern', ['dark']);
    await row(/TraceLine/)
      .first()
      .click();
    await stands('name.c', lineIn('name.c', 'ACME_LINE_TAG'));
  });
});
