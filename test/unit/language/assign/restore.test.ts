/** What was assigned is taken back: all, in part, after other edits, and not where that would be wrong. */
import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerSite } from '../../../../language/assign/ledger.ts';
import { ledgerText, parseLedger } from '../../../../language/assign/ledger.ts';
import { appliedEdits, type PlannedEdit, recordAssignment } from '../../../../language/assign/ledgerRecord.ts';
import { planRestore, type RestoreScope } from '../../../../language/assign/ledgerRestore.ts';

type Files = Record<string, string>;

const HEADER = "#pragma once\r\n#define TAG\t'lpmX'\r\n#define OTHER 1\r\n";
const SOURCE = [
  '#include "x.h"',
  'void *Read(void)',
  '{',
  '    void *p = Alloc(16, TAG);',
  '    if (!p)',
  '        return 0;',
  '    Fill(p);',
  '    return p;',
  '}',
  'void Drop(void *p)',
  '{',
  '    ExFreePoolWithTag(p, TAG);',
  '}',
  'void *Write(void)',
  '{',
  '    return Get(32);',
  '}',
  'void Done(void *p)',
  '{',
  '    ExFreePoolWithTag(p, TAG);',
  '}',
  '',
].join('\n');

/** `[what stands there, what comes, which occurrence]` */
type Step = readonly [old: string, text: string, occurrence?: number];

function planned(text: string, steps: readonly Step[]): PlannedEdit[] {
  return steps
    .map(([old, put, occurrence = 0]) => {
      let start = -1;
      for (let i = 0; i <= occurrence; i++) start = text.indexOf(old, start + 1);
      if (start < 0) throw new Error(`no '${old}'`);
      // Lines put in: `old` is what they stand behind.
      if (put.startsWith(old) && put.includes('\n'))
        return { start: start + old.length, end: start + old.length, text: put.slice(old.length) };
      return { start, end: start + old.length, text: put };
    })
    .sort((a, b) => a.start - b.start);
}

function applied(text: string, edits: readonly PlannedEdit[]): string {
  let result = text;
  for (const { start, end, text: put } of [...edits].reverse())
    result = result.slice(0, start) + put + result.slice(end);
  return result;
}

const site = (fn: string, tag: string): LedgerSite => ({
  file: 'x.c',
  line: 1,
  function: fn,
  routine: 'Alloc',
  old: 'Xmpl',
  new: tag,
});

/** Two sites: one by its name, one through a new variant of its wrapper; a free of the first, and one for both. */
function assign(before: Files = { 'x.h': HEADER, 'x.c': SOURCE, 'get.h': 'void *Get(int n);\n' }): {
  before: Files;
  after: Files;
  ledger: Ledger;
} {
  const steps: Record<string, Step[]> = {
    'x.h': [["'lpmX'", "'lpmX'\r\n#define TAG_READ\t'dRmX'\r\n#define TAG_WRITE\t'rWmX'"]],
    'x.c': [
      ['TAG)', 'TAG_READ)'],
      ['TAG)', 'TAG_READ)', 1],
      ['Get(32', 'GetTagged(32, TAG_WRITE'],
      ['ExFreePoolWithTag(p, TAG', 'ExFreePool(p', 1],
    ],
    'get.h': [['void *Get(int n);', 'void *Get(int n);\nvoid *GetTagged(int n, unsigned tag);']],
  };
  const files = Object.entries(before).map(([file, text]) => {
    const edits = planned(text, steps[file]);
    return { file, before: text, after: applied(text, edits), edits };
  });
  const entry = recordAssignment(new Date(0), [site('Read', 'XmRd'), site('Write', 'XmWr')], files);
  const ledger = parseLedger(ledgerText({ entries: [entry] }), 'ledger');
  return { before, after: Object.fromEntries(files.map(({ file, after }) => [file, after])), ledger };
}

function restore(ledger: Ledger, files: Files, scope: RestoreScope = { scope: 'all' }) {
  const plan = planRestore(ledger, scope, (file) => files[file]);
  const after = { ...files };
  for (const { file, before, edits } of plan.files) {
    expect(before).toBe(files[file]);
    after[file] = applied(before, edits);
  }
  return { ...plan, after };
}

