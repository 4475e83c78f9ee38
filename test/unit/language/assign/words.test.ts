import { describe, expect, it } from 'vitest';
import { tellingWords, wordsOf } from '../../../../language/assign/words.ts';

describe('words of a function', () => {
  it.each([
    ['ReadComplete', 'Read Complete'],
    ['foo_read_complete', 'foo read complete'],
    ['CSaveData::SetMaxSize', 'Save Data Set Max Size'],
    ['IRPDispatchPnP2', 'IRP Dispatch Pn P 2'],
    ['operator new', 'operator new'],
    ['', ''],
  ])('%j: %j', (name, words) => {
    expect(wordsOf(name).join(' ')).toBe(words);
  });

  it('leave out the prefix that most functions share', () => {
    const all = ['FltRead', 'FltWrite', 'FltClose', 'DriverEntry'];
    expect(tellingWords('FltRead', all)).toEqual(['Read']);
    expect(tellingWords('DriverEntry', all)).toEqual(['Driver', 'Entry']);
    expect(tellingWords('Flt', all)).toEqual(['Flt']);
  });
});
