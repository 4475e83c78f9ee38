/**
 * Files as the index takes them: read once and looked at, and those that will be asked for anyway summarised at once, while
 * their text is at hand. Pure work on a list of paths, so that any thread can do it.
 */
import { isAscii } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { soundsLikeWrapper } from '../scan/candidates.ts';
import { summaryOf } from '../scan/summaryOf.ts';
import { type FirstLook, lookAt, looksAt } from './firstLook.ts';
import { isImplementation } from './nearness.ts';
import { isRoutineFileName } from './ownRoutines.ts';
import { isProjectName } from './projects.ts';
import { BINARY, decodeSource, type FileStamp, readBytes } from './sourceFile.ts';
import { encodeSummary } from './summaryCodec.ts';

/** A source file on disk without its text. */
export interface SourceState {
  readonly stamp: FileStamp;
  /** A checksum of the bytes. */
  readonly hash: number;
  /** Written so shortly before it was read that another write could have left the same time. */
  readonly isFresh: boolean;
  readonly look: FirstLook;
  /** The summary as bytes; null where nobody is likely to ask. It holds the calls of names that sound like wrappers. */
  readonly summary: Uint8Array | null;
  /** Further names whose calls the summary holds. */
  readonly covered: ReadonlySet<string>;
}

export type FileReading = { readonly path: string } & (
  | ({ readonly kind: 'source' } & SourceState)
  | { readonly kind: 'project'; readonly text: string; readonly hash: number; readonly stamp: FileStamp }
  /** The bytes are those that the caller knows. */
  | { readonly kind: 'same'; readonly stamp: FileStamp; readonly isFresh: boolean }
  | { readonly kind: 'skipped'; readonly reason: string; readonly stamp: FileStamp | null }
);

/**
 * So much is read before it is looked at, bytes: one search over many files is faster than many searches. Texts of more than
 * a megabyte are kept outside of the JavaScript heap, which costs memory for long.
 */
const BATCH_BYTES = 512 * 1024;

export const NO_NAMES: ReadonlySet<string> = new Set();

/** What a summary made ahead of any question holds: calls of names that sound like wrappers, where there are pool routines. */
const NONE = { has: () => false };
const LIKELY = { has: soundsLikeWrapper };

/** Times of files are told apart by some file systems only when they lie so far apart, milliseconds. */
const COARSEST_TIME_MS = 2000;

function isFresh({ modifiedMs }: FileStamp): boolean {
  return Math.abs(Date.now() - modifiedMs) < COARSEST_TIME_MS;
}

function sourceOf(path: string, stamp: FileStamp, hash: number, look: FirstLook, text: () => string): FileReading {
  const { hinted } = look;
  // Headers are reached from most files; other files are read closely where they hold something.
  const isAsked = hinted.poolNames || !isImplementation(path);
  const wanted = hinted.poolNames ? LIKELY : NONE;
  const summary = isAsked ? encodeSummary(summaryOf(path, text(), { hinted, wanted })) : null;
  return { path, kind: 'source', stamp, hash, isFresh: isFresh(stamp), look, summary, covered: NO_NAMES };
}

interface Plain {
  readonly at: number;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly stamp: FileStamp;
  readonly hash: number;
}

/** Reads files one behind the other, and looks at many of them at once. */
class Batch {
  #buffer = Buffer.allocUnsafeSlow(2 * BATCH_BYTES);
  #used = 0;
  /** Files in the buffer, with a separator behind each. */
  readonly #plain: Plain[] = [];

  read(paths: readonly string[], known: readonly (number | null)[] | null): FileReading[] {
    const readings: FileReading[] = [];
    for (const [at, path] of paths.entries()) {
      const reading = this.#add(path, at, known?.[at] ?? null);
      if (reading) readings[at] = reading;
      if (this.#used >= BATCH_BYTES) this.#look(readings);
    }
    this.#look(readings);
    return readings;
  }

  /** Answers a file that need not, or must not, lie with the others. */
  #add(path: string, at: number, known: number | null): FileReading | null {
    const start = this.#used;
    const read = readBytes(path, (size) => this.#room(start, size));
    if (read.kind === 'skipped') return { ...read, path };
    const { stamp, length } = read;
    const bytes = this.#buffer.subarray(start, start + length);
    const hash = crc32(bytes);
    if (hash === known) return { path, kind: 'same', stamp, isFresh: isFresh(stamp) };
    const isProject = isProjectName(path) || isRoutineFileName(path);
    if (!isProject && isAscii(bytes) && !bytes.includes(0)) {
      // A line end between two files: no word goes over it.
      this.#buffer[start + length] = 0x0a;
      this.#used = start + length + 1;
      this.#plain.push({ at, path, start, end: this.#used, stamp, hash });
      return null;
    }
    const text = decodeSource(bytes);
    if (text === undefined) return { ...BINARY, stamp, path };
    if (isProject) return { kind: 'project', text, hash, stamp, path };
    return sourceOf(path, stamp, hash, lookAt(text), () => text);
  }

  #room(start: number, size: number): Buffer {
    // One byte more, for the separator.
    const needed = start + size + 1;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#buffer.copy(larger, 0, 0, start);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(start);
  }

  /** Looks at the files in the buffer, which is empty then. */
  #look(readings: FileReading[]): void {
    if (this.#plain.length === 0) return;
    const joined = this.#buffer.toString('latin1', 0, this.#used);
    const looks = looksAt(
      joined,
      this.#plain.map(({ end }) => end),
    );
    for (const [i, { at, path, start, end, stamp, hash }] of this.#plain.entries()) {
      // A text that is lexed is worth a copy of its own: a part of the joined one is slower to read.
      const text = () => this.#buffer.toString('latin1', start, end - 1);
      readings[at] = sourceOf(path, stamp, hash, looks[i], text);
    }
    this.#used = 0;
    this.#plain.length = 0;
  }
}

const batch = new Batch();

/**
 * Reads files, in the order of the paths. `known`: checksums of what the caller knows of them, who need not be told again.
 * Never throws.
 */
export function readFiles(paths: readonly string[], known: readonly (number | null)[] | null = null): FileReading[] {
  return batch.read(paths, known);
}
