/** Values of calls and definitions, kept until a text changes that they came through. */
import { haveCommon } from './dependents.ts';
import type { IncludeScope } from './includeScope.ts';

interface FileEvaluations {
  readonly values: WeakMap<object, { readonly value: unknown }>;
  /** Every name that was looked up for them. */
  readonly names: Set<string>;
}

export class Evaluations {
  readonly #scope: IncludeScope;
  readonly #byFile = new Map<string, FileEvaluations>();
  #revision = 0;

  constructor(scope: IncludeScope) {
    this.#scope = scope;
  }

  /** What `evaluate` says of a call or definition as a file sees it. Asks only where that is not known. */
  of<T>(path: string, what: object, evaluate: () => T): T {
    if (this.#revision !== this.#scope.revision) {
      this.#byFile.clear();
      this.#revision = this.#scope.revision;
    }
    let file = this.#byFile.get(path);
    if (!file) {
      file = { values: new WeakMap(), names: new Set() };
      this.#byFile.set(path, file);
    }
    const known = file.values.get(what);
    if (known) return known.value as T;
    const { asked } = this.#scope;
    this.#scope.asked = file.names;
    const value = evaluate();
    this.#scope.asked = asked;
    file.values.set(what, { value });
    return value;
  }

  /** Drops what came from these files, or through these names. */
  forget(paths: ReadonlySet<string>, names: ReadonlySet<string>): void {
    for (const [path, file] of this.#byFile)
      if (paths.has(path) || haveCommon(file.names, names)) this.#byFile.delete(path);
  }
}
