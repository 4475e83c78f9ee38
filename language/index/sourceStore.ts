/**
 * The texts of a workspace and what the scanner makes of them, as late as possible: a file is summarised when somebody asks
 * for its summary, and again when names are asked for that it holds.
 */
import { type HintedWords, hintedWords, isHinted, soundsLikeWrapper, WordSearch } from '../scan/candidates.ts';
import { detached } from '../scan/directives.ts';
import type { FileSummary } from '../scan/fileSummary.ts';
import { summarize } from '../scan/scanner.ts';

interface FoundName {
  readonly name: string;
  readonly offset: number;
}

/** The state of a file that counts: its open document's, else the disk's. */
interface SourceFile {
  readonly text: string;
  readonly hinted: HintedWords;
  /** Where the wanted names without a hint stand. */
  unhinted: readonly FoundName[];
  /** Null until asked for. */
  summary: FileSummary | null;
}

interface FileEntry {
  disk: SourceFile | null;
  overlay: SourceFile | null;
}

/** The end of `#include "part.c"`. */
const INCLUDED_CODE = /\.c(?:pp|xx|c)?"/;

const NO_PATHS: ReadonlySet<string> = new Set();

function addTo(map: Map<string, Set<string>>, key: string, path: string): void {
  const set = map.get(key);
  if (set) set.add(path);
  else map.set(key, new Set([path]));
}

export class SourceStore {
  readonly #files = new Map<string, FileEntry>();
  readonly #wanted = new Set<string>();
  /** Besides wanted names those that may be wanted next: files that are read closely anyway need then be read only once. */
  readonly #likely = { has: (name: string) => this.#wanted.has(name) || soundsLikeWrapper(name) };
  /** Wanted names without a hint, which must be searched for in every text. */
  readonly #unhinted = new Set<string>();
  /** Files by the hinted words and the wanted names in them. */
  readonly #holders = new Map<string, Set<string>>();

  get size(): number {
    return this.#files.size;
  }

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  setDisk(path: string, text: string, hinted: HintedWords = hintedWords(text)): void {
    this.#set(path, 'disk', text, hinted);
  }

  setOverlay(path: string, text: string): void {
    this.#set(path, 'overlay', text, hintedWords(text));
  }

  /** Whether the file had such a state. */
  removeOverlay(path: string): boolean {
    return this.#remove(path, 'overlay');
  }

  removeDisk(path: string): boolean {
    return this.#remove(path, 'disk');
  }

  /** What the file says; undefined for a file that is not known. */
  summary(path: string): FileSummary | undefined {
    const file = this.#current(path);
    if (!file) return undefined;
    if (!file.summary) {
      const { text, hinted, unhinted } = file;
      const unhintedOffsets = unhinted.map(({ offset }) => offset);
      const wanted = hinted.poolNames ? this.#likely : this.#wanted;
      file.summary = summarize(text, { hinted, wanted, unhintedOffsets });
    }
    return file.summary;
  }

  /** The summary where it has been made. */
  knownSummary(path: string): FileSummary | undefined {
    return this.#current(path)?.summary ?? undefined;
  }

  /** Whether the file holds a pool routine's name, or a wanted one. */
  holdsCalls(path: string): boolean {
    const file = this.#current(path);
    if (!file) return false;
    return file.hinted.poolNames || file.unhinted.length > 0 || this.#holdsWanted(file);
  }

  /**
   * Asks that summaries hold the calls and definitions of these names. Those of files that hold one of them are made anew.
   */
  want(names: Iterable<string>): void {
    const fresh = [...names].filter((name) => !this.#wanted.has(name));
    for (const name of fresh) this.#wanted.add(name);
    const touched = new Set<string>();
    const unhinted: string[] = [];
    for (const name of fresh) {
      if (!isHinted(name)) unhinted.push(name);
      else for (const path of this.holdersOf(name)) if (!this.#hasRead(path, name)) touched.add(path);
    }
    if (unhinted.length > 0) {
      for (const name of unhinted) this.#unhinted.add(name);
      const search = new WordSearch(unhinted);
      for (const path of this.#files.keys()) if (this.#note(path, this.#current(path)!, search)) touched.add(path);
    }
    for (const path of touched) this.#current(path)!.summary = null;
  }

  /** Whether the summary of a file, if there is one, holds the calls of a name that is not wanted yet. */
  #hasRead(path: string, name: string): boolean {
    const file = this.#current(path)!;
    return file.summary === null || (file.hinted.poolNames && soundsLikeWrapper(name));
  }

  /** The files that hold a wanted or hinted name. */
  holdersOf(name: string): ReadonlySet<string> {
    return this.#holders.get(name) ?? NO_PATHS;
  }

  /** Whether a file seems to include implementation files. */
  includesCode(path: string): boolean {
    return INCLUDED_CODE.test(this.#current(path)?.text ?? '');
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
      search.run(file.text, () => {
        holding.add(path);
        return false;
      });
    }
    return holding;
  }

  /** Adds to the file's wanted names without a hint. Answers whether there were any. */
  #note(path: string, file: SourceFile, search: WordSearch): boolean {
    const found: FoundName[] = [];
    search.run(file.text, (word, offset) => {
      const name = detached(word);
      found.push({ name, offset });
      addTo(this.#holders, name, path);
      return true;
    });
    if (found.length > 0) file.unhinted = [...file.unhinted, ...found];
    return found.length > 0;
  }

  #holdsWanted(file: SourceFile): boolean {
    for (const word of file.hinted.words) if (this.#wanted.has(word)) return true;
    return false;
  }

  #current(path: string): SourceFile | null {
    const entry = this.#files.get(path);
    return entry ? (entry.overlay ?? entry.disk) : null;
  }

  #set(path: string, which: keyof FileEntry, text: string, hinted: HintedWords): void {
    let entry = this.#files.get(path);
    if (!entry) {
      entry = { disk: null, overlay: null };
      this.#files.set(path, entry);
    }
    const before = entry.overlay ?? entry.disk;
    if (before) this.#unlist(path, before);
    entry[which] = { text, hinted, unhinted: [], summary: null };
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
    for (const word of file.hinted.words) addTo(this.#holders, word, path);
    // Names may have been wanted while another state of the file counted.
    file.summary = null;
    file.unhinted = [];
    if (this.#unhinted.size > 0) this.#note(path, file, new WordSearch(this.#unhinted));
  }

  #unlist(path: string, file: SourceFile): void {
    const words = new Set(file.hinted.words);
    for (const { name } of file.unhinted) words.add(name);
    for (const word of words) {
      const set = this.#holders.get(word);
      if (set?.delete(path) && set.size === 0) this.#holders.delete(word);
    }
  }
}
