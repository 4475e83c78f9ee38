/**
 * The tag database: what pooltag.txt, shipped with the Debugging Tools and the WDK, says of pool tags.
 *
 * A line is `Tag - binary - description`. Real copies also hold comments (`//`, `rem`, `REM`), prose, continuation lines
 * that start with spaces, entries of two fields, entries without the second dash, wildcards, duplicates, and a final 0x1A.
 */
import { type PoolTag, tagText } from './poolTag.ts';
import { isTagPattern, matchesTagPattern, patternSpecificity } from './tagPattern.ts';

/** One entry of a pooltag.txt file. */
export interface TagEntry {
  /** The tag field padded to four characters; may hold `*` and `?`. */
  readonly pattern: string;
  /** The binary field, such as `ntfs.sys`, `nt!mm` or `<unknown>`; empty where the line has none. */
  readonly binary: string;
  readonly description: string;
  /** Name of the file, as given to the parser. */
  readonly file: string;
  /** Line in that file, from 1. */
  readonly line: number;
}

const COMMENT = /^\s*(?:\/\/|rem(?:\s|$))/i;
/** A dash ends the tag field; without a space before it only behind four whole characters. */
const TAG_FIELD = /^(?:(\S.{0,3}?)[ \t]+|(\S.{3}))-(?:[ \t]+|$)/;
const SECOND_DASH = /[ \t]-(?:[ \t]|$)/;
/** A first word that names a module, for the lines whose second dash is missing. */
const MODULE_WORD = /^(<[^>]*>|[\w.-]+![\w.-]*|[\w.-]+\.(?:sys|dll|exe|drv))(?:[ \t]+|$)(.*)$/i;

function splitFields(rest: string): { binary: string; description: string } {
  const dash = SECOND_DASH.exec(` ${rest}`);
  if (dash) {
    const at = dash.index - 1;
    return { binary: rest.slice(0, Math.max(at, 0)).trim(), description: rest.slice(at + 2).trim() };
  }
  const module = MODULE_WORD.exec(rest);
  if (module) return { binary: module[1], description: module[2].trim() };
  return { binary: '', description: rest.trim() };
}

/** Reads one pooltag.txt. Every text is accepted: lines that are no entries are passed over. `file` is kept in the entries. */
export function parseTagFile(text: string, file: string): TagEntry[] {
  const entries: TagEntry[] = [];
  const lines = text.replaceAll('\x1a', '').split(/\r\n|\n|\r/);
  let continues = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line.trim() === '' || COMMENT.test(line)) {
      continues = false;
      continue;
    }
    const field = TAG_FIELD.exec(line);
    if (field) {
      const { binary, description } = splitFields(line.slice(field[0].length));
      entries.push({ pattern: (field[1] ?? field[2]).padEnd(4), binary, description, file, line: i + 1 });
      continues = true;
    } else if (continues && /^\s/.test(line)) {
      const last = entries[entries.length - 1];
      const description = `${last.description} ${line.trim()}`.trim();
      entries[entries.length - 1] = { ...last, description };
    } else {
      continues = false;
    }
  }
  return entries;
}

function isCatchAll(pattern: string): boolean {
  return patternSpecificity(pattern) === 0;
}

/** The entries of one or several files. Where files, or lines of one file, disagree, the later one wins. */
export class TagDatabase {
  readonly size: number;
  readonly #exact = new Map<string, TagEntry>();
  readonly #wildcards: TagEntry[] = [];
  readonly #exactAnyCase = new Set<string>();
  /** Lower-case patterns by their first character; those that start with a wildcard under the empty string. */
  readonly #patternsAnyCase = new Map<string, string[]>();

  constructor(entries: readonly TagEntry[] = []) {
    this.size = entries.length;
    const wildcards = new Map<string, TagEntry>();
    for (const entry of entries) {
      if (isTagPattern(entry.pattern)) wildcards.set(entry.pattern, entry);
      else this.#exact.set(entry.pattern, entry);
    }
    this.#wildcards = [...wildcards.values()].sort(
      (a, b) => patternSpecificity(b.pattern) - patternSpecificity(a.pattern),
    );
    for (const text of this.#exact.keys()) this.#exactAnyCase.add(text.toLowerCase());
    for (const { pattern } of this.#wildcards) {
      if (isCatchAll(pattern)) continue;
      const folded = pattern.trimEnd().toLowerCase();
      const key = isTagPattern(folded[0]) ? '' : folded[0];
      const list = this.#patternsAnyCase.get(key);
      if (list) list.push(folded);
      else this.#patternsAnyCase.set(key, [folded]);
    }
  }

  /** The entry of a tag: an exact one (padded, case counts) before the most specific wildcard. */
  lookup(tag: PoolTag): TagEntry | undefined {
    const text = tagText(tag);
    return this.#exact.get(text) ?? this.#wildcards.find((entry) => matchesTagPattern(text, entry.pattern.trimEnd()));
  }

  /** Whether an entry stands for exactly this tag, no wildcard. */
  hasExact(tag: PoolTag): boolean {
    return this.#exact.has(tagText(tag));
  }

  /**
   * Whether the four characters `text` are spoken for, case disregarded: by an exact entry or a wildcard, those that match
   * every tag left out. For choosing new tags.
   */
  isSpokenFor(text: string): boolean {
    const folded = text.toLowerCase();
    if (this.#exactAnyCase.has(folded)) return true;
    for (const key of ['', folded[0]]) {
      if (this.#patternsAnyCase.get(key)?.some((pattern) => matchesTagPattern(folded, pattern))) return true;
    }
    return false;
  }
}
