/** Readings of files as bytes, for the way from a thread that reads to the one that keeps the index, and for the cache. */

import type { FirstLook, NameHashes } from '../scan/firstLook.ts';
import { BrokenBytes, ByteReader, ByteWriter, StringSource, StringTable } from './byteStream.ts';
import { type FileReading, NO_NAMES, type SourceState } from './fileReading.ts';
import type { ReadProject } from './projects.ts';
import type { FileStamp } from './sourceFile.ts';
import { KnownNames, type WrapperNames } from './wrapperNames.ts';

const KINDS = ['source', 'project', 'routines', 'same', 'skipped'] as const;

function writeStamp(out: ByteWriter, { modifiedMs, size }: FileStamp): void {
  out.float(modifiedMs);
  out.number(size);
}

function readStamp(reader: ByteReader): FileStamp {
  return { modifiedMs: reader.float(), size: reader.number() };
}

function writeLook(out: ByteWriter, strings: StringTable, look: FirstLook): void {
  const { hinted, called, defined, includesCode, mayHoldConstants } = look;
  out.number((hinted.poolNames ? 1 : 0) + (includesCode ? 2 : 0) + (mayHoldConstants ? 4 : 0));
  out.number(hinted.words.size);
  for (const word of hinted.words) out.number(strings.numberOf(word));
  out.number(hinted.offsets.length);
  let last = 0;
  for (const offset of hinted.offsets) {
    out.number(offset - last);
    last = offset;
  }
  writeHashes(out, called);
  writeHashes(out, defined);
}

function writeHashes(out: ByteWriter, hashes: NameHashes): void {
  out.number(hashes.length);
  out.bytes(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength));
}

function readHashes(reader: ByteReader): NameHashes {
  const hashes = new Uint16Array(reader.number());
  new Uint8Array(hashes.buffer).set(reader.bytes(hashes.byteLength));
  return hashes;
}

const NO_OFFSETS: readonly number[] = [];

function readLook(reader: ByteReader, strings: StringSource): FirstLook {
  const flags = reader.number();
  const wordCount = reader.count();
  let words = NO_NAMES;
  if (wordCount > 0) {
    const own = new Set<string>();
    for (let left = wordCount; left > 0; left--) own.add(strings.at(reader.number()));
    words = own;
  }
  const offsetCount = reader.count();
  let offsets = NO_OFFSETS;
  if (offsetCount > 0) {
    let last = 0;
    offsets = Array.from({ length: offsetCount }, () => {
      last += reader.number();
      return last;
    });
  }
  return {
    hinted: { offsets, words, poolNames: (flags & 1) !== 0 },
    called: readHashes(reader),
    defined: readHashes(reader),
    includesCode: (flags & 2) !== 0,
    mayHoldConstants: (flags & 4) !== 0,
  };
}

/** Writes all of a source's state but for the names that its summary covers. */
export function writeSource(
  out: ByteWriter,
  strings: StringTable,
  { stamp, hash, isFresh, look, summary }: SourceState,
): void {
  writeStamp(out, stamp);
  out.number(hash);
  out.number(isFresh ? 1 : 0);
  writeLook(out, strings, look);
  if (summary) out.block(summary);
  else out.number(0);
}

/** What {@link writeSource} wrote. The summary's bytes stay where they are. */
export function readSourceState(reader: ByteReader, strings: StringSource): SourceState {
  const stamp = readStamp(reader);
  const hash = reader.number();
  const isFresh = reader.number() === 1;
  const look = readLook(reader, strings);
  const summary = reader.block();
  return { stamp, hash, isFresh, look, summary: summary.length === 0 ? null : summary, covered: NO_NAMES };
}

function writeProject(out: ByteWriter, project: ReadProject): void {
  const { name, isUserMode, isDriver, isDownLevel, holdsFolder, files } = project;
  out.text(name);
  out.number((isUserMode ? 1 : 0) + (isDriver ? 2 : 0) + (isDownLevel ? 4 : 0) + (holdsFolder ? 8 : 0));
  out.number(files.size);
  for (const file of files) out.text(file);
}

function readEncodedProject(reader: ByteReader, path: string): ReadProject {
  const name = reader.text();
  const flags = reader.number();
  const files = new Set<string>();
  for (let left = reader.count(); left > 0; left--) files.add(reader.text());
  return {
    path,
    name,
    isUserMode: (flags & 1) !== 0,
    isDriver: (flags & 2) !== 0,
    isDownLevel: (flags & 4) !== 0,
    holdsFolder: (flags & 8) !== 0,
    files,
  };
}

/**
 * All readings of one go as bytes; the reader knows their paths, and the first `told` of the names of wrappers that the
 * summaries cover.
 */
export function encodeReadings(
  readings: readonly FileReading[],
  names: WrapperNames,
  told: number,
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  const strings = new StringTable();
  const fresh = names.after(told);
  out.number(fresh.length);
  for (const name of fresh) out.number(strings.numberOf(name));
  for (const reading of readings) {
    out.number(KINDS.indexOf(reading.kind));
    if (reading.kind === 'source') {
      writeSource(out, strings, reading);
      out.number(reading.covered instanceof KnownNames ? reading.covered.count : 0);
    } else if (reading.kind === 'project') {
      writeStamp(out, reading.stamp);
      out.number(reading.hash);
      writeProject(out, reading.project);
    } else if (reading.kind === 'routines') {
      writeStamp(out, reading.stamp);
      out.number(reading.hash);
      out.text(reading.text);
    } else if (reading.kind === 'same') {
      writeStamp(out, reading.stamp);
      out.number(reading.isFresh ? 1 : 0);
    } else {
      out.number(reading.stamp ? 1 : 0);
      if (reading.stamp) writeStamp(out, reading.stamp);
      out.text(reading.reason);
    }
  }
  const all = new ByteWriter();
  strings.write(all);
  all.bytes(out.take());
  return all.take();
}

/** `names`: the list that the writer has; it grows by those that the writer found. */
export function decodeReadings(bytes: Uint8Array, paths: readonly string[], names: WrapperNames): FileReading[] {
  const reader = new ByteReader(bytes);
  const strings = new StringSource(reader);
  for (let left = reader.count(); left > 0; left--) names.add(strings.at(reader.number()));
  return paths.map((path): FileReading => {
    const kind = KINDS[reader.number()];
    switch (kind) {
      case 'source':
        return { path, kind, ...readSourceState(reader, strings), covered: names.upTo(reader.number()) };
      case 'project':
        return {
          path,
          kind,
          stamp: readStamp(reader),
          hash: reader.number(),
          project: readEncodedProject(reader, path),
        };
      case 'routines':
        return { path, kind, stamp: readStamp(reader), hash: reader.number(), text: reader.text() };
      case 'same':
        return { path, kind, stamp: readStamp(reader), isFresh: reader.number() === 1 };
      case 'skipped':
        return { path, kind, stamp: reader.number() === 1 ? readStamp(reader) : null, reason: reader.text() };
      default:
        throw new BrokenBytes('A file is of no known kind.');
    }
  });
}
