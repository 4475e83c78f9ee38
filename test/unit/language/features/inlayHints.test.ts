import { describe, expect, it } from 'vitest';
import { inlayHints } from '../../../../language/features/inlayHints.ts';
import { Project } from './project.ts';

const EVERYTHING = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

/** The file's lines with hints in them as `‹XTag›`. */
function shown(files: Readonly<Record<string, string>>, path: string, range = EVERYTHING): string[] {
  const lines = files[path].split('\n');
  const hints = inlayHints(new Project(files), path, files[path], range);
  for (const { position, label } of hints.sort((a, b) => b.position.character - a.position.character)) {
    const line = lines[position.line];
    lines[position.line] = `${line.slice(0, position.character)}‹${label}›${line.slice(position.character)}`;
  }
  return lines;
}

describe('inlay hints', () => {
  it('stand behind tag arguments of sites and frees, and behind values of definitions', () => {
    const files = {
      '/r/t.h':
        "#define X_TAG ((ULONG)'gaTX') // the tag\n#define HEX 0x67615458\n#define COUNT 12\nenum { E = 'gaTX' };",
      '/r/a.c':
        '#include "t.h"\nvoid f(void) {\n p = ExAllocatePool2(1, 8, X_TAG);\n ExFreePoolWithTag(p, HEX);\n ExFreePoolWithTag(p, 0);\n}',
    };
    expect(shown(files, '/r/t.h')).toEqual([
      "#define X_TAG ((ULONG)'gaTX')‹XTag› // the tag",
      '#define HEX 0x67615458‹XTag›',
      '#define COUNT 12',
      "enum { E = 'gaTX'‹XTag› };",
    ]);
    expect(shown(files, '/r/a.c').slice(2, 5)).toEqual([
      ' p = ExAllocatePool2(1, 8, X_TAG‹XTag›);',
      ' ExFreePoolWithTag(p, HEX‹XTag›);',
      ' ExFreePoolWithTag(p, 0);',
    ]);
  });

  it('leave out palindromes, other constants and aliases', () => {
    const lines = [
      "#define A_TAG 'abba'",
      "#define OTHER 'xyz'",
      "#define UNUSED_TAG 'cbaZ'",
      '#define SAME UNUSED_TAG',
    ];
    expect(shown({ '/r/t.h': lines.join('\n') }, '/r/t.h')).toEqual([
      lines[0],
      lines[1],
      "#define UNUSED_TAG 'cbaZ'‹Zabc›",
      lines[3],
    ]);
  });

  it('are given for the lines asked for', () => {
    const files = { '/r/t.h': "#define A_TAG 'cbaA'\n#define B_TAG 'cbaB'\n#define C_TAG 'cbaC'" };
    const range = { start: { line: 1, character: 3 }, end: { line: 1, character: 4 } };
    expect(shown(files, '/r/t.h', range).join('\n')).toBe(files['/r/t.h'].replace("'cbaB'", "'cbaB'‹Babc›"));
  });
});
