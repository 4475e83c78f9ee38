import { expect, test } from 'vitest';
import { bytesPerAlloc, headerText, rowText } from '../../../extension/pool/poolmonText.ts';
import { SYSTEM, tagOf } from './samples.ts';

const row = {
  tag: tagOf('Irp'),
  paged: false,
  allocs: 1_204_331,
  allocsDelta: 212,
  frees: 1_203_790,
  freesDelta: 171,
  outstanding: 541,
  bytes: 112_528,
  bytesDelta: 8528,
  bytesPerMinute: 0,
  objectsPerMinute: 0,
  growing: false,
  verdict: 'unknown' as const,
  objectsPerCycle: Number.NaN,
  objectsPerHour: Number.NaN,
};

test('bytes per allocation are whole, and 0 where nothing is outstanding', () => {
  expect(bytesPerAlloc(row.bytes, row.outstanding)).toBe(208);
  expect(bytesPerAlloc(999, 10)).toBe(99);
  expect(bytesPerAlloc(64, 0)).toBe(0);
});

test('a row in PoolMon columns', () => {
  expect(rowText(row)).toBe(
    ' Irp  Nonp      1204331 (  212)     1203790 (  171)       541       112528 (   8528)       208',
  );
});

test('bytes of a tag that a terminal would act on are not passed through', () => {
  expect(rowText({ ...row, tag: 0x1b_41_07_42 })).toMatch(/^ B\?A\? /);
});

test('the header holds every figure of PoolMon', () => {
  const text = headerText(SYSTEM, 137);
  for (const figure of ['Memory:', 'Avail:', 'PageFlts:', 'Krnl:', 'Commit:', 'Limit:', 'Peak:', 'Pool N:', ' P:']) {
    expect(text).toContain(figure);
  }
  expect(text).toMatch(/Pool N: +500000K P: +600000K/);
});
