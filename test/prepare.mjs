/**
 * Brings what a command needs onto this machine: `node test/prepare.mjs test|start|bench`. npm runs it before `npm test`,
 * `npm start` and `npm run bench`, also in a fresh clone: Node 20 and built-in modules only.
 *
 * npm packages are installed wherever they are missing or out of date, Debian packages where this runs as root. What
 * cannot be installed is named together with the way to get it, and the command goes on without it; with
 * POOL_LENS_REQUIRE_ALL=1 it ends here instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installCodeServer } from './host/install.mjs';
import { findOnPath, NODE_PACKAGE, npm, REPOSITORY } from './host/tools.mjs';
import { findVsCode } from './host/vscode.mjs';

const onPath = (...programs) => programs.some((program) => findOnPath(program));

/** Programs that npm does not bring: the Debian packages of each, how to see that it is there, and what needs it. */
const PROGRAMS = {
  chromium: {
    packages: ['chromium'],
    present: () =>
      Boolean(process.env.POOL_LENS_CHROMIUM) ||
      onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ||
      existsSync('/Applications/Google Chrome.app') ||
      existsSync('/Applications/Chromium.app'),
    needed: 'Chromium or Chrome (or its path in POOL_LENS_CHROMIUM), for the end-to-end tests',
  },
  fonts: {
    packages: ['fonts-dejavu-core'],
    present: () => process.platform !== 'linux' || existsSync('/usr/share/fonts/truetype'),
    needed: 'a font, for the screenshots',
  },
  gcc: {
    packages: ['gcc', 'libc6-dev'],
    present: () => onPath('gcc') && (process.platform !== 'linux' || existsSync('/usr/include/stdio.h')),
    needed: 'gcc and the C headers, for the simulated kernel that the sampler is tested with',
  },
  mingw: {
    packages: ['gcc-mingw-w64-x86-64', 'mingw-w64-common'],
    present: () => onPath('x86_64-w64-mingw32-gcc'),
    needed: 'mingw-w64 with its DDK headers, for the sample driver and the tests on Wine',
  },
  mingwCpp: {
    packages: ['g++-mingw-w64-x86-64'],
    present: () => onPath('x86_64-w64-mingw32-g++'),
    needed: 'mingw-w64 for C++, for the drivers that the assignment of tags is proved on',
  },
  wine: {
    packages: ['wine', 'wine64'],
    present: () => onPath('wine64', 'wine') || existsSync('/usr/lib/wine/wine64'),
    needed: 'Wine (64 bits), for the tests of the Windows sampler',
  },
  ripgrep: {
    packages: ['ripgrep'],
    present: () => onPath('rg'),
    needed: 'ripgrep, which the scanner is measured against',
  },
};

const PROGRAMS_OF = {
  test: ['chromium', 'fonts', 'gcc', 'mingw', 'mingwCpp', 'wine', 'ripgrep'],
  bench: ['chromium', 'fonts', 'gcc', 'ripgrep'],
  start: [],
};

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes `.package-lock.json` last, so a torn install
 * does not match; packages for other systems are optional and absent.
 */
function packagesMatch() {
  const lockIn = (folder, name) => JSON.parse(readFileSync(path.join(REPOSITORY, folder, name), 'utf8')).packages;
  const wanted = lockIn('.', 'package-lock.json');
  let installed;
  try {
    installed = lockIn('node_modules', '.package-lock.json');
  } catch {
    return false;
  }
  const node = `node_modules/${NODE_PACKAGE}`;
  if (wanted[node] && !installed[node]) return false;
  return Object.entries(wanted).every(([key, entry]) => {
    if (key === '') return true;
    const found = installed[key];
    return found ? found.version === entry.version : Boolean(entry.optional || entry.devOptional);
  });
}

/** In place, as the lock file says: `npm ci` would delete all first, the caches of this project and a running Node with it. */
function installPackages() {
  if (packagesMatch()) return;
  console.log('Installing npm packages ...');
  const complete = ['--include=dev', '--include=optional', '--ignore-scripts'];
  npm(['install', '--no-save', ...complete, '--no-audit', '--no-fund', '--loglevel=error'], REPOSITORY);
}

const APT = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', [...APT, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Installs the Debian packages of the missing programs; the programs that are missing after that are the result. */
function installPrograms(names) {
  const missing = () => names.filter((name) => !PROGRAMS[name].present());
  const packagesOf = (list) => list.flatMap((name) => PROGRAMS[name].packages);
  const before = missing();
  if (before.length === 0 || !onPath('apt-get')) return before;
  if (process.getuid?.() !== 0) {
    console.warn(`Not root. To install what is missing: sudo apt-get install ${packagesOf(before).join(' ')}`);
    return before;
  }
  console.log(`Installing ${packagesOf(before).join(' ')} ...`);
  if (!apt(['update'])) console.warn('apt-get update failed; the packages are tried with the lists that are there.');
  if (!apt(['install', '--no-install-recommends', ...packagesOf(before)])) {
    // One package that this release does not have must not keep the others away.
    for (const name of before) apt(['install', '--no-install-recommends', ...PROGRAMS[name].packages]);
  }
  return missing();
}

/** Installs code-server; a failure is a line to print, since other parts work without it. */
function tryCodeServer() {
  if (process.platform === 'win32') return undefined;
  try {
    installCodeServer();
    return undefined;
  } catch (error) {
    return `code-server (a VS Code in the browser) could not be installed: ${error.message}`;
  }
}

function main() {
  const purpose = process.argv[2];
  if (!Object.hasOwn(PROGRAMS_OF, purpose)) {
    console.error(`usage: node test/prepare.mjs ${Object.keys(PROGRAMS_OF).join('|')}`);
    return 2;
  }
  installPackages();
  const problems = installPrograms(PROGRAMS_OF[purpose]).map((name) => `missing: ${PROGRAMS[name].needed}`);
  if (purpose === 'test' || (purpose === 'start' && !findVsCode())) {
    const problem = tryCodeServer();
    if (problem) problems.push(problem);
  }
  for (const problem of problems) console.warn(problem);
  return problems.length > 0 && process.env.POOL_LENS_REQUIRE_ALL === '1' ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
