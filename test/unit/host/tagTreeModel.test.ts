import { describe, expect, it } from 'vitest';
import { type TagTreeInput, TagTreeModel, type TreeFigures } from '../../../extension/tagTreeModel.ts';
import type { FreeSite } from '../../../language/protocol.ts';
import { formatBytes, formatGrowth } from '../../../language/tag/figuresText.ts';
import { type PoolTag, tagFromText } from '../../../language/tag/poolTag.ts';
import { siteAt, unresolvedAt } from './sites.ts';

const at = (driver: string, file: string) => ({ uri: `file:///ws/${driver}/${file}` });

function freeAt(tag: string | null, fn: string, line: number, more: Partial<FreeSite> = {}): FreeSite {
  const { tag: _tag, ...place } = siteAt('Any1', fn, line, { routine: 'ExFreePoolWithTag' });
  return { ...place, tag: tag === null ? null : tagFromText(tag)!, ...more };
}

function inputOf(
  places: Partial<TagTreeInput>,
  figures: Readonly<Record<string, Partial<TreeFigures>>> = {},
): TagTreeInput {
  const byTag = new Map<PoolTag, TreeFigures>();
  for (const [tag, given] of Object.entries(figures))
    byTag.set(tagFromText(tag)!, { outstanding: 1, bytes: 2048, objectsPerMinute: 0, growing: false, ...given });
  return {
    sites: [],
    frees: [],
    unresolved: [],
    driverOf: ({ uri }) => uri.split('/').at(-2)!,
    fileName: (uri) => uri.split('/').at(-1)!,
    figuresOf: (tag) => byTag.get(tag),
    ...places,
  };
}

/** The tree as indented text. */
function outline(model: TagTreeModel, ids = model.roots, indent = ''): string[] {
  return ids.flatMap((id) => {
    const node = model.node(id)!;
    return [`${indent}${node.label} | ${node.description}`, ...outline(model, node.children, `${indent}  `)];
  });
}

const SITES = [
  siteAt('XTag', 'Read', 3, at('flt', 'queue.c')),
  siteAt('XTag', 'Read', 9, at('flt', 'queue.c')),
  siteAt('ATag', '', 1, at('flt', 'pnp.c')),
  siteAt('XTag', 'Open', 5, at('bus', 'bus.c')),
];
const FREES = [freeAt('XTag', 'Read', 20, at('flt', 'queue.c')), freeAt(null, 'Read', 30, at('flt', 'queue.c'))];

