/** The variables that can be seen at a place of a function. */
import type { NodeId } from './graph.ts';
import type { KnownType } from './program.ts';

export interface Local {
  readonly node: NodeId;
  readonly type: KnownType;
}

interface Declared {
  readonly name: string;
  readonly local: Local;
  /** What the name meant before. */
  readonly hidden: Local | undefined;
}

/** Variables by name; scopes are left by taking the last declarations back, so that entering one costs nothing. */
export class Locals {
  readonly #byName = new Map<string, Local>();
  readonly #log: Declared[] = [];

  get(name: string): Local | undefined {
    return this.#byName.get(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  declare(name: string, local: Local): void {
    this.#log.push({ name, local, hidden: this.#byName.get(name) });
    this.#byName.set(name, local);
  }

  clear(): void {
    this.#byName.clear();
    this.#log.length = 0;
  }

  /** The present state, for {@link restore} and {@link since}. */
  mark(): number {
    return this.#log.length;
  }

  /** Takes back what was declared since a mark. */
  restore(mark: number): void {
    while (this.#log.length > mark) {
      const { name, hidden } = this.#log.pop()!;
      if (hidden) this.#byName.set(name, hidden);
      else this.#byName.delete(name);
    }
  }

  /** What was declared since a mark and can still be seen. */
  since(mark: number): [name: string, local: Local][] {
    return this.#log.slice(mark).map(({ name, local }) => [name, local]);
  }
}
