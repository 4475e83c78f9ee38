/** What the results of one file depend on in others. */
import type { CallerPlace } from '../protocol.ts';

/** Whether two sets have a member in common. */
export function haveCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const member of few) if (many.has(member)) return true;
  return false;
}

/** The names that each file's results were looked up with. */
export class NameUses {
  readonly #byFile = new Map<string, ReadonlySet<string>>();

  set(path: string, names: ReadonlySet<string>): void {
    if (names.size > 0) this.#byFile.set(path, names);
    else this.#byFile.delete(path);
  }

  /** The files whose results may be others when these names mean something else. */
  *usersOf(names: ReadonlySet<string>): Generator<string> {
    if (names.size > 0) for (const [path, used] of this.#byFile) if (haveCommon(used, names)) yield path;
  }
}

/** Who calls the functions whose allocation has a tag of its own, by the key of the call in them. */
export class FixedCallers {
  readonly #byFile = new Map<string, ReadonlyMap<string, readonly CallerPlace[]>>();
  /** By key of the call, then by file. */
  readonly #byCall = new Map<string, Map<string, readonly CallerPlace[]>>();

  /** The callers, in the order of their files' paths; undefined where there are none. */
  of(key: string): CallerPlace[] | undefined {
    const files = this.#byCall.get(key);
    return files && [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, places]) => places);
  }

  /** Takes what one file calls, by key. Answers the keys whose callers are others now. */
  set(path: string, calls: ReadonlyMap<string, readonly CallerPlace[]>): string[] {
    const before = this.#byFile.get(path);
    if (!before && calls.size === 0) return [];
    const changed: string[] = [];
    for (const key of new Set([...(before?.keys() ?? []), ...calls.keys()])) {
      const places = calls.get(key);
      if (JSON.stringify(places) === JSON.stringify(before?.get(key))) continue;
      changed.push(key);
      let files = this.#byCall.get(key);
      if (!files) {
        files = new Map();
        this.#byCall.set(key, files);
      }
      if (places) files.set(path, places);
      else if (files.delete(path) && files.size === 0) this.#byCall.delete(key);
    }
    if (calls.size > 0) this.#byFile.set(path, calls);
    else this.#byFile.delete(path);
    return changed;
  }

  clear(): void {
    this.#byFile.clear();
    this.#byCall.clear();
  }
}
