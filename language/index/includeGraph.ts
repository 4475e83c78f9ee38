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

/** Numbers for paths, which stand for them in sets of files. */
interface PathNumbers {
  readonly numbers: ReadonlyMap<string, number>;
  readonly paths: readonly string[];
}

/** The files that one file includes, directly or not, itself first. */
export class Closure {
  readonly #all: PathNumbers;
  /** In the order in which a compiler opens them. */
  readonly #order: Int32Array;
  /** One bit a file. */
  readonly #members: Int32Array;

  constructor(all: PathNumbers, order: Int32Array) {
    this.#all = all;
    this.#order = order;
    this.#members = new Int32Array((order.reduce((a, b) => Math.max(a, b), 0) >> 5) + 1);
    for (const number of order) this.#members[number >> 5] |= 1 << (number & 31);
  }

  get size(): number {
    return this.#order.length;
  }

  has(path: string): boolean {
    const number = this.#all.numbers.get(path);
    return number !== undefined && ((this.#members[number >> 5] >> (number & 31)) & 1) !== 0;
  }

  /** The place of one of its files in the order in which a compiler opens them. */
  orderOf(path: string): number {
    return this.#order.indexOf(this.#all.numbers.get(path)!);
  }

  /** In the order in which a compiler opens them. */
  *paths(): Generator<string> {
    for (const number of this.#order) yield this.#all.paths[number];
  }
}

export class IncludeGraph {
  readonly #sources: GraphSources;
  readonly #byBaseName = new Map<string, Set<string>>();
  readonly #numbers = new Map<string, number>();
  readonly #paths: string[] = [];
  /** By number of the including file: the files that it includes itself, in the order of the text; null where nobody asked. */
  readonly #includes: (readonly number[] | null)[] = [];
  #knowsIncludes = false;
  /** By including file. */
  readonly #closures = new Map<string, Closure>();
  /** For the search of a closure: files by number, those that it has come by marked with its own number. */
  #marks = new Int32Array(256);
  #searches = 0;
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
    this.forgetAll();
  }

  remove(path: string): void {
    const name = baseName(path).toLowerCase();
    const paths = this.#byBaseName.get(name);
    if (paths?.delete(path) && paths.size === 0) this.#byBaseName.delete(name);
    this.forgetAll();
  }

  /** Any include may mean another file now. */
  forgetAll(): void {
    this.#targets.clear();
    // Files come one by one: most times there is nothing to forget.
    if (this.#knowsIncludes) this.#includes.fill(null);
    this.#knowsIncludes = false;
    this.#closures.clear();
    this.#wholes.clear();
    this.#codeIncluders = null;
  }

  /** The files that are known to include this one, directly or not, itself among them; and the parts of those. */
  dependents(path: string): Set<string> {
    const found = new Set([path]);
    for (const [from, closure] of this.#closures) if (closure.has(path)) found.add(from);
    for (const [part, wholes] of this.#wholes) if (wholes.some((whole) => found.has(whole))) found.add(part);
    return found;
  }

  /** A file includes other headers than before. */
  forget(path: string): void {
    this.#includes[this.#numberOf(path)] = null;
    for (const [from, closure] of this.#closures) if (closure.has(path)) this.#closures.delete(from);
    // Another whole may be the largest now.
    this.#wholes.clear();
  }

  /** The files that a file includes, directly or not. */
  closure(from: string): Closure {
    let closure = this.#closures.get(from);
    if (!closure) {
      closure = new Closure({ numbers: this.#numbers, paths: this.#paths }, this.#search(this.#numberOf(from)));
      this.#closures.set(from, closure);
    }
    return closure;
  }

  #search(from: number): Int32Array {
    const order: number[] = [];
    const mark = ++this.#searches;
    const open = [from];
    while (open.length > 0) {
      const number = open.pop()!;
      if (this.#marks[number] === mark) continue;
      this.#marks[number] = mark;
      order.push(number);
      const includes = this.#includesOf(number);
      for (let i = includes.length - 1; i >= 0; i--) if (this.#marks[includes[i]] !== mark) open.push(includes[i]);
    }
    return Int32Array.from(order);
  }

  #includesOf(number: number): readonly number[] {
    let found = this.#includes[number];
    if (!found) {
      const path = this.#paths[number];
      const targets = new Set<number>();
      for (const include of this.#sources.read(path)?.includes ?? []) {
        const target = this.#target(path, include.path);
        if (target !== undefined) targets.add(this.#numberOf(target));
      }
      found = [...targets];
      this.#includes[number] = found;
      this.#knowsIncludes = true;
    }
    return found;
  }

  #numberOf(path: string): number {
    let number = this.#numbers.get(path);
    if (number === undefined) {
      number = this.#paths.length;
      this.#numbers.set(path, number);
      this.#paths.push(path);
      this.#includes.push(null);
      if (number >= this.#marks.length) {
        const larger = new Int32Array(number * 2);
        larger.set(this.#marks);
        this.#marks = larger;
      }
    }
    return number;
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
    const found = this.#find(from, include.replaceAll('\\', '/'));
    targets.set(include, found);
    return found;
  }

  #find(from: string, include: string): string | undefined {
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
