/** What makes results of one build of the scanner of no use for another. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Set by build.mjs in bundles. */
declare const POOL_LENS_BUILD: string | undefined;

let known: string | null = null;

/** Differs between any two states of the scanner's sources, its table of routines among them. */
export function buildId(): string {
  known ??= typeof POOL_LENS_BUILD === 'string' ? POOL_LENS_BUILD : sourcesId();
  return known;
}

function sourcesId(): string {
  const hash = createHash('sha256');
  for (const folder of ['scan', 'index']) {
    const path = join(import.meta.dirname, '..', folder);
    for (const name of readdirSync(path).sort()) hash.update(readFileSync(join(path, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
