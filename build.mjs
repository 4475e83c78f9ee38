/**
 * Bundles the extension, the language server, the sampler, the recorder, the panel and the command line into dist/, and
 * packs the .vsix.
 *
 *   node build.mjs                          dist/ for this machine
 *   node build.mjs --watch                  the same, again after each change
 *   node build.mjs --package                dist/ and dist/pool-lens-<target>.vsix
 *   node build.mjs --target win32-x64 …     for another machine; targets are VS Code's platform names
 *
 * Only the sampler differs by target: it carries koffi's native file, taken from the npm package of that platform.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const koffiVersion = manifest.dependencies.koffi;

/** VS Code's name of the platform this runs on, such as `win32-x64`. */
export const hostTarget = `${process.platform}-${process.arch}`;

/** A name for this state of the scanner: what another one kept from a scan is not used. */
function scannerId() {
  const hash = createHash('sha256');
  const files = readdirSync(path.join(root, 'language'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

const node = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname', POOL_LENS_BUILD: JSON.stringify(scannerId()) },
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** The folder of koffi's native file for a platform, installed from npm when it is not this machine's own. */
function nativeKoffi(target) {
  const [os, cpu] = target.split('-');
  const own = path.join(root, 'node_modules/@koromix', `koffi-${target}`);
  const cache = path.join(root, 'node_modules/.cache/pool-lens', `koffi-${koffiVersion}-${target}`);
  const cached = path.join(cache, 'node_modules/@koromix', `koffi-${target}`);
  const file = (folder) => path.join(folder, `${os}_${cpu}`, 'koffi.node');
  if (existsSync(file(own))) return file(own);
  if (!existsSync(file(cached))) {
    mkdirSync(cache, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['install', `@koromix/koffi-${target}@${koffiVersion}`, `--os=${os}`, `--cpu=${cpu}`];
    execFileSync(npm, [...args, '--ignore-scripts', '--no-save', '--force', '--prefix', cache], {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
  if (!existsSync(file(cached))) throw new Error(`koffi ${koffiVersion} has no native file for ${target}.`);
  return file(cached);
}

/**
 * koffi's package asks for one package a platform, most of them absent. Only the target's file is bundled (copied beside
 * the bundle); the others stay unresolved inside koffi's own try blocks.
 */
function bundledKoffi(target) {
  return {
    name: 'koffi',
    setup(build) {
      const native = nativeKoffi(target);
      build.onResolve({ filter: /^koffi$/ }, () => ({ path: path.join(root, 'node_modules/koffi/index.cjs') }));
      build.onResolve({ filter: /^@koromix\/koffi-/ }, ({ path: name }) =>
        name === `@koromix/koffi-${target}` ? { path: native } : { path: name, external: true },
      );
      build.onEnd((result) => {
        const natives = Object.keys(result.metafile?.outputs ?? {}).filter((file) => file.endsWith('.node'));
        if (natives.length !== 1)
          throw new Error(`The sampler's bundle holds ${natives.length} native files, not one.`);
      });
    },
  };
}

function samplerOptions(outDir, target) {
  return {
    ...node,
    entryPoints: { sampler: 'extension/sampler/main.ts' },
    outdir: outDir,
    loader: { '.node': 'copy' },
    assetNames: '[name]',
    plugins: [bundledKoffi(target)],
  };
}

/** Bundles the sampler alone: `<outDir>/sampler.js` with koffi's native file beside it. */
export async function buildSampler(outDir, target = hostTarget) {
  await esbuild.build(samplerOptions(outDir, target));
}

function serverOptions(outDir) {
  return {
    ...node,
    entryPoints: { server: 'language/server.ts', scanWorker: 'language/index/scanWorker.ts' },
    outdir: outDir,
  };
}

/** Bundles the language server alone. */
export async function buildServer(outDir) {
  await esbuild.build(serverOptions(outDir));
}

function bundles(outDir, target) {
  return [
    {
      ...node,
      entryPoints: { extension: 'extension/extension.ts' },
      outdir: outDir,
      external: ['vscode'],
    },
    { ...node, entryPoints: { recorder: 'extension/recording/recorderWorker.ts' }, outdir: outDir },
    serverOptions(outDir),
    {
      ...node,
      entryPoints: { cli: 'extension/cli.ts' },
      outdir: outDir,
      banner: { js: '#!/usr/bin/env node' },
    },
    samplerOptions(outDir, target),
    {
      ...node,
      platform: 'browser',
      target: 'es2023',
      format: 'iife',
      entryPoints: { webview: 'webview/main.ts' },
      outdir: outDir,
    },
  ];
}

/** The licence texts of all npm packages that went into the bundles: what travels with us keeps its notice. */
function thirdPartyNotices(results) {
  const folders = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const [, folder] = /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
      if (folder && existsSync(path.join(root, folder, 'package.json'))) folders.add(folder);
    }
  }
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(path.join(root, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return notices.join(`\n${'-'.repeat(80)}\n\n`);
}

/** Bundles everything for `target` into dist/. */
export async function buildAll(target = hostTarget) {
  const dist = path.join(root, 'dist');
  rmSync(path.join(dist, 'koffi.node'), { force: true });
  const results = await Promise.all(bundles(dist, target).map((options) => esbuild.build(options)));
  writeFileSync(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(results));
}

/** Packs dist/ as `dist/pool-lens-<target>.vsix` and returns its path. */
export async function packageExtension(target = hostTarget) {
  const { createVSIX } = await import('@vscode/vsce');
  const packagePath = path.join(root, 'dist', `pool-lens-${target}.vsix`);
  await createVSIX({
    cwd: root,
    target,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}

async function main() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: hostTarget },
      package: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
    },
  });
  if (values.watch) {
    const contexts = await Promise.all(bundles(path.join(root, 'dist'), values.target).map((o) => esbuild.context(o)));
    await Promise.all(contexts.map((context) => context.watch()));
    console.log('Watching. Ctrl+C ends it.');
    return;
  }
  await buildAll(values.target);
  if (values.package) {
    const file = await packageExtension(values.target);
    console.log(`${path.relative(root, file)}: ${Math.round(statSync(file).size / 1024)} KB`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
