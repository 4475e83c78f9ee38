/**
 * The first phase of an assignment: functions and macros with a fixed tag take it from their callers, each of which names the
 * tag that it had. Nothing else changes by that, so what follows, which tags and which frees, is planned over these texts as
 * over any others.
 */
import type { SiteIndex } from '../index/siteIndex.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import { allocatingWrappers, type FixedWrapper, freeingWrappers, hasPlainName, obstacleOf } from './fixedWrappers.ts';
import type { PlannedEdit } from './ledgerRecord.ts';
import { callsIn, type MentionSearch, type NamedAt } from './mentionSearch.ts';
import { PieceTable } from './pieceTable.ts';
import type { ReadSource } from './sourceEdits.ts';
import { type Variant, variantOf } from './variantEdits.ts';

/** Wrappers around wrappers; deeper than any code written by hand. */
const MOST_ROUNDS = 6;
const NO_PATHS: ReadonlySet<string> = new Set();
/** Restarts without a wrapper whose callers were not understood. */
const MOST_TRIES = 8;

/** A wrapper that keeps its one tag for all its callers. */
export interface Unsplit {
  readonly wrapper: FixedWrapper;
  readonly reason: string;
}

/** The texts in which wrappers take their tag from their callers. */
export interface VariantTexts {
  readonly index: SiteIndex;
  readonly read: ReadSource;
  /** Changed files; what is replaced in them from now on comes on top. */
  readonly tables: ReadonlyMap<string, PieceTable>;
  readonly variants: readonly Variant[];
  readonly unsplit: readonly Unsplit[];
}

export interface VariantRequest {
  readonly index: SiteIndex;
  readonly read: ReadSource;
  readonly search: MentionSearch;
  readonly isWanted: (wrapper: FixedWrapper) => boolean;
  readonly tags: readonly PoolTag[];
  /** Wrappers that are left as they are, by their key. */
  readonly without: ReadonlySet<string>;
  /** Wrappers that free, by their key, which are to take their tag from their callers too. */
  readonly frees: ReadonlySet<string>;
}

/** Undefined where no wrapper changes; what stood in the way goes to `unsplit` then. */
export function splitWrappers(request: VariantRequest, unsplit: Unsplit[]): VariantTexts | undefined {
  const without = new Set(request.without);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const rounds = new Rounds(request, without);
    const failed = rounds.run();
    if (failed.length === 0) {
      unsplit.push(...rounds.unsplit);
      return rounds.variants.length > 0 ? rounds : undefined;
    }
    for (const { wrapper, reason } of failed) {
      without.add(wrapper.key);
      unsplit.push({ wrapper, reason });
    }
  }
  return undefined;
}

class Rounds implements VariantTexts {
  index: SiteIndex;
  readonly tables = new Map<string, PieceTable>();
  readonly variants: Variant[] = [];
  readonly unsplit: Unsplit[] = [];
  readonly #request: VariantRequest;
  readonly #without: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #names = new Set<string>();

  constructor(request: VariantRequest, without: ReadonlySet<string>) {
    this.#request = request;
    this.#without = without;
    this.index = request.index;
  }

  readonly read: ReadSource = (path) => {
    const source = this.#request.read(path);
    const text = this.tables.get(path)?.text;
    return source && text !== undefined ? { ...source, text } : source;
  };

  /** Goes on until no wrapper with a fixed tag is left; those whose callers are not all sites afterwards. */
  run(): Unsplit[] {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const variants = this.#round();
      if (variants.length === 0) return [];
      this.#apply(variants);
      const failed = variants.filter((variant) => !this.#isUnderstood(variant));
      if (failed.length > 0)
        return failed.map(({ wrapper }) => ({ wrapper, reason: 'what its callers pass cannot be followed' }));
      this.variants.push(...variants);
    }
    return [];
  }

  #round(): Variant[] {
    const { tags, frees, isWanted, search } = this.#request;
    const wrappers = tags.flatMap((tag) => [
      ...allocatingWrappers(this.index, tag),
      ...(frees.size > 0 ? freeingWrappers(this.index, this.read, tag).filter(({ key }) => frees.has(key)) : []),
    ]);
    const fresh = wrappers.filter((w) => !this.#seen.has(w.key) && !this.#without.has(w.key) && isWanted(w));
    for (const { key } of fresh) this.#seen.add(key);
    const changed = [...this.tables.keys()];
    const named = new Map(fresh.filter(hasPlainName).map((wrapper) => [wrapper, nameOf(wrapper)]));
    const counts = search.callCounts([...named.values()], this.read, changed);
    const serving = [...named].filter(([, name]) => counts.get(name)! > 0);
    const mentioned = search.mentions(
      serving.filter(([wrapper, name]) => counts.get(name)! > 1 || isOnlyUsed(wrapper)).map(([, name]) => name),
      this.read,
      changed,
    );
    const variants: Variant[] = [];
    for (const [wrapper, name] of serving) {
      const files = mentioned.get(name);
      if (!files || (callsIn(files) < 2 && !isOnlyUsed(wrapper))) continue;
      const reason = obstacleOf(wrapper, this.index, files);
      if (reason !== null) {
        if (wrapper.action === 'allocate') this.unsplit.push({ wrapper, reason });
        continue;
      }
      const isTaken = (name: string) =>
        this.#names.has(name) || this.index.filesWith([name], NO_PATHS).size > 0 || this.index.definerCount(name) > 0;
      const variant = variantOf(wrapper, this.index, files, this.read, isTaken);
      this.#names.add(variant.name);
      variants.push(variant);
    }
    return variants;
  }

  #apply(variants: readonly Variant[]): void {
    const edits = new Map<string, PlannedEdit[]>();
    for (const variant of variants)
      for (const [path, list] of variant.edits) edits.set(path, [...(edits.get(path) ?? []), ...list]);
    if (this.index === this.#request.index) this.index = this.index.fork();
    for (const [path, list] of edits) {
      const table = this.tables.get(path) ?? new PieceTable(this.#request.read(path)!.text);
      this.tables.set(path, table);
      // From the last to the first, so that offsets hold.
      for (const { start, end, text } of list.sort((a, b) => b.start - a.start || b.end - a.end))
        table.replace(start, end, text);
      this.index.setOverlay(path, table.text);
    }
  }

  /** Whether each call of a variant is a site or a free of the old tag now. */
  #isUnderstood({ wrapper, name, calls }: Variant): boolean {
    const isThrough = ({ via }: { readonly via?: readonly { readonly name: string }[] }) => via?.[0]?.name === name;
    for (const [path, count] of calls) {
      const found =
        wrapper.action === 'allocate'
          ? this.index.sitesIn(path).filter(({ site }) => site.tag === wrapper.tag && isThrough(site))
          : this.index.freesIn(path).filter(({ free }) => free.tag === wrapper.tag && isThrough(free));
      if (found.length !== count) return false;
    }
    return true;
  }
}

function nameOf({ definition: { name }, path }: FixedWrapper): NamedAt {
  return { name, path };
}

/** Whether a macro's one caller is a function that hands the memory out: it may have more. */
function isOnlyUsed({ shown }: FixedWrapper): boolean {
  return 'site' in shown && shown.written !== undefined && shown.call.handsOut;
}
