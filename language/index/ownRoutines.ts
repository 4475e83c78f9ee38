/**
 * Routines that the user names: allocators and frees whose definition is not among the sources, or that the scanner would not
 * take for one. They come from the setting `poolLens.routines` and from files `pool-lens.json`, which count for the folder that
 * they lie in. Both are input like any other: what is wrong with them is said, and the rest counts.
 */
import { baseName, folderOf } from './fileUri.ts';

export interface OwnRoutine {
  readonly name: string;
  readonly action: 'allocate' | 'free';
  /** Position of the tag among the arguments, from 0; null where there is none. */
  readonly tagArgument: number | null;
  readonly pool: 'paged' | 'nonpaged' | 'unknown';
}

/** What is wrong with a list of routines; `entry` counts from 0, null where the list itself is wrong. */
interface EntryProblem {
  readonly entry: number | null;
  readonly message: string;
}

/** What is wrong in a file, the line from 0. */
export interface RoutineProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

interface ReadRoutines {
  readonly routines: readonly OwnRoutine[];
  readonly problems: readonly EntryProblem[];
}

const FILE_NAME = /^\.?pool-lens\.json$/;
const NAME = /^[A-Za-z_]\w*$/;
const FIELDS = ['name', 'action', 'tagArgument', 'pool'];
/** Nobody has more; each name costs time in the search. */
const MOST_ROUTINES = 500;
/** Positions of the tag: no routine has more parameters. */
const LAST_ARGUMENT = 31;

/** Whether a file of this name lists routines. */
export function isRoutineFileName(path: string): boolean {
  return FILE_NAME.test(baseName(path));
}

/** What is wrong with one entry; empty where nothing is. */
function problemOf(value: unknown): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return 'a routine is an object: { "name": "MyAlloc", "action": "allocate", "tagArgument": 2 }.';
  const entry = value as Record<string, unknown>;
  const unknown = Object.keys(entry).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return `"${unknown}" is no field of a routine; there are ${FIELDS.join(', ')}.`;
  if (typeof entry.name !== 'string' || !NAME.test(entry.name))
    return '"name" must be the name of a function or macro, without parentheses.';
  if (entry.action !== undefined && entry.action !== 'allocate' && entry.action !== 'free')
    return `"action" of ${entry.name} must be "allocate" or "free".`;
  const tag = entry.tagArgument ?? null;
  if (tag !== null && !(Number.isInteger(tag) && (tag as number) >= 0 && (tag as number) <= LAST_ARGUMENT))
    return `"tagArgument" of ${entry.name} must be the position of the tag, from 0 to ${LAST_ARGUMENT}; leave it out where there is none.`;
  if (entry.pool !== undefined && entry.pool !== 'paged' && entry.pool !== 'nonpaged')
    return `"pool" of ${entry.name} must be "paged" or "nonpaged"; leave it out where the caller chooses.`;
  return '';
}

/** Reads the value of the setting, or of `routines` in a file. */
export function readRoutines(value: unknown): ReadRoutines {
  if (value === undefined || value === null) return { routines: [], problems: [] };
  if (!Array.isArray(value)) return { routines: [], problems: [{ entry: null, message: 'routines must be a list.' }] };
  const routines: OwnRoutine[] = [];
  const problems: EntryProblem[] = [];
  for (const [entry, item] of value.slice(0, MOST_ROUTINES).entries()) {
    const message = problemOf(item);
    if (message !== '') {
      problems.push({ entry, message });
      continue;
    }
    const { name, action = 'allocate', tagArgument = null, pool = 'unknown' } = item as Partial<OwnRoutine>;
    routines.push({ name: name!, action, tagArgument, pool });
  }
  if (value.length > MOST_ROUTINES)
    problems.push({ entry: MOST_ROUTINES, message: `only the first ${MOST_ROUTINES} routines count.` });
  return { routines, problems };
}

