import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

function indexOf(files: Readonly<Record<string, string>>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  return index;
}
const place = (uri: string, line: number) => `${uri.replace('file:///r/', '')}:${line + 1}`;
/** `file:line tag < wrapper < wrapper` */
const sites = (index: SiteIndex) =>
  index
    .snapshot()
    .sites.map((s) =>
      [`${place(s.uri, s.range.start.line)} ${tagLabel(s.tag)}`, ...(s.via ?? []).map((v) => v.name)].join(' < '),
    );
const wrappers = (index: SiteIndex) =>
  (index.snapshot().wrappers ?? []).map((w) => `${w.kind} ${w.name} ${place(w.uri, w.line)}`);

const FORWARDS = `PVOID MyAlloc(SIZE_T Size, ULONG Tag)
{ return ExAllocatePoolWithTag(NonPagedPool, Size, Tag); }
`;

describe('wrapper functions', () => {
  it('make their callers sites, with the argument as the tag', () => {
    const index = indexOf({ '/r/a.c': `${FORWARDS}void f(void) { MyAlloc(1, 'aaaa'); }\n` });
    expect(sites(index)).toEqual(['a.c:3 aaaa < MyAlloc']);
    expect(wrappers(index)).toEqual(['function MyAlloc a.c:1']);
    const [{ site, call }] = index.sitesIn('/r/a.c');
    expect(site).toMatchObject({
      routine: 'ExAllocatePoolWithTag',
      pool: 'nonpaged',
      function: 'f',
      tagExpression: "'aaaa'",
      tagRange: { start: { line: 2, character: 26 }, end: { line: 2, character: 32 } },
      via: [{ kind: 'function', name: 'MyAlloc', uri: 'file:///r/a.c', line: 0 }],
    });
    expect(call.tag?.text).toBe("'aaaa'");
  });

  it('are followed through several levels and files, in whatever order they come', () => {
    const files: Record<string, string> = {
      '/r/z.c': `#include "w.h"\n#define MINE 'mine'\nvoid f(void) { Outer(MINE, 4); }\n`,
      '/r/m.c': `#include "w.h"\nPVOID Outer(ULONG Tag, int n) { return Middle(n, (ULONG)Tag); }\n`,
      '/r/w.h': 'PVOID MyAlloc(SIZE_T, ULONG);\nPVOID Middle(SIZE_T, ULONG);\nPVOID Outer(ULONG, int);\n',
      '/r/b.c': '#include "w.h"\nPVOID Middle(SIZE_T n, ULONG Tag) { return MyAlloc(n, Tag); }\n',
      '/r/a.c': `#include "w.h"\n${FORWARDS}`,
    };
    const expected = ['z.c:3 enim < Outer < Middle < MyAlloc'];
    expect(sites(indexOf(files))).toEqual(expected);
    expect(sites(indexOf(Object.fromEntries(Object.entries(files).reverse())))).toEqual(expected);
  });

  it('are the definition that the call sees, not any of that name', () => {
    const header = 'PVOID MyAlloc(SIZE_T, ULONG);\n';
    const index = indexOf({
      '/r/one/mem.h': header,
      '/r/one/mem.c': `#include "mem.h"\n${FORWARDS}`,
      '/r/one/use.c': `#include "mem.h"\nvoid f(void) { MyAlloc(1, 'one1'); }\n`,
      '/r/two/mem.h': header,
      '/r/two/mem.c': '#include "mem.h"\nPVOID MyAlloc(SIZE_T n, ULONG t) { return malloc(n); }\n',
      '/r/two/use.c': `#include "mem.h"\nvoid f(void) { MyAlloc(1, 'two2'); }\n`,
      '/r/own/own.c': `static PVOID MyAlloc(SIZE_T n, ULONG t) { return 0; }\nvoid f(void) { MyAlloc(1, 'own3'); }\n`,
      '/r/far/away/from/all/far.c': `void f(void) { MyAlloc(1, 'far4'); }\n`,
    });
    expect(sites(index)).toEqual(['one/use.c:2 1eno < MyAlloc']);
  });

  it('of a class are called through objects, by the class, and by its other methods', () => {
    const index = indexOf({
      '/r/heap.cpp': `
PVOID Heap::Allocate(SIZE_T n, ULONG tag) { return ExAllocatePool2(POOL_FLAG_PAGED, n, tag); }
void Heap::Grow() { Allocate(1, 'aaaa'); }
void f(Heap* heap) { heap->Allocate(1, 'bbbb'); Heap::Allocate(1, 'cccc'); Allocate(1, 'dddd'); }
`,
    });
    expect(sites(index)).toEqual(
      ['aaaa', 'bbbb', 'cccc'].map((t, i) => `heap.cpp:${i === 0 ? 3 : 4} ${t} < Heap::Allocate`),
    );
  });

  it('that free make their callers frees', () => {
    const index = indexOf({
      '/r/a.c': `void MyFree(PVOID p, ULONG Tag) { ExFreePoolWithTag(p, Tag); }\nvoid f(void) { MyFree(p, 'free'); }\n`,
    });
    expect(index.snapshot().frees).toMatchObject([{ routine: 'ExFreePoolWithTag', function: 'f', tag: 0x66726565 }]);
    expect(wrappers(index)).toEqual(['function MyFree a.c:1']);
  });

  it('with a tag of their own are one site with its callers', () => {
    const index = indexOf({
      '/r/a.h': 'PVOID MyAlloc(SIZE_T);\n',
      '/r/a.c': `#include "a.h"\nPVOID MyAlloc(SIZE_T n) { return ExAllocatePoolWithTag(PagedPool, n, 'fixd'); }\n`,
      '/r/b.c': '#include "a.h"\nvoid g(void) { MyAlloc(1); MyAlloc(2); }\n',
    });
    expect(sites(index)).toEqual(['a.c:2 dxif']);
    expect(index.snapshot().sites[0].callers).toMatchObject([
      { uri: 'file:///r/b.c', function: 'g', range: { start: { line: 1, character: 15 } } },
      { uri: 'file:///r/b.c', function: 'g', range: { start: { line: 1, character: 27 } } },
    ]);
  });
});

