/** Finds the changes of a ledger in a text that was edited since. */
import type { LedgerEdit } from './ledger.ts';

/** How many characters of context a change needs, white space left out, where its own text stands in several places. */
const LEAST_CONTEXT = 12;
const LINE_END = /\r?\n/g;

/** A change, found. */
export interface FoundEdit {
  readonly edit: LedgerEdit;
  readonly start: number;
  readonly end: number;
  /** What to put there: the old text with the line ends that the file has now. */
  readonly old: string;
}

interface Candidate {
  readonly index: number;
  readonly start: number;
  readonly length: number;
  readonly score: number;
  readonly old: string;
}

const isSpace = (c: string) => c === ' ' || c === '\t' || c === '\r' || c === '\n';
const isWord = (c: string | undefined) => c !== undefined && /\w/.test(c);

/** Characters that agree before (`step` -1) or behind (1) two places, white space left out. */
function agreement(a: string, i: number, b: string, k: number, step: 1 | -1): number {
  let count = 0;
  for (;;) {
    while (i >= 0 && i < a.length && isSpace(a[i])) i += step;
    while (k >= 0 && k < b.length && isSpace(b[k])) k += step;
    if (i < 0 || k < 0 || i >= a.length || k >= b.length || a[i] !== b[k]) return count;
    count++;
    i += step;
    k += step;
  }
}

function* occurrences(text: string, part: string): Generator<number> {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const cutsWord =
      (isWord(part[0]) && isWord(text[at - 1])) || (isWord(part[part.length - 1]) && isWord(text[at + part.length]));
    if (!cutsWord) yield at;
  }
}

/** Places where nothing stands now: between the ends of the context, as much of it as still stands together. */
function* gaps(text: string, { before, after }: LedgerEdit): Generator<number> {
  for (const length of [120, 60, 30, 15]) {
    const head = before.slice(-length);
    const context = head + after.slice(0, length);
    let found = false;
    for (let at = text.indexOf(context); at >= 0; at = text.indexOf(context, at + 1)) {
      found = true;
      yield at + head.length;
    }
    if (found) return;
  }
}

function candidates(text: string, edit: LedgerEdit, index: number): Candidate[] {
  const score = (start: number, end: number) =>
    agreement(text, start - 1, edit.before, edit.before.length - 1, -1) + agreement(text, end, edit.after, 0, 1);
  if (edit.new === '')
    return [...gaps(text, edit)].map((at) => ({ index, start: at, length: 0, score: score(at, at), old: edit.old }));
  // Line ends may have been converted since.
  const forms = [
    (s: string) => s,
    (s: string) => s.replace(LINE_END, '\n'),
    (s: string) => s.replace(LINE_END, '\r\n'),
  ];
  for (const form of forms) {
    const part = form(edit.new);
    const found = [...occurrences(text, part)].map((start) => ({
      index,
      start,
      length: part.length,
      score: score(start, start + part.length),
      old: form(edit.old),
    }));
    if (found.length > 0) return found;
  }
  return [];
}

/** The changes of one file that still stand in its text. What is not in the result was changed or is gone. */
export function findEdits(text: string, edits: readonly LedgerEdit[]): FoundEdit[] {
  const all = edits.map((edit, index) => candidates(text, edit, index));
  const pairs = all.flat().sort((a, b) => b.score - a.score || a.start - b.start || a.index - b.index);
  const found: FoundEdit[] = [];
  const settled = new Set<number>();
  for (const { index, start, length, score, old } of pairs) {
    if (settled.has(index)) continue;
    const end = start + length;
    const isTaken = found.some((f) => (start < f.end && f.start < end) || (start === f.start && end === f.end));
    if (isTaken) continue;
    const isOnly = all[index].length === 1 && edits[index].new.trim().length >= 4;
    if (score < LEAST_CONTEXT && !isOnly) continue;
    settled.add(index);
    found.push({ edit: edits[index], start, end, old });
  }
  return found.sort((a, b) => a.start - b.start);
}
