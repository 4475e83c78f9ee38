/**
 * The files of a workspace and what the scanner makes of them, as late as possible: a file is summarised when somebody asks
 * for its summary, and again when names are asked for that it holds. Texts of files on disk are not kept: what the first look
 * found tells which of them must be read again.
 */
import { crc32 } from 'node:zlib';
import { soundsLikeWrapper, WordSearch } from '../scan/candidates.ts';
import type { FileSummary } from '../scan/fileSummary.ts';
import { type FirstLook, hashOf, lookAt, seemsToHold } from '../scan/firstLook.ts';
import { isHinted } from '../scan/hints.ts';
import { isRust } from '../scan/rust.ts';
import { summaryOf } from '../scan/summaryOf.ts';
import type { SourceState } from './fileReading.ts';
import { type FileStamp, readSource, sameStamp } from './sourceFile.ts';
import { bytesOf, decodeSummary, encodeSummary } from './summaryCodec.ts';

/** One state of a file. */
interface SourceFile {
  /** The text, where no file on disk has it; else the state of that file. */
  readonly origin: string | FileStamp;
  readonly look: FirstLook;
  /** Checksum of the file's bytes. */
  readonly hash: number;
  /** See {@link SourceState}. */
  readonly isFresh: boolean;
  /** Wanted names without a hint that stand here, as far as the first look can tell. */
  unhinted: string[];
  /** Null until asked for. What there is holds the calls of every wanted name that stands here. */
  summary: FileSummary | Uint8Array | null;
  /** What a summary that was made by others holds besides what sounds like a wrapper. */
  readonly covered: { has(name: string): boolean };
}

interface FileEntry {
  disk: SourceFile | null;
  overlay: SourceFile | null;
}

/** Gives the text of a file on disk, where it is still in this state. */
export type TextSource = (path: string, stamp: FileStamp) => string | undefined;

function textOnDisk(path: string, stamp: FileStamp): string | undefined {
  const reading = readSource(path);
  return reading.kind === 'text' && sameStamp(reading.stamp, stamp) ? reading.text : undefined;
}

const NO_PATHS: ReadonlySet<string> = new Set();

/** What is said of a file that is no longer what was looked at, until it is read anew. */
const UNKNOWN: FileSummary = { includes: [], definitions: [], calls: [], invocations: [], functions: [], aliases: [] };

function addTo(map: Map<string, Set<string>>, key: string, path: string): void {
  const set = map.get(key);
  if (set) set.add(path);
  else map.set(key, new Set([path]));
}

export class SourceStore {
  /** Hears of files that changed on disk since they were looked at; they say nothing until they are set anew. */
  onStale: (path: string) => void = () => {};
  readonly #textOf: TextSource;
  readonly #files = new Map<string, FileEntry>();
  readonly #wanted = new Set<string>();
  /** Besides wanted names those that may be wanted next: files that are read closely anyway need then be read only once. */
  readonly #likely = { has: (name: string) => this.#wanted.has(name) || soundsLikeWrapper(name) };
  /** Wanted names without a hint, which the first look does not list, with their hashes. */
  readonly #unhinted = new Map<string, number>();
  /** Files by the hinted words and the wanted names in them. */
  readonly #holders = new Map<string, Set<string>>();

  constructor(textOf: TextSource = textOnDisk) {
    this.#textOf = textOf;
  }

