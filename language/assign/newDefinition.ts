/** A new definition beside an old one, written as the old one is. */
import type { Definition } from '../scan/fileSummary.ts';
import { capitalized } from './words.ts';

const LONGEST_NAME = 60;
const TAB_WIDTH = 4;

/** An insertion into a text. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** `POOL_TAG` and the words of `ReadComplete` make `POOL_TAG_READ_COMPLETE`; `kTag` makes `kTagReadComplete`. */
export function definitionName(oldName: string, words: readonly string[], isTaken: (name: string) => boolean): string {
  const screaming = !/[a-z]/.test(oldName);
  const snake = !screaming && oldName.includes('_') && !/[A-Z]/.test(oldName);
  const join = (list: readonly string[]) => {
    if (screaming) return [oldName, ...list.map((w) => w.toUpperCase())].join('_');
    if (snake) return [oldName, ...list.map((w) => w.toLowerCase())].join('_');
    return oldName + list.map(capitalized).join('');
  };
  let kept = [...words];
  while (kept.length > 1 && join(kept).length > LONGEST_NAME) kept = kept.slice(1);
  const base = join(kept.length > 0 ? kept : ['site']);
  if (!isTaken(base)) return base;
  for (let n = 2; ; n++) {
    const numbered = `${base}${screaming || snake || /\d$/.test(base) ? '_' : ''}${n}`;
    if (!isTaken(numbered)) return numbered;
  }
}

function columnOf(text: string): number {
  let column = 0;
  for (const c of text) column += c === '\t' ? TAB_WIDTH - (column % TAB_WIDTH) : 1;
  return column;
}

/** The white space between a new name and its value, so that values stay in one column. */
function separator(before: string, oldSeparator: string, newStart: string): string {
  if (/[\r\n]/.test(oldSeparator) || oldSeparator === ' ') return ' ';
  const target = columnOf(before);
  if (oldSeparator.includes('\t')) {
    let text = '\t';
    while (columnOf(newStart + text) < target) text += '\t';
    return text;
  }
  return ' '.repeat(Math.max(1, target - columnOf(newStart)));
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The line end in use at `offset`, that of the line before where it is the last. */
function lineEnd(text: string, offset: number): string {
  const newline = text.indexOf('\n', offset);
  const at = newline >= 0 ? newline : text.lastIndexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/**
 * The insertion that puts `name` with `value` directly behind `old` in `text`. Undefined where the old definition stands in
 * a way that cannot be repeated (several declarators, a variable that other files may declare).
 */
export function definitionBeside(text: string, old: Definition, name: string, value: string): Insertion | undefined {
  const start = lineStart(text, old.start);
  const indent = text.slice(start, old.start);
  const isAlone = indent.trim() === '';
  const eol = lineEnd(text, old.end);
  const nameEnd = old.nameStart + old.name.length;
  if (text.slice(old.nameStart, nameEnd) !== old.name) return undefined;
  switch (old.kind) {
    case 'macro': {
      const lead = (isAlone ? indent : '') + text.slice(old.start, old.nameStart) + name;
      const space = separator(text.slice(start, old.bodyStart), text.slice(nameEnd, old.bodyStart), lead);
      return { offset: old.end, text: eol + lead + space + value };
    }
    case 'enumerator':
      return { offset: old.end, text: `,${isAlone ? eol + indent : ' '}${name} = ${value}` };
    case 'constant': {
      let end = old.end;
      if (text[end - 1] === '}') end = text.indexOf(';', end) + 1;
      const declaration = text.slice(old.start, end);
      const repeatable = isAlone && /^[^,;]*;$/s.test(declaration) && /\bconst(?:expr)?\b/.test(declaration);
      if (!repeatable || /\bextern\b|::\s*$/.test(text.slice(old.start, old.nameStart))) return undefined;
      const bodyEnd = old.bodyStart + old.body.length;
      const middle = text.slice(nameEnd, old.bodyStart);
      const line = text.slice(old.start, old.nameStart) + name + middle + value + text.slice(bodyEnd, end);
      return { offset: end, text: eol + indent + line };
    }
    default:
      return undefined;
  }
}