test('everything comes back, byte for byte', () => {
  const { before, after, ledger } = assign();
  const result = restore(ledger, after);
  expect(result.after).toEqual(before);
  expect(result).toMatchObject({ refused: [], left: [], ledger: { entries: [] } });
  expect(result.restored.map((s) => s.function)).toEqual(['Read', 'Write']);
});

describe('in part', () => {
  test('one site with its free and its name; the rest stays, and comes back later', () => {
    const { before, after, ledger } = assign();
    const first = restore(ledger, after, { scope: 'newTags', tags: ['XmRd'] });
    expect(first.restored.map((s) => s.function)).toEqual(['Read']);
    expect(first.after['x.c']).toContain('Alloc(16, TAG)');
    expect(first.after['x.h']).toBe(`${HEADER.replace("'lpmX'", "'lpmX'\r\n#define TAG_WRITE\t'rWmX'")}`);
    expect(first.after['get.h']).toBe(after['get.h']);
    // The free for both stays untagged while one of them has another tag.
    expect(first.after['x.c']).toContain('ExFreePool(p)');
    const second = restore(first.ledger, first.after);
    expect(second.after).toEqual(before);
    expect(second.ledger.entries).toEqual([]);
  });

  test('a variant goes with the last of its callers', () => {
    const { before, after, ledger } = assign();
    const result = restore(ledger, after, { scope: 'newTags', tags: ['XmWr'] });
    expect(result.after['get.h']).toBe(before['get.h']);
    expect(result.after['x.c']).toContain('return Get(32);');
    expect(result.after['x.c']).toContain('Alloc(16, TAG_READ)');
  });

  test('by old tag and by folder', () => {
    const { before, after, ledger } = assign();
    expect(restore(ledger, after, { scope: 'oldTag', tag: 'Xmpl' }).after).toEqual(before);
    expect(restore(ledger, after, { scope: 'oldTag', tag: 'Else' }).after).toEqual(after);
    expect(restore(ledger, after, { scope: 'folder', folder: '' }).after).toEqual(before);
    expect(restore(ledger, after, { scope: 'folder', folder: 'src' }).after).toEqual(after);
  });
});

