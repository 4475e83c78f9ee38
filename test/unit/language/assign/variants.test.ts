/** Wrappers with a fixed tag take it from their callers: what is written, what is refused, and the way back. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ledgerSites, plannedFiles } from '../../../../language/assign/applyAssignment.ts';
import { type Ledger, ledgerText, parseLedger } from '../../../../language/assign/ledger.ts';
import { namedPhases, notedFiles, recordPhases } from '../../../../language/assign/ledgerPhases.ts';
import { edited } from '../../../../language/assign/ledgerRecord.ts';
import { planRestore, type RestoreScope } from '../../../../language/assign/ledgerRestore.ts';
import { type Assignment, planAssignment } from '../../../../language/assign/rewrite.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import type { AssignParams } from '../../../../language/protocol.ts';
import { tagFromText, tagText } from '../../../../language/tag/poolTag.ts';
import { TagDatabase } from '../../../../language/tag/tagDatabase.ts';

type Files = Readonly<Record<string, string>>;

const TAG = tagFromText('XTag')!;
const ALL: AssignParams = { scope: 'tag', tag: TAG };
const HEADER = "#define TAG 'gaTX'\nPVOID MemGet(SIZE_T Bytes);\n";
const WRAPPER = `#include "m.h"
PVOID MemGet(SIZE_T Bytes)
{
    return ExAllocatePoolWithTag(PagedPool, Bytes, TAG);
}
`;
const CALLERS = `#include "m.h"
void Read(void) { PVOID p = MemGet(1); ExFreePoolWithTag(p, TAG); }
void Send(void) { PVOID p = MemGet(sizeof(int) /* , */); ExFreePoolWithTag(p, TAG); }
`;
const PLAIN: Files = { 'm.h': HEADER, 'm.c': WRAPPER, 'c.c': CALLERS };

function assign(files: Files, params: AssignParams = ALL): Assignment {
  const index = new SiteIndex();
  for (const [name, text] of Object.entries(files)) index.setFile(`/p/${name}`, text);
  const read = (file: string) => {
    const text = files[path.posix.relative('/p', file)];
    return text === undefined ? undefined : { text, version: null };
  };
  return planAssignment({ index, database: new TagDatabase(), liveTags: [], read }, params);
}

const textOf = (files: Files) => (file: string) => files[path.posix.relative('/p', file)];

function textsAfter(files: Files, { result }: Assignment): Files {
  const changed = plannedFiles(result.edit as never, textOf(files));
  return {
    ...files,
    ...Object.fromEntries(
      changed.map(({ path: file, before, edits }) => [path.posix.relative('/p', file), edited(before, edits)]),
    ),
  };
}

/** Tags by function, as a fresh look sees them. */
function tagsIn(files: Files): Record<string, string> {
  const index = new SiteIndex();
  for (const [name, text] of Object.entries(files)) index.setFile(`/p/${name}`, text);
  return Object.fromEntries(index.snapshot().sites.map((s) => [s.function, tagText(s.tag)]));
}

function unsplit(files: Files): string[] {
  return assign(files).result.unsplit.map(({ name, reason }) => `${name}: ${reason}`);
}

function shown(scope: RestoreScope, ledger: Ledger, files: Files) {
  const plan = planRestore(ledger, scope, (file) => files[file]);
  const now = {
    ...files,
    ...Object.fromEntries(plan.files.map(({ file, before, edits }) => [file, edited(before, edits)])),
  };
  return { plan, now };
}

function noted(before: Files, assignment: Assignment, now: Files): Ledger {
  const nameOf = (file: string) => path.posix.relative('/p', file);
  const changed = plannedFiles(assignment.result.edit as never, textOf(before));
  const sites = ledgerSites('/p', assignment.result.assigned, changed);
  const files = notedFiles(changed, nameOf, ({ path: file }) => textOf(now)(file));
  const entries = recordPhases(new Date(0), sites, files, namedPhases(assignment.phases, nameOf));
  return parseLedger(ledgerText({ entries }), 'ledger');
}

const restored = (ledger: Ledger, files: Files) => shown({ scope: 'all' }, ledger, files).now;

describe('a function', () => {
  it('takes the tag from its callers, in definition, prototype and calls; nothing else changes', () => {
    const assignment = assign(PLAIN);
    const now = textsAfter(PLAIN, assignment);
    expect(now['m.h']).toMatch(/PVOID MemGetTagged\(SIZE_T Bytes, ULONG Tag\);\n$/);
    expect(now['m.c']).toBe(
      WRAPPER.replace('MemGet(SIZE_T Bytes)', 'MemGetTagged(SIZE_T Bytes, ULONG Tag)').replace('TAG)', 'Tag)'),
    );
    expect(now['c.c']).toBe(
      CALLERS.replace('MemGet(1)', 'MemGetTagged(1, TAG_READ)')
        .replace('MemGet(sizeof(int)', 'MemGetTagged(sizeof(int), TAG_SEND')
        .replace('TAG); }', 'TAG_READ); }')
        .replace('TAG); }', 'TAG_SEND); }'),
    );
    const tags = tagsIn(now);
    expect(Object.keys(tags)).toEqual(['Read', 'Send']);
    expect(tags.Read).not.toBe(tags.Send);
    expect(
      assignment.result.assigned.map(({ function: name, routine, position }) => [name, routine, position]),
    ).toEqual([
      ['Read', 'ExAllocatePoolWithTag', { line: 1, character: 28 }],
      ['Send', 'ExAllocatePoolWithTag', { line: 2, character: 28 }],
    ]);
  });

  it('stays one site where that is asked for, and for a single site unless all its callers are', () => {
    const keep = textsAfter(PLAIN, assign(PLAIN, { ...ALL, wrappers: 'keep' }));
    expect(tagsIn(keep)).toEqual({ MemGet: 'XTMG' });
    const site = { scope: 'site', uri: 'file:///p/m.c', position: { line: 3, character: 12 } } as const;
    expect(Object.keys(tagsIn(textsAfter(PLAIN, assign(PLAIN, site))))).toEqual(['MemGet']);
    expect(Object.keys(tagsIn(textsAfter(PLAIN, assign(PLAIN, { ...site, wrappers: 'split' }))))).toEqual([
      'Read',
      'Send',
    ]);
  });

  it('that is a macro lets a single caller choose, and the others keep their tag', () => {
    const files = {
      'a.c': `#define TAG 'gaTX'\n#define MEM_GET(n) ExAllocatePoolWithTag(PagedPool, (n), TAG)\nvoid Read(void) { MEM_GET(1); }\nvoid Send(void) { MEM_GET(2); }\n`,
    };
    const site = { scope: 'site', uri: 'file:///p/a.c', position: { line: 3, character: 20 } } as const;
    const now = textsAfter(files, assign(files, site));
    expect(now['a.c']).toContain(
      'void Read(void) { MEM_GET_TAGGED(1, TAG); }\nvoid Send(void) { MEM_GET_TAGGED(2, TAG_SEND); }',
    );
  });

  it('gets a literal from a caller that does not see the name of the tag', () => {
    const files = {
      'm.c': `#define TAG 'gaTX'\n${WRAPPER.replace('#include "m.h"\n', '')}`,
      'c.c': 'PVOID MemGet(SIZE_T Bytes);\nvoid Read(void) { MemGet(1); }\nvoid Send(void) { MemGet(2); }\n',
    };
    const now = textsAfter(files, assign(files));
    expect(now['c.c']).toMatch(/MemGetTagged\(1, '\w{4}'\); \}\nvoid Send\(void\) \{ MemGetTagged\(2, '\w{4}'\)/);
  });

  it('goes on the way its parameters are written', () => {
    const head = 'PVOID NTAPI mem_get(\n    _In_ int zone,\n    _In_ size_t bytes\n    )';
    const files = {
      'm.c': `#define TAG 'gaTX'\n#pragma alloc_text(PAGE, mem_get)\n${head};\n${head}\n{ return ExAllocatePoolWithTag(zone, bytes, TAG); }\nPVOID mem_none(void) { return mem_get(1,\n  2); }\nPVOID a(void) { return mem_get(1, (2)); }\n`,
    };
    const now = textsAfter(files, assign(files))['m.c'];
    expect(now).toContain('alloc_text(PAGE, mem_get_tagged)');
    expect(now.split('_In_ size_t bytes,\n    _In_ ULONG tag\n    )')).toHaveLength(3);
    expect(now).toMatch(/mem_get_tagged\(1,\n {2}2, \w+\)/);
  });

  it('is followed through the functions and macros around it', () => {
    const files = {
      ...PLAIN,
      't.h': '#define MemText(n) MemGet((n) * 2)\n',
      'c.c': `#include "m.h"\n#include "t.h"\nPVOID MemCopy(SIZE_T Bytes) { return MemGet(Bytes); }
void Read(void) { PVOID p = MemCopy(1); ExFreePoolWithTag(p, TAG); }\nvoid Send(void) { PVOID p = MemCopy(2); ExFreePoolWithTag(p, TAG); }
void Write(void) { PVOID p = MemText(1); ExFreePoolWithTag(p, TAG); }\nvoid Ask(void) { PVOID p = MemText(2); ExFreePoolWithTag(p, TAG); }\n`,
    };
    const now = textsAfter(files, assign(files));
    expect(now['t.h']).toBe('#define MemTextTagged(n, tag) MemGetTagged((n) * 2, (tag))\n');
    expect(new Set(Object.values(tagsIn(now))).size).toBe(4);
    expect(Object.keys(tagsIn(now))).toEqual(['Read', 'Send', 'Write', 'Ask']);
  });
});

