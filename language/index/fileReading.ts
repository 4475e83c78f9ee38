/**
 * Files as the index takes them: read once and looked at, and those that will be asked for anyway summarised at once, while
 * their text is at hand. Pure work on a list of paths, so that any thread can do it.
 */
import { isAscii } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { soundsLikeWrapper, WordSearch } from '../scan/candidates.ts';
import { CodeBuffer, type SourceText } from '../scan/characters.ts';
import { type FirstLook, lookAtCharacters } from '../scan/firstLook.ts';
import { summaryOf } from '../scan/summaryOf.ts';
import { isImplementation } from './nearness.ts';
import { isRoutineFileName } from './ownRoutines.ts';
import { isProjectName, type ReadProject, readProject } from './projects.ts';
import { BINARY, decodeSource, type FileStamp, readBytes } from './sourceFile.ts';
import { encodeSummary } from './summaryCodec.ts';
import { WrapperNames } from './wrapperNames.ts';

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
  readonly covered: { has(name: string): boolean };
}

export type FileReading = { readonly path: string } & (
  | ({ readonly kind: 'source' } & SourceState)
  | { readonly kind: 'project'; readonly project: ReadProject; readonly hash: number; readonly stamp: FileStamp }
  /** Routines of the user. */
  | { readonly kind: 'routines'; readonly text: string; readonly hash: number; readonly stamp: FileStamp }
  /** The bytes are those that the caller knows. */
  | { readonly kind: 'same'; readonly stamp: FileStamp; readonly isFresh: boolean }
  | { readonly kind: 'skipped'; readonly reason: string; readonly stamp: FileStamp | null }
);

export const NO_NAMES: ReadonlySet<string> = new Set();

/** Times of files are told apart by some file systems only when they lie so far apart, milliseconds. */
const COARSEST_TIME_MS = 2000;

function isFresh({ modifiedMs }: FileStamp): boolean {
  return Math.abs(Date.now() - modifiedMs) < COARSEST_TIME_MS;
}

/** What is read of a file at once is what others are likely to ask for. */
function sourceOf(
  path: string,
  stamp: FileStamp,
  hash: number,
  look: FirstLook,
  source: () => SourceText,
  names: WrapperNames,
): FileReading {
  const { poolNames, words } = look.hinted;
  const covered = names.known();
  const unhinted = names.unhintedIn(look.called);
  const holdsNames = unhinted.length > 0 || holdsAny(words, covered);
  let bytes: Uint8Array | null = null;
  // Headers are reached from most files; other files are read closely where they hold something.
  if (poolNames || holdsNames || !isImplementation(path)) {
    const whole = source();
    const unhintedOffsets: number[] = [];
    if (unhinted.length > 0)
      new WordSearch(unhinted).run(whole.text, (_, offset) => {
        unhintedOffsets.push(offset);
        return true;
      });
    const wanted = poolNames ? { has: (name: string) => soundsLikeWrapper(name) || covered.has(name) } : covered;
    const summary = summaryOf(path, whole, { look, wanted, unhintedOffsets });
    names.learn(summary);
    bytes = encodeSummary(summary);
  }
  return { path, kind: 'source', stamp, hash, isFresh: isFresh(stamp), look, summary: bytes, covered };
}

function holdsAny(words: ReadonlySet<string>, names: { has(name: string): boolean }): boolean {
  for (const word of words) if (names.has(word)) return true;
  return false;
}

const buffer = new CodeBuffer();

function readFile(path: string, known: number | null, names: WrapperNames): FileReading {
  const read = readBytes(path, (size) => buffer.room(size));
  if (read.kind === 'skipped') return { ...read, path };
  const { stamp, length } = read;
  const bytes = buffer.room(length).subarray(0, length);
  const hash = crc32(bytes);
  if (hash === known) return { path, kind: 'same', stamp, isFresh: isFresh(stamp) };
  const isProject = isProjectName(path);
  const isSource = !isProject && !isRoutineFileName(path);
  if (isSource && isAscii(bytes) && !bytes.includes(0)) {
    const look = lookAtCharacters(buffer.characters(length), length);
    return sourceOf(path, stamp, hash, look, () => buffer.source(length), names);
  }
  const text = decodeSource(bytes);
  if (text === undefined) return { ...BINARY, stamp, path };
  if (isProject) return { kind: 'project', project: readProject(path, text), hash, stamp, path };
  if (!isSource) return { kind: 'routines', text, hash, stamp, path };
  const source = buffer.fill(text);
  return sourceOf(path, stamp, hash, lookAtCharacters(source, text.length), () => source, names);
}

/**
 * Reads files, in the order of the paths. `known`: checksums of what the caller knows of them, who need not be told again.
 * `names`: those of wrappers, whose calls the summaries shall hold; the files' own are added. Never throws.
 */
export function readFiles(
  paths: readonly string[],
  known: readonly (number | null)[] | null = null,
  names = new WrapperNames(),
): FileReading[] {
  return paths.map((path, at) => readFile(path, known?.[at] ?? null, names));
}
