import { describe, expect, it } from 'vitest';
import { WrapperNames } from '../../../../language/index/wrapperNames.ts';
import { soundsLikeWrapper } from '../../../../language/scan/candidates.ts';
import { hashOf } from '../../../../language/scan/firstLook.ts';
import { summarize } from '../../../../language/scan/summarize.ts';

/** The names after files with these texts. */
function learned(...texts: string[]): readonly string[] {
  const names = new WrapperNames();
  for (const text of texts) {
    const known = names.known();
    names.learn(summarize(text, { wanted: { has: (name) => known.has(name) || soundsLikeWrapper(name) } }));
  }
  return names.after(0);
}

describe('wrapper names while files are read', () => {
  it('are those of functions and macros that hand a tag on', () => {
    expect(
      learned(`
#define GRAB(size, tag) ExAllocatePoolWithTag(PagedPool, size, tag)
PVOID Grab(SIZE_T n, ULONG tag) { return ExAllocatePoolWithTag(PagedPool, n, tag); }
void Plain(void) { p = ExAllocatePoolWithTag(PagedPool, 8, 'abcd'); }`),
    ).toEqual(['GRAB', 'Grab']);
  });

  it('are those of macros around such macros, in whatever order they stand', () => {
    expect(
      learned(`
#define GRAB_ALL(count, tag) GRAB_MANY(count, 16, tag)
#define GRAB_MANY(count, size, tag) GRAB((count) * (size), tag)
#define GRAB(size, tag) ExAllocatePoolWithTag(PagedPool, size, tag)
#define REGRAB 1`),
    ).toEqual(['GRAB', 'GRAB_MANY', 'GRAB_ALL']);
  });

  it('are found through names of an earlier file', () => {
    expect(
      learned(
        '#define MyAlloc(size, tag) ExAllocatePoolWithTag(PagedPool, size, tag)',
        'PVOID Take(SIZE_T n, ULONG tag) { return MyAlloc(n, tag); }',
      ),
    ).toEqual(['MyAlloc', 'Take']);
  });

  it('count up to the moment at which they were asked for', () => {
    const names = new WrapperNames();
    names.add('First');
    const known = names.known();
    names.add('Second');
    expect([known.has('First'), known.has('Second'), known.count]).toEqual([true, false, 1]);
    expect(names.after(known.count)).toEqual(['Second']);
    expect(names.upTo(2).has('Second')).toBe(true);
  });

  it('are told by their hash where the first look does not list them', () => {
    const names = new WrapperNames();
    names.add('Capture');
    names.add('MyPoolTake');
    expect(names.unhintedIn(Uint16Array.of(hashOf('Capture'), hashOf('MyPoolTake')))).toEqual(['Capture']);
    expect(names.unhintedIn(Uint16Array.of(hashOf('Other')))).toEqual([]);
  });
});
