import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { tagFromText, tagLabel } from '../../../../language/tag/poolTag.ts';

function indexOf(files: Readonly<Record<string, string>>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  return index;
}
const ALLOCATE = 'void f(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, TAG); }';
const tags = (index: SiteIndex) =>
  index.snapshot().sites.map((s) => `${s.uri.replace('file://', '')} ${tagLabel(s.tag)}`);

describe('macros in the scope that the including file sees', () => {
  it('differ between folders', () => {
    const index = indexOf({
      '/r/a/tags.h': "#define TAG 'aaaa'",
      '/r/a/a.c': `#include "tags.h"\n${ALLOCATE}`,
      '/r/b/tags.h': "#define TAG 'bbbb'",
      '/r/b/b.c': `#include "tags.h"\n${ALLOCATE}`,
    });
    expect(tags(index)).toEqual(['/r/a/a.c aaaa', '/r/b/b.c bbbb']);
  });

  it('are found through includes of includes and by the end of the path, the nearest first', () => {
    const index = indexOf({
      '/r/x/inc/common/tags.h': "#define TAG 'xxxx'",
      '/r/y/inc/common/tags.h': "#define TAG 'yyyy'",
      '/r/y/sys/precomp.h': '#include <COMMON\\Tags.h>',
      '/r/y/sys/y.c': `#include "precomp.h"\n${ALLOCATE}`,
      '/r/x/sys/x.c': `#include "../inc/common/tags.h"\n${ALLOCATE}`,
    });
    expect(tags(index)).toEqual(['/r/x/sys/x.c xxxx', '/r/y/sys/y.c yyyy']);
  });

  it('that cannot be reached fall back on the nearest header, never on another implementation file', () => {
    const index = indexOf({
      '/r/a/forced.h': "#define TAG 'aaaa'",
      '/r/b/far.h': "#define TAG 'bbbb'",
      '/r/a/near.c': "#define TAG 'nope'",
      '/r/a/a.c': ALLOCATE,
    });
    expect(tags(index)).toEqual(['/r/a/a.c aaaa']);
    expect(tags(indexOf({ '/r/a.c': ALLOCATE, '/r/b.c': "#define TAG 'nope'" }))).toEqual([]);
  });

  it('come from the including file where a header uses them', () => {
    const index = indexOf({ '/r/inline.h': ALLOCATE, '/r/user.c': '#define TAG \'user\'\n#include "inline.h"\n' });
    expect(tags(index)).toEqual(['/r/inline.h resu']);
  });

  it('may be named by a variable that another file declares', () => {
    const index = indexOf({
      '/r/lib/lib.h': 'extern ULONG DriverTag;',
      '/r/lib/lib.c': `#include "lib.h"\n${ALLOCATE.replace('TAG', 'DriverTag')}`,
      '/r/drv/tags.h': "#define MY_TAG 'ytmM'",
      '/r/drv/drv.c': '#include "tags.h"\n#include "../lib/lib.h"\nULONG DriverTag = MY_TAG;\nULONG Count = MOST;',
    });
    expect(tags(index)).toEqual(['/r/lib/lib.c Mmty']);
  });

  it('follow the order of definitions in one file, first branches first', () => {
    const text = `#define TAG '1111'\n${ALLOCATE}\n#undef TAG\n#define TAG '2222'\n${ALLOCATE}\n`;
    expect(tags(indexOf({ '/r/a.c': text }))).toEqual(['/r/a.c 1111', '/r/a.c 2222']);
    const branches = `#ifdef X\n#define TAG '1111'\n#else\n#define TAG '2222'\n#endif\n${ALLOCATE}`;
    expect(tags(indexOf({ '/r/a.c': branches }))).toEqual(['/r/a.c 1111']);
  });

  it('survive include cycles', () => {
    const index = indexOf({
      '/r/a.h': '#include "b.h"',
      '/r/b.h': '#include "a.h"',
      '/r/c.c': `#include "a.h"\n${ALLOCATE}`,
    });
    expect(index.snapshot().unresolved).toHaveLength(1);
  });
});

describe('what becomes a site', () => {
  it('tells sites, frees and unresolved calls apart', () => {
    const index = indexOf({
      '/r/a.c': `
#define TAG 'gaTX'
void f(ULONG Tag) {
  p = ExAllocatePoolWithTag(PagedPool, 1, TAG);
  q = ExAllocatePoolWithTag(PagedPool, 1, Tag);
  r = ExAllocatePool2(POOL_FLAG_NON_PAGED, 1, 0);
  s = ExAllocatePool(PagedPool, 1);
  ExFreePoolWithTag(p, TAG); ExFreePoolWithTag(p, 0); ExFreePoolWithTag(p, Tag); ExFreePool(q);
}`,
    });
    const { sites, frees, unresolved, untagged, wrappers } = index.snapshot();
    expect(sites).toMatchObject([{ function: 'f', tagExpression: 'TAG', pool: 'paged', tag: tagFromText('XTag') }]);
    expect(frees.map((f) => f.tag)).toEqual([tagFromText('XTag'), null, null]);
    expect(unresolved).toMatchObject([{ expression: '0', isZero: true }]);
    expect(untagged).toMatchObject([{ routine: 'ExAllocatePool', function: 'f' }]);
    expect(wrappers).toMatchObject([{ name: 'f', kind: 'function', line: 2 }]);
  });

  it('a parameter named like some macro elsewhere stays unresolved', () => {
    const index = indexOf({
      '/r/a.h': "#define Tag 'nope'",
      '/r/a.c': 'void f(int Tag) { ExAllocatePool2(1, 2, Tag); }',
    });
    expect(index.snapshot().sites).toEqual([]);
  });
});

