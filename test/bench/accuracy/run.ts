/** What the scanner finds of a list of allocation sites: recall and precision by class. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AccuracyFigures, type ClassFigures, compareWithTruth } from './truth.ts';

const LIST = /\.sites\.json$/;

/** The folder of `drivers` that a list is about: the one whose name ends like the list's, capitals apart. */
function repositoryOf(drivers: string, list: string): string {
  const name = list.replace(LIST, '').toLowerCase();
  const folder = readdirSync(drivers).find((entry) => entry.toLowerCase().endsWith(name));
  if (folder === undefined) throw new Error(`${drivers} has no folder whose name ends in "${name}", for ${list}.`);
  return join(drivers, folder);
}

/** Compares one repository with its list, or each list of a folder with its repository in `folder`. */
export async function benchAccuracy(folder?: string, truth?: string): Promise<AccuracyFigures[]> {
  if (folder === undefined || truth === undefined)
    throw new Error('name a folder of sources and the list of its sites (NAME.sites.json), or folders of both.');
  if (!statSync(truth).isDirectory()) return [await compareWithTruth(folder, truth)];
  const found: AccuracyFigures[] = [];
  for (const list of readdirSync(truth).filter((name) => LIST.test(name)))
    found.push(await compareWithTruth(repositoryOf(folder, list), join(truth, list)));
  return found;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '   - ' : (part / whole).toFixed(3);
}

function row(title: string, { all, found, reported, right }: ClassFigures): string {
  const counts = `${String(found).padStart(5)} of ${String(all).padEnd(5)}`;
  return `  ${title.padEnd(10)} recall ${share(found, all)} ${counts} precision ${share(right, reported)} ${right} of ${reported}`;
}

function sum(rows: Iterable<ClassFigures>): ClassFigures {
  const total = { all: 0, found: 0, reported: 0, right: 0 };
  for (const { all, found, reported, right } of rows) {
    total.all += all;
    total.found += found;
    total.reported += reported;
    total.right += right;
  }
  return total;
}

/** The figures as lines of text, each difference with its place. */
export function accuracyReport(repositories: readonly AccuracyFigures[]): string[] {
  const lines: string[] = [];
  for (const { name, classes, missed, unlisted, definitions } of repositories) {
    lines.push(`Accuracy on ${name}`);
    for (const [kind, figures] of classes) if (figures.all + figures.reported > 0) lines.push(row(kind, figures));
    lines.push(row('all', sum(classes.values())));
    lines.push(...missed.map((line) => `  missed: ${line}`), ...unlisted.map((line) => `  not in the list: ${line}`));
    lines.push(...definitions.map((line) => `  a wrapper's definition: ${line}`));
  }
  if (repositories.length > 1)
    lines.push('Accuracy together', row('all', sum(repositories.flatMap(({ classes }) => [...classes.values()]))));
  return lines;
}
