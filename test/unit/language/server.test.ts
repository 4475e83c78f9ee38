/** The real server process over its IPC channel, with a temporary workspace. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';
import { normalizePath, pathToUri } from '../../../language/index/fileUri.ts';
import {
  type AssignResult,
  CLIENT_COMMANDS,
  type SiteSnapshot,
  type SitesChanged,
  type TagDescription,
} from '../../../language/protocol.ts';
import { tagFromText, tagText } from '../../../language/tag/poolTag.ts';

const X_TAG = tagFromText('XTag')!;
const MAIN = [
  '#include "tags.h"',
  '',
  'void FltRead(PVOID p)',
  '{',
  '    p = ExAllocatePoolWithTag(PagedPool, 1, POOL_TAG);',
  '}',
  '',
  'void FltWrite(PVOID p)',
  '{',
  '    p = ExAllocatePoolWithTag(NonPagedPoolNx, 1, POOL_TAG);',
  '    ExFreePoolWithTag(p, POOL_TAG);',
  '}',
  '',
].join('\n');

let root: string;
let server: ChildProcess;
let connection: ProtocolConnection;
const settings = {
  'files.exclude': { '**/build': true } as Record<string, boolean>,
  'poolLens.tagFiles': [] as string[],
  'poolLens.rules': {} as Record<string, string>,
};
let lensRefreshes = 0;
let hintRefreshes = 0;
const logged: string[] = [];
const published = new Map<string, { code?: unknown; severity?: number }[]>();
const uri = (name: string) => pathToUri(normalizePath(join(root, name)));
const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const sites = () => connection.sendRequest<SiteSnapshot>('poolLens/sites');

/** Asks until the answer is right; the last failure is thrown after some seconds. */
async function eventually<T>(ask: () => Promise<T>, check: (value: T) => void): Promise<T> {
  const end = Date.now() + 8000;
  for (;;) {
    const value = await ask();
    try {
      check(value);
      return value;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 25));
    }
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'pool-lens-server-'));
  mkdirSync(join(root, 'build'));
  write('tags.h', "#define POOL_TAG  'gaTX'\n");
  write('main.c', MAIN);
  write('build/generated.c', "void g(void) { ExAllocatePool2(1, 1, 'dliB'); }");
  write('pooltag.txt', 'XTag - sample.sys - Sample driver\r\n');
  settings['poolLens.tagFiles'] = [join(root, 'pooltag.txt')];
  server = fork(resolve('language/server.ts'), ['--node-ipc'], {
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  connection = createProtocolConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
  connection.onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) =>
    items.map(({ section }) => settings[section as keyof typeof settings]),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/codeLens/refresh', () => {
    lensRefreshes++;
    return null;
  });
  connection.onRequest('workspace/inlayHint/refresh', () => {
    hintRefreshes++;
    return null;
  });
  connection.onNotification('textDocument/publishDiagnostics', ({ uri: at, diagnostics }) => {
    published.set(at, diagnostics);
  });
  connection.onNotification('window/logMessage', ({ type, message }) => {
    // Errors and warnings.
    if (type <= 2) logged.push(message);
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: uri('').replace(/\/$/, ''), name: 'driver' }],
    capabilities: {
      workspace: {
        configuration: true,
        workspaceFolders: true,
        didChangeConfiguration: { dynamicRegistration: true },
        codeLens: { refreshSupport: true },
        inlayHint: { refreshSupport: true },
      },
    },
  });
  await connection.sendNotification('initialized', {});
});

afterAll(async () => {
  await connection.sendRequest('shutdown');
  const ended = new Promise((done) => server.once('exit', done));
  await connection.sendNotification('exit');
  await ended;
  connection.dispose();
  rmSync(root, { recursive: true, force: true });
});

const open = (name: string, text: string) =>
  connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uri(name), languageId: 'c', version: 1, text },
  });
const close = (name: string) =>
  connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(name) } });

