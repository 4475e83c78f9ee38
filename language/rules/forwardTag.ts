/**
 * Is a tag written the wrong way round? Nothing in the value says so, so its surroundings must: the names around it, and
 * the other tags of the folder. Both have to agree with the source and disagree with what tools show.
 */
import { folderOf } from '../index/fileUri.ts';
import { type PoolTag, tagLabel, tagText } from '../tag/poolTag.ts';
import type { WrittenValue } from './writtenValue.ts';

/** A constant of four characters, perhaps cast: a number was not meant to be read. */
const FOUR_CHARACTERS = /^[^']*'[^'\\]{4}'[\s)]*$/;
/** Letters of a name that must agree. */
const AGREEING = 3;
/** Tags of one folder that must begin alike. */
const FAMILY = 3;

export interface TagUse {
  readonly tag: PoolTag;
  readonly written: WrittenValue;
  /** Function of the site. */
  readonly function: string;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** The names around a use, lower case, letters and digits only. */
function namesAround({ written, function: name }: TagUse): string[] {
  const parts = written.path.split('/').slice(-3);
  return [...parts, written.name, name.replace(/^.*::/, '')]
    .map((part) =>
      part
        .replace(/\.\w+$/, '')
        .toLowerCase()
        .replace(/[^a-z0-9]/g, ''),
    )
    .filter((part) => part.length >= AGREEING);
}

function beginsName(text: string, names: readonly string[]): boolean {
  const start = text.slice(0, AGREEING).toLowerCase();
  return /^[a-z]{3}/.test(start) && names.some((name) => name.startsWith(start));
}

/** Whether the text could have been meant to be read: a small letter in front of a capital at the end speaks against it. */
function looksReversed(text: string): boolean {
  return /^[a-z0-9].*[A-Z]$/.test(text);
}

/** The uses whose tag seems to be written forward. */
export function forwardUses(uses: readonly TagUse[]): TagUse[] {
  const candidates = uses.filter(({ tag, written }) => {
    const text = tagText(tag);
    return FOUR_CHARACTERS.test(written.text) && text !== reversed(text) && !looksReversed(reversed(text));
  });
  const families = forwardFamilies(uses);
  return candidates.filter((use) => {
    const shown = tagText(use.tag);
    const source = reversed(shown);
    const names = namesAround(use);
    if (beginsName(shown, names)) return false;
    return beginsName(source, names) || families.has(familyKey(use.written.path, source));
  });
}

function familyKey(path: string, text: string): string {
  return `${folderOf(path)} ${text.slice(0, 2)}`;
}

/** Folders and beginnings under which several tags are written alike, while no two tags of the folder are shown alike. */
function forwardFamilies(uses: readonly TagUse[]): ReadonlySet<string> {
  const written = new Map<string, Set<PoolTag>>();
  const shown = new Map<string, Set<PoolTag>>();
  const add = (map: Map<string, Set<PoolTag>>, key: string, tag: PoolTag) => {
    const set = map.get(key);
    if (set) set.add(tag);
    else map.set(key, new Set([tag]));
  };
  for (const { tag, written: value } of uses) {
    add(shown, familyKey(value.path, tagText(tag)), tag);
    add(written, familyKey(value.path, reversed(tagText(tag))), tag);
  }
  const families = new Set<string>();
  for (const [key, tags] of written) {
    if (tags.size < FAMILY || !/ [A-Za-z]{2}$/.test(key)) continue;
    const folder = key.slice(0, -3);
    const stand = [...tags].every((tag) => (shown.get(`${folder} ${tagText(tag).slice(0, 2)}`)?.size ?? 0) === 1);
    if (stand) families.add(key);
  }
  return families;
}

export function forwardMessage(tag: PoolTag): string {
  return `This tag shows as '${tagLabel(tag)}': a constant is written reversed, so that tools show '${reversed(tagText(tag))}'.`;
}
