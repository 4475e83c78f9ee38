/** The settings that the server reads from its client. */
import type { LedgerHome } from './assign/assignments.ts';
import { type OwnRoutine, readRoutines } from './index/ownRoutines.ts';
import { isLevel } from './rules/rule.ts';
import { DEFAULT_LEVELS, type Levels, RULE_IDS } from './rules/ruleTable.ts';

/** `files.exclude` maps globs to true, false or `{ when }`; conditions on sibling files do not apply to sources. */
export function excludedGlobs(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value)
    .filter(([, on]) => on === true)
    .map(([glob]) => glob);
}

/** `poolLens.tagFiles`: paths of pooltag.txt files. */
export function tagFilePaths(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((path) => typeof path === 'string' && path.trim() !== '') : [];
}

/** `poolLens.routines`: the user's own routines. */
export function ownRoutines(value: unknown, onWarning: (message: string) => void): readonly OwnRoutine[] {
  const { routines, problems } = readRoutines(value);
  for (const { entry, message } of problems)
    onWarning(`Setting poolLens.routines${entry === null ? '' : `, entry ${entry + 1}`}: ${message}`);
  return routines;
}

/** `poolLens.rules` maps rules to levels; what is missing or no level is as serious as the rule's own table says. */
export function ruleLevels(value: unknown): Levels {
  const given = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  const changed = RULE_IDS.flatMap((id) => (isLevel(given[id]) ? [[id, given[id]]] : []));
  return { ...DEFAULT_LEVELS, ...Object.fromEntries(changed) };
}

/** `poolLens.assignments`: where new entries of the ledger go. */
export function ledgerHome(value: unknown): LedgerHome {
  return value === 'workspace' ? 'workspace' : 'private';
}
