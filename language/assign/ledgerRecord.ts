/** From an assignment that was applied to its entry in the ledger. */
import { tagConstant, tagFromText, tagHex } from '../tag/poolTag.ts';
import { CONTEXT, type LedgerEdit, type LedgerEntry, type LedgerSite } from './ledger.ts';

/** A change that was planned for a text; several lie in the order of the text and do not overlap. */
export interface PlannedEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text after edits, which lie in its order. */
export function edited(before: string, edits: readonly PlannedEdit[]): string {
  let text = before;
  for (const { start, end, text: put } of [...edits].reverse()) text = text.slice(0, start) + put + text.slice(end);
  return text;
}

/** A file of an assignment. */
export interface AssignedFile {
  /** As in the ledger. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly PlannedEdit[];
}

/** A change that stands in a text now, from `start`. */
interface AppliedEdit {
  readonly file: string;
  readonly start: number;
  readonly old: string;
  readonly new: string;
}

/**
 * Which of the planned changes lead from one text to the other: a user may have taken some out in the preview. Undefined
 * where something else was changed as well.
 */
export function appliedEdits({ file, before, after, edits }: AssignedFile): AppliedEdit[] | undefined {
  const applied: AppliedEdit[] = [];
  let at = 0;
  let from = 0;
  for (let i = 0; i < edits.length; i++) {
    const { start, end, text } = edits[i];
    const between = before.slice(from, start);
    if (!after.startsWith(between, at)) return undefined;
    at += between.length;
    const old = before.slice(start, end);
    const next = i + 1 < edits.length ? edits[i + 1].start : before.length;
    const following = before.slice(end, next);
    if (after.startsWith(text + following, at)) {
      if (text !== old) applied.push({ file, start: at, old, new: text });
      at += text.length;
    } else if (after.startsWith(old + following, at)) at += old.length;
    else return undefined;
    from = end;
  }
  return after.slice(at) === before.slice(from) ? applied : undefined;
}

const isWord = (c: string | undefined) => c !== undefined && /\w/.test(c);

/** A change that cuts words grows to whole ones: they are what is found again. */
function wholeWords(edit: AppliedEdit, after: string): AppliedEdit {
  const end = edit.start + edit.new.length;
  let left = edit.start;
  let right = end;
  if (isWord(edit.new[0]) || isWord(edit.old[0])) while (isWord(after[left - 1])) left--;
  if (isWord(edit.new[edit.new.length - 1]) || isWord(edit.old[edit.old.length - 1]))
    while (isWord(after[right])) right++;
  const before = after.slice(left, edit.start);
  const behind = after.slice(end, right);
  return { ...edit, start: left, old: before + edit.old + behind, new: before + edit.new + behind };
}

const IDENTIFIER = /[A-Za-z_]\w*/g;
const DEFINED = /(?:^|\n)[ \t]*(?:#[ \t]*define[ \t]+(\w+)|(?:[\w:*&]+[ \t]+)*?(\w+)[ \t]*(?:=|\{))/;

function tagOf(text: string): number {
  return tagFromText(text)!;
}

/** Whether a piece of source holds the constant of a tag, as characters or as a number. */
export function holdsConstant(source: string, tag: string): boolean {
  return source.includes(tagConstant(tagOf(tag))) || source.toLowerCase().includes(tagHex(tagOf(tag)));
}

/**
 * An insertion of several definitions is a change for each: each may go alone. Other changes stay whole.
 */
function split(edit: AppliedEdit, tags: readonly string[]): AppliedEdit[] {
  if (edit.old !== '') return [edit];
  const lines = edit.new.split(/(?=(?<!,),?\r\n)|(?=(?<!,),?(?<!\r)\n)/);
  const holds = (line: string) => tags.some((tag) => holdsConstant(line, tag));
  if (lines.filter((line) => line !== '').some((line) => !holds(line))) return [edit];
  let start = edit.start;
  return lines.map((line) => {
    const piece = { ...edit, start, new: line };
    start += line.length;
    return piece;
  });
}

/** The names that a change brings and that its file did not have. */
function newNames(source: string, isNew: (name: string) => boolean): string[] {
  return [...new Set(source.match(IDENTIFIER) ?? [])].filter(isNew);
}

/**
 * The entry of an assignment. Which tags a change belongs to is read from its text: it holds the tag's constant or a name
 * that was defined with it. A wrapper's new variant belongs to the tags of those who call it; what names nothing new, such
 * as a free that became untagged, belongs to all tags of the entry, and so is the last to be taken back.
 *
 * @throws {Error} where a file holds other changes than the planned ones
 */
export function recordAssignment(
  when: Date,
  sites: readonly LedgerSite[],
  files: readonly AssignedFile[],
): LedgerEntry {
  const tags = [...new Set(sites.map((site) => site.new))];
  const applied: AppliedEdit[] = [];
  const known = new Set<string>();
  for (const file of files) {
    const edits = appliedEdits(file);
    if (!edits)
      throw new Error(`${file.file} was changed while tags were assigned; what was assigned in it is not noted.`);
    applied.push(...edits.flatMap((edit) => split(wholeWords(edit, file.after), tags)));
    for (const name of file.before.match(IDENTIFIER) ?? []) known.add(name);
  }
  const isNew = (name: string) => !known.has(name);
  const pieces = applied.map((edit) => ({ edit, names: newNames(edit.new, isNew), tags: new Set<string>() }));
  const tagOfName = new Map<string, string>();
  for (const { edit, tags: owners } of pieces) {
    for (const tag of tags) if (holdsConstant(edit.new, tag)) owners.add(tag);
    const name = edit.old === '' && owners.size === 1 ? definedName(edit.new) : '';
    if (name !== '' && isNew(name)) tagOfName.set(name, [...owners][0]);
  }
  for (const { names, tags: owners } of pieces) {
    for (const name of names) {
      const tag = tagOfName.get(name);
      if (tag !== undefined) owners.add(tag);
    }
  }
  // Through variants that call variants.
  for (let changed = true; changed; ) {
    changed = false;
    for (const piece of pieces) {
      if (piece.edit.old !== '' || [...piece.names].some((name) => tagOfName.has(name))) continue;
      const users = pieces.filter((other) => other !== piece && other.names.some((name) => piece.names.includes(name)));
      for (const tag of users.flatMap((user) => [...user.tags])) {
        if (piece.tags.has(tag)) continue;
        piece.tags.add(tag);
        changed = true;
      }
    }
  }
  const texts = new Map(files.map(({ file, after }) => [file, after]));
  const held = new Set(pieces.flatMap((piece) => [...piece.tags]));
  return {
    when: when.toISOString(),
    sites: sites.filter((site) => held.has(site.new)),
    edits: pieces.map(({ edit, tags: owners }): LedgerEdit => {
      const text = texts.get(edit.file)!;
      return {
        file: edit.file,
        old: edit.old,
        new: edit.new,
        ...surroundings(text, edit.start, edit.new.length),
        tags: owners.size > 0 ? [...owners] : tags,
        defines: edit.old === '' ? definedName(edit.new) : '',
      };
    }),
  };
}

function definedName(source: string): string {
  const match = DEFINED.exec(source.replace(/^,\s*/, ''));
  return match?.[1] ?? match?.[2] ?? '';
}

/** The context of a place in a text. */
export function surroundings(text: string, start: number, length: number): { before: string; after: string } {
  const end = start + length;
  return { before: text.slice(Math.max(0, start - CONTEXT), start), after: text.slice(end, end + CONTEXT) };
}
