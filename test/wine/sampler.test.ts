/** The packed win32-x64 sampler in Windows Node under Wine: forked, over real IPC, through an unmodified ntdll.dll path. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TagColumns } from '../../extension/pool/snapshot.ts';
import { type FromSampler, LIBRARY_VARIABLE, SAMPLER_EXIT } from '../../extension/sampler/protocol.ts';
import type { MessageOf } from '../ffi/samplerProcess.ts';
import { buildNtdllHook, WINDOWS_COMPILER } from '../kernel/build.ts';
import { bundleSampler } from '../kernel/bundle.ts';
import { columnsOf, expectedColumns, expectedSystem } from '../kernel/expected.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import type { Job, JobResult } from './driver.ts';
import { installWineNode, type WineNode, windowsPath, wineLoader } from './wine.ts';

const root = path.resolve(import.meta.dirname, '../..');
const outFolder = path.join(root, 'test-results/wine');
const driver = path.join(import.meta.dirname, 'driver.ts');

const skip = skipReason({
  'wine (64-bit)': wineLoader !== undefined,
  [WINDOWS_COMPILER]: findTool(WINDOWS_COMPILER) !== undefined,
});

const STATUS_ACCESS_VIOLATION = 0xc0000005;

let node: WineNode;
let bundle: string;

/** Has the sampler started, listens to so many messages, or to its end, and stops it. */
async function listen(name: string, messages: number, options: Partial<Job> = {}): Promise<JobResult> {
  const files = { job: `${name}.job.json`, result: `${name}.result.json`, log: `${name}.log` };
  const [job, result, log] = Object.values(files).map((file) => path.join(outFolder, file));
  rmSync(result, { force: true });
  rmSync(log, { force: true });
  const asked: Job = { entry: windowsPath(bundle), nodeOptions: [], environment: {}, intervalMs: 250, messages };
  writeFileSync(job, JSON.stringify({ ...asked, ...options }));
  const code = await node.run(driver, [windowsPath(job), windowsPath(result)], log);
  expect(code, readFileSync(log, 'utf8')).toBe(0);
  return JSON.parse(readFileSync(result, 'utf8')) as JobResult;
}

/** Options that put the simulated kernel behind ntdll.dll of the sampler's process. */
function onKernel(scenario: string): Partial<Job> {
  const hook = windowsPath(buildNtdllHook());
  return { nodeOptions: ['-r', hook], environment: { NTSIM_SCENARIO: scenario } };
}

function only<Type extends FromSampler['type']>(messages: readonly FromSampler[], type: Type): MessageOf<Type>[] {
  return messages.filter((message): message is MessageOf<Type> => message.type === type);
}

/** Columns as they look after a journey through JSON. */
function plain(columns: TagColumns): unknown {
  return Object.fromEntries(Object.entries(columnsOf(columns)).map(([name, column]) => [name, Array.from(column)]));
}

describe.skipIf(skip)(`the packed sampler in Windows Node${skip ? ` (${skip})` : ''}`, () => {
  beforeAll(async () => {
    mkdirSync(outFolder, { recursive: true });
    bundle = path.join(await bundleSampler('wine/sampler', 'win32-x64'), 'sampler.js');
    node = await installWineNode();
  });

  test('reads 4,000 tags through ntdll.dll, every value exactly', async () => {
    const { messages, ending, output } = await listen('tags', 4, onKernel('tags=4000 system=1'));
    expect(messages[0]).toMatchObject({ type: 'ready', library: 'ntdll.dll', infoClass: 22, counterBits: 32 });
    const samples = only(messages, 'sample');
    expect(samples).toHaveLength(3);
    samples.forEach(({ sequence, snapshot }, tick) => {
      expect(sequence).toBe(tick);
      expect(plain(snapshot)).toEqual(plain(expectedColumns({ tags: 4000, tick })));
      expect(snapshot.system).toEqual(expectedSystem(tick));
    });
    expect(ending).toEqual({ code: SAMPLER_EXIT.stopped, signal: null });
    expect(output).toBe('');
  });

  test('reads class 255, and classes 0 and 2 from the system itself', async () => {
    const base = 2 ** 40 - 1;
    const { messages } = await listen('wide', 2, onKernel(`tags=10000 wide=1 base=${base}`));
    expect(messages[0]).toMatchObject({ type: 'ready', infoClass: 255, counterBits: 64 });
    const [{ snapshot }] = only(messages, 'sample');
    expect(plain(snapshot)).toEqual(plain(expectedColumns({ tags: 10_000, tick: 1, base, wide: true })));
    const { totalKb, availableKb } = snapshot.system;
    expect(totalKb).toBeGreaterThan(64 * 1024);
    expect(availableKb).toBeGreaterThan(0);
    expect(availableKb).toBeLessThanOrEqual(totalKb);
  });

  test('recovers from a failure', async () => {
    const { messages } = await listen('transient', 4, onKernel('tags=5 fail=22:0xC000009A:1:1'));
    expect(messages.map((message) => message.type)).toEqual(['ready', 'sample', 'failed', 'sample']);
    expect(messages[2]).toMatchObject({ kind: 'outOfResources', status: 0xc000009a, attempt: 1, retryInMs: 1000 });
  });

  test('that faults in native code ends alone, and its host sees the status', async () => {
    const { messages, ending } = await listen('crash', 9, onKernel('tags=5 crash=2'));
    expect(messages.map((message) => message.type)).toEqual(['ready', 'sample']);
    expect(ending).toEqual({ code: STATUS_ACCESS_VIOLATION, signal: null });
  });

  test("says what Wine's own ntdll, which has no pool, means for the user", async () => {
    const { messages, ending } = await listen('own', 1);
    const [failed] = only(messages, 'failed');
    expect(failed).toMatchObject({ kind: 'classUnknown', status: 0xc0000003, transient: false, attempt: 1 });
    expect(failed.reason).toMatch(/does not know the query for the pool tags \(class 22\): 0xC0000003/);
    expect(failed.advice).toMatch(/Wine.*simulated kernel/);
    expect(ending.code).toBe(SAMPLER_EXIT.stopped);
  });

  test('says which library is missing', async () => {
    const library = 'C:\\nowhere\\ntdll.dll';
    const { messages } = await listen('missing', 1, { environment: { [LIBRARY_VARIABLE]: library } });
    expect(messages[0]).toMatchObject({ type: 'failed', kind: 'library', reason: expect.stringContaining(library) });
  });

  test('says what may block a koffi.node that does not load', async () => {
    const folder = path.join(outFolder, 'blocked');
    mkdirSync(folder, { recursive: true });
    copyFileSync(bundle, path.join(folder, 'sampler.js'));
    writeFileSync(path.join(folder, 'koffi.node'), 'no library');
    const { messages } = await listen('blocked', 1, { entry: windowsPath(path.join(folder, 'sampler.js')) });
    expect(messages[0]).toMatchObject({ type: 'failed', kind: 'nativeModule', retryInMs: null });
    const { reason, advice } = messages[0] as MessageOf<'failed'>;
    expect(reason).toMatch(/koffi\.node.*could not be loaded: Bad EXE format/);
    expect(advice).toContain('Smart App Control');
  });
});
