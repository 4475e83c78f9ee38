import { describe, expect, it } from 'vitest';
import { tagConstant, tagFromText, tagHex, tagLabel, tagText } from '../../../../language/tag/poolTag.ts';

describe('pool tag', () => {
  it('shows the constant reversed, as PoolMon does', () => {
    expect(tagText(0x67615458)).toBe('XTag');
    expect(tagConstant(0x67615458)).toBe("'gaTX'");
    expect(tagHex(0x67615458)).toBe('0x67615458');
  });

  it('reads shown text back, short tags padded with spaces', () => {
    expect(tagFromText('XTag')).toBe(0x67615458);
    expect(tagFromText('Irp')).toBe(0x20707249);
    expect(tagFromText('')).toBeUndefined();
    expect(tagFromText('FiveX')).toBeUndefined();
    expect(tagFromText('€')).toBeUndefined();
  });

  it("shows the debugger documentation's example in both directions", () => {
    // 'Fred' is 0x46726564 as a constant and reads derF in memory.
    expect(tagText(0x46726564)).toBe('derF');
    expect(tagConstant(0x46726564)).toBe("'Fred'");
  });

  it('keeps tags with the top bit, short tags and unprintable bytes apart', () => {
    expect(tagHex(0xffffffff)).toBe('0xffffffff');
    expect(tagText(0x6162)).toBe('ba  ');
    expect(tagConstant(0x6162)).toBe("'ab'");
    expect(tagLabel(0x01620061)).toBe('a b\\x01');
    expect(tagConstant(0x275c6162)).toBe("'\\'\\\\ab'");
  });
});