describe('branches of #if', () => {
  it('give all their values, with the conditions', () => {
    const index = indexOf({
      '/r/tags.h': `#ifndef TAGS_H
#if DBG && \\
    defined(CHECKED) // comment
#define TAG 'debg'
#elif defined(TEST)
#define TAG 'test'
#else
#define TAG 'free'
#endif
#define SAME 'same'
#undef AGAIN
#define AGAIN 'agn1'
#endif`,
      '/r/a.c': `#include "tags.h"\n${ALLOCATE}\nvoid g(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, SAME); }`,
    });
    const [tag, same] = index.snapshot().sites;
    expect(tag.values?.map((v) => [tagLabel(v.tag), v.condition])).toEqual([
      ['gbed', 'DBG && defined(CHECKED)'],
      ['tset', 'defined(TEST)'],
      ['eerf', '!(DBG && defined(CHECKED)) && !(defined(TEST))'],
    ]);
    expect(same.values).toBeUndefined();
    expect(index.definitionsIn('/r/tags.h').map((d) => d.name)).toEqual(['TAG', 'TAG', 'TAG', 'SAME', 'AGAIN']);
    expect(index.definitionOf('SAME', '/r/a.c', 0)).toMatchObject({ path: '/r/tags.h', reached: true });
  });
});

describe('changes', () => {
  it('of a header reach the files that include it; the generation grows only when sites changed', () => {
    const index = indexOf({ '/r/t.h': "#define TAG 'aaaa'", '/r/a.c': `#include "t.h"\n${ALLOCATE}` });
    const first = index.generation;
    index.setFile('/r/t.h', "// comment\n#define TAG 'aaaa'\n#define OTHER 1");
    expect(index.generation).toBe(first);
    index.setFile('/r/t.h', "#define TAG 'bbbb'");
    expect(tags(index)).toEqual(['/r/a.c bbbb']);
    expect(index.generation).toBe(first + 1);
    index.removeFile('/r/t.h');
    expect(tags(index)).toEqual([]);
    index.setFile('/r/new.h', "#define TAG 'cccc'");
    expect(tags(index)).toEqual(['/r/a.c cccc']);
  });

  it('of an open document count before the disk, until it is closed', () => {
    const index = indexOf({ '/r/t.h': "#define TAG 'aaaa'", '/r/a.c': `#include "t.h"\n${ALLOCATE}` });
    index.setOverlay('/r/t.h', "#define TAG 'open'");
    index.setFile('/r/t.h', "#define TAG 'disk'");
    expect(tags(index)).toEqual(['/r/a.c nepo']);
    index.removeOverlay('/r/t.h');
    expect(tags(index)).toEqual(['/r/a.c ksid']);
    index.setOverlay('/r/untitled.c', "void g() { ExAllocatePool2(1, 1, 'new1'); }");
    expect(tags(index)).toHaveLength(2);
    index.removeOverlay('/r/untitled.c');
    expect(tags(index)).toHaveLength(1);
    index.removeFile('/r/a.c');
    expect(tags(index)).toEqual([]);
  });

  it('moves positions when lines come in above', () => {
    const index = indexOf({ '/r/a.c': `#define TAG 'aaaa'\n${ALLOCATE}` });
    index.setOverlay('/r/a.c', `\n\n#define TAG 'aaaa'\n${ALLOCATE}`);
    const [site] = index.sitesIn('/r/a.c');
    expect(site.site.range.start.line).toBe(3);
    expect(index.tagDefinitions('/r/a.c', site.call)[0].definition.nameStart).toBe('\n\n#define '.length);
  });

  it('wait while many files come in until somebody resolves them, and all count at the end', async () => {
    const index = new SiteIndex();
    index.gathering = true;
    index.setFile('/r/a.c', `#define TAG 'aaaa'\n${ALLOCATE}`);
    expect(tags(index)).toHaveLength(0);
    await index.resolve(() => undefined);
    expect(tags(index)).toHaveLength(1);
    index.setFile('/r/b.c', `#define TAG 'bbbb'\n${ALLOCATE}`);
    expect(tags(index)).toHaveLength(1);
    index.gathering = false;
    expect(tags(index)).toHaveLength(2);
  });

  it('that come between two steps count the next time', async () => {
    const index = new SiteIndex();
    index.gathering = true;
    index.setFile('/r/tag.h', "#define TAG 'aaaa'");
    for (const name of ['a', 'b', 'c']) index.setFile(`/r/${name}.c`, `#include "tag.h"\n${ALLOCATE}`);
    let steps = 0;
    await index.resolve(() => {
      if (++steps === 4) {
        index.setFile('/r/tag.h', "#define TAG 'bbbb'");
        index.removeFile('/r/c.c');
      }
      return undefined;
    });
    expect(index.isPending).toBe(true);
    index.gathering = false;
    expect(tags(index)).toEqual(['/r/a.c bbbb', '/r/b.c bbbb']);
  });

  it('that leave the text as it is change nothing', () => {
    const index = new SiteIndex();
    index.setFile('/r/a.c', `#define TAG 'aaaa'\n${ALLOCATE}`);
    const { generation } = index;
    index.setOverlay('/r/a.c', `#define TAG 'aaaa'\n${ALLOCATE}`);
    expect(index.isPending).toBe(false);
    index.setOverlay('/r/a.c', `#define TAG 'bbbb'\n${ALLOCATE}`);
    expect(tags(index)).toEqual(['/r/a.c bbbb']);
    index.removeOverlay('/r/a.c');
    expect(tags(index)).toEqual(['/r/a.c aaaa']);
    expect(index.generation).toBe(generation + 2);
  });
});
