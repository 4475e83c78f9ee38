/** pooltag.txt as a document: from a tag to its entry, and from an entry to its tag. */
import type { Location } from 'vscode-languageserver';
import { baseName, normalizePath, pathToUri } from '../index/fileUri.ts';
import type { SourcePosition } from '../protocol.ts';
import { type PoolTag, tagFromText } from '../tag/poolTag.ts';
import { parseTagFile, type TagDatabase } from '../tag/tagDatabase.ts';
import { isTagPattern } from '../tag/tagPattern.ts';
import type { TagAtPosition } from './tagAt.ts';

const TAG_FILE_NAME = /^pooltag.*\.txt$/i;

/** The entry of exactly this tag; null for an entry of the built-in table, which stands in no file. */
export function tagFileLocation(database: TagDatabase, tag: PoolTag): Location | null {
  const entry = database.hasExact(tag) ? database.lookup(tag) : undefined;
  if (!entry || entry.file === '') return null;
  const line = entry.line - 1;
  const end = entry.pattern.trimEnd().length;
  return {
    uri: pathToUri(normalizePath(entry.file)),
    range: { start: { line, character: 0 }, end: { line, character: end } },
  };
}

/** The tag whose entry stands on a line of a pooltag.txt; undefined elsewhere, and for entries with wildcards. */
export function tagInTagFile(path: string, text: string, { line }: SourcePosition): TagAtPosition | undefined {
  if (!TAG_FILE_NAME.test(baseName(path))) return undefined;
  const entry = parseTagFile(text, path).find((e) => e.line === line + 1);
  const tag = entry && !isTagPattern(entry.pattern) ? tagFromText(entry.pattern) : undefined;
  if (tag === undefined) return undefined;
  const end = entry!.pattern.trimEnd().length;
  return { tag, range: { start: { line, character: 0 }, end: { line, character: end } } };
}