describe('wrapper macros', () => {
  it('make their callers sites, with a fixed tag too', () => {
    const index = indexOf({
      '/r/a.h': `#define TAG 'gaTX'
#define Alloc(n) ExAllocatePoolWithTag(PagedPool, (n), TAG)
#define AllocAs(n, t) ExAllocatePoolWithTag(NonPagedPool, (n), (t))
#define AllocOf(n, word) ExAllocatePoolWithTag(PagedPool, n, word##_TAG)
#define MyAllocate ExAllocatePoolWithTag
`,
      '/r/a.c': `#include "a.h"
#define READ_TAG 'READ'
void f(void) {
  p = Alloc(1);
  p = AllocAs(2, 'mine');
  p = AllocOf(3, READ);
  p = MyAllocate(PagedPool, 4, 'alia');
}
`,
    });
    expect(sites(index)).toEqual([
      'a.c:4 XTag < Alloc',
      'a.c:5 enim < AllocAs',
      'a.c:6 DAER < AllocOf',
      'a.c:7 aila < MyAllocate',
    ]);
    const [fixed, given] = index.sitesIn('/r/a.c');
    expect(fixed.call.tag).toBeNull();
    expect(fixed.written).toMatchObject({ path: '/r/a.h', call: { tag: { text: 'TAG' } } });
    expect(given.call.tag?.text).toBe("'mine'");
    expect(fixed.site.pool).toBe('paged');
    expect(given.site.pool).toBe('nonpaged');
  });

  it('lead to functions, take statements as arguments, and count where several are defined under conditions', () => {
    const index = indexOf({
      '/r/a.c': `#ifdef USER
#define Grab(n) malloc(n)
#else
#define Grab(n) Inner(PagedPool, n, 'grab')
#endif
#define ALLOC_ALL(n, ...) { __VA_ARGS__; Inner(PagedPool, n, 'alls'); }
PVOID Inner(POOL_TYPE t, SIZE_T n, ULONG Tag) { return ExAllocatePoolWithTag(t, n, Tag); }
void f(void) {
  Grab(1);
  ALLOC_ALL(2, if (x) break; y = 3;);
}
`,
    });
    expect(sites(index)).toEqual(['a.c:9 barg < Grab < Inner', 'a.c:10 slla < ALLOC_ALL < Inner']);
    expect(index.snapshot().sites[0].pool).toBe('paged');
  });

  it('may redefine a routine, for the files that see it', () => {
    const index = indexOf({
      '/r/a.h': `#define ExAllocatePool(t, n) ExAllocatePoolWithTag(t, n, 'redf')
#define ExFreePool(p) ExFreePoolWithTag(p, 'redf')
#define ExAllocatePoolWithTag(t, n, tag) ExAllocatePoolZero(t, n, tag)
`,
      '/r/a.c': `#include "a.h"
void f(void) {
  p = ExAllocatePool(PagedPool, 1);
  ExFreePool(p);
  q = ExAllocatePoolWithTag(PagedPool, 1, 'gaTX');
}
`,
      '/r/b.c': 'void g(void) { p = ExAllocatePool(PagedPool, 1); ExFreePool(p); }\n',
    });
    expect(sites(index)).toEqual(['a.c:3 fder < ExAllocatePool', 'a.c:5 XTag < ExAllocatePoolWithTag']);
    expect(index.snapshot().sites.map((s) => s.routine)).toEqual(['ExAllocatePoolWithTag', 'ExAllocatePoolZero']);
    expect(index.snapshot().untagged).toMatchObject([{ uri: 'file:///r/b.c' }]);
    expect(index.snapshot().frees.map((f) => f.tag !== null)).toEqual([true, false]);
  });

  it('that call themselves or each other end', () => {
    const index = indexOf({
      '/r/a.c': `#define A(n, t) B(n, t)
#define B(n, t) (A(n, t), ExAllocatePoolWithTag(PagedPool, n, t))
void f(void) { A(1, 'abab'); }
`,
    });
    expect(new Set(sites(index).map((s) => s.slice(0, 'a.c:3 baba'.length)))).toEqual(new Set(['a.c:3 baba']));
  });
});

