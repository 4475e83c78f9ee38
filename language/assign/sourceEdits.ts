/** The changes of an assignment, file by file, as they are gathered: values, names of new definitions, insertions. */

import { baseName } from '../index/fileUri.ts';
import type { LocatedDefinition } from '../index/includeScope.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import { isRust, WDK_ALLOCATOR_TAG } from '../scan/rust.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import { definitionBeside, definitionName } from './newDefinition.ts';
import { newLiteral, offsetOfName, rewriteValue } from './valueText.ts';

/** The text that an edit is computed against; `version` is null for a file that is not open. */
export interface SourceText {
  readonly text: string;
  readonly version: number | null;
}

/** The present text of a file: of the open document, else of the disk. Undefined where it cannot be read. */
export type ReadSource = (path: string) => SourceText | undefined;

/** A change of one file, in offsets. */
export interface SourceChange {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

/** A file with the changes planned for it. */
export interface EditedFile {
  readonly source: SourceText;
  readonly lines: LineTable;
  readonly changes: SourceChange[];
}

/** A call whose tag is written in its own file. */
export interface TaggedCall {
  readonly path: string;
  readonly call: PoolCall;
}

/** What a group of places that get one tag share: the definitions made for it, by the definition beside which they stand. */
export type NewDefinitions = Map<string, string>;

export class SourceEdits {
  readonly #index: SiteIndex;
  readonly #read: ReadSource;
  readonly #files = new Map<string, EditedFile | null>();
  readonly #newNames = new Set<string>();

  constructor(index: SiteIndex, read: ReadSource) {
    this.#index = index;
    this.#read = read;
  }

  /** A file as it is edited; null where it cannot be read. */
  open(path: string): EditedFile | null {
    let file = this.#files.get(path);
    if (file === undefined) {
      const source = this.#read(path);
      file = source ? { source, lines: new LineTable(source.text), changes: [] } : null;
      this.#files.set(path, file);
    }
    return file;
  }

  /** Files that have changes, those in the order of the text. */
  *changed(): Generator<[path: string, file: EditedFile, changes: SourceChange[]]> {
    for (const [path, file] of this.#files)
      if (file && file.changes.length > 0) yield [path, file, merged(file.changes)];
  }

  /** Why the tag of a call cannot be written anew; null where it can. */
  obstacle({ path, call }: TaggedCall): string | null {
    const file = this.open(path);
    const { tag, localConstant } = call;
    if (!file) return `${baseName(path)} cannot be read.`;
    if (!tag) return 'The tag is chosen by what it calls.';
    if (tag.text === WDK_ALLOCATOR_TAG && isRust(path)) return 'The crate wdk-alloc chooses this tag.';
    if (!file.source.text.startsWith(tag.text, tag.start))
      return `${baseName(path)} has changed since it was scanned; try again in a moment.`;
    if (localConstant !== null)
      return `The tag is the local constant '${tag.text}', which other code of the function may use.`;
    return null;
  }

  /**
   * Writes `tag` at a call without an {@link obstacle}: a new definition beside the one that the call names where the
   * project does it so, made once for all places of one group, else a literal.
   */
  retag({ path, call }: TaggedCall, tag: PoolTag, words: readonly string[], made: NewDefinitions): void {
    const file = this.open(path)!;
    const argument = call.tag!;
    if (this.#viaDefinition(file, { path, call }, tag, words, made)) return;
    const text = rewriteValue(argument.text, tag) ?? newLiteral(path, tag);
    file.changes.push({ offset: argument.start, end: argument.start + argument.text.length, text });
  }

  replace(path: string, offset: number, end: number, text: string): void {
    this.open(path)!.changes.push({ offset, end, text });
  }

  /** Writes a new definition beside the one the call uses; false where a literal is the safe way. */
  #viaDefinition(
    file: EditedFile,
    { path, call }: TaggedCall,
    tag: PoolTag,
    words: readonly string[],
    made: NewDefinitions,
  ): boolean {
    const chain = this.#index.tagDefinitions(path, call);
    const located = chain[0];
    if (!located || !this.#isOnlyMeaning(located, path)) return false;
    const { definition } = located;
    const argument = call.tag!;
    const nameOffset = offsetOfName(argument.text, definition.name);
    if (nameOffset === undefined) return false;
    const home = this.open(located.path);
    if (!home) return false;
    const key = `${definition.start} ${located.path}`;
    let name = made.get(key);
    if (name === undefined) {
      const isTaken = (n: string) =>
        this.#newNames.has(n) ||
        this.#index.definerCount(n) > 0 ||
        mentions(file.source.text, n) ||
        mentions(home.source.text, n);
      name = definitionName(definition.name, words, isTaken);
      const value =
        rewriteValue(definition.body, tag) ??
        rewriteValue(chain[chain.length - 1].definition.body, tag) ??
        newLiteral(located.path, tag);
      const insertion = definitionBeside(home.source.text, definition, name, value);
      if (!insertion) return false;
      this.#newNames.add(name);
      made.set(key, name);
      home.changes.push({ offset: insertion.offset, end: insertion.offset, text: insertion.text });
    }
    const offset = argument.start + nameOffset;
    file.changes.push({ offset, end: offset + definition.name.length, text: name });
    return true;
  }

  /** Whether the name has this one definition, whatever the conditions of the build: then a new one beside it is seen too. */
  #isOnlyMeaning({ definition, reached }: LocatedDefinition, path: string): boolean {
    if (definition.kind === 'function') return false;
    if (!reached) return this.#index.definerCount(definition.name) === 1;
    return this.#index.reachableDefinitions(definition.name, path).length === 1;
  }
}

/** Changes in the order of the text, several insertions at one place joined into one, equal ones made once. */
function merged(changes: readonly SourceChange[]): SourceChange[] {
  const sorted = changes
    .map((change, i) => ({ change, i }))
    .sort((a, b) => a.change.offset - b.change.offset || a.i - b.i)
    .map(({ change }) => change);
  const result: SourceChange[] = [];
  for (const change of sorted) {
    const last = result[result.length - 1];
    const joins = last && last.offset === change.offset && last.end === last.offset && change.end === change.offset;
    if (joins) result[result.length - 1] = { ...last, text: last.text + change.text };
    else if (!last || last.offset !== change.offset || last.end !== change.end || last.text !== change.text)
      result.push(change);
  }
  return result;
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true;
  }
  return false;
}
