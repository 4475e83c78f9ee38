import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OwnRoutines, readRoutines } from '../../../../language/index/ownRoutines.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { ownRoutines } from '../../../../language/settings.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

function indexOf(files: Readonly<Record<string, string>>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  return index;
}
const listed = (...routines: readonly object[]) => JSON.stringify({ routines });
const sites = (index: SiteIndex) =>
  index.snapshot().sites.map((s) => `${s.uri.replace('file:///r/', '')} ${tagLabel(s.tag)} ${s.routine}`);

describe('routines of the user', () => {
  const calls = "void f(void) { p = lib_get(1, 'aaaa'); q = lib_raw(2); lib_put(p, 'aaaa'); lib_drop(q); }\n";

  it('allocate and free like those of the kernel, with a tag or without', () => {
    const index = indexOf({
      '/r/a.c': calls,
      '/r/pool-lens.json': listed(
        { name: 'lib_get', tagArgument: 1, pool: 'paged' },
        { name: 'lib_raw', action: 'allocate' },
        { name: 'lib_put', action: 'free', tagArgument: 1 },
        { name: 'lib_drop', action: 'free', tagArgument: null },
      ),
    });
    const { sites: found, frees, untagged } = index.snapshot();
    expect(found).toMatchObject([{ routine: 'lib_get', function: 'f', pool: 'paged', tagExpression: "'aaaa'" }]);
    expect(found[0].via).toBeUndefined();
    expect(frees.map((f) => [f.routine, f.tag && tagLabel(f.tag)])).toEqual([
      ['lib_put', 'aaaa'],
      ['lib_drop', null],
    ]);
    expect(untagged?.map((u) => u.routine)).toEqual(['lib_raw']);
    expect(index.routineProblems()).toEqual([]);
  });

  it('count below the folder of their file, the nearest file first; those of the settings everywhere', () => {
    const index = indexOf({
      '/r/one/a.c': "void f(void) { lib_get(1, 'aaaa', 'bbbb'); }",
      '/r/one/deep/b.c': "void f(void) { lib_get(1, 'aaaa', 'bbbb'); }",
      '/r/two/c.c': "void f(void) { lib_get(1, 'aaaa', 'bbbb'); other('cccc'); }",
      '/r/one/.pool-lens.json': listed({ name: 'lib_get', tagArgument: 1 }),
      '/r/one/deep/pool-lens.json': listed({ name: 'lib_get', tagArgument: 2 }),
    });
    expect(sites(index)).toEqual(['one/a.c aaaa lib_get', 'one/deep/b.c bbbb lib_get']);
    index.setRoutines([{ name: 'other', action: 'allocate', tagArgument: 0, pool: 'unknown' }]);
    expect(sites(index)).toContain('two/c.c cccc other');
    index.removeFile('/r/one/deep/pool-lens.json');
    expect(sites(index)).toContain('one/deep/b.c aaaa lib_get');
    index.setRoutines([]);
    index.removeFile('/r/one/.pool-lens.json');
    expect(sites(index)).toEqual([]);
  });

  it('have wrappers', () => {
    const index = indexOf({
      '/r/pool-lens.json': listed({ name: 'lib_get', tagArgument: 1 }),
      '/r/a.c': `#define TAKE(n) lib_get(n, 'take')
void *mine(int n, ULONG tag) { return lib_get(n, tag); }
void f(void) { mine(1, 'mine'); TAKE(2); }
`,
    });
    expect(sites(index)).toEqual(['a.c enim lib_get', 'a.c ekat lib_get']);
    expect(index.snapshot().sites[0].via?.map((v) => v.name)).toEqual(['mine']);
  });
});

describe('what is wrong with them', () => {
  const problems = (text: string) => {
    const own = new OwnRoutines();
    own.setFile('/r/pool-lens.json', text);
    return own.problems().map(({ line, message }) => `${line + 1}: ${message}`);
  };

  it.each([
    ['{ "routines": [\n  { "name": "ok" },\n  { "name": "f()" }\n] }', /^3: "name" must be the name/],
    ['{ "routines": [\n  { "name": "f", "tag": 1 }] }', /^2: "tag" is no field of a routine; there are name, action/],
    ['{ "routines": [ { "name": "f", "action": "get" }] }', /^1: "action" of f must be "allocate" or "free"/],
    ['{ "routines": [ { "name": "f", "tagArgument": -1 }] }', /^1: "tagArgument" of f must be the position .* 0 to 31/],
    ['{ "routines": [ { "name": "f", "tagArgument": "2" }] }', /^1: "tagArgument" of f/],
    ['{ "routines": [ { "name": "f", "pool": "both" }] }', /^1: "pool" of f must be/],
    ['{ "routines": [\n\n "f" ] }', /^1: a routine is an object/],
    ['{ "routines": {} }', /^1: routines must be a list/],
    ['{ "rules": {} }', /^1: "rules" is not known here/],
    ['[]', /^1: An object is expected/],
    ['{\n "routines": [\n  { "name": "a_rather_long_name_of_a_routine" },\n }\n', /^4: This is no JSON/],
    ['', /^1: This is no JSON/],
    ['{\n "routines": [\n\n  { "name" "f" }]}', /^4: This is no JSON/],
    ['{\n "routines": [\n', /^3: This is no JSON/],
  ])('%s', (text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)]);
  });

  it('leaves the rest alone', () => {
    const { routines } = readRoutines([{ name: 'good' }, { name: 'bad name' }, { name: 'fine', action: 'free' }]);
    expect(routines.map((r) => r.name)).toEqual(['good', 'fine']);
    const said: string[] = [];
    expect(ownRoutines([{ name: 1 }], (message) => said.push(message))).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^Setting poolLens.routines, entry 1: "name" must be/)]);
    expect(readRoutines(Array.from({ length: 501 }, (_, i) => ({ name: `f${i}` })))).toMatchObject({
      routines: { length: 500 },
      problems: [{ entry: 500 }],
    });
  });
});

describe('the schema', () => {
  it('is the same for the setting and the file', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
    const schema = JSON.parse(readFileSync('media/pool-lens.schema.json', 'utf8'));
    expect(contributes.configuration.properties['poolLens.routines'].items).toEqual(schema.properties.routines.items);
    const [{ fileMatch, url }] = contributes.jsonValidation;
    expect(fileMatch).toEqual(['pool-lens.json', '.pool-lens.json']);
    expect(url).toBe('./media/pool-lens.schema.json');
  });

  it('knows the fields that are read', () => {
    const schema = JSON.parse(readFileSync('media/pool-lens.schema.json', 'utf8'));
    const { properties } = schema.properties.routines.items;
    const entry = Object.fromEntries(Object.keys(properties).map((key) => [key, undefined]));
    expect(readRoutines([{ ...entry, name: 'f' }]).problems).toEqual([]);
  });
});
