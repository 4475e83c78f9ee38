import { describe, expect, it } from 'vitest';
import { prepareRename, rename, renameEverywhere } from '../../../../language/features/rename.ts';
import { tagFromText } from '../../../../language/tag/poolTag.ts';
import { Project, tagsIn } from './project.ts';

const FILES = {
  '/r/t.h': "#define X_TAG ((ULONG)'gaTX') // XTag\n#define ALIAS X_TAG\n#define X_HEX 0x67615458\n",
  '/r/a.c': `#include "t.h"
void f(void) {
  const ULONG local = 'gaTX';
  p = ExAllocatePool2(1, 8, X_TAG);
  q = ExAllocatePool2(1, 8, ALIAS);
  r = ExAllocatePool2(1, 8, local);
  ExFreePoolWithTag(p, 'gaTX');
  ExFreePoolWithTag(q, X_HEX);
}
`,
  '/r/b.c': "void g(void) { p = ExAllocatePool2(1, 8, 'rehO'); x = 'gaTX'; }\n",
};

describe('rename of a tag', () => {
  it('writes every constant and literal of its sites and frees, as they are written', () => {
    const project = new Project(FILES);
    const edit = rename(project, '/r/a.c', project.at('/r/a.c', "'gaTX');\n  ExFree", 2), 'New1');
    const after = project.after(edit);
    expect(after['/r/t.h']).toBe(
      "#define X_TAG ((ULONG)'1weN') // XTag\n#define ALIAS X_TAG\n#define X_HEX 0x3177654e\n",
    );
    expect(after['/r/a.c']).toBe(FILES['/r/a.c'].replaceAll("'gaTX'", "'1weN'"));
    expect(after['/r/b.c']).toBe(FILES['/r/b.c']);
    expect(tagsIn(after)).toEqual({ sites: ['New1', 'New1', 'New1', 'Oher'], frees: ['New1', 'New1'] });
  });

  it('starts where a value is written, not on names', () => {
    const project = new Project(FILES);
    expect(prepareRename(project, '/r/t.h', project.at('/r/t.h', 'gaTX'))).toEqual({
      range: { start: { line: 0, character: 22 }, end: { line: 0, character: 28 } },
      placeholder: 'XTag',
    });
    expect(prepareRename(project, '/r/t.h', project.at('/r/t.h', '0x6761'))).toMatchObject({ placeholder: 'XTag' });
    for (const needle of ['X_TAG);', 'ExFreePoolWithTag', 'void'])
      expect(prepareRename(project, '/r/a.c', project.at('/r/a.c', needle))).toBeNull();
    expect(prepareRename(project, '/r/t.h', project.at('/r/t.h', 'ULONG'))).toBeNull();
    expect(prepareRename(project, '/r/b.c', project.at('/r/b.c', "'gaTX'"))).toBeNull();
  });

  it.for([
    ['', /1 to 4 characters/],
    ['Five5', /1 to 4 characters.*'Five5' has 5/],
    ['a\u00e4', /printable ASCII/],
    ['$$', /letter or a digit/],
    ['XTag', /already/],
    ['Oher', /another site/],
  ] as const)("is refused for '%s'", ([text, reason]) => {
    const project = new Project(FILES);
    const position = project.at('/r/t.h', 'gaTX');
    expect(() => rename(project, '/r/t.h', position, text)).toThrow(reason);
  });

  it('is refused as a whole where a file is not what was scanned', () => {
    const project = new Project(FILES);
    const changed = Object.create(project, { text: { value: (path: string) => `// new\n${FILES[path as '/r/a.c']}` } });
    expect(renameEverywhere(changed, tagFromText('XTag')!, 'New1')).toMatchObject({
      edit: null,
      reason: expect.stringMatching(/changed since it was scanned|cannot be rewritten/),
    });
    expect(renameEverywhere(project, tagFromText('None')!, 'New1')).toMatchObject({
      edit: null,
      reason: "Nothing in this workspace uses the tag 'None'.",
    });
    expect(renameEverywhere(project, tagFromText('XTag')!, 'New1')).toMatchObject({ places: 4, reason: '' });
  });

  it('replaces the call of a helper macro, and shortens to a short tag', () => {
    const files = {
      '/r/a.c':
        "#define SWAP(x) ((x >> 24) | ((x >> 8) & 0xff00) | ((x << 8) & 0xff0000) | (x << 24))\n#define T SWAP('XTag')\nvoid f(void) { p = ExAllocatePool2(1, 8, T); }\n",
    };
    const project = new Project(files);
    expect(tagsIn(files).sites).toEqual(['XTag']);
    const result = renameEverywhere(project, tagFromText('XTag')!, 'Ab');
    const after = project.after(result.edit as never);
    expect(after['/r/a.c']).toContain("#define T '  bA'");
    expect(tagsIn(after).sites).toEqual(['Ab  ']);
  });
});
