import { describe, expect, it } from 'vitest';
import { AssignmentPlanner, type SharedFrees } from '../../../../language/assign/plan.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { tagFromText, tagText } from '../../../../language/tag/poolTag.ts';
import { TagDatabase } from '../../../../language/tag/tagDatabase.ts';

const TAG = tagFromText('XTag')!;
const A = 'ExAllocatePoolWithTag(PagedPool, 8, TAG)';
const free = (what: string) => `ExFreePoolWithTag(${what}, TAG);`;
/** Two sites, each with a free of its own. */
const APART = `void a(void) { PVOID p = ${A}; ${free('p')} }\nvoid b(void) { PVOID p = ${A}; ${free('p')} }\n`;
/** Two sites with one free for both. */
const SHARED = `static void put(PVOID p) { ${free('p')} }\nvoid c(void) { put(${A}); }\nvoid d(void) { put(${A}); }\n`;

function plan(code: string, frees: SharedFrees = 'together', insist = false, only?: string) {
  const text = `#define TAG 'gaTX'\n${code}`;
  const index = new SiteIndex();
  index.setFile('/p/a.c', text);
  const read = () => ({ text, version: null });
  const planner = new AssignmentPlanner({ index, database: new TagDatabase(), liveTags: [], read });
  const targets = index.sitesOf(TAG).filter(({ site }) => only === undefined || site.function === only);
  const { assigned, frees: followed, refused, edits } = planner.plan({ targets, frees, insist });
  let after = text;
  for (const [, , changes] of edits.changed())
    for (const { offset, end, text: put } of [...changes].reverse())
      after = after.slice(0, offset) + put + after.slice(end);
  return {
    assigned: assigned.map((a) => `${a.indexed.site.function} ${a.together}`),
    tags: new Map(assigned.map((a) => [a.indexed.site.function, tagText(a.newTag)])),
    frees: followed.map((f) => `${f.indexed.free.function} ${f.action} ${f.newTag === null ? '-' : tagText(f.newTag)}`),
    refused: refused.map((r) => r.reason),
    after,
  };
}