/** The line, from 0, of each entry of the list `routines` in a text that JSON.parse has read. */
function entryLines(text: string): number[] {
  const lines: number[] = [];
  let line = 0;
  let depth = 0;
  let listDepth = 0;
  let lastString = '';
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]\n]/g)) {
    if (part === '\n') line++;
    else if (part[0] === '"') lastString = part;
    else if (part === '}' || part === ']') depth--;
    else {
      depth++;
      if (part === '[' && depth === 2 && lastString === '"routines"') listDepth = depth;
      else if (depth === listDepth + 1 && listDepth > 0) lines.push(line);
    }
  }
  return lines;
}

/** The line, from 0, at which a text stops being JSON: the error itself does not always tell. */
function brokenLine(text: string): number {
  const isBroken = (length: number) => {
    try {
      JSON.parse(text.slice(0, length));
      return false;
    } catch (error) {
      // A text that is only cut off ends too early: it fails at its end, or nowhere in particular.
      const { message } = error as Error;
      const at = /position (\d+)/.exec(message)?.[1];
      return at === undefined ? !/end of JSON/.test(message) : Number(at) < length && !/Unterminated/.test(message);
    }
  };
  let good = 0;
  let bad = text.length;
  if (!isBroken(bad)) good = bad;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBroken(middle)) bad = middle;
    else good = middle;
  }
  return (text.slice(0, good).match(/\n/g) ?? []).length;
}

function readFile(path: string, given: string): { routines: readonly OwnRoutine[]; problems: RoutineProblem[] } {
  const text = given.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const line = brokenLine(text);
    return { routines: [], problems: [{ path, line, message: `This is no JSON: ${message.replace(/\s+/g, ' ')}` }] };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { routines: [], problems: [{ path, line: 0, message: 'An object is expected: { "routines": [] }.' }] };
  const { routines, problems } = readRoutines((value as { routines?: unknown }).routines);
  const lines = entryLines(text);
  const located = problems.map(({ entry, message }) => ({ path, line: lines[entry ?? 0] ?? 0, message }));
  const unknown = Object.keys(value).find((key) => key !== 'routines' && key !== '$schema');
  if (unknown !== undefined)
    located.push({ path, line: 0, message: `"${unknown}" is not known here; there is "routines".` });
  return { routines, problems: located };
}

/** All routines of the user. */
export class OwnRoutines {
  readonly #files = new Map<string, ReturnType<typeof readFile>>();
  #settings: readonly OwnRoutine[] = [];

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  setFile(path: string, text: string): void {
    this.#files.set(path, readFile(path, text));
  }

  /** Answers whether there was such a file. */
  removeFile(path: string): boolean {
    return this.#files.delete(path);
  }

  /** Those of the settings, which count everywhere. Answers whether they are new. */
  setSettings(routines: readonly OwnRoutine[]): boolean {
    const before = this.settings;
    this.#settings = routines;
    return this.settings !== before;
  }

  /** Those of the settings as text: equal for equal ones. */
  get settings(): string {
    return JSON.stringify(this.#settings);
  }

  /** Every name that is a routine somewhere. */
  names(): Set<string> {
    const names = new Set(this.#settings.map(({ name }) => name));
    for (const { routines } of this.#files.values()) for (const { name } of routines) names.add(name);
    return names;
  }

  /** The routine of this name in the file at `path`: that of the nearest list above, else that of the settings. */
  of(path: string, name: string): OwnRoutine | undefined {
    let best: OwnRoutine | undefined;
    let bestFolder = '';
    for (const [file, { routines }] of this.#files) {
      const folder = folderOf(file);
      const isAbove = path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
      if (!isAbove || (best && folder.length <= bestFolder.length)) continue;
      const routine = routines.find((r) => r.name === name);
      if (routine) [best, bestFolder] = [routine, folder];
    }
    return best ?? this.#settings.find((r) => r.name === name);
  }

  /** What is wrong in the files. */
  problems(): RoutineProblem[] {
    return [...this.#files.values()].flatMap(({ problems }) => problems);
  }
}
