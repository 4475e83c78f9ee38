/** The changes of both phases of an assignment as changes of the texts that there were, and what each phase did, for the ledger. */

import type { SourcePosition, SourceRange } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { PlannedEdit } from './ledgerRecord.ts';
import { PieceTable } from './pieceTable.ts';
import type { AssignmentPlan } from './plan.ts';
import type { ReadSource, SourceText } from './sourceEdits.ts';
import type { VariantTexts } from './variants.ts';

/** A change of a text that there was. `variant`: of the first phase alone, see variants.ts. */
export interface PhasedEdit extends PlannedEdit {
  readonly kind: 'variant' | 'assigned' | 'untagged';
}

export interface PhasedFile {
  readonly path: string;
  readonly source: SourceText;
  readonly lines: LineTable;
  readonly edits: readonly PhasedEdit[];
}

/** What the first phase did to a file, and the second to what came of it. */
export interface FilePhases {
  readonly first: readonly PlannedEdit[];
  readonly second: readonly PlannedEdit[];
}

/** A name that the first phase brought. */
export interface VariantName {
  readonly name: string;
  /** The file that defines it. */
  readonly path: string;
  readonly oldTag: PoolTag;
}

/** What each phase did; no files where there was no first one. */
export interface Phases {
  readonly files: ReadonlyMap<string, FilePhases>;
  readonly variants: readonly VariantName[];
}

export const NO_PHASES: Phases = { files: new Map(), variants: [] };

export class PhasedEdits {
  readonly files: readonly PhasedFile[];
  readonly phases: Phases;
  readonly #read: ReadSource;
  readonly #texts: VariantTexts | undefined;
  /** For each file of the first phase, its changes and the lines of what came of it. */
  readonly #between = new Map<string, { readonly edits: readonly PlannedEdit[]; readonly lines: LineTable }>();

  constructor(read: ReadSource, plan: AssignmentPlan, texts: VariantTexts | undefined) {
    this.#read = read;
    this.#texts = texts;
    for (const [path, table] of texts?.tables ?? [])
      this.#between.set(path, { edits: table.edits(), lines: new LineTable(table.text) });
    const changes = new Map([...plan.edits.changed()].map(([path, , list]) => [path, list]));
    const phases = new Map<string, FilePhases>();
    const files: PhasedFile[] = [];
    for (const path of new Set([...(texts?.tables.keys() ?? []), ...changes.keys()])) {
      const source = read(path);
      if (!source) continue;
      const first = this.#between.get(path)?.edits ?? [];
      const second = (changes.get(path) ?? []).map(({ offset, end, text }) => ({ start: offset, end, text }));
      const table = new PieceTable(source.text);
      for (const { start, end, text } of [...first].reverse()) table.replace(start, end, text);
      for (const { start, end, text } of [...second].reverse()) table.replace(start, end, text);
      if (texts) phases.set(path, { first, second });
      const untagged = plan.frees
        .filter(({ action, written }) => action === 'untagged' && written.path === path)
        .map(({ written }) => originalOffset(first, written.call.start));
      const edits = table.edits().map((edit): PhasedEdit => {
        if (untagged.some((at) => at >= edit.start && at <= edit.end)) return { ...edit, kind: 'untagged' };
        const isFirst = first.some((f) => f.start === edit.start && f.end === edit.end && f.text === edit.text);
        return { ...edit, kind: isFirst ? 'variant' : 'assigned' };
      });
      if (edits.length > 0) files.push({ path, source, lines: new LineTable(source.text), edits });
    }
    this.files = files;
    const variants = (texts?.variants ?? []).map(({ name, wrapper: { path, tag } }) => ({ name, path, oldTag: tag }));
    this.phases = { files: phases, variants };
  }

  /** Where a place of the texts that were planned over stands in the text that there was. */
  positionOf(path: string, position: SourcePosition): SourcePosition {
    const between = this.#between.get(path);
    if (!between) return position;
    const offset = originalOffset(between.edits, between.lines.offsetAt(position));
    return new LineTable(this.#read(path)!.text).positionAt(offset);
  }

  rangeOf(path: string, { start, end }: SourceRange): SourceRange {
    if (!this.#texts?.tables.has(path)) return { start, end };
    return { start: this.positionOf(path, start), end: this.positionOf(path, end) };
  }
}

/** The offset before some edits of one after them; the start of the edit where that put it there. */
export function originalOffset(edits: readonly PlannedEdit[], offset: number): number {
  let grown = 0;
  for (const { start, end, text } of edits) {
    if (offset < start + grown) break;
    if (offset < start + grown + text.length) return start;
    grown += text.length - (end - start);
  }
  return offset - grown;
}
