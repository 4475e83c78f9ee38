import { describe, expect, it } from 'vitest';
import { POOL_ROUTINES } from '../../../../language/scan/allocators.ts';
import { WordSearch } from '../../../../language/scan/candidates.ts';
import { summarize } from '../../../../language/scan/summarize.ts';

const calls = (text: string) =>
  summarize(text).calls.map(
    (c) => `${c.range.start.line + 1} ${c.routine} ${c.tag?.text ?? '-'} in ${c.function || '-'}`,
  );

describe('table of routines', () => {
  it('names each routine once, with the tag among its parameters', () => {
    expect(new Set(POOL_ROUTINES.map((r) => r.name)).size).toBe(POOL_ROUTINES.length);
    for (const r of POOL_ROUTINES) if (r.tagArgument !== null) expect(r.tagArgument).toBeLessThan(r.parameters);
  });

  it.each(POOL_ROUTINES.map((r) => [r.name, r] as const))('finds %s', (name, routine) => {
    const list = Array.from({ length: routine.parameters }, (_, i) => (i === routine.tagArgument ? "'gaTX'" : `a${i}`));
    const [call] = summarize(`void f(void) { x = ${name}(${list.join(', ')}); }`).calls;
    expect(call).toMatchObject({ routine: name, action: routine.action, function: 'f' });
    expect(call.tag?.text).toBe(routine.tagArgument === null ? undefined : "'gaTX'");
  });
});

