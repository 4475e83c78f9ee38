import { describe, expect, it } from 'vitest';
import { fuzz, slowPieces } from '../../fuzz/fuzz.ts';

describe('any input', () => {
  it('is taken without an exception', { timeout: 120_000 }, () => {
    expect(fuzz(1, 10_000)).toBeUndefined();
  });

  it('takes time in proportion to its length', { timeout: 120_000 }, () => {
    expect(slowPieces()).toEqual([]);
  });
});
