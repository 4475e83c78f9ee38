/**
 * Names of wrappers while files are still being read: those that the files read so far define. A file that is read later can
 * then be summarised with the calls of these names at once, and need not be read again. Only a foretaste: which of them are
 * wrappers, and for whom, is found when all files are there.
 */
import { WordSearch } from '../scan/candidates.ts';
import type { Definition, FileSummary } from '../scan/fileSummary.ts';
import { hashOf, type NameHashes } from '../scan/firstLook.ts';
import { isHinted } from '../scan/hints.ts';
import { lastPart } from '../scan/names.ts';
import { isHandedOn, parameterOf } from './handedOn.ts';
import { forwardedParameter } from './substitution.ts';

/** More names than any workspace has; each costs time in every file. */
const MOST_NAMES = 4096;
/** A parameter that is handed on as a tag, not as a size. */
const TAG_ARGUMENT = /tag/i;
const NAME = /^[A-Za-z_$][\w$]*$/;

/** The first names of a list. */
export class KnownNames {
  readonly count: number;
  readonly #places: ReadonlyMap<string, number>;

  constructor(places: ReadonlyMap<string, number>, count: number) {
    this.#places = places;
    this.count = count;
  }

  has(name: string): boolean {
    const place = this.#places.get(name);
    return place !== undefined && place < this.count;
  }
}

/** A list of names that only grows, so that two threads can keep the same one. */
export class WrapperNames {
  readonly #list: string[] = [];
  readonly #places = new Map<string, number>();
  /** Names that the first look does not list, by their hash. */
  readonly #unhinted = new Map<number, string[]>();
  #known = new KnownNames(this.#places, 0);

  get count(): number {
    return this.#list.length;
  }

  add(name: string): void {
    if (this.#list.length >= MOST_NAMES || this.#places.has(name) || !NAME.test(name)) return;
    this.#places.set(name, this.#list.length);
    this.#list.push(name);
    if (isHinted(name)) return;
    const hash = hashOf(name);
    const same = this.#unhinted.get(hash);
    if (same) same.push(name);
    else this.#unhinted.set(hash, [name]);
  }

  /** The names behind the first `count`. */
  after(count: number): readonly string[] {
    return this.#list.slice(count);
  }

  /** The names that are known by now. */
  known(): KnownNames {
    return this.upTo(this.#list.length);
  }

  upTo(count: number): KnownNames {
    if (this.#known.count !== count) this.#known = new KnownNames(this.#places, count);
    return this.#known;
  }

  /** The names without a hint that a text seems to call. */
  unhintedIn(called: NameHashes): string[] {
    const found: string[] = [];
    if (this.#unhinted.size > 0) for (const hash of called) found.push(...(this.#unhinted.get(hash) ?? []));
    return found;
  }

  /** Adds the names that a file makes wrappers, as far as can be told without any other file. */
  learn({ calls, invocations, aliases, definitions }: FileSummary): void {
    const before = this.#list.length;
    for (const call of calls) {
      const { enclosing, handsOut } = call;
      if (!enclosing || call.tag === null) continue;
      if (isHandedOn(call)) this.#addDefiner(enclosing.template ?? enclosing, enclosing);
      else if (handsOut && isHinted(lastPart(enclosing.name))) this.add(lastPart(enclosing.name));
    }
    for (const { name, enclosing, handsOut, arguments: list } of invocations) {
      if (!enclosing || !this.#places.has(name)) continue;
      const isForwarded = list.some(
        ({ text }) =>
          TAG_ARGUMENT.test(text) &&
          (forwardedParameter(text, enclosing.parameters) ?? parameterOf(enclosing.template, text)) !== undefined,
      );
      if (enclosing.kind === 'macro' || isForwarded) this.#addDefiner(enclosing.template ?? enclosing, enclosing);
      else if (handsOut && isHinted(lastPart(enclosing.name))) this.add(lastPart(enclosing.name));
    }
    for (const { name } of aliases) this.add(name);
    if (this.#list.length > before) this.#learnMacros(definitions, before);
  }

  /** Macros around the names behind the first `before`. */
  #learnMacros(definitions: readonly Definition[], before: number): void {
    const macros = definitions.filter(({ kind }) => kind === 'function');
    for (let from = before; from < this.#list.length; ) {
      const search = new WordSearch(this.#list.slice(from));
      from = this.#list.length;
      for (const { name, body } of macros)
        search.run(body, () => {
          this.add(name);
          return false;
        });
    }
  }

  #addDefiner(...definers: readonly { readonly name: string }[]): void {
    for (const { name } of definers) this.add(lastPart(name));
  }
}
