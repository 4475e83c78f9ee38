/** The offsets that decode.ts reads by, held against the C structures by a compiler, for both pointer widths. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  basicInformationBytes,
  type PointerBytes,
  type TableLayout,
  tableLayout,
} from '../../extension/sampler/decode.ts';
import { HOST_COMPILER, kernelFolder } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';

const skip = skipReason({
  'a processor of the x86 family': process.arch === 'x64',
  [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined,
});

function assertions(layout: TableLayout): string {
  const [table, row] = layout.infoClass === 255 ? ['PoolTagTable2', 'PoolTag2'] : ['PoolTagTable', 'PoolTag'];
  const offsets: [string, number][] = [
    ['paged_allocs', layout.pagedAllocs],
    ['paged_frees', layout.pagedFrees],
    ['paged_used', layout.pagedBytes],
    ['nonpaged_allocs', layout.nonpagedAllocs],
    ['nonpaged_frees', layout.nonpagedFrees],
    ['nonpaged_used', layout.nonpagedBytes],
  ];
  const wide = (is: boolean) => (is ? 8 : 4);
  return [
    `offsetof(${table}, rows) == ${layout.headerWords * 4}`,
    `sizeof(${row}) == ${layout.rowWords * 4}`,
    ...offsets.map(([field, word]) => `offsetof(${row}, ${field}) == ${word * 4}`),
    `sizeof(((${row} *)0)->paged_allocs) == ${wide(layout.wideCounters)}`,
    `sizeof(((${row} *)0)->paged_used) == ${wide(layout.wideBytes)}`,
  ]
    .map((condition) => `_Static_assert(${condition}, "${condition}");`)
    .join('\n');
}

function check(pointerBytes: PointerBytes, text: string): void {
  const width = pointerBytes === 8 ? '-m64' : '-m32';
  // Freestanding: the headers of the compiler itself are enough, so that no 32-bit system library is needed.
  execFileSync(HOST_COMPILER, [width, '-std=c11', '-ffreestanding', '-fsyntax-only', '-I.', '-x', 'c', '-'], {
    cwd: kernelFolder,
    input: `#include "layouts.h"\n${text}\n`,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

describe.skipIf(skip)(`layouts against the compiler${skip ? ` (${skip})` : ''}`, () => {
  test.each([
    [22, 8],
    [22, 4],
    [255, 8],
    [255, 4],
  ] as const)('class %i with pointers of %i bytes', (infoClass, pointerBytes) => {
    check(pointerBytes, assertions(tableLayout(infoClass, pointerBytes)));
  });

  test.each([8, 4] as const)('class 0 with pointers of %i bytes', (pointerBytes) => {
    const size = basicInformationBytes(pointerBytes);
    check(pointerBytes, `_Static_assert(sizeof(BasicInformation) == ${size}, "class 0");`);
  });

  test('a wrong offset does not compile', () => {
    expect(() => check(4, assertions(tableLayout(22, 8)))).toThrow(/static assertion failed/);
  });
});
