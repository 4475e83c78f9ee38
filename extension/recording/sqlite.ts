/** `node:sqlite`, where this Node has it: VS Code 1.112 and newer, Node 22.13 and newer. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** The module; undefined where this Node is too old or was built without it. */
export function sqlite(): typeof import('node:sqlite') | undefined {
  return process.getBuiltinModule?.('node:sqlite');
}

/** Why nothing is recorded without it. */
export const NO_SQLITE = 'Recordings need VS Code 1.112 or newer: this one has no SQLite.';

/** Opens a database; throws an Error in words where SQLite is missing. */
export function openDatabase(file: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  const module = sqlite();
  if (!module) throw new Error(NO_SQLITE);
  return new module.DatabaseSync(file, { readOnly: options.readOnly ?? false, enableForeignKeyConstraints: false });
}

/** Whether a file is an SQLite database by how it begins (sqlite.org/fileformat.html); no where it cannot be read. */
export function isDatabase(file: string): boolean {
  try {
    const handle = openSync(file, 'r');
    try {
      const begin = Buffer.alloc(15);
      return readSync(handle, begin) === 15 && begin.toString('latin1') === 'SQLite format 3';
    } finally {
      closeSync(handle);
    }
  } catch {
    return false;
  }
}

/** SQLite's primary result code of an error; undefined for errors of other origin. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** Result codes (sqlite.org/rescode.html) that a user can do something about. */
export const SQLITE = {
  permission: 3,
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;
