/** How long after a keystroke the new diagnostics of the open files are there, from the new text to the list of findings. */
import { readFileSync } from 'node:fs';
import { diagnosticsOf } from '../../../language/features/diagnostics.ts';
import type { LanguageView } from '../../../language/features/view.ts';
import { uriToPath } from '../../../language/index/fileUri.ts';
import { IncludeGraph } from '../../../language/index/includeGraph.ts';
import { isProjectName } from '../../../language/index/projects.ts';
import type { SiteIndex } from '../../../language/index/siteIndex.ts';
import { readSource } from '../../../language/index/sourceFile.ts';
import { scanFolder } from '../../../language/index/workspaceScan.ts';
import { DEFAULT_LEVELS } from '../../../language/rules/ruleTable.ts';
import type { FileSummary } from '../../../language/scan/fileSummary.ts';
import { summarize } from '../../../language/scan/summarize.ts';
import { readTagDatabase } from '../../../language/tagFiles.ts';
import { quantile } from '../figures.ts';

/** What an editor may take, milliseconds: later findings are felt to lag behind the typing. */
export const LIMIT_MS = 50;

/** What is typed, one character after the other: a comment, a macro that looks like a tag, and a line in between. */
const TYPED = "\n// what the pool holds\n#define POOL_LENS_BENCH_TAG 'hcnB'\n\n";
/** Keystrokes before those that count: an editor's server has long compiled its code. */
const WARM_UP = 2;
const ROUNDS = 3;

export interface EditFigures {
  readonly path: string;
  /** Files that include the edited one, directly or not; for a file with sites, those. */
  readonly dependents: number;
  /** Milliseconds. */
  readonly p95: number;
  readonly worst: number;
}

export interface EditBench {
  /** The header that most files include. */
  readonly header: EditFigures;
  readonly sites: EditFigures;
  /** In the same files, a line that includes another header. */
  readonly headerIncludes: EditFigures;
  readonly sitesInclude: EditFigures;
}

/** The two headers that most files include, with their numbers. */
function mostIncluded(index: SiteIndex): [path: string, includers: number][] {
  const summaries = new Map<string, FileSummary>();
  const graph = new IncludeGraph({
    read: (path) => summaries.get(path),
    includesCode: () => false,
  });
  for (const path of index.paths()) {
    const reading = isProjectName(path) ? undefined : readSource(path);
    if (reading?.kind !== 'text') continue;
    summaries.set(path, summarize(reading.text));
    graph.add(path);
  }
  const counts = new Map<string, number>();
  for (const from of summaries.keys())
    for (const path of graph.closure(from).paths()) if (path !== from) counts.set(path, (counts.get(path) ?? 0) + 1);
  const most = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 2);
  if (most.length < 2) throw new Error('Hardly any file includes another one; take a folder with headers.');
  return most;
}

/** The file with the most allocation sites, with their number. */
function mostSites(index: SiteIndex): [path: string, sites: number] {
  const byFile = Map.groupBy(index.snapshot().sites, ({ uri }) => uri);
  const [most] = [...byFile].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  if (!most) throw new Error('No allocation site was found; take a folder with drivers.');
  return [uriToPath(most[0])!, most[1].length];
}

/** A text from nothing, one character after the other. */
function keystrokes(text: string): string[] {
  return Array.from(text, (_, i) => text.slice(0, i + 1));
}

interface Edit {
  readonly path: string;
  readonly dependents: number;
  /** What stands there one after the other. */
  readonly states: readonly string[];
}

/** Types at the middle of a file, in front of a line at file level, and takes it back. */
function type(index: SiteIndex, { path, dependents, states }: Edit, open: readonly string[]): EditFigures {
  const text = readFileSync(path, 'latin1');
  const texts = new Map(open.map((other) => [other, readFileSync(other, 'latin1')]));
  const view: LanguageView = {
    index,
    database: readTagDatabase([], {}, () => {}),
    levels: DEFAULT_LEVELS,
    text: (other) => texts.get(other) ?? readFileSync(other, 'latin1'),
    figures: new Map(),
    liveTags: [],
  };
  const line = /\n(?=#|[A-Za-z])/g;
  line.lastIndex = text.length / 2;
  const at = (line.exec(text)?.index ?? text.length - 1) + 1;
  const times: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const state of states) {
      const edited = text.slice(0, at) + state + text.slice(at);
      texts.set(path, edited);
      const begin = performance.now();
      index.setOverlay(path, edited);
      const diagnostics = diagnosticsOf(view);
      for (const other of open) diagnostics(other);
      if (round >= 0) times.push(performance.now() - begin);
    }
  }
  index.removeOverlay(path);
  return { path, dependents, p95: quantile(times, 0.95), worst: Math.max(...times) };
}

/** Scans a folder, then types in the header that most files include and in the file with most sites, both open; last, includes. */
export async function benchEdit(folder: string): Promise<EditBench> {
  const { index } = await scanFolder(folder);
  const [[header, includers], [other]] = mostIncluded(index);
  const [source, sites] = mostSites(index);
  const open = [header, source];
  const line = `#include "${other.split('/').pop()}"\n`;
  // The line comes and goes several times: of its keystrokes, only the last one counts.
  const lines = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? line : ''));
  return {
    header: type(index, { path: header, dependents: includers, states: keystrokes(TYPED) }, open),
    sites: type(index, { path: source, dependents: sites, states: keystrokes(TYPED) }, open),
    headerIncludes: type(index, { path: header, dependents: includers, states: lines }, open),
    sitesInclude: type(index, { path: source, dependents: sites, states: lines }, open),
  };
}

/** The figures as lines of text. */
export function editReport({ header, sites, headerIncludes, sitesInclude }: EditBench): string[] {
  const share = ({ p95, worst }: EditFigures) =>
    `p95 ${Math.round((p95 / LIMIT_MS) * 100)} %, worst ${Math.round((worst / LIMIT_MS) * 100)} % of ${LIMIT_MS} ms`;
  return [
    `  keystroke to diagnostics in ${header.path.split('/').pop()}, which ${header.dependents} files include: ${share(header)}`,
    `  keystroke to diagnostics in ${sites.path.split('/').pop()} with ${sites.dependents} sites: ${share(sites)}`,
    `  one more #include in the first: ${share(headerIncludes)}`,
    `  one more #include in the second: ${share(sitesInclude)}`,
  ];
}
