/** A list of tags in pooltag.txt's format, for PoolMon, WinDbg and the people of a project. */
import path from 'node:path';
import { uriToPath } from '../index/fileUri.ts';
import type { AllocationSite, TagListResult } from '../protocol.ts';
import { tagText } from '../tag/poolTag.ts';
import { parseTagFile } from '../tag/tagDatabase.ts';
import { pathBelow } from './applyAssignment.ts';

/** One line of the list. */
export interface ListedTag {
  /** Four characters, as PoolMon shows them. */
  readonly tag: string;
  /** The driver's name, without `.sys`. */
  readonly driver: string;
  readonly file: string;
  readonly function: string;
}

/**
 * The tags of sites as a list has them. `fileOf`: a site's file as people know it; `driverOf`: its driver where no project
 * says.
 */
function listedTags(
  sites: Iterable<AllocationSite>,
  fileOf: (uri: string) => string,
  driverOf: (uri: string) => string,
): ListedTag[] {
  return [...sites].map(({ tag, uri, project, function: name }) => ({
    tag: tagText(tag),
    driver: project?.name ?? driverOf(uri),
    file: fileOf(uri),
    function: name,
  }));
}

function lineOf({ tag, driver, file, function: name }: ListedTag): string {
  return `${tag} - ${driver}.sys - ${name === '' ? file : `${file}, ${name}`}`;
}

/**
 * The text of a list with `tags` in it: lines of these tags are written anew where they stand, further ones behind the
 * last line, everything else stays as it is. Several sites of one tag give one line.
 */
export function withTags(text: string, tags: readonly ListedTag[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const wanted = new Map<string, string>();
  for (const tag of tags) if (!wanted.has(tag.tag)) wanted.set(tag.tag, lineOf(tag));
  const lines = text === '' ? [] : text.split(/\r\n|\n/);
  for (const { pattern, line } of parseTagFile(text, '')) {
    const replacement = wanted.get(pattern);
    if (replacement === undefined) continue;
    lines[line - 1] = replacement;
    wanted.delete(pattern);
  }
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  return [...lines, ...wanted.values()].map((line) => `${line}${eol}`).join('');
}

/** A list with the tags of all sites of a workspace. `roots`: the paths of its folders. */
export function workspaceTagList(
  text: string,
  sites: readonly AllocationSite[],
  roots: readonly string[],
): TagListResult {
  const rootOf = (file: string) => roots.find((root) => pathBelow(root, file) !== undefined) ?? '';
  const pathOf = (uri: string) => uriToPath(uri) ?? uri;
  const tags = listedTags(
    sites,
    (uri) => pathBelow(rootOf(pathOf(uri)), pathOf(uri)) ?? uri,
    (uri) => path.basename(rootOf(pathOf(uri))) || 'driver',
  );
  return { text: withTags(text, tags), tags: new Set(tags.map(({ tag }) => tag)).size };
}
