/** Which files are driver sources, and their bytes as text. */

import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type HintedWords, hintedWordsOf } from '../scan/candidates.ts';

const SOURCE_NAME = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|inc|ipp)$/i;

/** Larger files are data, not sources written by hand. */
const LARGEST_SOURCE = 8 * 1024 * 1024;

/** Whether the scanner reads files of this name. */
export function isSourceName(path: string): boolean {
  return SOURCE_NAME.test(path);
}

/** What identifies a state of a file without reading it. */
export interface FileStamp {
  readonly modifiedMs: number;
  readonly size: number;
}

export type SourceReading =
  | { readonly kind: 'text'; readonly text: string; readonly stamp: FileStamp }
  | { readonly kind: 'skipped'; readonly reason: string; readonly stamp: FileStamp | null };

const windows1252 = new TextDecoder('windows-1252');

/**
 * Decodes a source file: byte-order marks of UTF-8 and UTF-16 first, then UTF-8, else Windows-1252. Undefined for binary
 * data (bytes of value 0).
 */
export function decodeSource(bytes: Buffer): string | undefined {
  if (bytes.length >= 2) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  }
  if (bytes.includes(0)) return undefined;
  if (isAscii(bytes)) return bytes.toString('latin1');
  // TextDecoder takes the mark away, as editors do.
  return isUtf8(bytes) ? new TextDecoder('utf-8').decode(bytes) : windows1252.decode(bytes);
}

let buffer = Buffer.allocUnsafeSlow(256 * 1024);

/** Reads and decodes a file, synchronously: sources are many and small. Never throws. */
export function readSource(path: string): SourceReading {
  const read = readBytes(path, (size) => {
    if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size * 2);
    return buffer;
  });
  if (read.kind === 'skipped') return read;
  const text = decodeSource(buffer.subarray(0, read.length));
  return text === undefined ? { ...BINARY, stamp: read.stamp } : { kind: 'text', text, stamp: read.stamp };
}

const BINARY = { kind: 'skipped', reason: 'is binary (it holds bytes of value 0)' } as const;

type BytesRead = { readonly kind: 'bytes'; readonly length: number; readonly stamp: FileStamp };

/** Reads a file to the start of the buffer that `place` gives for a size in bytes. Never throws. */
function readBytes(
  path: string,
  place: (size: number) => Buffer,
): BytesRead | Extract<SourceReading, { kind: 'skipped' }> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    return { kind: 'skipped', reason: `cannot be opened: ${(error as Error).message}`, stamp: null };
  }
  try {
    const status = fstatSync(file);
    const stamp = { modifiedMs: status.mtimeMs, size: status.size };
    if (!status.isFile()) return { kind: 'skipped', reason: 'is not a regular file', stamp };
    if (status.size > LARGEST_SOURCE) {
      const megabytes = Math.round(status.size / 1024 / 1024);
      return { kind: 'skipped', reason: `is too large for a source file (${megabytes} MB; the limit is 8 MB)`, stamp };
    }
    const target = place(status.size);
    let length = 0;
    while (length < status.size) {
      const read = readSync(file, target, length, status.size - length, length);
      if (read === 0) break;
      length += read;
    }
    return { kind: 'bytes', length, stamp };
  } catch (error) {
    return { kind: 'skipped', reason: `cannot be read: ${(error as Error).message}`, stamp: null };
  } finally {
    closeSync(file);
  }
}

/** A file's text, and what a first look found in it. */
export type BatchedReading = SourceReading & { readonly path: string; readonly hinted?: HintedWords };

/** So much is read before it is looked at, bytes: one search over many files is faster than many searches. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** Reads files one behind the other and looks for hinted words in all of them at once. */
export class SourceBatch {
  #buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #used = 0;
  /** Files in the buffer, with the end of each. */
  readonly #plain: { path: string; start: number; end: number; stamp: FileStamp }[] = [];
  readonly #others: BatchedReading[] = [];

  get isFull(): boolean {
    return this.#used >= BATCH_BYTES / 2;
  }

  add(path: string): void {
    const start = this.#used;
    const read = readBytes(path, (size) => {
      // One byte more, for the separator.
      const needed = start + size + 1;
      if (needed > this.#buffer.length) {
        const larger = Buffer.allocUnsafeSlow(needed * 2);
        this.#buffer.copy(larger, 0, 0, start);
        this.#buffer = larger;
      }
      return this.#buffer.subarray(start);
    });
    if (read.kind === 'skipped') {
      this.#others.push({ ...read, path });
      return;
    }
    const { length, stamp } = read;
    const bytes = this.#buffer.subarray(start, start + length);
    if (isAscii(bytes) && !bytes.includes(0)) {
      // A line end between two files: no word goes over it.
      this.#buffer[start + length] = 0x0a;
      this.#used = start + length + 1;
      this.#plain.push({ path, start, end: this.#used, stamp });
      return;
    }
    const text = decodeSource(bytes);
    this.#others.push(text === undefined ? { ...BINARY, stamp, path } : { kind: 'text', text, stamp, path });
  }

  /** What was read; the batch is empty then. */
  take(): BatchedReading[] {
    const joined = this.#buffer.toString('latin1', 0, this.#used);
    const hinted = hintedWordsOf(
      joined,
      this.#plain.map(({ end }) => end),
    );
    const readings = this.#plain.map(({ path, start, end, stamp }, i): BatchedReading => {
      // A text that will be lexed is worth a copy of its own: a part of the joined one is slower to read.
      const text = hinted[i].poolNames ? this.#buffer.toString('latin1', start, end - 1) : joined.slice(start, end - 1);
      return { kind: 'text', text, stamp, path, hinted: hinted[i] };
    });
    readings.push(...this.#others);
    this.#used = 0;
    this.#plain.length = 0;
    this.#others.length = 0;
    return readings;
  }
}
