import { describe, expect, test } from 'vitest';
import { withTags, workspaceTagList } from '../../../../language/assign/tagList.ts';
import { pathToUri } from '../../../../language/index/fileUri.ts';
import { siteAt } from '../../host/sites.ts';

const ROOTS = ['/ws/flt', '/ws/bus'];
const at = (file: string) => ({ uri: pathToUri(file) });

describe('a list of tags', () => {
  test('names driver, file and function of every tag, once', () => {
    const project = { name: 'filter', uri: pathToUri('/ws/flt/filter.vcxproj') };
    const sites = [
      siteAt('XTag', 'Read', 3, { ...at('/ws/flt/io/queue.c'), project }),
      siteAt('XTag', 'Write', 9, { ...at('/ws/flt/io/queue.c'), project }),
      siteAt('BTag', '', 1, at('/ws/bus/bus.c')),
      siteAt('Else', 'Read', 1, at('/other/else.c')),
    ];
    const { text, tags } = workspaceTagList('', sites, ROOTS);
    expect(text.split('\n')).toEqual([
      'XTag - filter.sys - io/queue.c, Read',
      'BTag - bus.sys - bus.c',
      expect.stringMatching(/^Else - driver\.sys - .*else\.c, Read$/),
      '',
    ]);
    expect(tags).toBe(3);
  });

  test('is brought up to date: its own lines, comments and line ends stay', () => {
    const text = 'rem ours\r\nXTag - filter.sys - old.c, Old\r\nZTag - else.sys - what others have\r\n\r\n';
    const tag = { tag: 'XTag', driver: 'filter', file: 'queue.c', function: 'Read' };
    expect(withTags(text, [tag, { ...tag, tag: 'XTa2' }])).toBe(
      'rem ours\r\nXTag - filter.sys - queue.c, Read\r\nZTag - else.sys - what others have\r\n' +
        'XTa2 - filter.sys - queue.c, Read\r\n',
    );
  });
});
