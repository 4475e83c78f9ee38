/** The findings of the rules as the editor shows them. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Finding, Level } from '../rules/rule.ts';
import { RuleRun } from '../rules/ruleRun.ts';
import type { RuleId } from '../rules/ruleTable.ts';
import type { LanguageView } from './view.ts';

const DIAGNOSTIC_SOURCE = 'Pool Lens';

const SEVERITIES: Readonly<Record<Exclude<Level, 'off'>, DiagnosticSeverity>> = {
  hint: DiagnosticSeverity.Hint,
  information: DiagnosticSeverity.Information,
  warning: DiagnosticSeverity.Warning,
  error: DiagnosticSeverity.Error,
};

/** Diagnostics by file, for one state of the index. */
export function diagnosticsOf(view: LanguageView): (path: string) => Diagnostic[] {
  const run = new RuleRun(view, view.levels);
  return (path) => run.in(path).map((finding) => toDiagnostic(view, finding));
}

function toDiagnostic({ levels }: LanguageView, { rule, range, message, related }: Finding<RuleId>): Diagnostic {
  return {
    range,
    // A finding comes from a rule that is on.
    severity: SEVERITIES[levels[rule] as Exclude<Level, 'off'>],
    source: DIAGNOSTIC_SOURCE,
    code: rule,
    message,
    relatedInformation: related?.map(({ uri, range: at, message: text }) => ({
      location: { uri, range: at },
      message: text,
    })),
  };
}
