/** New pool tags: unlike every tag that is known, and like the function whose allocation they mark. */
import type { SiteIndex } from '../index/siteIndex.ts';
import { type PoolTag, tagFromText, tagText } from '../tag/poolTag.ts';
import type { TagDatabase } from '../tag/tagDatabase.ts';
import { capitalized } from './words.ts';

/** Whether four characters must not become a tag. Called with the text as it would be shown; case must not matter. */
export type IsSpokenFor = (text: string) => boolean;

/** Left out: characters that quoting, PoolMon's wildcards or a trimmed display would make awkward. */
const PREFIX_CHARACTER = /^[!#-&(-),-.0->@-[\]-~]$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** What of a tag new tags keep: two characters where there are two, else one, else nothing. */
function prefixesOf(tag: PoolTag): string[] {
  const text = tagText(tag);
  const prefixes: string[] = [];
  if (PREFIX_CHARACTER.test(text[0])) {
    if (PREFIX_CHARACTER.test(text[1])) prefixes.push(text.slice(0, 2));
    prefixes.push(text[0]);
  }
  return [...prefixes, ''];
}

/** Endings of `length` characters that recall the words, the most telling first. */
function* tellingEndings(words: readonly string[], length: number): Generator<string> {
  const named = words.map(capitalized);
  const initials = named.map((w) => w[0]).join('');
  if (initials.length >= length) {
    yield initials.slice(-length);
    yield initials.slice(0, length);
    yield initials.slice(0, length - 1) + initials[initials.length - 1];
  }
  const last = named[named.length - 1] ?? '';
  // An initial for each word, the last word filling up: `ReadComplete` is `RCo` in three characters.
  const lead = initials.slice(0, Math.min(length - 1, Math.max(initials.length - 1, 0)));
  yield lead + last.slice(0, length - lead.length);
  for (const word of [...named].reverse()) yield word.slice(0, length);
  for (const word of [...named].reverse()) {
    const consonants = word[0] + word.slice(1).replace(/[aeiou]/g, '');
    yield consonants.slice(0, length);
    for (let i = 1; i < consonants.length; i++) yield word.slice(0, length - 1) + consonants[i];
  }
  for (const word of named) for (let digit = 1; digit <= 9; digit++) yield word.slice(0, length - 1) + digit;
}

/** Every ending of `length` letters and digits, those that start with `first` before the others. */
function* allEndings(first: string, length: number): Generator<string> {
  const count = ALPHABET.length ** length;
  const start = Math.max(0, ALPHABET.indexOf(first.toUpperCase())) * ALPHABET.length ** (length - 1);
  for (let i = 0; i < count; i++) {
    let rest = (start + i) % count;
    let text = '';
    for (let k = 0; k < length; k++) {
      text = ALPHABET[rest % ALPHABET.length] + text;
      rest = Math.floor(rest / ALPHABET.length);
    }
    yield text;
  }
}

/**
 * A tag for one allocation site: four printable characters, at least one of them a letter, none that `isSpokenFor` knows.
 * Keeps the old tag's first two characters where a free tag begins so, else the first, and takes the rest from `words`.
 * Undefined only when every tag is taken.
 */
export function chooseTag(oldTag: PoolTag, words: readonly string[], isSpokenFor: IsSpokenFor): PoolTag | undefined {
  const isFree = (text: string) => text.length === 4 && /[A-Za-z]/.test(text) && !isSpokenFor(text);
  for (const prefix of prefixesOf(oldTag)) {
    const length = 4 - prefix.length;
    for (const ending of tellingEndings(words, length)) {
      if (isFree(prefix + ending)) return tagFromText(prefix + ending);
    }
    for (const ending of allEndings(words[0]?.[0] ?? 'A', length)) {
      if (isFree(prefix + ending)) return tagFromText(prefix + ending);
    }
  }
  return undefined;
}

/** What new tags must be unlike. */
export interface KnownTags {
  readonly index: SiteIndex;
  readonly database: TagDatabase;
  /** Tags in the watched pool and in recordings. */
  readonly liveTags: Iterable<PoolTag>;
}

/** The tags of the workspace's sites and frees, of the watched pool and of recordings, as shown, in lower case. */
export function tagsInUse({ index, liveTags }: KnownTags): Set<string> {
  const { sites, frees } = index.snapshot();
  const used = new Set<string>();
  for (const { tag } of [...sites, ...frees]) if (tag !== null) used.add(tagText(tag).toLowerCase());
  for (const tag of liveTags) used.add(tagText(tag).toLowerCase());
  return used;
}
