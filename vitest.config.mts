import { defineConfig } from 'vitest/config';

/** One project a kind of test; test/run.mjs runs them in this order. */
const project = (name: string, timeoutMs: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    fileParallelism: name === 'unit',
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 40_000),
      project('ffi', 60_000),
      project('wine', 180_000),
      project('proof', 300_000),
      project('e2e', 240_000),
    ],
  },
});