describe('frees behind one function', () => {
  const put = 'void MemPut(PVOID Address) { ExFreePoolWithTag(Address, TAG); }\n';
  const files: Files = {
    ...PLAIN,
    'c.c': `#include "m.h"\n${put}void Read(void) { PVOID p = MemGet(1); MemPut(p); }\nvoid Send(void) { PVOID p = MemGet(2); MemPut(p); }\n`,
  };

  it('take the tag from their callers too, where one site reaches each', () => {
    const now = textsAfter(files, assign(files));
    expect(now['c.c']).toContain('void MemPutTagged(PVOID Address, ULONG Tag) { ExFreePoolWithTag(Address, Tag); }');
    expect(now['c.c']).toMatch(/MemGetTagged\(1, (TAG_\w+)\); MemPutTagged\(p, \1\)/);
    expect(now['c.c']).toMatch(/MemGetTagged\(2, (TAG_\w+)\); MemPutTagged\(p, \1\)/);
  });

  it('name no tag where that is asked for', () => {
    const now = textsAfter(files, assign(files, { ...ALL, frees: 'untag' }));
    expect(now['c.c']).toContain('void MemPut(PVOID Address) { ExFreePool(Address); }');
    expect(new Set(Object.values(tagsIn(now))).size).toBe(2);
  });

  it('keep the callers together that share one', () => {
    const shared = {
      ...files,
      'c.c': `${files['c.c']}void Both(PVOID q, int i) { PVOID p = i ? MemGet(3) : MemGet(4); MemPut(p); }\n`,
    };
    const { result } = assign(shared);
    const both = result.assigned.filter((site) => site.function === 'Both').map((site) => site.newTag);
    expect(new Set(both).size).toBe(1);
    expect(new Set(result.assigned.map((site) => site.newTag)).size).toBe(3);
  });
});

