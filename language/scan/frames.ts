/** What stands around a place of a file: the functions, classes and namespaces that are open there. */
import type { OpenedScope } from './declarations.ts';
import { detached } from './directives.ts';
import type { EnclosingDefinition, EnclosingTemplate, TemplateConstant } from './fileSummary.ts';
import type { LineTable } from './lines.ts';
import { TokenKind, type TokenList } from './tokens.ts';

/** Names of parameters that are handed down to nested scopes; nobody nests templates so deep. */
const MOST_PARAMETERS = 256;

/** What a brace opened. Frames never change but for what is found out late, so that a state keeps them by the innermost one. */
export interface Frame {
  readonly outer: Frame | null;
  readonly scope: OpenedScope;
  /** First token inside the braces. */
  readonly start: number;
  /** First token of the declaration. */
  readonly head: number;
  /** Template parameters of the function itself. */
  readonly ownTemplate: readonly string[];
  /** The innermost class template, this frame included. */
  readonly templateClass: OpenedScope | undefined;
  /** The innermost name, this frame included. */
  readonly innermostName: string;
  enclosing: EnclosingDefinition | null;
}

/** The frame that `scope` opens inside of `outer`, with its first token and that of its declaration. */
export function frameOf(outer: Frame | null, scope: OpenedScope, start: number, head: number): Frame {
  const ownTemplate = scope.kind === 'function' ? scope.parameters.slice(scope.own.length) : [];
  const qualified = qualifiedIn(outer, scope);
  const isTemplate = qualified.kind === 'container' && qualified.own.length > 0;
  return {
    outer,
    scope: qualified,
    ownTemplate,
    start,
    head,
    templateClass: isTemplate ? qualified : outer?.templateClass,
    innermostName: qualified.name || (outer?.innermostName ?? ''),
    enclosing: null,
  };
}

function qualifiedIn(frame: Frame | null, scope: OpenedScope): OpenedScope {
  if (frame === null) return scope;
  const outer = frame.scope;
  const { length } = outer.parameters;
  const handsDown = length > 0 && length < MOST_PARAMETERS;
  const parameters = handsDown ? [...scope.parameters, ...outer.parameters] : scope.parameters;
  const named = scope.kind === 'function' || scope.kind === 'container';
  const name = named && outer.name !== '' && scope.name !== '' ? `${outer.name}::${scope.name}` : scope.name;
  return { ...scope, name: name || (scope.kind === 'container' ? outer.name : ''), parameters };
}

/** Describes the functions and templates of one file. */
export class Enclosings {
  readonly #text: string;
  readonly #tokens: TokenList;
  readonly #lines: () => LineTable;
  readonly #constants = new Map<readonly string[], TemplateConstant[]>();

  constructor(text: string, tokens: TokenList, lines: () => LineTable) {
    this.#text = text;
    this.#tokens = tokens;
    this.#lines = lines;
  }

  /** The function of a frame, described once. */
  of(frame: Frame): EnclosingDefinition {
    if (frame.enclosing) return frame.enclosing;
    const { scope, head } = frame;
    const { kinds, starts, ends } = this.#tokens;
    const nameStart = starts[scope.nameToken];
    let isStatic = false;
    for (let t = head; t < scope.nameToken && !isStatic; t++)
      isStatic = kinds[t] === TokenKind.identifier && this.#text.slice(starts[t], ends[t]) === 'static';
    frame.enclosing = {
      kind: 'function',
      name: detached(scope.name),
      parameters: scope.own,
      defaults: scope.defaults,
      nameStart,
      line: this.#lines().positionAt(nameStart).line,
      isStatic,
      template: this.#templateOf(frame),
    };
    return frame.enclosing;
  }

  /** The template that a function belongs to: that of its class, or its own. */
  #templateOf({ scope, ownTemplate, templateClass }: Frame): EnclosingTemplate | null {
    if (templateClass) return this.template(templateClass);
    if (ownTemplate.length === 0) return null;
    const parts = scope.name.split('::');
    const name = detached(parts[Math.max(0, parts.length - 2)]);
    return { name, parameters: ownTemplate, defaults: scope.templateDefaults, constants: [] };
  }

  /** A class template, or an alias that is one. */
  template({ name, own, defaults }: OpenedScope): EnclosingTemplate {
    return { name: detached(name), parameters: own, defaults, constants: this.constantsOf(own) };
  }

  /** Constants of the class template with these parameters: a list that grows while the class is read. */
  constantsOf(parameters: readonly string[]): TemplateConstant[] {
    let constants = this.#constants.get(parameters);
    if (!constants) {
      constants = [];
      this.#constants.set(parameters, constants);
    }
    return constants;
  }
}
