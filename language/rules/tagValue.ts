/** Rules over the value of a tag, whoever uses it. */
import { isPlainTag, type PoolTag, tagConstant, tagFromText, tagLabel, tagText } from '../tag/poolTag.ts';
import type { TagDatabase, TagEntry } from '../tag/tagDatabase.ts';
import type { RuleId } from './ruleTable.ts';

export interface ValueProblem {
  readonly rule: RuleId;
  readonly message: string;
}

const DEFAULT_TAGS = new Set([tagFromText('Ddk ')!, tagFromText('Wdm ')!]);

/** What is wrong with a tag by itself; the gravest only. */
export function valueProblem(tag: PoolTag): ValueProblem | undefined {
  const shown = tagLabel(tag);
  if (!isPlainTag(tag))
    return { rule: 'not-printable', message: `The pool tag '${shown}' holds characters that cannot be shown.` };
  if (!/[A-Za-z0-9]/.test(tagText(tag)))
    return {
      rule: 'no-letter-or-digit',
      message: `The pool tag '${shown}' holds neither a letter nor a digit: allocating with it stops Windows.`,
    };
  if (DEFAULT_TAGS.has(tag))
    return {
      rule: 'default-tag',
      message: `${tagConstant(tag)} shows as '${shown}', the tag of every driver that chose none.`,
    };
  return undefined;
}

/** The module of a binary field: `ntfs` of `ntfs.sys`, `nt` of `nt!mm`. */
function moduleOf(binary: string): string {
  return binary.replace(/[!.].*$/, '').toLowerCase();
}

/** Names of folders that say nothing of a driver. */
const COMMON_FOLDER = /^(?:driver|drivers|kernel|device|system|storage|network|common|class|filter|smart\w*)$/;

/** Whether the sources at `path` may be those of the entry: a folder bears its binary's name, or is in its description. */
function isHome(path: string, { binary, description }: TagEntry): boolean {
  const folders = path.toLowerCase().split('/').slice(-6, -1);
  const module = moduleOf(binary);
  if (/^\w{3,}$/.test(module)) return folders.some((folder) => folder.includes(module));
  const words = new Set(description.toLowerCase().split(/\W+/));
  return folders.some((folder) => folder.length >= 4 && !COMMON_FOLDER.test(folder) && words.has(folder));
}

/** Whether pooltag.txt gives the tag to a component that does not live at `path`. */
export function knownProblem(tag: PoolTag, path: string, database: TagDatabase): ValueProblem | undefined {
  const entry = database.hasExact(tag) ? database.lookup(tag) : undefined;
  if (!entry || isHome(path, entry)) return undefined;
  const owner = [entry.binary, entry.description].filter((part) => part !== '').join(': ');
  return { rule: 'known-tag', message: `The pool tag '${tagLabel(tag)}' is somebody else's: ${owner}.` };
}
