/** What of a file the search for wrappers reads: as long as it stays the same, wrappers stay what they are. */
import type { EnclosingDefinition, FileSummary } from '../scan/fileSummary.ts';
import { lastPart } from '../scan/names.ts';

/** The shape of a file that says nothing. */
export const NO_SHAPE = '[[],[],[],[]]';

/**
 * `wanted`: the names whose calls matter; a summary may hold those of others. `withPlaces`: in a file that defines wrappers, where they stand counts too. Elsewhere a new line changes nothing.
 */
export function wrapperShape(
  { calls, invocations, functions, aliases }: FileSummary,
  wanted: ReadonlySet<string>,
  withPlaces: boolean,
): string {
  const enclosing = (e: EnclosingDefinition | null) =>
    withPlaces || e === null ? e : [e.kind, e.name, e.parameters, e.isStatic, e.template];
  const place = (start: number) => (withPlaces ? start : 0);
  return JSON.stringify([
    calls.map((c) => [
      c.routine,
      enclosing(c.enclosing),
      c.tag?.text,
      c.localConstant,
      c.poolExpression,
      c.handsOut,
      place(c.start),
    ]),
    invocations
      .filter(({ name }) => wanted.has(name))
      .map((i) => [
        i.name,
        i.qualifier,
        enclosing(i.enclosing),
        i.handsOut,
        i.arguments.map((a) => a.text),
        place(i.start),
      ]),
    functions.filter(({ name }) => wanted.has(lastPart(name))).map(enclosing),
    aliases.map((a) => [a.name, a.target, place(a.nameStart)]),
  ]);
}
