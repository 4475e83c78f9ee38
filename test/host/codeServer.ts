/**
 * A throw-away VS Code: code-server on a copy of a folder, with its settings, extensions and home all in one temporary
 * folder. It listens on 127.0.0.1 only, runs as root or not, and leaves nothing behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codeServerEntry } from './install.mjs';
import { nodeBinary } from './tools.mjs';

export type Settings = Readonly<Record<string, unknown>>;

export interface CodeServerOptions {
  /** Folder that is copied and opened; the copy keeps its name. */
  readonly workspace: string;
  /** User settings, over {@link QUIET_SETTINGS}. */
  readonly settings?: Settings;
  /** Packed extension to install, as a user would. */
  readonly vsix?: string;
  /** Variables for the server and with it the extension host, besides PATH and the temporary folders. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leave the temporary folder where it is, for a look at its logs. */
  readonly keep?: boolean;
}

export interface CodeServer {
  /** Opens the workspace. */
  readonly url: string;
  /** The temporary folder. */
  readonly root: string;
  /** The copy of the workspace. */
  readonly workspace: string;
  /** Server, extension host and output channels log below this folder. */
  readonly logs: string;
  /** Replaces settings; a running window follows by itself. */
  changeSettings(change: Settings): void;
  /** Settles when the server ended by itself, with what it said last. */
  readonly ended: Promise<string>;
  /** Ends the server with everything it started, and removes the temporary folder. */
  stop(): Promise<void>;
}

/** No welcome page, no assistant, no telemetry, no prompts: what is on screen is the workspace and the extension. */
export const QUIET_SETTINGS: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false,
  'window.dialogStyle': 'custom',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
};

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5000;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function environment(root: string, extra: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: [path.dirname(nodeBinary()), process.env.PATH].join(path.delimiter),
    LANG: 'C.UTF-8',
    HOME: root,
    TMPDIR: path.join(root, 'tmp'),
    XDG_CONFIG_HOME: path.join(root, 'config'),
    XDG_DATA_HOME: path.join(root, 'data'),
    XDG_CACHE_HOME: path.join(root, 'cache'),
    XDG_STATE_HOME: path.join(root, 'state'),
    XDG_RUNTIME_DIR: path.join(root, 'tmp'),
    CODE_SERVER_CONFIG: path.join(root, 'config.yaml'),
    // Without a gallery nothing leaves the machine.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...extra,
  };
}

/** Runs code-server to its end, for `--install-extension`. Rejects with its output when it fails. */
function runOnce(args: readonly string[], env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(nodeBinary(), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`code-server ${args.slice(1).join(' ')} ended with ${code}:\n${output}`)),
    );
  });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function healthy(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Starts code-server and waits until it answers. Rejects, with nothing left behind, when code-server is not installed,
 * the extension cannot be installed, or the server does not answer within a minute.
 */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const entry = codeServerEntry();
  if (!entry) throw new Error('code-server is not installed. "node test/prepare.mjs test" installs it.');

  const root = mkdtempSync(path.join(tmpdir(), 'pool-lens-'));
  const user = path.join(root, 'user');
  const settingsFile = path.join(user, 'User', 'settings.json');
  const workspace = path.join(root, path.basename(options.workspace));
  const logFile = path.join(root, 'server.log');
  for (const folder of [path.dirname(settingsFile), path.join(root, 'tmp')]) mkdirSync(folder, { recursive: true });
  const remove = () => {
    if (!options.keep) rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };

  let settings: Settings = { ...QUIET_SETTINGS, ...options.settings };
  const changeSettings = (change: Settings) => {
    settings = { ...settings, ...change };
    writeFileSync(settingsFile, JSON.stringify(settings, null, 2));
  };

  let child: ChildProcess | undefined;
  const onExit = () => {
    if (child) signalGroup(child, 'SIGKILL');
    remove();
  };
  process.once('exit', onExit);
  const stop = async () => {
    if (child && child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const running = child;
      const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const patience = setTimeout(() => running.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(patience);
    }
    if (child) signalGroup(child, 'SIGKILL');
    process.off('exit', onExit);
    remove();
  };

  try {
    changeSettings({});
    cpSync(options.workspace, workspace, { recursive: true });
    writeFileSync(path.join(root, 'config.yaml'), 'auth: none\n');
    const env = environment(root, options.env ?? {});
    const folders = ['--user-data-dir', user, '--extensions-dir', path.join(root, 'extensions')];
    if (options.vsix) await runOnce([entry, ...folders, '--install-extension', options.vsix], env);

    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const args = [
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
      ...['--disable-workspace-trust', '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
    ];
    const log = openSync(logFile, 'w');
    // A process group of its own: server, extension host, language server and sampler end together.
    const started = spawn(nodeBinary(), [entry, ...folders, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', log, log],
      detached: true,
    });
    child = started;
    const ended = new Promise<string>((resolve) => {
      const tell = () => resolve(readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n'));
      started.once('error', tell);
      started.once('exit', tell);
    });

    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await healthy(base))) {
      const said = await Promise.race([ended, pause(50)]);
      if (said !== undefined) throw new Error(`code-server ended while starting. It said:\n${said}`);
      if (Date.now() > deadline) throw new Error(`code-server did not answer on ${base} within a minute.`);
    }
    return {
      url: `${base}/?folder=${encodeURIComponent(workspace)}`,
      root,
      workspace,
      logs: path.join(user, 'logs'),
      changeSettings,
      ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
