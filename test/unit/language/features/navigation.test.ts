import { describe, expect, it } from 'vitest';
import { hover } from '../../../../language/features/hover.ts';
import { tagDefinition, tagReferences } from '../../../../language/features/navigation.ts';
import { Project } from './project.ts';

const FILES = {
  '/r/t.h': "#define X_TAG 'gaTX'\n#define ALIAS X_TAG\n",
  '/r/a.c': `#include "t.h"
void f(void) {
  p = ExAllocatePool2(POOL_FLAG_PAGED, 8, ALIAS);
  q = ExAllocatePool2(1, 8, ' tiL');
  ExFreePoolWithTag(p, X_TAG);
}
`,
  '/kits/pooltag.txt': 'XTag - sample.sys - Sample\nLit  - nt!li - Literal\nFlt* - fltmgr.sys - Filters\n',
};
const pooltag = FILES['/kits/pooltag.txt'];

/** Places as `file:line:column`, lines and columns from 1. */
function places(locations: ReturnType<typeof tagDefinition>): string[] {
  return locations.map(
    ({ uri, range }) => `${uri.replace('file://', '')}:${range.start.line + 1}:${range.start.character + 1}`,
  );
}

describe('go to definition', () => {
  const project = new Project(FILES, { pooltag });
  const from = (path: keyof typeof FILES, needle: string) =>
    places(tagDefinition(project, path, project.at(path, needle)));
  it('leads from a name to its definition, and on to pooltag.txt', () => {
    expect(from('/r/a.c', 'ALIAS')).toEqual(['/r/t.h:2:9']);
    expect(from('/r/a.c', 'X_TAG')).toEqual(['/r/t.h:1:9']);
    expect(from('/r/t.h', 'X_TAG')).toEqual(['/kits/pooltag.txt:1:1']);
    expect(from('/r/t.h', "'gaTX'")).toEqual(['/kits/pooltag.txt:1:1']);
  });

  it('leads from a literal to pooltag.txt, where the tag has an entry of its own', () => {
    expect(from('/r/a.c', "' tiL'")).toEqual(['/kits/pooltag.txt:2:1']);
    const without = new Project(FILES, { pooltag: 'Li* - x.sys - Wildcard\n' });
    expect(tagDefinition(without, '/r/a.c', without.at('/r/a.c', "' tiL'"))).toEqual([]);
  });

  it('leads from pooltag.txt to the definitions, else to the sites', () => {
    expect(from('/kits/pooltag.txt', 'XTag')).toEqual(['/r/t.h:2:9', '/r/t.h:1:9']);
    expect(from('/kits/pooltag.txt', 'Lit')).toEqual(['/r/a.c:4:29']);
    expect(from('/kits/pooltag.txt', 'Flt*')).toEqual([]);
  });
});

describe('find references', () => {
  const project = new Project(FILES, { pooltag });
  it.for([
    ['/r/a.c', 'ALIAS'],
    ['/r/t.h', 'gaTX'],
    ['/kits/pooltag.txt', 'XTag'],
  ] as const)('from %s, %s: sites and frees, and definitions when asked for', ([path, needle]) => {
    const position = project.at(path, needle);
    expect(places(tagReferences(project, path, position, false))).toEqual(['/r/a.c:3:43', '/r/a.c:5:24']);
    expect(places(tagReferences(project, path, position, true))).toEqual([
      '/r/t.h:2:9',
      '/r/t.h:1:9',
      '/r/a.c:3:43',
      '/r/a.c:5:24',
    ]);
  });
});

describe('hover', () => {
  const project = new Project(FILES, { pooltag });
  const text = (path: keyof typeof FILES, needle: string) => {
    const found = hover(project, path, FILES[path], project.at(path, needle));
    return (found?.contents as { value: string } | undefined)?.value;
  };
  it('shows both byte orders and what to type into the debugger', () => {
    expect(text('/r/a.c', 'ALIAS')).toContain("**Pool tag `XTag`** — constant `'gaTX'`, `0x67615458`, paged pool");
    expect(text('/r/a.c', 'ALIAS')).toContain("Debugger: `!poolused 4 XTag`, `ed nt!poolhittag 'gaTX'`");
    expect(text('/r/a.c', "' tiL'")).toContain("Debugger: `!poolused 2 Lit?`, `ed nt!poolhittag ' tiL'`");
  });

  it('is there on the value of a definition and on an entry of pooltag.txt', () => {
    expect(text('/r/t.h', 'gaTX')).toContain('1 allocation site:');
    expect(text('/kits/pooltag.txt', 'XTag')).toContain('1 allocation site:');
    expect(text('/kits/pooltag.txt', 'Flt*')).toBeUndefined();
  });
});
