import { describe, expect, it } from 'vitest';
import { migrations } from '../../../../language/rules/migration.ts';
import { summarize } from '../../../../language/scan/summarize.ts';

/** The texts that the migrations of the first allocation make of a function's body. */
function migrated(body: string, downLevel = false): string[] {
  const text = `void f(void)\n{\n${body}\n}\n`;
  const call = summarize(text).calls.find((c) => c.action === 'allocate')!;
  return migrations(text, call, { newTag: () => "'1gaT'", downLevel }).map(({ changes }) => {
    let after = text;
    for (const { start, end, text: by } of [...changes].sort((a, b) => b.start - a.start))
      after = after.slice(0, start) + by + after.slice(end);
    return after.slice('void f(void)\n{\n'.length, -'\n}\n'.length);
  });
}

describe('pool types and flags', () => {
  it.for([
    ['ExAllocatePoolZero(PagedPool, n, T)', 'ExAllocatePool2(POOL_FLAG_PAGED, n, T)'],
    ['ExAllocatePoolZero(NonPagedPoolNx, n, T)', 'ExAllocatePool2(POOL_FLAG_NON_PAGED, n, T)'],
    ['ExAllocatePoolZero(NonPagedPoolExecute, n, T)', 'ExAllocatePool2(POOL_FLAG_NON_PAGED_EXECUTE, n, T)'],
    [
      'ExAllocatePoolZero((POOL_TYPE)(PagedPoolCacheAligned), n, T)',
      'ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_CACHE_ALIGNED, n, T)',
    ],
    ['ExAllocatePoolUninitialized(PagedPool, n, T)', 'ExAllocatePool2(POOL_FLAG_PAGED, n, T)'],
    [
      'ExAllocatePoolQuotaZero(PagedPool, n, T)',
      'ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA | POOL_FLAG_RAISE_ON_FAILURE, n, T)',
    ],
    [
      'ExAllocatePoolWithQuotaTag(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, n, T)',
      'ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA, n, T)',
    ],
    [
      'ExAllocatePoolWithTag(NonPagedPool | POOL_RAISE_IF_ALLOCATION_FAILURE, n, T)',
      'ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, n, T)',
    ],
  ])('%s', ([before, after]) => {
    expect(migrated(`  p = ${before};`)[0]).toBe(`  p = ${after};`);
  });

  it('of routines without a tag get one', () => {
    expect(migrated('  p = ExAllocatePool(NonPagedPool, sizeof(FOO));')[0]).toBe(
      "  p = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(FOO), '1gaT');",
    );
    expect(migrated('  p = ExAllocatePoolWithQuota(PagedPool, n );')[0]).toBe(
      "  p = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_USE_QUOTA | POOL_FLAG_RAISE_ON_FAILURE, n, '1gaT' );",
    );
  });

  it('keep uninitialized memory as the second choice, and every other byte', () => {
    expect(migrated('  p = ExAllocatePoolWithTag( PagedPool,\n       g(a, b), // size\n       T );')).toEqual([
      '  p = ExAllocatePool2( POOL_FLAG_PAGED,\n       g(a, b), // size\n       T );',
      '  p = ExAllocatePool2( POOL_FLAG_PAGED | POOL_FLAG_UNINITIALIZED,\n       g(a, b), // size\n       T );',
    ]);
  });

  it('are left alone where they cannot be known', () => {
    expect(migrated('  p = ExAllocatePoolWithTag(type, n, T);')).toEqual([]);
    expect(migrated('  p = ExAllocatePoolWithTag(a ? PagedPool : NonPagedPool, n, T);')).toEqual([]);
    expect(migrated('  p = ExAllocatePoolWithTag(PagedPool | 0x1000, n, T);')).toEqual([]);
    expect(migrated('  p = ExAllocatePoolWithTag(PagedPool,\n#ifdef A\n 1,\n#else\n 2,\n#endif\n T);')).toEqual([]);
  });
});

