/** Ways to a site: workspace symbols, the definition behind a tag, and all places that use a tag. */
import { type Location, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver';
import { pathToUri } from '../index/fileUri.ts';
import type { SourcePosition } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { tagLabel } from '../tag/poolTag.ts';
import { tagAt } from './tagAt.ts';
import type { LanguageView } from './view.ts';

const MOST_SYMBOLS = 1000;

/** Whether the letters of `query` occur in `text` in this order, case disregarded, as VS Code matches symbols. */
function isSubsequence(query: string, text: string): boolean {
  let at = 0;
  for (const c of text) if (at < query.length && c === query[at]) at++;
  return at === query.length;
}

/**
 * Allocation sites as symbols. `#XTag` gives the sites of the tags that start so; anything else is matched against
 * tag and function.
 */
export function workspaceSymbols({ index }: LanguageView, query: string): WorkspaceSymbol[] {
  const wanted = query.trim().toLowerCase();
  const symbols: WorkspaceSymbol[] = [];
  for (const site of index.snapshot().sites) {
    const tag = tagLabel(site.tag);
    const shown = tag.trimEnd();
    const name = site.function === '' ? shown : `${shown} — ${site.function}`;
    const matches = wanted.startsWith('#')
      ? tag.toLowerCase().startsWith(wanted.slice(1))
      : isSubsequence(wanted, `${shown} ${site.function}`.toLowerCase());
    if (!matches) continue;
    symbols.push({
      name: wanted.startsWith('#') ? `#${name}` : name,
      kind: SymbolKind.Constant,
      containerName: site.routine,
      location: { uri: site.uri, range: site.range },
    });
    if (symbols.length === MOST_SYMBOLS) break;
  }
  return symbols;
}

/** From a tag written as a name to the #define or constant it means. `read` gives the text of a file. */
export function tagDefinition(
  { index }: LanguageView,
  path: string,
  position: SourcePosition,
  read: (path: string) => string | undefined,
): Location | null {
  const text = read(path);
  if (text === undefined) return null;
  const target = tagAt(index, path, new LineTable(text), position)?.definition;
  if (!target) return null;
  const home = target.path === path ? text : read(target.path);
  if (home === undefined) return null;
  const range = new LineTable(home).rangeOf(target.offset, target.offset + target.length);
  return { uri: pathToUri(target.path), range };
}

/** All sites and frees of the tag at a position. */
export function tagReferences(
  { index }: LanguageView,
  path: string,
  text: string,
  position: SourcePosition,
): Location[] {
  const found = tagAt(index, path, new LineTable(text), position);
  if (!found) return [];
  const sites = index.sitesOf(found.tag).map(({ site }) => ({ uri: site.uri, range: site.tagRange }));
  const frees = index
    .freesOf(found.tag)
    .map(({ free, call }) => ({ uri: free.uri, range: call.tag?.range ?? free.range }));
  return [...sites, ...frees];
}
