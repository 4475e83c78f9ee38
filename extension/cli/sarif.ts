/** Findings as SARIF 2.1.0, the format that build servers and code hosts read. */
import type { Level } from '../../language/rules/rule.ts';
import { RULE_IDS, RULES } from '../../language/rules/ruleTable.ts';
import type { Report, ReportedPlace } from './findings.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** The folder that was checked: whoever reads the report knows where that is. */
const ROOT = '%SRCROOT%';

/** SARIF's level of one of ours. */
function sarifLevel(level: Level): 'none' | 'note' | 'warning' | 'error' {
  if (level === 'off') return 'none';
  return level === 'error' || level === 'warning' ? level : 'note';
}

function location({ file, line, column, endLine, endColumn }: ReportedPlace) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: ROOT },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

/** `shared-tag` is SharedTag: a rule's name is to be one word. */
function ruleName(id: string): string {
  return id.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

const DESCRIPTORS = RULE_IDS.map((id) => {
  const { level, summary, help, source } = RULES[id];
  return {
    id,
    name: ruleName(id),
    shortDescription: { text: summary },
    fullDescription: { text: help },
    help: { text: `${summary} ${help} Source: ${source}`, markdown: `${summary} ${help}\n\nSource: ${source}` },
    defaultConfiguration: { enabled: (level as Level) !== 'off', level: sarifLevel(level) },
  };
});

/** The whole log; `version` is the program's. */
export function sarifLog({ findings }: Report, version: string): object {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Pool Lens', version, semanticVersion: version, rules: DESCRIPTORS } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { description: { text: 'The folder that was checked.' } } },
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: RULE_IDS.indexOf(finding.rule),
          level: sarifLevel(finding.level),
          message: { text: finding.message },
          locations: [location(finding)],
          ...(finding.related.length > 0
            ? {
                relatedLocations: finding.related.map((related, id) => ({
                  id,
                  ...location(related),
                  message: { text: related.message },
                })),
              }
            : {}),
        })),
      },
    ],
  };
}
