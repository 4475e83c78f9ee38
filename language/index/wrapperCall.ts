/** What a call of a wrapper comes to. */
import type { WrapperStep } from '../protocol.ts';
import type { EnclosingDefinition, Invocation, PoolCall } from '../scan/fileSummary.ts';
import { poolOfExpression } from '../scan/poolCalls.ts';
import { forwardedParameter, substituted } from './substitution.ts';

/** Where the expression of a tag is written. */
export interface WrittenTag {
  readonly path: string;
  readonly call: PoolCall;
}

/** The effect of calling a wrapper. Expressions are in terms of the wrapper's parameters. */
export interface WrapperEffect {
  /** The routine finally reached. */
  readonly routine: string;
  readonly action: 'allocate' | 'free';
  readonly tagExpression: string;
  readonly poolExpression: string;
  readonly pool: PoolCall['pool'];
  /** The wrapper itself first, then what it calls. */
  readonly via: readonly WrapperStep[];
  /**
   * The innermost call that has the tag's expression in it; its names are known there if not at the caller. Null for an
   * alias, whose callers write it.
   */
  readonly written: WrittenTag | null;
}

/** An effect as it is at one call, in terms of what surrounds the call, and the call as one of the routine finally reached. */
export function wrapperCall(
  path: string,
  inner: WrapperEffect,
  { parameters, defaults }: Pick<EnclosingDefinition, 'parameters' | 'defaults'>,
  invocation: Invocation,
): { effect: WrapperEffect; call: PoolCall } {
  const values = invocation.arguments.map((argument) => argument.text);
  for (const [i, value] of defaults.entries()) values[i] ||= value;
  const tagExpression = substituted(inner.tagExpression, parameters, values);
  const poolExpression = substituted(inner.poolExpression, parameters, values);
  const position = forwardedParameter(inner.tagExpression, parameters);
  const argument = position === undefined ? undefined : invocation.arguments[position];
  const { start, range, enclosing, inMacro, hidden, lineText } = invocation;
  const call: PoolCall = {
    routine: inner.routine,
    action: inner.action,
    start,
    range,
    tag:
      argument && argument.text !== '' ? { text: argument.text, start: argument.start, range: argument.range } : null,
    pool: inner.pool === 'unknown' ? poolOfExpression(poolExpression) : inner.pool,
    poolExpression,
    handsOut: invocation.handsOut,
    enclosing,
    function: invocation.function,
    inMacro,
    hidden: argument?.local ? [...hidden, argument.local.name] : hidden,
    localConstant: argument?.local?.constant ?? null,
    lineText,
  };
  const written = call.tag ? { path, call } : inner.written;
  return { effect: { ...inner, tagExpression, poolExpression, written }, call };
}
