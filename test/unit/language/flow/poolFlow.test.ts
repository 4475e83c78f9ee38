import { describe, expect, it } from 'vitest';
import { FlowUnits } from '../../../../language/assign/flowUnits.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';

const PRELUDE = `
#define TAG 'gaTX'
typedef struct _NODE { LIST_ENTRY Link; PVOID Data; PVOID Other; struct _NODE *Next; UNICODE_STRING Name; } NODE, *PNODE;
typedef struct _CONTEXT { PVOID First; PVOID Second; PNODE Node; LIST_ENTRY List; PVOID Slots[4]; PVOID *Table; } CONTEXT, *PCONTEXT;
PCONTEXT Global;
PVOID GlobalBuffer;
#define ALLOC(n) ExAllocatePoolWithTag(PagedPool, (n), TAG)
`;

/**
 * What reaches each tagged free, by the functions that hold them: `{ freeing: 'allocating, allocating' }`. A star: the free
 * may also get memory from elsewhere; a question mark: nothing was seen to reach it.
 */
function flow(files: string | Record<string, string>): Record<string, string> {
  const texts = typeof files === 'string' ? { '/p/a.cpp': files } : files;
  const all = new Map(Object.entries(texts).map(([path, text]) => [path, path.endsWith('.h') ? text : PRELUDE + text]));
  const index = new SiteIndex();
  for (const [path, text] of all) index.setFile(path, text);
  const units = new FlowUnits(index, (path) => all.get(path));
  const found: Record<string, string> = {};
  for (const path of all.keys()) {
    for (const free of index.freesIn(path)) {
      const { sites, isOpen, isFollowed } = units.reached(free, all.keys());
      const names = sites.map(({ site }) => site.function).sort();
      const text = [...new Set(names)].join(', ') + (isOpen ? '*' : '') + (isFollowed ? '' : '?');
      found[free.free.function] =
        found[free.free.function] === undefined ? text : `${found[free.free.function]}; ${text}`;
    }
  }
  return found;
}

const free = (what: string) => `ExFreePoolWithTag(${what}, TAG);`;
const A = `ExAllocatePoolWithTag(PagedPool, 8, TAG)`;