describe('conditions', () => {
  const only = (text: string) => summarize(text).definitions.map(({ name }) => name);

  it('leave out what is for other systems and byte orders', () => {
    const text = `
#ifdef __linux__
#define A 'a'
#elif defined(__APPLE__) || defined __FreeBSD__
#define B 'b'
#else
#define C 'c'
#endif
#if REG_DWORD == REG_DWORD_BIG_ENDIAN
#define D 'd'
#elif REG_DWORD == REG_DWORD_LITTLE_ENDIAN
#define E 'e'
#else
#define F 'f'
#endif
#if defined(_WIN32) && !defined(__linux__)
#define G 'g'
#else
#define H 'h'
#endif
#ifndef _WIN32
#define I 'i'
#endif`;
    expect(only(text)).toEqual(['C', 'E', 'G']);
  });

  it('keep every branch that depends on the build', () => {
    const text = `
#if defined(__linux__) || NTDDI_VERSION >= NTDDI_WIN8
#define A 'a'
#else
#define B 'b'
#endif
#ifdef _WIN32
#ifdef DBG
#define C 'c'
#else
#define D 'd'
#endif
#endif
#if (1 == _WIN32_WINNT) + 2
#define E 'e'
#endif`;
    expect(only(text)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('do not join the functions of two branches', () => {
    const text = `
#if DBG
void first(int a) { x = a ? (b) : 1; }
void *take(ULONG Tag) { return ExAllocatePool2(F, n, Tag); }
#else
void *take(ULONG Tag)
{
  return ExAllocatePool2(F, n + 1, Tag);
}
int other = (1) ? (2) : 3;
#endif
void *next(ULONG T) { return ExAllocatePool2(F, n, T); }`;
    expect(summarize(text).calls.map((c) => [c.function, c.enclosing?.parameters])).toEqual([
      ['take', ['Tag']],
      ['take', ['Tag']],
      ['next', ['T']],
    ]);
  });
});

describe('what is no call', () => {
  it('comments, strings, raw strings and character constants', () => {
    const text = `
void f() {
  // ExAllocatePoolWithTag(a, b, 'x') \\
     ExAllocatePoolWithTag(a, b, 'continued');
  /* ExAllocatePoolWithTag(a, b, 'x') */
  s = "ExAllocatePoolWithTag(a, b, 'x')";
  s = "\\"ExAllocatePoolWithTag(a, b, 'x')";
  s = R"x(ExAllocatePoolWithTag(a, b, 'x') )" )x";
  c = '"'; d = '\\''; e = 1'000'000;
  p = ExAllocatePoolWithTag(a, b, 'real');
}`;
    expect(calls(text)).toEqual(["10 ExAllocatePoolWithTag 'real' in f"]);
  });

  it('prototypes, addresses, members and other people’s qualified names', () => {
    const text = `
NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTag(_In_ POOL_TYPE PoolType, SIZE_T n, ULONG Tag);
#define ExAllocatePoolWithTag(a, b, c) MyAllocate(a, b, c)
#define ExAllocatePool(a, b) ExAllocatePoolWithTag(a, b, ' kdD')
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T n, ULONG Tag) { return 0; }
void f() {
  table.ExAllocatePool2(a, b, 'x'); table->ExAllocatePool2(a, b, 'x'); Other::ExAllocatePool2(a, b, 'x');
  p = &ExAllocatePool2; q = ExAllocatePool2;
  r = ::ExAllocatePool2(a, b, 'good');
  PVOID ExAllocatePoolWithTag(int, int, int);
}`;
    expect(calls(text)).toEqual(["4 ExAllocatePoolWithTag ' kdD' in ExAllocatePool", "9 ExAllocatePool2 'good' in f"]);
  });

  it('#if 0 with apostrophes in it; the other branches stay', () => {
    const text = `
void f(void) {
#if 0
  don't call ExAllocatePool2(a, b, 'dead');
#if X
  ExAllocatePool2(a, b, 'dead');
#endif
#else
  ExAllocatePool2(a, b, 'kept');
#endif
#if 1
  ExAllocatePool2(a, b, 'one1');
#else
  ExAllocatePool2(a, b, 'dead');
#endif
#ifdef A
  ExAllocatePool2(a, b, 'ifA_');
#elif B
  ExAllocatePool2(a, b, 'ifB_');
#else
  ExAllocatePool2(a, b, 'else');
#endif
}`;
    expect(calls(text)).toEqual([
      "9 ExAllocatePool2 'kept' in f",
      "12 ExAllocatePool2 'one1' in f",
      "17 ExAllocatePool2 'ifA_' in f",
      "19 ExAllocatePool2 'ifB_' in f",
      "21 ExAllocatePool2 'else' in f",
    ]);
  });
});

describe('calls', () => {
  it('over several lines, with nested calls, comments and branches among the arguments', () => {
    const text = `
void f(void) {
  p = ExAllocatePoolWithTag(
#if NEW
        NonPagedPoolNx,
#else
        NonPagedPool,
#endif
        sizeof(X) + g(a, b), // size, 'not'
        /* tag */ (ULONG)'gaTX'
      );
}`;
    const [call] = summarize(text).calls;
    expect(call.tag?.text).toBe("(ULONG)'gaTX'");
    expect(call.tag?.range).toEqual({ start: { line: 9, character: 18 }, end: { line: 9, character: 31 } });
    expect(call.pool).toBe('nonpaged');
    expect(call.lineText).toBe('p = ExAllocatePoolWithTag(');
  });

  it('with CRLF and text outside ASCII before them, in UTF-16 units', () => {
    const text = '/* äö😀 */ void f(void)\r\n{\r\n\t/*😀*/ ExFreePoolWithTag(p, TAG);\r\n}\r\n';
    const [call] = summarize(text).calls;
    expect(call.range).toEqual({ start: { line: 2, character: 8 }, end: { line: 2, character: 25 } });
    expect(text.slice(call.tag!.start, call.tag!.start + 3)).toBe('TAG');
  });

  it('in macro bodies belong to the macro', () => {
    const text = `
#define Alloc(n) \\
    ExAllocatePoolWithTag(PagedPool, (n), TAG)
#define AllocTagged(n, t) ExAllocatePoolWithTag(PagedPool, (n), t)
#define TAG 'gaTX' // ExAllocatePool2(a, b, 'no')
`;
    const summary = summarize(text);
    expect(summary.calls).toMatchObject([
      { function: 'Alloc', inMacro: true, hidden: ['n'], pool: 'paged', range: { start: { line: 2, character: 4 } } },
      { function: 'AllocTagged', hidden: ['n', 't'] },
    ]);
    expect(summary.definitions.find((d) => d.name === 'TAG')?.body).toBe("'gaTX'");
  });

  it('of placement new and of tag fields', () => {
    const text = `
void C::Make() {
  p = new (NonPagedPoolNx, TAG) Thing(1);
  q = new (POOL_FLAG_PAGED, 'gaTX') Thing[3];
  r = new (memory) Thing;
  s = new (m_Pool, MY_TAG) Thing;
  config.DriverPoolTag = TAG;
  parameters->PoolTag = 'gaTX';
  if (config.PoolTag == TAG) return;
}`;
    expect(summarize(text).calls.map((c) => [c.routine, c.tag?.text, c.pool, c.function])).toEqual([
      ['new', 'TAG', 'nonpaged', 'C::Make'],
      ['new', "'gaTX'", 'paged', 'C::Make'],
      ['new', 'MY_TAG', 'unknown', 'C::Make'],
      ['DriverPoolTag', 'TAG', 'unknown', 'C::Make'],
      ['PoolTag', "'gaTX'", 'nonpaged', 'C::Make'],
    ]);
  });
});

describe('tables', () => {
  it('of filter contexts: the fifth member of each row', () => {
    const text = `
const FLT_CONTEXT_REGISTRATION Contexts[] = {
#if VISTA
  { FLT_TRANSACTION_CONTEXT, 0, Cleanup, sizeof(A), 'xtaA' },
#endif
  { FLT_VOLUME_CONTEXT,
    0,
    (PFLT_CLEANUP)Cleanup,
    sizeof(B),
    VOLUME_TAG,
    NULL, NULL, NULL },
  { FLT_CONTEXT_END }
};
void f(void) { ExAllocatePool2(a, b, 'next'); }`;
    expect(calls(text)).toEqual([
      "4 FLT_CONTEXT_REGISTRATION 'xtaA' in -",
      '6 FLT_CONTEXT_REGISTRATION VOLUME_TAG in -',
      "14 ExAllocatePool2 'next' in f",
    ]);
  });
});

describe('enclosing functions', () => {
  const functionOf = (head: string) =>
    summarize(`int before;\n${head} { ExAllocatePool2(a, b, c); }`).calls[0]?.function;

  it.each([
    ['NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r)', 'DriverEntry'],
    ['_Use_decl_annotations_\nNTSTATUS\nRead(_In_ PIRP Irp, _Out_writes_bytes_(n) PVOID p)', 'Read'],
    ['_IRQL_requires_max_(DISPATCH_LEVEL) _Success_(return != 0) static BOOLEAN Check(int a)', 'Check'],
    ['extern "C" NTSTATUS Entry(void)', 'Entry'],
    ['void NetKvm::Queue::Grow(ULONG n) noexcept', 'NetKvm::Queue::Grow'],
    ['Queue::Queue(int n) : m_n(n), m_p(0)', 'Queue::Queue'],
    ['Queue::~Queue()', 'Queue::~Queue'],
    ['template <typename T> T* Pool<T>::Get(int n) const', 'Pool::Get'],
    ['void* __cdecl operator new(size_t n, POOL_TYPE t, ULONG tag)', 'operator new'],
    ['static FORCEINLINE PVOID\n__AllocatePool(int a)', '__AllocatePool'],
    ['int old(a, b) int a; char *b;', 'old'],
    ['__declspec(noinline) void Plain()', 'Plain'],
    ['void Guarded(int a) LOCKS_EXCLUDED(lock)', 'Guarded'],
  ])('%s', (head, expected) => {
    expect(functionOf(head)).toBe(expected);
  });

  it('within namespaces, extern "C" and classes', () => {
    const text = `
#ifdef __cplusplus
extern "C" {
#endif
namespace a { namespace b {
class Foo : public Base<int> { public: void* Get() { return ExAllocatePool2(a, b, c); } int x = 3; };
void g() { ExAllocatePool2(a, b, c); }
} }
#ifdef __cplusplus
}
#endif
static const TABLE t[] = { { 1, f }, { 2, g } };
void h() { if (x) { } ExAllocatePool2(a, b, c); }`;
    expect(summarize(text).calls.map((c) => c.function)).toEqual(['Foo::Get', 'g', 'h']);
  });

  it('survive braces that differ between #if branches', () => {
    const text = `
void f(void) {
#ifdef A
  if (a) {
#else
  if (b) {
#endif
    ExAllocatePool2(a, b, c);
  }
}
void g(void) { ExAllocatePool2(a, b, c); }`;
    expect(summarize(text).calls.map((c) => c.function)).toEqual(['f', 'g']);
  });

  it('tell which names are parameters and locals', () => {
    const text = `
void f(ULONG Tag) { ExAllocatePool2(a, b, Tag); }
void g(void) { const ULONG tag = 'gaTX'; ExAllocatePool2(a, b, tag); }
void h(void) { ULONG tag = pick(); ExAllocatePool2(a, b, tag); }
void i(void) { return TAG; ExAllocatePool2(a, b, TAG); }`;
    expect(summarize(text).calls.map((c) => [c.hidden, c.localConstant])).toEqual([
      [['Tag'], null],
      [['tag'], "'gaTX'"],
      [['tag'], null],
      [[], null],
    ]);
  });
});

describe('definitions', () => {
  it('are macros, constants and enumerators', () => {
    const { definitions } = summarize(`
#define A 'aaaa'
#  define B ((ULONG) 'bbbb')   /* note */
#define SWAP(x, y) ((x) << 8 | (y))
#define EMPTY
static const ULONG kC = 'cccc', kD = 'dddd';
constexpr ULONG kE{0x65656565};
enum Tags { F = 'ffff', G = 1 };
ULONG gGlobal = 'gggg';
class X { static constexpr ULONG Tag = 'xxxx'; };
void f() { int local = 'nono'; }
`);
    expect(definitions.map((d) => [d.name, d.kind, d.body])).toEqual([
      ['A', 'macro', "'aaaa'"],
      ['B', 'macro', "((ULONG) 'bbbb')"],
      ['SWAP', 'function', '((x) << 8 | (y))'],
      ['kC', 'constant', "'cccc'"],
      ['kD', 'constant', "'dddd'"],
      ['kE', 'constant', '0x65656565'],
      ['F', 'enumerator', "'ffff'"],
      ['gGlobal', 'constant', "'gggg'"],
      ['Tag', 'constant', "'xxxx'"],
    ]);
  });

  it('and includes are found in files without any call', () => {
    const summary = summarize(
      '/*\n#include "no.h"\n*/\n#include <wdm.h> // x\n  # include "a/b.h"\nchar *s = "\\\n#include \\"no.h\\"";\n',
    );
    expect(summary.includes).toEqual([{ path: 'wdm.h' }, { path: 'a/b.h' }]);
  });
});

it('a search for names passes over an empty one', () => {
  const found: string[] = [];
  new WordSearch(['', 'b']).run('a b c b', (name, offset) => found.push(`${name}${offset}`) > 0);
  expect(found).toEqual(['b2', 'b6']);
});
