/**
 * Driver code that runs: compiled with mingw-w64 against the DDK headers, linked with the machine in user mode
 * (`test/kernel/machine`) and an exercise, and run under Wine. Wine, and not a build for this system with headers bent to it:
 * so compiler, headers, sizes of types and call stacks are those of the compile check, and nothing of the driver is changed.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { windowsPath, wineEnvironment, wineLoader, winePrefix } from '../wine/wine.ts';
import { kernelFolder } from './build.ts';
import { ddkFolder, MINGW } from './mingw.ts';

const execute = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const machineFolder = path.join(kernelFolder, 'machine');

/** Offsets are counted from here: where the linker puts a program. */
const IMAGE_BASE = 0x140000000n;
const LONGEST_RUN_MS = 60_000;
/** A pool tag is a multi-character constant by nature. */
const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-multichar'];

/** One call of a call stack: `file` is relative to the driver's folder, null outside of it. */
export interface Frame {
  readonly address: string;
  /** Without its parameters. */
  readonly function: string;
  readonly file: string | null;
  readonly line: number;
}

/** Where blocks of one tag came from: a call stack, innermost first, or a label such as the row of a table. */
export interface Place {
  /** As PoolMon shows it. */
  readonly tag: string;
  readonly allocations: number;
  readonly frees: number;
  /** Not freed at the end. */
  readonly bytes: number;
  readonly label: string | null;
  readonly frames: readonly Frame[];
}

export interface Run {
  readonly places: readonly Place[];
  /** Allocations that were asked for. */
  readonly attempts: number;
  /** What a bug check would have said, and where; null where nothing stopped. */
  readonly stop: { readonly reason: string; readonly at: readonly Frame[] } | null;
  /** An expectation of the exercise that did not hold; null where all did. */
  readonly failed: string | null;
}

/** What a run is to do besides the exercise. */
export type Injection =
  | { readonly leak: readonly string[] }
  | { readonly leakLabel: string }
  | { readonly failAllocation: number };

function includes(): string[] {
  return ['-I', path.join(machineFolder, 'include'), '-I', machineFolder, '-isystem', ddkFolder()!];
}

/** The compiler's words where it finds something, else null. `file`: C, or C++ by its name. DWARF 4: of later ones addr2line takes the wrong file. */
async function compile(file: string, flags: readonly string[]): Promise<string | null> {
  const isCpp = file.endsWith('.cpp');
  const language = isCpp ? ['-fno-exceptions', '-fno-rtti'] : [];
  const args = [...WARNINGS, '-gdwarf-4', '-O0', ...language, ...includes(), ...flags, file];
  try {
    await execute(`${MINGW}${isCpp ? 'g++' : 'gcc'}`, args);
    return null;
  } catch (error) {
    return (error as { stderr?: string }).stderr || String(error);
  }
}

let library: Promise<string> | undefined;

