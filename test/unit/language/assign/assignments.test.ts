/** What the server remembers of assignments: across restarts, over several folders, in both homes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Assignments, type LedgerHome } from '../../../../language/assign/assignments.ts';
import { WORKSPACE_LEDGER } from '../../../../language/assign/ledgerFile.ts';
import { planAssignment } from '../../../../language/assign/rewrite.ts';
import { pathToUri, uriToPath } from '../../../../language/index/fileUri.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { tagFromText } from '../../../../language/tag/poolTag.ts';
import { TagDatabase } from '../../../../language/tag/tagDatabase.ts';

const TEXTS = {
  'one/a.c': "#define TAG 'lpmX'\r\nvoid Read(void) { p = ExAllocatePool2(1, 8, TAG); }\r\n",
  'one/b.c': "#define TAG 'lpmX'\nvoid Send(void) { p = ExAllocatePool2(1, 8, TAG); }\n",
  'two/c.c': "void Write(void) { p = ExAllocatePool2(1, 8, 'lpmX'); }\n",
};

let folder: string;
let texts: Map<string, string>;
let problems: string[];
let changes: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-assignments-'));
  texts = new Map(Object.entries(TEXTS).map(([name, text]) => [path.join(folder, name), text]));
  problems = [];
  changes = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const present = () => Object.fromEntries([...texts].map(([file, text]) => [path.relative(folder, file), text]));
const read = (file: string) => {
  const text = texts.get(file);
  return text === undefined ? undefined : { text, version: 1 };
};

/** As a server has it after its start. */
function started(
  home: LedgerHome = 'private',
  roots = ['one', 'two'],
  storage: string | undefined = 'storage',
): Assignments {
  const assignments = new Assignments({
    read,
    onProblem: (message) => problems.push(message),
    onChange: () => changes++,
  });
  const at = (name: string) => path.join(folder, name);
  assignments.configure(roots.map(at), home, storage && at(storage));
  return assignments;
}

/** Applies an edit to the texts, but for the changes that `leaves` out of the preview. */
function apply(edit: unknown, leaves: (file: string) => boolean = () => false): void {
  for (const { textDocument, edits } of (edit as WorkspaceEdit).documentChanges as TextDocumentEdit[]) {
    const file = uriToPath(textDocument.uri)!;
    if (leaves(path.basename(file))) continue;
    texts.set(file, TextDocument.applyEdits(TextDocument.create('', 'c', 0, texts.get(file)!), edits as never));
  }
}

function index(): SiteIndex {
  const sites = new SiteIndex();
  for (const [file, text] of texts) sites.setFile(file, text);
  return sites;
}

/** Assigns unique tags to all sites of a tag, and notes it. */
function assign(assignments: Assignments, leaves?: (file: string) => boolean): void {
  const sites = index();
  const context = { index: sites, database: new TagDatabase(), liveTags: [], read };
  const assignment = planAssignment(context, { scope: 'tag', tag: tagFromText('Xmpl')! });
  const plan = assignments.plan(assignment);
  apply(assignment.result.edit, leaves);
  assignments.note(plan);
}

function restoreAll(assignments: Assignments, leaves?: (file: string) => boolean) {
  const result = assignments.restore({ scope: 'all' });
  if (result.edit) {
    apply(result.edit, leaves);
    assignments.note(result.plan);
  }
  return result;
}

test('assigned, started anew, restored', () => {
  assign(started());
  expect(present()).not.toEqual(TEXTS);
  expect(changes).toBe(2);
  const again = started();
  expect(again.tags.map(({ oldTag }) => oldTag)).toEqual(Array(3).fill(tagFromText('Xmpl')));
  const result = restoreAll(again);
  expect(result).toMatchObject({ restored: 3, refused: [], left: [] });
  expect(present()).toEqual(TEXTS);
  expect(again.tags).toEqual([]);
  expect(started().tags).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('in version control: a file in each folder, no word of other places in it', () => {
  assign(started('workspace'));
  for (const root of ['one', 'two']) {
    const text = readFileSync(path.join(folder, root, WORKSPACE_LEDGER), 'utf8');
    expect(text).not.toContain(folder);
  }
  // Whoever clones it can restore, whatever his own setting is.
  restoreAll(started('private', ['one', 'two'], undefined));
  expect(present()).toEqual(TEXTS);
});

test('a folder alone knows its own', () => {
  assign(started('workspace'));
  const one = started('private', ['one']);
  expect(one.tags).toHaveLength(2);
  restoreAll(one);
  expect(present()).toMatchObject({ 'one/a.c': TEXTS['one/a.c'], 'one/b.c': TEXTS['one/b.c'] });
  expect(present()['two/c.c']).not.toBe(TEXTS['two/c.c']);
});

test('below a folder, by tag', () => {
  const assignments = started();
  assign(assignments);
  const result = assignments.restore({ scope: 'folder', folder: path.join(folder, 'two') });
  expect(result.restored).toBe(1);
  const [{ newTag }] = assignments.tags;
  expect(assignments.restore({ scope: 'newTags', tags: [String.fromCharCode(...tagBytes(newTag))] }).restored).toBe(1);
  expect(assignments.restore({ scope: 'folder', folder: path.join(folder, 'three') })).toMatchObject({ edit: null });
});

const tagBytes = (tag: number) => [tag & 255, (tag >> 8) & 255, (tag >> 16) & 255, tag >>> 24];

describe('the preview', () => {
  test('of an assignment leaves a file out: nothing of it is noted', () => {
    const assignments = started();
    assign(assignments, (name) => name === 'b.c');
    expect(assignments.tags).toHaveLength(2);
    restoreAll(assignments);
    expect(present()).toEqual(TEXTS);
  });

  test('of a restore leaves a file out: it can be restored later', () => {
    const assignments = started();
    assign(assignments);
    restoreAll(assignments, (name) => name === 'b.c');
    expect(present()['one/b.c']).not.toBe(TEXTS['one/b.c']);
    restoreAll(assignments);
    expect(present()).toEqual(TEXTS);
  });

  test('that was discarded notes nothing', () => {
    const assignments = started();
    const sites = index();
    const context = { index: sites, database: new TagDatabase(), liveTags: [], read };
    assignments.plan(planAssignment(context, { scope: 'tag', tag: tagFromText('Xmpl')! }));
    expect(assignments.tags).toEqual([]);
    expect(() => assignments.note(99)).toThrow(/not known any more/);
  });
});

describe('a damaged ledger', () => {
  test('is told, not overwritten, and keeps nobody from the other folder', () => {
    mkdirSync(path.join(folder, 'one/.pool-lens'), { recursive: true });
    const file = path.join(folder, 'one', WORKSPACE_LEDGER);
    writeFileSync(file, '{"format":');
    const assignments = started('workspace');
    expect(problems).toEqual([expect.stringMatching(/assignments\.json is not whole/)]);
    expect(() => assign(assignments)).toThrow(/cannot be used: what was assigned is not noted/);
    expect(readFileSync(file, 'utf8')).toBe('{"format":');
  });
});

test('the edit names what it does and belongs to the versions it was made for', () => {
  const assignments = started();
  assign(assignments);
  const edit = assignments.restore({ scope: 'all' }).edit as WorkspaceEdit;
  expect(Object.values(edit.changeAnnotations!)).toMatchObject([{ label: 'Restore the original tags of 3 sites' }]);
  expect(edit.documentChanges).toContainEqual(
    expect.objectContaining({ textDocument: { uri: pathToUri(path.join(folder, 'one/a.c')), version: 1 } }),
  );
});
