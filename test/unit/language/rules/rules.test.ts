import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { RuleRun } from '../../../../language/rules/ruleRun.ts';
import { DEFAULT_LEVELS, type Levels } from '../../../../language/rules/ruleTable.ts';
import { parseTagFile, TagDatabase } from '../../../../language/tag/tagDatabase.ts';

interface Case {
  readonly levels?: Partial<Levels>;
  readonly pooltag?: string;
}

/** Findings as `file:line rule`, lines from 1; sharing is left out where it is not asked for. */
function findings(files: Readonly<Record<string, string>>, { levels, pooltag = '' }: Case = {}): string[] {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  const database = new TagDatabase(parseTagFile(pooltag, 'pooltag.txt'));
  const run = new RuleRun(
    { index, database, text: (path) => files[path] },
    { ...DEFAULT_LEVELS, 'shared-tag': 'off', ...levels },
  );
  return Object.keys(files).flatMap((path) =>
    run.in(path).map(({ rule, range }) => `${path}:${range.start.line + 1} ${rule}`),
  );
}

const allocate = (tag: string, routine = 'ExAllocatePool2') => `void f(void) { p = ${routine}(PagedPool, 8, ${tag}); }`;

describe('the value of a tag', () => {
  it.for([
    ["'gaTX'", undefined],
    ["'abc'", undefined],
    ['1', 'not-printable'],
    ["'\\200bcd'", 'not-printable'],
    ["'ab\\0c'", 'not-printable'],
    ["'$_-!'", 'no-letter-or-digit'],
    ["' kdD'", 'default-tag'],
    ["' mdW'", 'default-tag'],
  ] as const)('%s: %s', ([tag, rule]) => {
    expect(findings({ '/r/a.c': allocate(tag) })).toEqual(rule ? [`/r/a.c:1 ${rule}`] : []);
  });

  it('is judged once, where it is written, however many sites use it', () => {
    const files = {
      '/r/tags.h': "\n#define BASE_TAG ' kdD'\n#define OTHER_TAG (BASE_TAG)\n",
      '/r/a.c': `#include "tags.h"\n${allocate('BASE_TAG')}\n${allocate('OTHER_TAG')}`,
    };
    expect(findings(files)).toEqual(['/r/tags.h:2 default-tag']);
  });

  it('belongs to somebody else where pooltag.txt says so, unless these are its own sources', () => {
    const pooltag = 'XTag - ntfs.sys - Ntfs\nSenm - <unknown> - Serenum enumerator\n';
    expect(findings({ '/r/a.c': allocate("'gaTX'") }, { pooltag })).toEqual(['/r/a.c:1 known-tag']);
    expect(findings({ '/r/ntfs/a.c': allocate("'gaTX'") }, { pooltag })).toEqual([]);
    expect(findings({ '/r/serenum/a.c': allocate("'mneS'") }, { pooltag })).toEqual([]);
    expect(findings({ '/r/a.c': allocate("'gaTY'") }, { pooltag })).toEqual([]);
  });
});

describe('a tag written forward', () => {
  it('is told by the names around it', () => {
    expect(findings({ '/r/winfsp/a.c': allocate("'Fspx'") })).toEqual([]);
    expect(findings({ '/r/fspdrv/a.c': allocate("'Fspx'") })).toEqual(['/r/fspdrv/a.c:1 forward-tag']);
    expect(findings({ '/r/fspdrv/a.c': allocate("'xpsF'") })).toEqual([]);
    expect(
      findings({ '/r/a.h': "#define QUEUE_TAG 'Queu'", '/r/b.c': `#include "a.h"\n${allocate('QUEUE_TAG')}` }),
    ).toEqual(['/r/a.h:1 forward-tag']);
  });

  it('is told by the tags of its folder, when they begin alike in the source only', () => {
    const three = (tags: readonly string[]) => tags.map((tag) => allocate(tag)).join('\n');
    expect(findings({ '/r/z.c': three(["'NCaq'", "'NCbr'", "'NCcs'"]) })).toHaveLength(3);
    expect(findings({ '/r/z.c': three(["'NCaq'", "'NCbr'"]) })).toEqual([]);
    expect(findings({ '/r/z.c': three(["'aaCN'", "'abCN'", "'acCN'"]) })).toEqual([]);
  });

  it('is not said of numbers, palindromes and tags whose shown form begins a name too', () => {
    expect(findings({ '/r/fspdrv/a.c': allocate('0x46737078') })).toEqual([]);
    expect(findings({ '/r/abba/a.c': allocate("'abba'") })).toEqual([]);
    expect(findings({ '/r/fspdrv/xpsdrv.c': allocate("'Fspx'") })).toEqual([]);
  });
});

