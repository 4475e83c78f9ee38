/** Finds and reads pooltag.txt: the files that the settings name, else those that Windows kits install. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILTIN_TAGS } from './tag/builtinTags.ts';
import { parseTagFile, TagDatabase, type TagEntry } from './tag/tagDatabase.ts';

const KITS = ['10', '8.1', '8.0'] as const;
const ARCHITECTURES = ['x64', 'arm64', 'x86'] as const;

/** Where the Debugging Tools for Windows put pooltag.txt, the newest kit first. */
function installedTagFiles(environment: NodeJS.ProcessEnv): string[] {
  const folders = new Set<string>();
  for (const programs of [environment['ProgramFiles(x86)'], environment.ProgramFiles]) {
    if (!programs) continue;
    for (const kit of KITS)
      for (const architecture of ARCHITECTURES)
        folders.add(join(programs, 'Windows Kits', kit, 'Debuggers', architecture, 'triage'));
    for (const architecture of ['x64', 'x86'])
      folders.add(join(programs, `Debugging Tools for Windows (${architecture})`, 'triage'));
  }
  return [...folders].map((folder) => join(folder, 'pooltag.txt'));
}

/** A pooltag.txt, and behind it the tags that PoolMon found in this machine's drivers. */
function withLocal(installed: string): string[] {
  return [installed, join(dirname(installed), 'localtag.txt')].filter((file) => existsSync(file));
}

/**
 * Reads the tag database. With `configured` empty, the first installed pooltag.txt and the localtag.txt beside it, where
 * `poolmon /c` wrote one, or the built-in table where none is installed; else all that are named, later ones winning. A file that cannot be read gives one warning.
 */
export function readTagDatabase(
  configured: readonly string[],
  environment: NodeJS.ProcessEnv,
  onWarning: (message: string) => void,
): TagDatabase {
  const installed = installedTagFiles(environment).find((file) => existsSync(file));
  const files = configured.length > 0 ? configured : installed === undefined ? [] : withLocal(installed);
  if (files.length === 0) return new TagDatabase(BUILTIN_TAGS);
  const entries: TagEntry[] = [];
  for (const file of files) {
    try {
      // Every byte is one character: the file predates Unicode.
      for (const entry of parseTagFile(readFileSync(file, 'latin1'), file)) entries.push(entry);
    } catch (error) {
      onWarning(`Tag file ${file} cannot be read: ${(error as Error).message}. Check the setting poolLens.tagFiles.`);
    }
  }
  return new TagDatabase(entries);
}
