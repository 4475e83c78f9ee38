/** The preview of unique tags for every shared tag of a folder, against its limit of three seconds. */
import path from 'node:path';
import { assignTags } from '../../../language/assign/rewrite.ts';
import { readSource } from '../../../language/index/sourceFile.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { TagDatabase } from '../../../language/tag/tagDatabase.ts';
import { duration } from '../figures.ts';

const LIMIT_MS = 3000;

export interface AssignFigures {
  readonly folder: string;
  readonly sites: number;
  readonly assigned: number;
  readonly unique: number;
  readonly refused: number;
  /** Of the preview, the scan left out, milliseconds. */
  readonly elapsedMs: number;
}

export async function benchAssign(given: string): Promise<AssignFigures> {
  const folder = path.resolve(given);
  const { index } = await scanFolder(folder);
  const sites = index.snapshot().sites.length;
  const read = (file: string) => {
    const reading = readSource(file);
    return reading.kind === 'text' ? { text: reading.text, version: null } : undefined;
  };
  const begin = performance.now();
  const result = assignTags({ index, database: new TagDatabase(), liveTags: [], read }, { scope: 'all' });
  const elapsedMs = performance.now() - begin;
  const groups = [...Map.groupBy(result.assigned, (site) => site.newTag).values()];
  const unique = groups.filter((group) => group.length === 1).length;
  return { folder, sites, assigned: result.assigned.length, unique, refused: result.refused.length, elapsedMs };
}

/** The figures as lines of text. */
export function assignReport({ folder, sites, assigned, unique, refused, elapsedMs }: AssignFigures): string[] {
  return [
    `Assign in ${path.basename(folder)}: ${sites} sites, ${assigned} with new tags, ${unique} of them unique, ${refused} refused`,
    `  preview ${duration(elapsedMs)}: ${((100 * elapsedMs) / LIMIT_MS).toFixed(0)} % of the limit of ${duration(LIMIT_MS)}`,
  ];
}