describe('templates', () => {
  it('with a tag argument make their uses sites', () => {
    const index = indexOf({
      '/r/object.h': `template <ULONG TAG, POOL_TYPE Pool = PagedPool>
class KObject {
public:
  void* operator new(size_t n) { return ExAllocatePoolWithTag(Pool, n, TAG); }
  void operator delete(void* p) { ExFreePoolWithTag(p, TAG); }
};
template <ULONG T> class KDerived : public KObject<T> { int x; };
template <ULONG Tag> PVOID Grab(SIZE_T n) { return ExAllocatePool2(POOL_FLAG_PAGED, n, Tag); }
template <ULONG TAG> PVOID Heap<TAG>::Take(SIZE_T n) { return ExAllocatePool2(POOL_FLAG_PAGED, n, TAG); }
`,
      '/r/a.cpp': `#include "object.h"
class Adapter : public KObject<'rrAK', NonPagedPoolNx> { };
class Queue : public KDerived<'euQK'> { };
void f() {
  if (a < KObject) return;
  p = Grab<'barG'>(4);
}
typedef Heap<'paeH'> MyHeap;
`,
    });
    expect(sites(index)).toEqual([
      'a.cpp:2 KArr < KObject',
      'a.cpp:3 KQue < KDerived < KObject',
      'a.cpp:6 Grab < Grab',
      'a.cpp:8 Heap < Heap',
    ]);
    const [adapter] = index.snapshot().sites;
    expect(adapter).toMatchObject({ pool: 'nonpaged', tagExpression: "'rrAK'", via: [{ kind: 'template' }] });
    expect(index.snapshot().unresolved).toEqual([]);
  });
});

describe('placement new', () => {
  it('reaches the routine of the operator', () => {
    const index = indexOf({
      '/r/new.cpp': `void* __cdecl operator new(size_t n, POOL_TYPE pool, ULONG tag) { return ExAllocatePoolZero(pool, n, tag); }
void f(void) { p = new (PagedPool, 'weN1') Thing(); }
`,
      '/r/alone.cpp': "void g(void) { p = new (NonPagedPoolNx, 'weN2') Thing(); }\n",
    });
    expect(index.snapshot().sites.map((s) => [s.routine, tagLabel(s.tag)])).toEqual([
      ['ExAllocatePoolZero', '2New'],
      ['ExAllocatePoolZero', '1New'],
    ]);
  });
});