describe('calls', () => {
  it('with a string as tag, cast or behind a macro', () => {
    expect(findings({ '/r/a.c': allocate('"XTag"') })).toEqual(['/r/a.c:1 string-as-tag']);
    expect(findings({ '/r/a.c': allocate('(ULONG)"XTag"') })).toEqual(['/r/a.c:1 string-as-tag']);
    expect(findings({ '/r/a.c': `#define T "XTag"\n${allocate('T')}` })).toEqual(['/r/a.c:2 string-as-tag']);
    expect(findings({ '/r/a.c': `#define T "XTag"\nvoid f(ULONG T) { ExAllocatePool2(1, 2, T); }` })).toEqual([]);
  });

  it('with tag 0, but for those of WDF', () => {
    expect(findings({ '/r/a.c': allocate('0') })).toEqual(['/r/a.c:1 tag-zero']);
    expect(findings({ '/r/a.c': `#define NONE 0\n${allocate('NONE')}` })).toEqual(['/r/a.c:2 tag-zero']);
    expect(findings({ '/r/a.c': 'void f(void) { WdfMemoryCreate(a, PagedPool, 0, 8, b, c); }' })).toEqual([]);
  });

  it('without a tag, and of deprecated routines', () => {
    const text = 'void f(void) { p = ExAllocatePool(PagedPool, 8); ExFreePool(p); }';
    expect(findings({ '/r/a.c': text })).toEqual(['/r/a.c:1 untagged-allocation']);
    const levels = { 'deprecated-routine': 'hint', 'untagged-allocation': 'off' } as const;
    expect(findings({ '/r/a.c': text }, { levels })).toEqual(['/r/a.c:1 deprecated-routine']);
    expect(findings({ '/r/a.c': allocate("'gaTX'", 'ExAllocatePoolWithTag') }, { levels })).toHaveLength(1);
    expect(findings({ '/r/a.c': allocate("'gaTX'") }, { levels })).toEqual([]);
  });
});

