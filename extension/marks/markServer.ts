import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { isOperations, isPhaseName } from '../phaseLog.ts';
import type { PhaseName } from '../protocol.ts';
import {
  LONGEST_LINE,
  MARK_PROTOCOL_VERSION,
  type MarkReply,
  type MonitorFile,
  PATIENCE_MS,
  parseMonitorFile,
} from './markProtocol.ts';

/** The monitor as far as a mark from outside goes. */
export interface MarkTarget {
  readonly sourceLabel: string;
  readonly phases: { readonly canMark: boolean; readonly marks: readonly { readonly cycle: number }[] };
  mark(phase: PhaseName, operations?: number): { readonly cycle: number } | undefined;
}

/** Connections at one time; more are dropped. */
const MOST_CONNECTIONS = 8;

/**
 * Listens for marks from `pool-lens mark`, see `markProtocol.ts`: a socket of a random name, and a file beside it that only
 * this user can read.
 */
export class MarkServer {
  readonly #target: MarkTarget;
  readonly #folder: string;
  readonly #platform: NodeJS.Platform;
  readonly #token = randomBytes(32).toString('hex');
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;
  #file: string | undefined;
  #closed = false;

  /** `folder` is `monitorsFolder` of this user. */
  constructor(target: MarkTarget, folder: string, platform: NodeJS.Platform = process.platform) {
    this.#target = target;
    this.#folder = folder;
    this.#platform = platform;
  }

  /** Starts to listen; rejects where it cannot, or where others could read or replace the file. */
  async start(): Promise<void> {
    this.#makeFolder();
    this.#sweep();
    const name = randomBytes(16).toString('hex');
    const socket =
      this.#platform === 'win32'
        ? `\\\\.\\pipe\\pool-lens-${name}`
        : path.join(this.#folder, `${name.slice(0, 12)}.sock`);
    const server = createServer((connection) => this.#serve(connection));
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
    server.unref();
    this.#server = server;
    if (this.#closed) {
      server.close();
      return;
    }
    if (this.#platform !== 'win32') chmodSync(socket, 0o600);
    const file = path.join(this.#folder, `${process.pid}.json`);
    const content: MonitorFile = { version: MARK_PROTOCOL_VERSION, pid: process.pid, socket, token: this.#token };
    // A file of an earlier process of this number goes; what stands there is not written through, be it a link.
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
    this.#file = file;
  }

  /** Ends all connections and takes the file away. */
  dispose(): void {
    this.#closed = true;
    this.#server?.close();
    for (const connection of this.#connections) connection.destroy();
    if (this.#file) rmSync(this.#file, { force: true });
  }

  /** The folder, of this user and for nobody else. */
  #makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (this.#platform === 'win32') return;
    const stat = lstatSync(this.#folder);
    const mine = stat.isDirectory() && stat.uid === process.getuid?.();
    if (!mine) throw new Error(`${this.#folder} is not a folder of this user: nothing can be marked from outside.`);
    if ((stat.mode & 0o077) !== 0) chmodSync(this.#folder, 0o700);
  }

  /** Takes away what monitors left that were killed. */
  #sweep(): void {
    for (const name of readdirSync(this.#folder)) {
      const [, pid] = /^(\d+)\.json$/.exec(name) ?? [];
      if (pid === undefined || isRunning(Number(pid))) continue;
      const file = path.join(this.#folder, name);
      try {
        const socket = parseMonitorFile(readFileSync(file, 'utf8'))?.socket ?? '';
        // Only a socket of this folder: the file may say anything.
        if (path.dirname(socket) === this.#folder && socket.endsWith('.sock')) rmSync(socket, { force: true });
        rmSync(file, { force: true });
      } catch {
        // Somebody else was quicker.
      }
    }
  }

  #serve(connection: Socket): void {
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => connection.destroy());
    connection.setTimeout(PATIENCE_MS, () => connection.destroy());
    let text = '';
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) {
        if (text.length > LONGEST_LINE) connection.destroy();
        return;
      }
      connection.pause();
      const reply = end > LONGEST_LINE ? undefined : this.#answer(text.slice(0, end));
      if (reply) connection.end(`${JSON.stringify(reply)}\n`);
      else connection.destroy();
    });
  }

  /** Undefined for a request without the token: nothing is said to who cannot read the file. */
  #answer(line: string): MarkReply | undefined {
    let request: Record<string, unknown>;
    try {
      request = Object(JSON.parse(line)) as Record<string, unknown>;
    } catch {
      return undefined;
    }
    if (!this.#knows(request.token)) return undefined;
    const { phase, operations = null } = request;
    if (!isPhaseName(phase)) return { ok: false, error: 'The phase is none of settle, baseline, test, wait and end.' };
    if (operations !== null && !isOperations(operations)) {
      return { ok: false, error: 'The number of operations must be whole, 1 or more.' };
    }
    const { phases, sourceLabel: source } = this.#target;
    if (!phases.canMark) {
      return { ok: false, error: 'The monitor watches nothing yet. Open the pool panel in VS Code first.' };
    }
    const mark = this.#target.mark(phase, operations ?? undefined);
    return { ok: true, marked: mark !== undefined, source, cycle: mark?.cycle ?? phases.marks.at(-1)?.cycle ?? 0 };
  }

  #knows(token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const given = Buffer.from(token);
    const right = Buffer.from(this.#token);
    return given.length === right.length && timingSafeEqual(given, right);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
