/** Where functions and macros are named in a workspace. A name of another driver, which defines it itself, is another one. */
import type { SiteIndex } from '../index/siteIndex.ts';
import { codeOf, type Mention, mentionsOf } from './mentions.ts';
import type { Programs } from './programs.ts';
import type { ReadSource } from './sourceEdits.ts';

/** A file that names a wrapper. */
export interface MentionedIn {
  readonly path: string;
  readonly text: string;
  /** The text without comments and literals, offset by offset. */
  readonly code: string;
  readonly mentions: readonly Mention[];
}

interface SearchedFile {
  readonly text: string;
  /** The text without comments and literals, once a name stands in it. */
  code: string | null;
  /** By name. */
  readonly mentions: Map<string, readonly Mention[]>;
}

const NO_MENTIONS: readonly Mention[] = [];

/** A name, and the file that defines what it means. */
export interface NamedAt {
  readonly name: string;
  readonly path: string;
}

/** Over the texts of one index and what becomes of them: names that are put in later are not looked for elsewhere. */
export class MentionSearch {
  readonly #index: SiteIndex;
  readonly #programs: Programs;
  /** Files that may call a name, and those that name it in whatever way. */
  readonly #callers = new Map<string, ReadonlySet<string>>();
  readonly #holders = new Map<string, ReadonlySet<string>>();
  /** What was found in the present text of a file. */
  readonly #files = new Map<string, SearchedFile>();

  constructor(index: SiteIndex, programs: Programs) {
    this.#index = index;
    this.#programs = programs;
  }

  /** Calls of each name, at least: as many as there are in files that surely call it. */
  callCounts(names: readonly NamedAt[], read: ReadSource, changed: Iterable<string>): Map<NamedAt, number> {
    this.#find(names, this.#callers, new Set());
    return new Map(names.map((named) => [named, callsIn(this.#mentions(named, this.#callers, read, changed))]));
  }

  /** Every file that names it, its own driver's and those that have no such name of their own. */
  mentions(named: readonly NamedAt[], read: ReadSource, changed: Iterable<string>): Map<NamedAt, MentionedIn[]> {
    const near = new Set(named.flatMap(({ path }) => this.#programs.files(this.#programs.of(path))));
    this.#find(named, this.#holders, near);
    return new Map(named.map((name) => [name, this.#mentions(name, this.#holders, read, changed)]));
  }

  #find(named: readonly NamedAt[], known: Map<string, ReadonlySet<string>>, near: ReadonlySet<string>): void {
    const fresh = [...new Set(named.map(({ name }) => name))].filter((name) => !known.has(name));
    if (fresh.length === 0) return;
    const files = this.#index.filesWith(fresh, near);
    for (const name of fresh) known.set(name, files);
  }

  #mentions(
    { name, path: home }: NamedAt,
    known: ReadonlyMap<string, ReadonlySet<string>>,
    read: ReadSource,
    changed: Iterable<string>,
  ): MentionedIn[] {
    const found: MentionedIn[] = [];
    for (const path of new Set([...known.get(name)!, ...changed])) {
      const text = read(path)?.text;
      if (text === undefined) continue;
      let file = this.#files.get(path);
      if (file?.text !== text) {
        file = { text, code: null, mentions: new Map() };
        this.#files.set(path, file);
      }
      const mentions = mentionsIn(file, name);
      if (mentions.length > 0) found.push({ path, text, code: file.code!, mentions });
    }
    const unit = this.#programs.of(home);
    const others = new Set(
      found
        .filter(
          ({ path, mentions }) => this.#programs.of(path) !== unit && mentions.some((m) => m.kind === 'definition'),
        )
        .map(({ path }) => this.#programs.of(path)),
    );
    return found.filter(({ path }) => !others.has(this.#programs.of(path))).sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

function mentionsIn(file: SearchedFile, name: string): readonly Mention[] {
  let mentions = file.mentions.get(name);
  if (!mentions) {
    mentions = NO_MENTIONS;
    if (file.text.includes(name)) {
      file.code ??= codeOf(file.text);
      mentions = mentionsOf(name, file.text, file.code);
    }
    file.mentions.set(name, mentions);
  }
  return mentions;
}

/** The calls among mentions. */
export function callsIn(files: readonly MentionedIn[]): number {
  return files.reduce((sum, { mentions }) => sum + mentions.filter(({ kind }) => kind === 'call').length, 0);
}
