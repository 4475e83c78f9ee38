/** The branches of #if around one place of a text, and what was known where they began. */
import { conditionOf } from './directives.ts';

/** `#ifndef DRIVER_H_` */
const INCLUDE_GUARD = /^!defined\(_*\w+_H(?:PP|XX)?_*\)$/i;

/** Conditions that one place is said to depend on: nobody reads more, and generated code may nest without end. */
const MOST_CONDITIONS = 32;

interface Directive {
  readonly start: number;
  readonly end: number;
}

interface Conditional<State> {
  /** State in front of the first branch. */
  readonly before: State;
  /** State at the end of the first branch, once another has begun. */
  first: State | null;
  /** The directives of the branches so far, the present one last. */
  readonly directives: Directive[];
}

/** The conditionals that are open at one place. A `State` is what the scanner knows at a place; it must not change. */
export class Branches<State> {
  readonly #text: string;
  readonly #open: Conditional<State>[] = [];
  /** Open conditionals whose first branch is over. */
  #alternatives = 0;
  /** What {@link condition} says, until the next branch begins or ends. */
  #known: string | null = '';

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the place is in another than the first branch of some conditional. */
  get isAlternative(): boolean {
    return this.#alternatives > 0;
  }

  /** An #if. */
  begin(directive: Directive, state: State): void {
    this.#known = null;
    this.#open.push({ before: state, first: null, directives: [directive] });
  }

  /** An #else or #elif. Answers the state in which its branch begins; undefined where no conditional is open. */
  next(directive: Directive, state: State): State | undefined {
    const conditional = this.#open[this.#open.length - 1];
    if (!conditional) return undefined;
    this.#known = null;
    if (conditional.first === null) {
      conditional.first = state;
      this.#alternatives++;
    }
    conditional.directives.push(directive);
    return conditional.before;
  }

  /** An #endif. Answers the state in which the text goes on: the first branch's, undefined where there was only one. */
  end(): State | undefined {
    const conditional = this.#open.pop();
    this.#known = null;
    if (!conditional || conditional.first === null) return undefined;
    this.#alternatives--;
    return conditional.first;
  }

  /** The conditions around the present place, outermost first. An include guard is none. */
  condition(): string {
    this.#known ??= this.#read();
    return this.#known;
  }

  #read(): string {
    const conditions: string[] = [];
    for (const { directives } of this.#open.slice(0, MOST_CONDITIONS)) {
      const last = this.#conditionOf(directives[directives.length - 1]);
      if (last === '') {
        const others = directives.slice(0, -1).slice(0, MOST_CONDITIONS);
        conditions.push(others.map((directive) => `!(${this.#conditionOf(directive)})`).join(' && '));
      } else if (directives.length > 1 || !INCLUDE_GUARD.test(last)) conditions.push(last);
    }
    return conditions.join(' && ');
  }

  #conditionOf({ start, end }: Directive): string {
    return conditionOf(this.#text, start, end);
  }
}
