import { describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver';
import { codeActions } from '../../../../language/features/codeActions.ts';
import { Project, tagsIn } from './project.ts';

/** The actions where `needle` stands, with the file's diagnostics there. */
function actionsAt(project: Project, path: string, needle: string, only?: string[]): CodeAction[] {
  const start = project.at(path, needle);
  const diagnostics = project.diagnostics(path).filter(({ range }) => range.start.line === start.line);
  return codeActions(project, path, {
    textDocument: { uri: '' },
    range: { start, end: start },
    context: { diagnostics, only },
  });
}

describe('quick fixes', () => {
  it('turn a string into the constant that shows the same', () => {
    const files = { '/r/a.c': 'void f(void) { p = ExAllocatePool2(1, 8, (ULONG)"XTag"); }' };
    const project = new Project(files);
    const [fix] = actionsAt(project, '/r/a.c', '(ULONG)');
    expect(fix).toMatchObject({ title: "Write 'gaTX', which shows as 'XTag'", kind: 'quickfix', isPreferred: true });
    expect(project.after(fix.edit!)['/r/a.c']).toBe(files['/r/a.c'].replace('"XTag"', "'gaTX'"));
  });

  it('leave a string that spells no tag, and one behind a macro', () => {
    const tooLong = new Project({ '/r/a.c': 'void f(void) { p = ExAllocatePool2(1, 8, "XTag5"); }' });
    expect(actionsAt(tooLong, '/r/a.c', '"XTag5"')).toEqual([]);
    const macro = new Project({ '/r/a.c': '#define T "XTag"\nvoid f(void) { p = ExAllocatePool2(1, 8, T); }' });
    expect(actionsAt(macro, '/r/a.c', 'p = ')).toEqual([]);
  });

  it('turn a forward tag round in all that uses it', () => {
    const project = new Project({
      '/r/fspdrv/tags.h': "#define FSP_TAG 'Fspx'\n",
      '/r/fspdrv/a.c': `#include "tags.h"
void f(void) { p = ExAllocatePool2(1, 8, FSP_TAG); }
void g(void) { ExFreePoolWithTag(p, 'Fspx'); }`,
    });
    const [fix] = actionsAt(project, '/r/fspdrv/tags.h', "'Fspx'");
    expect(fix.title).toBe("Write 'xpsF', so that it shows as 'Fspx'");
    expect(tagsIn(project.after(fix.edit!))).toEqual({ sites: ['Fspx'], frees: ['Fspx'] });
  });

  it('give a free the tag of its allocation', () => {
    const text = "void f(void) {\n p = ExAllocatePool2(1, 8, 'gaTX');\n ExFreePoolWithTag(p, 'gaTY');\n}";
    const project = new Project({ '/r/a.c': text });
    const [fix] = actionsAt(project, '/r/a.c', "'gaTY'");
    expect(fix.title).toBe("Free with 'gaTX', the tag of the allocation");
    expect(project.after(fix.edit!)['/r/a.c']).toBe(text.replace('gaTY', 'gaTX'));
  });

  it('offer tags of their own for a default tag', () => {
    const project = new Project({ '/r/a.c': "void f(void) { p = ExAllocatePool2(1, 8, ' kdD'); }" });
    expect(actionsAt(project, '/r/a.c', "' kdD'")).toMatchObject([
      { title: 'Assign a unique pool tag to this allocation site', kind: 'quickfix' },
    ]);
  });
});

describe('the migration to ExAllocatePool2', () => {
  const files = { '/r/a.c': "void f(void)\n{\n  p = ExAllocatePoolWithTag(PagedPool,\n    8,\n    'gaTX');\n}\n" };
  it('is a refactoring on every line of the call, and a fix where the rule is on', () => {
    const project = new Project(files);
    const actions = actionsAt(project, '/r/a.c', 'gaTX', ['refactor']);
    expect(actions.map(({ title, kind }) => [title, kind])).toEqual([
      ['Migrate to ExAllocatePool2, memory is zeroed', 'refactor.rewrite'],
      ['Migrate to ExAllocatePool2, uninitialized as now', 'refactor.rewrite'],
    ]);
    expect(project.after(actions[0].edit!)['/r/a.c']).toContain(
      "ExAllocatePool2(POOL_FLAG_PAGED,\n    8,\n    'gaTX')",
    );
    const strict = new Project(files, { levels: { 'deprecated-routine': 'warning' } });
    expect(actionsAt(strict, '/r/a.c', 'ExAllocate', ['quickfix'])).toMatchObject([
      { kind: 'quickfix', isPreferred: true },
      { kind: 'quickfix' },
    ]);
  });

  it('gives an untagged allocation a tag like its neighbours', () => {
    const text = 'void FltRead(void)\n{\n  p = ExAllocatePool(PagedPool, 8);\n  ExFreePool(p);\n}\n';
    const project = new Project({
      '/r/flt/a.c': text,
      '/r/flt/b.c': "void g(void) { ExAllocatePool2(1, 2, 'gaTX'); }",
    });
    const [tagIt, fix] = actionsAt(project, '/r/flt/a.c', 'ExAllocatePool', ['quickfix']);
    expect(tagIt.title).toBe('Tag this allocation');
    expect(fix.title).toMatch(/^Migrate to ExAllocatePool2 with the tag '..TX', memory is zeroed$/);
    expect(tagsIn(project.after(fix.edit!)).sites).toEqual([expect.stringMatching(/^XT..$/), 'XTag']);
    const alone = new Project({ '/r/flt/a.c': text });
    const [, first] = actionsAt(alone, '/r/flt/a.c', 'ExAllocatePool', ['quickfix']);
    expect(tagsIn(alone.after(first.edit!)).sites).toEqual([expect.stringMatching(/^Fl..$/)]);
  });

  it('is not offered for tag 0, with which ExAllocatePool2 fails', () => {
    const project = new Project({ '/r/a.c': 'void f(void) { p = ExAllocatePoolWithTag(PagedPool, 8, 0); }' });
    expect(actionsAt(project, '/r/a.c', 'ExAllocate')).toEqual([]);
  });
});