describe('any input', () => {
  it('gives no exception, whatever calls whatever', () => {
    const pieces = [
      '#define A(n, t) ',
      '#define B A\n',
      'A(1, ',
      'B(2, ',
      'MyAlloc(n, ',
      'MyAlloc(SIZE_T n, ULONG Tag) {',
      'template <ULONG Tag> class C { ',
      "C<'tagC'>",
      'C<Tag>',
      'ExAllocatePool2(f, n, ',
      'ExFreePoolWithTag(p, ',
      'new (PagedPool, ',
      'FLT_CONTEXT_REGISTRATION r[] = { { a, b, c, d, ',
      "'abcd'",
      'Tag',
      't##t',
      ')',
      ';',
      '}',
      '<',
      '\n',
      '#if X\n',
      '#else\n',
      '#include "0.c"\n',
      '#include "1.h"\n',
      'PVOID ',
    ];
    let seed = 11;
    const next = (n: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % n;
    };
    for (let round = 0; round < 300; round++) {
      const index = new SiteIndex();
      for (const name of ['0.c', '1.h', '2.cpp']) {
        let text = '';
        for (let k = next(80); k >= 0; k--) text += pieces[next(pieces.length)];
        index.setFile(`/r/${name}`, text);
      }
      index.snapshot();
      index.setOverlay('/r/1.h', pieces[next(pieces.length)].repeat(3));
      expect(index.snapshot().filesScanned).toBe(3);
    }
  });
});

describe('globals and parts', () => {
  it('a variable that a header declares is found where it is defined', () => {
    const index = indexOf({
      '/r/tags.h': 'extern const ULONG DriverTag;\n',
      '/r/main.c': "const ULONG DriverTag = 'main';\n",
      '/r/use.c': '#include "tags.h"\nvoid f(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, DriverTag); }\n',
    });
    expect(sites(index)).toEqual(['use.c:2 niam']);
  });

  it('a part of an implementation file sees what the whole includes', () => {
    const index = indexOf({
      '/r/drv/tags.h': "#define TAG 'part'\n",
      '/r/drv/whole.c': '#include "tags.h"\n#include "../common/part.c"\n',
      '/r/common/part.c': 'void f(void) { ExAllocatePool2(POOL_FLAG_PAGED, 1, TAG); }\n',
      '/r/common/other.h': "#define TAG 'nope'\n",
    });
    expect(sites(index)).toEqual(['common/part.c:1 trap']);
  });
});

describe('functions with a tag of their own', () => {
  /** `line: caller, caller` for each site that has callers. */
  const callers = (text: string) =>
    indexOf({ '/r/a.cpp': text })
      .snapshot()
      .sites.filter((s) => s.callers)
      .map((s) => `${s.range.start.line + 1}: ${s.callers!.map((c) => c.function).join(', ')}`);

  it('hand out memory by returning it, however it is cast, or through a parameter', () => {
    expect(
      callers(`
T *PoolDirect(int n) { return (T *)(ExAllocatePool2(F, n * sizeof(T), 'aaaa')); }
T *PoolCast(int n) { T *p = static_cast<T *>(ExAllocatePool2(F, n, 'bbbb')); if (p) { p->n = n; } return (T *)p; }
int PoolOut(int n, void **Where) { *Where = ExAllocatePool2(F, n, 'cccc'); return *Where != 0; }
int PoolLater(int n, void **Where) { void *p; if ((p = ExAllocatePool2(F, n, 'dddd')) == 0) return 1; *Where = p; return 0; }
T *AllocNode() { return (T *)ExAllocatePool2(F, sizeof(T), 'eeee'); }
void user() { PoolDirect(1); PoolCast(1); PoolOut(1, &p); PoolLater(1, &p); AllocNode(); }
`),
    ).toEqual(['2: user', '3: user', '4: user', '5: user', '6: user']);
  });

  it('are not those that keep the memory, free it, or return something else', () => {
    expect(
      callers(`
int PoolGrow(int n) { T *p = ExAllocatePool2(F, n, 'aaaa'); if (!p) return 0; Use(p); ExFreePool(p); return n; }
void *PoolMember(int n) { T *p = ExAllocatePool2(F, n, 'bbbb'); return p->next; }
int PoolStore(S *s, int n) { s->Buffer = ExAllocatePool2(F, n, 'cccc'); return 0; }
T *PoolRoot(void) { T *p = ExAllocatePool2(F, sizeof(T), 'dddd'); return p; }
void *PoolOther(int n) { return p; }
void user() { PoolGrow(1); PoolMember(1); PoolStore(s, 1); PoolRoot(); PoolOther(1); }
`),
    ).toEqual([]);
  });

  it('may call a wrapper themselves', () => {
    expect(
      callers(`
#define GET(n) ExAllocatePool2(F, n, 'aaaa')
void *PoolZeroed(int n) { void *p = GET(n); if (p) Clear(p); return p; }
void user() { PoolZeroed(1); }
`),
    ).toEqual(['3: user']);
  });

  it('are operators too: the class has its own, else the free one counts', () => {
    expect(
      callers(`
void *operator new(size_t n, POOL_TYPE t) { return ExAllocatePoolZero(t, n, 'free'); }
void *Mine::operator new(size_t n, POOL_TYPE t) { return ExAllocatePoolZero(t, n, 'mine'); }
void one() { a = new (NonPagedPoolNx) Mine(1); }
void two() { b = new (PagedPool) Other; c = new (PagedPool) BYTE[3]; }
`),
    ).toEqual(['2: two, two', '3: one']);
  });
});