/** The machine as a library, built once a test run; answers its folder. */
function machine(): Promise<string> {
  library ??= (async () => {
    const folder = path.join(root, 'test-results/kernel', `machine-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const sources = readdirSync(machineFolder).filter((name) => name.endsWith('.c') && name !== 'main.c');
    const flags = ['-D_NTOSKRNL_', '-D_NTSYSTEM_', '-shared', '-Wl,--export-all-symbols'];
    const output = ['-Wl,--out-implib', '-Wl,libmachine.a', '-o', 'machine.dll'];
    const inputs = sources.map((name) => path.join(machineFolder, name));
    await execute(`${MINGW}gcc`, [...WARNINGS, '-gdwarf-4', '-O0', ...includes(), ...flags, ...output, ...inputs], {
      cwd: folder,
    });
    return folder;
  })();
  return library;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(c|cpp)$/.test(name))
    .sort();
}

/** What the compiler says against each of the driver's files; empty where it finds nothing. */
export async function compileErrors(driverFolder: string): Promise<string[]> {
  const results = sourcesOf(driverFolder).map((name) => compile(path.join(driverFolder, name), ['-fsyntax-only']));
  return (await Promise.all(results)).filter((words) => words !== null);
}

/** A driver linked with its exercise. */
export class DriverProgram {
  readonly #file: string;
  readonly #driverFolder: string;
  readonly #frames = new Map<string, Frame>();

  private constructor(file: string, driverFolder: string) {
    this.#file = file;
    this.#driverFolder = driverFolder;
  }

  /** @throws {Error} with the compiler's words where something does not compile without a warning */
  static async build(driverFolder: string, exercise: string, outFolder: string): Promise<DriverProgram> {
    const library = await machine();
    const name = `${path.basename(driverFolder)}-${process.pid}-${++built}`;
    const sources = sourcesOf(driverFolder).map((source) => path.join(driverFolder, source));
    const inputs = [...new Set([...sources, exercise, path.join(machineFolder, 'main.c')])];
    const objects = inputs.map((_, i) => path.join(outFolder, `${name}-${i}.o`));
    const words = await Promise.all(
      inputs.map((input, i) => compile(input, ['-I', driverFolder, '-c', '-o', objects[i]])),
    );
    const problems = words.filter((text) => text !== null);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    const file = path.join(outFolder, `${name}.exe`);
    await execute(`${MINGW}gcc`, ['-o', file, ...objects, '-L', library, '-lmachine']);
    return new DriverProgram(file, driverFolder);
  }

  /** Runs the exercise once. */
  async run(injection?: Injection): Promise<Run> {
    const words = injection ? wordsOf(injection) : [];
    // On a busy machine Wine at times ends a program before its first line; twice would be the program's own doing.
    return this.#read((await this.#output(words)) || (await this.#output(words)));
  }

  async #output(words: readonly string[]): Promise<string> {
    const prefix = await winePrefix();
    const log = `${this.#file}.${++runs}.log`;
    const code = await runUnderWine(prefix, [this.#file, ...words], log);
    const output = readFileSync(log, 'utf8');
    rmSync(log);
    if (code === null) throw new Error(`${path.basename(this.#file)} did not end and said:\n${output}`);
    return output;
  }

  async #read(output: string): Promise<Run> {
    const lines = output.split(/\r?\n/).map((line) => line.split(' '));
    const stop = /^stop (.*)/m.exec(output)?.[1].trim();
    const failed = /^failed (.*)/m.exec(output)?.[1].trim() ?? null;
    const stopAt = lines.find(([word]) => word === 'at')?.slice(1) ?? [];
    const placeLines = lines.filter(([word]) => word === 'place');
    await this.#resolve([...stopAt, ...placeLines.flatMap((words) => words.slice(6))]);
    const framesOf = (addresses: readonly string[]) => addresses.map((address) => this.#frames.get(address)!);
    const places = placeLines.map(
      ([, tag, allocations, frees, bytes, label, ...addresses]): Place => ({
        tag: Buffer.from(tag, 'hex').reverse().toString('latin1'),
        allocations: Number(allocations),
        frees: Number(frees),
        bytes: Number(bytes),
        label: label === '-' ? null : label,
        frames: framesOf(addresses),
      }),
    );
    if (stop === undefined && failed === null && !lines.some(([word]) => word === 'done'))
      throw new Error(`${path.basename(this.#file)} ended early and said:\n${output}`);
    const attempts = Number(lines.find(([word]) => word === 'attempts')?.[1] ?? 0);
    return { places, attempts, stop: stop === undefined ? null : { reason: stop, at: framesOf(stopAt) }, failed };
  }

  async #resolve(addresses: readonly string[]): Promise<void> {
    const unknown = [...new Set(addresses)].filter((address) => !this.#frames.has(address));
    if (unknown.length === 0) return;
    // A return address belongs to the line behind the call.
    const absolute = unknown.map((address) => `0x${(IMAGE_BASE + BigInt(`0x${address}`) - 1n).toString(16)}`);
    const { stdout } = await execute(`${MINGW}addr2line`, ['-f', '-C', '-e', this.#file, ...absolute]);
    const lines = stdout.trim().split(/\r?\n/);
    unknown.forEach((address, i) => {
      const [, place, line] = /^(.*):(\d+|\?)/.exec(lines[2 * i + 1])!;
      const relative = path.relative(this.#driverFolder, place).replaceAll('\\', '/');
      const file = relative.startsWith('..') ? null : relative;
      this.#frames.set(address, { address, function: lines[2 * i].replace(/\(.*/, ''), file, line: Number(line) || 0 });
    });
  }
}

let built = 0;
let runs = 0;

/** The exit code; null where it had to be ended. To a file: Wine's own processes would keep a pipe open. */
async function runUnderWine(prefix: string, args: readonly string[], logFile: string): Promise<number | null> {
  const log = openSync(logFile, 'w');
  const child = spawn(wineLoader!, args, {
    env: { ...wineEnvironment(prefix), WINEPATH: windowsPath(await machine()) },
    stdio: ['ignore', log, log],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  closeSync(log);
  const [code] = await once(child, 'exit');
  return code;
}

function wordsOf(injection: Injection): string[] {
  if ('leak' in injection) return injection.leak.flatMap((address) => ['leak', address]);
  if ('leakLabel' in injection) return ['leak-label', injection.leakLabel];
  return ['fail', String(injection.failAllocation)];
}
