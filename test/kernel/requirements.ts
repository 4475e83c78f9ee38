/** What a test needs from the machine. What is missing skips the test with a message, or fails it where all must run. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Set to 1 (in CI): a missing tool is a failure. */
const REQUIRE_ALL = 'POOL_LENS_REQUIRE_ALL';

/** The tool's path: an absolute path that exists, or a name found on PATH; undefined where it is not there. */
export function findTool(tool: string): string | undefined {
  if (path.isAbsolute(tool)) return existsSync(tool) ? tool : undefined;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, tool)).find((file) => existsSync(file));
}

/**
 * Null where nothing is missing, else why the tests are skipped. `needs` gives each need's words and whether it is met.
 *
 * @throws {Error} with the same words, where everything is required
 */
export function skipReason(needs: Readonly<Record<string, boolean>>): string | null {
  const missing = Object.keys(needs).filter((need) => !needs[need]);
  if (missing.length === 0) return null;
  const reason = `not found: ${missing.join(', ')}`;
  if (process.env[REQUIRE_ALL] === '1') throw new Error(`${reason} (${REQUIRE_ALL} is set)`);
  return reason;
}
