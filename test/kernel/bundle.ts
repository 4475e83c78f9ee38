/** The sampler as it is packed. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Builds the sampler's bundle for a target such as `win32-x64`, as the package has it, into a folder of the test results.
 * Returns the folder: `sampler.js` with `koffi.node` beside it.
 */
export async function bundleSampler(name: string, target: string): Promise<string> {
  const folder = path.join(root, 'test-results', name);
  // The build script has no types.
  const build = (await import(pathToFileURL(path.join(root, 'build.mjs')).href)) as {
    buildSampler: (outDir: string, target: string) => Promise<void>;
  };
  await build.buildSampler(folder, target);
  return folder;
}