describe('language server', () => {
  it('scans the workspace and tells of changes', async () => {
    const changed: SitesChanged[] = [];
    const listening = connection.onNotification('poolLens/sitesChanged', (change: SitesChanged) => {
      changed.push(change);
    });
    const { sites: all, frees } = await eventually(sites, (s) => expect(s.complete).toBe(true));
    expect(all.map((s) => [s.function, tagText(s.tag), s.pool])).toEqual([
      ['FltRead', 'XTag', 'paged'],
      ['FltWrite', 'XTag', 'nonpaged'],
    ]);
    expect(frees).toHaveLength(1);
    write('more.c', "void More(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, 'eroM'); }");
    await eventually(sites, (s) => expect(s.sites.map((x) => tagText(x.tag))).toContain('More'));
    await eventually(
      () => Promise.resolve(changed),
      (list) => expect(list.at(-1)).toMatchObject({ complete: true, filesScanned: 3 }),
    );
    listening.dispose();
    rmSync(join(root, 'more.c'));
    await eventually(sites, (s) => expect(s.sites).toHaveLength(2));
  });

  it('follows a header on disk, and an open document before the disk', async () => {
    write('tags.h', "#define POOL_TAG  'wenX'\n");
    await eventually(sites, (s) => expect(s.sites.map((x) => tagText(x.tag))).toEqual(['Xnew', 'Xnew']));
    await open('tags.h', "#define POOL_TAG  'nepO'\n");
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uri('tags.h'), version: 2 },
      contentChanges: [{ range: { start: { line: 0, character: 19 }, end: { line: 0, character: 23 } }, text: 'tidE' }],
    });
    const { sites: edited } = await sites();
    expect(edited.map((x) => tagText(x.tag))).toEqual(['Edit', 'Edit']);
    await close('tags.h');
    write('tags.h', "#define POOL_TAG  'gaTX'\n");
    await eventually(sites, (s) => expect(s.sites.map((x) => tagText(x.tag))).toEqual(['XTag', 'XTag']));
  });

  it('gives lenses, with figures while there are some, and refreshes them only for new text', async () => {
    await open('main.c', MAIN);
    const lenses = () =>
      connection.sendRequest<{ command: { title: string; command: string; arguments: unknown[] } }[]>(
        'textDocument/codeLens',
        { textDocument: { uri: uri('main.c') } },
      );
    const titles = async () => (await lenses()).map((l) => l.command.title);
    expect(await titles()).toEqual([
      'XTag · 1 of 2 sites',
      'Assign unique tag',
      'XTag · 2 of 2 sites',
      'Assign unique tag',
    ]);
    const [show, assign] = await lenses();
    expect(show.command).toMatchObject({ command: CLIENT_COMMANDS.showSites, arguments: [X_TAG] });
    expect(assign.command.command).toBe(CLIENT_COMMANDS.assignSite);
    await eventually(
      () => Promise.resolve(lensRefreshes),
      (n) => expect(n).toBeGreaterThan(0),
    );
    const before = lensRefreshes;
    const figures = {
      tag: X_TAG,
      outstanding: 541,
      bytes: 114688,
      objectsPerMinute: 41,
      bytesPerMinute: 8528,
      growing: true,
    };
    await connection.sendNotification('poolLens/figures', { figures: [figures] });
    await connection.sendNotification('poolLens/figures', { figures: [figures] });
    expect((await titles())[0]).toBe('XTag · 541 out · 112 KB · +41/min · 1 of 2 sites');
    await eventually(
      () => Promise.resolve(lensRefreshes),
      (n) => expect(n).toBe(before + 1),
    );
  });

  it('hovers on the argument, the routine and the macro', async () => {
    const hover = async (name: string, line: number, character: number) =>
      connection.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', {
        textDocument: { uri: uri(name) },
        position: { line, character },
      });
    const onTag = (await hover('main.c', 4, 46))!.contents.value;
    expect(onTag).toContain("`XTag`** — constant `'gaTX'`, `0x67615458`, paged pool");
    expect(onTag).toContain('541 out · 112 KB');
    expect(onTag).toContain(`main\\.c:10](${uri('main.c')}#L10) FltWrite`);
    expect(onTag).toContain('sample\\.sys — Sample driver');
    expect((await hover('main.c', 4, 10))?.contents.value).toBe(onTag);
    expect((await hover('tags.h', 0, 10))?.contents.value).toContain('2 allocation sites');
    expect(await hover('main.c', 2, 6)).toBeNull();
  });

  it('shows tags behind their constants, and asks for hints anew when tags changed', async () => {
    const hints = await connection.sendRequest('textDocument/inlayHint', {
      textDocument: { uri: uri('tags.h') },
      range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
    });
    expect(hints).toMatchObject([{ position: { line: 0, character: 24 }, label: 'XTag' }]);
    const before = hintRefreshes;
    await open('tags.h', "#define POOL_TAG  'gaTY'\n");
    await eventually(
      () => Promise.resolve(hintRefreshes),
      (n) => expect(n).toBeGreaterThan(before),
    );
    await close('tags.h');
    await eventually(sites, (s) => expect(s.sites.map((x) => tagText(x.tag))).toEqual(['XTag', 'XTag']));
  });

  it('publishes hints for open documents', async () => {
    await eventually(
      () => Promise.resolve(published.get(uri('main.c'))),
      (list) => expect(list).toMatchObject([{ code: 'shared-tag', severity: 4 }, { code: 'shared-tag' }]),
    );
    await open('tags.h', "#define POOL_TAG  'gaTX'\n");
    await eventually(
      () => Promise.resolve(published.get(uri('tags.h'))),
      (list) => expect(list).toMatchObject([{ code: 'known-tag', severity: 3 }]),
    );
    settings['poolLens.rules'] = { 'shared-tag': 'off', 'known-tag': 'error', 'deprecated-routine': 'warning' };
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    const codes = (name: string) => published.get(uri(name))?.map((d) => [d.code, d.severity]);
    await eventually(
      () => Promise.resolve(),
      () => {
        expect(codes('tags.h')).toEqual([['known-tag', 1]]);
        expect(codes('main.c')).toEqual(Array(2).fill(['deprecated-routine', 2]));
      },
    );
    settings['poolLens.rules'] = {};
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await eventually(
      () => Promise.resolve(),
      () => expect(codes('main.c')).toEqual(Array(2).fill(['shared-tag', 4])),
    );
    await close('tags.h');
  });

  it('navigates: symbols, definition, references', async () => {
    const symbols = (query: string) => connection.sendRequest<{ name: string }[]>('workspace/symbol', { query });
    expect((await symbols('#xtag')).map((s) => s.name)).toEqual(['#XTag — FltRead', '#XTag — FltWrite']);
    expect((await symbols('fltwr')).map((s) => s.name)).toEqual(['XTag — FltWrite']);
    const at = { textDocument: { uri: uri('main.c') }, position: { line: 4, character: 46 } };
    expect(await connection.sendRequest('textDocument/definition', at)).toEqual([
      { uri: uri('tags.h'), range: { start: { line: 0, character: 8 }, end: { line: 0, character: 16 } } },
    ]);
    const context = { includeDeclaration: false };
    expect(await connection.sendRequest('textDocument/references', { ...at, context })).toHaveLength(3);
  });

  it('renames a tag where it is written, and says why not', async () => {
    const at = { textDocument: { uri: uri('tags.h') }, position: { line: 0, character: 20 } };
    expect(await connection.sendRequest('textDocument/prepareRename', at)).toMatchObject({ placeholder: 'XTag' });
    expect(await connection.sendRequest('textDocument/rename', { ...at, newName: 'YTag' })).toEqual({
      changes: {
        [uri('tags.h')]: [
          { range: { start: { line: 0, character: 18 }, end: { line: 0, character: 24 } }, newText: "'gaTY'" },
        ],
      },
    });
    await expect(connection.sendRequest('textDocument/rename', { ...at, newName: 'TooLong' })).rejects.toThrow(
      '1 to 4 characters',
    );
    const result = await connection.sendRequest('poolLens/renameTag', { tag: X_TAG, newText: 'XTag' });
    expect(result).toEqual({ edit: null, places: 0, reason: "The tag is 'XTag' already." });
  });

  it('offers, resolves and answers the assignment', async () => {
    const diagnostics = published.get(uri('main.c'))!;
    const actions = await connection.sendRequest<
      { title: string; kind: string; edit?: unknown; command?: { command: string } }[]
    >('textDocument/codeAction', {
      textDocument: { uri: uri('main.c') },
      range: { start: { line: 4, character: 46 }, end: { line: 4, character: 46 } },
      context: { diagnostics, only: ['quickfix'] },
    });
    expect(actions.map((a) => [a.title, a.kind, a.edit, a.command?.command])).toEqual([
      ['Assign a unique pool tag to this allocation site', 'quickfix', undefined, undefined],
      ["Assign unique pool tags to all 2 sites that share 'XTag'", 'quickfix', undefined, 'poolLens.assignTag'],
    ]);
    const { edit } = await connection.sendRequest<{
      edit: { documentChanges: { textDocument: unknown; edits: { newText: string }[] }[] };
    }>('codeAction/resolve', actions[0]);
    const changes = new Map(
      edit.documentChanges.map((c) => [JSON.stringify(c.textDocument), c.edits.map((e) => e.newText)]),
    );
    expect(changes.get(JSON.stringify({ uri: uri('main.c'), version: 1 }))).toEqual(['POOL_TAG_READ']);
    expect(changes.get(JSON.stringify({ uri: uri('tags.h'), version: null }))).toEqual([
      "\n#define POOL_TAG_READ 'eRTX'",
    ]);
    await connection.sendNotification('poolLens/liveTags', { tags: [tagFromText('XTRe')] });
    const result = await connection.sendRequest<AssignResult>('poolLens/assign', { scope: 'tag', tag: X_TAG });
    const given = result.assigned.map((a) => tagText(a.newTag));
    expect(given.map((tag) => tag.toLowerCase())).not.toContain('xtre');
    await connection.sendNotification('poolLens/recordedTags', { tags: [tagFromText(given[0])] });
    const again = await connection.sendRequest<AssignResult>('poolLens/assign', { scope: 'tag', tag: X_TAG });
    expect(again.assigned).toHaveLength(2);
    expect(again.assigned.map((a) => tagText(a.newTag))).not.toContain(given[0]);
    expect(again.assigned.map((a) => tagText(a.newTag))).not.toContain('XTRe');
    expect(result).toMatchObject({
      refused: [],
      leftFrees: [],
      frees: [{ action: 'retagged', newTag: result.assigned[1].newTag }],
    });
  });

  it('describes tags and obeys new settings', async () => {
    const described = await connection.sendRequest<TagDescription[]>('poolLens/describeTags', { tags: [X_TAG, 1] });
    expect(described).toEqual([
      { tag: X_TAG, binary: 'sample.sys', description: 'Sample driver', place: expect.stringMatching(/\.txt:\d+$/) },
    ]);
    settings['files.exclude'] = { '**/main.c': true, '**/build': false };
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await eventually(sites, (s) => expect(s.sites.map((x) => tagText(x.tag))).toEqual(['Bild']));
  });

  it('logs no failure', () => {
    expect(logged).toEqual([]);
  });

  it('drops a folder that leaves the workspace', async () => {
    const folder = { uri: uri('').replace(/\/$/, ''), name: 'driver' };
    await connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [], removed: [folder] },
    });
    await eventually(sites, (s) => expect(s.sites.filter((x) => tagText(x.tag) === 'Bild')).toEqual([]));
  });
});
