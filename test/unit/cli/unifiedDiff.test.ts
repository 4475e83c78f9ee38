/** The diffs are what `git apply` takes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TextChange, unifiedDiff } from '../../../extension/cli/unifiedDiff.ts';

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join('');

function applied(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const { start, end, text: put } of [...changes].reverse())
    result = result.slice(0, start) + put + result.slice(end);
  return result;
}

function patched(before: string, diff: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-diff-'));
  try {
    writeFileSync(path.join(folder, 'a.c'), before);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: diff, stdio: ['pipe', 'pipe', 'pipe'] });
    return readFileSync(path.join(folder, 'a.c'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (text: string, word: string, put: string): TextChange => {
  const start = text.indexOf(word);
  return { start, end: start + word.length, text: put };
};

describe('git apply makes of it what the changes make', () => {
  test.each<[string, string, TextChange[]]>([
    ['a word', LINES, [at(LINES, '7', 'seven')]],
    ['words near and far', LINES, [at(LINES, '5', 'five'), at(LINES, '9', 'nine'), at(LINES, '33', 'x')]],
    ['two in a line', 'f(a, b);\n', [at('f(a, b);', 'a', 'c'), at('f(a, b);', 'b', 'd')]],
    ['a line put in', LINES, [{ start: 7, end: 7, text: 'new\n' }]],
    ['lines put in behind a line', LINES, [{ start: 6, end: 6, text: '\nnew\nmore' }]],
    ['a line taken out', LINES, [{ start: 7, end: 14, text: '' }]],
    ['at the start', LINES, [{ start: 0, end: 0, text: 'first\n' }]],
    ['at the end', LINES, [{ start: LINES.length, end: LINES.length, text: 'last\n' }]],
    ['no line end at the end', 'a\nb', [{ start: 3, end: 3, text: 'c' }]],
    ['CRLF', 'a\r\nb\r\nc\r\n', [{ start: 3, end: 4, text: 'x' }]],
    ['everything', 'a\nb\n', [{ start: 0, end: 4, text: 'c\n' }]],
  ])('%s', (_name, before, changes) => {
    expect(patched(before, unifiedDiff('a.c', before, changes))).toBe(applied(before, changes));
  });

  test('nothing changes: no diff', () => {
    expect(unifiedDiff('a.c', LINES, [])).toBe('');
    expect(unifiedDiff('a.c', LINES, [{ start: 0, end: 4, text: 'line' }])).toBe('');
  });
});
