/** Which files are driver sources, and their bytes as text. */

import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const SOURCE_NAME = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|inc|ipp|rs)$/i;

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

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.modifiedMs === b.modifiedMs && a.size === b.size;
}

interface Skipped {
  readonly kind: 'skipped';
  readonly reason: string;
  readonly stamp: FileStamp | null;
}

export type SourceReading = { readonly kind: 'text'; readonly text: string; readonly stamp: FileStamp } | Skipped;

const windows1252 = new TextDecoder('windows-1252');

/**
 * UTF-16 without a byte-order mark, told by its zero bytes: every second one, on one side only, in a text that is mostly
 * ASCII. Undefined for everything else.
 */
function unmarkedUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(bytes.length & ~1, UTF16_SAMPLE);
  if (length < 4 || bytes.length % 2 !== 0) return undefined;
  let [even, odd] = [0, 0];
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const most = (length / 2) * MOSTLY;
  if (even === 0 && odd >= most) return 'utf-16le';
  return odd === 0 && even >= most ? 'utf-16be' : undefined;
}

const UTF16_SAMPLE = 4096;
const MOSTLY = 0.7;

/**
 * Decodes a source file: byte-order marks of UTF-8 and UTF-16 first, then UTF-16 that is plain to see, then UTF-8, else
 * Windows-1252, which keeps the ASCII of any other encoding (a tag is ASCII). Undefined for binary data (bytes of value 0).
 */
export function decodeSource(bytes: Buffer): string | undefined {
  if (bytes.length >= 2) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  }
  if (bytes.includes(0)) {
    const encoding = unmarkedUtf16(bytes);
    return encoding && new TextDecoder(encoding).decode(bytes);
  }
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

/** Why a file without any text was passed over. */
export const BINARY = { kind: 'skipped', reason: 'is binary (it holds bytes of value 0)' } as const;

interface BytesRead {
  readonly kind: 'bytes';
  readonly length: number;
  readonly stamp: FileStamp;
}

/** Reads a file to the start of the buffer that `place` gives for a size in bytes. Never throws. */
export function readBytes(path: string, place: (size: number) => Buffer): BytesRead | Skipped {
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
