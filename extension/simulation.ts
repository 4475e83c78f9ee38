import * as vscode from 'vscode';
import type { SiteDirectory } from './siteDirectory.ts';
import { parseScenario, SCENARIO_FILE, type Scenario } from './sources/scenario.ts';
import type { SimulatedSource } from './sources/simulatedSource.ts';

/**
 * Keeps a simulated source in step with the workspace: its allocation sites as the language server knows them, and the
 * scenario file. Runs until the returned disposable is disposed.
 */
export function stageWorkspace(
  source: SimulatedSource,
  directory: SiteDirectory,
  log: vscode.LogOutputChannel,
  labelChanged: () => void,
): vscode.Disposable {
  let scenario: Scenario | undefined;
  let disposed = false;
  const stage = () => {
    if (disposed) return;
    source.setCast(directory.sites, scenario);
    labelChanged();
  };
  const read = async () => {
    const [file] = await vscode.workspace.findFiles(`**/${SCENARIO_FILE}`, undefined, 1);
    if (!file) scenario = undefined;
    else {
      try {
        scenario = parseScenario(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
      } catch (error) {
        const message = `${vscode.workspace.asRelativePath(file)}: ${(error as Error).message}`;
        log.error(message);
        void vscode.window.showErrorMessage(`Scenario of the simulated kernel: ${message}`);
      }
    }
    stage();
  };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${SCENARIO_FILE}`);
  const parts = [watcher, watcher.onDidChange(read), watcher.onDidCreate(read), watcher.onDidDelete(read)];
  const end = directory.changed.on(stage);
  void read();
  return new vscode.Disposable(() => {
    disposed = true;
    end();
    for (const part of parts) part.dispose();
  });
}
