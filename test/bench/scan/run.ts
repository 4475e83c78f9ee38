/** The scan of a folder against a text search for the same names in the same files, turn by turn. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { POOL_ROUTINES } from '../../../language/scan/allocators.ts';
import { duration, median } from '../figures.ts';

const ROUNDS = 5;
/** Names searched for: as many as the survey behind the aim had, the tagged allocators first. */
const NAMES = 31;

export interface ScanFigures {
  readonly folder: string;
  readonly files: number;
  readonly sites: number;
  readonly unresolved: number;
  readonly frees: number;
  /** Milliseconds, medians. */
  readonly scanMs: number;
  readonly searchMs: number;
  readonly ratio: number;
  readonly peakMegabytes: number;
}

function search(folder: string): number {
  const names = POOL_ROUTINES.filter(({ action, tagArgument }) => action === 'allocate' && tagArgument !== null)
    .slice(0, NAMES)
    .flatMap(({ name }) => ['-e', name]);
  const begin = performance.now();
  try {
    const types = ['-g', '*.{c,cc,cpp,cxx,h,hh,hpp,hxx,inl}'];
    execFileSync('rg', ['-c', '-F', '-j2', ...types, ...names, '.'], {
      cwd: folder,
      stdio: 'pipe',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    // Exit code 1 says that nothing was found, which takes the same reading.
    if ((error as { status?: number }).status !== 1) throw error;
  }
  return performance.now() - begin;
}

/** Scans and searches `folder` in turns, files warm, results resolved. Needs ripgrep. */
export async function benchScan(given: string): Promise<ScanFigures> {
  const folder = path.resolve(given);
  const scans: number[] = [];
  const searches: number[] = [];
  const ratios: number[] = [];
  search(folder);
  let counts = { files: 0, sites: 0, unresolved: 0, frees: 0 };
  for (let round = 0; round <= ROUNDS; round++) {
    const begin = performance.now();
    const { index } = await scanFolder(folder);
    const { sites, frees, unresolved, filesScanned } = index.snapshot();
    const scanMs = performance.now() - begin;
    const searchMs = search(folder);
    counts = { files: filesScanned, sites: sites.length, unresolved: unresolved.length, frees: frees.length };
    // The first round compiles the code; an editor's server has done so long before the second folder.
    if (round === 0) continue;
    scans.push(scanMs);
    searches.push(searchMs);
    ratios.push(scanMs / searchMs);
  }
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { folder, ...counts, scanMs: median(scans), searchMs: median(searches), ratio: median(ratios), peakMegabytes };
}

/** The figures as lines of text. */
export function scanReport(figures: ScanFigures): string[] {
  const { folder, files, sites, unresolved, frees, scanMs, searchMs, ratio, peakMegabytes } = figures;
  return [
    `Scan of ${path.basename(folder)}: ${files} files, ${sites} sites, ${unresolved} unresolved, ${frees} frees`,
    `  scan and resolve ${duration(scanMs)}, ripgrep for ${NAMES} names ${duration(searchMs)}: ${ratio.toFixed(1)} times; ` +
      `peak memory ${Math.round(peakMegabytes)} MB`,
  ];
}
