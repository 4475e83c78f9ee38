/** Memory over many polls: buffers are reused, so that it stays where it was after warming up. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIBRARY_VARIABLE } from '../../extension/sampler/protocol.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import type { MemoryFigures } from './pollManyTimes.ts';

const skip = skipReason({
  'Linux, for a library that is loaded in place of ntdll.dll': process.platform === 'linux',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});

const MIB = 2 ** 20;

describe.skipIf(skip)(`memory of the sampler${skip ? ` (${skip})` : ''}`, () => {
  test('stays flat over 20,000 polls of 4,000 tags', () => {
    const script = path.join(import.meta.dirname, 'pollManyTimes.ts');
    const text = execFileSync(process.execPath, ['--expose-gc', '--no-warnings', script], {
      encoding: 'utf8',
      env: { ...process.env, [LIBRARY_VARIABLE]: buildSimulatedKernel(), NTSIM_SCENARIO: 'tags=4000' },
    });
    const { warm, after } = JSON.parse(text) as MemoryFigures;
    expect(after.arrayBuffers).toBeLessThanOrEqual(warm.arrayBuffers);
    expect(after.heapUsed - warm.heapUsed).toBeLessThan(1 * MIB);
    expect(after.rss - warm.rss).toBeLessThan(8 * MIB);
  });
});
