/** `npm run fuzz`: feeds the scanner mutated inputs under Node 24; arguments are passed on. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { nodeBinary, REPOSITORY, toolEnvironment } from './host/tools.mjs';

const main = path.join(REPOSITORY, 'test/fuzz/main.ts');
// The sources run as they are: their folder's package.json names no module type, for the bundles' sake.
const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', main, ...process.argv.slice(2)];
process.exitCode = spawnSync(nodeBinary(), args, { stdio: 'inherit', env: toolEnvironment() }).status ?? 1;
