/** The machine stops what a kernel would stop, and a leak is one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DriverProgram, type Injection, type Run } from '../kernel/driverProgram.ts';
import { mingwNeeds } from '../kernel/mingw.ts';
import { skipReason } from '../kernel/requirements.ts';
import { wineLoader } from '../wine/wine.ts';
import { Scratch } from './drivers.ts';
import { grownTags } from './proof.ts';

const reason = skipReason({ ...mingwNeeds(), Wine: wineLoader !== undefined });

describe.skipIf(reason !== null)('the machine', () => {
  const scratch = new Scratch();
  afterAll(() => scratch[Symbol.dispose]());
  let count = 0;

  async function program(statements: string): Promise<DriverProgram> {
    const folder = path.join(scratch.folder, `case${++count}`);
    mkdirSync(folder);
    const lines = [
      '#include "machine.h"',
      '#include <fltkernel.h>',
      '#include <ndis.h>',
      '#pragma GCC diagnostic ignored "-Wmultichar"',
      'VOID Exercise(VOID)',
      '{',
      `    ${statements}`,
      '}',
      '',
    ];
    writeFileSync(path.join(folder, 'case.c'), lines.join('\n'));
    return DriverProgram.build(folder, path.join(folder, 'case.c'), scratch.folder);
  }

  async function runOf(statements: string, injection?: Injection): Promise<Run> {
    return (await program(statements)).run(injection);
  }

  const ALLOCATE = "PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'gaTX');";

  test.each([
    ['another tag', `${ALLOCATE} ExFreePoolWithTag(p, 'gaTY');`, /^0xC2 0xA .*tag 'YTag' of memory with tag 'XTag'/],
    ['a second free', `${ALLOCATE} ExFreePool(p); ExFreePool(p);`, /^0xC2 0x7 /],
    ['unknown memory', 'ExFreePool((PVOID)0x1234560);', /^0xC2 0x46 /],
    ['an address inside a block', `${ALLOCATE} ExFreePool((PUCHAR)p + 8);`, /^0xC2 0x46 /],
    ['another family of routines', `${ALLOCATE} NdisFreeMemory(p, 0, 0);`, /^0xC2 0x99 /],
    ['tag 0', 'ExAllocatePoolWithTag(PagedPool, 16, 0);', /^0xC2 0x9B /],
    ['a tag without letter or digit', "ExAllocatePoolWithTag(PagedPool, 16, '....');", /^0xC2 0x9D /],
    ['a write beside the block', `${ALLOCATE} ((PUCHAR)p)[16] = 1; ExFreePool(p);`, /^0xC2 0x20 /],
    [
      'aligned memory and another tag',
      "PVOID p = FltAllocatePoolAlignedWithTag(NULL, PagedPool, 16, 'gaTX'); FltFreePoolAlignedWithTag(NULL, p, 'gaTY');",
      /^0xC2 0xA /,
    ],
    [
      'a mapping address and another tag',
      "PVOID p = MmAllocateMappingAddress(16, 'gaTX'); MmFreeMappingAddress(p, 'gaTY');",
      /^0xC2 0xA /,
    ],
    ['memory that is not there', '*(volatile int *)8 = 1;', /^0x50 /],
  ])('stops: %s', async (_name, statements, stop) => {
    const run = await runOf(statements);
    expect(run.stop?.reason).toMatch(stop);
    expect(run.stop?.at.some((frame) => frame.file === 'case.c' && frame.line === 7)).toBe(true);
  });

  test('lets an untagged free and the right tag pass', async () => {
    const run = await runOf(
      `${ALLOCATE} ExFreePoolWithTag(p, 'gaTX'); p = ExAllocatePool(PagedPool, 8); ExFreePool(p);`,
    );
    expect(run).toMatchObject({ stop: null, failed: null });
    expect(run.places.map(({ tag, allocations, frees, bytes }) => [tag, allocations, frees, bytes])).toEqual([
      ['XTag', 1, 1, 0],
      ['None', 1, 1, 0],
    ]);
  });

  test('a leak is a free that did not happen, and is still checked', async () => {
    const twice = await program(`${ALLOCATE} ExFreePoolWithTag(p, 'gaTX'); ExFreePoolWithTag(p, 'gaTX');`);
    const { places } = await (await program(`${ALLOCATE} ExFreePoolWithTag(p, 'gaTX');`)).run();
    const leak = { leak: [places[0].frames[0].address] };
    expect((await twice.run(leak)).stop?.reason).toMatch(/freed before/);
    const once = await program(`${ALLOCATE} ExFreePoolWithTag(p, 'gaTX');`);
    const leaked = await once.run(leak);
    expect(leaked.stop).toBeNull();
    expect(grownTags(leaked)).toEqual(['XTag']);
  });

  test('an allocation fails on demand', async () => {
    const run = await runOf(`${ALLOCATE} EXPECT(p == NULL);`, { failAllocation: 1 });
    expect(run.failed).toBeNull();
    expect(run.places).toEqual([]);
  });

  test('an expectation of the exercise that does not hold is told', async () => {
    const run = await runOf('EXPECT(1 == 2);');
    expect(run.failed).toMatch(/case\.c 7 1 == 2|case\.c:7 1 == 2/);
  });
});
