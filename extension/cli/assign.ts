/** `pool-lens assign`: unique tags for allocation sites, as a diff or written. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkspaceEdit } from 'vscode-languageserver';
import { applyAssignment, pathBelow, plannedFiles } from '../../language/assign/applyAssignment.ts';
import { EditError } from '../../language/assign/editFiles.ts';
import { LedgerError } from '../../language/assign/ledger.ts';
import { readLedger, WORKSPACE_LEDGER, writeLedger } from '../../language/assign/ledgerFile.ts';
import { planAssignment } from '../../language/assign/rewrite.ts';
import { withTags } from '../../language/assign/tagList.ts';
import { untaggedAt } from '../../language/assign/untaggedCall.ts';
import { pathToUri, uriToPath } from '../../language/index/fileUri.ts';
import type { SiteIndex } from '../../language/index/siteIndex.ts';
import { readSource } from '../../language/index/sourceFile.ts';
import { scanFolder } from '../../language/index/workspaceScan.ts';
import type { AssignParams, AssignResult, SourcePosition } from '../../language/protocol.ts';
import { tagFromText, tagText } from '../../language/tag/poolTag.ts';
import { readTagDatabase } from '../../language/tagFiles.ts';
import { tagsSeenIn } from './seenTags.ts';
import { refuseProblems } from './sites.ts';
import { unifiedDiff } from './unifiedDiff.ts';
import { UsageError } from './usage.ts';

export interface AssignOptions {
  readonly tag?: string;
  /** `FILE:LINE`, the file below the folder. */
  readonly site?: string;
  readonly all: boolean;
  /** `together` or `untag`. */
  readonly frees: string;
  /** `split` or `keep`. */
  readonly wrappers?: string;
  readonly insist: boolean;
  readonly write: boolean;
  readonly json: boolean;
  /** A pooltag.txt of the project that is to name the new tags; written with the sources. */
  readonly list?: string;
  readonly tagFiles: readonly string[];
  /** Recordings and logs whose tags must not be used again. */
  readonly avoid: readonly string[];
}

const onWarning = (line: string) => process.stderr.write(`${line}\n`);

function textOf(file: string): string | undefined {
  const reading = readSource(file);
  return reading.kind === 'text' ? reading.text : undefined;
}

function siteScope(folder: string, index: SiteIndex, site: string): AssignParams {
  const match = /^(.+):(\d+)$/.exec(site);
  if (!match) throw new UsageError(`--site ${site}: expected FILE:LINE.`);
  const file = path.resolve(folder, match[1]);
  if (pathBelow(folder, file) === undefined) throw new UsageError(`--site ${site}: the file is not below ${folder}.`);
  const line = Number(match[2]) - 1;
  const uri = pathToUri(file);
  const found = index
    .snapshot()
    .sites.find((s) => s.uri === uri && s.range.start.line <= line && line <= s.tagRange.end.line);
  if (found) return { scope: 'site', uri, position: found.range.start };
  const untagged = untaggedAt(index, file, { line, character: 0 });
  if (!untagged) throw new UsageError(`--site ${site}: there is no allocation site there.`);
  return { scope: 'untagged', uri, position: untagged.range.start };
}

function paramsOf(folder: string, index: SiteIndex, options: AssignOptions): AssignParams {
  const { tag, site, all, frees, wrappers, insist } = options;
  if (frees !== 'together' && frees !== 'untag') throw new UsageError(`--frees ${frees}: expected together or untag.`);
  if (wrappers !== undefined && wrappers !== 'split' && wrappers !== 'keep')
    throw new UsageError(`--wrappers ${wrappers}: expected split or keep.`);
  const how: Pick<AssignParams, 'frees' | 'insist' | 'wrappers'> = { frees, insist, ...(wrappers && { wrappers }) };
  if ([tag !== undefined, site !== undefined, all].filter(Boolean).length !== 1)
    throw new UsageError('What is to be assigned? One of --tag TAG, --site FILE:LINE and --all.');
  if (site !== undefined) return { ...siteScope(folder, index, site), ...how };
  if (tag === undefined) return { scope: 'all', ...how };
  const value = tagFromText(tag);
  if (value === undefined || index.sitesOf(value).length === 0)
    throw new UsageError(`--tag ${tag}: no allocation site here has this tag.`);
  return { scope: 'tag', tag: value, ...how };
}

/** Speaks of the sites of a folder as a report does. */
class Report {
  readonly #folder: string;
  readonly #index: SiteIndex;
  readonly #result: AssignResult;

