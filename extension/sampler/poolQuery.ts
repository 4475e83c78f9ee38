/** One reading of the pool through NtQuerySystemInformation: which classes, in which buffers, and what to do when they do not fit. */
import type { SystemFigures, TagColumns } from '../pool/snapshot.ts';
import {
  basicInformationBytes,
  decodeBasicInformation,
  decodePerformanceInformation,
  MalformedAnswer,
  PERFORMANCE_INFORMATION_BYTES,
  type PointerBytes,
  type TableLayout,
  TagColumnBuffer,
  tableLayout,
  wordsOf,
} from './decode.ts';
import { badAnswerFailure, growthFailure, SamplerFailure, STATUS, statusFailure } from './failure.ts';
import type { FailureKind, TableClass } from './protocol.ts';

/** What a call answered. */
export interface NtAnswer {
  /** NTSTATUS, unsigned. */
  readonly status: number;
  /** ReturnLength in bytes; 0 where the call did not set it. */
  readonly returned: number;
}

/**
 * NtQuerySystemInformation. `length` is what the callee may fill and must not exceed `buffer.length`: nothing below checks.
 */
export type NtQuery = (infoClass: number, buffer: Buffer, length: number) => NtAnswer;

/** What a poll found. The columns are overwritten by the next poll. */
export interface PoolReading {
  readonly infoClass: TableClass;
  readonly counterBits: 32 | 64;
  readonly columns: TagColumns;
  readonly system: SystemFigures;
}

/** Calls for one table before giving up: with a quarter of slack each time, a table would have to grow sixfold meanwhile. */
export const MAX_TABLE_TRIES = 8;
/** 6,500 rows of class 22: more than Windows has on most machines. */
const FIRST_TABLE_BYTES = 1 << 18;
/** A million rows and more. A need beyond it is not believed. */
const MAX_TABLE_BYTES = 1 << 26;
const TABLE_GRANULE = 1 << 12;

/** Answers to class 255 that say nothing about class 22. */
const WITHHELD: readonly FailureKind[] = ['classUnknown', 'taggingOff', 'accessDenied'];

/** A buffer for one call, and the same memory as words. */
interface CallBuffer {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
}

/** `allocUnsafeSlow` gives memory of its own: aligned, off the shared slab, and never moved while a call fills it. */
function callBuffer(length: number): CallBuffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, words: wordsOf(bytes) };
}

/** Reads the pool again and again, in buffers that are reused and grow when they must. */
export class PoolQuery {
  readonly #query: NtQuery;
  readonly #pointerBytes: PointerBytes;
  readonly #firstTableBytes: number;
  readonly #columns = new TagColumnBuffer();
  readonly #basic: CallBuffer;
  readonly #performance: CallBuffer;
  #table: CallBuffer;
  #layout: TableLayout | null = null;

  /** @param firstTableBytes room for the tag table to begin with */
  constructor(query: NtQuery, pointerBytes: PointerBytes, firstTableBytes = FIRST_TABLE_BYTES) {
    this.#query = query;
    this.#pointerBytes = pointerBytes;
    this.#firstTableBytes = firstTableBytes;
    this.#basic = callBuffer(basicInformationBytes(pointerBytes));
    this.#performance = callBuffer(PERFORMANCE_INFORMATION_BYTES);
    this.#table = callBuffer(firstTableBytes);
  }

  /** @throws {SamplerFailure} where a call fails, or an answer contradicts itself */
  read(): PoolReading {
    this.#layout ??= this.#chooseTable();
    const columns = this.#readTable(this.#layout);
    const { infoClass, counterBits } = this.#layout;
    return { infoClass, counterBits, columns, system: this.#readSystem() };
  }

  /**
   * Class 255 (Windows 26H1 on) has counters that do not wrap: preferred where it is there. A system that does not know the
   * class, or keeps it from this user, is asked for class 22, and what that answers is what counts. Done once: a whole
   * table is read for it, so that a passing failure (which is thrown) never decides.
   */
  #chooseTable(): TableLayout {
    const preferred = tableLayout(255, this.#pointerBytes);
    try {
      this.#readTable(preferred);
      return preferred;
    } catch (error) {
      if (error instanceof SamplerFailure && WITHHELD.includes(error.kind)) return tableLayout(22, this.#pointerBytes);
      throw error;
    }
  }

  #readTable(layout: TableLayout): TagColumns {
    const { infoClass } = layout;
    for (let tries = 1; ; tries++) {
      const { bytes, words } = this.#table;
      const { status, returned } = this.#query(infoClass, bytes, bytes.length);
      if (status === STATUS.SUCCESS) {
        return decoded(infoClass, () => this.#columns.decode(words, returned, layout));
      }
      if (status !== STATUS.INFO_LENGTH_MISMATCH) throw statusFailure(infoClass, status);
      // A failed buffer is never read: its Count may be complete while its rows are not there.
      const room = nextTableBytes(bytes.length, returned);
      if (tries === MAX_TABLE_TRIES || room > MAX_TABLE_BYTES) {
        // The next poll starts over: what this one was told was no table's size.
        this.#table = callBuffer(this.#firstTableBytes);
        throw growthFailure(infoClass, tries, bytes.length, returned);
      }
      this.#table = callBuffer(room);
    }
  }

  #readSystem(): SystemFigures {
    const memory = this.#readFixed(0, this.#basic, decodeBasicInformation);
    return this.#readFixed(2, this.#performance, (words, returned) =>
      decodePerformanceInformation(words, returned, memory),
    );
  }

  #readFixed<T>(infoClass: number, buffer: CallBuffer, decode: (words: Uint32Array, returned: number) => T): T {
    const { status, returned } = this.#query(infoClass, buffer.bytes, buffer.bytes.length);
    if (status !== STATUS.SUCCESS) throw statusFailure(infoClass, status);
    return decoded(infoClass, () => decode(buffer.words, returned));
  }
}

/**
 * Room for the next try: a quarter over what the kernel asked for, as the table grows between two calls. Where it named no
 * more than there was (below the formal size it names just that size), double.
 */
function nextTableBytes(length: number, returned: number): number {
  const wanted = returned > length ? returned * 1.25 : length * 2;
  return Math.ceil(wanted / TABLE_GRANULE) * TABLE_GRANULE;
}

function decoded<T>(infoClass: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedAnswer) throw badAnswerFailure(infoClass, error.message, error);
    throw error;
  }
}