  /** The same files with what is known of them, so that a change here is none there. */
  copy(): SourceStore {
    const copy = new SourceStore(this.#textOf);
    for (const [path, { disk, overlay }] of this.#files)
      copy.#files.set(path, { disk: disk && copied(disk), overlay: overlay && copied(overlay) });
    for (const name of this.#wanted) copy.#wanted.add(name);
    for (const [name, hash] of this.#unhinted) copy.#unhinted.set(name, hash);
    for (const [word, paths] of this.#holders) copy.#holders.set(word, new Set(paths));
    return copy;
  }

  get size(): number {
    return this.#files.size;
  }

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Takes a file with its text, which is kept. */
  setText(path: string, text: string): void {
    this.#set(path, 'disk', inMemory(text));
  }

  /** Takes a file that can be read again. */
  setDisk(path: string, { stamp, hash, isFresh, look, summary, covered }: SourceState): void {
    this.#set(path, 'disk', { origin: stamp, look, hash, isFresh, unhinted: [], summary, covered });
  }

  setOverlay(path: string, text: string): void {
    this.#set(path, 'overlay', inMemory(text));
  }

  /** Whether the file had such a state. */
  removeOverlay(path: string): boolean {
    return this.#remove(path, 'overlay');
  }

  removeDisk(path: string): boolean {
    return this.#remove(path, 'disk');
  }

  /** The file on disk with what is known of it, for the cache; undefined where only an open document has it. */
  diskState(path: string): SourceState | undefined {
    const entry = this.#files.get(path);
    const file = entry?.disk;
    if (!file || typeof file.origin === 'string') return undefined;
    const { origin: stamp, hash, isFresh, look, covered } = file;
    // While a document is open, the file's own summary is not made anew for names that are asked for.
    const summary = entry.overlay || file.summary === UNKNOWN ? null : file.summary;
    return { stamp, hash, isFresh, look, summary: summary && bytesOf(summary), covered };
  }

  /** A number for the bytes that count; 0 for a file that is not known. */
  identity(path: string): number {
    const file = this.#current(path);
    return file ? identityOf(file) : 0;
  }

  /** Every name that somebody asked for. */
  get wanted(): ReadonlySet<string> {
    return this.#wanted;
  }

  /** What the file says; undefined for a file that is not known. */
  summary(path: string): FileSummary | undefined {
    const file = this.#current(path);
    if (!file) return undefined;
    if (file.summary instanceof Uint8Array) file.summary = decodeSummary(file.summary);
    file.summary ??= this.#summarize(path, file);
    return file.summary;
  }

  #summarize(path: string, file: SourceFile): FileSummary {
    const text = this.#text(path, file);
    if (text === undefined) return UNKNOWN;
    const { look } = file;
    const unhintedOffsets: number[] = [];
    if (file.unhinted.length > 0)
      new WordSearch(file.unhinted).run(text, (_, offset) => {
        unhintedOffsets.push(offset);
        return true;
      });
    const wanted = look.hinted.poolNames ? this.#likely : this.#wanted;
    const summary = summaryOf(path, text, { look, wanted, unhintedOffsets });
    // By way of its bytes, the summary keeps nothing of the text alive.
    return typeof file.origin === 'string' ? summary : decodeSummary(encodeSummary(summary));
  }

  /** The text that was looked at; undefined where the file on disk is another one by now. */
  #text(path: string, { origin }: SourceFile): string | undefined {
    if (typeof origin === 'string') return origin;
    const text = this.#textOf(path, origin);
    if (text === undefined) this.onStale(path);
    return text;
  }

  /** The summary where it has been made. */
  knownSummary(path: string): FileSummary | undefined {
    const file = this.#current(path);
    return file?.summary ? this.summary(path) : undefined;
  }

  /** Whether the file holds a pool routine's name, or a wanted one. */
  holdsCalls(path: string): boolean {
    const file = this.#current(path);
    if (!file) return false;
    return file.look.hinted.poolNames || file.unhinted.length > 0 || this.#holdsWanted(file);
  }

  /**
   * Asks that summaries hold the calls and definitions of these names. Those of files that hold one of them are made anew.
   */
  want(names: Iterable<string>): void {
    const unhinted = new Map<number, string[]>();
    for (const name of names) {
      if (this.#wanted.has(name)) continue;
      this.#wanted.add(name);
      if (!isHinted(name)) {
        const hash = hashOf(name);
        this.#unhinted.set(name, hash);
        const same = unhinted.get(hash);
        if (same) same.push(name);
        else unhinted.set(hash, [name]);
      } else {
        for (const path of this.holdersOf(name)) forget(this.#current(path)!, name);
      }
    }
    if (unhinted.size > 0) this.#wantUnhinted(unhinted);
  }

  /** `names` by their hash. */
  #wantUnhinted(names: ReadonlyMap<number, readonly string[]>): void {
    const isWanted = new Uint8Array(0x10000);
    for (const hash of names.keys()) isWanted[hash] = 1;
    for (const path of this.#files.keys()) {
      const file = this.#current(path)!;
      for (const hash of file.look.called)
        if (isWanted[hash] === 1) for (const name of names.get(hash)!) this.#noteUnhinted(path, file, name);
    }
  }

  /** The files that hold a wanted or hinted name. */
  holdersOf(name: string): ReadonlySet<string> {
    return this.#holders.get(name) ?? NO_PATHS;
  }

  /** Whether a file seems to include implementation files. */
  includesCode(path: string): boolean {
    return this.#current(path)?.look.includesCode === true;
  }

  /** Which of `paths` hold one of these words; of all files where `paths` is null. */
  holding(words: Iterable<string>, paths: Iterable<string> | null): Set<string> {
    const among = paths && new Set(paths);
    const holding = new Set<string>();
    const unlisted: string[] = [];
    for (const word of words) {
      if (!isHinted(word) && !this.#unhinted.has(word)) unlisted.push(word);
      else for (const path of this.holdersOf(word)) if (!among || among.has(path)) holding.add(path);
    }
    if (unlisted.length === 0) return holding;
    const search = new WordSearch(unlisted);
    for (const path of among ?? this.#files.keys()) {
      const file = this.#current(path);
      if (!file || holding.has(path)) continue;
      search.run(this.#text(path, file) ?? '', () => {
        holding.add(path);
        return false;
      });
    }
    return holding;
  }

  /**
   * The files in which one of these words may stand; of those that are not `among` the ones asked for closely, a word without a
   * hint only where it seems to be called.
   */
  mentioning(words: readonly string[], among: ReadonlySet<string>): Set<string> {
    const mentioning = new Set<string>();
    for (const word of words) if (isHinted(word)) for (const path of this.holdersOf(word)) mentioning.add(path);
    const unhinted = words.filter((word) => !isHinted(word));
    if (unhinted.length === 0) return mentioning;
    const hashes = unhinted.map(hashOf);
    const search = new WordSearch(unhinted);
    for (const path of this.#files.keys()) {
      if (mentioning.has(path)) continue;
      const file = this.#current(path)!;
      if (hashes.some((hash) => seemsToHold(file.look.called, hash))) mentioning.add(path);
      else if (among.has(path))
        search.run(this.#text(path, file) ?? '', () => {
          mentioning.add(path);
          return false;
        });
    }
    return mentioning;
  }

  /**
   * Which of `paths` may define one of these words. The first look tells which files hold a word with a hint, and for most
   * files which macros they define; of the others a summary tells without the text, where there is one.
   */
  defining(words: readonly string[], paths: readonly string[]): Set<string> {
    const defining = new Set<string>();
    const hinted = words.filter(isHinted);
    const unhinted = words.filter((word) => !isHinted(word));
    if (hinted.length > 0) {
      const among = new Set(paths);
      for (const word of hinted) {
        const needle = needleOf(word);
        for (const path of this.holdersOf(word))
          if (among.has(path) && this.#mayDefine(path, this.#current(path)!, needle) !== false) defining.add(path);
      }
    }
    if (unhinted.length === 0) return defining;
    const search = new WordSearch(unhinted);
    const needles = unhinted.map(needleOf);
    for (const path of paths) {
      const file = this.#current(path);
      if (!file || defining.has(path)) continue;
      const answers = needles.map((needle) => this.#mayDefine(path, file, needle));
      if (answers.includes(true)) {
        defining.add(path);
      } else if (answers.includes(undefined)) {
        search.run(this.#text(path, file) ?? '', () => {
          defining.add(path);
          return false;
        });
      }
    }
    return defining;
  }

  /** Whether a file may define a name; undefined where only its text tells. */
  #mayDefine(path: string, file: SourceFile, needle: Needle): boolean | undefined {
    // A file that is not lexed defines macros only.
    if (!isRust(path) && !file.look.mayHoldConstants && !this.holdsCalls(path))
      return seemsToHold(file.look.defined, needle.hash);
    return file.summary ? mayDefine(file.summary, needle) : undefined;
  }

  /** Notes that a file seems to call a wanted name. */
  #noteUnhinted(path: string, file: SourceFile, name: string): void {
    file.unhinted.push(name);
    addTo(this.#holders, name, path);
    forget(file, name);
  }

  #holdsWanted(file: SourceFile): boolean {
    for (const word of file.look.hinted.words) if (this.#wanted.has(word)) return true;
    return false;
  }

  #current(path: string): SourceFile | null {
    const entry = this.#files.get(path);
    return entry ? (entry.overlay ?? entry.disk) : null;
  }

  #set(path: string, which: keyof FileEntry, file: SourceFile): void {
    let entry = this.#files.get(path);
    if (!entry) {
      entry = { disk: null, overlay: null };
      this.#files.set(path, entry);
    }
    const before = entry.overlay ?? entry.disk;
    const isSame = before !== null && identityOf(before) === identityOf(file);
    // A document that says what the file says: all that is known holds on.
    entry[which] = isSame ? { ...before, origin: file.origin, isFresh: file.isFresh } : file;
    if (isSame && (entry.overlay ?? entry.disk) === entry[which]) return;
    if (before) this.#unlist(path, before);
    this.#list(path, entry.overlay ?? entry.disk!);
  }

  #remove(path: string, which: keyof FileEntry): boolean {
    const entry = this.#files.get(path);
    if (!entry?.[which]) return false;
    this.#unlist(path, entry.overlay ?? entry.disk!);
    entry[which] = null;
    const now = entry.overlay ?? entry.disk;
    if (now) this.#list(path, now);
    else this.#files.delete(path);
    return true;
  }