describe('one tag for all callers stays, with the reason, where', () => {
  const more = (code: string): Files => ({ ...PLAIN, 'd.c': `#include "m.h"\n${code}\n` });
  it.each([
    ['its address is taken', more('void *Table[] = { MemGet };'), 'MemGet: d.c:2 names it without calling it'],
    ['it is defined twice', more('PVOID MemGet(SIZE_T Bytes) { return 0; }'), 'MemGet: d.c:2 defines it too'],
    ['a macro asks for it', more('#ifdef MemGet\n#endif'), 'MemGet: d.c:2 names it without calling it'],
    [
      'it names tags in several calls',
      { ...PLAIN, 'm.c': WRAPPER.replace('return', 'ExAllocatePoolWithTag(PagedPool, 1, TAG); return') },
      'MemGet: it names tags in several calls',
    ],
    [
      'it takes any number of arguments',
      {
        'm.c':
          "#define TAG 'gaTX'\nPVOID MemGet(SIZE_T n, ...) { return ExAllocatePoolWithTag(PagedPool, n, TAG); }\nvoid a(void) { MemGet(1); }\nvoid b(void) { MemGet(1, 2); }\n",
      },
      'MemGet: it takes any number of arguments',
    ],
  ])('%s', (_name, files, reason) => {
    expect(unsplit(files)).toContain(reason);
    expect(JSON.stringify(textsAfter(files, assign(files)))).not.toContain('MemGetTagged');
  });
});

