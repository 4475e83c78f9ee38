/** What is to hold of a driver, and what does not: before the action, after it, and with a leak at one site. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DriverProgram, Frame, Injection, Place, Run } from '../kernel/driverProgram.ts';
import type { ProofDriver } from './drivers.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** An allocation site as `pool-lens sites --json` gives it, as far as it is used here. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly tag: string;
  readonly function: string;
}

/** Runs the command line of the sources in `engine`; its JSON. */
export function poolLens(args: readonly string[], engine = REPOSITORY): unknown {
  const output = execFileSync(process.execPath, [path.join(engine, 'extension/cli.ts'), ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output);
}

export function sitesIn(folder: string): Site[] {
  const { sites } = poolLens(['sites', folder]) as { sites: Site[] };
  return [...sites].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}

/** A site with the places of its blocks, and how a leak there is made. */
export interface Exercised {
  readonly site: Site;
  readonly places: readonly Place[];
  readonly leak: Injection;
}

function describeFrame({ function: name, file, line }: Frame): string {
  return `${name} (${file ?? 'exercise'}:${line})`;
}

export function describePlace({ tag, label, frames }: Place): string {
  return `'${tag}' from ${label ?? frames.map(describeFrame).join(' < ')}`;
}

/** The source of a folder's files, read once. */
class Sources {
  readonly #folder: string;
  readonly #texts = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  #text(file: string): string {
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readFileSync(path.join(this.#folder, file), 'utf8');
      this.#texts.set(file, text);
    }
    return text;
  }

  line(file: string, line: number): string {
    return this.#text(file).split('\n')[line - 1] ?? '';
  }

  /** The line in which the statement ends that begins at a line. */
  endOf({ file, line }: Site): number {
    const lines = this.#text(file).split('\n');
    let end = line;
    while (end < lines.length && !/[;{}]/.test(lines[end - 1])) end++;
    return end;
  }
}

interface Match {
  readonly site: Site;
  /** The frame that is the site's; null where a label names it. */
  readonly frame: Frame | null;
}

/** The site that a block comes from, by the lines on its call stack; the tag plays no part. */
function siteOf(place: Place, sites: readonly Site[], driver: ProofDriver, sources: Sources): Match | undefined {
  for (const frame of place.frames) {
    const site = sites.find((s) => s.file === frame.file && frame.line >= s.line && frame.line <= sources.endOf(s));
    if (site) return { site, frame };
  }
  for (const [pattern, line] of Object.entries(driver.elsewhere)) {
    const whole = new RegExp(`^${pattern}$`);
    const frame = place.frames.find((f) => whole.test(f.function)) ?? null;
    if (!frame && !(place.label !== null && whole.test(place.label))) continue;
    const candidates = sites.filter((s) => line.test(sources.line(s.file, s.line)));
    const here = candidates.length === 1 ? candidates : candidates.filter((s) => s.function === frame?.function);
    if (here.length === 1) return { site: here[0], frame };
  }
  return undefined;
}

/**
 * Finds the site of every place of a run. `problems`: places without a site, with another tag than their site's, and sites
 * without a place.
 */
export function attribute(
  driver: ProofDriver,
  folder: string,
  run: Run,
  sites: readonly Site[],
): { exercised: Exercised[]; problems: string[] } {
  const sources = new Sources(folder);
  const problems: string[] = [];
  const found = new Map<Site, { places: Place[]; leaks: Set<string> }>();
  for (const place of run.places) {
    const match = siteOf(place, sites, driver, sources);
    if (!match) {
      problems.push(`no site for ${describePlace(place)}`);
      continue;
    }
    const { site, frame } = match;
    if (site.tag !== place.tag) problems.push(`${site.file}:${site.line} says '${site.tag}': ${describePlace(place)}`);
    const entry = found.get(site) ?? { places: [], leaks: new Set() };
    entry.places.push(place);
    if (frame) entry.leaks.add(frame.address);
    found.set(site, entry);
  }
  for (const site of sites) if (!found.has(site)) problems.push(`${site.file}:${site.line} was not exercised`);
  const exercised = [...found].map(
    ([site, { places, leaks }]): Exercised => ({
      site,
      places,
      leak: leaks.size > 0 ? { leak: [...leaks] } : { leakLabel: places[0].label! },
    }),
  );
  exercised.sort((a, b) => sites.indexOf(a.site) - sites.indexOf(b.site));
  return { exercised, problems };
}

/** What is wrong with a run in which nothing leaks: a stop, an expectation that failed, blocks left. */
export function runProblems(run: Run): string[] {
  if (run.stop) return [`stopped: ${run.stop.reason} at ${run.stop.at.map(describeFrame).join(' < ')}`];
  if (run.failed) return [`the exercise expected ${run.failed}`];
  return run.places.filter((p) => p.allocations !== p.frees).map((p) => `not freed: ${describePlace(p)}`);
}

/** Tags with blocks left at the end. */
export function grownTags(run: Run): string[] {
  return [...new Set(run.places.filter((p) => p.allocations > p.frees).map((p) => p.tag))];
}

/** Runs with each allocation failing once: the paths that clean up after a failure free what they should. */
export async function failureProblems(program: DriverProgram, attempts: number): Promise<string[]> {
  const problems: string[] = [];
  for (let n = 1; n <= attempts; n++) {
    const run = await program.run({ failAllocation: n });
    problems.push(...runProblems(run).map((problem) => `allocation ${n} fails: ${problem}`));
  }
  return problems;
}

/** A leak at one site: exactly its tag grows. */
export async function leakProblems(program: DriverProgram, { site, leak }: Exercised): Promise<string[]> {
  const run = await program.run(leak);
  const where = `${site.file}:${site.line}`;
  if (run.stop || run.failed) return runProblems(run).map((problem) => `a leak at ${where}: ${problem}`);
  const grown = grownTags(run);
  if (grown.length !== 1 || grown[0] !== site.tag)
    return [`a leak at ${where} ('${site.tag}') grows ${grown.map((tag) => `'${tag}'`).join(', ') || 'nothing'}`];
  return [];
}

/** What `pool-lens assign --json` says, as far as it is used here. */
export interface AssignOutput {
  readonly assigned: readonly {
    readonly file: string;
    readonly line: number;
    readonly old: string;
    readonly new: string;
  }[];
  readonly frees: readonly {
    readonly file: string;
    readonly line: number;
    readonly action: 'retagged' | 'untagged' | 'left';
    readonly reason: string;
  }[];
  readonly refused: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
}

/** What becomes of a free that several sites reach. */
export type SharedFrees = 'together' | 'untag';

/** Gives every site below a folder a tag of its own, on disk. `engine`: the sources that do it. */
export function assignAll(folder: string, frees: SharedFrees = 'untag', engine?: string): AssignOutput {
  return poolLens(['assign', folder, '--all', '--frees', frees, '--write'], engine) as AssignOutput;
}

/** The sites whose tag no other has. */
export function sitesWithOwnTag(sites: readonly Site[]): Site[] {
  const byTag = Map.groupBy(sites, (site) => site.tag);
  return sites.filter((site) => byTag.get(site.tag)!.length === 1);
}

/** Every source below a folder, by its path: bytes as latin-1. */
export function treeOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file).replaceAll('\\', '/'), readFileSync(file, 'latin1')];
    }),
  );
}
