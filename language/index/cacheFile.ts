/**
 * Files that hold what was computed, to be computed again at any time: read whole or not at all. A checksum tells torn and
 * damaged files, a name tells other versions; a file appears under its name only when it is whole, whoever else writes it.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './byteStream.ts';

const MAGIC = Buffer.from('pool-lens cache\n');
/** Checksum and length of what follows. */
const SEAL_BYTES = 12;
const TEMPORARY = '.tmp';
/** A file that is still being written is younger, milliseconds. */
const LONGEST_WRITE_MS = 3600_000;

export type CacheReading =
  | { readonly kind: 'found'; readonly payload: Uint8Array }
  /** There is none, or one of another version. */
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Reads the file that {@link writeCacheFile} wrote for this version. Never throws. */
export function readCacheFile(file: string, version: string): CacheReading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'none' } : { kind: 'damaged', reason: message };
  }
  const head = MAGIC.length + SEAL_BYTES;
  if (bytes.length < head || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return { kind: 'damaged', reason: 'it is not a cache of Pool Lens' };
  const length = bytes.readDoubleLE(MAGIC.length + 4);
  const sealed = bytes.subarray(MAGIC.length + 4);
  if (length !== bytes.length - head) return { kind: 'damaged', reason: 'its length is not what it should be' };
  if (crc32(sealed) !== bytes.readUInt32LE(MAGIC.length))
    return { kind: 'damaged', reason: 'its checksum does not match' };
  const reader = new ByteReader(bytes, head);
  if (reader.text() !== version) return { kind: 'none' };
  return { kind: 'found', payload: bytes.subarray(reader.at) };
}

/** Writes a file in one step. Throws what the file system says; then the file is as it was before. */
export function writeCacheFile(file: string, version: string, payload: Uint8Array): void {
  const name = new ByteWriter();
  name.text(version);
  const versionBytes = name.take();
  const bytes = Buffer.allocUnsafe(MAGIC.length + SEAL_BYTES + versionBytes.length + payload.length);
  MAGIC.copy(bytes);
  bytes.writeDoubleLE(versionBytes.length + payload.length, MAGIC.length + 4);
  bytes.set(versionBytes, MAGIC.length + SEAL_BYTES);
  bytes.set(payload, MAGIC.length + SEAL_BYTES + versionBytes.length);
  bytes.writeUInt32LE(crc32(bytes.subarray(MAGIC.length + 4)), MAGIC.length);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  try {
    writeFileSync(temporary, bytes, { flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  removeAbandoned(folder);
}

/** Removes what processes left that ended while they wrote. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(TEMPORARY)) continue;
    const path = join(folder, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status && Date.now() - status.mtimeMs > LONGEST_WRITE_MS) rmSync(path, { force: true });
  }
}
