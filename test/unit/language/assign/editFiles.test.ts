/** Edits on disk keep every other byte, and are made in all files or in none. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { editFiles } from '../../../../language/assign/editFiles.ts';
import { editBytes } from '../../../../language/assign/sourceBytes.ts';
import { decodeSource } from '../../../../language/index/sourceFile.ts';

const TEXT = "/* für ein Gerät */\r\n#define TAG 'lpmX'\t \n\rno end";
const utf16 = Buffer.from(TEXT, 'utf16le');

describe('in bytes', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['Windows-1252', Buffer.from(TEXT, 'latin1')],
    [
      'bytes that Windows-1252 leaves open',
      Buffer.concat([Buffer.from(TEXT, 'latin1'), Buffer.from([0x81, 0x80, 0x9d])]),
    ],
    ['ASCII', Buffer.from(TEXT.replaceAll(/[äü]/g, '?'))],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16, the high byte first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['UTF-16 without a mark', utf16],
  ])('%s: there and back', (_name, bytes) => {
    const text = decodeSource(bytes)!;
    const at = text.indexOf("'lpmX'");
    const edited = editBytes(bytes, [
      { start: 0, end: 0, text: '// \r\n' },
      { start: at, end: at + 6, text: "'1pmX'\n#define B 1" },
    ])!;
    const after = decodeSource(edited)!;
    expect(after).toBe(`// \r\n${text.replace("'lpmX'", "'1pmX'\n#define B 1")}`);
    const back = editBytes(edited, [
      { start: 0, end: 5, text: '' },
      { start: at + 5, end: at + 5 + 18, text: "'lpmX'" },
    ])!;
    expect(back.equals(bytes)).toBe(true);
  });

  test('a character that the encoding lacks, and data that is no text', () => {
    const bytes = Buffer.from('für', 'latin1');
    expect(editBytes(bytes, [{ start: 0, end: 0, text: 'ü' }])).toEqual(Buffer.from('üfür', 'latin1'));
    expect(editBytes(bytes, [{ start: 0, end: 0, text: '☃' }])).toBeUndefined();
    expect(editBytes(Buffer.from([0, 1, 2, 0]), [])).toBeUndefined();
  });
});

describe('in files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pool-lens-edit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    const place = path.join(folder, name);
    writeFileSync(place, text);
    return place;
  };
  const edit = (place: string, before: string, text: string) => ({
    path: place,
    before,
    edits: [{ start: 0, end: 0, text }],
  });

  test('all', () => {
    const [a, b] = [file('a.c', 'a'), file('b.c', 'b')];
    editFiles([edit(a, 'a', '1'), edit(b, 'b', '2')]);
    expect([readFileSync(a, 'utf8'), readFileSync(b, 'utf8')]).toEqual(['1a', '2b']);
  });

  test('none where one has changed or is gone', () => {
    const [a, b] = [file('a.c', 'a'), file('b.c', 'other')];
    expect(() => editFiles([edit(a, 'a', '1'), edit(b, 'b', '2')])).toThrow(/b\.c has changed since/);
    const gone = path.join(folder, 'gone.c');
    expect(() => editFiles([edit(a, 'a', '1'), edit(gone, '', '2')])).toThrow(/gone\.c cannot be read/);
    expect(readFileSync(a, 'utf8')).toBe('a');
  });

  test.skipIf(process.getuid?.() === 0)('none where one is read-only', () => {
    const [a, b] = [file('a.c', 'a'), file('b.c', 'b')];
    chmodSync(b, 0o444);
    expect(() => editFiles([edit(a, 'a', '1'), edit(b, 'b', '2')])).toThrow(/b\.c is read-only/);
    expect(readFileSync(a, 'utf8')).toBe('a');
  });
});
