/**
 * What the language server and its client say to each other beyond the LSP: method names and payload types only, so that
 * neither side needs the other's libraries. Lines and characters count from 0 and characters are UTF-16 units, as in the LSP.
 */
import type { PoolTag } from './tag/poolTag.ts';

export interface SourcePosition {
  readonly line: number;
  readonly character: number;
}

export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** Where a call stands in the sources. */
export interface SourcePlace {
  readonly uri: string;
  /** The routine's name in the source. */
  readonly range: SourceRange;
  readonly routine: string;
  /** Enclosing function, or the macro whose body holds the call; empty at file level. */
  readonly function: string;
  /** The text of the line, trimmed, at most 200 characters. */
  readonly lineText: string;
  /** The project that the file belongs to; absent where no project file says. */
  readonly project?: ProjectReference;
}

export interface ProjectReference {
  readonly name: string;
  /** The project file. */
  readonly uri: string;
}

/** A file of a user-mode driver: what it allocates never reaches kernel pool, so none of it is a site. */
export interface LeftOutFile {
  readonly uri: string;
  readonly project: ProjectReference;
  /** Allocations and frees in it. */
  readonly calls: number;
}

export type PoolKind = 'paged' | 'nonpaged' | 'unknown';

/** One of the wrappers between a call and the routine that it finally reaches. */
export interface WrapperStep {
  readonly kind: 'function' | 'macro' | 'template';
  readonly name: string;
  /** Where it is defined. */
  readonly uri: string;
  readonly line: number;
}

/** The value of a tag under a condition, written as in #if; empty where another driver gives it. */
export interface ConditionalTag {
  readonly tag: PoolTag;
  readonly condition: string;
}

/** A place that calls a wrapper. */
export interface CallerPlace {
  readonly uri: string;
  readonly range: SourceRange;
  /** Enclosing function; empty at file level. */
  readonly function: string;
}

/**
 * A place that puts bytes under a tag. `routine` is the one finally reached, `range` the name in the source, which is a
 * wrapper's where `via` says so.
 */
export interface AllocationSite extends SourcePlace {
  readonly tag: PoolTag;
  /**
   * Where branches of #if, or drivers that share the file, give the tag several values: each, that of `tag` first; absent where there
   * is one.
   */
  readonly values?: readonly ConditionalTag[];
  /** The wrappers that the call goes through, the one called first; absent for a direct call. */
  readonly via?: readonly WrapperStep[];
  /** Callers of the enclosing function, where that is a wrapper with this fixed tag; absent where it is none. */
  readonly callers?: readonly CallerPlace[];
  /** The tag argument (or the field's value) in the source. */
  readonly tagRange: SourceRange;
  /** The tag argument as written. */
  readonly tagExpression: string;
  readonly pool: PoolKind;
}

/** A place that frees; `tag` is null for an untagged free, tag 0, and a tag that is not a constant. */
export interface FreeSite extends SourcePlace {
  readonly tag: PoolTag | null;
  /** As for {@link AllocationSite}. */
  readonly via?: readonly WrapperStep[];
}

/** A tagged allocation whose tag is not a constant in the source, or is zero. */
export interface UnresolvedSite extends SourcePlace {
  readonly expression: string;
  /** The tag is the constant zero: what the memory is counted under, the routine decides. */
  readonly isZero?: boolean;
  /** The tag as PoolMon will show it, `?` for what only run time knows; absent where nothing is known. */
  readonly pattern?: string;
  /**
   * The tags that the project assigns to the variable or member that holds the tag, or that a condition chooses among; absent where
   * none is known.
   */
  readonly values?: readonly PoolTag[];
  /** As for {@link AllocationSite}. */
  readonly via?: readonly WrapperStep[];
}

/** A call of a routine that takes no tag. */
export type UntaggedSite = SourcePlace;

/** A function or macro that hands its tag on to a routine or another wrapper: its callers are the sites. */
export interface WrapperDefinition {
  readonly kind: 'function' | 'macro' | 'template';
  readonly name: string;
  readonly uri: string;
  readonly line: number;
  readonly action: 'allocate' | 'free';
  /** The routine finally reached. */
  readonly routine: string;
}

/** Everything the server knows, as one value. */
export interface SiteSnapshot {
  /** Grows by one whenever the sites changed. */
  readonly generation: number;
  /** False while the first scan is still going on: results are usable, but not all there. */
  readonly complete: boolean;
  readonly filesScanned: number;
  readonly sites: readonly AllocationSite[];
  readonly frees: readonly FreeSite[];
  readonly unresolved: readonly UnresolvedSite[];
  readonly untagged?: readonly UntaggedSite[];
  readonly wrappers?: readonly WrapperDefinition[];
  readonly leftOut?: readonly LeftOutFile[];
}

