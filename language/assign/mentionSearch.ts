/** Where functions and macros are named in a workspace. A name of another driver, which defines it itself, is another one. */
import type { SiteIndex } from '../index/siteIndex.ts';
import { unitsOf } from './flowUnits.ts';
import { codeOf, type Mention, mentionsOf } from './mentions.ts';
import type { ReadSource } from './sourceEdits.ts';

/** A file that names a wrapper. */
export interface MentionedIn {
  readonly path: string;
  readonly text: string;
  /** The text without comments and literals, offset by offset. */
  readonly code: string;
  readonly mentions: readonly Mention[];
}

/** A name, and the file that defines what it means. */
export interface NamedAt {
  readonly name: string;
  readonly path: string;
}

/** Over the texts of one index and what becomes of them: names that are put in later are not looked for elsewhere. */
export class MentionSearch {
  readonly #index: SiteIndex;
  readonly #unitOf: ReadonlyMap<string, string>;
  readonly #paths: ReadonlyMap<string, readonly string[]>;
  /** Files that may call a name, and those that name it in whatever way. */
  readonly #callers = new Map<string, ReadonlySet<string>>();
  readonly #holders = new Map<string, ReadonlySet<string>>();
  readonly #code = new Map<string, { readonly text: string; readonly code: string }>();

  constructor(index: SiteIndex) {
    this.#index = index;
    const paths = [...index.paths()];
    this.#unitOf = unitsOf(paths);
    this.#paths = Map.groupBy(paths, (path) => this.#unitOf.get(path)!);
  }

  /** Calls of each name, at least: as many as there are in files that surely call it. */
  callCounts(names: readonly NamedAt[], read: ReadSource, changed: Iterable<string>): Map<NamedAt, number> {
    this.#find(names, this.#callers, new Set());
    return new Map(names.map((named) => [named, callsIn(this.#mentions(named, this.#callers, read, changed))]));
  }

  /** Every file that names it, its own driver's and those that have no such name of their own. */
  mentions(named: readonly NamedAt[], read: ReadSource, changed: Iterable<string>): Map<NamedAt, MentionedIn[]> {
    const near = new Set(named.flatMap(({ path }) => this.#paths.get(this.#unitOf.get(path) ?? '') ?? []));
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
      if (text === undefined || !text.includes(name)) continue;
      const code = this.#codeOf(path, text);
      const mentions = mentionsOf(name, text, code);
      if (mentions.length > 0) found.push({ path, text, code, mentions });
    }
    const unit = this.#unitOf.get(home);
    const others = new Set(
      found
        .filter(
          ({ path, mentions }) => this.#unitOf.get(path) !== unit && mentions.some((m) => m.kind === 'definition'),
        )
        .map(({ path }) => this.#unitOf.get(path)),
    );
    return found.filter(({ path }) => !others.has(this.#unitOf.get(path))).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #codeOf(path: string, text: string): string {
    const known = this.#code.get(path);
    if (known?.text === text) return known.code;
    const code = codeOf(text);
    this.#code.set(path, { text, code });
    return code;
  }
}

/** The calls among mentions. */
export function callsIn(files: readonly MentionedIn[]): number {
  return files.reduce((sum, { mentions }) => sum + mentions.filter(({ kind }) => kind === 'call').length, 0);
}