  #list(path: string, file: SourceFile): void {
    for (const word of file.look.hinted.words) {
      addTo(this.#holders, word, path);
      // Names may have been wanted before the file came, or while another state of it counted.
      if (this.#wanted.has(word)) forget(file, word);
    }
    file.unhinted = [];
    for (const [name, hash] of this.#unhinted)
      if (seemsToHold(file.look.called, hash)) this.#noteUnhinted(path, file, name);
  }

  #unlist(path: string, file: SourceFile): void {
    for (const words of [file.look.hinted.words, file.unhinted]) {
      for (const word of words) {
        const set = this.#holders.get(word);
        if (set?.delete(path) && set.size === 0) this.#holders.delete(word);
      }
    }
  }
}

function copied(file: SourceFile): SourceFile {
  return { ...file, unhinted: [...file.unhinted] };
}

function inMemory(text: string): SourceFile {
  const hash = crc32(text);
  return { origin: text, look: lookAt(text), hash, isFresh: false, unhinted: [], summary: null, covered: NO_PATHS };
}

function identityOf({ hash, origin }: SourceFile): number {
  const size = typeof origin === 'string' ? Buffer.byteLength(origin) : origin.size;
  return 1 + hash + (size % 2 ** 19) * 2 ** 33;
}

/** Drops a summary that does not hold the calls of a name. */
function forget(file: SourceFile, name: string): void {
  if (file.summary === null || file.covered.has(name)) return;
  if (!(file.look.hinted.poolNames && soundsLikeWrapper(name))) file.summary = null;
}

/** A name, and its bytes as a summary may hold them. */
interface Needle {
  readonly name: string;
  /** See {@link hashOf}. */
  readonly hash: number;
  readonly latin1: Buffer;
  readonly utf16: Buffer;
}

function needleOf(name: string): Needle {
  return { name, hash: hashOf(name), latin1: Buffer.from(name, 'latin1'), utf16: Buffer.from(name, 'utf16le') };
}

/** Whether a summary may hold a definition of a name: its bytes are searched, so that nothing need be decoded. */
function mayDefine(summary: FileSummary | Uint8Array, { name, latin1, utf16 }: Needle): boolean {
  if (!(summary instanceof Uint8Array)) return summary.definitions.some((definition) => definition.name === name);
  const bytes = Buffer.from(summary.buffer, summary.byteOffset, summary.byteLength);
  return bytes.includes(latin1) || bytes.includes(utf16);
}