describe('after other edits', () => {
  test('lines moved, functions in another order, indented anew', () => {
    const { before, after, ledger } = assign();
    const move = (text: string) => {
      const at = text.indexOf('void *Write');
      const end = text.indexOf('void Done');
      const moved = text.slice(0, at) + text.slice(end);
      return `/* new */\n${text.slice(at, end).replaceAll('    ', '\t')}${moved}int more;\n`;
    };
    const edited = { ...after, 'x.c': move(after['x.c']) };
    const result = restore(ledger, edited);
    expect(result.left).toEqual([]);
    expect(result.after).toEqual({ ...before, 'x.c': move(before['x.c']) });
  });

  test('line ends converted', () => {
    const { before, after, ledger } = assign();
    const result = restore(ledger, { ...after, 'x.h': after['x.h'].replaceAll('\r\n', '\n') });
    expect(result.after['x.h']).toBe(before['x.h'].replaceAll('\r\n', '\n'));
    expect(result.left).toEqual([]);
  });

  test('text around a change edited', () => {
    const { before, after, ledger } = assign();
    const edit = (text: string) => text.replace('if (!p)', 'if (p == 0)').replace('Fill(p);', 'Fill(p, 1);');
    const result = restore(ledger, { ...after, 'x.c': edit(after['x.c']) });
    expect(result.after['x.c']).toBe(edit(before['x.c']));
  });

  test('a site that was deleted needs nothing; its name goes', () => {
    const { before, after, ledger } = assign();
    const cut = (text: string) => text.replace(/void \*Read[\s\S]*?\n\}\n/, '');
    const result = restore(ledger, { ...after, 'x.c': cut(after['x.c']) });
    expect(result.after).toEqual({ ...before, 'x.c': cut(before['x.c']) });
    expect(result.refused).toEqual([]);
  });

  test('a new use of an assigned name keeps that tag, its frees with it, and says where; the others come back', () => {
    const { after, ledger } = assign();
    const edited = { ...after, 'x.c': `${after['x.c']}void *More(void) { return Alloc(8, TAG_READ); }\n` };
    const result = restore(ledger, edited);
    expect(result.restored.map((s) => s.function)).toEqual(['Write']);
    expect(result.refused).toEqual([
      { file: 'x.c', line: 1, reason: expect.stringMatching(/^TAG_READ is still used in x\.c, line 22/) },
    ]);
    expect(result.after['x.c']).toContain('ExFreePoolWithTag(p, TAG_READ)');
    expect(result.after['x.h']).toContain('TAG_READ');
    expect(result.after['x.c']).toContain('return Get(32);');
    expect(result.ledger.entries[0].sites.map((s) => s.function)).toEqual(['Read']);
  });

  test('a free rewritten by hand with the new name keeps the tag', () => {
    const { after, ledger } = assign();
    const edited = { ...after, 'x.c': after['x.c'].replace('Alloc(16, TAG_READ)', 'AllocateMore(16 + 4, (TAG_READ))') };
    const result = restore(ledger, edited, { scope: 'newTags', tags: ['XmRd'] });
    // The text is found by its name, since it is the only one left in that function.
    const text = result.after['x.c'];
    expect(text.includes('TAG_READ')).toBe(result.refused.length > 0);
  });

  test('an untagged free that was rewritten stays, and is said', () => {
    const { after, ledger } = assign();
    const edited = { ...after, 'x.c': after['x.c'].replace('ExFreePool(p);', 'Drop2(p);') };
    const result = restore(ledger, edited);
    expect(result.after['x.c']).toContain('Drop2(p);');
    expect(result.left).toEqual([
      { file: 'x.c', line: 0, reason: expect.stringContaining('ExFreePoolWithTag(p, TAG') },
    ]);
    expect(result.restored).toHaveLength(2);
  });

  test('a file that is gone', () => {
    const { before, after, ledger } = assign();
    const { 'get.h': _gone, ...rest } = after;
    const result = restore(ledger, rest);
    expect(result.after['x.c']).toBe(before['x.c']);
    expect(result.left).toEqual([{ file: 'get.h', line: 0, reason: 'The file is not there any more.' }]);
  });

  test('assigned twice, taken back at once', () => {
    const { before, after, ledger } = assign();
    const edits = planned(after['x.c'], [['TAG_READ', "'3RmX'"]]);
    const text = applied(after['x.c'], edits);
    const second = { ...site('Read', 'XmR3'), old: 'XmRd' };
    const entry = recordAssignment(new Date(1), [second], [{ file: 'x.c', before: after['x.c'], after: text, edits }]);
    const result = restore({ entries: [...ledger.entries, entry] }, { ...after, 'x.c': text });
    expect(result.after).toEqual(before);
  });
});

describe('what the preview left out', () => {
  const text = 'a(TAG); b(TAG); c();';
  const edits = planned(text, [
    ['TAG', 'TAG_A'],
    ['TAG', 'TAG_B', 1],
    ['c()', 'd()'],
  ]);
  test.each([
    ['nothing', 'a(TAG_A); b(TAG_B); d();', ['TAG_A', 'TAG_B', 'd()']],
    ['one', 'a(TAG); b(TAG_B); d();', ['TAG_B', 'd()']],
    ['all', text, []],
    ['the last', 'a(TAG_A); b(TAG_B); c();', ['TAG_A', 'TAG_B']],
  ])('%s', (_name, after, expected) => {
    expect(appliedEdits({ file: 'x.c', before: text, after, edits })?.map((e) => e.new)).toEqual(expected);
  });

  test('other changes are told', () => {
    expect(appliedEdits({ file: 'x.c', before: text, after: 'a(TAG_A); b(1); c();', edits })).toBeUndefined();
  });
});