describe('the tree of pool tags', () => {
  it('goes from driver to tag to sites and tagged frees', () => {
    const model = new TagTreeModel();
    expect(model.update(inputOf({ sites: SITES, frees: FREES }))).toBe('shape');
    expect(outline(model)).toEqual([
      'bus | 1 tag · 1 site',
      '  XTag | 1 site',
      '    Open | bus.c:6 · ExAllocatePool2',
      'flt | 2 tags · 3 sites',
      '  ATag | 1 site',
      '    (file level) | pnp.c:2 · ExAllocatePool2',
      '  XTag | 2 sites · 1 free',
      '    Read | queue.c:4 · ExAllocatePool2',
      '    Read | queue.c:10 · ExAllocatePool2',
      '    Read | queue.c:21 · ExFreePoolWithTag',
    ]);
    const [bus] = model.roots;
    const [tag] = model.node(bus)!.children;
    expect(model.node(tag)).toMatchObject({ kind: 'tag', sites: 3, growing: false, parent: bus });
  });

  it('knows the project whose sites share tags, where it is one', () => {
    const model = new TagTreeModel();
    const [x, y, a, other] = SITES;
    const project = { name: 'flt', uri: 'file:///ws/flt/flt.vcxproj' };
    const sharing = (sites: TagTreeInput['sites']) => {
      model.update(inputOf({ sites }));
      const node = model.node('flt');
      return node?.kind === 'driver' ? node.sharing : undefined;
    };
    expect(sharing([x, y, a, other])).toBeNull();
    expect(sharing([x, y, a].map((site) => ({ ...site, project })))).toBe(project.uri);
    expect(sharing([{ ...x, project }, y])).toBeNull();
    expect(
      sharing([
        { ...x, project },
        { ...a, project },
      ]),
    ).toBeNull();
    expect(sharing([{ ...x, project }, other])).toBe(project.uri);
  });

  it('puts what grows first and shows figures', () => {
    const model = new TagTreeModel();
    const figures = { XTag: { outstanding: 1541, objectsPerMinute: 41.2, growing: true } };
    model.update(inputOf({ sites: SITES.slice(0, 3) }, figures));
    expect(outline(model).filter((line) => !line.startsWith('    '))).toEqual([
      'flt | 2 tags · 3 sites · 1 grows',
      '  XTag | 1,541 out · 2 KB · +41/min · 2 sites',
      '  ATag | 1 site',
    ]);
    model.update(inputOf({ sites: SITES }, { ATag: { growing: true, objectsPerMinute: Number.NaN } }));
    expect(outline(model)[0]).toBe('flt | 2 tags · 3 sites · 1 grows');
    expect(outline(model)[1]).toBe('  ATag | 1 out · 2 KB · 1 site');
  });

  it('says what changed: texts where only figures and lines did, else the shape', () => {
    const model = new TagTreeModel();
    model.update(inputOf({ sites: SITES, frees: FREES }));
    expect(model.update(inputOf({ sites: SITES, frees: FREES }))).toEqual([]);
    const tagsOfX = model.roots
      .flatMap((id) => model.node(id)!.children)
      .filter((id) => model.node(id)!.label === 'XTag');
    expect(model.update(inputOf({ sites: SITES, frees: FREES }, { XTag: {} }))).toEqual(
      expect.arrayContaining(tagsOfX),
    );
    expect(tagsOfX).toHaveLength(2);
    const moved = SITES.map((site, i) => (i === 2 ? siteAt('ATag', '', 40, at('flt', 'pnp.c')) : site));
    const change = model.update(inputOf({ sites: moved, frees: FREES }, { XTag: {} }));
    expect(change).toHaveLength(1);
    expect(model.node(change[0])?.description).toBe('pnp.c:41 · ExAllocatePool2');
    expect(model.update(inputOf({ sites: moved.slice(1), frees: FREES }, { XTag: {} }))).toBe('shape');
    expect(model.update(inputOf({ sites: moved.slice(1), frees: FREES }, { XTag: { growing: true } }))).toBe('shape');
  });
});

it('figures are short', () => {
  expect([0, 512, 1536, 20_480_000].map(formatBytes)).toEqual(['0 B', '512 B', '2 KB', '19.5 MB']);
  expect([41.2, -1.54, 1234.5, 0.04, Number.NaN].map(formatGrowth)).toEqual([
    '+41/min',
    '-1.5/min',
    '+1,235/min',
    '',
    '',
  ]);
});

describe('tags that are not known in full', () => {
  it('stand behind the others, with the places that may use them', () => {
    const file = at('flt', 'queue.c');
    const unresolved = [
      unresolvedAt('Trace', { pattern: '???S', ...file }),
      unresolvedAt('Grow', { values: ['One1', 'Two'].map((text) => tagFromText(text)!), ...file }),
      unresolvedAt('Ask', file),
    ];
    const model = new TagTreeModel();
    model.update(inputOf({ sites: [SITES[0]], unresolved }));
    expect(outline(model)).toEqual([
      'flt | 3 tags · 3 sites',
      '  XTag | 1 site',
      '    Read | queue.c:4 · ExAllocatePool2',
      '  ???S | 1 site · known in part',
      '    Trace | queue.c:4 · ExAllocatePool2',
      '  One1, Two | 1 site · as assigned',
      '    Grow | queue.c:4 · ExAllocatePool2',
    ]);
  });
});
