/** The edit that gives a tag another value everywhere: each constant and literal of its sites and frees. */
import { baseName } from '../index/fileUri.ts';
import type { LocatedDefinition } from '../index/includeScope.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import { type TaggedPlace, type WrittenValue, writtenValue } from '../rules/writtenValue.ts';
import { isPlainTag, type PoolTag, tagFromText, tagLabel, tagText } from '../tag/poolTag.ts';
import { newLiteral, rewriteValue } from './valueText.ts';

/** A change of one file, in offsets; `old` is the text that it replaces. */
export interface ValueChange {
  readonly path: string;
  readonly start: number;
  readonly old: string;
  readonly text: string;
}

export type RenameResult =
  | { readonly changes: readonly ValueChange[]; readonly newTag: PoolTag }
  | { readonly reason: string };

export interface RenameView {
  readonly index: SiteIndex;
  readonly text: (path: string) => string | undefined;
}

/** The tag that PoolMon would show as `text`, or why it can be none. */
function newTagFrom(index: SiteIndex, oldTag: PoolTag, text: string): { tag: PoolTag } | { reason: string } {
  const tag = tagFromText(text);
  if (tag === undefined)
    return { reason: `A pool tag has 1 to 4 characters as PoolMon shows them; '${text}' has ${text.length}.` };
  if (!isPlainTag(tag)) return { reason: 'A pool tag holds printable ASCII characters only.' };
  if (!/[A-Za-z0-9]/.test(tagText(tag)))
    return { reason: 'A pool tag needs a letter or a digit: without one allocating stops Windows.' };
  if (tagText(tag) === tagText(oldTag)) return { reason: `The tag is '${tagLabel(oldTag)}' already.` };
  const count = index.sitesOf(tag).length;
  if (count > 0)
    return {
      reason: `'${tagLabel(tag)}' is the tag of ${count === 1 ? 'another site' : `${count} other sites`} already.`,
    };
  return { tag };
}

/** The initialiser of the local constant that a call's tag names. */
function localValue(view: RenameView, { path, call }: TaggedPlace): WrittenValue | undefined {
  const name = call.tag!.text.replace(/[\s()]/g, '');
  const body = call.localConstant!;
  const text = view.text(path)?.slice(0, call.start);
  if (text === undefined) return undefined;
  for (let at = text.lastIndexOf(body); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(body, at - 1)) {
    const before = text.slice(Math.max(0, at - 200), at);
    if (new RegExp(`\\b${name}\\s*[={]\\s*$`).test(before)) return { path, start: at, text: body, name };
  }
  return undefined;
}

/**
 * Computes the renaming of `oldTag` to the tag shown as `newText`. All or nothing: where one place cannot be rewritten, a
 * free and its allocation would part. `definition`: one more place, where the user asked from.
 */
export function renameTag(
  view: RenameView,
  oldTag: PoolTag,
  newText: string,
  definition?: Pick<LocatedDefinition, 'path' | 'definition'>,
): RenameResult {
  const { index } = view;
  const wanted = newTagFrom(index, oldTag, newText);
  if ('reason' in wanted) return wanted;
  const changes = new Map<string, ValueChange>();
  const add = ({ path, start, text: old }: WrittenValue) => {
    const text = rewriteValue(old, wanted.tag) ?? newLiteral(path, wanted.tag);
    changes.set(`${start} ${path}`, { path, start, old, text });
  };
  for (const place of [...index.sitesOf(oldTag), ...index.freesOf(oldTag)]) {
    const { path, call } = place;
    const written = call.localConstant === null ? writtenValue(view, place) : localValue(view, place);
    if (!written)
      return { reason: `In ${baseName(path)}, line ${call.range.start.line + 1}, the tag cannot be rewritten.` };
    add(written);
  }
  if (definition) {
    const { bodyStart, body, name } = definition.definition;
    add({ path: definition.path, start: bodyStart, text: body, name });
  }
  for (const { path, start, old } of changes.values()) {
    if (!view.text(path)?.startsWith(old, start))
      return { reason: `${baseName(path)} has changed since it was scanned; try again in a moment.` };
  }
  if (changes.size === 0) return { reason: `Nothing in this workspace uses the tag '${tagLabel(oldTag)}'.` };
  return { changes: [...changes.values()], newTag: wanted.tag };
}
