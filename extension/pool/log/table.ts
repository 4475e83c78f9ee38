/** What a text log holds: tables of pool tags, one after another, and where the test stood. */
import type { PoolTag } from '../../../language/tag/poolTag.ts';
import type { PhaseMarkKind } from '../phases.ts';
import type { SystemFigures } from '../snapshot.ts';

/** One line of a table: a tag in one pool. Null: the log does not tell. */
export interface LogRow {
  readonly tag: PoolTag;
  readonly paged: boolean;
  readonly allocs: number | null;
  readonly frees: number | null;
  /** Outstanding. */
  readonly diff: number | null;
  readonly bytes: number;
  /** As printed, else from bytes and difference. */
  readonly perAlloc: number | null;
  /** The binary that a tag file names, or its words where it names none; null for unknown. */
  readonly driver: string | null;
  /** What else stands there. */
  readonly description: string;
}

export interface LogTable {
  /** Line of its first figure, from 1. */
  readonly line: number;
  /** Milliseconds since 1970; null where no line tells. */
  readonly time: number | null;
  /** PoolMon's header, as far as it was there. */
  readonly header: Partial<SystemFigures>;
  readonly rows: readonly LogRow[];
  /** The test stands at these phases from this table on, in the order of their lines; mostly none or one. */
  readonly marks: readonly PhaseMarkKind[];
}

/** A text that is no log of pool tags, with the line that shows it. */
export class LogError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
  }
}
