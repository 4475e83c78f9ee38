/** Which files of a workspace are looked at as one program: whole drivers, as few others with them as can be told. */

import { isProjectName } from '../index/projects.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import { isRust } from '../scan/rust.ts';

/** A folder with so few source files is one program. */
const FEW_FILES = 60;
/** Folders that belong together are one program up to so many source files; beyond, each folder is one. */
const MOST_FILES = 400;

export interface ProgramSources {
  /** The files that a file includes, directly or not. */
  includes(path: string): Iterable<string>;
  /** The project of a file; undefined where no project file says. */
  project(path: string): string | undefined;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Pairs of folders of which one uses the other: by an include, or in a common project. */
function linksOf(paths: readonly string[], sources: ProgramSources): (readonly [string, string])[] {
  const links = new Map<string, readonly [string, string]>();
  const link = (a: string, b: string) => {
    if (a !== b) links.set(`${a}\n${b}`, [a, b]);
  };
  const firstOf = new Map<string, string>();
  for (const path of paths) {
    const folder = folderOf(path);
    for (const other of sources.includes(path)) link(folder, folderOf(other));
    const project = sources.project(path);
    if (project === undefined) continue;
    const first = firstOf.get(project);
    if (first === undefined) firstOf.set(project, folder);
    else link(first, folder);
  }
  return [...links.values()];
}

/**
 * The program of each file, by a name. A large folder is taken apart where no part of it uses another: drivers that only stand
 * side by side do not hand each other memory.
 */
export function programsOf(paths: readonly string[], sources: ProgramSources): Map<string, string> {
  const links = linksOf(paths, sources);
  const programs = new Map<string, string>();
  const assign = (files: readonly string[], program: string) => {
    for (const file of files) programs.set(file, program);
  };
  const split = (files: readonly string[], prefix: string) => {
    if (files.length <= FEW_FILES) {
      assign(files, prefix);
      return;
    }
    const part = (path: string) => path.slice(0, path.indexOf('/', prefix.length) + 1) || prefix;
    const below = Map.groupBy(files, part);
    for (const parts of joined([...below.keys()], links, part)) {
      const all = parts.flatMap((name) => below.get(name)!);
      if (parts.length > 1 && all.length <= MOST_FILES) assign(all, parts[0]);
      else
        for (const name of parts) {
          if (name === prefix) assign(below.get(name)!, `${prefix}.`);
          else split(below.get(name)!, name);
        }
    }
  };
  split(paths, '');
  return programs;
}

/** Parts of a folder that use each other, in one list each. */
function joined(
  parts: readonly string[],
  links: readonly (readonly [string, string])[],
  part: (path: string) => string,
): string[][] {
  const groups = new Map(parts.map((name) => [name, [name]]));
  for (const [a, b] of links) {
    const [first, second] = [groups.get(part(a)), groups.get(part(b))];
    if (!first || !second || first === second) continue;
    first.push(...second);
    for (const name of second) groups.set(name, first);
  }
  return [...new Set(groups.values())];
}

/** The programs of a workspace, by the index of its sources. */
export class Programs {
  readonly #byFile: ReadonlyMap<string, string>;
  readonly #files: ReadonlyMap<string, readonly string[]>;

  constructor(index: SiteIndex) {
    // Programs that run beside a driver never hold its memory.
    const isSource = (path: string) => !isProjectName(path) && !isRust(path) && !index.projectOf(path)?.isUserMode;
    const sources = [...index.paths()].filter(isSource).sort();
    this.#byFile = programsOf(sources, {
      includes: (path) => index.includedBy(path),
      project: (path) => index.projectOf(path)?.path,
    });
    this.#files = Map.groupBy(sources, (path) => this.of(path));
  }

  /** The name of the program that a file belongs to; empty for what is no C or C++ source. */
  of(path: string): string {
    return this.#byFile.get(path) ?? '';
  }

  files(program: string): readonly string[] {
    return this.#files.get(program) ?? [];
  }
}
