/**
 * What NtQuerySystemInformation leaves in a buffer, as columns and figures. Pure: it knows the layouts, and calls nothing.
 *
 * Layouts: SYSTEM_POOLTAG_INFORMATION (class 22), SYSTEM_POOLTAG_INFORMATION2 (class 255), SYSTEM_BASIC_INFORMATION
 * (class 0) and SYSTEM_PERFORMANCE_INFORMATION (class 2) of the public headers of winsiderss/phnt (ntexapi.h). ARM64 lays
 * them out as x64 does. Rows are read as 32-bit words through one view of the whole buffer: that is many times faster than
 * a DataView or an object a row.
 */
import type { SystemFigures, TagColumns } from '../pool/snapshot.ts';
import type { TableClass } from './protocol.ts';

/** The width of a pointer, which decides the layout: 8 on x64 and ARM64, 4 on x86. */
export type PointerBytes = 4 | 8;

/** The layout of a tag table. Offsets in 32-bit words; those in a row count from the row's start. */
export interface TableLayout {
  readonly infoClass: TableClass;
  readonly counterBits: 32 | 64;
  readonly headerWords: number;
  readonly rowWords: number;
  readonly pagedAllocs: number;
  readonly pagedFrees: number;
  readonly pagedBytes: number;
  readonly nonpagedAllocs: number;
  readonly nonpagedFrees: number;
  readonly nonpagedBytes: number;
  readonly wideCounters: boolean;
  readonly wideBytes: boolean;
}

/** x64 class 22: word 3 of a row is padding that the kernel does not write. */
const TABLE_64: TableLayout = {
  infoClass: 22,
  counterBits: 32,
  headerWords: 2,
  rowWords: 10,
  pagedAllocs: 1,
  pagedFrees: 2,
  pagedBytes: 4,
  nonpagedAllocs: 6,
  nonpagedFrees: 7,
  nonpagedBytes: 8,
  wideCounters: false,
  wideBytes: true,
};

/** x64 class 255: every number has 64 bits, and word 1 of a row is padding. */
const TABLE2_64: TableLayout = {
  infoClass: 255,
  counterBits: 64,
  headerWords: 2,
  rowWords: 14,
  pagedAllocs: 2,
  pagedFrees: 4,
  pagedBytes: 6,
  nonpagedAllocs: 8,
  nonpagedFrees: 10,
  nonpagedBytes: 12,
  wideCounters: true,
  wideBytes: true,
};

/** x86 class 22: words throughout. */
const TABLE_32: TableLayout = {
  infoClass: 22,
  counterBits: 32,
  headerWords: 1,
  rowWords: 7,
  pagedAllocs: 1,
  pagedFrees: 2,
  pagedBytes: 3,
  nonpagedAllocs: 4,
  nonpagedFrees: 5,
  nonpagedBytes: 6,
  wideCounters: false,
  wideBytes: false,
};

/** x86 class 255: its counters are pointer-sized, which makes it class 22 again. */
const TABLE2_32: TableLayout = { ...TABLE_32, infoClass: 255 };

/** The layout of a tag table class for a pointer width. */
export function tableLayout(infoClass: TableClass, pointerBytes: PointerBytes): TableLayout {
  if (pointerBytes === 8) return infoClass === 255 ? TABLE2_64 : TABLE_64;
  return infoClass === 255 ? TABLE2_32 : TABLE_32;
}

/** Size that class 0 insists on, to the byte. */
export function basicInformationBytes(pointerBytes: PointerBytes): number {
  return pointerBytes === 8 ? 64 : 44;
}

/** Room to give class 2: more than any version fills (312 to 376 bytes). */
export const PERFORMANCE_INFORMATION_BYTES = 1024;

/** An answer that contradicts itself; the message says how, without a full stop. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/** The buffer as 32-bit words. @throws {RangeError} where the buffer does not start at a multiple of 4 in its memory. */
export function wordsOf(buffer: Buffer): Uint32Array {
  return new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.length >>> 2);
}

const HIGH_WORD = 2 ** 32;

/**
 * Columns with room to spare, filled anew by each reading. A fresh set a poll would double the cost of decoding and leave
 * 200 KB a poll to the collector, and sending copies the numbers anyway.
 */
export class TagColumnBuffer {
  #tags = new Uint32Array(0);
  #numbers: Float64Array[] = [];

