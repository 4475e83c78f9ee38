/** A report in Markdown, with pictures beside it, or as one page of HTML. All that comes from outside is escaped. */
import { formatBytes, formatCount } from '../../language/tag/figuresText.ts';
import { spanText } from '../pool/evidence.ts';
import { clockText } from './compareRecordings.ts';
import { code, escapeText } from './markup.ts';
import { chartSvg } from './reportChart.ts';
import type { Report, ReportGroup, ReportRow } from './reportModel.ts';

/** A file to write beside the report. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** Rows with charts and sites of their own; the others stand in the table. */
const MOST_DETAILED = 12;

const percent = (share: number) => (Number.isNaN(share) ? '–' : `${Math.round(share * 100)} %`);
const signedCount = (value: number) => `${value < 0 ? '-' : '+'}${formatCount(Math.abs(value))}`;
const perHour = (value: number) =>
  Number.isNaN(value) || value === 0 ? '–' : `${value < 0 ? '-' : '+'}${formatBytes(Math.abs(value))}/h`;

/** Name and value of what the report says of the session; the values are escaped. */
function facts(report: Report): [string, string][] {
  const { figures, phases, cycles } = report;
  const began = new Date(report.time - report.lengthMs);
  const list: [string, string][] = [
    ['Source', escapeText(report.source)],
    ['System', escapeText(report.system || 'not known')],
    ['Watched', `${clockText(report.lengthMs)}, from ${began.toISOString()} to ${new Date(report.time).toISOString()}`],
    [
      'Phases',
      phases.length === 0
        ? 'none marked'
        : `${cycles} ${cycles === 1 ? 'cycle' : 'cycles'}: ${phases.map(({ name, fromMs, toMs }) => `${escapeText(name)} ${spanText(toMs - fromMs)}`).join(', ')}`,
    ],
  ];
  if (figures) {
    const kb = (value: number) => formatBytes(value * 1024);
    list.push(
      ['Memory', `${kb(figures.availableKb)} available of ${kb(figures.totalKb)}`],
      ['Nonpaged pool', kb(figures.nonpagedKb)],
      ['Paged pool', kb(figures.pagedKb)],
    );
  }
  list.push(['Written by', escapeText(`Pool Lens ${report.version}`)]);
  return list;
}

/** One sentence for the whole. */
function summary(report: Report): string {
  const suspects = report.rows.filter(({ verdict }) => verdict.kind === 'leak' || verdict.kind === 'growing');
  const named = (rows: readonly ReportRow[]) => rows.map(({ tag, type }) => `${code(tag)} (${type})`).join(', ');
  const leaks = suspects.filter(({ own, verdict }) => own && verdict.kind === 'leak');
  if (leaks.length > 0)
    return `Of this workspace's tags, ${leaks.length} ${leaks.length === 1 ? 'leaks' : 'leak'}: ${named(leaks)}.`;
  const grow = suspects.filter(({ own }) => own);
  if (grow.length > 0) {
    return `No leak is certain; of this workspace's tags, ${grow.length} ${grow.length === 1 ? 'grows' : 'grow'}: ${named(grow)}.`;
  }
  return "None of this workspace's tags leaks or grows.";
}

const TABLE_HEAD = ['Tag', 'Type', 'Verdict', 'Outstanding', 'Bytes', 'Stays', 'Evidence'];

function tableRow(row: ReportRow): string[] {
  const { kind, evidence, bytesPerHour } = row.verdict;
  return [
    code(row.tag),
    row.type,
    kind === 'unknown' ? 'not enough data' : kind,
    formatCount(row.outstanding),
    formatBytes(row.bytes),
    perHour(bytesPerHour),
    escapeText(evidence),
  ];
}

