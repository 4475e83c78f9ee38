/** This workspace's own tags as a whole, in words. */
import type { PoolTag } from '../language/tag/poolTag.ts';
import { counted, exactBytes, grouped, percent } from './numbers.ts';
import type { SystemSummary } from './state.ts';

/** A tag of this workspace that grows. */
export interface GrowingTag {
  readonly tag: PoolTag;
  readonly label: string;
  readonly words: string;
}

export interface WorkspaceSummary {
  readonly hasWorkspace: boolean;
  readonly scanComplete: boolean;
  /** Tags with allocation sites in this workspace. */
  readonly tags: number;
  /** Of these, tags that the watched pool holds. */
  readonly liveTags: number;
  readonly bytes: number;
  /** Of these bytes, those in nonpaged pool. */
  readonly nonpagedBytes: number;
  /** The driver's name where there is one, else `Workspace`. */
  readonly name: string;
  readonly growing: readonly GrowingTag[];
}

/** A short text beside the growing tags, and its tooltip; empty where those say enough. */
export function workspaceWords(summary: WorkspaceSummary): readonly [string, string] {
  if (!summary.hasWorkspace) return ['No folder open', 'Open a driver’s folder to see which tags are yours.'];
  if (summary.tags === 0) {
    return summary.scanComplete
      ? ['No allocation sites in this workspace', 'No tagged pool allocation was found in the C and C++ files.']
      : ['Scanning sources', 'Looking for allocation sites in the C and C++ files.'];
  }
  if (summary.growing.length > 0) return ['', ''];
  const tags = counted(summary.tags, 'workspace tag');
  if (!summary.scanComplete) return [`${tags} so far`, 'The C and C++ files are being scanned.'];
  if (summary.liveTags === 0) return [`${tags}, none in the pool`, 'Is the driver loaded?'];
  return [`${tags}, none grows`, `${grouped(summary.liveTags)} of ${tags} are in the watched pool.`];
}

/** How much of each pool this workspace's tags hold. */
export function shareWords({ bytes, nonpagedBytes }: WorkspaceSummary, { system }: SystemSummary): string {
  const share = (part: number, kb: number) => (kb > 0 ? ` (${percent(part / (kb * 1024))})` : '');
  const nonpaged = `${exactBytes(nonpagedBytes)} of nonpaged pool${share(nonpagedBytes, system?.nonpagedKb ?? 0)}`;
  const paged = `${exactBytes(bytes - nonpagedBytes)} of paged pool${share(bytes - nonpagedBytes, system?.pagedKb ?? 0)}`;
  return `Tags with allocation sites in this workspace hold ${nonpaged} and ${paged}`;
}
