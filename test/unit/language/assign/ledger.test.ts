/** The ledger as a file: what is written is read again, what is not a ledger is refused with its place. */
import { describe, expect, test } from 'vitest';
import { EMPTY_LEDGER, type Ledger, LedgerError, ledgerText, parseLedger } from '../../../../language/assign/ledger.ts';

const LEDGER: Ledger = {
  entries: [
    {
      when: '2026-11-20T21:00:00.000Z',
      sites: [{ file: 'a/b.c', line: 7, function: 'Read', routine: 'ExAllocatePool2', old: 'Xmpl', new: 'XmRd' }],
      edits: [
        {
          file: 'a/b.c',
          old: 'TAG',
          new: 'TAG_READ',
          before: '(',
          after: ');\r\n',
          tags: ['XmRd'],
          defines: '',
        },
        {
          file: 'a/b.h',
          old: '',
          new: '\n#define TAG_READ 1',
          before: '',
          after: '',
          tags: ['XmRd'],
          defines: 'TAG_READ',
        },
      ],
    },
    { when: '2026-11-20T22:00:00.000Z', sites: [], edits: [] },
  ],
};

test.each([
  ['an empty one', EMPTY_LEDGER],
  ['one with entries', LEDGER],
])('%s is read as it was written', (_name, ledger) => {
  expect(parseLedger(ledgerText(ledger), 'x.json')).toEqual(ledger);
});

test('a site and an edit take a line each, so that versions can be compared and merged', () => {
  const lines = ledgerText(LEDGER).split('\n');
  expect(lines.filter((line) => line.includes('"routine"'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('"before"'))).toHaveLength(2);
});

describe('refused, with what is wrong and where', () => {
  const text = ledgerText(LEDGER);
  test.each([
    ['torn', text.slice(0, text.length / 2), /^x\.json is not whole \(.*backup/],
    ['empty', '', /is not whole/],
    ['foreign', '{"format":"eslint"}', /is no list of assigned pool tags/],
    ['not an object', '[]', /the whole should be an object/],
    ['later', text.replace('"version": 1', '"version": 2'), /version 2.*Update Pool Lens/],
    ['a path upwards', text.replace('a/b.c', '../b.c'), /entries\[0\]\.sites\[0\]\.file should be the path/],
    ['an absolute path', text.replace('a/b.c', '/etc/passwd'), /\.file should be/],
    ['a path of another drive', text.replace('a/b.c', 'C:x'), /\.file should be/],
    ['a path with backslashes', text.replace('a/b.c', '..\\\\x'), /\.file should be/],
    ['a tag of five characters', text.replace('"XmRd"', '"XmRdx"'), /\.new should be a pool tag/],
    ['no context', text.replace('"before":"("', '"before":1'), /edits\[0\]\.before should be a text/],
    ['no date', text.replace('2026-11-20T21:00:00.000Z', 'yesterday'), /when should be a date/],
    ['a line that is none', text.replace('"line":7', '"line":0'), /line should be a line number/],
    ['no list', text.replace(/"entries": \[[\s\S]*\]/, '"entries": {}'), /entries should be a list/],
    ['a name of every object', '{"__proto__":{"format":"pool-lens assignments"}}', /is no list/],
  ])('%s', (_name, broken, message) => {
    expect(() => parseLedger(broken, 'x.json')).toThrow(LedgerError);
    expect(() => parseLedger(broken, 'x.json')).toThrow(message);
  });
});
