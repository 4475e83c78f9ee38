/** What the language server holds in memory once it has scanned a folder, in a process of its own as the editor starts it. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';
import { pathToUri } from '../../../language/index/fileUri.ts';
import { SITES_REQUEST, type SiteSnapshot } from '../../../language/protocol.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** A scan that takes longer is stuck. */
const LONGEST_SCAN_MS = 180_000;
/** Until threads have ended and what the scan left is collected. */
const REST_MS = 8000;

export interface ServerMemory {
  readonly megabytes: number;
  /** Before any folder was scanned. */
  readonly emptyMegabytes: number;
}

function residentMegabytes(pid: number): number {
  if (process.platform === 'linux')
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function scanned(connection: ProtocolConnection): Promise<void> {
  const end = performance.now() + LONGEST_SCAN_MS;
  for (;;) {
    const { complete } = await connection.sendRequest<SiteSnapshot>(SITES_REQUEST);
    if (complete) return;
    if (performance.now() > end) throw new Error(`The server did not finish its scan in ${LONGEST_SCAN_MS / 1000} s.`);
    await pause(50);
  }
}

async function measure(server: ChildProcess, folder: string): Promise<ServerMemory> {
  const connection = createProtocolConnection(new IPCMessageReader(server), new IPCMessageWriter(server));
  connection.listen();
  const workspaceFolders = [{ uri: pathToUri(folder), name: path.basename(folder) }];
  const capabilities = { workspace: { workspaceFolders: true } };
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, workspaceFolders, capabilities });
  const emptyMegabytes = residentMegabytes(server.pid!);
  await connection.sendNotification('initialized', {});
  await scanned(connection);
  await pause(REST_MS);
  const megabytes = residentMegabytes(server.pid!);
  const ended = new Promise((done) => server.once('exit', done));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await ended;
  connection.dispose();
  return { megabytes, emptyMegabytes };
}

export async function benchMemory(given: string): Promise<ServerMemory> {
  const folder = path.resolve(given);
  const outDir = path.join(root, 'out/bench');
  const build = (await import(path.join(root, 'build.mjs'))) as { buildServer: (outDir: string) => Promise<void> };
  await build.buildServer(outDir);
  const server = fork(path.join(outDir, 'server.js'), ['--node-ipc'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    return await measure(server, folder);
  } finally {
    server.kill();
  }
}

/** The figures as lines of text. */
export function memoryReport({ megabytes, emptyMegabytes }: ServerMemory): string[] {
  return [
    `  the language server is ${Math.round(megabytes)} MB large after the scan, ${Math.round(emptyMegabytes)} before`,
  ];
}
