/** The edit that gives allocation sites tags of their own, in the project's style. */
import type { AnnotatedTextEdit, ChangeAnnotation, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { baseName, pathToUri, uriToPath } from '../index/fileUri.ts';
import type { IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import type { AssignParams, AssignResult, SourcePosition } from '../protocol.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { type AssignContext, type AssignmentPlan, AssignmentPlanner, type PlannedFree, shownTag } from './plan.ts';
import type { SourceChange } from './sourceEdits.ts';

export type { AssignContext } from './plan.ts';
export type { SourceText } from './sourceEdits.ts';

/** Change annotations of the edit: what is written, what needs a look, and the frees that are shown but not touched. */
const ASSIGNED = 'poolLens.assigned';
const TOGETHER = 'poolLens.together';
const UNTAGGED = 'poolLens.untagged';
const LEFT_ALONE = 'poolLens.leftAlone';
const REFUSED = 'poolLens.refused';
const MOST_NAMED = 20;

/** The site whose tag argument or routine stands at a position, else the only one that touches its line. */
export function siteAt(index: SiteIndex, path: string, position: SourcePosition): IndexedSite | undefined {
  const sites = index.sitesIn(path);
  const holds = ({ start, end }: { start: SourcePosition; end: SourcePosition }) =>
    (position.line > start.line || (position.line === start.line && position.character >= start.character)) &&
    (position.line < end.line || (position.line === end.line && position.character <= end.character));
  const exact = sites.find(({ site }) => holds(site.tagRange) || holds(site.range));
  if (exact) return exact;
  const onLine = sites.filter(
    ({ site }) => position.line >= site.range.start.line && position.line <= site.tagRange.end.line,
  );
  return onLine.length === 1 ? onLine[0] : undefined;
}

/** The sites that an assignment is about; or why there are none. */
function targetsOf(index: SiteIndex, params: AssignParams): readonly IndexedSite[] | { readonly reason: string } {
  switch (params.scope) {
    case 'tag':
      return index.sitesOf(params.tag);
    case 'all':
      return [...index.tags()]
        .filter((tag) => index.sitesOf(tag).length > 1)
        .flatMap((tag) => index.sitesOf(tag))
        .filter(({ site }) => params.project === undefined || site.project?.uri === params.project);
    case 'site': {
      const path = uriToPath(params.uri);
      if (path === undefined) return { reason: 'Only files on disk can be edited.' };
      const target = siteAt(index, path, params.position);
      return target ? [target] : { reason: whyNoSite(index, path, params.position) };
    }
  }
}

/** Computes the assignment that `params` asks for. Nothing is written. */
export function assignTags(context: AssignContext, params: AssignParams): AssignResult {
  const targets = targetsOf(context.index, params);
  if ('reason' in targets)
    return params.scope === 'site' ? refusal(params.uri, params.position, targets.reason) : NOTHING;
  const { frees = 'together', insist = false } = params;
  const plan = new AssignmentPlanner(context).plan({ targets, frees, insist });
  return {
    edit: plan.assigned.length > 0 ? editOf(plan) : null,
    assigned: plan.assigned.map(({ indexed: { site }, oldTag, newTag }) => ({
      uri: site.uri,
      position: site.range.start,
      oldTag,
      newTag,
    })),
    refused: plan.refused.map(({ uri, range, reason }) => ({ uri, position: range.start, reason })),
    frees: plan.frees.map(({ indexed, action, oldTag, newTag, reason }) => ({
      free: indexed.free,
      action,
      oldTag,
      newTag,
      reason,
    })),
    leftFrees: plan.frees.filter(({ needsLook }) => needsLook).map(({ indexed }) => indexed.free),
  };
}

const NOTHING: AssignResult = { edit: null, assigned: [], refused: [], frees: [], leftFrees: [] };

function refusal(uri: string, position: SourcePosition, reason: string): AssignResult {
  return { ...NOTHING, refused: [{ uri, position, reason }] };
}

function whyNoSite(index: SiteIndex, path: string, position: SourcePosition): string {
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

/** The edit of a plan, each change under the annotation that says why it is made. */
function editOf(plan: AssignmentPlan): WorkspaceEdit {
  const { edits, assigned, frees, refused } = plan;
  const together = new Set(assigned.filter((a) => a.together > 1).map((a) => a.newTag));
  const documentChanges: TextDocumentEdit[] = [];
  for (const [path, file, changes] of edits.changed()) {
    const isUntagging = ({ offset }: SourceChange) =>
      frees.some(
        ({ indexed, action }) => action === 'untagged' && indexed.path === path && indexed.call.start === offset,
      );
    documentChanges.push({
      textDocument: { uri: pathToUri(path), version: file.source.version },
      edits: changes.map(
        (change): AnnotatedTextEdit => ({
          range: file.lines.rangeOf(change.offset, change.end),
          newText: change.text,
          annotationId: isUntagging(change) ? UNTAGGED : ASSIGNED,
        }),
      ),
    });
  }
  // Inserts nothing: it puts a place that needs a look into the preview, unchecked, among the changes that surround it.
  const look = (uri: string, start: SourcePosition, annotationId: string) => {
    const path = uriToPath(uri);
    const file = path === undefined ? null : edits.open(path);
    if (!file) return;
    const edit: AnnotatedTextEdit = { range: { start, end: start }, newText: '', annotationId };
    const known = documentChanges.find((change) => change.textDocument.uri === uri);
    if (known) known.edits.push(edit);
    else documentChanges.push({ textDocument: { uri, version: file.source.version }, edits: [edit] });
  };
  for (const { indexed, needsLook } of frees)
    if (needsLook) look(indexed.free.uri, indexed.free.range.start, LEFT_ALONE);
  for (const { uri, range } of refused) look(uri, range.start, REFUSED);
  for (const { indexed, newTag } of assigned)
    if (together.has(newTag)) look(indexed.site.uri, indexed.site.range.start, TOGETHER);
  return { documentChanges, changeAnnotations: annotationsOf(plan) };
}

function listed(items: readonly string[], most: number): string {
  return `${items.slice(0, most).join(', ')}${items.length > most ? ` and ${items.length - most} more` : ''}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function placeOfFree({ indexed }: PlannedFree): string {
  return `${baseName(indexed.path)}:${indexed.free.range.start.line + 1}`;
}

function annotationsOf({ assigned, frees, refused }: AssignmentPlan): Record<string, ChangeAnnotation> {
  const old = listed([...new Set(assigned.map((a) => `'${shownTag(a.oldTag)}'`))], 3);
  const tags = [...new Set(assigned.map((a) => `'${shownTag(a.newTag)}'`))];
  const annotations: Record<string, ChangeAnnotation> = {
    [ASSIGNED]: {
      label:
        assigned.length === 1
          ? `Assign unique pool tag ${tags[0]}`
          : `Assign unique pool tags to ${assigned.length} sites`,
      description: `${old} becomes ${listed(tags, 8)}`,
    },
  };
  const shared = assigned.filter((a) => a.together > 1);
  if (shared.length > 0) {
    const groups = [...Map.groupBy(shared, (a) => a.newTag)].map(
      ([tag, list]) => `'${shownTag(tag)}' (${list.length})`,
    );
    annotations[TOGETHER] = {
      label: `Kept together: ${counted(shared.length, 'site')}`,
      description: `One free can free the memory of each: ${listed(groups, MOST_NAMED)}`,
      needsConfirmation: true,
    };
  }
  const untagged = frees.filter((f) => f.action === 'untagged');
  if (untagged.length > 0)
    annotations[UNTAGGED] = {
      label: `Names no tag any more: ${counted(untagged.length, 'free')}`,
      description: `Several sites reach ${listed(untagged.map(placeOfFree), MOST_NAMED)}`,
    };
  const left = frees.filter((f) => f.needsLook);
  if (left.length > 0)
    annotations[LEFT_ALONE] = {
      label: `Left alone: ${counted(left.length, 'free')} with ${old}`,
      description: `${listed(left.map(placeOfFree), MOST_NAMED)}. A free whose tag does not match its memory can stop Windows (bug check 0xC2)`,
      needsConfirmation: true,
    };
  if (refused.length > 0)
    annotations[REFUSED] = {
      label: `Not assigned: ${counted(refused.length, 'site')}`,
      description: listed(
        refused.map(({ path, range, reason }) => `${baseName(path)}:${range.start.line + 1}: ${reason}`),
        MOST_NAMED,
      ),
      needsConfirmation: true,
    };
  return annotations;
}