describe('frees', () => {
  const free = "void g(void) { ExFreePoolWithTag(p, 'eerF'); }";
  it('that name a tag nothing allocates', () => {
    expect(findings({ '/r/a.c': `${allocate("'gaTX'")}\n${free}` })).toEqual(['/r/a.c:2 mismatched-free']);
    expect(findings({ '/r/a.c': free, '/r/b.c': allocate("'eerF'") })).toEqual([]);
    expect(findings({ '/r/a.c': 'void g(void) { ExFreePoolWithTag(p, 0); ExFreePool(p); }' })).toEqual([]);
  });

  const inOne = (body: string) => ({
    '/r/a.c': `${allocate("'aaaa'")}\n${allocate("'bbbb'")}\nvoid g(void) {\n${body}\n}`,
  });
  it.for([
    ["p = ExAllocatePool2(1, 8, 'aaaa'); if (!p) return; use(p);\nExFreePoolWithTag(p, 'bbbb');", true],
    ["x->p = (PFOO)ExAllocatePool2(1, 8, 'aaaa');\nExFreePoolWithTag( x -> p, 'bbbb');", true],
    ["p = ExAllocatePool2(1, 8, 'aaaa'); p = NULL;\nExFreePoolWithTag(p, 'bbbb');", true],
    ["p = ExAllocatePool2(1, 8, 'aaaa');\nExFreePoolWithTag(p, 'aaaa');", false],
    ["p = ExAllocatePool2(1, 8, 'aaaa'); p = other;\nExFreePoolWithTag(p, 'bbbb');", false],
    ["p = ExAllocatePool2(1, 8, 'aaaa'); grow(&p);\nExFreePoolWithTag(p, 'bbbb');", false],
    ["x->p = ExAllocatePool2(1, 8, 'aaaa'); x = next;\nExFreePoolWithTag(x->p, 'bbbb');", false],
    ["q = ExAllocatePool2(1, 8, 'aaaa');\nExFreePoolWithTag(p, 'bbbb');", false],
    [
      "if (a) p = ExAllocatePool2(1, 8, 'bbbb'); else p = ExAllocatePool2(1, 8, 'aaaa');\nExFreePoolWithTag(p, 'bbbb');",
      false,
    ],
  ] as const)('of one function are held against its allocations: %s %s', ([body, isWrong]) => {
    expect(findings(inOne(body))).toEqual(isWrong ? ['/r/a.c:5 mismatched-free'] : []);
  });

  it('are judged by driver where projects tell drivers apart', () => {
    const project = (kind: string, file: string) =>
      `<ConfigurationType>${kind}</ConfigurationType><ClCompile Include="${file}" />`;
    const files = (kind: string) => ({
      '/r/one/one.vcxproj': project('Driver', '../src/a.c'),
      '/r/two/two.vcxproj': project(kind, '../src/b.c'),
      '/r/src/a.c': free,
      '/r/src/b.c': allocate("'eerF'"),
    });
    expect(findings(files('Driver'))).toEqual(['/r/src/a.c:1 mismatched-free']);
    expect(findings(files('StaticLibrary'))).toEqual([]);
    // Another driver's unknown tag in the same folder does not excuse this one.
    const unknown = { ...files('Driver'), '/r/src/b.c': 'void h(void) { ExAllocatePool2(1, 8, Globals->Tag); }' };
    expect(findings(unknown)).toEqual(['/r/src/a.c:1 mismatched-free']);
  });

  it('stay unsaid where the memory may come from an unknown tag nearby, or from the system', () => {
    const unknown = 'void h(void) { ExAllocatePool2(1, 8, Globals->Tag); }';
    const zero = 'void h(void) { ExAllocatePool2(1, 8, 0); }';
    expect(findings({ '/r/a.c': free, '/r/b.c': zero })).toContain('/r/a.c:1 mismatched-free');
    expect(findings({ '/r/d/sys/a.c': free, '/r/d/lib/b.c': unknown })).toEqual([]);
    expect(findings({ '/r/d/sys/a.c': free, '/r/other/sys/b.c': unknown })).toEqual(['/r/d/sys/a.c:1 mismatched-free']);
    expect(findings({ '/r/a.c': free }, { pooltag: 'Free - nt!mm - Memory\n' })).toEqual([]);
    expect(findings({ '/r/a.c': "void g(void) { ExFreePoolWithTag(ranges, 'hPmM'); }" })).toEqual([]);
  });
});

it('a shared tag names the other sites', () => {
  const index = new SiteIndex();
  index.setFile('/r/a.c', `${allocate("'gaTX'")}\nvoid g(void) { ExAllocatePool2(1, 2, 'gaTX'); }`);
  const run = new RuleRun({ index, database: new TagDatabase(), text: () => undefined }, DEFAULT_LEVELS);
  expect(run.in('/r/a.c')).toMatchObject([
    { rule: 'shared-tag', related: [{ message: 'ExAllocatePool2 in g' }] },
    { rule: 'shared-tag', related: [{ message: 'ExAllocatePool2 in f' }] },
  ]);
});
