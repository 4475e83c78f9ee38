/** Which definition of a function or macro a call sees: the preprocessor's first, then the file's own, then the nearest. */
import type { EnclosingDefinition, FileSummary, Invocation } from '../scan/fileSummary.ts';
import { lastPart } from '../scan/names.ts';
import { isRoutineName } from '../scan/poolCalls.ts';
import { isRust } from '../scan/rust.ts';
import type { IncludeScope } from './includeScope.ts';
import { distance, isImplementation } from './nearness.ts';

/** A function or macro that may be a wrapper. */
export interface Definer extends EnclosingDefinition {
  readonly path: string;
  /** Equal for equal definitions. */
  readonly key: string;
}

export interface SightSources {
  summary(path: string): FileSummary | undefined;
  holdersOf(name: string): ReadonlySet<string>;
}

/** Steps from a call to a function's file where no header that both include names the function. */
const NEARBY = 4;

export class DefinitionSight {
  /** Every name that was looked up. */
  readonly asked = new Set<string>();
  readonly #sources: SightSources;
  readonly #scope: IncludeScope;
  readonly #functions = new Map<string, readonly Definer[]>();
  /** Functions by what is asked: name, qualifier and file. */
  readonly #seen = new Map<string, Definer | null>();

  constructor(sources: SightSources, scope: IncludeScope) {
    this.#sources = sources;
    this.#scope = scope;
  }

  /** More files may define this name now. */
  forget(name: string): void {
    this.#functions.delete(name);
    this.#seen.clear();
  }

  /** Files include others than before. */
  forgetSeen(): void {
    this.#seen.clear();
  }

  /** Whether one of these files defines a function of this name. */
  isDefinedIn(name: string, paths: ReadonlySet<string>): boolean {
    return this.#definers(name).some((definer) => paths.has(definer.path));
  }

  /** The definition that an invocation means; undefined where none of the workspace can be told. */
  definer(path: string, { name, qualifier, start, arguments: list, enclosing }: Invocation): Definer | undefined {
    if (qualifier.kind === 'none') {
      const macro = this.#macro(path, name, start);
      if (macro) return macro;
    }
    const container = qualifier.kind === 'scope' ? qualifier.name : '';
    const around = enclosing?.name.includes('::') ? enclosing.name.slice(0, enclosing.name.lastIndexOf('::')) : '';
    const key = [path, name, qualifier.kind, container, around, list.length].join('\0');
    let found = this.#seen.get(key);
    if (found === undefined) {
      found = this.#function(path, name, qualifier.kind, container, around, list.length) ?? null;
      this.#seen.set(key, found);
    }
    return found ?? undefined;
  }

  /** The definition that a plain name means. */
  named(path: string, name: string, start: number): Definer | undefined {
    return this.#macro(path, name, start) ?? this.#nearest(path, name, this.#definers(name).filter(isFree));
  }

  /** Of several definitions the one that includes lead to, else the nearest. */
  nearest(path: string, candidates: readonly Definer[]): Definer | undefined {
    const closure = this.#scope.closure(path);
    const reached = candidates.filter((d) => closure.has(d.path));
    return closest(path, reached.length > 0 ? reached : candidates);
  }

  #macro(path: string, name: string, start: number): Definer | undefined {
    this.asked.add(name);
    const located = this.#scope.lookup(name, path, start);
    if (!located || (located.definition.kind !== 'function' && located.definition.kind !== 'macro')) return undefined;
    // A routine of the kernel is itself, unless the file sees it redefined.
    const isRedefinition = isRoutineName(name);
    if (isRedefinition && (!located.reached || (located.path === path && located.definition.nameStart > start)))
      return undefined;
    const { nameStart, parameters } = located.definition;
    const key = `${located.path}\0macro\0${name}\0${nameStart}`;
    return {
      kind: 'macro',
      name,
      parameters: parameters ?? [],
      defaults: [],
      nameStart,
      line: 0,
      isStatic: false,
      template: null,
      path: located.path,
      key,
    };
  }

  #function(
    path: string,
    name: string,
    kind: Invocation['qualifier']['kind'],
    container: string,
    around: string,
    count: number,
  ): Definer | undefined {
    const all = this.#definers(name).filter((d) => takes(d, count));
    if (kind === 'object')
      return onlyClass(
        path,
        all.filter((d) => !isFree(d)),
      );
    if (kind === 'scope') {
      const members = all.filter((d) => d.name.endsWith(`${container}::${name}`));
      // A namespace leaves no trace in a function's name.
      return this.#nearest(path, name, members.length > 0 ? members : all.filter(isFree));
    }
    const own = around === '' ? [] : all.filter((d) => d.name === `${around}::${name}`);
    return this.#nearest(path, name, own.length > 0 ? own : all.filter((d) => isFree(d) || isConstructor(d)));
  }

  #nearest(path: string, name: string, candidates: readonly Definer[]): Definer | undefined {
    const here = candidates.find((d) => d.path === path);
    if (here) return here;
    const closure = this.#scope.closure(path);
    const reached = candidates.filter((d) => closure.has(d.path));
    if (reached.length > 0) return closest(path, reached);
    const elsewhere = candidates.filter((d) => !d.isStatic && (isImplementation(d.path) || isRust(d.path)));
    if (elsewhere.length === 0) return undefined;
    const headers = [...this.#sources.holdersOf(name)].filter((h) => h !== path && closure.has(h));
    const declared = elsewhere.filter((d) => {
      const theirs = this.#scope.closure(d.path);
      return headers.some((h) => theirs.has(h));
    });
    if (declared.length > 0) return closest(path, declared);
    return closest(
      path,
      elsewhere.filter((d) => headers.length > 0 || distance(path, d.path) <= NEARBY),
    );
  }

  /** The functions of the workspace with this name. */
  #definers(name: string): readonly Definer[] {
    let list = this.#functions.get(name);
    if (!list) {
      const found: Definer[] = [];
      for (const path of this.#sources.holdersOf(name)) {
        for (const f of this.#sources.summary(path)?.functions ?? []) {
          if (lastPart(f.name) !== name) continue;
          found.push({ ...f, path, key: `${path}\0function\0${f.name}\0${f.nameStart}` });
        }
      }
      list = found;
      this.#functions.set(name, list);
    }
    return list;
  }
}

/** Whether a function makes the objects of its class, whose name it bears. */
function isConstructor({ name }: Definer): boolean {
  const last = name.lastIndexOf('::');
  return last >= 0 && name.slice(0, last).endsWith(name.slice(last + 2));
}

/** Whether a function may be called with this many arguments. */
function takes({ parameters, defaults }: Definer, count: number): boolean {
  if (parameters.length === count || parameters.length === 0) return true;
  return count < parameters.length && defaults.length > 0 && defaults.slice(count).every((value) => value !== '');
}

function isFree(definer: Definer): boolean {
  return !definer.name.includes('::');
}

function closest(path: string, definers: readonly Definer[]): Definer | undefined {
  let best: Definer | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const definer of definers) {
    const d = distance(path, definer.path);
    if (d < bestDistance || (d === bestDistance && definer.path < best!.path)) {
      best = definer;
      bestDistance = d;
    }
  }
  return best;
}

/** A call through an object means a class that is not told: only a name that one class has is clear. */
function onlyClass(path: string, methods: readonly Definer[]): Definer | undefined {
  return new Set(methods.map((d) => d.name)).size === 1 ? closest(path, methods) : undefined;
}
