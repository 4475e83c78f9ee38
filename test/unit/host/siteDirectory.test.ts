import { describe, expect, it } from 'vitest';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import type { SiteSnapshot } from '../../../language/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { siteAt, unresolvedAt } from './sites.ts';

const tagOf = (text: string) => tagFromText(text)!;
const naming = { relative: (uri: string) => uri.split('/').at(-1)!, folder: () => 'ws' };

function directoryOf(snapshot: Partial<SiteSnapshot>): SiteDirectory {
  const directory = new SiteDirectory(naming);
  const tags = ['XyzS', 'XyzT', 'One1'].map(tagOf);
  // The rows of the pool.
  directory.setDescriptions(tags, []);
  directory.setSites({
    generation: 1,
    complete: true,
    filesScanned: 1,
    sites: [],
    frees: [],
    unresolved: [],
    ...snapshot,
  });
  return directory;
}

const possible = (directory: SiteDirectory, tag: string) =>
  directory.infoOf(tagOf(tag))?.possible?.map(({ index, function: fn }) => `${index} ${fn}`) ?? [];

describe('places that may allocate under a tag', () => {
  it('have a tag that is partly like it, or one of several', () => {
    const directory = directoryOf({
      sites: [
        siteAt('XyzS', 'Sure', 3),
        siteAt('Two2', 'Shared', 9, {
          values: [
            { tag: tagOf('Two2'), condition: '' },
            { tag: tagOf('One1'), condition: '' },
          ],
        }),
      ],
      unresolved: [
        unresolvedAt('Trace', { pattern: '???S' }),
        unresolvedAt('Grow', { values: [tagOf('One1')] }),
        unresolvedAt('Ask', {}),
      ],
    });
    expect(possible(directory, 'XyzS')).toEqual(['1 Trace']);
    expect(possible(directory, 'XyzT')).toEqual([]);
    expect(possible(directory, 'One1')).toEqual(['0 Grow', '1 Shared']);
    expect(directory.possibleSitesOf(tagOf('One1')).map((site) => site.function)).toEqual(['Grow', 'Shared']);
  });

  it('are not guessed where the tag database names an owner', () => {
    const directory = directoryOf({ unresolved: [unresolvedAt('Trace', { pattern: '???S' })] });
    directory.setDescriptions([tagOf('XyzS')], [{ tag: tagOf('XyzS'), binary: 'xyz.sys', description: 'streams' }]);
    expect(possible(directory, 'XyzS')).toEqual([]);
  });

  it('go when the sources say more', () => {
    const directory = directoryOf({ unresolved: [unresolvedAt('Trace', { pattern: '???S' })] });
    expect(possible(directory, 'XyzS')).toEqual(['0 Trace']);
    directory.setSites({ generation: 2, complete: true, filesScanned: 1, sites: [], frees: [], unresolved: [] });
    expect(possible(directory, 'XyzS')).toEqual([]);
  });
});
