/** Edits of a source's text, made in its bytes: what is not edited stays as it is, in any encoding. */
import { decodeSource } from '../index/sourceFile.ts';
import type { PlannedEdit } from './ledgerRecord.ts';

/** How the bytes of a file make its text. */
interface Encoding {
  readonly markBytes: number;
  /** Bytes of a part of the decoded text. */
  readonly lengthOf: (text: string) => number;
  /** Undefined where the encoding has no such character. */
  readonly encode: (text: string) => Buffer | undefined;
}

const UTF8: Encoding = {
  markBytes: 0,
  lengthOf: (text) => Buffer.byteLength(text, 'utf8'),
  encode: (text) => Buffer.from(text, 'utf8'),
};

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16();
}

const UTF16LE: Encoding = {
  markBytes: 0,
  lengthOf: (text) => 2 * text.length,
  encode: (text) => Buffer.from(text, 'utf16le'),
};

const UTF16BE: Encoding = { ...UTF16LE, encode: (text) => swapped(Buffer.from(text, 'utf16le')) };

let windows1252: Map<string, number> | undefined;

const WINDOWS_1252: Encoding = {
  markBytes: 0,
  lengthOf: (text) => text.length,
  encode(text) {
    if (!windows1252) {
      const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      windows1252 = new Map([...new TextDecoder('windows-1252').decode(all)].map((c, byte) => [c, byte]));
    }
    const bytes = [...text].map((c) => windows1252!.get(c));
    return bytes.includes(undefined) ? undefined : Buffer.from(bytes as number[]);
  },
};

/** The encoding in which {@link decodeSource} read these bytes. */
function encodingOf(bytes: Buffer, text: string): Encoding {
  const is = (name: string) => new TextDecoder(name).decode(bytes) === text;
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return { ...UTF16LE, markBytes: 2 };
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) return { ...UTF16BE, markBytes: 2 };
  if (is('utf-8')) {
    const isMarked = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return { ...UTF8, markBytes: isMarked ? 3 : 0 };
  }
  if (is('utf-16le')) return UTF16LE;
  return is('utf-16be') ? UTF16BE : WINDOWS_1252;
}

/**
 * The bytes of a source after edits of its decoded text, which lie in its order and do not overlap. Undefined where the file
 * is no text, or its encoding lacks a character that an edit brings.
 */
export function editBytes(bytes: Buffer, edits: readonly PlannedEdit[]): Buffer | undefined {
  const text = decodeSource(bytes);
  if (text === undefined) return undefined;
  const { markBytes, lengthOf, encode } = encodingOf(bytes, text);
  const parts = [bytes.subarray(0, markBytes)];
  let from = 0;
  let at = markBytes;
  const keepUntil = (end: number) => {
    const length = lengthOf(text.slice(from, end));
    parts.push(bytes.subarray(at, at + length));
    at += length;
    from = end;
  };
  for (const { start, end, text: put } of edits) {
    keepUntil(start);
    const encoded = encode(put);
    if (!encoded) return undefined;
    parts.push(encoded);
    at += lengthOf(text.slice(start, end));
    from = end;
  }
  keepUntil(text.length);
  return Buffer.concat(parts);
}