/** Request, client to server, no parameters; answers {@link SiteSnapshot}. */
export const SITES_REQUEST = 'poolLens/sites';

/** Notification, server to client, after the sites changed (at most every 100 ms). */
export const SITES_CHANGED = 'poolLens/sitesChanged';
export interface SitesChanged {
  readonly generation: number;
  readonly complete: boolean;
  readonly filesScanned: number;
}

/** How far the first scan of the folders is, in files; `total` grows while folders are found. */
export interface ScanState {
  /** `stopped`: by {@link STOP_SCAN}; the sites of the files that were read are known. */
  readonly state: 'scanning' | 'stopped' | 'done';
  readonly files: number;
  readonly total: number;
}

/** Notification, server to client: {@link ScanState} while a scan goes on (every 100 ms), and when it ends. */
export const SCAN_STATE = 'poolLens/scanState';

/** Notifications, client to server, no parameters: stop the scan where it is, and go on with it. */
export const STOP_SCAN = 'poolLens/stopScan';
export const RESUME_SCAN = 'poolLens/resumeScan';

/** What the client hands to the server in `initializationOptions`. */
export interface ServerOptions {
  /** A folder of the extension's own, for what is kept from one start to the next; absent to keep nothing. */
  readonly storage?: string;
}

/** Live figures of one tag, both pools summed. */
export interface TagFigures {
  readonly tag: PoolTag;
  /** Allocations minus frees. */
  readonly outstanding: number;
  readonly bytes: number;
  /** Outstanding objects gained per minute, over the last minute watched. */
  readonly objectsPerMinute: number;
  readonly bytesPerMinute: number;
  /** Grows over the whole watched time, or leaks. */
  readonly growing: boolean;
  /** What it keeps adds up from cycle to cycle of the test. */
  readonly leaks?: boolean;
  /** Objects that stay after each cycle of the test, where cycles were marked and some stay. */
  readonly objectsPerCycle?: number;
}

/** Notification, client to server: what the monitor sees of the tags that have sites. An empty list: nothing runs. */
export const FIGURES = 'poolLens/figures';
export interface Figures {
  readonly figures: readonly TagFigures[];
}

/** Notification, client to server, when the set of tags in the watched pool changed: new tags must avoid them. */
export const LIVE_TAGS = 'poolLens/liveTags';
export interface LiveTags {
  readonly tags: readonly PoolTag[];
}

/** Notification, client to server: the tags of the recordings that are kept. New tags must avoid them too. */
export const RECORDED_TAGS = 'poolLens/recordedTags';
export interface RecordedTags {
  readonly tags: readonly PoolTag[];
}

/** Request, client to server: what the tag database (pooltag.txt) says of these tags. */
export const DESCRIBE_TAGS_REQUEST = 'poolLens/describeTags';
export interface DescribeTagsParams {
  readonly tags: readonly PoolTag[];
}
export interface TagDescription {
  readonly tag: PoolTag;
  /** The binary field of the entry, such as `ntfs.sys` or `nt!mm`. */
  readonly binary: string;
  readonly description: string;
  /** File and line of the entry, `…/pooltag.txt:1204`; absent for one of the built-in table. */
  readonly place?: string;
}

/** Request, client to server: the edit that gives allocation sites unique tags. Answers {@link AssignResult}. */
export const ASSIGN_REQUEST = 'poolLens/assign';
export type AssignParams = (
  | { readonly scope: 'site'; readonly uri: string; readonly position: SourcePosition }
  | { readonly scope: 'tag'; readonly tag: PoolTag }
  /** An allocation without a tag. */
  | { readonly scope: 'untagged'; readonly uri: string; readonly position: SourcePosition }
  /** Every tag that several sites share: of a project, by the URI of its file, or of the workspace. */
  | { readonly scope: 'all'; readonly project?: string }
) & {
  /** What becomes of a free that several sites reach: they keep one tag together, as is the default, or it names none. */
  readonly frees?: 'together' | 'untag';
  /** Also sites whose frees are not known. */
  readonly insist?: boolean;
  /**
   * What becomes of a function or macro that chooses one tag for several callers: it takes the tag from each of them, or keeps
   * one, as is the default for a single site in a function.
   */
  readonly wrappers?: 'split' | 'keep';
};
export interface AssignedSite {
  readonly uri: string;
  /** Before the edit: of the routine's name, or of the wrapper's that is called. */
  readonly position: SourcePosition;
  readonly function: string;
  readonly routine: string;
  readonly oldTag: PoolTag;
  readonly newTag: PoolTag;
}
/** A tagged free of a tag that was given up by some of its sites. */
export interface AssignedFree {
  readonly free: FreeSite;
  readonly action: 'retagged' | 'untagged' | 'left';
  readonly oldTag: PoolTag;
  /** Null where it names no tag any more. */
  readonly newTag: PoolTag | null;
  readonly reason: string;
}
export interface RefusedSite {
  readonly uri: string;
  readonly position: SourcePosition;
  readonly reason: string;
}
/** A function or macro that keeps one tag for all its callers, and why. */
export interface UnsplitWrapper {
  readonly uri: string;
  readonly position: SourcePosition;
  readonly name: string;
  readonly reason: string;
}
export interface AssignResult {
  /** An LSP WorkspaceEdit with change annotations; null when nothing can be assigned. */
  readonly edit: unknown;
  readonly assigned: readonly AssignedSite[];
  readonly refused: readonly RefusedSite[];
  /** The tagged frees of the old tags. */
  readonly frees: readonly AssignedFree[];
  /** Those of them that are left alone, and may free memory that got a new tag. */
  readonly leftFrees: readonly FreeSite[];
  readonly unsplit: readonly UnsplitWrapper[];
  /** For {@link NOTE_APPLIED_REQUEST}; absent without an edit. */
  readonly plan?: number;
}

