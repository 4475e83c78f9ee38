import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BrokenBytes, ByteReader, ByteWriter } from '../../../../language/index/byteStream.ts';
import { decodeSource, isSourceName } from '../../../../language/index/sourceFile.ts';
import { decodeSummary, encodeSummary } from '../../../../language/index/summaryCodec.ts';
import type { EnclosingDefinition, FileSummary } from '../../../../language/scan/fileSummary.ts';
import { summarize } from '../../../../language/scan/summarize.ts';

const drivers = process.env.POOL_LENS_DRIVERS ?? '';

/** What a summary says, as plain lists. */
const plain = ({ includes, definitions, calls, invocations, functions, aliases }: FileSummary) => ({
  includes,
  definitions,
  calls,
  invocations,
  functions,
  aliases,
});

function expectRoundTrip(summary: FileSummary): void {
  const decoded = decodeSummary(encodeSummary(summary));
  expect(plain(decoded)).toEqual(plain(summary));
  // Also what was decoded must be encodable: a cache is written again.
  expect(plain(decodeSummary(encodeSummary(decoded)))).toEqual(plain(summary));
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !isSourceName(entry.name)) continue;
    const text = decodeSource(readFileSync(path.join(entry.parentPath, entry.name)));
    if (text !== undefined) yield text;
  }
}

describe('numbers and texts as bytes', () => {
  it('come back as they were', () => {
    const writer = new ByteWriter();
    const numbers = [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    const texts = ['', 'plain', 'ä\xff', 'タグ', '\ud800', '\0'];
    for (const n of numbers) writer.number(n);
    for (const n of [0, -1, 1, -64, 64, -(2 ** 40)]) writer.signed(n);
    for (const n of [0.5, -1e300, 1785000000123.5]) writer.float(n);
    for (const text of texts) writer.text(text);
    writer.block(new Uint8Array([1, 2, 3]));
    const reader = new ByteReader(writer.take());
    expect(numbers.map(() => reader.number())).toEqual(numbers);
    expect(Array.from({ length: 6 }, () => reader.signed())).toEqual([0, -1, 1, -64, 64, -(2 ** 40)]);
    expect([reader.float(), reader.float(), reader.float()]).toEqual([0.5, -1e300, 1785000000123.5]);
    expect(texts.map(() => reader.text())).toEqual(texts);
    expect([...reader.block()]).toEqual([1, 2, 3]);
    expect(() => reader.number()).toThrow(BrokenBytes);
  });
});

describe('summaries as bytes', () => {
  it('keep everything a summary can say', () => {
    const enclosing: EnclosingDefinition = {
      kind: 'template',
      name: 'Pool::Buffer',
      parameters: ['T', 'Tag'],
      defaults: ['', "'abcd'"],
      nameStart: 70_000,
      line: 2000,
      isStatic: true,
      template: {
        name: 'Buffer',
        parameters: [],
        defaults: [],
        constants: [{ name: 'pooltag', value: 'Tag' }],
      },
    };
    const range = { start: { line: 3, character: 200 }, end: { line: 5, character: 1 } };
    const place = { enclosing, function: 'f', inMacro: true, hidden: ['T', 'Tag'], lineText: 'f(); // タグ' };
    const argument = { text: "'gaT\xe4'", start: 123_456_789, range };
    expectRoundTrip({
      includes: [{ path: 'a\\b.h' }],
      definitions: [
        {
          name: 'TAG',
          kind: 'enumerator',
          parameters: [],
          owner: 'Tags',
          body: '',
          start: 90,
          end: 80,
          nameStart: 70,
          bodyStart: 100,
          alternative: true,
          condition: 'defined(X)',
        },
      ],
      calls: [
        {
          routine: 'ExFreePool',
          action: 'free',
          start: 0,
          range,
          tag: argument,
          pool: 'nonpaged',
          poolExpression: 'x',
          handsOut: true,
          localConstant: '',
          ...place,
        },
      ],
      invocations: [
        {
          name: 'Alloc',
          qualifier: { kind: 'scope', name: 'A' },
          start: 1,
          range,
          arguments: [
            { ...argument, local: { name: 'tag', constant: null } },
            { ...argument, local: { name: 'tag', constant: '1' } },
            { ...argument, local: null },
          ],
          handsOut: true,
          ...place,
          enclosing: null,
        },
      ],
      functions: [enclosing, { ...enclosing, kind: 'function', template: null }],
      aliases: [{ name: 'A', target: 'B', nameStart: 5, line: 1 }],
    });
  });

  it('keep what the scanner finds in the sample driver', () => {
    const all = { has: () => true };
    let calls = 0;
    for (const text of sources('test/sample-driver')) {
      const summary = summarize(text, { wanted: all });
      calls += summary.calls.length;
      expectRoundTrip(summary);
    }
    expect(calls).toBeGreaterThan(5);
  });

  it.skipIf(!existsSync(drivers))('keep what the scanner finds in public drivers', () => {
    let files = 0;
    for (const text of sources(drivers)) {
      if (files++ >= 1500) break;
      expectRoundTrip(summarize(text, { wanted: { has: (name) => /Alloc|Free/.test(name) } }));
    }
  });

  it('refuse bytes of another format', () => {
    const bytes = encodeSummary(summarize('#define A 1\n'));
    bytes[0]++;
    expect(() => decodeSummary(bytes)).toThrow(BrokenBytes);
  });

  it('never read over their end', () => {
    const bytes = encodeSummary(summarize("#define TAG 'gaT'\nvoid f() { g = ExAllocatePool2(1, 2, TAG); }\n"));
    for (let length = 0; length < bytes.length; length++)
      expect(() => plain(decodeSummary(bytes.slice(0, length)))).toThrow(BrokenBytes);
  });
});
