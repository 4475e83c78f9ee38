/**
 * What one file says, without knowing any other: its includes, its definitions, and the places that call pool routines.
 * Everything that needs other files (the values of tags above all) is left to the index.
 */
import type { PoolKind, SourceRange } from '../protocol.ts';

/**
 * `macro`: object-like; `function`: function-like macro; `constant`: a variable with a constant initialiser; `enumerator`;
 * `type`: a name for a template with its arguments; `member`: a value assigned to a variable or to a member of a structure, whose name
 * stands behind a dot, so that nobody takes it for what a name means.
 */
export type DefinitionKind = 'macro' | 'function' | 'constant' | 'enumerator' | 'type' | 'member';

/** A name with a constant value or a macro body. Offsets are UTF-16 units into the file. */
export interface Definition {
  readonly name: string;
  readonly kind: DefinitionKind;
  /** Parameters of a function-like macro, or of the class template that a constant is a member of; else null. */
  readonly parameters: readonly string[] | null;
  /**
   * The class or enumeration that a constant belongs to, without what is around that; the name in front of a member that is assigned.
   * Empty where there is none.
   */
  readonly owner: string;
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
  /** The conditions of the branches around a definition that may be a tag, outermost first; empty where there are none. */
  readonly condition: string;
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

/** The function, the macro, or the class template that a call stands in. */
export interface EnclosingDefinition {
  readonly kind: 'function' | 'macro' | 'template';
  /** With its qualifiers (`A::B`). */
  readonly name: string;
  /** Its own parameters, in order. */
  readonly parameters: readonly string[];
  /** What stands for a left out argument, for each parameter, else empty. An empty list where no parameter has a default. */
  readonly defaults: readonly string[];
  /** Offset and line of the name, the line from 0. */
  readonly nameStart: number;
  readonly line: number;
  /** Seen in its own file only. */
  readonly isStatic: boolean;
  /** The template around it, or that it is itself; null where there is none. */
  readonly template: EnclosingTemplate | null;
}

export interface EnclosingTemplate {
  readonly name: string;
  readonly parameters: readonly string[];
  /** See {@link EnclosingDefinition}. */
  readonly defaults: readonly string[];
  /** Member constants that stand for one of the parameters: `enum { tag = PoolTag }`. */
  readonly constants: readonly TemplateConstant[];
}

export interface TemplateConstant {
  readonly name: string;
  readonly value: string;
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
  /** The argument that says which pool, as written; empty where there is none. */
  readonly poolExpression: string;
  /**
   * Whether the enclosing function hands out the memory: it returns it or stores it through a parameter, and its callers
   * choose the size, or its name speaks of allocating.
   */
  readonly handsOut: boolean;
  /** Null at file level. */
  readonly enclosing: EnclosingDefinition | null;
  /** Enclosing function, or the macro whose body holds the call; empty at file level. */
  readonly function: string;
  readonly inMacro: boolean;
  /** Names that hide every macro and constant of other scopes: parameters of functions, macros and templates, and locals. */
  readonly hidden: readonly string[];
  /** Initialiser of the local constant that the tag argument names; null where it names none. */
  readonly localConstant: string | null;
  readonly lineText: string;
}

/**
 * A call of a function or macro that is asked for by name, since it may be a wrapper around a pool routine; or the use of a
 * template with its arguments, for the same reason.
 */
export interface Invocation {
  readonly name: string;
  /**
   * What stands before the name: nothing, an object (`p->`, `p.`), or a class or namespace (`A::`, without the colons).
   * `template`: the arguments are a template's.
   */
  readonly qualifier:
    | { readonly kind: 'none' | 'object' | 'template' }
    | { readonly kind: 'scope'; readonly name: string };
  readonly start: number;
  readonly range: SourceRange;
  readonly arguments: readonly InvocationArgument[];
  /** See {@link PoolCall}. */
  readonly handsOut: boolean;
  readonly enclosing: EnclosingDefinition | null;
  /** See {@link PoolCall}. */
  readonly function: string;
  readonly inMacro: boolean;
  readonly hidden: readonly string[];
  readonly lineText: string;
}

export interface InvocationArgument extends ArgumentText {
  /** Where the argument is the name of a local variable: the initialiser if that is constant, else null. */
  readonly local: { readonly name: string; readonly constant: string | null } | null;
}

/** `#define A B`, where B is a pool routine or asked for by name. */
export interface Alias {
  readonly name: string;
  readonly target: string;
  readonly nameStart: number;
  readonly line: number;
}

export interface FileSummary {
  readonly includes: readonly Include[];
  readonly definitions: readonly Definition[];
  readonly calls: readonly PoolCall[];
  /** Calls of the names that were asked for, see `summarize` in summarize.ts. */
  readonly invocations: readonly Invocation[];
  /** Functions defined here whose last name part was asked for. */
  readonly functions: readonly EnclosingDefinition[];
  readonly aliases: readonly Alias[];
}
