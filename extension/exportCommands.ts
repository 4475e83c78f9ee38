import path from 'node:path';
import * as vscode from 'vscode';
import { csvOfMoment, csvOfRecording, poolmonTable } from './recording/exportText.ts';
import { RecordingWatch } from './recording/recordingWatch.ts';
import { makeReport } from './recording/reportModel.ts';
import { reportHtml, reportMarkdown } from './recording/reportText.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import type { Watch } from './watch.ts';

export interface ExportContext {
  readonly directory: SiteDirectory;
  /** The watched system in words. */
  systemOf(watch: Watch): string;
  readonly version: string;
}

export type ExportFormat = 'report' | 'csv' | 'poolmon';

const FILTERS: Record<ExportFormat, Record<string, string[]>> = {
  report: { Markdown: ['md'], HTML: ['html'] },
  csv: { CSV: ['csv'] },
  poolmon: { 'PoolMon text': ['txt', 'log'] },
};

async function chooseFile(format: ExportFormat): Promise<vscode.Uri | undefined> {
  const [extension] = Object.values(FILTERS[format])[0];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `pool-${format === 'report' ? 'report' : 'export'}.${extension}`;
  return vscode.window.showSaveDialog({
    title: format === 'report' ? 'Write the report' : 'Export the pool',
    filters: FILTERS[format],
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}

function write(uri: vscode.Uri, text: string): Thenable<void> {
  return vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

async function writeReport(uri: vscode.Uri, watch: Watch, context: ExportContext): Promise<void> {
  const { directory, version } = context;
  const report = makeReport({
    watch,
    ownTags: directory.tagsWithSites(),
    infoOf: (tag) => directory.infoOf(tag),
    system: context.systemOf(watch),
    version,
  });
  if (/\.html?$/i.test(uri.path)) return write(uri, reportHtml(report));
  // Pictures lie beside the report, in a folder of its name.
  const folder = `${path.posix.basename(uri.path).replace(/\.md$/i, '')}-charts`;
  const { text, files } = reportMarkdown(report, folder);
  for (const file of files) await write(vscode.Uri.joinPath(uri, '..', folder, file.name), file.text);
  await write(uri, text);
}

/** Asks where to, writes it, and offers to open it. */
export async function exportWatch(watch: Watch, format: ExportFormat, context: ExportContext): Promise<void> {
  if (watch.store.version === 0) {
    void vscode.window.showWarningMessage('Pool Lens: nothing was watched yet that could be written.');
    return;
  }
  const uri = await chooseFile(format);
  if (!uri) return;
  if (format === 'report') await writeReport(uri, watch, context);
  else if (format === 'poolmon') await write(uri, poolmonTable(watch.store));
  else if (watch instanceof RecordingWatch) await write(uri, [...csvOfRecording(watch.file)].join(''));
  else await write(uri, csvOfMoment(watch.store));
  const open = 'Open';
  const said = `Pool Lens: ${path.posix.basename(uri.path)} is written.`;
  if ((await vscode.window.showInformationMessage(said, open)) === open) {
    await vscode.commands.executeCommand('vscode.open', uri);
  }
}
