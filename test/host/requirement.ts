import type { TestContext } from 'vitest';

/**
 * Skips the running test, with the message, where a program or file it needs is not on this machine. With
 * POOL_LENS_REQUIRE_ALL=1 (continuous integration) that is a failure.
 */
export function requireForTest<T>(context: TestContext, needed: T | undefined, message: string): T {
  if (needed !== undefined) return needed;
  if (process.env.POOL_LENS_REQUIRE_ALL === '1') throw new Error(`${message} (POOL_LENS_REQUIRE_ALL is set)`);
  return context.skip(message);
}
