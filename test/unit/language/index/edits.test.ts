import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';

const FILES: Readonly<Record<string, string>> = {
  '/d/tags.h': `#define A_TAG 'aaaa'
#define B_TAG A_TAG
#define C_TAG 'cccc'
`,
  '/d/alloc.h': `#include "tags.h"
#define ALLOC(n) ExAllocatePoolWithTag(PagedPool, n, C_TAG)
PVOID DriverAlloc(SIZE_T n, ULONG tag);
PVOID FixedAlloc(SIZE_T n);
`,
  '/d/alloc.c': `#include "alloc.h"
PVOID DriverAlloc(SIZE_T n, ULONG tag) { return ExAllocatePool2(POOL_FLAG_PAGED, n, tag); }
PVOID FixedAlloc(SIZE_T n) { return ExAllocatePool2(POOL_FLAG_PAGED, n, B_TAG); }
`,
  '/d/a.c': `#include "alloc.h"
void f(void) { p = DriverAlloc(1, A_TAG); q = ALLOC(2); }
void g(void) { p = FixedAlloc(3); ExFreePoolWithTag(p, B_TAG); }
`,
  '/d/b.c': `#include "alloc.h"
void h(void) { p = FixedAlloc(3); q = ExAllocatePool2(POOL_FLAG_PAGED, 1, MISSING_TAG); }
`,
};

/** What an index says, without what counts its changes. */
function said(index: SiteIndex) {
  return { ...index.snapshot(), generation: 0 };
}

function indexOf(files: Readonly<Record<string, string>>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  return index;
}

/** Edits one after the other: a file, what goes, what comes. */
const EDITS: readonly (readonly [path: string, from: string, to: string])[] = [
  ['/d/tags.h', "'aaaa'", "'aaab'"],
  ['/d/tags.h', '#define A_TAG', '/* a comment */\n\n#define A_TAG'],
  ['/d/tags.h', "'cccc'", "'cccd'"],
  ['/d/tags.h', '#define C_TAG', '#define D_TAG'],
  ['/d/tags.h', '#define D_TAG', '#define C_TAG'],
  ['/d/tags.h', '#define B_TAG A_TAG', "#define MISSING_TAG 'miss'\n#define B_TAG C_TAG"],
  ['/d/a.c', 'void g', '\nvoid g'],
  ['/d/a.c', 'p = FixedAlloc(3);', ''],
  ['/d/b.c', 'p = FixedAlloc(3);', 'p = FixedAlloc(3); r = FixedAlloc(4);'],
  ['/d/alloc.c', 'PVOID DriverAlloc', '\nPVOID DriverAlloc'],
  ['/d/alloc.c', 'n, B_TAG', 'n, A_TAG'],
  ['/d/alloc.h', '#define ALLOC(n)', '\n#define ALLOC(n)'],
  ['/d/alloc.h', 'n, C_TAG', 'n, A_TAG'],
  [
    '/d/alloc.h',
    '#define ALLOC(n)',
    "#define DriverAlloc(n, t) ExAllocatePoolWithTag(PagedPool, n, 'dddd')\n#define ALLOC(n)",
  ],
  ['/d/alloc.h', '#include "tags.h"', ''],
  ['/d/a.c', '#include "alloc.h"', '#include "alloc.h"\n#include "tags.h"'],
  ['/d/alloc.c', 'n, tag', "n, 'tttt'"],
];

describe('edits', () => {
  it('leave the index as if it had been made from the texts as they are now', () => {
    const files = { ...FILES };
    const index = indexOf(files);
    said(index);
    for (const [path, from, to] of EDITS) {
      expect(files[path]).toContain(from);
      files[path] = files[path].replace(from, to);
      index.setFile(path, files[path]);
      expect(said(index), `${path}: ${from} to ${to}`).toEqual(said(indexOf(files)));
    }
  });

  it('undone one by one, too', () => {
    const index = indexOf(FILES);
    const before = said(index);
    for (const [path, from, to] of EDITS) {
      if (!FILES[path].includes(from)) continue;
      index.setFile(path, FILES[path].replace(from, to));
      said(index);
      index.setFile(path, FILES[path]);
      expect(said(index), `${path}: ${from} to ${to}`).toEqual(before);
    }
  });
});
