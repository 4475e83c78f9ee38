/** The edit that gives allocation sites tags of their own, in the project's style. */
import { pathToUri, uriToPath } from '../index/fileUri.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import type { AssignParams, AssignResult, FreeSite, SourcePosition } from '../protocol.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { editOf } from './assignmentEdit.ts';
import { NO_PHASES, PhasedEdits, type Phases } from './phasedEdits.ts';
import type { AssignContext, PlannedFree } from './plan.ts';
import { planWithVariants } from './planWithVariants.ts';

export type { AssignContext } from './plan.ts';
export { siteAt } from './siteAt.ts';
export type { SourceText } from './sourceEdits.ts';

/** An assignment, and what each of its phases does, for the ledger. */
export interface Assignment {
  readonly result: AssignResult;
  readonly phases: Phases;
}

/** Computes the assignment that `params` asks for. Nothing is written. */
export function assignTags(context: AssignContext, params: AssignParams): AssignResult {
  return planAssignment(context, params).result;
}

/** {@link assignTags}, with what is needed to note it once it is applied. */
export function planAssignment(context: AssignContext, params: AssignParams): Assignment {
  const { index } = context;
  const planned = planWithVariants(context, params);
  if (planned === null) {
    const result = 'position' in params ? refusal(params.uri, params.position, whyNoSite(index, params)) : NOTHING;
    return { result, phases: NO_PHASES };
  }
  const { plan, texts, unsplit } = planned;
  const edits = new PhasedEdits(context.read, plan, texts);
  const result: AssignResult = {
    edit: plan.assigned.length > 0 ? editOf(plan, edits, texts?.variants ?? [], unsplit) : null,
    assigned: plan.assigned.map(({ indexed: { site, path }, oldTag, newTag }) => ({
      uri: site.uri,
      position: edits.positionOf(path, site.range.start),
      function: site.function,
      routine: site.routine,
      oldTag,
      newTag,
    })),
    refused: plan.refused.map(({ uri, path, range, reason }) => ({
      uri,
      position: edits.positionOf(path, range.start),
      reason,
    })),
    frees: plan.frees.map((planned) => {
      const { action, oldTag, newTag, reason } = planned;
      return { free: freeOf(planned, edits), action, oldTag, newTag, reason };
    }),
    leftFrees: plan.frees.filter(({ needsLook }) => needsLook).map((planned) => freeOf(planned, edits)),
    unsplit: unsplit.map(({ wrapper, reason }) => ({
      uri: pathToUri(wrapper.path),
      position: wrapper.call.range.start,
      name: wrapper.definition.name,
      reason,
    })),
  };
  return { result, phases: edits.phases };
}

function freeOf({ indexed: { free, path } }: PlannedFree, edits: PhasedEdits): FreeSite {
  return { ...free, range: edits.rangeOf(path, free.range) };
}

const NOTHING: AssignResult = { edit: null, assigned: [], refused: [], frees: [], leftFrees: [], unsplit: [] };

function refusal(uri: string, position: SourcePosition, reason: string): AssignResult {
  return { ...NOTHING, refused: [{ uri, position, reason }] };
}

function whyNoSite(index: SiteIndex, { uri, position }: { uri: string; position: SourcePosition }): string {
  const path = uriToPath(uri);
  if (path === undefined) return 'Only files on disk can be edited.';
  const touches = ({ range, tag }: PoolCall) =>
    position.line >= range.start.line && position.line <= (tag?.range.end.line ?? -1);
  const handedOn = index.handedOnIn(path).find(touches);
  if (handedOn) return `The tag is the parameter '${handedOn.tag!.text}': its callers choose it.`;
  const open = index.unresolvedIn(path).find((u) => touches(u.call));
  if (!open) return 'There is no allocation site here.';
  const { expression } = open.unresolved;
  if (open.call.hidden.includes(expression.trim()))
    return `The tag is the parameter or local variable '${expression}': its callers choose it.`;
  return `The tag '${expression}' is not a constant that the sources show.`;
}