describe('a free', () => {
  it('gets the tag of the one site that reaches it', () => {
    const { assigned, tags, frees, refused } = plan(APART);
    expect(assigned).toEqual(['a 1', 'b 1']);
    expect(frees).toEqual([`a retagged ${tags.get('a')}`, `b retagged ${tags.get('b')}`]);
    expect(refused).toEqual([]);
  });

  it('of several sites keeps them together under one new tag', () => {
    const { assigned, tags, frees } = plan(APART + SHARED);
    expect(assigned).toEqual(['a 1', 'b 1', 'c 2', 'd 2']);
    expect(tags.get('c')).toBe(tags.get('d'));
    expect(frees).toContain(`put retagged ${tags.get('c')}`);
  });

  it('of several sites names no tag any more where that is asked for', () => {
    const { assigned, frees, after } = plan(APART + SHARED, 'untag');
    expect(assigned).toEqual(['a 1', 'b 1', 'c 1', 'd 1']);
    expect(frees).toContain('put untagged -');
    expect(after).toContain('static void put(PVOID p) { ExFreePool(p); }');
  });

  it('takes the sites along that share it with a single one', () => {
    expect(plan(APART + SHARED, 'together', false, 'c').assigned).toEqual(['c 2', 'd 2']);
    expect(plan(APART + SHARED, 'together', false, 'a').assigned).toEqual(['a 1']);
  });

  it('in a macro changes with it: to the tag of the one site behind it, or to none', () => {
    const drop = `#define DROP(p) ExFreePoolWithTag((p), TAG)\nvoid g(void) { PVOID p = ${A}; DROP(p); }\n`;
    const one = plan(APART + drop);
    expect(one.assigned).toEqual(['a 1', 'b 1', 'g 1']);
    expect(one.after).toMatch(/#define DROP\(p\) ExFreePoolWithTag\(\(p\), TAG_G\)\n/);
    const two = `${APART}${drop}void h(void) { PVOID p = ${A}; DROP(p); }\n`;
    expect(plan(two).assigned).toEqual(['a 1', 'b 1', 'g 2', 'h 2']);
    const { assigned, after } = plan(two, 'untag');
    expect(assigned).toEqual(['a 1', 'b 1', 'g 1', 'h 1']);
    expect(after).toContain('#define DROP(p) ExFreePool((p))\n');
  });

  it('in a macro that also frees what is not known keeps its tag, unless it names none any more', () => {
    const drop = `#define DROP(p) ExFreePoolWithTag(p, TAG)\nvoid g(void) { PVOID p = ${A}; DROP(p); }\nvoid q(void) { PVOID x; DROP(x); }\n`;
    expect(plan(APART + drop).assigned).toEqual([]);
    expect(plan(APART + drop, 'untag').assigned).toEqual(['a 1', 'b 1', 'g 1']);
  });

  it('by NDIS loses its tag with the arguments that its untagged form takes', () => {
    const code = `${APART}static void put(PVOID p) { NdisFreeMemoryWithTag(p, TAG); }
PVOID get(void) { PVOID p; NdisAllocateMemoryWithTag(&p, 8, TAG); return p; } void c(void) { put(${A}); } void d(void) { put(${A}); }`;
    expect(plan(code, 'untag').after).toContain('NdisFreeMemory(p, 0, 0);');
  });
});

describe('refused, with the reason', () => {
  it('all sites behind one free', () => {
    const { assigned, refused, after } = plan(SHARED);
    expect(assigned).toEqual([]);
    expect(refused).toEqual(Array(2).fill(expect.stringContaining('frees the memory of all 2 sites')));
    expect(after).toContain(A);
  });

  it('sites without a free while one is without a site, unless insisted on', () => {
    const code = `${APART}void e(void) { PVOID p = ${A}; p = 0; }\nvoid f(PVOID q) { ${free('q')} }\n`;
    const { assigned, frees, refused } = plan(code);
    expect(assigned).toEqual(['a 1', 'b 1']);
    expect(frees).toContain('f left XTag');
    expect(refused).toEqual([expect.stringContaining('names this tag, and what it frees is not known')]);
    expect(plan(code, 'together', true).assigned).toEqual(['a 1', 'b 1', 'e 1']);
  });

  it('every site while nothing is seen to reach a free', () => {
    const { assigned, refused } = plan(`${APART}void f(void) { PVOID q; ${free('q')} }\n`);
    expect(assigned).toEqual([]);
    expect(refused).toHaveLength(2);
  });

  it('memory freed with a tag that the sources do not show', () => {
    const code = `${APART}struct H { ULONG Tag; };\nvoid g(struct H *h) { PVOID p = ${A}; ExFreePoolWithTag(p, h->Tag); }\n`;
    const { assigned, refused } = plan(code);
    expect(assigned).toEqual(['a 1', 'b 1']);
    expect(refused).toEqual([expect.stringContaining('with a tag that the sources do not show')]);
  });

  it('a macro’s free whose tag means another one elsewhere', () => {
    const drop = '#define DROP(p) ExFreePoolWithTag(p, OWN)\n';
    const index = new SiteIndex();
    const texts = new Map([
      ['/p/drop.h', drop],
      [
        '/p/a.c',
        `#define TAG 'gaTX'\n#define OWN TAG\n#include "drop.h"\n${APART}void g(void) { PVOID p = ${A}; DROP(p); }\n`,
      ],
      [
        '/p/b.c',
        `#define OWN 'rhtO'\n#include "drop.h"\nvoid h(void) { PVOID p = ExAllocatePoolWithTag(PagedPool, 8, OWN); DROP(p); }\n`,
      ],
    ]);
    for (const [path, text] of texts) index.setFile(path, text);
    const read = (path: string) => ({ text: texts.get(path)!, version: null });
    const planner = new AssignmentPlanner({ index, database: new TagDatabase(), liveTags: [], read });
    const { refused } = planner.plan({ targets: index.sitesOf(TAG), frees: 'together', insist: false });
    expect(refused.map((r) => r.reason)).toEqual([expect.stringContaining('where it means another tag for b.c:3')]);
  });

  it('a tag in a local constant, and what shares a free with it', () => {
    const code = `${APART}static void put(PVOID p) { ${free('p')} }\nvoid g(void) { const ULONG t = TAG; put(ExAllocatePoolWithTag(PagedPool, 8, t)); }\nvoid h(void) { put(${A}); }\n`;
    const { assigned, refused } = plan(code);
    expect(assigned).toEqual(['a 1', 'b 1']);
    expect(refused).toEqual([
      expect.stringContaining("the local constant 't'"),
      expect.stringMatching(/^It shares a free with a\.c:\d+, which keeps its tag/),
    ]);
  });
});

describe('C++', () => {
  const owner = (name: string, base = '') => `class ${name}${base} {
public:
  static void *operator new(size_t n) { return ExAllocatePoolWithTag(PagedPool, n, TAG); }
  static void operator delete(void *p) { ExFreePoolWithTag(p, TAG); }
  int x;
};
void use${name}(void) { ${name} *p = new ${name}; delete p; }
`;

  it('a class’s own operators free what they allocated', () => {
    expect(plan(owner('One') + owner('Two')).assigned).toEqual(['One::operator new 1', 'Two::operator new 1']);
  });

  it('what is deleted may be of a class below', () => {
    const virtual = 'void drop(One *p) { delete p; }\nvoid make(void) { drop(new Two); }\n';
    const { assigned, refused } = plan(owner('One') + owner('Two', ' : public One') + virtual);
    expect(assigned).toEqual([]);
    expect(refused).toEqual(Array(2).fill(expect.stringContaining('frees the memory of all 2 sites')));
  });

  const buffer = `template <ULONG Tag> class Buffer {
public:
  ~Buffer() { if (m_data) ExFreePoolWithTag(m_data, Tag); }
  bool Assign(int n) { m_data = ExAllocatePoolWithTag(PagedPool, n, Tag); return m_data != 0; }
private:
  void *m_data;
};
`;
  it('a template’s free belongs to its use', () => {
    const use = 'struct Rec { Buffer<TAG> Name; };\nvoid f(Rec *r) { r->Name.Assign(1); }\n';
    const { assigned, frees, refused } = plan(APART + buffer + use);
    expect(refused).toEqual([]);
    expect(assigned).toEqual(['a 1', 'b 1', 'Rec 1']);
    expect(frees).toHaveLength(3);
  });

  it('several uses of a template stay together: memory may pass between them', () => {
    const use =
      'struct Rec { Buffer<TAG> Name; };\nstruct Doc { Buffer<TAG> Text; };\nvoid f(Rec *r, Doc *d) { r->Name.Assign(1); d->Text.Assign(2); }\n';
    expect(plan(APART + buffer + use).assigned).toEqual(['a 1', 'b 1', 'Rec 2', 'Doc 2']);
  });
});
