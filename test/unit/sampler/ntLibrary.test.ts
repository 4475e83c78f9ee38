import { describe, expect, test, vi } from 'vitest';
import { SamplerFailure } from '../../../extension/sampler/failure.ts';
import { type Koffi, type NtLibraryOptions, openNtLibrary } from '../../../extension/sampler/ntLibrary.ts';

/** koffi with one library, whose routine is `call`. */
function koffiWith(call: (...args: unknown[]) => number) {
  const func = vi.fn(() => call);
  const load = vi.fn(() => ({ func }));
  return { load, func, loadKoffi: async () => ({ load }) as unknown as Koffi };
}

async function failureOf(options: NtLibraryOptions): Promise<SamplerFailure> {
  const outcome = await openNtLibrary(options).catch((error: unknown) => error);
  if (outcome instanceof SamplerFailure) return outcome;
  throw new Error(`No SamplerFailure: ${outcome}`);
}

describe('the library', () => {
  test('is ntdll.dll on Windows', async () => {
    const { load, func, loadKoffi } = koffiWith(() => 0);
    expect((await openNtLibrary({ platform: 'win32', environment: {}, loadKoffi })).path).toBe('ntdll.dll');
    expect(load).toHaveBeenCalledWith('ntdll.dll');
    // An unsigned status: as an int32, every failure would come out negative.
    expect(func).toHaveBeenCalledWith('__stdcall', 'NtQuerySystemInformation', 'uint32', expect.anything());
  });

  test.each(['win32', 'linux', 'darwin'])('is the one named by the variable, on %s too', async (platform) => {
    const { load, loadKoffi } = koffiWith(() => 0);
    const environment = { POOL_LENS_NTDLL: '/some/lib.so' };
    expect((await openNtLibrary({ platform, environment, loadKoffi })).path).toBe('/some/lib.so');
    expect(load).toHaveBeenCalledWith('/some/lib.so');
  });

  test.each([{}, { POOL_LENS_NTDLL: '' }])(
    'elsewhere is none, and koffi is not even loaded (%j)',
    async (environment) => {
      const loadKoffi = vi.fn();
      const failure = await failureOf({ platform: 'linux', environment, loadKoffi });
      expect(failure.kind).toBe('unsupported');
      expect(failure.message).toMatch(/no Windows pool.*simulated kernel/);
      expect(loadKoffi).not.toHaveBeenCalled();
    },
  );

  test.each([
    ['win32', /Smart App Control/],
    ['linux', /Install the extension again/],
  ])('whose koffi.node does not load on %s says so', async (platform, words) => {
    const loadKoffi = async () => {
      throw new Error('An Application Control policy has blocked this file');
    };
    const environment = { POOL_LENS_NTDLL: 'x' };
    const failure = await failureOf({ platform, environment, loadKoffi });
    expect(failure).toMatchObject({ kind: 'nativeModule', status: null, transient: false });
    expect(failure.reason).toContain('An Application Control policy has blocked this file.');
    expect(failure.advice).toMatch(words);
  });

  test('that is missing is named, and the variable where it came from there', async () => {
    const loadKoffi = async () =>
      ({
        load: () => {
          throw new Error('Failed to load shared library');
        },
      }) as unknown as Koffi;
    const named = await failureOf({ platform: 'win32', environment: { POOL_LENS_NTDLL: 'C:\\x.dll' }, loadKoffi });
    expect(named).toMatchObject({ kind: 'library', reason: expect.stringContaining('C:\\x.dll') });
    expect(named.advice).toContain('POOL_LENS_NTDLL');
    const own = await failureOf({ platform: 'win32', environment: {}, loadKoffi });
    expect(own.reason).toContain('ntdll.dll');
    expect(own.advice).not.toContain('POOL_LENS_NTDLL');
  });
});

describe('a call', () => {
  test('gives the status and the return length, which it clears first', async () => {
    const seen: unknown[] = [];
    let answers = 0;
    const { loadKoffi } = koffiWith((infoClass, buffer, length, returned) => {
      seen.push([infoClass, length, (returned as Uint32Array)[0]]);
      if (answers++ === 0) (returned as Uint32Array)[0] = 48;
      return buffer ? 0xc0000004 : 0;
    });
    const { query } = await openNtLibrary({ platform: 'win32', environment: {}, loadKoffi });
    expect(query(22, Buffer.alloc(16), 16)).toEqual({ status: 0xc0000004, returned: 48 });
    expect(query(22, Buffer.alloc(16), 8)).toEqual({ status: 0xc0000004, returned: 0 });
    expect(seen).toEqual([
      [22, 16, 0],
      [22, 8, 0],
    ]);
  });

  test('with more length than buffer is refused before it is made', async () => {
    const call = vi.fn(() => 0);
    const { query } = await openNtLibrary({ platform: 'win32', environment: {}, loadKoffi: koffiWith(call).loadKoffi });
    expect(() => query(22, Buffer.alloc(16), 17)).toThrow(RangeError);
    expect(call).not.toHaveBeenCalled();
  });
});
