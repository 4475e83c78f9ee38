/**
 * What `pool-lens mark` and a running monitor say to each other.
 *
 * Each monitor listens on a local socket (a named pipe under Windows) of a random name, and says so in a file of its own,
 * `<pid>.json` in {@link monitorsFolder}: a {@link MonitorFile}. Folder and file belong to the user alone (0700 and 0600;
 * under Windows the profile's access list), so whoever can read the token may mark. A client sends one {@link MarkRequest} as
 * a line of JSON and gets one {@link MarkReply} as a line of JSON; then the monitor ends the connection. A monitor answers
 * nothing to a request without its token, and drops a connection that sends more than {@link LONGEST_LINE} bytes or is silent
 * for {@link PATIENCE_MS}. It removes its file when it ends; a file that is left over names a socket that nobody answers.
 */
import path from 'node:path';
import type { PhaseMarkKind } from '../pool/phases.ts';

export const MARK_PROTOCOL_VERSION = 1;
/** Bytes of a request or a reply, its line feed included. */
export const LONGEST_LINE = 4096;
/** How long either end waits for the other, milliseconds. */
export const PATIENCE_MS = 5_000;

/** Content of a monitor's file. */
export interface MonitorFile {
  readonly version: typeof MARK_PROTOCOL_VERSION;
  readonly pid: number;
  /** Path of the socket, or the name of the pipe (`\\.\pipe\…`). */
  readonly socket: string;
  /** 32 random bytes, hexadecimal. */
  readonly token: string;
}

export interface MarkRequest {
  readonly token: string;
  readonly phase: PhaseMarkKind;
  /** Operations of the cycle that begins; null for unknown. */
  readonly operations: number | null;
}

export type MarkReply =
  /** `marked` is false where the monitor already stood at that phase. `source` is what it watches, in words. */
  | { readonly ok: true; readonly marked: boolean; readonly source: string; readonly cycle: number }
  /** Why not, one sentence. */
  | { readonly ok: false; readonly error: string };

/**
 * The folder of the monitors' files: in the user's profile under Windows, else in the user's home. Never in a folder that
 * others can write to.
 */
export function monitorsFolder(environment: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') {
    return path.win32.join(
      environment.LOCALAPPDATA || path.win32.join(home, 'AppData', 'Local'),
      'pool-lens',
      'monitors',
    );
  }
  return path.posix.join(home, '.pool-lens', 'monitors');
}

/** Reads a monitor's file; undefined for anything that is not one. */
export function parseMonitorFile(text: string): MonitorFile | undefined {
  try {
    const { version, pid, socket, token } = JSON.parse(text);
    const good =
      version === MARK_PROTOCOL_VERSION &&
      Number.isInteger(pid) &&
      typeof socket === 'string' &&
      typeof token === 'string' &&
      /^[0-9a-f]{64}$/.test(token);
    return good ? { version, pid, socket, token } : undefined;
  } catch {
    return undefined;
  }
}
