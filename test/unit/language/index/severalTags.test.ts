import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

function snapshotOf(files: Readonly<Record<string, string>>) {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  const { sites, unresolved } = index.snapshot();
  return {
    index,
    sites: sites.map(({ tag, values }) => (values ?? [{ tag }]).map((value) => tagLabel(value.tag)).join()),
    unresolved: unresolved.map(({ expression, values }) => `${expression}: ${(values ?? []).map(tagLabel).join()}`),
  };
}

describe('a tag in a variable or a member', () => {
  it('may be each constant that the driver assigns to it', () => {
    const { sites, unresolved } = snapshotOf({
      '/r/drv/pool.c': `
void Take(PEXT Ext) { ExAllocatePoolWithTag(1, 2, Ext->BufferTag); }
void More(void) { ExAllocatePoolWithTag(1, 2, gBufferTag); }
`,
      '/r/drv/init.c': `#define FAST 'tsaF'
void Init(PEXT DevExt, int fast) {
  DevExt->BufferTag = fast ? 0 : 'wolS';
  if (fast) DevExt->BufferTag = FAST;
  gBufferTag = 'bolG';
  if (DevExt->BufferTag == 'loN ') return;
}
`,
      '/r/other/init.c': "void Init(PX Ext) { Ext->BufferTag = 'rhtO'; }\n",
    });
    expect(sites).toEqual([]);
    expect(unresolved).toEqual(['Ext->BufferTag: Fast', 'gBufferTag: Glob']);
  });

  it('called nothing but Tag is that of a like variable only', () => {
    const { unresolved } = snapshotOf({
      '/r/a.c': `
void f(PEXT pExt, PREQ Request) { ExAllocatePoolWithTag(1, 2, pExt->Tag); ExAllocatePoolWithTag(1, 2, Request->Tag); }
void g(PEXT Ext) { Ext->Tag = 'nepO'; }
struct S s = { .Tag = 'lamS' };
`,
    });
    expect(unresolved).toEqual(['pExt->Tag: Open', 'Request->Tag: ']);
  });

  it('is looked up again when an assignment changes', () => {
    const { index } = snapshotOf({
      '/r/a.c': 'void f(PEXT e) { ExAllocatePoolWithTag(1, 2, e->PageTag); }\n',
      '/r/b.c': "void g(PEXT e) { e->PageTag = 'enoA'; }\n",
    });
    index.setFile('/r/b.c', "void g(PEXT e) { e->PageTag = 'owtB'; }\n");
    expect(index.snapshot().unresolved[0].values?.map(tagLabel)).toEqual(['Btwo']);
  });
});

describe('a tag that a condition chooses', () => {
  it('is one of both constants', () => {
    const call = (tag: string) => `#define COLD 'dloC'\nvoid f(int hot) { ExAllocatePool2(1, 2, ${tag}); }\n`;
    expect(snapshotOf({ '/r/a.c': call("hot ? 'toH ' : COLD") }).unresolved).toEqual([
      "hot ? 'toH ' : COLD:  Hot,Cold",
    ]);
    expect(snapshotOf({ '/r/a.c': call("hot ? 'toH ' : Ask()") }).unresolved).toEqual(["hot ? 'toH ' : Ask(): "]);
  });
});

describe('a name that several drivers define', () => {
  it('has all of their values in a header that each includes after its definition', () => {
    const shared = 'static PVOID Grow(SIZE_T n) { return ExAllocatePool2(1, n, OUR_TAG); }\n';
    const driver = (tag: string) => `#define OUR_TAG '${tag}'\n#include "../inc/shared.h"\n`;
    const { sites } = snapshotOf({
      '/r/inc/shared.h': shared,
      '/r/one/one.c': driver('enO1'),
      '/r/two/two.c': driver('owT2'),
      '/r/not/not.h': "#define OUR_TAG 'toN3'\n",
    });
    expect(sites).toEqual(['1One,2Two']);
  });

  it('has all of their values in a library that knows it as a variable', () => {
    const { sites } = snapshotOf({
      '/r/base/base.h': 'extern ULONG BaseTag;\n',
      '/r/base/base.c': '#include "base.h"\nvoid f(void) { ExAllocatePool2(1, 2, BaseTag); }\n',
      '/r/one/one.c': '#include "../base/base.h"\nULONG BaseTag = \'enO1\';\n',
      '/r/two/two.c': '#include "../base/base.h"\nULONG BaseTag = \'owT2\';\n',
      '/r/six/six.c': "ULONG BaseTag = 'xiS6';\n",
    });
    expect(sites).toEqual(['1One,2Two']);
  });
});

describe("the kit's own tags", () => {
  it('are known, unless the sources define the name', () => {
    const call = (name: string) => `void f(void) { ExAllocatePoolWithTag(1, 2, ${name}); }\n`;
    expect(snapshotOf({ '/r/a.c': call('CLASS_TAG_POWER') }).sites).toEqual(['ScLW']);
    const own = `#define CLASS_TAG_POWER 'niMO'\n${call('CLASS_TAG_POWER')}`;
    expect(snapshotOf({ '/r/a.c': own }).sites).toEqual(['OMin']);
    expect(snapshotOf({ '/r/a.c': call('CLASS_TAG_UNHEARD_OF') }).sites).toEqual([]);
  });
});

describe('a tag that a header defines only where nobody did', () => {
  const header = `#ifndef LIB_TAG
#define LIB_TAG 'sbiL'
#endif
static PVOID Grow(SIZE_T n) { return ExAllocatePool2(1, n, LIB_TAG); }
`;

  it('is that of the driver that includes the header', () => {
    const { sites } = snapshotOf({
      '/r/lib/lib.h': header,
      '/r/drv/main.h': '#define LIB_TAG \'nwOM\'\n#include "../lib/lib.h"\n',
      '/r/drv/main.c': '#include "main.h"\n',
      '/r/far/far.h': "#define LIB_TAG 'raFX'\n",
    });
    expect(sites).toEqual(['MOwn']);
  });

  it("is the header's own where no driver has another", () => {
    expect(snapshotOf({ '/r/lib/lib.h': header, '/r/drv/main.c': '#include "../lib/lib.h"\n' }).sites).toEqual([
      'Libs',
    ]);
  });
});