  constructor(folder: string, index: SiteIndex, result: AssignResult) {
    this.#folder = folder;
    this.#result = result;
    this.#index = index;
  }

  #place(uri: string, position: SourcePosition): { file: string; line: number } {
    const file = pathBelow(this.#folder, uriToPath(uri) ?? '') ?? uri;
    return { file, line: position.line + 1 };
  }

  asJson(): object {
    const { assigned, frees, refused, unsplit } = this.#result;
    return {
      assigned: assigned.map(({ uri, position, routine, oldTag, newTag }) => ({
        ...this.#place(uri, position),
        routine,
        old: tagText(oldTag),
        new: tagText(newTag),
      })),
      frees: frees.map(({ free, action, oldTag, newTag, reason }) => ({
        ...this.#place(free.uri, free.range.start),
        action,
        old: tagText(oldTag),
        new: newTag === null ? null : tagText(newTag),
        reason,
      })),
      refused: refused.map(({ uri, position, reason }) => ({ ...this.#place(uri, position), reason })),
      unsplit: unsplit.map(({ uri, position, name, reason }) => ({ ...this.#place(uri, position), name, reason })),
    };
  }

  asText(diff: string, written: boolean): string {
    const { assigned, frees, refused, unsplit } = this.#result;
    const told = frees.filter(({ action, newTag }) => action !== 'retagged' || newTag === null);
    const lines = [
      ...told.map(({ free, action, reason }) =>
        this.#line(free.uri, free.range.start, `${free.routine} ${action}: ${reason}`),
      ),
      ...refused.map(({ uri, position, reason }) => this.#line(uri, position, reason)),
      ...unsplit.map(({ uri, position, name, reason }) =>
        this.#line(uri, position, `${name} keeps one tag for all its callers: ${reason}.`),
      ),
    ];
    const own = [...Map.groupBy(assigned, (site) => site.newTag).values()].filter((list) => list.length === 1).length;
    const kept = assigned.length > own ? `, ${assigned.length - own} together with others` : '';
    const how = written ? 'written' : 'to write (--write writes)';
    const done = `${assigned.length} sites with new tags ${how}: ${own} unique${kept}; ${refused.length} refused.`;
    return `${diff}${lines.join('')}# ${done}\n`;
  }

  #line(uri: string, position: SourcePosition, message: string): string {
    const { file, line } = this.#place(uri, position);
    return `# ${file}:${line}: ${message}\n`;
  }

  /** Adds the new tags to a list in pooltag.txt's format. */
  writeList(file: string): void {
    const tags = this.#result.assigned.map(({ uri, position, function: name, newTag }) => ({
      tag: tagText(newTag),
      driver: this.#index.projectOf(uriToPath(uri) ?? '')?.name ?? path.basename(this.#folder),
      file: this.#place(uri, position).file,
      function: name,
    }));
    writeFileSync(file, withTags(readIfThere(file), tags));
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new UsageError(`--list ${file}: ${(error as Error).message}`);
  }
}

/**
 * Gives sites below a folder tags of their own, and notes that in the folder's ledger where it writes; what is printed.
 *
 * @throws {UsageError} where the options name nothing to assign, or the files cannot be written
 */
export async function assign(folder: string, options: AssignOptions): Promise<string> {
  const { index } = await scanFolder(folder, { onWarning });
  refuseProblems(folder, index.routineProblems());
  const database = readTagDatabase(options.tagFiles, process.env, onWarning);
  const read = (file: string) => {
    const text = textOf(file);
    return text === undefined ? undefined : { text, version: null };
  };
  const liveTags = await tagsSeenIn(options.avoid, onWarning);
  const assignment = planAssignment({ index, database, liveTags, read }, paramsOf(folder, index, options));
  const { result } = assignment;
  const report = new Report(folder, index, result);
  try {
    const files = result.edit ? plannedFiles(result.edit as WorkspaceEdit, textOf) : [];
    if (options.write && result.edit) {
      const ledgerFile = path.join(folder, WORKSPACE_LEDGER);
      writeLedger(ledgerFile, applyAssignment(folder, readLedger(ledgerFile), assignment, textOf));
      if (options.list !== undefined) report.writeList(options.list);
    }
    if (options.json) return `${JSON.stringify(report.asJson(), null, 1)}\n`;
    const diff = files.map(({ path: file, before, edits }) =>
      unifiedDiff(pathBelow(folder, file) ?? file, before, edits),
    );
    return report.asText(diff.join(''), options.write);
  } catch (error) {
    if (error instanceof LedgerError || error instanceof EditError) throw new UsageError(error.message);
    throw error;
  }
}
