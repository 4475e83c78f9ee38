/** The way back: which changes give sites their old tags again, and what cannot be given back. */
import type { Ledger, LedgerEdit, LedgerEntry, LedgerSite } from './ledger.ts';
import { findEdits } from './ledgerPlace.ts';
import { holdsConstant, type PlannedEdit, surroundings } from './ledgerRecord.ts';
import { PieceTable } from './pieceTable.ts';

/** What is to get its old tag back: all, the sites of an old tag, those of some new tags, or what stands below a folder. */
export type RestoreScope =
  | { readonly scope: 'all' }
  | { readonly scope: 'oldTag'; readonly tag: string }
  | { readonly scope: 'newTags'; readonly tags: readonly string[] }
  | { readonly scope: 'folder'; readonly folder: string };

/** A site that keeps its tag, or a change that stays, and why. */
export interface NotRestored {
  readonly file: string;
  /** From 1; 0 where no line can be named. */
  readonly line: number;
  readonly reason: string;
}

export interface RestorePlan {
  /** Changes by file, in the order of the text. */
  readonly files: readonly { readonly file: string; readonly before: string; readonly edits: readonly PlannedEdit[] }[];
  readonly restored: readonly LedgerSite[];
  readonly refused: readonly NotRestored[];
  /** Changes that stay although all their sites are restored: harmless, and said. */
  readonly left: readonly NotRestored[];
  /** The ledger once the changes are made. */
  readonly ledger: Ledger;
}

/** The text of a file of the ledger; undefined where it is gone. */
export type ReadFile = (file: string) => string | undefined;

function isAsked(scope: RestoreScope, site: LedgerSite): boolean {
  switch (scope.scope) {
    case 'all':
      return true;
    case 'oldTag':
      return site.old === scope.tag;
    case 'newTags':
      return scope.tags.includes(site.new);
    case 'folder':
      return scope.folder === '' || site.file.startsWith(`${scope.folder}/`);
  }
}

/**
 * Plans a restore. A tag is given back as a whole: its sites, its frees and its definition, or none of them, since a free
 * must not part from its memory. Later assignments are taken back before earlier ones.
 */
export function planRestore(ledger: Ledger, scope: RestoreScope, read: ReadFile): RestorePlan {
  const refused: NotRestored[] = [];
  const asked = new Set(
    ledger.entries.flatMap((e) => e.sites.filter((site) => isAsked(scope, site)).map((s) => s.new)),
  );
  for (;;) {
    const attempt = new Attempt(ledger, asked, read);
    const objections = attempt.objections();
    if (objections.size === 0) return attempt.plan(refused);
    for (const [tag, objection] of objections) {
      asked.delete(tag);
      for (const site of sitesOf(ledger, tag)) refused.push({ file: site.file, line: site.line, reason: objection });
    }
  }
}

function sitesOf(ledger: Ledger, tag: string): LedgerSite[] {
  return ledger.entries.flatMap((entry) => entry.sites.filter((site) => site.new === tag));
}

/** A restore of some tags, tried on the texts. */
class Attempt {
  readonly #ledger: Ledger;
  readonly #tags: ReadonlySet<string>;
  readonly #before = new Map<string, string | undefined>();
  readonly #tables = new Map<string, PieceTable>();
  readonly #read: ReadFile;
  readonly #missing: LedgerEdit[] = [];
  /** Changes of the ledger that are taken back. */
  readonly #gone = new Set<LedgerEdit>();

  constructor(ledger: Ledger, tags: ReadonlySet<string>, read: ReadFile) {
    this.#ledger = ledger;
    this.#tags = tags;
    this.#read = read;
    for (const entry of [...ledger.entries].reverse()) this.#takeBack(entry);
  }

