/** Whether what a call names as its tag is left to the callers of the definition around it. */
import type { EnclosingTemplate, PoolCall } from '../scan/fileSummary.ts';
import { forwardedParameter } from './substitution.ts';

/**
 * The parameter of a template that an expression inside of the template stands for, itself or through a member constant;
 * undefined for every other expression.
 */
export function parameterOf(template: EnclosingTemplate | null, expression: string): string | undefined {
  if (template === null) return undefined;
  if (forwardedParameter(expression, template.parameters) !== undefined) return expression;
  const names = template.constants.map(({ name }) => name);
  const constant = forwardedParameter(expression, names);
  return constant === undefined ? undefined : template.constants[constant].value;
}

/** {@link parameterOf} of a call's tag. */
export function templateParameterOf({ enclosing, tag, localConstant }: PoolCall): string | undefined {
  return localConstant === null ? parameterOf(enclosing!.template, tag!.text) : undefined;
}

/**
 * Whether a call's tag is a parameter of the function or of the template around it, or anything at all in a macro: then its
 * callers are the sites.
 */
export function isHandedOn(call: PoolCall): boolean {
  const { enclosing, tag, localConstant } = call;
  if (!enclosing || !tag) return false;
  if (enclosing.kind === 'macro' || templateParameterOf(call) !== undefined) return true;
  return localConstant === null && forwardedParameter(tag.text, enclosing.parameters) !== undefined;
}