/** Request, client to server: a list in pooltag.txt's format, brought up to date with the tags of the workspace's sites. */
export const TAG_LIST_REQUEST = 'poolLens/tagList';
export interface TagListParams {
  /** The list as it is; empty for a new one. */
  readonly text: string;
}
export interface TagListResult {
  readonly text: string;
  /** Tags of the workspace in it. */
  readonly tags: number;
}

/**
 * Request, client to server: the edit with this number was applied, as far as its preview let it. Rejects with the reason
 * where that cannot be noted.
 */
export const NOTE_APPLIED_REQUEST = 'poolLens/noteApplied';
export interface NoteAppliedParams {
  readonly plan: number;
}

/** Request, client to server: the edit that gives assigned sites their old tags back. Answers {@link RestoreResult}. */
export const RESTORE_REQUEST = 'poolLens/restore';
export type RestoreParams =
  | { readonly scope: 'all' }
  /** Sites that had this tag, or the one that was given it. */
  | { readonly scope: 'tag'; readonly tag: PoolTag }
  | { readonly scope: 'site'; readonly uri: string; readonly position: SourcePosition }
  | { readonly scope: 'folder'; readonly uri: string };
export interface NotRestoredPlace {
  readonly uri: string;
  /** From 0; -1 where no line can be named. */
  readonly line: number;
  readonly reason: string;
}
export interface RestoreResult {
  /** An LSP WorkspaceEdit; null when nothing can be restored. */
  readonly edit: unknown;
  /** For {@link NOTE_APPLIED_REQUEST}. */
  readonly plan: number;
  /** Sites. */
  readonly restored: number;
  /** Sites that keep their tag. */
  readonly refused: readonly NotRestoredPlace[];
  /** Changes of the assignment that stay, harmlessly. */
  readonly left: readonly NotRestoredPlace[];
}

/** A tag that a site was given, and the one that it had. */
export interface AssignedTag {
  readonly oldTag: PoolTag;
  readonly newTag: PoolTag;
}

/** Notification, server to client: every {@link AssignedTag} that was not restored, when they changed. */
export const ASSIGNMENTS_CHANGED = 'poolLens/assignmentsChanged';
export interface AssignmentsChanged {
  readonly tags: readonly AssignedTag[];
}

/** Request, client to server: the edit that gives a tag another value wherever it is written. Answers {@link RenameTagResult}. */
export const RENAME_TAG_REQUEST = 'poolLens/renameTag';
export interface RenameTagParams {
  readonly tag: PoolTag;
  /** The new tag as PoolMon will show it. */
  readonly newText: string;
}
export interface RenameTagResult {
  /** An LSP WorkspaceEdit; null where the tag cannot be renamed so. */
  readonly edit: unknown;
  /** Constants and literals that the edit changes. */
  readonly places: number;
  /** Why there is no edit; empty where there is one. */
  readonly reason: string;
}

/**
 * Commands that the server's CodeLens and code actions name and the client carries out.
 * `showSites` takes a {@link PoolTag}; `assignSite` a uri and a {@link SourcePosition}; `assignTag` a {@link PoolTag};
 * `noteApplied` the number of an applied edit; `restore` {@link RestoreParams}.
 */
export const CLIENT_COMMANDS = {
  showSites: 'poolLens.showSites',
  assignSite: 'poolLens.assignSite',
  assignTag: 'poolLens.assignTag',
  noteApplied: 'poolLens.noteApplied',
  restore: 'poolLens.restore',
} as const;
