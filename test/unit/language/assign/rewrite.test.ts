import { describe, expect, it } from 'vitest';
import type { TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type AssignContext, assignTags } from '../../../../language/assign/rewrite.ts';
import { uriToPath } from '../../../../language/index/fileUri.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import type { AssignParams, AssignResult } from '../../../../language/protocol.ts';
import { tagFromText, tagLabel, tagText } from '../../../../language/tag/poolTag.ts';
import { parseTagFile, TagDatabase } from '../../../../language/tag/tagDatabase.ts';

class Project implements AssignContext {
  readonly index = new SiteIndex();
  readonly database: TagDatabase;
  readonly liveTags: number[];
  readonly files: Map<string, string>;

  constructor(files: Readonly<Record<string, string>>, { pooltag = '', live = [] as string[] } = {}) {
    this.files = new Map(Object.entries(files));
    this.database = new TagDatabase(parseTagFile(pooltag, 'pooltag.txt'));
    this.liveTags = live.map((t) => tagFromText(t)!);
    for (const [path, text] of this.files) this.index.setFile(path, text);
  }

  readonly read = (path: string) => {
    const text = this.files.get(path);
    return text === undefined ? undefined : { text, version: 7 };
  };

  assign(params: AssignParams): AssignResult {
    return assignTags(this, params);
  }

  assignAll(tag: string): AssignResult {
    return this.assign({ scope: 'tag', tag: tagFromText(tag)! });
  }

  /** The files after the edit, each edit applied by the LSP's rules. */
  after(result: AssignResult): Map<string, string> {
    const after = new Map(this.files);
    const edit = result.edit as WorkspaceEdit;
    for (const change of edit.documentChanges as TextDocumentEdit[]) {
      const path = uriToPath(change.textDocument.uri)!;
      const document = TextDocument.create(change.textDocument.uri, 'c', 7, after.get(path)!);
      after.set(path, TextDocument.applyEdits(document, change.edits as never));
    }
    return after;
  }

  /** Text of one file after the edit. */
  textAfter(result: AssignResult, path: string): string {
    return this.after(result).get(path)!;
  }

  /** Tags of all sites after the edit, as a fresh scan sees them. */
  tagsAfter(result: AssignResult): string[] {
    const index = new SiteIndex();
    for (const [path, text] of this.after(result)) index.setFile(path, text);
    expect(index.snapshot().unresolved).toEqual([]);
    return index.snapshot().sites.map((s) => tagText(s.tag));
  }
}

const site = (name: string, argument: string) =>
  `void ${name}(void)\n{\n    p = ExAllocatePoolWithTag(PagedPool, 1, ${argument});\n}\n`;