  /**
   * Reads a tag table. The columns have exactly one element a tag; they show this object's own memory, so that the next
   * call overwrites them.
   *
   * @param words the buffer the kernel filled, viewed as words
   * @param returnedBytes how much of it the kernel says it filled
   * @throws {MalformedAnswer} where the counts contradict each other: a table read while it was torn, or no table at all
   */
  decode(words: Uint32Array, returnedBytes: number, layout: TableLayout): TagColumns {
    const count = rowCount(words, returnedBytes, layout);
    this.#reserve(count);
    const tags = this.#tags;
    const [pagedAllocs, pagedFrees, pagedBytes, nonpagedAllocs, nonpagedFrees, nonpagedBytes] = this.#numbers;
    const { wideCounters, wideBytes } = layout;
    for (let i = 0, at = layout.headerWords; i < count; i++, at += layout.rowWords) {
      tags[i] = words[at];
      pagedAllocs[i] = readNumber(words, at + layout.pagedAllocs, wideCounters);
      pagedFrees[i] = readNumber(words, at + layout.pagedFrees, wideCounters);
      pagedBytes[i] = readNumber(words, at + layout.pagedBytes, wideBytes);
      nonpagedAllocs[i] = readNumber(words, at + layout.nonpagedAllocs, wideCounters);
      nonpagedFrees[i] = readNumber(words, at + layout.nonpagedFrees, wideCounters);
      nonpagedBytes[i] = readNumber(words, at + layout.nonpagedBytes, wideBytes);
    }
    return {
      tags: tags.subarray(0, count),
      pagedAllocs: pagedAllocs.subarray(0, count),
      pagedFrees: pagedFrees.subarray(0, count),
      pagedBytes: pagedBytes.subarray(0, count),
      nonpagedAllocs: nonpagedAllocs.subarray(0, count),
      nonpagedFrees: nonpagedFrees.subarray(0, count),
      nonpagedBytes: nonpagedBytes.subarray(0, count),
    };
  }

  #reserve(count: number): void {
    if (this.#numbers.length > 0 && count <= this.#tags.length) return;
    const room = Math.ceil(count * 1.25);
    this.#tags = new Uint32Array(room);
    this.#numbers = Array.from({ length: 6 }, () => new Float64Array(room));
  }
}

/** A number of one or two words, lower word first. Exact below 2^53. */
function readNumber(words: Uint32Array, at: number, wide: boolean): number {
  return wide ? words[at] + words[at + 1] * HIGH_WORD : words[at];
}

/** How many rows the table holds, as far as that can be believed. */
function rowCount(words: Uint32Array, returnedBytes: number, layout: TableLayout): number {
  const room = words.length * 4;
  if (returnedBytes > room) {
    throw new MalformedAnswer(`it claims ${returnedBytes} bytes in a buffer of ${room}`);
  }
  const header = layout.headerWords * 4;
  if (returnedBytes < header) {
    throw new MalformedAnswer(`it has ${returnedBytes} bytes, fewer than the ${header} of its head`);
  }
  const count = words[0];
  const complete = Math.floor((returnedBytes - header) / (layout.rowWords * 4));
  if (count > complete) {
    throw new MalformedAnswer(`it counts ${count} tags, but its ${returnedBytes} bytes hold only ${complete}`);
  }
  return count;
}

/** What class 0 tells. */
export interface MemorySize {
  /** Bytes a page. */
  readonly pageBytes: number;
  readonly physicalPages: number;
}

/**
 * Reads SYSTEM_BASIC_INFORMATION: PageSize at 8, NumberOfPhysicalPages at 12, the same for either pointer width.
 *
 * @throws {MalformedAnswer} where it is cut short, or the page size is not a power of two of 1 KiB or more
 */
export function decodeBasicInformation(words: Uint32Array, returnedBytes: number): MemorySize {
  requireBytes(words, returnedBytes, 16);
  const pageBytes = words[2];
  if (pageBytes < 1024 || (pageBytes & (pageBytes - 1)) !== 0) {
    throw new MalformedAnswer(`it gives a page size of ${pageBytes} bytes`);
  }
  return { pageBytes, physicalPages: words[3] };
}

/** Byte offsets in SYSTEM_PERFORMANCE_INFORMATION, which is the same on every architecture. */
const PERFORMANCE = {
  availablePages: 44,
  committedPages: 48,
  commitLimit: 52,
  peakCommitment: 56,
  pageFaultCount: 60,
  pagedPoolPages: 112,
  nonPagedPoolPages: 116,
  residentSystemCodePage: 140,
  residentPagedPoolPage: 168,
  residentSystemDriverPage: 172,
} as const;

/**
 * Reads SYSTEM_PERFORMANCE_INFORMATION into PoolMon's header figures.
 *
 * @throws {MalformedAnswer} where the answer ends before the last figure that is needed
 */
export function decodePerformanceInformation(
  words: Uint32Array,
  returnedBytes: number,
  memory: MemorySize,
): SystemFigures {
  requireBytes(words, returnedBytes, PERFORMANCE.residentSystemDriverPage + 4);
  const kbPerPage = memory.pageBytes / 1024;
  const kb = (offset: number) => words[offset >>> 2] * kbPerPage;
  return {
    totalKb: memory.physicalPages * kbPerPage,
    availableKb: kb(PERFORMANCE.availablePages),
    committedKb: kb(PERFORMANCE.committedPages),
    commitLimitKb: kb(PERFORMANCE.commitLimit),
    commitPeakKb: kb(PERFORMANCE.peakCommitment),
    pageFaults: words[PERFORMANCE.pageFaultCount >>> 2],
    residentKernelKb: kb(PERFORMANCE.residentSystemCodePage) + kb(PERFORMANCE.residentSystemDriverPage),
    residentPagedKb: kb(PERFORMANCE.residentPagedPoolPage),
    nonpagedKb: kb(PERFORMANCE.nonPagedPoolPages),
    pagedKb: kb(PERFORMANCE.pagedPoolPages),
  };
}

function requireBytes(words: Uint32Array, returnedBytes: number, needed: number): void {
  const available = Math.min(returnedBytes, words.length * 4);
  if (available < needed) throw new MalformedAnswer(`it has ${available} bytes, and ${needed} are needed`);
}
