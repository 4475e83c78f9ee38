import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';

const FILES: Readonly<Record<string, string>> = {
  '/d/inc/one.h': "#define DRIVER_TAG 'enoA'\n#define GRAB(n) ExAllocatePoolWithTag(PagedPool, n, DRIVER_TAG)\n",
  '/d/inc/two.h': "#define DRIVER_TAG 'owtA'\n#define GRAB(n) ExAllocatePool2(POOL_FLAG_PAGED, n, DRIVER_TAG)\n",
  '/d/inc/common.h': '#include "one.h"\nPVOID Take(SIZE_T n, ULONG tag);\n',
  '/d/a/take.c':
    '#include "common.h"\nPVOID Take(SIZE_T n, ULONG tag) { return ExAllocatePoolWithTag(PagedPool, n, tag); }\n',
  '/d/a/a.c':
    '#include "common.h"\nvoid A(void) { p = GRAB(8); q = Take(16, DRIVER_TAG); ExFreePoolWithTag(p, DRIVER_TAG); }\n',
  '/d/b/b.c':
    '#include "common.h"\nvoid B(void) { p = ExAllocatePoolWithTag(PagedPool, 8, DRIVER_TAG); q = Take(8, OTHER_TAG); }\n',
  '/d/b/part.c': 'void P(void) { p = ExAllocatePoolWithTag(PagedPool, 8, DRIVER_TAG); }\n',
  '/d/b/other.h': "#define OTHER_TAG 'htOA'\n",
};

/** An edit: the file, what stood there, and what stands there then. */
type Edit = readonly [path: string, from: string, to: string];

const EDITS: readonly Edit[] = [
  ['/d/inc/common.h', '"one.h"', '"two.h"'],
  ['/d/b/b.c', '#include "common.h"\n', '#include "common.h"\n#include "other.h"\n'],
  ['/d/a/a.c', '#include "common.h"\n', ''],
  ['/d/a/a.c', 'void A', '#include "../inc/one.h"\nvoid A'],
  ['/d/b/b.c', '#include "other.h"\n', '#include "part.c"\n'],
  ['/d/inc/common.h', '#include "two.h"\n', ''],
  ['/d/inc/one.h', '#define DRIVER_TAG', '#include "../b/other.h"\n#define DRIVER_TAG'],
  ['/d/inc/common.h', 'PVOID Take', '#include "one.h"\nPVOID Take'],
  ['/d/b/b.c', '#include "part.c"\n', ''],
];

function indexOf(texts: ReadonlyMap<string, string>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of texts) index.setFile(path, text);
  return index;
}

/** All that an index says, but for how often that changed. */
function said(index: SiteIndex) {
  return { ...index.snapshot(), generation: 0 };
}

describe('an edit of an include', () => {
  it('leaves what a fresh index would find', () => {
    const texts = new Map(Object.entries(FILES));
    const index = indexOf(texts);
    let last = said(index);
    let changes = 0;
    for (const [path, from, to] of EDITS) {
      const before = texts.get(path)!;
      expect(before).toContain(from);
      const edited = before.replace(from, to);
      texts.set(path, edited);
      index.setOverlay(path, edited);
      const now = said(index);
      expect(now, `${path}: ${from.trim()} to ${to.trim()}`).toEqual(said(indexOf(texts)));
      if (JSON.stringify(now.sites) !== JSON.stringify(last.sites)) changes++;
      last = now;
    }
    // Most of them change what some site is about, else this would show nothing.
    expect(changes).toBeGreaterThan(5);
  });
});
