/** The mingw-w64 cross compiler, its DDK headers, and what compiling with them takes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findTool } from './requirements.ts';

export const MINGW = 'x86_64-w64-mingw32-';

let ddk: string | null | undefined;

/** The DDK's folder among the compiler's own include folders; null without compiler or DDK headers. */
export function ddkFolder(): string | null {
  if (ddk !== undefined) return ddk;
  const { stderr, error } = spawnSync(`${MINGW}gcc`, ['-E', '-v', '-x', 'c', '-'], { input: '', encoding: 'utf8' });
  const folders = error ? [] : [...stderr.matchAll(/^ (\/.*)$/gm)].map((match) => path.join(match[1], 'ddk'));
  ddk = folders.find((folder) => existsSync(path.join(folder, 'ntddk.h'))) ?? null;
  return ddk;
}

/** For `skipReason`: compilers for both languages, and the headers. */
export function mingwNeeds(): Record<string, boolean> {
  return {
    'mingw-w64 with DDK headers (apt-get install gcc-mingw-w64-x86-64 mingw-w64-common)': ddkFolder() !== null,
    'mingw-w64 for C++ (apt-get install g++-mingw-w64-x86-64)': findTool(`${MINGW}g++`) !== undefined,
  };
}
