/** Compiles the simulated kernel: a shared library for this system, and a Windows DLL that hides behind ntdll.dll. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
export const kernelFolder = path.join(root, 'test/kernel');
const outFolder = path.join(root, 'test-results/kernel');

const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared'];
const HEADERS = ['ntsim.h', 'layouts.h'];

export const HOST_COMPILER = 'gcc';
export const WINDOWS_COMPILER = 'x86_64-w64-mingw32-gcc';

/** The path of `libntsim.so`: NtQuerySystemInformation and NtSimConfigure of ntsim.h. */
export function buildSimulatedKernel(): string {
  return compile('libntsim.so', HOST_COMPILER, ['-fPIC', '-fvisibility=hidden'], ['ntsim.c']);
}

/** The path of `ntsim.node`, for `node -r`: patches ntdll.dll of a Windows x64 process. */
export function buildNtdllHook(): string {
  return compile('ntsim.node', WINDOWS_COMPILER, ['-static-libgcc'], ['ntsim.c', 'hook.c']);
}

function compile(name: string, compiler: string, flags: readonly string[], sources: readonly string[]): string {
  const output = path.join(outFolder, name);
  const inputs = [...sources, ...HEADERS].map((file) => path.join(kernelFolder, file));
  if (isNewer(output, inputs)) return output;
  mkdirSync(outFolder, { recursive: true });
  // Under another name first: a process that runs may have the old file mapped, and another test run may build it too.
  const fresh = `${output}.${process.pid}`;
  execFileSync(compiler, [...FLAGS, ...flags, '-o', fresh, ...sources], { cwd: kernelFolder, stdio: 'pipe' });
  renameSync(fresh, output);
  return output;
}

function isNewer(output: string, inputs: readonly string[]): boolean {
  if (!existsSync(output)) return false;
  const { mtimeMs } = statSync(output);
  return inputs.every((file) => statSync(file).mtimeMs < mtimeMs);
}