describe('within a function', () => {
  it('the same variable', () => {
    expect(
      flow(`void f(void) { PVOID p = ${A}; if (p) ${free('p')} } void g(void) { PVOID p = ${A}; ${free('p')} }`),
    ).toEqual({
      f: 'f',
      g: 'g',
    });
  });

  it('casts, ternaries, commas and arithmetic', () => {
    expect(
      flow(
        `void f(int a) { char *p = (char *)(a ? ${A} : NULL); PVOID q; q = (a++, p + 4); ${free('(PUCHAR)q - 4')} }`,
      ),
    ).toEqual({
      f: 'f',
    });
  });

  it('goto cleanup', () => {
    expect(
      flow(`NTSTATUS f(int a) { PVOID p = NULL, q = NULL; p = ${A}; if (!p) goto Exit; q = ${A}; Exit: if (q) ${free('q')} return 0; }
      void g(void) { PVOID p = ${A}; ${free('p')} }`),
    ).toMatchObject({ f: 'f', g: 'g' });
  });

  it('a variable that is used again holds both', () => {
    const code = `void a(PVOID *p) { *p = ${A}; } void b(PVOID *p) { *p = ${A}; } void f(void) { PVOID p; a(&p); ${free('p')} b(&p); ${free('p')} }`;
    expect(flow(code)).toEqual({ f: 'a, b; a, b' });
  });

  it('a statement that is the same in every branch, about variables that are not', () => {
    const code = `PVOID a(void) { return ${A}; } PVOID b(void) { return ${A}; }
void f(void) {
#ifdef X
  PVOID p = a();
#else
  PVOID p = b();
#endif
  PVOID q = p;
  { PVOID p = NULL; q = p; }
  ${free('q')}
}`;
    expect(flow(code)).toMatchObject({ f: 'a, b' });
  });

  it('every branch of #if', () => {
    const code = `PVOID a(void) { return ${A}; } PVOID b(void) { return ${A}; }
void f(void) {
  PVOID p;
#ifdef X
  p =
#if Y
    a();
#else
    b();
#endif
#else
  p = NULL;
#endif
#if Z
  ${free('p')}
#endif
}`;
    expect(flow(code)).toEqual({ f: 'a, b' });
  });

  it('scopes of one name are apart', () => {
    const code = `PVOID a(void) { return ${A}; } PVOID b(void) { return ${A}; }
void f(int x) { PVOID p = a(); if (x) { PVOID p = b(); x = p != 0; } ${free('p')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('asm gives its names up', () => {
    const code = `void a(void) { GlobalBuffer = ${A}; SomethingKeeps(GlobalBuffer); } void f(void) { PVOID p; __asm { mov p, eax } ${free('p')} }`;
    expect(flow(code)).toEqual({ f: 'a*' });
  });
});

describe('through members', () => {
  it('of a type, told apart by name', () => {
    const code = `void a(PCONTEXT c) { c->First = ${A}; } void b(PCONTEXT c) { c->Second = ${A}; }
void f(PCONTEXT c) { ${free('c->First')} } void g(CONTEXT *c) { ${free('c->Second')} }`;
    expect(flow(code)).toEqual({ f: 'a', g: 'b' });
  });

  it('swapped', () => {
    const code = `void a(PCONTEXT c) { c->First = ${A}; } void b(PCONTEXT c) { c->Second = ${A}; }
void s(PCONTEXT c) { PVOID t = c->First; c->First = c->Second; c->Second = t; }
void f(PCONTEXT c) { ${free('c->First')} }`;
    expect(flow(code)).toEqual({ f: 'a, b' });
  });

  it('of equal names in different types are apart', () => {
    const code = `struct S { PVOID First; }; void a(struct S *s) { s->First = ${A}; } void b(PCONTEXT c) { c->First = ${A}; }
void f(struct S *s) { ${free('s->First')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('of an unknown type are those of every type', () => {
    const code = `struct S { PVOID First; }; void a(struct S *s) { s->First = ${A}; } void b(PCONTEXT c) { c->First = ${A}; }
template <class T> void f(T s) { auto x = s; ${free('x->First')} }`;
    expect(flow(code).f).toMatch(/^a, b/);
  });

  it('of a union are one', () => {
    const code = `typedef struct { union { PVOID Left; PVOID Right; }; PVOID Apart; } U; void a(U *u) { u->Left = ${A}; } void b(U *u) { u->Apart = ${A}; }
void f(U *u) { ${free('u->Right')} } void g(U *u) { ${free('u->Apart')} }`;
    expect(flow(code)).toEqual({ f: 'a', g: 'b' });
  });

  it('of structures in a union are one', () => {
    const code = `typedef struct { union { struct { PVOID x; } a; struct { PVOID y; } b; } u; } U; void a(U *u) { u->u.a.x = ${A}; }
void f(U *u) { ${free('u->u.b.y')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('of a structure copied whole', () => {
    const code = `void a(void) { CONTEXT c; CONTEXT d; c.First = ${A}; d = c; RtlCopyMemory(Global, &d, sizeof(d)); } void f(void) { ${free('Global->First')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('of a structure looked at as another', () => {
    const code = `typedef struct { PVOID p; } V1; typedef struct { PVOID q; } V2; void a(V1 *v) { v->p = ${A}; } void f(V1 *v) { ${free('((V2 *)v)->q')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('of a string by its own name', () => {
    const code = `void a(PNODE n) { n->Name.Buffer = ${A}; } void f(PNODE n) { ${free('n->Name.Buffer')} } void b(void) { UNICODE_STRING s; s.Buffer = ${A}; ${free('s.Buffer')} }`;
    expect(flow(code)).toEqual({ f: 'a', b: 'b' });
  });

  it('of a string that a helper fills', () => {
    const code = `void a(PUNICODE_STRING s) { s->Buffer = ${A}; } void f(PNODE n) { a(&n->Name); ${free('n->Name.Buffer')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('set by an initialiser', () => {
    const code = `void a(void) { CONTEXT c = { .Second = ${A} }; ${free('c.Second')} } void b(void) { CONTEXT c = { ${A} }; ${free('c.First')} ${free('c.Second')} }`;
    expect(flow(code)).toEqual({ a: 'a', b: 'b; ?' });
  });
});

describe('through calls', () => {
  it('returned and passed', () => {
    const code = `static PVOID a(void) { PVOID p; p = ${A}; return p; } static void f(PVOID p) { ${free('p')} } static PVOID b(void) { return ${A}; } void g(void) { f(a()); b(); }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('by an out-parameter', () => {
    const code = `int a(PVOID *out) { PVOID p = ${A}; *out = p; return 1; } void f(void) { PVOID q; if (a(&q)) ${free('q')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('by an out-parameter that is a member, and by the address of a pointer’s pointer', () => {
    const code = `int a(PVOID *out) { *out = ${A}; return 1; } int b(PVOID *o) { return a(o); } void f(PCONTEXT c) { b(&c->First); ${free('c->First')} ${free('c->Second')} }`;
    expect(flow(code)).toEqual({ f: 'a; ?' });
  });

  it('into a callback, by way of a context', () => {
    const code = `void cb(PVOID context) { ${free('context')} } void a(void) { PVOID p = ${A}; PsCreateSystemThread(&h, 0, 0, 0, 0, cb, p); } void b(void) { PVOID p = ${A}; p = 0; }`;
    expect(flow(code)).toEqual({ cb: 'a*' });
  });

  it('into another file, by void *', () => {
    const found = flow({
      '/p/a.c': `void Cleanup(PVOID c); void a(void) { PCONTEXT c = ${A}; c->First = ${A}; Cleanup(c); }`,
      '/p/b.c': `void Cleanup(PVOID v) { PCONTEXT c = (PCONTEXT)v; ${free('c->First')} ${free('c')} }`,
    });
    expect(found).toEqual({ Cleanup: 'a; a' });
  });

  it('through a pointer to a function', () => {
    const code = `void f(PVOID p) { ${free('p')} } typedef void (*FN)(PVOID); struct T { FN Fn; }; void i(struct T *t) { t->Fn = f; } void a(struct T *t) { t->Fn(${A}); }`;
    expect(flow(code)).toEqual({ f: 'a*' });
  });

  it('a helper that allocates anew', () => {
    const code = `PVOID grow(PVOID old) { PVOID p = ${A}; RtlCopyMemory(p, old, 8); ${free('old')} return p; } void f(void) { PVOID p = ${A}; p = grow(p); ${free('p')} }`;
    expect(flow(code)).toEqual({ grow: 'f, grow', f: 'f, grow' });
  });

  it('a routine of the system that may keep it, and one that does not', () => {
    const code = `void a(void) { PVOID p = ${A}; RtlZeroMemory(p, 8); } void b(void) { PVOID p = ${A}; SomethingKeeps(p); } void f(void) { PVOID q = SomethingGives(); ${free('q')} }`;
    expect(flow(code)).toEqual({ f: 'b*' });
  });

  it('a variable whose address went out', () => {
    const code = `void a(void) { PVOID p; SomethingKeeps(&p); p = ${A}; } void f(void) { PVOID q; SomethingFills(&q); ${free('q')} }`;
    expect(flow(code)).toEqual({ f: 'a*' });
  });

  it('static functions of one name are apart', () => {
    const found = flow({
      '/p/a.c': `static PVOID Get(void) { return ${A}; } void fa(void) { PVOID p = Get(); ${free('p')} }`,
      '/p/b.c': `static PVOID Get(void) { return ${A}; } void fb(void) { PVOID p = Get(); ${free('p')} } void gb(void) { PVOID p = ${A}; ${free('p')} }`,
    });
    expect(found).toEqual({ fa: 'Get', fb: 'Get', gb: 'gb' });
  });

  it('given through a pointer by the routine itself', () => {
    const code = `void a(void) { PVOID p; if (NdisAllocateMemoryWithTag((PVOID *)&p, 8, TAG)) return; NdisFreeMemoryWithTag(p, TAG); } void b(PVOID x) { PVOID p; StorPortAllocatePool(x, 8, TAG, &p); ${free('p')} }`;
    expect(flow(code)).toEqual({ a: 'a', b: 'b' });
  });

  it('exchanged', () => {
    const code = `void a(void) { InterlockedExchangePointer(&GlobalBuffer, ${A}); } void f(void) { PVOID p = InterlockedExchangePointer(&GlobalBuffer, NULL); ${free('p')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });
});

describe('through containers', () => {
  it('a list, told apart by type and member', () => {
    const code = `typedef struct { LIST_ENTRY Link; } M; void a(PCONTEXT c) { PNODE n = ${A}; InsertTailList(&c->List, &n->Link); } void b(PCONTEXT c) { M *m = ${A}; InsertTailList(&c->List, &m->Link); }
void f(PCONTEXT c) { PLIST_ENTRY e = RemoveHeadList(&c->List); PNODE n = CONTAINING_RECORD(e, NODE, Link); ${free('n')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('a list with entries of two sites', () => {
    const code = `void a(PCONTEXT c) { PNODE n = ${A}; InsertTailList(&c->List, &n->Link); } void b(PCONTEXT c) { PNODE n = ${A}; InsertHeadList(&c->List, &n->Link); }
void f(PCONTEXT c) { PNODE n = CONTAINING_RECORD(c->List.Flink, NODE, Link); ${free('n')} }`;
    expect(flow(code)).toEqual({ f: 'a, b' });
  });

  it('a list whose link is the first member, by a cast', () => {
    const code = `void a(PCONTEXT c) { PNODE n = ${A}; InsertTailList(&c->List, &n->Link); } void f(PCONTEXT c) { PNODE n = (PNODE)RemoveHeadList(&c->List); ${free('n')} }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('a list chained by hand', () => {
    const code = `PNODE Head; void a(void) { PNODE n = ${A}; n->Next = Head; Head = n; } void f(void) { while (Head) { PNODE n = Head; Head = n->Next; ${free('n')} } }`;
    expect(flow(code)).toEqual({ f: 'a' });
  });

  it('an array of pointers, in a variable, a member and memory', () => {
    const code = `void a(void) { PVOID v[2]; v[0] = ${A}; ${free('v[1]')} } void b(PCONTEXT c) { c->Slots[1] = ${A}; } void f(PCONTEXT c) { ${free('c->Slots[0]')} }
void d(PCONTEXT c) { c->Table = ${A}; } void e(PCONTEXT c) { c->Table[2] = ${A}; } void g(PCONTEXT c) { ${free('c->Table[1]')} ${free('c->Table')} }`;
    expect(flow(code)).toEqual({ a: 'a', f: 'b', g: 'e; d' });
  });

  it('memory that holds pointers, copied', () => {
    const code = `void a(void) { PVOID *v = ${A}; PVOID w[4]; v[0] = ALLOC(3); RtlCopyMemory(w, v, 8); ${free('w[0]')} }`;
    expect(flow(code)).toEqual({ a: 'a' });
  });
});

describe('in C++', () => {
  it('members of a class, constructors and methods', () => {
    const code = `class Holder { public: Holder(PVOID p) : m_p(p) {} ~Holder() { ${free('m_p')} } void Set() { m_q = ${A}; } void Drop() { ${free('this->m_q')} } PVOID m_p; PVOID m_q; };
void a(void) { Holder h(${A}); }`;
    expect(flow(code)).toMatchObject({ 'Holder::Drop': 'Holder::Set', 'Holder::~Holder': 'a' });
  });

  it('operator new and delete', () => {
    const code = `void *operator new(size_t n, POOL_TYPE t, ULONG tag) { return ExAllocatePoolWithTag(t, n, tag); } void operator delete(void *p) { if (p) ${free('p')} }
struct T { int x; }; void a(void) { T *t = new (PagedPool, TAG) T(); delete t; } void b(void) { T *t = new (PagedPool, TAG) T; t->x = 1; }`;
    expect(flow(code)).toEqual({ 'operator delete': 'a' });
  });
});

describe('through wrappers', () => {
  const wrappers = `static PVOID Get(ULONG n, ULONG tag) { PVOID p = ExAllocatePoolWithTag(PagedPool, n, tag); return p; } static void Put(PVOID context, PVOID p, ULONG tag) { ExFreePoolWithTag(p, tag); }\n`;

  it('that hand the tag on, call by call', () => {
    const code = `${wrappers} void a(void) { PVOID p = Get(1, TAG); Put(0, p, TAG); } void b(PVOID c) { PVOID p = Get(1, TAG); Put(p, Get(3, TAG), TAG); }`;
    expect(flow(code)).toEqual({ a: 'a', b: 'b' });
  });

  it('that give memory by a parameter: no call is told apart', () => {
    const code = `static int Get(PVOID *out, ULONG n, ULONG tag) { *out = ExAllocatePoolWithTag(PagedPool, n, tag); return 1; } void a(void) { PVOID p; Get(&p, 1, TAG); ${free('p')} } void b(void) { PVOID q; Get(&q, 2, TAG); }`;
    expect(flow(code)).toEqual({ a: 'a, b' });
  });

  it('macros', () => {
    const code = `#define FREE(p) do { if (p) { ExFreePoolWithTag(p, TAG); (p) = NULL; } } while (0)\nvoid a(void) { PVOID p = ALLOC(3); FREE(p); } void b(void) { PVOID p = ALLOC(4); FREE(p); }`;
    expect(flow(code)).toEqual({ a: 'a', b: 'b' });
  });
});
