/** The edit that gives allocation sites tags of their own, in the project's style. */
import type { AnnotatedTextEdit, ChangeAnnotation, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { baseName, pathToUri, uriToPath } from '../index/fileUri.ts';
import type { LocatedDefinition } from '../index/includeScope.ts';
import type { IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { AssignedSite, AssignParams, AssignResult, FreeSite, RefusedSite, SourcePosition } from '../protocol.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import { isRust, WDK_ALLOCATOR_TAG } from '../scan/rust.ts';
import { type PoolTag, tagLabel, tagText } from '../tag/poolTag.ts';
import { definitionBeside, definitionName } from './newDefinition.ts';
import { chooseTag, type KnownTags, tagsInUse } from './uniqueTags.ts';
import { newLiteral, offsetOfName, rewriteValue } from './valueText.ts';
import { tellingWords } from './words.ts';

/** The text that an edit is computed against; `version` is null for a file that is not open. */
export interface SourceText {
  readonly text: string;
  readonly version: number | null;
}

export interface AssignContext extends KnownTags {
  /** The present text of a file: of the open document, else of the disk. Undefined where it cannot be read. */
  readonly read: (path: string) => SourceText | undefined;
}

/** Change annotations of the edit: what is written, and the frees that are shown but not touched. */
const ASSIGNED = 'poolLens.assigned';
const LEFT_ALONE = 'poolLens.leftAlone';
const MOST_FREES_NAMED = 20;

interface Change {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

interface OpenFile {
  readonly source: SourceText;
  readonly lines: LineTable;
  readonly changes: Change[];
}

/** The site whose tag argument or routine stands at a position, else the only one that touches its line. */
export function siteAt(index: SiteIndex, path: string, position: SourcePosition): IndexedSite | undefined {
  const sites = index.sitesIn(path);
  const holds = ({ start, end }: { start: SourcePosition; end: SourcePosition }) =>
    (position.line > start.line || (position.line === start.line && position.character >= start.character)) &&
    (position.line < end.line || (position.line === end.line && position.character <= end.character));
  const exact = sites.find(({ site }) => holds(site.tagRange) || holds(site.range));
  if (exact) return exact;
  const onLine = sites.filter(
    ({ site }) => position.line >= site.range.start.line && position.line <= site.tagRange.end.line,
  );
  return onLine.length === 1 ? onLine[0] : undefined;
}

/** The tagged frees of a tag, which an assignment of its sites leaves alone. */
export function freesLeftAlone(index: SiteIndex, tag: PoolTag): FreeSite[] {
  return index.freesOf(tag).map((f) => f.free);
}

/** Computes the assignment that `params` asks for. Nothing is written. */
export function assignTags(context: AssignContext, params: AssignParams): AssignResult {
  const { index } = context;
  if (params.scope === 'tag') {
    const targets = index.sitesOf(params.tag);
    return new Assignment(context, params.tag).run(targets);
  }
  const path = uriToPath(params.uri);
  const target = path === undefined ? undefined : siteAt(index, path, params.position);
  if (path !== undefined && target) return new Assignment(context, target.site.tag).run([target]);
  const reason = path === undefined ? 'Only files on disk can be edited.' : whyNoSite(index, path, params.position);
  return refusal(params.uri, params.position, reason);
}

function refusal(uri: string, position: SourcePosition, reason: string): AssignResult {
  return { edit: null, assigned: [], refused: [{ uri, position, reason }], leftFrees: [] };
}

function whyNoSite(index: SiteIndex, path: string, position: SourcePosition): string {
  const touches = ({ range, tag }: PoolCall) =>
    position.line >= range.start.line && position.line <= (tag?.range.end.line ?? -1);
  const handedOn = index.handedOnIn(path).find(touches);
  if (handedOn) return `The tag is the parameter '${handedOn.tag!.text}': its callers choose it.`;
  const open = index.unresolvedIn(path).find((u) => touches(u.call));
  if (!open) return 'There is no allocation site here.';
  const { expression } = open.unresolved;
  if (open.call.hidden.includes(expression.trim()))
    return `The tag is the parameter or local variable '${expression}': its callers choose it.`;
  return `The tag '${expression}' is not a constant that the sources show.`;
}

/** The sites by where their tags are written: those that call one macro share the tag in its body. */
function writtenOnce(sites: readonly IndexedSite[]): IndexedSite[] {
  const targets = new Map<string, IndexedSite>();
  for (const target of sites) {
    const { path, call } = target.written ?? target;
    const key = `${path}\0${call.start}\0${call.tag?.start}`;
    if (!targets.has(key)) targets.set(key, target.written ? { ...target, path, call } : target);
  }
  return [...targets.values()];
}

/** One run: the tags and names chosen so far, and the changes file by file. */
class Assignment {
  readonly #context: AssignContext;
  readonly #oldTag: PoolTag;
  readonly #spokenFor: Set<string>;
  readonly #newNames = new Set<string>();
  readonly #files = new Map<string, OpenFile | null>();
  readonly #functions: readonly string[];
  readonly #assigned: AssignedSite[] = [];
  readonly #refused: RefusedSite[] = [];

  constructor(context: AssignContext, oldTag: PoolTag) {
    this.#context = context;
    this.#oldTag = oldTag;
    this.#spokenFor = tagsInUse(context);
    this.#functions = context.index.sitesOf(oldTag).map((s) => (s.written ?? s).call.function);
  }

  run(sites: readonly IndexedSite[]): AssignResult {
    for (const target of writtenOnce(sites)) {
      const reason = this.#assign(target);
      const { uri, range } = target.site;
      if (reason !== null) this.#refused.push({ uri, position: range.start, reason });
    }
    const leftFrees = this.#assigned.length > 0 ? freesLeftAlone(this.#context.index, this.#oldTag) : [];
    return {
      edit: this.#assigned.length > 0 ? this.#edit(leftFrees) : null,
      assigned: this.#assigned,
      refused: this.#refused,
      leftFrees,
    };
  }

  /** Gives one site a tag; answers why not, or null. */
  #assign({ site, path, call }: IndexedSite): string | null {
    const file = this.#open(path);
    if (!file) return `${baseName(path)} cannot be read.`;
    const argument = call.tag!;
    if (argument.text === WDK_ALLOCATOR_TAG && isRust(path)) return 'The crate wdk-alloc chooses this tag.';
    if (!file.source.text.startsWith(argument.text, argument.start))
      return `${baseName(path)} has changed since it was scanned; try again in a moment.`;
    if (call.localConstant !== null)
      return `The tag is the local constant '${argument.text}', which other code of the function may use.`;
    const words = tellingWords(call.function || baseName(path).replace(/\.\w+$/, ''), this.#functions);
    const isSpokenFor = (text: string) =>
      this.#spokenFor.has(text.toLowerCase()) || this.#context.database.isSpokenFor(text);
    const newTag = chooseTag(this.#oldTag, words, isSpokenFor);
    if (newTag === undefined) return 'Every pool tag is taken.';
    this.#spokenFor.add(tagText(newTag).toLowerCase());
    if (!this.#viaDefinition(file, { site, path, call }, words, newTag)) {
      const text = rewriteValue(argument.text, newTag) ?? newLiteral(path, newTag);
      file.changes.push({ offset: argument.start, end: argument.start + argument.text.length, text });
    }
    this.#assigned.push({ uri: site.uri, position: site.range.start, oldTag: this.#oldTag, newTag });
    return null;
  }

  /** Writes a new definition beside the one the site uses; false where a literal is the safe way. */
  #viaDefinition(file: OpenFile, { path, call }: IndexedSite, words: readonly string[], newTag: PoolTag): boolean {
    const chain = this.#context.index.tagDefinitions(path, call);
    const located = chain[0];
    if (!located || !this.#isOnlyMeaning(located, path)) return false;
    const { definition } = located;
    const argument = call.tag!;
    const nameOffset = offsetOfName(argument.text, definition.name);
    if (nameOffset === undefined) return false;
    const home = this.#open(located.path);
    if (!home) return false;
    const isTaken = (name: string) =>
      this.#newNames.has(name) ||
      this.#context.index.definerCount(name) > 0 ||
      mentions(file.source.text, name) ||
      mentions(home.source.text, name);
    const name = definitionName(definition.name, words, isTaken);
    const value =
      rewriteValue(definition.body, newTag) ??
      rewriteValue(chain[chain.length - 1].definition.body, newTag) ??
      newLiteral(located.path, newTag);
    const insertion = definitionBeside(home.source.text, definition, name, value);
    if (!insertion) return false;
    this.#newNames.add(name);
    home.changes.push({ offset: insertion.offset, end: insertion.offset, text: insertion.text });
    const offset = argument.start + nameOffset;
    file.changes.push({ offset, end: offset + definition.name.length, text: name });
    return true;
  }

  /** Whether the name has this one definition, whatever the conditions of the build: then a new one beside it is seen too. */
  #isOnlyMeaning({ definition, reached }: LocatedDefinition, path: string): boolean {
    const { index } = this.#context;
    if (definition.kind === 'function') return false;
    if (!reached) return index.definerCount(definition.name) === 1;
    return index.reachableDefinitions(definition.name, path).length === 1;
  }

  #open(path: string): OpenFile | null {
    let file = this.#files.get(path);
    if (file === undefined) {
      const source = this.#context.read(path);
      file = source ? { source, lines: new LineTable(source.text), changes: [] } : null;
      this.#files.set(path, file);
    }
    return file;
  }

  #edit(leftFrees: readonly FreeSite[]): WorkspaceEdit {
    const byFile = new Map<string, AnnotatedTextEdit[]>();
    for (const [path, file] of this.#files) {
      if (!file || file.changes.length === 0) continue;
      const edits = merged(file.changes).map(({ offset, end, text }) => ({
        range: file.lines.rangeOf(offset, end),
        newText: text,
        annotationId: ASSIGNED,
      }));
      byFile.set(path, edits);
    }
    for (const { uri, range } of leftFrees) {
      const path = uriToPath(uri);
      if (path === undefined || !this.#open(path)) continue;
      // Inserts nothing: it puts the free into the preview, unchecked, among the changes that surround it.
      const edit = { range: { start: range.start, end: range.start }, newText: '', annotationId: LEFT_ALONE };
      byFile.set(path, [...(byFile.get(path) ?? []), edit]);
    }
    const documentChanges = [...byFile].map(
      ([path, edits]): TextDocumentEdit => ({
        textDocument: { uri: pathToUri(path), version: this.#open(path)?.source.version ?? null },
        edits,
      }),
    );
    return { documentChanges, changeAnnotations: this.#annotations(leftFrees) };
  }

  #annotations(leftFrees: readonly FreeSite[]): Record<string, ChangeAnnotation> {
    const old = tagLabel(this.#oldTag);
    const tags = this.#assigned.map((a) => `'${tagLabel(a.newTag)}'`);
    const annotations: Record<string, ChangeAnnotation> = {
      [ASSIGNED]: {
        label:
          tags.length === 1 ? `Assign unique pool tag ${tags[0]}` : `Assign unique pool tags to ${tags.length} sites`,
        description: `'${old}' becomes ${tags.slice(0, 8).join(', ')}${tags.length > 8 ? ', …' : ''}`,
      },
    };
    if (leftFrees.length === 0) return annotations;
    const places = leftFrees
      .slice(0, MOST_FREES_NAMED)
      .map(({ uri, range }) => `${baseName(uriToPath(uri) ?? uri)}:${range.start.line + 1}`);
    const more = leftFrees.length > MOST_FREES_NAMED ? ` and ${leftFrees.length - MOST_FREES_NAMED} more` : '';
    annotations[LEFT_ALONE] = {
      label: `Left alone: ${leftFrees.length} ${leftFrees.length === 1 ? 'free' : 'frees'} with '${old}'`,
      description: `${places.join(', ')}${more}. A free whose tag does not match its memory can stop Windows (bug check 0xC2)`,
      needsConfirmation: true,
    };
    return annotations;
  }
}

/** Changes in the order of the text, several insertions at one place joined into one. */
function merged(changes: readonly Change[]): Change[] {
  const sorted = changes
    .map((change, i) => ({ change, i }))
    .sort((a, b) => a.change.offset - b.change.offset || a.i - b.i)
    .map(({ change }) => change);
  const result: Change[] = [];
  for (const change of sorted) {
    const last = result[result.length - 1];
    const joins = last && last.offset === change.offset && last.end === last.offset && change.end === change.offset;
    if (joins) result[result.length - 1] = { ...last, text: last.text + change.text };
    else result.push(change);
  }
  return result;
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true;
  }
  return false;
}
