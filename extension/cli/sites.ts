import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RoutineProblem } from '../../language/index/ownRoutines.ts';
import { scanFolder } from '../../language/index/workspaceScan.ts';
import type { CallerPlace, SiteSnapshot, SourcePlace, WrapperStep } from '../../language/protocol.ts';
import { tagLabel, tagText } from '../../language/tag/poolTag.ts';
import { UsageError } from './usage.ts';

/** The folder as an absolute path; throws {@link UsageError} when it is not one. */
export function folderArgument(given: string | undefined): string {
  if (!given) throw new UsageError('A folder is missing: name the one that holds the sources.');
  const folder = path.resolve(given);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${given}: no such folder.`);
  return folder;
}

/** A list of routines that is wrong must not pass unseen: throws {@link UsageError}. */
export function refuseProblems(folder: string, problems: readonly RoutineProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(
    ({ path: file, line, message }) =>
      `${path.relative(folder, file).split(path.sep).join('/')}:${line + 1}: ${message}`,
  );
  throw new UsageError(lines.join('\n'));
}

/**
 * Scans the folder; trouble with single files goes to standard error, a line each. `cache`: a folder for what the next scan
 * need not read again.
 */
export async function scan(folder: string, cache?: string): Promise<SiteSnapshot> {
  const onWarning = (line: string) => process.stderr.write(`${line}\n`);
  const { index } = await scanFolder(folder, { onWarning, cache: cache && path.resolve(cache) });
  refuseProblems(folder, index.routineProblems());
  return index.snapshot();
}

/** What `pool-lens sites --json` prints. Lines and columns count from 1; `file` is relative to the folder, with `/`. */
export function sitesAsJson(folder: string, snapshot: SiteSnapshot): object {
  const fileOf = (uri: string) => path.relative(folder, fileURLToPath(uri)).split(path.sep).join('/');
  const step = ({ kind, name, uri, line }: WrapperStep) => ({ kind, name, file: fileOf(uri), line: line + 1 });
  const via = (steps: readonly WrapperStep[] | undefined) => steps?.map(step) ?? null;
  const caller = ({ uri, range, function: name }: CallerPlace) => ({
    file: fileOf(uri),
    line: range.start.line + 1,
    function: name,
  });
  const at = (place: SourcePlace) => ({
    file: fileOf(place.uri),
    line: place.range.start.line + 1,
    column: place.range.start.character + 1,
    routine: place.routine,
    project: place.project ? fileOf(place.project.uri) : null,
  });
  return {
    sites: snapshot.sites.map((site) => ({
      ...at(site),
      tag: tagText(site.tag),
      function: site.function,
      status: 'resolved',
      via: via(site.via),
      ...(site.values ? { values: site.values.map(({ tag, condition }) => ({ tag: tagText(tag), condition })) } : {}),
      ...(site.callers ? { callers: site.callers.map(caller) } : {}),
    })),
    frees: snapshot.frees.map((free) => ({
      ...at(free),
      tag: free.tag === null ? null : tagText(free.tag),
      via: via(free.via),
    })),
    unresolved: snapshot.unresolved.map((site) => ({
      ...at(site),
      expression: site.expression,
      pattern: site.pattern ?? null,
      function: site.function,
      status: site.isZero ? 'zero' : 'unresolved',
      ...(site.values ? { values: site.values.map(tagText) } : {}),
      via: via(site.via),
    })),
    untagged: (snapshot.untagged ?? []).map((site) => ({ ...at(site), function: site.function, status: 'untagged' })),
    leftOut: (snapshot.leftOut ?? []).map(({ uri, project, calls }) => ({
      file: fileOf(uri),
      project: fileOf(project.uri),
      calls,
    })),
    wrappers: (snapshot.wrappers ?? []).map((wrapper) => ({
      ...step(wrapper),
      action: wrapper.action,
      routine: wrapper.routine,
    })),
  };
}

/** A table for people: tags in order, the sites of each, and what has no tag that the sources show. */
export function sitesAsText(folder: string, snapshot: SiteSnapshot): string {
  const fileOf = (uri: string) => path.relative(folder, fileURLToPath(uri)).split(path.sep).join('/');
  const where = (place: SourcePlace) => `${fileOf(place.uri)}:${place.range.start.line + 1}`;
  const byTag = [...Map.groupBy(snapshot.sites, (site) => site.tag)]
    .map(([tag, sites]) => ({ label: tagLabel(tag), sites }))
    .sort((a, b) => b.sites.length - a.sites.length || a.label.localeCompare(b.label));
  const lines: string[] = [];
  for (const { label, sites } of byTag) {
    for (const [i, site] of sites.entries()) {
      const head = i === 0 ? `${label.padEnd(6)}${String(sites.length).padStart(4)}` : ' '.repeat(10);
      const by = site.via ? `  via ${site.via.map((step) => step.name).join(', ')}` : '';
      const callers = site.callers ? `  (${site.callers.length} callers)` : '';
      lines.push(`${head}  ${site.routine.padEnd(32)} ${where(site)}  ${site.function}${by}${callers}`);
    }
  }
  const list = (title: string, rows: readonly (readonly [name: string, rest: string])[]) => {
    if (rows.length > 0) lines.push('', title);
    for (const [name, rest] of rows) lines.push(`  ${name.padEnd(40)} ${rest}`);
  };
  list(
    'Tag not known from the sources, or zero:',
    snapshot.unresolved.map((site) => {
      const pattern = site.pattern === undefined ? '' : `  (shows as ${site.pattern})`;
      const values = site.values ? `  (may be ${site.values.map(tagLabel).join(', ')})` : '';
      return [site.routine, `${where(site)}  ${site.expression}${pattern}${values}`];
    }),
  );
  list(
    'Without a tag:',
    (snapshot.untagged ?? []).map((site) => [site.routine, `${where(site)}  ${site.function}`]),
  );
  list(
    'Wrappers, whose callers are the sites:',
    (snapshot.wrappers ?? []).map(({ kind, name, uri, line }) => [name, `${kind}  ${fileOf(uri)}:${line + 1}`]),
  );
  list(
    'Left out, since user-mode drivers allocate no kernel pool:',
    (snapshot.leftOut ?? []).map(({ uri, project }) => [project.name, fileOf(uri)]),
  );
  const tagged = snapshot.frees.filter((free) => free.tag !== null).length;
  lines.push(
    '',
    `${snapshot.sites.length} allocation sites under ${byTag.length} tags, ${snapshot.unresolved.length} unresolved, ` +
      `${snapshot.frees.length} frees (${tagged} tagged), ${snapshot.filesScanned} files.`,
  );
  return `${lines.join('\n')}\n`;
}
