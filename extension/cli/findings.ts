/** The findings of the rules in a folder, as the command line reports them. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSource } from '../../language/index/sourceFile.ts';
import { scanFolder } from '../../language/index/workspaceScan.ts';
import type { SourceRange } from '../../language/protocol.ts';
import type { Level } from '../../language/rules/rule.ts';
import { RuleRun } from '../../language/rules/ruleRun.ts';
import type { Levels, RuleId } from '../../language/rules/ruleTable.ts';
import { tagText } from '../../language/tag/poolTag.ts';
import { readTagDatabase } from '../../language/tagFiles.ts';
import { refuseProblems } from './sites.ts';

/** A place as reports write it: `file` relative to the folder with `/`, lines and columns from 1, the end excluded. */
export interface ReportedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ReportedFinding extends ReportedPlace {
  readonly rule: RuleId;
  readonly level: Exclude<Level, 'off'>;
  readonly message: string;
  /** As PoolMon shows it; null where the finding is about no tag. */
  readonly tag: string | null;
  readonly related: readonly (ReportedPlace & { readonly message: string })[];
}

export interface Report {
  /** By file, then by place. */
  readonly findings: readonly ReportedFinding[];
  readonly filesScanned: number;
}

export interface CheckInput {
  readonly levels: Levels;
  /** pooltag.txt files; the installed one where there are none. */
  readonly tagFiles: readonly string[];
  readonly cache?: string;
  readonly onWarning: (line: string) => void;
}

function place(file: string, { start, end }: SourceRange): ReportedPlace {
  return {
    file,
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Scans the folder and applies every rule that is on. */
export async function findingsIn(folder: string, { levels, tagFiles, cache, onWarning }: CheckInput): Promise<Report> {
  const database = readTagDatabase(tagFiles, process.env, onWarning);
  const { index, filesScanned } = await scanFolder(folder, { onWarning, cache });
  refuseProblems(folder, index.routineProblems());
  const text = (file: string) => {
    const reading = readSource(file);
    return reading.kind === 'text' ? reading.text : undefined;
  };
  const run = new RuleRun({ index, database, text }, levels);
  const relative = (file: string) => path.relative(folder, file).split(path.sep).join('/');
  const findings = [...index.paths()].sort().flatMap((file) =>
    run.in(file).map(
      (finding): ReportedFinding => ({
        rule: finding.rule,
        // A finding comes from a rule that is on.
        level: levels[finding.rule] as Exclude<Level, 'off'>,
        ...place(relative(file), finding.range),
        message: finding.message,
        tag: finding.tag === undefined ? null : tagText(finding.tag),
        related: (finding.related ?? []).map(({ uri, range, message }) => ({
          ...place(relative(fileURLToPath(uri)), range),
          message,
        })),
      }),
    ),
  );
  return { findings, filesScanned };
}
