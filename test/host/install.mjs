/**
 * Installs code-server (a real VS Code, served to a browser) from npm into node_modules/.cache, once. Its own install
 * script wants a compiler and a network beyond the registry; without it everything the tests and `npm start` use works,
 * so only the nested packages and two links are made here.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { npm, REPOSITORY } from './tools.mjs';

export const CODE_SERVER_VERSION = '4.139.1';

const CACHE = path.join(REPOSITORY, 'node_modules', '.cache', 'pool-lens');
const HOME = path.join(CACHE, 'code-server');
const STAMP = 'installed.json';
const ENTRY = path.join('node_modules', 'code-server', 'out', 'node', 'entry.js');

/** What a complete install writes last; another version or recipe is installed anew. */
const RECIPE = JSON.stringify({ version: CODE_SERVER_VERSION, recipe: 1 });

/** code-server's entry script, or undefined while it is not (wholly) installed. */
export function codeServerEntry() {
  try {
    return readFileSync(path.join(HOME, STAMP), 'utf8') === RECIPE ? path.join(HOME, ENTRY) : undefined;
  } catch {
    return undefined;
  }
}

/** Parts that nothing here uses: half of the size, and programs for other systems. */
function trim(vscode) {
  const system = `${process.platform}-${process.arch}`;
  const ripgrep = path.join(vscode, 'node_modules', '@vscode', 'ripgrep-universal', 'bin');
  const others = (folder, keep) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name !== keep)
          .map((name) => path.join(folder, name))
      : [];
  const unused = [
    ...others(ripgrep, system),
    ...others(path.join(vscode, 'node_modules', 'node-pty', 'prebuilds'), system),
    ...['@github/copilot-sdk', '@microsoft/mxc-sdk', 'node-pty/third_party'].map((name) =>
      path.join(vscode, 'node_modules', name),
    ),
    ...['copilot', 'mermaid-markdown-features', 'tunnel-forwarding'].map((name) =>
      path.join(vscode, 'extensions', name),
    ),
  ];
  for (const entry of unused) rmSync(entry, { recursive: true, force: true });
}

function link(target, file) {
  rmSync(file, { force: true });
  symlinkSync(target, file);
}

/**
 * Installs what is missing and gives code-server's entry script. Works in a folder beside the final one and renames it
 * at the end, so that a torn install is never taken for a whole one.
 */
export function installCodeServer() {
  const present = codeServerEntry();
  if (present) return present;

  console.log(`Installing code-server ${CODE_SERVER_VERSION} (once, about half a minute) ...`);
  const work = path.join(CACHE, `code-server.${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const manifest = { private: true, dependencies: { 'code-server': CODE_SERVER_VERSION } };
    writeFileSync(path.join(work, 'package.json'), JSON.stringify(manifest));
    const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    npm(['install', ...flags], work);
    const vscode = path.join(work, 'node_modules', 'code-server', 'lib', 'vscode');
    npm(['install', ...flags], vscode);
    npm(['install', ...flags], path.join(vscode, 'extensions'));
    const system = process.platform === 'darwin' ? 'darwin' : 'linux';
    link(`code-${system}.sh`, path.join(vscode, 'bin', 'remote-cli', 'code-server'));
    link(`browser-${system}.sh`, path.join(vscode, 'bin', 'helpers', 'browser.sh'));
    trim(vscode);
    if (!existsSync(path.join(work, ENTRY))) throw new Error(`code-server has no ${ENTRY}`);
    writeFileSync(path.join(work, STAMP), RECIPE);
    if (!codeServerEntry()) {
      rmSync(HOME, { recursive: true, force: true });
      renameSync(work, HOME);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return path.join(HOME, ENTRY);
}
