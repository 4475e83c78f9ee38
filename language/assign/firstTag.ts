/** A tag for an allocation that has none yet. */
import { baseName, folderOf } from '../index/fileUri.ts';
import { type PoolTag, tagFromText } from '../tag/poolTag.ts';
import { chooseTag, type KnownTags, tagsInUse } from './uniqueTags.ts';
import { capitalized, tellingWords, wordsOf } from './words.ts';

/** The tag that most sites near a file have: in its folder, else in the workspace. */
function customaryTag({ index }: KnownTags, path: string): PoolTag | undefined {
  const folder = folderOf(path);
  let best: { tag: PoolTag; near: number; all: number } | undefined;
  for (const tag of index.tags()) {
    const sites = index.sitesOf(tag);
    const near = sites.filter((site) => folderOf(site.path) === folder).length;
    if (!best || near > best.near || (near === best.near && sites.length > best.all))
      best = { tag, near, all: sites.length };
  }
  return best?.tag;
}

/** What new tags for allocations of a file begin like: the project's tags, else the name of the file's folder. */
export function modelTag(known: KnownTags, path: string): PoolTag {
  const driver = capitalized(wordsOf(baseName(folderOf(path)))[0] ?? 'Pool');
  return customaryTag(known, path) ?? tagFromText(driver.slice(0, 4))!;
}

/**
 * A tag unlike every known one for an allocation in `functionName` of the file: it begins as the project's tags do, else as
 * the file's folder is called, and recalls the function. Undefined only when every tag is taken.
 */
export function firstTag(known: KnownTags, path: string, functionName: string): PoolTag | undefined {
  const used = tagsInUse(known);
  const isSpokenFor = (text: string) => used.has(text.toLowerCase()) || known.database.isSpokenFor(text);
  const model = modelTag(known, path);
  const functions = known.index.sitesOf(model).map(({ site }) => site.function);
  return chooseTag(model, tellingWords(functionName || baseName(path).replace(/\.\w+$/, ''), functions), isSpokenFor);
}