/** Sentences under a row's chart; escaped. */
function detailLines(row: ReportRow): string[] {
  const { verdict } = row;
  const lines = [escapeText(verdict.evidence)];
  if (verdict.objectsPerOperation !== undefined && verdict.objectsPerOperation > 0) {
    lines.push(`${verdict.objectsPerOperation.toPrecision(3)} objects stay for each operation.`);
  }
  if (verdict.objectsPerCycle !== undefined && verdict.objectsPerCycle > 0) {
    lines.push(`${signedCount(verdict.objectsPerCycle)} objects for each cycle.`);
  }
  if (row.driver !== '' || row.description !== '') {
    lines.push(
      [row.driver, row.description]
        .filter((text) => text !== '')
        .map(escapeText)
        .join(': '),
    );
  }
  return lines;
}

function siteLine({ file, line, function: name, routine }: ReportRow['sites'][number]): string {
  return `${code(`${file}:${line}`)} ${escapeText(name || '(file level)')}, ${escapeText(routine)}`;
}

function groupLine({ tag, share, place }: ReportGroup['members'][number]): string {
  return `${code(tag)} ${percent(share)}${place === '' ? '' : ` ${code(place)}`}`;
}

const heading = (row: ReportRow) => `${code(row.tag)} ${row.type}`;
const groupHeading = ({ kind, tag }: ReportGroup) =>
  kind === 'split' ? `Tags that took the place of ${code(tag)}` : `Tags that grow together with ${code(tag)}`;

/** The report as Markdown. Its pictures are files in `folder`, a path relative to the report's own. */
export function reportMarkdown(
  report: Report,
  folder: string,
): { readonly text: string; readonly files: readonly ReportFile[] } {
  const files: ReportFile[] = [];
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const parts = [
    '# Pool report',
    summary(report),
    table(
      ['', ''],
      facts(report).map(([name, value]) => [`**${name}**`, value]),
    ),
    '## Verdicts',
    table(TABLE_HEAD, report.rows.map(tableRow)),
  ];
  for (const group of report.groups) {
    parts.push(`## ${groupHeading(group)}`, escapeText(group.reason), list(group.members.map(groupLine)));
  }
  for (const [i, row] of report.rows.slice(0, MOST_DETAILED).entries()) {
    const name = `chart-${i + 1}.svg`;
    files.push({ name, text: chartSvg(report, row) });
    parts.push(
      `## ${heading(row)}`,
      `![Outstanding objects over the watched time](${encodeURI(folder)}/${name})`,
      ...detailLines(row),
    );
    if (row.sites.length > 0) parts.push('Allocation sites:', list(row.sites.map(siteLine)));
  }
  return { text: `${parts.join('\n\n')}\n`, files };
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

const STYLE = `
body { font: 14px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
table { border-collapse: collapse; }
th, td { border: 1px solid #ccc; padding: 3px 8px; text-align: left; vertical-align: top; }
code { font-family: monospace; background: #f2f2f2; padding: 0 3px; white-space: pre; }
svg { max-width: 100%; height: auto; border: 1px solid #ccc; }
`;

/** The report as one page of HTML that loads nothing: its pictures are part of it. */
export function reportHtml(report: Report): string {
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<table>${head.length > 0 ? `<tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>` : ''}${rows
      .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
      .join('\n')}</table>`;
  const items = (lines: readonly string[]) => `<ul>${lines.map((line) => `<li>${line}</li>`).join('\n')}</ul>`;
  const body = [
    '<h1>Pool report</h1>',
    `<p>${summary(report)}</p>`,
    table(
      [],
      facts(report).map(([name, value]) => [`<b>${name}</b>`, value]),
    ),
    '<h2>Verdicts</h2>',
    table(TABLE_HEAD, report.rows.map(tableRow)),
    ...report.groups.flatMap((group) => [
      `<h2>${groupHeading(group)}</h2>`,
      `<p>${escapeText(group.reason)}</p>`,
      items(group.members.map(groupLine)),
    ]),
    ...report.rows
      .slice(0, MOST_DETAILED)
      .flatMap((row) => [
        `<h2>${heading(row)}</h2>`,
        chartSvg(report, row),
        ...detailLines(row).map((line) => `<p>${line}</p>`),
        ...(row.sites.length > 0 ? ['<p>Allocation sites:</p>', items(row.sites.map(siteLine))] : []),
      ]),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Pool report</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}
