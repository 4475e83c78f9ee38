import { describe, expect, test } from 'vitest';
import { type ProgramSources, programsOf } from '../../../../language/assign/programs.ts';

/** `count` files of a folder. */
function files(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}file${i}.c`);
}

const NOTHING: ProgramSources = { includes: () => [], project: () => undefined };

describe('the programs of a workspace', () => {
  const [audio, video, common] = [files('/ws/audio/', 40), files('/ws/video/', 40), files('/ws/common/', 5)];
  const all = [...audio, ...video, ...common];
  const programs = (sources: Partial<ProgramSources>, paths: readonly string[] = all) => {
    const found = programsOf(paths, { ...NOTHING, ...sources });
    return (path: string) => found.get(path);
  };

  test('a small folder is one', () => {
    const of = programs({}, [...audio.slice(0, 20), ...common]);
    expect(of(audio[0])).toBe(of(common[0]));
  });

  test('drivers that only stand side by side are several', () => {
    const of = programs({});
    expect(new Set([audio[0], video[0], common[0]].map(of)).size).toBe(3);
    expect(of(audio[0])).toBe(of(audio[39]));
  });

  test('folders of which one includes the other are one', () => {
    const of = programs({ includes: (path) => (path === audio[7] ? [common[1]] : []) });
    expect(of(common[0])).toBe(of(audio[0]));
    expect(of(video[0])).not.toBe(of(audio[0]));
    const both = programs({ includes: (path) => (path === audio[7] || path === video[3] ? [common[1]] : []) });
    expect(new Set(all.map(both)).size).toBe(1);
  });

  test('folders of one project are one', () => {
    const of = programs({ project: (path) => (path === audio[7] || path === video[3] ? '/ws/av.vcxproj' : undefined) });
    expect(of(video[0])).toBe(of(audio[0]));
    expect(of(common[0])).not.toBe(of(audio[0]));
  });

  test('more than can be followed at once is taken folder by folder', () => {
    const large = [...files('/ws/audio/', 300), ...files('/ws/video/', 300)];
    const of = programs({ includes: () => large }, large);
    expect(of('/ws/audio/file0.c')).toBe(of('/ws/audio/file299.c'));
    expect(of('/ws/video/file0.c')).not.toBe(of('/ws/audio/file0.c'));
  });
});
