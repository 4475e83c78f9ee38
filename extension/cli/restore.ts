import path from 'node:path';
import { pathBelow } from '../../language/assign/applyAssignment.ts';
import { EditError, editFiles } from '../../language/assign/editFiles.ts';
import { type Ledger, LedgerError } from '../../language/assign/ledger.ts';
import { readLedger, WORKSPACE_LEDGER, writeLedger } from '../../language/assign/ledgerFile.ts';
import { planRestore, type RestorePlan, type RestoreScope } from '../../language/assign/ledgerRestore.ts';
import { pathToUri } from '../../language/index/fileUri.ts';
import { readSource } from '../../language/index/sourceFile.ts';
import { tagText } from '../../language/tag/poolTag.ts';
import { scan } from './sites.ts';
import { unifiedDiff } from './unifiedDiff.ts';
import { UsageError } from './usage.ts';

export interface RestoreOptions {
  /** An old tag, or one that was assigned. */
  readonly tag?: string;
  /** `FILE:LINE` of a site as it stands now; the file below the folder. */
  readonly site?: string;
  readonly write: boolean;
  readonly json: boolean;
}

function textOf(file: string): string | undefined {
  const reading = readSource(file);
  return reading.kind === 'text' ? reading.text : undefined;
}

/** The tag of the site at `FILE:LINE`. */
async function tagAt(folder: string, site: string): Promise<string> {
  const match = /^(.+):(\d+)$/.exec(site);
  if (!match) throw new UsageError(`--site ${site}: expected FILE:LINE.`);
  const file = path.resolve(folder, match[1]);
  if (pathBelow(folder, file) === undefined) throw new UsageError(`--site ${site}: the file is not below ${folder}.`);
  const line = Number(match[2]) - 1;
  const { sites } = await scan(folder);
  const found = sites.find(
    (s) => s.uri === pathToUri(file) && s.range.start.line <= line && line <= s.tagRange.end.line,
  );
  if (!found) throw new UsageError(`--site ${site}: there is no allocation site with a tag there.`);
  return tagText(found.tag);
}

async function scopeOf(folder: string, ledger: Ledger, options: RestoreOptions): Promise<RestoreScope> {
  if (options.tag !== undefined && options.site !== undefined)
    throw new UsageError('Either --tag or --site: not both at once.');
  const assigned = ledger.entries.flatMap((entry) => entry.sites);
  if (options.site !== undefined) {
    const tag = await tagAt(folder, options.site);
    if (!assigned.some((site) => site.new === tag))
      throw new UsageError(`--site ${options.site}: its tag '${tag}' is not one that was assigned here.`);
    return { scope: 'newTags', tags: [tag] };
  }
  if (options.tag === undefined) return { scope: 'all' };
  const tag = options.tag.padEnd(4);
  if (assigned.some((site) => site.old === tag)) return { scope: 'oldTag', tag };
  if (assigned.some((site) => site.new === tag)) return { scope: 'newTags', tags: [tag] };
  throw new UsageError(`--tag ${options.tag}: no site here had that tag, and none was given it.`);
}

function asText(plan: RestorePlan, written: boolean): string {
  const diff = plan.files.map(({ file, before, edits }) => unifiedDiff(file, before, edits)).join('');
  const problems = [...plan.refused, ...plan.left].map(
    ({ file, line, reason }) => `# ${file}${line > 0 ? `:${line}` : ''}: ${reason}\n`,
  );
  const count = plan.restored.length;
  const done = `${count} ${count === 1 ? 'site' : 'sites'} ${written ? 'restored' : 'to restore (--write writes)'}, ${plan.refused.length} not.\n`;
  return `${diff}${problems.join('')}# ${done}`;
}

/**
 * Gives sites below a folder their old tags back, as its ledger says; what is printed.
 *
 * @throws {UsageError} where there is nothing to restore from, or the files cannot be written
 */
export async function restore(folder: string, options: RestoreOptions): Promise<string> {
  const ledgerFile = path.join(folder, WORKSPACE_LEDGER);
  try {
    const ledger = readLedger(ledgerFile);
    if (ledger.entries.length === 0)
      throw new UsageError(`${folder} has no assigned tags: there is no ${WORKSPACE_LEDGER} in it.`);
    const plan = planRestore(ledger, await scopeOf(folder, ledger, options), (file) => textOf(path.join(folder, file)));
    if (options.write) {
      editFiles(plan.files.map(({ file, ...rest }) => ({ path: path.join(folder, file), ...rest })));
      writeLedger(ledgerFile, plan.ledger);
    }
    if (!options.json) return asText(plan, options.write);
    const { restored, refused, left } = plan;
    return `${JSON.stringify({ restored, refused, left }, null, 1)}\n`;
  } catch (error) {
    if (error instanceof LedgerError || error instanceof EditError) throw new UsageError(error.message);
    throw error;
  }
}
