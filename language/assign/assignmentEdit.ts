/** The edit of an assignment, with the annotations under which its preview shows each change. */
import type { AnnotatedTextEdit, ChangeAnnotation, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { baseName, pathToUri, uriToPath } from '../index/fileUri.ts';
import type { SourcePosition } from '../protocol.ts';
import type { PhasedEdits } from './phasedEdits.ts';
import { type AssignmentPlan, type PlannedFree, shownTag } from './plan.ts';
import type { Variant } from './variantEdits.ts';
import type { Unsplit } from './variants.ts';

/** Change annotations of the edit: what is written, what needs a look, and the frees that are shown but not touched. */
const ASSIGNED = 'poolLens.assigned';
const VARIANT = 'poolLens.variant';
const TOGETHER = 'poolLens.together';
const UNTAGGED = 'poolLens.untagged';
const LEFT_ALONE = 'poolLens.leftAlone';
const REFUSED = 'poolLens.refused';
const MOST_NAMED = 20;
const ANNOTATION_OF = { variant: VARIANT, assigned: ASSIGNED, untagged: UNTAGGED };

/** The edit of a plan, each change under the annotation that says why it is made. */
export function editOf(
  plan: AssignmentPlan,
  phased: PhasedEdits,
  variants: readonly Variant[],
  unsplit: readonly Unsplit[],
): WorkspaceEdit {
  const { edits, assigned, frees, refused } = plan;
  const together = new Set(assigned.filter((a) => a.together > 1).map((a) => a.newTag));
  const documentChanges: TextDocumentEdit[] = [];
  for (const { path, source, lines, edits: changes } of phased.files) {
    documentChanges.push({
      textDocument: { uri: pathToUri(path), version: source.version },
      edits: changes.map(
        ({ start, end, text, kind }): AnnotatedTextEdit => ({
          range: lines.rangeOf(start, end),
          newText: text,
          annotationId: ANNOTATION_OF[kind],
        }),
      ),
    });
  }
  // Inserts nothing: it puts a place that needs a look into the preview, unchecked, among the changes that surround it.
  const look = (uri: string, at: SourcePosition, annotationId: string) => {
    const path = uriToPath(uri);
    const file = path === undefined ? null : edits.open(path);
    if (!file) return;
    const start = phased.positionOf(path!, at);
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
  return { documentChanges, changeAnnotations: annotationsOf(plan, phased, variants, unsplit) };
}

function listed(items: readonly string[], most: number): string {
  return `${items.slice(0, most).join(', ')}${items.length > most ? ` and ${items.length - most} more` : ''}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function placeOfFree({ indexed }: PlannedFree, phased: PhasedEdits): string {
  const { line } = phased.positionOf(indexed.path, indexed.free.range.start);
  return `${baseName(indexed.path)}:${line + 1}`;
}

function annotationsOf(
  { assigned, frees, refused }: AssignmentPlan,
  phased: PhasedEdits,
  variants: readonly Variant[],
  unsplit: readonly Unsplit[],
): Record<string, ChangeAnnotation> {
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
  if (variants.length > 0) {
    const names = variants.map(({ wrapper, name }) => `${wrapper.definition.name} becomes ${name}`);
    const kept = unsplit.map(({ wrapper, reason }) => `${wrapper.definition.name} keeps one tag: ${reason}`);
    annotations[VARIANT] = {
      label: `Callers choose the tag: ${counted(variants.length, 'wrapper')}`,
      description: listed([...names, ...kept], MOST_NAMED),
    };
  }
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
      description: `Several sites reach ${listed(
        untagged.map((free) => placeOfFree(free, phased)),
        MOST_NAMED,
      )}`,
    };
  const left = frees.filter((f) => f.needsLook);
  if (left.length > 0)
    annotations[LEFT_ALONE] = {
      label: `Left alone: ${counted(left.length, 'free')} with ${old}`,
      description: `${listed(
        left.map((free) => placeOfFree(free, phased)),
        MOST_NAMED,
      )}. A free whose tag does not match its memory can stop Windows (bug check 0xC2)`,
      needsConfirmation: true,
    };
  if (refused.length > 0)
    annotations[REFUSED] = {
      label: `Not assigned: ${counted(refused.length, 'site')}`,
      description: listed(
        refused.map(
          ({ path, range, reason }) => `${baseName(path)}:${phased.positionOf(path, range.start).line + 1}: ${reason}`,
        ),
        MOST_NAMED,
      ),
      needsConfirmation: true,
    };
  return annotations;
}