describe('zeroing behind the call', () => {
  const call = '  x->p = (PFOO)ExAllocatePoolWithTag(PagedPool, sizeof(FOO), T);\n';
  const after = '  x->p = (PFOO)ExAllocatePool2(POOL_FLAG_PAGED, sizeof(FOO), T);\n';
  it.for([
    ['  RtlZeroMemory(x->p, sizeof(FOO));\n  g();', '  g();'],
    [
      '  if (x->p == NULL) {\n    return;\n  }\n\n  memset(x->p, 0, sizeof( FOO ));\n  g();',
      '  if (x->p == NULL) {\n    return;\n  }\n\n  g();',
    ],
    ['  if (!x->p) return;\n  RtlZeroMemory(x->p, sizeof(FOO)); g();', '  if (!x->p) return;\n   g();'],
    [
      '  if (x->p) {\n    // fresh\n    RtlZeroMemory(x->p, sizeof(FOO));\n    g();\n  }',
      '  if (x->p) {\n    // fresh\n    g();\n  }',
    ],
  ])('%s', ([behind, left]) => {
    expect(migrated(call + behind)).toEqual([after + left]);
  });

  it.for([
    '  RtlZeroMemory(x->p, sizeof(BAR));',
    '  RtlZeroMemory(y->p, sizeof(FOO));',
    '  g(x->p);\n  RtlZeroMemory(x->p, sizeof(FOO));',
    '  if (other) return;\n  RtlZeroMemory(x->p, sizeof(FOO));',
    '  memset(x->p, 0xff, sizeof(FOO));',
    '  if (x->p) x->p->a = 1;\n  RtlZeroMemory(x->p, sizeof(FOO));',
    '  if (x->p) RtlZeroMemory(x->p, sizeof(FOO));',
  ])('is left where it may do something: %s', (behind) => {
    const results = migrated(call + behind);
    expect(results).toHaveLength(2);
    for (const result of results) expect(result.endsWith(behind)).toBe(true);
  });

  it('is left where the allocation may not have been made', () => {
    const zeroing = '  RtlZeroMemory(p, n);';
    expect(migrated(`  if (!p)\n    p = ExAllocatePoolWithTag(PagedPool, n, T);\n${zeroing}`)).toHaveLength(2);
    expect(migrated(`  PFOO p = ExAllocatePoolWithTag(PagedPool, n, T);\n${zeroing}`)).toHaveLength(1);
  });
});

describe('a priority', () => {
  it('becomes a parameter of ExAllocatePool3, declared in front of the statement', () => {
    expect(migrated('  g();\n  p = ExAllocatePoolPriorityZero(PagedPool, n, T, LowPoolPriority);')).toEqual([
      `  g();
  POOL_EXTENDED_PARAMETER priorityParameter = { 0 };
  priorityParameter.Type = PoolExtendedParameterPriority;
  priorityParameter.Priority = LowPoolPriority;
  p = ExAllocatePool3(POOL_FLAG_PAGED, n, T, &priorityParameter, 1);`,
    ]);
    expect(migrated('  x->p = (PFOO)ExAllocatePoolWithTagPriority(NonPagedPoolNx, n, T, k);')[1]).toContain(
      'ExAllocatePool3(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, n, T, &priorityParameter, 1)',
    );
  });

  it.for([
    '  if (a)\n    p = ExAllocatePoolPriorityZero(PagedPool, n, T, LowPoolPriority);',
    '  return ExAllocatePoolPriorityZero(PagedPool, n, T, LowPoolPriority);',
    '  use(ExAllocatePoolPriorityZero(PagedPool, n, T, LowPoolPriority));',
    '  priorityParameter = 1;\n  p = ExAllocatePoolPriorityZero(PagedPool, n, T, LowPoolPriority);',
  ])('is left alone where there is no room for it: %s', (body) => {
    expect(migrated(body)).toEqual([]);
  });
});

describe('drivers for older systems', () => {
  it('are offered the routines that run there, first', () => {
    expect(migrated('  p = ExAllocatePoolWithTag(PagedPool, n, T);', true)).toEqual([
      '  p = ExAllocatePoolZero(PagedPool, n, T);',
      '  p = ExAllocatePoolUninitialized(PagedPool, n, T);',
      '  p = ExAllocatePool2(POOL_FLAG_PAGED, n, T);',
      '  p = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_UNINITIALIZED, n, T);',
    ]);
    expect(migrated('  p = ExAllocatePoolWithQuota(PagedPool, n);', true)[0]).toBe(
      "  p = ExAllocatePoolQuotaZero(PagedPool, n, '1gaT');",
    );
    expect(migrated('  p = ExAllocatePoolZero(PagedPool, n, T);', true)).toEqual([
      '  p = ExAllocatePool2(POOL_FLAG_PAGED, n, T);',
    ]);
    expect(migrated('  return ExAllocatePoolWithTagPriority(PagedPool, n, T, k);', true)[0]).toBe(
      '  return ExAllocatePoolPriorityZero(PagedPool, n, T, k);',
    );
  });
});