describe('the way back', () => {
  it('gives all back byte for byte, at once or one site after the other in any order', () => {
    const assignment = assign(PLAIN);
    const now = textsAfter(PLAIN, assignment);
    const ledger = noted(PLAIN, assignment, now);
    expect(shown({ scope: 'all' }, ledger, now).now).toEqual(PLAIN);
    const tags = assignment.result.assigned.map(({ newTag }) => tagText(newTag));
    for (const order of [tags, [...tags].reverse()]) {
      let files = now;
      let left = ledger;
      for (const [i, tag] of order.entries()) {
        const { plan, now: next } = shown({ scope: 'newTags', tags: [tag] }, left, files);
        expect(plan.refused).toEqual([]);
        // Until the last of them goes back the wrapper still takes the tag, and every call names one.
        if (i === 0) expect(next['c.c']).toMatch(/MemGetTagged\([^;]*, TAG\b[^_]/);
        files = next;
        left = parseLedger(ledgerText(plan.ledger), 'ledger');
      }
      expect(files).toEqual(PLAIN);
      expect(left.entries).toEqual([]);
    }
  });

  it('stands by its lines after the assignment', () => {
    const files = {
      'all.c': `${HEADER}${WRAPPER.replace('#include "m.h"\n', '')}${CALLERS.replace('#include "m.h"\n', '')}`,
    };
    const assignment = assign(files);
    const now = textsAfter(files, assignment);
    const { entries } = noted(files, assignment, now);
    for (const { line, function: name } of entries.flatMap((entry) => entry.sites))
      expect(now['all.c'].split('\n')[line - 1]).toContain(`void ${name}(`);
  });

  it('is refused while a call that was added needs the variant', () => {
    const assignment = assign(PLAIN);
    const now = textsAfter(PLAIN, assignment);
    const ledger = noted(PLAIN, assignment, now);
    const grown = { ...now, 'c.c': `${now['c.c']}void New(void) { MemGetTagged(3, 0); }\n` };
    const { plan, now: same } = shown({ scope: 'all' }, ledger, grown);
    expect(plan.refused.map(({ reason }) => reason)).toEqual(
      Array(2).fill(expect.stringMatching(/^MemGetTagged is still used in c\.c, line 4/)),
    );
    expect(same).toEqual(grown);
  });

  it('goes as a whole where the preview let only a part through', () => {
    const assignment = assign(PLAIN);
    const now = { ...textsAfter(PLAIN, assignment), 'c.c': CALLERS };
    const ledger = noted(PLAIN, assignment, now);
    expect(ledger.entries).toHaveLength(1);
    expect(shown({ scope: 'all' }, ledger, now).now).toEqual(PLAIN);
  });
});

describe('an allocation without a tag', () => {
  const files = {
    'a.c':
      "#define TAG 'gaTX'\nvoid Old(void) { ExAllocatePoolWithTag(PagedPool, 1, TAG); }\nvoid Read(void) { PVOID p = ExAllocatePool(PagedPool, f(8) /* ( */); ExFreePool(p); }\n",
  };
  const untagged = { scope: 'untagged', uri: 'file:///p/a.c', position: { line: 2, character: 30 } } as const;

  it('gets a tag like those around it, and gives it back', () => {
    const assignment = assign(files, untagged);
    const now = textsAfter(files, assignment);
    expect(now['a.c']).toMatch(/ExAllocatePoolWithTag\(PagedPool, f\(8\), '\w\wTX' \/\* \( \*\/\); ExFreePool\(p\)/);
    expect(assignment.result.assigned.map(({ oldTag }) => tagText(oldTag))).toEqual(['None']);
    expect(restored(noted(files, assignment, now), now)).toEqual(files);
  });

  it('keeps none while a free may name the one that it has', () => {
    const freed = { 'a.c': files['a.c'].replace('ExFreePool(p)', 'ExFreePoolWithTag(p, Of(p))') };
    const { edit, refused } = assign(freed, untagged).result;
    expect(edit).toBeNull();
    expect(refused[0].reason).toContain('with a tag that the sources do not show');
  });
});
