/** Rename of a tag where its value is written. On a macro's name it is the C++ extension's turn. */
import { ErrorCodes, type PrepareRenameResult, ResponseError, type WorkspaceEdit } from 'vscode-languageserver';
import { renameTag } from '../assign/renameTag.ts';
import type { LocatedDefinition } from '../index/includeScope.ts';
import type { RenameTagResult, SourcePosition, SourceRange } from '../protocol.ts';
import { writtenValue } from '../rules/writtenValue.ts';
import { LineTable } from '../scan/lines.ts';
import { type PoolTag, tagText } from '../tag/poolTag.ts';
import { rangeHolds } from './tagAt.ts';
import { workspaceEdit } from './valueEdit.ts';
import type { LanguageView } from './view.ts';

interface ValueAtPosition {
  readonly tag: PoolTag;
  /** The literal in the value. */
  readonly range: SourceRange;
  readonly definition?: Pick<LocatedDefinition, 'path' | 'definition'>;
}

const LITERAL = /'(?:[^'\\\n]|\\.)+'|\b0[xX][0-9A-Fa-f]+\w*/;

/** The value of a tag that is written at a position. */
function valueAt(view: LanguageView, path: string, position: SourcePosition): ValueAtPosition | undefined {
  const { index } = view;
  const text = view.text(path);
  if (text === undefined) return undefined;
  const lines = new LineTable(text);
  const literalAt = (start: number, written: string): SourceRange | undefined => {
    const match = LITERAL.exec(written);
    const range = match && lines.rangeOf(start + match.index, start + match.index + match[0].length);
    return range && rangeHolds(range, position) ? range : undefined;
  };
  const places = [
    ...index.sitesIn(path).map((place) => ({ tag: place.site.tag, place })),
    ...index.freesIn(path).map((place) => ({ tag: place.free.tag, place })),
  ];
  for (const { tag, place } of places) {
    const written = tag === null ? undefined : writtenValue(view, place);
    const range =
      written && written.path === path && written.name === '' ? literalAt(written.start, written.text) : undefined;
    if (range) return { tag: tag!, range };
  }
  for (const definition of index.definitionsIn(path)) {
    const range = literalAt(definition.bodyStart, definition.body);
    const tag = range && index.valueOfDefinition(path, definition);
    if (!tag) continue;
    const isTag = index.sitesOf(tag).length > 0 || index.freesOf(tag).length > 0;
    return isTag ? { tag, range, definition: { path, definition } } : undefined;
  }
  return undefined;
}

/** The range and the present text of the tag at a position; null where none is written. */
export function prepareRename(view: LanguageView, path: string, position: SourcePosition): PrepareRenameResult | null {
  const found = valueAt(view, path, position);
  return found ? { range: found.range, placeholder: tagText(found.tag).trimEnd() } : null;
}

/** The edit that renames the tag at a position; throws the reason where it cannot be. */
export function rename(view: LanguageView, path: string, position: SourcePosition, newText: string): WorkspaceEdit {
  const found = valueAt(view, path, position);
  if (!found) throw new ResponseError(ErrorCodes.InvalidParams, 'No pool tag is written here.');
  const result = renameTag(view, found.tag, newText, found.definition);
  if ('reason' in result) throw new ResponseError(ErrorCodes.InvalidParams, result.reason);
  return workspaceEdit(result.changes, view.text);
}

/** The edit that renames a tag, whoever asks. */
export function renameEverywhere(view: LanguageView, tag: PoolTag, newText: string): RenameTagResult {
  const result = renameTag(view, tag, newText);
  if ('reason' in result) return { edit: null, places: 0, reason: result.reason };
  return { edit: workspaceEdit(result.changes, view.text), places: result.changes.length, reason: '' };
}
