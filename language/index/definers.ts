/** Definitions by name: which files define it, and where in them. */
import { typeName } from '../scan/constantExpression.ts';
import type { Definition, FileSummary } from '../scan/fileSummary.ts';

const NOBODY: ReadonlySet<string> = new Set();

/** The names under which a definition is found: its own, and `Class::Name` where it belongs to a class. */
export function namesOf({ name, owner, kind }: Definition): readonly string[] {
  if (kind === 'type') return [typeName(name)];
  if (kind === 'member') return [name];
  return owner === '' ? [name] : [name, `${owner}::${name}`];
}

/** The files that define each name. Most names have one, which needs no set. */
export class Definers {
  readonly #paths = new Map<string, string | Set<string>>();

  add(name: string, path: string): void {
    const known = this.#paths.get(name);
    if (known === undefined) this.#paths.set(name, path);
    else if (typeof known !== 'string') known.add(path);
    else if (known !== path) this.#paths.set(name, new Set([known, path]));
  }

  remove(name: string, path: string): void {
    const known = this.#paths.get(name);
    if (known === path) this.#paths.delete(name);
    else if (typeof known === 'object' && known.delete(path) && known.size === 0) this.#paths.delete(name);
  }

  of(name: string): ReadonlySet<string> {
    const known = this.#paths.get(name);
    if (known === undefined) return NOBODY;
    return typeof known === 'string' ? new Set([known]) : known;
  }
}

/** The definitions of one file, found by name without going through all of them each time. */
export class FileDefinitions {
  readonly summary: FileSummary;
  #byName: ReadonlyMap<string, readonly Definition[]> | null = null;

  constructor(summary: FileSummary) {
    this.summary = summary;
  }

  /** In the order of the text; those of a class alone where the name is `Class::Name`. */
  of(name: string): readonly Definition[] {
    this.#byName ??= Map.groupBy(this.summary.definitions, (d) => (d.kind === 'type' ? typeName(d.name) : d.name));
    const at = name.indexOf('::');
    if (at < 0 || at === name.length - 2) return this.#byName.get(name) ?? [];
    return this.#byName.get(name.slice(at + 2))?.filter(({ owner }) => owner === name.slice(0, at)) ?? [];
  }

  /** The last definition in front of `offset` in a first branch, else the last in front of it, else the first. */
  at(name: string, offset: number): Definition | undefined {
    const definitions = this.of(name);
    let chosen: Definition | undefined;
    for (const definition of definitions) {
      if (definition.nameStart >= offset) break;
      if (!definition.alternative || chosen === undefined || chosen.alternative) chosen = definition;
    }
    return chosen ?? definitions[0];
  }
}

/**
 * The names that two states of a file define differently: what they stand for, not where. Macros of one name may follow each
 * other, so the order of those of one name counts.
 */
export function changedNames(before: FileSummary, after: FileSummary): Set<string> {
  const old = meanings(before);
  const now = meanings(after);
  const changed = new Set<string>();
  for (const [name, meaning] of old) if (now.get(name) !== meaning) changed.add(name);
  for (const name of now.keys()) if (!old.has(name)) changed.add(name);
  return changed;
}

function meanings({ definitions }: FileSummary): Map<string, string> {
  const found = new Map<string, string>();
  for (const definition of definitions) {
    const { kind, owner, body, alternative, parameters, condition } = definition;
    const list = parameters === null ? '' : `(${parameters.join()})`;
    const meaning = `${kind}${list}${alternative ? ' else ' : ' '}${owner}\0${body}\0${condition}\0`;
    for (const name of namesOf(definition)) {
      const others = found.get(name);
      found.set(name, others === undefined ? meaning : others + meaning);
    }
  }
  return found;
}
