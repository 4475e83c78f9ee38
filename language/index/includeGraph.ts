/** Which files a file includes, directly or not, and into which files a part of an implementation is compiled. */
import type { FileSummary } from '../scan/fileSummary.ts';
import { baseName, collapsePath, folderOf } from './fileUri.ts';
import { distance, isImplementation, nearest } from './nearness.ts';

/** A part is seldom compiled into more than a few wholes. */
const MOST_WHOLES = 3;
/** Steps from a part to the file that includes it. */
const FARTHEST_WHOLE = 5;

/** Where the graph takes files from, when it needs them. */
export interface GraphSources {
  /** What a file says; the files of a closure are all asked for. */
  read(path: string): FileSummary | undefined;
  /** Whether a file seems to include implementation files. */
  includesCode(path: string): boolean;
}

export class IncludeGraph {
  readonly #sources: GraphSources;
  readonly #byBaseName = new Map<string, Set<string>>();
  /** By including file: the files of its closure, with the order in which a compiler opens them. */
  readonly #closures = new Map<string, ReadonlyMap<string, number>>();
  /** By folder and by what stands in the directive: an include means the same in all files of one folder. */
  readonly #targets = new Map<string, Map<string, string | undefined>>();
  /** Implementation files that include others, by folder; null until somebody asks. */
  #codeIncluders: ReadonlyMap<string, readonly string[]> | null = null;
  readonly #wholes = new Map<string, readonly string[]>();

  constructor(sources: GraphSources) {
    this.#sources = sources;
  }

  *paths(): Generator<string> {
    for (const paths of this.#byBaseName.values()) yield* paths;
  }

  /** A file came. */
  add(path: string): void {
    const name = baseName(path).toLowerCase();
    const paths = this.#byBaseName.get(name);
    if (paths) paths.add(path);
    else this.#byBaseName.set(name, new Set([path]));
    this.#targets.clear();
    this.forget();
  }

  remove(path: string): void {
    const name = baseName(path).toLowerCase();
    const paths = this.#byBaseName.get(name);
    if (paths?.delete(path) && paths.size === 0) this.#byBaseName.delete(name);
    this.#targets.clear();
    this.forget();
  }

  /** Some file includes others than before. */
  forget(): void {
    this.#closures.clear();
    this.#wholes.clear();
    this.#codeIncluders = null;
  }

  /** The files that a file includes, directly or not, with the order in which a compiler opens them; itself first. */
  closure(from: string): ReadonlyMap<string, number> {
    const known = this.#closures.get(from);
    if (known) return known;
    const order = new Map<string, number>();
    const open = [from];
    while (open.length > 0) {
      const path = open.pop()!;
      if (order.has(path)) continue;
      order.set(path, order.size);
      const includes = this.#sources.read(path)?.includes ?? [];
      for (let i = includes.length - 1; i >= 0; i--) {
        const target = this.#target(path, includes[i].path);
        if (target !== undefined && !order.has(target)) open.push(target);
      }
    }
    this.#closures.set(from, order);
    return order;
  }

  /** The files into which an implementation file is compiled as a part of them, the largest first. */
  includersOf(part: string): readonly string[] {
    let found = this.#wholes.get(part);
    if (!found) {
      const wholes: string[] = [];
      for (const [folder, paths] of this.#includersOfCode()) {
        if (distance(part, `${folder}/`) > FARTHEST_WHOLE) continue;
        for (const path of paths)
          if (path !== part && this.closure(path).has(part) && !this.closure(part).has(path)) wholes.push(path);
      }
      // The file that includes most is the whole; those between are parts themselves.
      const bySize = (a: string, b: string) => this.closure(b).size - this.closure(a).size;
      found = wholes.sort((a, b) => bySize(a, b) || (a < b ? -1 : 1)).slice(0, MOST_WHOLES);
      this.#wholes.set(part, found);
    }
    return found;
  }

  #includersOfCode(): ReadonlyMap<string, readonly string[]> {
    if (!this.#codeIncluders) {
      const includers = [...this.paths()].filter((path) => isImplementation(path) && this.#sources.includesCode(path));
      this.#codeIncluders = Map.groupBy(includers, folderOf);
    }
    return this.#codeIncluders;
  }

  /** The file an #include means: relative to the including file, else the nearest file whose path ends so. */
  #target(from: string, include: string): string | undefined {
    const folder = folderOf(from);
    let targets = this.#targets.get(folder);
    if (!targets) {
      targets = new Map();
      this.#targets.set(folder, targets);
    }
    const known = targets.get(include);
    if (known !== undefined || targets.has(include)) return known;
    const found = this.#search(from, include.replaceAll('\\', '/'));
    targets.set(include, found);
    return found;
  }

  #search(from: string, include: string): string | undefined {
    const candidates = this.#byBaseName.get(baseName(include).toLowerCase());
    if (!candidates) return undefined;
    const relative = collapsePath(`${folderOf(from)}/${include}`);
    if (candidates.has(relative)) return relative;
    const folded = relative.toLowerCase();
    const suffix = `/${collapsePath(include).replace(/^(?:\.\.\/)+/, '')}`.toLowerCase();
    const matches: string[] = [];
    for (const path of candidates) {
      const lower = path.toLowerCase();
      if (lower === folded) return path;
      if (lower.endsWith(suffix)) matches.push(path);
    }
    return nearest(from, matches);
  }
}
