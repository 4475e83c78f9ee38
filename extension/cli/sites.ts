import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scanFolder } from '../../language/index/workspaceScan.ts';
import type { SiteSnapshot, SourcePlace } from '../../language/protocol.ts';
import { tagLabel, tagText } from '../../language/tag/poolTag.ts';
import { UsageError } from './usage.ts';

/** The folder as an absolute path; throws {@link UsageError} when it is not one. */
export function folderArgument(given: string | undefined): string {
  if (!given) throw new UsageError('A folder is missing: name the one that holds the sources.');
  const folder = path.resolve(given);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${given}: no such folder.`);
  return folder;
}

/** Scans the folder; trouble with single files goes to standard error, a line each. */
export async function scan(folder: string): Promise<SiteSnapshot> {
  const { index } = await scanFolder(folder, { onWarning: (line) => process.stderr.write(`${line}\n`) });
  return index.snapshot();
}

/** What `pool-lens sites --json` prints. Lines and columns count from 1; `file` is relative to the folder, with `/`. */
export function sitesAsJson(folder: string, snapshot: SiteSnapshot): object {
  const file = (place: SourcePlace) => path.relative(folder, fileURLToPath(place.uri)).split(path.sep).join('/');
  const at = (place: SourcePlace) => ({
    file: file(place),
    line: place.range.start.line + 1,
    column: place.range.start.character + 1,
    routine: place.routine,
  });
  return {
    sites: snapshot.sites.map((site) => ({ ...at(site), tag: tagText(site.tag), function: site.function })),
    frees: snapshot.frees.map((free) => ({ ...at(free), tag: free.tag === null ? null : tagText(free.tag) })),
    unresolved: snapshot.unresolved.map((site) => ({
      file: file(site),
      line: site.range.start.line + 1,
      routine: site.routine,
      expression: site.expression,
    })),
  };
}

/** A table for people: tags in order, the sites of each, and what could not be resolved. */
export function sitesAsText(folder: string, snapshot: SiteSnapshot): string {
  const where = (place: SourcePlace) => {
    const file = path.relative(folder, fileURLToPath(place.uri)).split(path.sep).join('/');
    return `${file}:${place.range.start.line + 1}`;
  };
  const byTag = [...Map.groupBy(snapshot.sites, (site) => site.tag)]
    .map(([tag, sites]) => ({ label: tagLabel(tag), sites }))
    .sort((a, b) => b.sites.length - a.sites.length || a.label.localeCompare(b.label));
  const lines: string[] = [];
  for (const { label, sites } of byTag) {
    for (const [i, site] of sites.entries()) {
      const head = i === 0 ? `${label.padEnd(6)}${String(sites.length).padStart(4)}` : ' '.repeat(10);
      lines.push(`${head}  ${site.routine.padEnd(32)} ${where(site)}  ${site.function}`);
    }
  }
  if (snapshot.unresolved.length > 0) lines.push('', 'Tag not known from the sources:');
  for (const site of snapshot.unresolved) lines.push(`  ${site.routine.padEnd(40)} ${where(site)}  ${site.expression}`);
  const tagged = snapshot.frees.filter((free) => free.tag !== null).length;
  lines.push(
    '',
    `${snapshot.sites.length} allocation sites under ${byTag.length} tags, ${snapshot.unresolved.length} unresolved, ` +
      `${snapshot.frees.length} frees (${tagged} tagged), ${snapshot.filesScanned} files.`,
  );
  return `${lines.join('\n')}\n`;
}
