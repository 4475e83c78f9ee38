/** Ways to a site: workspace symbols, the definition behind a tag, and all places that use a tag. */
import { type Location, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver';
import { pathToUri } from '../index/fileUri.ts';
import type { SourcePosition } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { type PoolTag, tagLabel } from '../tag/poolTag.ts';
import { type TagAtPosition, tagAt } from './tagAt.ts';
import { tagFileLocation, tagInTagFile } from './tagFile.ts';
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

/** A place in a file by offset; null where the file cannot be read. */
function locationAt(view: LanguageView, path: string, offset: number, length: number): Location | null {
  const text = view.text(path);
  if (text === undefined) return null;
  return { uri: pathToUri(path), range: new LineTable(text).rangeOf(offset, offset + length) };
}

/** The macros and constants that the sites and frees of a tag go through. */
function definitionsOf(view: LanguageView, tag: PoolTag): Location[] {
  const { index } = view;
  const found = new Map<string, Location>();
  for (const { path, call } of [...index.sitesOf(tag), ...index.freesOf(tag)]) {
    for (const { path: home, definition } of index.tagDefinitions(path, call)) {
      const key = `${definition.nameStart} ${home}`;
      if (definition.kind === 'function' || found.has(key)) continue;
      const location = locationAt(view, home, definition.nameStart, definition.name.length);
      if (location) found.set(key, location);
    }
  }
  return [...found.values()];
}

function tagHere(view: LanguageView, path: string, position: SourcePosition): TagAtPosition | undefined {
  const text = view.text(path);
  if (text === undefined) return undefined;
  return tagInTagFile(path, text, position) ?? tagAt(view.index, path, new LineTable(text), position);
}

/**
 * From a tag written as a name to the #define or constant it means; from a literal, and from the definition itself, to the
 * tag's entry in pooltag.txt; from an entry there to the definitions in the sources, else to the sites.
 */
export function tagDefinition(view: LanguageView, path: string, position: SourcePosition): Location[] {
  const found = tagHere(view, path, position);
  if (!found) return [];
  const { definition, tag } = found;
  const entry = tagFileLocation(view.database, tag);
  const isEntry = entry?.uri === pathToUri(path);
  if (isEntry) {
    const definitions = definitionsOf(view, tag);
    if (definitions.length > 0) return definitions;
    return view.index.sitesOf(tag).map(({ site }) => ({ uri: site.uri, range: site.tagRange }));
  }
  const target = definition && locationAt(view, definition.path, definition.offset, definition.length);
  if (!target) return entry ? [entry] : [];
  // In the definition itself, on the name as on the value.
  const isHere = target.uri === pathToUri(path) && target.range.start.line === position.line;
  return entry && isHere ? [entry] : [target];
}

/** All sites and frees of the tag at a position, and where `declarations` asks for them its definitions. */
export function tagReferences(
  view: LanguageView,
  path: string,
  position: SourcePosition,
  declarations: boolean,
): Location[] {
  const found = tagHere(view, path, position);
  if (!found) return [];
  const { index } = view;
  const sites = index.sitesOf(found.tag).map(({ site }) => ({ uri: site.uri, range: site.tagRange }));
  const frees = index
    .freesOf(found.tag)
    .map(({ free, call }) => ({ uri: free.uri, range: call.tag?.range ?? free.range }));
  return [...(declarations ? definitionsOf(view, found.tag) : []), ...sites, ...frees];
}
