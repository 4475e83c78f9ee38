/** Choices of an assignment, for a whole driver, and the list of tags for the team. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { Session, skip } from './session.ts';

const SOURCE = `#include <ntddk.h>

#define TWIN_TAG 'niwT'

typedef struct _TWIN {
    PVOID Data;
} TWIN;

VOID TwinFillBig(TWIN *Twin, ULONG Size)
{
    Twin->Data = ExAllocatePoolWithTag(PagedPool, Size * 2, TWIN_TAG);
}

VOID TwinFillSmall(TWIN *Twin, ULONG Size)
{
    Twin->Data = ExAllocatePoolWithTag(PagedPool, Size, TWIN_TAG);
}

VOID TwinEmpty(TWIN *Twin)
{
    ExFreePoolWithTag(Twin->Data, TWIN_TAG);
    Twin->Data = NULL;
}

VOID TwinName(ULONG Size)
{
    PVOID name = ExAllocatePoolWithTag(NonPagedPoolNx, Size, TWIN_TAG);
    if (name != NULL) {
        ExFreePoolWithTag(name, TWIN_TAG);
    }
}
`;
const PROJECT = `<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <ItemGroup><ClCompile Include="twins.c" /></ItemGroup>
</Project>
`;

describe.skipIf(skip)(`the choices of an assignment${skip ? ` (${skip})` : ''}`, () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'pool-lens-twins-'));
  let session: Session;
  beforeAll(async () => {
    const folder = path.join(scratch, 'twins');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'twins.c'), SOURCE);
    writeFileSync(path.join(folder, 'twins.vcxproj'), PROJECT);
    session = await Session.start({ workspace: folder });
  });
  afterAll(async () => {
    await session?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  const pictured = (name: string) => onTestFailed(() => session.failed(name));
  const read = (file: string) => readFileSync(path.join(session.server.workspace, file), 'utf8');

  test('a free that serves two sites: together, or without its tag', async () => {
    pictured('choices');
    const { workbench, opened } = session;
    await workbench.openFile('twins.c');
    await workbench.lens('3 sites').first().waitFor();
    const choices = await workbench.commandWithPicks('Pool Lens: Assign Unique Tags to All Shared Tags of a Driver');
    expect(choices).toEqual([
      expect.stringMatching(/stay together[\s\S]*3 sites with new tags, 1 of them unique/),
      expect.stringMatching(/out of 1 common free[\s\S]*3 sites with new tags, 3 of them unique/),
    ]);
    await session.picture('a1-choices');
    await workbench.pick('Take the tag out');
    await opened.page.locator('.bulk-edit-panel').waitFor();
    await session.picture('a2-preview');
    await opened.page.getByRole('button', { name: 'Apply' }).click();
    await workbench.toast(/3 allocation sites have their own tag now/).waitFor();
    await workbench.saveAll();
    await expect.poll(() => read('twins.c')).toContain('ExFreePool(Twin->Data);');
    const text = read('twins.c');
    const sites = text.match(/ExAllocatePoolWithTag\(.*\)/g) ?? [];
    expect(new Set(sites.map((site) => /\w+(?=\)$)/.exec(site)?.[0])).size).toBe(3);
    const name = /NonPagedPoolNx, Size, (\w+)/.exec(text)?.[1];
    expect(text).toContain(`ExFreePoolWithTag(name, ${name});`);
  });

  test('the list of the tags is written, and brought up to date', async () => {
    pictured('tag-list');
    const { workbench, opened, server } = session;
    writeFileSync(path.join(server.workspace, 'pooltag.txt'), 'rem ours\nElse - else.sys - what others have\n');
    await workbench.command('Pool Lens: Write a List of the Tags');
    await expect.poll(() => workbench.quickInput.inputValue()).toContain('pooltag.txt');
    await opened.page.keyboard.press('Enter');
    // The list is there: VS Code asks before it is written over.
    await opened.page.getByText('already exists').waitFor();
    await opened.page.keyboard.press('Enter');
    await workbench.toast(/3 tags of this workspace are in pooltag\.txt now/).waitFor();
    const list = read('pooltag.txt');
    expect(list).toMatch(/^rem ours\nElse - else\.sys - what others have\n/);
    expect(list).toMatch(/^Tw\w\w - twins\.sys - twins\.c, TwinFillBig$/m);
    expect(list.trimEnd().split('\n')).toHaveLength(5);
  });
});
