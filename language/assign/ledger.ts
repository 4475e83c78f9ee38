/**
 * The ledger of assignments: which site got which tag, and every change of text that this took, so that it can be taken
 * back weeks later. Places are told by their text and what surrounds it, never by line numbers. Text in, text out: where it
 * is kept is for others.
 */
import { tagFromText } from '../tag/poolTag.ts';

/** A site that got a tag. Tags as PoolMon shows them. */
export interface LedgerSite {
  /** Below the ledger's root, with `/`. */
  readonly file: string;
  /** When it was assigned, from 1; to be shown only. */
  readonly line: number;
  readonly function: string;
  readonly routine: string;
  readonly old: string;
  readonly new: string;
}

/** A change of text that an assignment made. */
export interface LedgerEdit {
  readonly file: string;
  /** What stood there, byte for byte as the file's decoder gives it. */
  readonly old: string;
  readonly new: string;
  /** What surrounds `new`, at most {@link CONTEXT} characters on either side. */
  readonly before: string;
  readonly after: string;
  /** The new tags that need this change: it goes when the last of them is restored. */
  readonly tags: readonly string[];
  /** The name that `new` defines, such as a `#define`'s; empty where it defines none. */
  readonly defines: string;
}

/** One assignment. */
export interface LedgerEntry {
  /** ISO 8601. */
  readonly when: string;
  readonly sites: readonly LedgerSite[];
  readonly edits: readonly LedgerEdit[];
}

/** Assignments that hold, the oldest first. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
}

export const EMPTY_LEDGER: Ledger = { entries: [] };

/** Characters of context on either side of a change. */
export const CONTEXT = 120;

const VERSION = 1;
const FORMAT = 'pool-lens assignments';

/** A ledger that cannot be used: `message` says which, where in it, and what to do. */
export class LedgerError extends Error {}

/** The ledger as a file's text: a line an entry of each list, so that version control merges and shows it well. */
export function ledgerText(ledger: Ledger): string {
  const list = (values: readonly unknown[], indent: string) =>
    values.length === 0 ? '[]' : `[\n${values.map((v) => indent + JSON.stringify(v)).join(',\n')}\n${indent.slice(2)}]`;
  const entries = ledger.entries.map(
    ({ when, sites, edits }) =>
      `    {\n      "when": ${JSON.stringify(when)},\n      "sites": ${list(sites, ' '.repeat(8))},\n      "edits": ${list(edits, ' '.repeat(8))}\n    }`,
  );
  const body = entries.length === 0 ? '[]' : `[\n${entries.join(',\n')}\n  ]`;
  return `{\n  "format": ${JSON.stringify(FORMAT)},\n  "version": ${VERSION},\n  "entries": ${body}\n}\n`;
}

/**
 * Reads a ledger. Nothing of a file that is torn, foreign or of a later version is used.
 *
 * @param where names the file in messages
 * @throws {LedgerError}
 */
export function parseLedger(text: string, where: string): Ledger {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LedgerError(
      `${where} is not whole (${(error as Error).message}). Take it from version control or a backup, or delete it: assigned tags stay, but cannot be restored then.`,
    );
  }
  const root = new Reader(where, value, '');
  if (root.field('format').value !== FORMAT)
    throw new LedgerError(`${where} is no list of assigned pool tags: "format" is not "${FORMAT}". Move it elsewhere.`);
  const version = root.field('version').value;
  if (version !== VERSION)
    throw new LedgerError(
      `${where} has version ${JSON.stringify(version)}, and this Pool Lens reads version ${VERSION}. Update Pool Lens.`,
    );
  return { entries: root.field('entries').list(readEntry) };
}

function readEntry(entry: Reader): LedgerEntry {
  return {
    when: entry.field('when').date(),
    sites: entry.field('sites').list((site) => ({
      file: site.field('file').file(),
      line: site.field('line').line(),
      function: site.field('function').text(),
      routine: site.field('routine').text(),
      old: site.field('old').tag(),
      new: site.field('new').tag(),
    })),
    edits: entry.field('edits').list((edit) => ({
      file: edit.field('file').file(),
      old: edit.field('old').text(),
      new: edit.field('new').text(),
      before: edit.field('before').text(),
      after: edit.field('after').text(),
      tags: edit.field('tags').list((tag) => tag.tag()),
      defines: edit.field('defines').text(),
    })),
  };
}

/** A value in a JSON text, with its way in there for messages. */
class Reader {
  readonly #where: string;
  readonly #path: string;
  readonly value: unknown;

  constructor(where: string, value: unknown, path: string) {
    this.#where = where;
    this.value = value;
    this.#path = path;
  }

  #expected(what: string): LedgerError {
    const place = this.#path === '' ? 'the whole' : this.#path;
    return new LedgerError(
      `${this.#where}: ${place} should be ${what}. The file is damaged: take it from version control or a backup.`,
    );
  }

  field(name: string): Reader {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      throw this.#expected('an object');
    const value = Object.hasOwn(this.value, name) ? (this.value as Record<string, unknown>)[name] : undefined;
    return new Reader(this.#where, value, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  list<T>(read: (element: Reader) => T): T[] {
    if (!Array.isArray(this.value)) throw this.#expected('a list');
    return this.value.map((element, i) => read(new Reader(this.#where, element, `${this.#path}[${i}]`)));
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.#expected('a text');
    return this.value;
  }

  line(): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < 1) throw this.#expected('a line number');
    return this.value as number;
  }

  date(): string {
    const text = this.text();
    if (Number.isNaN(Date.parse(text))) throw this.#expected('a date and time');
    return text;
  }

  tag(): string {
    const text = this.text();
    if (text.length !== 4 || tagFromText(text) === undefined) throw this.#expected('a pool tag of four characters');
    return text;
  }

  /** Below the root: a foreign file must not name others of this machine. */
  file(): string {
    const text = this.text();
    const parts = text.split('/');
    const isBelow = text !== '' && !/[\\:\0]/.test(text) && !parts.some((p) => p === '' || p === '.' || p === '..');
    if (!isBelow) throw this.#expected('the path of a file below its folder');
    return text;
  }
}
