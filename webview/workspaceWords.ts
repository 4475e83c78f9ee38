/** This workspace's own tags as a whole, in words. */
import type { PoolTag } from '../language/tag/poolTag.ts';
import { counted, exactBytes, friendlyBytes, grouped } from './numbers.ts';

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
  readonly growing: readonly GrowingTag[];
}

/** A short text, and its tooltip. */
export function workspaceWords(summary: WorkspaceSummary): readonly [string, string] {
  if (!summary.hasWorkspace) return ['No folder open', 'Open a driver’s folder to see which tags are yours.'];
  if (summary.tags === 0) {
    return summary.scanComplete
      ? ['No allocation sites in this workspace', 'No tagged pool allocation was found in the C and C++ files.']
      : ['Scanning sources', 'Looking for allocation sites in the C and C++ files.'];
  }
  const scanning = summary.scanComplete ? '' : ', scanning';
  const tooltip =
    `Tags with allocation sites in this workspace hold ${exactBytes(summary.bytes)}; ` +
    `${grouped(summary.liveTags)} of ${counted(summary.tags, 'tag')} are in the watched pool${scanning}.`;
  const held = summary.liveTags === 0 ? '' : ` ${friendlyBytes(summary.bytes)}`;
  return [`Workspace${held} · ${counted(summary.tags, 'tag')}${scanning}`, tooltip];
}
