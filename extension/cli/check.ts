/** `pool-lens check`: the rules over a folder, for build servers. */
import path from 'node:path';
import { isLevel, LEVELS, type Level } from '../../language/rules/rule.ts';
import { DEFAULT_LEVELS, isRuleId, type Levels, RULE_IDS, RULES } from '../../language/rules/ruleTable.ts';
import { findingsIn, type Report } from './findings.ts';
import { sarifLog } from './sarif.ts';
import { EXIT, UsageError } from './usage.ts';

const FORMATS = ['text', 'json', 'sarif'] as const;
export type ReportFormat = (typeof FORMATS)[number];

export interface CheckOptions {
  readonly format: ReportFormat;
  /** From this level on a finding makes the check fail. */
  readonly severity: Level;
  readonly levels: Levels;
  readonly tagFiles: readonly string[];
  /** A folder for what the next check need not read again. */
  readonly cache?: string;
  readonly version: string;
}

function rank(level: Level): number {
  return LEVELS.indexOf(level);
}

export function formatOption(text: string): ReportFormat {
  const format = FORMATS.find((known) => known === text);
  if (!format) throw new UsageError(`--format ${text}: expected one of ${FORMATS.join(', ')}.`);
  return format;
}

export function severityOption(text: string): Level {
  if (!isLevel(text) || text === 'off')
    throw new UsageError(`--severity ${text}: expected one of ${LEVELS.slice(1).join(', ')}.`);
  return text;
}

/** The default levels with those of `--rule id=level`, the last one winning. */
export function levelsOption(overrides: readonly string[]): Levels {
  const levels: Record<string, Level> = { ...DEFAULT_LEVELS };
  for (const override of overrides) {
    const [id, level] = override.split('=');
    if (!isRuleId(id)) throw new UsageError(`--rule ${override}: no such rule. There are ${RULE_IDS.join(', ')}.`);
    if (!isLevel(level)) throw new UsageError(`--rule ${override}: expected ${id}= and one of ${LEVELS.join(', ')}.`);
    levels[id] = level;
  }
  return levels as Levels;
}

/** A line a finding, as compilers write them, and a count at the end. */
function reportAsText({ findings, filesScanned }: Report): string {
  const lines = findings.map(
    ({ file, line, column, level, message, rule }) => `${file}:${line}:${column}: ${level}: ${message} [${rule}]`,
  );
  const counts = LEVELS.slice(1)
    .reverse()
    .flatMap((level) => {
      const count = findings.filter((finding) => finding.level === level).length;
      const plural = count > 1 && level !== 'information' ? 's' : '';
      return count > 0 ? [`${count} ${level}${plural}`] : [];
    });
  lines.push(`${counts.length > 0 ? counts.join(', ') : 'No findings'} in ${filesScanned} files.`);
  return `${lines.join('\n')}\n`;
}

function formatted(report: Report, { format, version }: CheckOptions): string {
  if (format === 'text') return reportAsText(report);
  return `${JSON.stringify(format === 'sarif' ? sarifLog(report, version) : report, null, 1)}\n`;
}

/**
 * Checks a folder: the report, and the exit code by the severity asked for. Hints are reported only where hints make the
 * check fail: there are many, and they are for editors.
 */
export async function check(folder: string, options: CheckOptions): Promise<{ output: string; exitCode: number }> {
  const { levels, tagFiles, severity, cache } = options;
  const onWarning = (line: string) => process.stderr.write(`${line}\n`);
  const all = await findingsIn(folder, { levels, tagFiles, cache: cache && path.resolve(cache), onWarning });
  const findings = all.findings.filter(({ level }) => level !== 'hint' || severity === 'hint');
  const fails = findings.some(({ level }) => rank(level) >= rank(severity));
  return { output: formatted({ ...all, findings }, options), exitCode: fails ? EXIT.findings : EXIT.ok };
}

/** `pool-lens rules`: every rule with its default level, its reason and where that comes from. */
export function rulesAsText(): string {
  return RULE_IDS.map((id) => {
    const { level, summary, help, source } = RULES[id];
    return `${id} (${level}): ${summary}\n    ${help}\n    Source: ${source}\n`;
  }).join('\n');
}
