/**
 * What one file says, without knowing any other: its includes, its definitions, and the places that call pool routines.
 * Everything that needs other files (the values of tags above all) is left to the index.
 */
import type { PoolKind, SourceRange } from '../protocol.ts';

/** `macro`: object-like; `function`: function-like macro; `constant`: a variable with a constant initialiser; `enumerator`. */
export type DefinitionKind = 'macro' | 'function' | 'constant' | 'enumerator';

/** A name with a constant value or a macro body. Offsets are UTF-16 units into the file. */
export interface Definition {
  readonly name: string;
  readonly kind: DefinitionKind;
  /** Parameters of a function-like macro, else null. */
  readonly parameters: readonly string[] | null;
  /** The value as written: comments may stand inside, not around it. */
  readonly body: string;
  /** Start of the directive or declaration. */
  readonly start: number;
  /** End of the directive, declaration or enumerator, without the line end. */
  readonly end: number;
  readonly nameStart: number;
  readonly bodyStart: number;
  /** In an #else or #elif branch: the first branch is preferred where both define a name. */
  readonly alternative: boolean;
}

export interface Include {
  /** As written between the quotes or angle brackets. */
  readonly path: string;
}

/** An argument as written. */
export interface ArgumentText {
  readonly text: string;
  readonly start: number;
  readonly range: SourceRange;
}

/** A call of a pool routine, or another place that gives a tag to memory. */
export interface PoolCall {
  readonly routine: string;
  readonly action: 'allocate' | 'free';
  /** Offset of the routine's name. */
  readonly start: number;
  readonly range: SourceRange;
  /** Null where the routine takes no tag. */
  readonly tag: ArgumentText | null;
  readonly pool: PoolKind;
  /** Enclosing function, or the macro whose body holds the call; empty at file level. */
  readonly function: string;
  readonly inMacro: boolean;
  /** Names that hide every macro and constant of other scopes: parameters of functions, macros and templates, and locals. */
  readonly hidden: readonly string[];
  /** Initialiser of the local constant that the tag argument names; null where it names none. */
  readonly localConstant: string | null;
  readonly lineText: string;
}

export interface FileSummary {
  readonly includes: readonly Include[];
  readonly definitions: readonly Definition[];
  readonly calls: readonly PoolCall[];
}
