/**
 * `npm start`: the sample driver in VS Code with Pool Lens in it and the pool live. Opens the user's own VS Code in
 * extension development mode, or where there is none, a code-server on 127.0.0.1 for the browser.
 *
 *   node test/start.mjs [--browser] [--check]
 *
 *   --browser   code-server even where VS Code is installed
 *   --check     start code-server, wait until it answers, print its address, end it
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installCodeServer } from './host/install.mjs';
import { findOnPath, nodeBinary, REPOSITORY, toolEnvironment } from './host/tools.mjs';
import { findVsCode } from './host/vscode.mjs';

const SAMPLE = path.join(REPOSITORY, 'test', 'sample-driver');
const SETTINGS = { 'poolLens.openOnStartup': true };

function build(...args) {
  console.log('Building ...');
  const { status } = spawnSync(nodeBinary(), [path.join(REPOSITORY, 'build.mjs'), ...args], {
    cwd: REPOSITORY,
    env: toolEnvironment(),
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The build failed.');
}

/** A copy of the sample driver to play with, so that what is edited there stays out of the repository. */
function scratchCopy() {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'pool-lens-')), path.basename(SAMPLE));
  cpSync(SAMPLE, folder, { recursive: true });
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(SETTINGS, null, 2));
  return folder;
}

function openVsCode(program) {
  build();
  const folder = scratchCopy();
  const args = ['--new-window', '--disable-workspace-trust', `--extensionDevelopmentPath=${REPOSITORY}`, folder];
  const env = toolEnvironment();
  // Set in a terminal of VS Code, where it would make the program run as plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(program, args, { detached: true, stdio: 'ignore', env });
  child.once('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.unref();
  console.log(`VS Code opens a copy of the sample driver, ${folder}, with Pool Lens from this folder.`);
  console.log('The pool is in the panel; Ctrl+Shift+P "Pool Lens" lists the commands.');
}

/** Opens the address in the user's browser where there is a screen for it. */
function openBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const screen = process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!screen || !findOnPath(opener)) return;
  const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
  // The address is printed in any case.
  child.once('error', () => {});
  child.unref();
}

/** Settles at Ctrl+C, a request to end, or the end of the terminal. */
function askedToEnd() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(undefined));
  });
}

async function serve(check) {
  if (process.platform === 'win32')
    throw new Error('VS Code was not found. Install it from https://code.visualstudio.com and run "npm start" again.');
  const stopAsked = askedToEnd();
  installCodeServer();
  build('--package');
  const { startCodeServer } = await import('./host/codeServer.ts');
  const server = await startCodeServer({
    workspace: SAMPLE,
    settings: { ...SETTINGS, 'window.autoDetectColorScheme': true },
    vsix: path.join(REPOSITORY, 'dist', `pool-lens-${process.platform}-${process.arch}.vsix`),
  });
  try {
    console.log(`\nPool Lens is running in VS Code: ${server.url}\n`);
    if (check) return;
    console.log('Open that address in a browser on this machine. Ctrl+C ends it; the sample driver there is a copy.');
    openBrowser(server.url);
    const said = await Promise.race([server.ended, stopAsked]);
    if (said !== undefined) throw new Error(`code-server ended by itself. It said:\n${said}`);
  } finally {
    await server.stop();
  }
}

const QUIET_TYPE_STRIPPING = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';

/** The harness is TypeScript: the same again under Node 24, which runs it as it stands. */
function runUnderNode24() {
  const args = [QUIET_TYPE_STRIPPING, import.meta.filename, ...process.argv.slice(2)];
  const child = spawn(nodeBinary(), args, { stdio: 'inherit', env: toolEnvironment() });
  // Ctrl+C reaches both: this one waits for the other to clean up. The others may come to this one alone.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main() {
  const { values } = parseArgs({ options: { browser: { type: 'boolean' }, check: { type: 'boolean' } } });
  const vsCode = values.browser || values.check ? undefined : findVsCode();
  if (vsCode) openVsCode(vsCode);
  else if (process.execArgv.includes(QUIET_TYPE_STRIPPING)) await serve(values.check);
  else process.exitCode = await runUnderNode24();
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