  #table(file: string): PieceTable | undefined {
    if (!this.#before.has(file)) {
      const text = this.#read(file);
      this.#before.set(file, text);
      if (text !== undefined) this.#tables.set(file, new PieceTable(text));
    }
    return this.#tables.get(file);
  }

  #takeBack(entry: LedgerEntry): void {
    const isGoing = (edit: LedgerEdit) => edit.tags.every((tag) => this.#tags.has(tag));
    for (const file of new Set(entry.edits.filter(isGoing).map((edit) => edit.file))) {
      const table = this.#table(file);
      const inFile = entry.edits.filter((edit) => edit.file === file);
      // Those that stay are looked for too, so that no other takes their place.
      const found = table ? findEdits(table.text, inFile) : [];
      for (const { edit, start, end, old } of found.reverse()) if (isGoing(edit)) table!.replace(start, end, old);
      for (const edit of inFile.filter(isGoing)) {
        this.#gone.add(edit);
        if (!found.some((f) => f.edit === edit)) this.#missing.push(edit);
      }
    }
  }

  /** Tags that must keep: their constant or their name would still stand somewhere. The reason by tag. */
  objections(): Map<string, string> {
    const objections = new Map<string, string>();
    const files = new Set(this.#ledger.entries.flatMap((entry) => entry.edits.map((edit) => edit.file)));
    for (const file of files) {
      const table = this.#table(file);
      if (!table) continue;
      for (const tag of this.#tags) {
        if (objections.has(tag)) continue;
        const words = this.#wordsOf(tag);
        const at = words.map((word) => placeOf(table.text, word)).find((place) => place >= 0);
        const line = at === undefined ? undefined : lineOf(table.text, at);
        const word = at === undefined ? '' : words.find((w) => placeOf(table.text, w) === at);
        if (line !== undefined)
          objections.set(
            tag,
            `${word} is still used in ${file}, line ${line}, by other text than the one that was assigned.`,
          );
        else if (holdsConstant(table.text, tag))
          objections.set(
            tag,
            `The tag '${tag}' still stands in ${file}, in other text than the one that was assigned.`,
          );
      }
    }
    return objections;
  }

  /** Names whose definitions go with a tag. */
  #wordsOf(tag: string): string[] {
    return [...this.#gone].filter((e) => e.defines !== '' && e.tags.includes(tag)).map((e) => e.defines);
  }

  plan(refused: readonly NotRestored[]): RestorePlan {
    const files = [...this.#tables].flatMap(([file, table]) => {
      const edits = table.edits();
      return edits.length > 0 ? [{ file, before: this.#before.get(file)!, edits }] : [];
    });
    const restored = this.#ledger.entries.flatMap((e) => e.sites.filter((site) => this.#tags.has(site.new)));
    const left = this.#missing.map((edit) => ({
      file: edit.file,
      line: 0,
      reason:
        this.#tables.get(edit.file) === undefined
          ? 'The file is not there any more.'
          : `This stays, since the text around it has changed: ${shortened(edit.old || edit.new)}`,
    }));
    return { files, restored, refused: [...refused], left, ledger: this.#ledgerAfter() };
  }

  #ledgerAfter(): Ledger {
    const entries = this.#ledger.entries.flatMap((entry): LedgerEntry[] => {
      const sites = entry.sites.filter((site) => !this.#tags.has(site.new));
      const kept = entry.edits.filter((edit) => !this.#gone.has(edit));
      if (sites.length === 0 && kept.length === 0) return [];
      return [{ ...entry, sites, edits: this.#anchoredAnew(kept) }];
    });
    return { entries };
  }

  /** Changes that stay: of the tags that are left, with the context that they have once the others are gone. */
  #anchoredAnew(kept: readonly LedgerEdit[]): LedgerEdit[] {
    const anchors = new Map<LedgerEdit, { before: string; after: string }>();
    for (const [file, edits] of Map.groupBy(kept, (edit) => edit.file)) {
      const text = this.#tables.get(file)?.text;
      for (const { edit, start, end } of text === undefined ? [] : findEdits(text, edits))
        anchors.set(edit, surroundings(text!, start, end - start));
    }
    return kept.map((edit) => ({
      ...edit,
      ...anchors.get(edit),
      tags: edit.tags.filter((tag) => !this.#tags.has(tag)),
    }));
  }
}

/** Where a word stands alone in a text; -1 where it does not. */
function placeOf(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + word.length] ?? '')) return at;
  }
  return -1;
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
