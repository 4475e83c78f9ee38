/**
 * Files as the index takes them: read once and looked at, and those that will be asked for anyway summarised at once, while
 * their text is at hand. Pure work on a list of paths, so that any thread can do it.
 */
import { isAscii } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { soundsLikeWrapper } from '../scan/candidates.ts';
import { CodeBuffer, type SourceText } from '../scan/characters.ts';
import { type FirstLook, lookAtCharacters } from '../scan/firstLook.ts';
import { summaryOf } from '../scan/summaryOf.ts';
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

export const NO_NAMES: ReadonlySet<string> = new Set();

/** What a summary made ahead of any question holds: calls of names that sound like wrappers, where there are pool routines. */
const NONE = { has: () => false };
const LIKELY = { has: soundsLikeWrapper };

/** Times of files are told apart by some file systems only when they lie so far apart, milliseconds. */
const COARSEST_TIME_MS = 2000;

function isFresh({ modifiedMs }: FileStamp): boolean {
  return Math.abs(Date.now() - modifiedMs) < COARSEST_TIME_MS;
}

function sourceOf(
  path: string,
  stamp: FileStamp,
  hash: number,
  look: FirstLook,
  source: () => SourceText,
): FileReading {
  const { poolNames } = look.hinted;
  // Headers are reached from most files; other files are read closely where they hold something.
  const isAsked = poolNames || look.mayHoldConstants || !isImplementation(path);
  const wanted = poolNames ? LIKELY : NONE;
  const summary = isAsked ? encodeSummary(summaryOf(path, source(), { look, wanted })) : null;
  return { path, kind: 'source', stamp, hash, isFresh: isFresh(stamp), look, summary, covered: NO_NAMES };
}

const buffer = new CodeBuffer();

function readFile(path: string, known: number | null): FileReading {
  const read = readBytes(path, (size) => buffer.room(size));
  if (read.kind === 'skipped') return { ...read, path };
  const { stamp, length } = read;
  const bytes = buffer.room(length).subarray(0, length);
  const hash = crc32(bytes);
  if (hash === known) return { path, kind: 'same', stamp, isFresh: isFresh(stamp) };
  const isProject = isProjectName(path) || isRoutineFileName(path);
  if (!isProject && isAscii(bytes) && !bytes.includes(0)) {
    const look = lookAtCharacters(buffer.characters(length), length);
    return sourceOf(path, stamp, hash, look, () => buffer.source(length));
  }
  const text = decodeSource(bytes);
  if (text === undefined) return { ...BINARY, stamp, path };
  if (isProject) return { kind: 'project', text, hash, stamp, path };
  const source = buffer.fill(text);
  return sourceOf(path, stamp, hash, lookAtCharacters(source, text.length), () => source);
}

/**
 * Reads files, in the order of the paths. `known`: checksums of what the caller knows of them, who need not be told again.
 * Never throws.
 */
export function readFiles(paths: readonly string[], known: readonly (number | null)[] | null = null): FileReading[] {
  return paths.map((path, at) => readFile(path, known?.[at] ?? null));
}