describe('aliases of templates', () => {
  it('hand their argument on', () => {
    const index = indexOf({
      '/r/a.cpp': `
template <int P, ULONG Tag> class Text { void Grow(int n) { m = ExAllocatePool2(P, n, Tag); } };
template <ULONG Tag> using PagedText = Text<POOL_FLAG_PAGED, Tag>;
struct S { PagedText<'aaaa'> one; Text<1, 'bbbb'> two; };
`,
    });
    expect(sites(index)).toEqual(['a.cpp:4 aaaa < PagedText < Text', 'a.cpp:4 bbbb < Text']);
    expect(index.snapshot().unresolved).toEqual([]);
  });
});

describe('changes', () => {
  it('of a wrapper reach its callers, and back', () => {
    const caller = `#include "a.h"\nvoid f(void) { MyAlloc(1, 'aaaa'); }\n`;
    const index = indexOf({
      '/r/a.h': 'PVOID MyAlloc(SIZE_T, ULONG);\n',
      '/r/a.c': `#include "a.h"\n`,
      '/r/b.c': caller,
    });
    expect(sites(index)).toEqual([]);
    index.setOverlay('/r/a.c', `#include "a.h"\n${FORWARDS}`);
    expect(sites(index)).toEqual(['b.c:2 aaaa < MyAlloc']);
    index.setOverlay('/r/a.c', `#include "a.h"\n\n\n${FORWARDS}`);
    expect(index.snapshot().sites[0].via?.[0].line).toBe(3);
    index.setFile('/r/c.c', `#include "a.h"\nvoid g(void) { MyAlloc(1, 'cccc'); }\n`);
    expect(sites(index)).toEqual(['b.c:2 aaaa < MyAlloc', 'c.c:2 cccc < MyAlloc']);
    index.removeFile('/r/b.c');
    index.removeOverlay('/r/a.c');
    expect(sites(index)).toEqual([]);
  });

  it('inside a fixed wrapper keep its callers', () => {
    const text = (more: string) =>
      `PVOID MyAlloc(SIZE_T n) { ${more} return ExAllocatePoolWithTag(PagedPool, n, 'fixd'); }\nvoid g(void) { MyAlloc(1); }\n`;
    const index = indexOf({ '/r/a.c': text('') });
    index.setOverlay('/r/a.c', text('int x;'));
    expect(index.snapshot().sites[0].callers).toHaveLength(1);
  });
});

