/** Which files are driver sources, and their bytes as text. */

import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

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
    if (status.size > buffer.length) buffer = Buffer.allocUnsafeSlow(status.size * 2);
    let length = 0;
    while (length < status.size) {
      const read = readSync(file, buffer, length, status.size - length, length);
      if (read === 0) break;
      length += read;
    }
    const text = decodeSource(buffer.subarray(0, length));
    return text === undefined
      ? { kind: 'skipped', reason: 'is binary (it holds bytes of value 0)', stamp }
      : { kind: 'text', text, stamp };
  } catch (error) {
    return { kind: 'skipped', reason: `cannot be read: ${(error as Error).message}`, stamp: null };
  } finally {
    closeSync(file);
  }
}