describe('the project’s own style', () => {
  it('a #define beside the old one, values in their column, the cast kept', () => {
    const project = new Project({
      '/p/tags.h':
        "#pragma once\n#define POOL_TAG              (ULONG)'gaTX' // all\n#define OTHER                 3\n",
      '/p/a.c': `#include "tags.h"\n${site('XmplReadComplete', 'POOL_TAG')}${site('XmplWrite', 'POOL_TAG')}`,
    });
    const result = project.assignAll('XTag');
    expect(project.textAfter(result, '/p/tags.h')).toBe(
      '#pragma once\n' +
        "#define POOL_TAG              (ULONG)'gaTX' // all\n" +
        "#define POOL_TAG_READ_COMPLETE (ULONG)'CRTX'\n" +
        "#define POOL_TAG_WRITE        (ULONG)'rWTX'\n" +
        '#define OTHER                 3\n',
    );
    expect(project.textAfter(result, '/p/a.c')).toBe(
      `#include "tags.h"\n${site('XmplReadComplete', 'POOL_TAG_READ_COMPLETE')}${site('XmplWrite', 'POOL_TAG_WRITE')}`,
    );
    expect(project.tagsAfter(result)).toEqual(['XTRC', 'XTWr']);
  });

  it('tabs, CRLF and a last line without its end', () => {
    const project = new Project({
      '/p/a.c': `${site('Read', 'TAG').replaceAll('\n', '\r\n')}\t#define TAG\t\t'gaTX'`,
    });
    const text = project.textAfter(project.assignAll('XTag'), '/p/a.c');
    expect(text.endsWith("\t#define TAG\t\t'gaTX'\r\n\t#define TAG_READ\t'eRTX'")).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('hexadecimal constants stay hexadecimal, with their suffix and case', () => {
    const project = new Project({
      '/p/a.c': `#define TAG 0x67615458UL\n${site('Read', 'TAG')}#define UPPER 0X6A6B6C6D\n${site('Go', 'UPPER')}`,
    });
    expect(project.textAfter(project.assignAll('XTag'), '/p/a.c')).toContain('#define TAG_READ 0x65525458UL\n');
    expect(project.textAfter(project.assignAll('mlkj'), '/p/a.c')).toContain('#define UPPER_GO 0X6F476C6D\n');
  });

  it('literals stay literals', () => {
    const project = new Project({ '/p/a.c': site('Read', "(ULONG) 'gaTX'") + site('Write', '0x67615458') });
    const text = project.textAfter(project.assignAll('XTag'), '/p/a.c');
    expect(text).toBe(site('Read', "(ULONG) 'eRTX'") + site('Write', '0x72575458'));
  });

  it('an alias gets a define beside itself, in the form of the constant behind it', () => {
    const project = new Project({
      '/p/base.h': "#define BASE_TAG ((ULONG)'gaTX')\n",
      '/p/a.c': `#include "base.h"\n#define MY_TAG BASE_TAG\n${site('Read', 'MY_TAG')}`,
    });
    const result = project.assignAll('XTag');
    expect(project.textAfter(result, '/p/a.c')).toContain(
      "#define MY_TAG BASE_TAG\n#define MY_TAG_READ ((ULONG)'eRTX')\n",
    );
    expect(project.textAfter(result, '/p/base.h')).toBe("#define BASE_TAG ((ULONG)'gaTX')\n");
  });

  it('constants and enumerators are repeated', () => {
    const project = new Project({
      '/p/a.cpp': `static const ULONG kPoolTag = 'gaTX';\n${site('Read', 'kPoolTag')}enum {\n  eTag = 'gaTE',\n  eLast = 1\n};\n${site('Go', 'eTag')}constexpr ULONG kBraced{'gaTB'};\n${site('Run', 'kBraced')}`,
    });
    expect(project.textAfter(project.assignAll('XTag'), '/p/a.cpp')).toContain(
      "static const ULONG kPoolTag = 'gaTX';\nstatic const ULONG kPoolTagRead = 'eRTX';\n",
    );
    expect(project.textAfter(project.assignAll('ETag'), '/p/a.cpp')).toContain(
      "  eTag = 'gaTE',\n  eTagGo = 'oGTE',\n  eLast",
    );
    expect(project.textAfter(project.assignAll('BTag'), '/p/a.cpp')).toContain(
      "constexpr ULONG kBraced{'gaTB'};\nconstexpr ULONG kBracedRun{'uRTB'};\n",
    );
  });

  it('a macro’s body is where the tag of its callers is written', () => {
    const project = new Project({
      '/p/a.h': "#define TAG 'gaTX'\n#define XmplAlloc(n) ExAllocatePoolWithTag(PagedPool, n, TAG)\n",
      '/p/b.c': `#include "a.h"\n${site('XmplRead', 'TAG')}void g(void) { XmplAlloc(1); }\nvoid h(void) { XmplAlloc(2); }\n`,
    });
    const result = project.assign({ scope: 'tag', tag: tagFromText('XTag')!, wrappers: 'keep' });
    expect(project.textAfter(result, '/p/a.h')).toContain('ExAllocatePoolWithTag(PagedPool, n, TAG_ALLOC)');
    expect(project.tagsAfter(result)).toHaveLength(3);
    expect(new Set(project.tagsAfter(result)).size).toBe(2);
  });

  it.each([
    ['a name with two definitions', "#ifdef A\n#define TAG 'gaTX'\n#else\n#define TAG 'gaTY'\n#endif\n", 'TAG'],
    ['an expression', "#define BASE 'gaTX'\n", '(BASE | 0)'],
    ['a global that other files may declare', "ULONG gTag = 'gaTX';\n", 'gTag'],
  ])('%s gives a literal', (_, head, argument) => {
    const project = new Project({ '/p/a.c': head + site('Read', argument) });
    expect(project.textAfter(project.assignAll('XTag'), '/p/a.c')).toBe(head + site('Read', "'eRTX'"));
  });
});

describe('new tags', () => {
  it('keep clear of sites, frees, the live pool and pooltag.txt, whatever the case', () => {
    const text = `${site('ReadComplete', "'gaTX'")}void g() { x = ExAllocatePool2(1, 1, 'CRTX'); ExFreePoolWithTag(x, 'oCTX'); }`;
    const project = new Project(
      { '/p/a.c': text },
      { live: ['XTRE'], pooltag: 'xtco - a.sys - x\nXTC? - b.sys - y\n' },
    );
    const { assigned } = project.assign({
      scope: 'site',
      uri: 'file:///p/a.c',
      position: { line: 2, character: 10 },
    });
    const [tag] = assigned.map((a) => tagLabel(a.newTag));
    expect(tag.startsWith('XT')).toBe(true);
    expect(['xtrc', 'xtre', 'xtco'].includes(tag.toLowerCase())).toBe(false);
    expect(tag.toLowerCase().startsWith('xtc')).toBe(false);
  });

  it('give up the second character of the prefix, then the first, where others own it', () => {
    const first = new Project({ '/p/a.c': site('Read', "'gaTX'") }, { pooltag: 'XT?? - a.sys - x\n' });
    expect(tagLabel(first.assignAll('XTag').assigned[0].newTag)).toMatch(/^X[^Tt]/);
    const none = new Project({ '/p/a.c': site('Read', "'gaTX'") }, { pooltag: 'X??? - a.sys - x\n' });
    expect(tagLabel(none.assignAll('XTag').assigned[0].newTag)).toMatch(/^[^Xx]/);
  });

  it('are distinct for 600 sites of one tag, names too', () => {
    const text = Array.from({ length: 600 }, (_, i) => site(`XmplHandle${i % 7}`, 'TAG')).join('');
    const project = new Project({ '/p/a.c': `#define TAG 'gaTX'\n${text}` });
    const result = project.assignAll('XTag');
    expect(result.assigned).toHaveLength(600);
    expect(new Set(result.assigned.map((a) => tagText(a.newTag).toLowerCase())).size).toBe(600);
    const after = project.textAfter(result, '/p/a.c');
    const names = [...after.matchAll(/#define (\w+)/g)].map((m) => m[1]);
    expect(new Set(names).size).toBe(601);
    expect(project.tagsAfter(result).sort()).toEqual(result.assigned.map((a) => tagText(a.newTag)).sort());
    for (const { newTag } of result.assigned) expect(tagText(newTag)).toMatch(/^[!-~]{4}$/);
  });
});

describe('what is said and refused', () => {
  const local = (name: string) => site(name, 'TAG').replace('p =', 'PVOID p =');
  const text = `#define TAG 'gaTX'\n${local('Read')}${local('Write')}void g(PVOID q) { ExFreePoolWithTag(q, TAG); }\nvoid h(ULONG t) { ExAllocatePool2(1, 2, t); }\n`;

  it('frees of the old tag need a confirmation that names them', () => {
    const project = new Project({ '/p/a.c': text });
    // Of the memory that g is given nothing is known: only who insists parts it from the sites.
    const kept = project.assignAll('XTag');
    expect(kept).toMatchObject({ edit: null, assigned: [] });
    expect(kept.refused[0].reason).toContain('ExFreePoolWithTag at a.c:10 names this tag');
    const result = project.assign({ scope: 'tag', tag: tagFromText('XTag')!, insist: true });
    const edit = result.edit as WorkspaceEdit;
    expect(result.leftFrees).toHaveLength(1);
    const [assigned, leftAlone] = Object.values(edit.changeAnnotations!);
    expect(assigned.needsConfirmation).toBeUndefined();
    expect(leftAlone).toMatchObject({ needsConfirmation: true, label: "Left alone: 1 free with 'XTag'" });
    expect(leftAlone.description).toContain('a.c:10');
    expect(leftAlone.description).toContain('0xC2');
    const [{ edits }] = edit.documentChanges as TextDocumentEdit[];
    expect(edits.filter((e) => 'annotationId' in e && e.annotationId === 'poolLens.leftAlone')).toEqual([
      expect.objectContaining({
        newText: '',
        range: { start: result.leftFrees[0].range.start, end: result.leftFrees[0].range.start },
      }),
    ]);
    expect(edit.documentChanges).toMatchObject([{ textDocument: { uri: 'file:///p/a.c', version: 7 } }]);
  });

  it('without such frees nothing needs confirming', () => {
    const result = new Project({ '/p/a.c': site('Read', "'gaTX'") }).assignAll('XTag');
    const annotations = Object.values((result.edit as WorkspaceEdit).changeAnnotations!);
    expect(annotations.map((annotation) => annotation.needsConfirmation)).toEqual([undefined]);
  });

  it('a parameter, an empty place and a changed file are refused with the reason', () => {
    const project = new Project({ '/p/a.c': text });
    const at = (line: number, character: number) =>
      project.assign({ scope: 'site', uri: 'file:///p/a.c', position: { line, character } });
    expect(at(10, 20)).toMatchObject({ edit: null, refused: [{ reason: expect.stringContaining("'t'") }] });
    expect(at(0, 0)).toMatchObject({ edit: null, refused: [{ reason: 'There is no allocation site here.' }] });
    project.files.set('/p/a.c', `// new line\n${text}`);
    expect(at(3, 10)).toMatchObject({ edit: null, refused: [{ reason: expect.stringContaining('changed') }] });
  });
});