describe('constants of class templates', () => {
  it('stand for the parameter inside, and for the argument outside', () => {
    const index = indexOf({
      '/r/holder.h': `template <ULONG Label>
class Holder {
 public:
  Holder(SIZE_T n) : m_p(ExAllocatePool2(POOL_FLAG_PAGED, n, label)) {}
  void Again(SIZE_T n) { m_p = ExAllocatePool2(POOL_FLAG_PAGED, n, other); }
  enum { label = Label };
  static constexpr ULONG other = Label;
 private:
  void* m_p;
};
`,
      '/r/use.cpp': `#include "holder.h"
using Box = lib::Holder<'xoBM'>;
typedef Holder<'yarT'> Tray;
void f() {
  ExAllocatePool2(POOL_FLAG_PAGED, 1, Box::label);
  ExAllocatePool2(POOL_FLAG_PAGED, 2, Tray::other);
  ExAllocatePool2(POOL_FLAG_PAGED, 3, Holder<'eroM'>::label);
}
`,
    });
    expect(sites(index)).toEqual([
      'use.cpp:2 MBox < Holder',
      'use.cpp:3 Tray < Holder',
      'use.cpp:5 MBox',
      'use.cpp:6 Tray',
      'use.cpp:7 More',
    ]);
    expect(index.snapshot().unresolved).toEqual([]);
  });

  it('take the default of a parameter that has no argument', () => {
    const index = indexOf({
      '/r/text.h': `#define TEXT_TAG 'txeT'
template <typename T, ULONG Pool = 1, ULONG Tag = TEXT_TAG>
class Text { void Grow(int n) { m = ExAllocatePool2(Pool, n, Tag); } };
PVOID Take(SIZE_T n, ULONG Tag = 'ekaT') { return ExAllocatePool2(POOL_FLAG_PAGED, n, Tag); }
`,
      '/r/use.cpp': `#include "text.h"
Text<wchar_t> a;
Text<char, 2, 'enoN'> b;
void f(Text<char, 2, 'enoN'>& c, Text<int>* d) { Take(1); Take(2, 'rehO'); }
`,
    });
    expect(sites(index)).toEqual([
      'use.cpp:2 Text < Text',
      'use.cpp:3 None < Text',
      'use.cpp:4 Take < Take',
      'use.cpp:4 Oher < Take',
    ]);
  });

  it('of a name that a library outside has too are not taken for it', () => {
    const index = indexOf({
      '/r/own.h': 'template <ULONG Tag> class Ptr { void* Get(SIZE_T n) { return ExAllocatePool2(1, n, Tag); } };\n',
      '/r/tool.cpp': "Ptr<Widget> one;\nstd::Ptr<'abcd'> two;\n",
    });
    expect(sites(index)).toEqual([]);
    expect(index.snapshot().unresolved).toEqual([]);
  });
});

describe('constants of classes', () => {
  it('of one name are told apart by their class', () => {
    const index = indexOf({
      '/r/tags.h': `struct Reader { static constexpr ULONG Tag = 'daeR'; void Open(); };
struct Writer { static const ULONG Tag = 'tirW'; void Open(); };
enum class Label : ULONG { Tag = 'lbaL' };
`,
      '/r/use.cpp': `#include "tags.h"
void Reader::Open() { ExAllocatePool2(POOL_FLAG_PAGED, 1, Tag); }
void Writer::Open() { ExAllocatePool2(POOL_FLAG_PAGED, 1, Tag); }
void f() {
  ExAllocatePool2(POOL_FLAG_PAGED, 1, Reader::Tag);
  ExAllocatePool2(POOL_FLAG_PAGED, 1, Writer::Tag);
  ExAllocatePool2(POOL_FLAG_PAGED, 1, (ULONG)Label::Tag);
}
`,
    });
    expect(sites(index)).toEqual(['2 Read', '3 Writ', '5 Read', '6 Writ', '7 Labl'].map((line) => `use.cpp:${line}`));
  });
});

describe('function templates and constructors', () => {
  it('that hand their parameter on make their callers sites', () => {
    const index = indexOf({
      '/r/make.h': `template <typename T> T* MakePool(ULONG tag, SIZE_T n) { return (T*)ExAllocatePool2(1, n, tag); }
class PoolBuffer {
 public:
  PoolBuffer(SIZE_T n, ULONG tag) : m_p(ExAllocatePool2(1, n, tag)) {}
  void* m_p;
};
`,
      '/r/use.cpp': `#include "make.h"
void f() {
  auto p = MakePool<int>('tniM', 4);
  PoolBuffer buffer(16, 'fuBM');
  auto q = new PoolBuffer(16, 'eruP');
  PoolBuffer other = PoolBuffer(16, 'pmeT');
}
`,
    });
    expect(sites(index)).toEqual([
      'use.cpp:3 Mint < MakePool',
      'use.cpp:4 MBuf < PoolBuffer::PoolBuffer',
      'use.cpp:5 Pure < PoolBuffer::PoolBuffer',
      'use.cpp:6 Temp < PoolBuffer::PoolBuffer',
    ]);
  });
});

describe('a template among the arguments', () => {
  it('keeps its own commas', () => {
    const index = indexOf({
      '/r/a.cpp': `void f(int a) {
  ExAllocatePool2(1, Sized<int, 3>(a), 'eziS');
  ExAllocatePool2(1, Traits<char, 4>::size, 'tarT');
  ExAllocatePool2(a < 3, a > 4, 'sseL');
}
`,
    });
    expect(sites(index)).toEqual(['a.cpp:2 Size', 'a.cpp:3 Trat', 'a.cpp:4 Less']);
  });
});
