/** Edits of a text as a unified diff, which `git apply` and `patch` take. */

/** A change of a text: what replaces it from `start` to `end`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const CONTEXT_LINES = 3;

/** Whole lines that change: from line `from` to line `to` (exclusive) of the old text. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** Lines with their line ends; the last may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hunksOf(before: string, changes: readonly TextChange[]): Hunk[] {
  const lines = linesOf(before);
  const starts: number[] = [0];
  for (const line of lines) starts.push(starts[starts.length - 1] + line.length);
  const lineOf = (offset: number) => {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle + 1] <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const hunks: { from: number; to: number; changes: TextChange[] }[] = [];
  for (const change of changes) {
    // The line that a change ends in belongs to it: text may be joined to its rest.
    const from = Math.min(lineOf(change.start), Math.max(0, lines.length - 1));
    const to = Math.min(lineOf(change.end) + 1, lines.length);
    const last = hunks[hunks.length - 1];
    if (last && from < last.to) {
      last.to = Math.max(last.to, to);
      last.changes.push(change);
    } else hunks.push({ from, to, changes: [change] });
  }
  return hunks.map(({ from, to, changes: own }) => {
    let text = '';
    let at = starts[from];
    for (const { start, end, text: put } of own) {
      text += before.slice(at, start) + put;
      at = end;
    }
    return { from, to, lines: linesOf(text + before.slice(at, starts[to])) };
  });
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => mark + (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)).join('');
}

/** The lines that both sides have at an end of a hunk stay out of it. */
function trimmed({ from, to, lines }: Hunk, old: readonly string[]): Hunk {
  let head = 0;
  while (head < lines.length && from + head < to && old[from + head] === lines[head]) head++;
  let tail = 0;
  while (tail < lines.length - head && to - tail > from + head && old[to - tail - 1] === lines[lines.length - tail - 1])
    tail++;
  return { from: from + head, to: to - tail, lines: lines.slice(head, lines.length - tail) };
}

/** The diff of one file; `changes` lie in the order of the text and do not overlap. Empty where nothing changes. */
export function unifiedDiff(file: string, before: string, changes: readonly TextChange[]): string {
  const old = linesOf(before);
  const hunks = hunksOf(before, changes)
    .map((hunk) => trimmed(hunk, old))
    .filter(({ from, to, lines }) => to > from || lines.length > 0);
  let output = '';
  let shift = 0;
  for (let i = 0; i < hunks.length; ) {
    const group = [hunks[i++]];
    while (i < hunks.length && hunks[i].from - group[group.length - 1].to <= 2 * CONTEXT_LINES) group.push(hunks[i++]);
    const first = Math.max(0, group[0].from - CONTEXT_LINES);
    const end = Math.min(old.length, group[group.length - 1].to + CONTEXT_LINES);
    let body = '';
    let at = first;
    let grown = 0;
    for (const { from, to, lines } of group) {
      body += marked(' ', old.slice(at, from)) + marked('-', old.slice(from, to)) + marked('+', lines);
      grown += lines.length - (to - from);
      at = to;
    }
    body += marked(' ', old.slice(at, end));
    const count = end - first;
    const range = (start: number, length: number) => `${length === 0 ? start : start + 1},${length}`;
    output += `@@ -${range(first, count)} +${range(first + shift, count + grown)} @@\n${body}`;
    shift += grown;
  }
  return output === '' ? '' : `--- a/${file}\n+++ b/${file}\n${output}`;
}
