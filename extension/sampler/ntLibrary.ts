/** The native door: ntdll's NtQuerySystemInformation through koffi. The only file that touches native code. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { libraryFailure, nativeModuleFailure, unsupportedFailure } from './failure.ts';
import type { NtQuery } from './poolQuery.ts';
import { LIBRARY_VARIABLE } from './protocol.ts';

export interface NtLibrary {
  /** What was loaded, as given to the system's loader. */
  readonly path: string;
  readonly query: NtQuery;
}

/** The part of koffi that is used. */
export type Koffi = Pick<typeof import('koffi'), 'load'>;

export interface NtLibraryOptions {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** koffi is loaded late, and by a promise that may fail: Windows may block its native file. */
  readonly loadKoffi: () => Promise<Koffi>;
}

const HERE: NtLibraryOptions = {
  platform: process.platform,
  environment: process.env,
  loadKoffi,
};

async function loadKoffi(): Promise<Koffi> {
  try {
    return await import('koffi');
  } catch (error) {
    throw nativeLoadError() ?? error;
  }
}

/**
 * Why the native file beside the bundle does not load, in the system's words: koffi keeps them to itself and says only that
 * it found no file.
 */
function nativeLoadError(): unknown {
  const file = join(dirname(process.argv[1]), 'koffi.node');
  if (!existsSync(file)) return undefined;
  try {
    process.dlopen({ exports: {} }, file);
  } catch (error) {
    return error;
  }
}

/**
 * Loads `ntdll.dll`, or the library that the environment variable names, on any system.
 *
 * @throws {SamplerFailure} of kind `unsupported`, `nativeModule` or `library`
 */
export async function openNtLibrary(options: NtLibraryOptions = HERE): Promise<NtLibrary> {
  const { platform, environment, loadKoffi } = options;
  const named = environment[LIBRARY_VARIABLE];
  if (!named && platform !== 'win32') throw unsupportedFailure(platform);
  const path = named || 'ntdll.dll';

  let koffi: Koffi;
  try {
    koffi = await loadKoffi();
  } catch (error) {
    throw nativeModuleFailure(error, platform);
  }
  try {
    return { path, query: bindQuery(koffi, path) };
  } catch (error) {
    throw libraryFailure(path, error, LIBRARY_VARIABLE, Boolean(named));
  }
}

/** The status is declared unsigned: as a signed number every failure would come out negative. */
function bindQuery(koffi: Koffi, path: string): NtQuery {
  const call = koffi
    .load(path)
    .func('__stdcall', 'NtQuerySystemInformation', 'uint32', ['uint32', 'void *', 'uint32', 'void *']);
  const returnLength = new Uint32Array(1);
  return (infoClass, buffer, length) => {
    // koffi checks no bounds: this is the last place that can.
    if (length > buffer.length) throw new RangeError(`length ${length} exceeds the buffer of ${buffer.length} bytes`);
    returnLength[0] = 0;
    const status: number = call(infoClass, buffer, length, returnLength);
    return { status, returned: returnLength[0] };
  };
}
