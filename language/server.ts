/** The language server: a process that knows the workspace's allocation sites and answers for them over the LSP. */
import { join } from 'node:path';
import {
  CodeLensRefreshRequest,
  type Connection,
  createConnection,
  type Diagnostic,
  DiagnosticSeverity,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  InlayHintRefreshRequest,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Assignments } from './assign/assignments.ts';
import { restoreScope } from './assign/restoreScope.ts';
import { type AssignContext, planAssignment, type SourceText } from './assign/rewrite.ts';
import { workspaceTagList } from './assign/tagList.ts';
import { answerFeatures } from './features/answers.ts';
import { ACTION_KINDS } from './features/codeActions.ts';
import { lensFingerprint } from './features/codeLens.ts';
import { diagnosticsOf } from './features/diagnostics.ts';
import { LensRefresh } from './features/lensRefresh.ts';
import { renameEverywhere } from './features/rename.ts';
import type { LanguageView } from './features/view.ts';
import { buildId } from './index/buildId.ts';
import { pathToUri, uriToPath } from './index/fileUri.ts';
import type { CachePlace } from './index/folderCache.ts';
import type { RoutineProblem } from './index/ownRoutines.ts';
import { readSource } from './index/sourceFile.ts';
import { Workspace } from './index/workspace.ts';
import { collectGarbage, keepSmall } from './memory.ts';
import {
  ASSIGN_REQUEST,
  ASSIGNMENTS_CHANGED,
  type AssignmentsChanged,
  type AssignParams,
  type AssignResult,
  DESCRIBE_TAGS_REQUEST,
  type DescribeTagsParams,
  FIGURES,
  type Figures,
  LIVE_TAGS,
  type LiveTags,
  NOTE_APPLIED_REQUEST,
  type NoteAppliedParams,
  RECORDED_TAGS,
  RENAME_TAG_REQUEST,
  RESTORE_REQUEST,
  RESUME_SCAN,
  type RecordedTags,
  type RenameTagParams,
  type RenameTagResult,
  type RestoreParams,
  type RestoreResult,
  SCAN_STATE,
  type ScanState,
  type ServerOptions,
  SITES_CHANGED,
  SITES_REQUEST,
  type SiteSnapshot,
  type SitesChanged,
  STOP_SCAN,
  TAG_LIST_REQUEST,
  type TagDescription,
  type TagFigures,
  type TagListParams,
  type TagListResult,
} from './protocol.ts';
import { DEFAULT_LEVELS, type Levels } from './rules/ruleTable.ts';
import { excludedGlobs, ledgerHome, ownRoutines, ruleLevels, tagFilePaths } from './settings.ts';
import type { PoolTag } from './tag/poolTag.ts';
import { TagDatabase } from './tag/tagDatabase.ts';
import { readTagDatabase } from './tagFiles.ts';

/** Pace of {@link SITES_CHANGED}, and of new diagnostics, milliseconds. */
const CHANGES_MS = 100;
/** From the end of a scan to the collection of its garbage, milliseconds. */
const TIDY_MS = 6000;

/** One run of the server over one connection. */
class Server {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  #workspace: Workspace;
  readonly #assignments: Assignments;
  /** Where what is kept from one start to the next lies; undefined to keep nothing. */
  #storage: string | undefined;
  #database = new TagDatabase();
  #levels: Levels = DEFAULT_LEVELS;
  #figures: ReadonlyMap<PoolTag, TagFigures> = new Map();
  #liveTags: readonly PoolTag[] = [];
  #recordedTags: readonly PoolTag[] = [];
  /** Both. */
  #seenTags: readonly PoolTag[] = [];
  #folderUris: string[] = [];
  #canChangeFolders = false;
  #canConfigure = false;
  #canRegisterConfiguration = false;
  #canRefreshLenses = false;
  readonly #lensRefresh: LensRefresh;
  #canRefreshHints = false;
  #configuring: Promise<void> = Promise.resolve();
  #changesTimer: NodeJS.Timeout | null = null;
  #reported: SitesChanged | null = null;
  #scanState: ScanState['state'] = 'done';
  /** Diagnostics are to be sent although no site changed: a document was opened or edited. */
  #stale = false;
  /** Settings were read that were not acted upon yet. */
  #configured = false;
  #tidyTimer: NodeJS.Timeout | null = null;
  /** Files that something is wrong with, as the client knows it. */
  #problemPaths: readonly string[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#workspace = this.#newWorkspace(null);
    this.#assignments = new Assignments({
      read: (path) => this.#read(path),
      onProblem: (message) => connection.window.showErrorMessage(`Pool Lens: ${message}`),
      onChange: () => {
        const tags: AssignmentsChanged = { tags: this.#assignments.tags };
        void connection.sendNotification(ASSIGNMENTS_CHANGED, tags);
      },
    });
    this.#lensRefresh = new LensRefresh(
      () =>
        lensFingerprint(
          this.#view,
          this.#documents.all().flatMap(({ uri }) => uriToPath(uri) ?? []),
        ),
      // A client that is going away rejects; there is nobody left to tell.
      () => void connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {}),
    );
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => this.#initialized());
    connection.onShutdown(() => this.#shutdown());
    connection.onDidChangeConfiguration(() => this.#configure());
    this.#followDocuments();
    answerFeatures(connection, {
      view: () => this.#view,
      assignContext: () => this.#assignContext,
      read: (path) => this.#read(path),
      plan: (assignment) => this.#assignments.plan(assignment),
    });
    this.#answerPoolLens();
    this.#documents.listen(connection);
  }

  get #view(): LanguageView {
    return {
      index: this.#workspace.index,
      database: this.#database,
      levels: this.#levels,
      figures: this.#figures,
      liveTags: this.#seenTags,
      text: (path) => this.#read(path)?.text,
    };
  }

  get #assignContext(): AssignContext {
    const { index, database, liveTags } = this.#view;
    return { index, database, liveTags, read: (path) => this.#read(path) };
  }

  // ---- life

  #newWorkspace(cache: CachePlace | null): Workspace {
    const { console } = this.#connection;
    return new Workspace(
      {
        onWarning: (message) => console.warn(message),
        onNote: (message) => console.info(message),
        onChange: () => this.#scheduleChanges(),
      },
      cache,
    );
  }

  #initialize({ capabilities, workspaceFolders, initializationOptions }: InitializeParams): InitializeResult {
    const { workspace } = capabilities;
    const { storage } = (initializationOptions ?? {}) as ServerOptions;
    if (typeof storage === 'string') this.#storage = storage;
    if (typeof storage === 'string') this.#workspace = this.#newWorkspace({ folder: storage, version: buildId() });
    this.#canChangeFolders = workspace?.workspaceFolders === true;
    this.#canConfigure = workspace?.configuration === true;
    this.#canRegisterConfiguration = workspace?.didChangeConfiguration?.dynamicRegistration === true;
    this.#canRefreshLenses = workspace?.codeLens?.refreshSupport === true;
    this.#canRefreshHints = workspace?.inlayHint?.refreshSupport === true;
    this.#folderUris = (workspaceFolders ?? []).map((f) => f.uri);
    return {
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        codeLensProvider: { resolveProvider: false },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        workspaceSymbolProvider: true,
        inlayHintProvider: { resolveProvider: false },
        codeActionProvider: { codeActionKinds: ACTION_KINDS, resolveProvider: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
      serverInfo: { name: 'Pool Lens' },
    };
  }

  #initialized(): void {
    const { client, workspace } = this.#connection;
    if (this.#canRegisterConfiguration) void client.register(DidChangeConfigurationNotification.type, undefined);
    if (this.#canChangeFolders) {
      workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((f) => f.uri));
        this.#folderUris = [...this.#folderUris.filter((uri) => !gone.has(uri)), ...added.map((f) => f.uri)];
        this.#configure();
      });
    }
    this.#configure();
  }

  async #shutdown(): Promise<void> {
    if (this.#changesTimer) clearTimeout(this.#changesTimer);
    this.#lensRefresh.close();
    if (this.#tidyTimer) clearTimeout(this.#tidyTimer);
    this.#changesTimer = this.#tidyTimer = null;
    await this.#workspace.close();
  }

  /** Reads the settings and makes the workspace follow them; runs one at a time. */
  #configure(): void {
    this.#configuring = this.#configuring
      .then(() => this.#readSettings())
      .catch((error) => {
        this.#connection.console.error(`Reading the settings failed: ${(error as Error).message}`);
      });
  }

  async #readSettings(): Promise<void> {
    const uris = this.#folderUris;
    const items = [
      { section: 'poolLens.tagFiles' },
      { section: 'poolLens.rules' },
      { section: 'poolLens.assignments' },
      { section: 'poolLens.routines' },
      ...uris.map((scopeUri) => ({ scopeUri, section: 'files.exclude' })),
    ];
    const [tagFiles, rules, home, routines, ...excludes]: unknown[] = this.#canConfigure
      ? await this.#connection.workspace.getConfiguration(items)
      : [];
    const onWarning = (message: string) => this.#connection.console.warn(message);
    this.#database = readTagDatabase(tagFilePaths(tagFiles), process.env, onWarning);
    this.#levels = ruleLevels(rules);
    this.#workspace.index.setRoutines(ownRoutines(routines, onWarning));
    this.#configured = true;
    const roots = uris.flatMap((uri) => uriToPath(uri) ?? []);
    const storage = this.#storage && join(this.#storage, 'assignments');
    this.#assignments.configure(roots, ledgerHome(home), storage);
    this.#workspace.setFolders(
      uris.flatMap((uri, i) => {
        const root = uriToPath(uri);
        return root === undefined ? [] : [{ root, exclude: excludedGlobs(excludes[i]) }];
      }),
    );
  }

  // ---- documents

  #followDocuments(): void {
    // Fires when a document is opened, too.
    this.#documents.onDidChangeContent(({ document }) => {
      const path = uriToPath(document.uri);
      this.#stale = true;
      if (path !== undefined) this.#workspace.openDocument(path, document.getText());
    });
    this.#documents.onDidClose(({ document }) => {
      const path = uriToPath(document.uri);
      if (path !== undefined) this.#workspace.closeDocument(path);
      void this.#connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    });
  }

  #documentAt(path: string): TextDocument | undefined {
    return this.#documents.all().find((document) => uriToPath(document.uri) === path);
  }

  #read(path: string): SourceText | undefined {
    const document = this.#documentAt(path);
    if (document) return { text: document.getText(), version: document.version };
    const reading = readSource(path);
    return reading.kind === 'text' ? { text: reading.text, version: null } : undefined;
  }

  // ---- telling the client

  #scheduleChanges(): void {
    this.#changesTimer ??= setTimeout(() => {
      this.#changesTimer = null;
      this.#reportChanges();
    }, CHANGES_MS);
  }

  #reportChanges(): void {
    const { index, scan } = this.#workspace;
    const { generation, complete, gathering, filesScanned } = index;
    if (scan.state !== 'done' || this.#scanState !== 'done')
      void this.#connection.sendNotification(SCAN_STATE, scan satisfies ScanState);
    if (scan.state === 'done' && this.#scanState === 'scanning') this.#tidyLater();
    this.#scanState = scan.state;
    const before = this.#reported;
    const sitesChanged = before?.generation !== generation;
    const countChanged = before?.filesScanned !== filesScanned && !gathering;
    if (sitesChanged || before.complete !== complete || countChanged) {
      this.#reported = { generation, complete, filesScanned };
      void this.#connection.sendNotification(SITES_CHANGED, this.#reported);
    }
    // Also after new settings, by which the client may want hints, or want them no more.
    if ((sitesChanged || this.#configured) && this.#canRefreshHints && this.#documents.all().length > 0)
      // A client that is going away rejects; there is nobody left to tell.
      this.#connection.sendRequest(InlayHintRefreshRequest.type).catch(() => {});
    if (sitesChanged || this.#stale || this.#configured) this.#publishDiagnostics();
    this.#configured = false;
    this.#reportProblems();
    if (sitesChanged && this.#canRefreshLenses) this.#lensRefresh.schedule();
  }

  /** Says in the files `pool-lens.json` what is wrong with them. */
  #reportProblems(): void {
    const byPath = Map.groupBy(this.#workspace.index.routineProblems(), ({ path }) => path);
    for (const path of new Set([...byPath.keys(), ...this.#problemPaths])) {
      const diagnostics = (byPath.get(path) ?? []).map(problemDiagnostic);
      void this.#connection.sendDiagnostics({ uri: pathToUri(path), diagnostics });
    }
    this.#problemPaths = [...byPath.keys()];
  }

  /** Once the threads of the scan have ended, and its cache is written. */
  #tidyLater(): void {
    if (this.#tidyTimer) clearTimeout(this.#tidyTimer);
    this.#tidyTimer = setTimeout(() => collectGarbage(), TIDY_MS);
    this.#tidyTimer.unref();
  }

  #publishDiagnostics(): void {
    this.#stale = false;
    const diagnostics = diagnosticsOf(this.#view);
    for (const { uri } of this.#documents.all()) {
      const path = uriToPath(uri);
      if (path !== undefined) void this.#connection.sendDiagnostics({ uri, diagnostics: diagnostics(path) });
    }
  }

  // ---- answers

  #answerPoolLens(): void {
    const connection = this.#connection;
    connection.onRequest(SITES_REQUEST, (): SiteSnapshot => this.#workspace.index.snapshot());
    connection.onRequest(ASSIGN_REQUEST, (params: AssignParams): AssignResult => {
      const assignment = planAssignment(this.#assignContext, params);
      const { result } = assignment;
      return result.edit === null ? result : { ...result, plan: this.#assignments.plan(assignment) };
    });
    connection.onRequest(TAG_LIST_REQUEST, ({ text }: TagListParams): TagListResult => {
      const roots = this.#folderUris.flatMap((uri) => uriToPath(uri) ?? []);
      return workspaceTagList(text, this.#workspace.index.snapshot().sites, roots);
    });
    connection.onRequest(NOTE_APPLIED_REQUEST, ({ plan }: NoteAppliedParams) => {
      this.#assignments.note(plan);
      return null;
    });
    connection.onRequest(
      RESTORE_REQUEST,
      (params: RestoreParams): RestoreResult => restoreScope(this.#assignments, this.#workspace.index, params),
    );
    connection.onRequest(
      RENAME_TAG_REQUEST,
      ({ tag, newText }: RenameTagParams): RenameTagResult => renameEverywhere(this.#view, tag, newText),
    );
    connection.onRequest(DESCRIBE_TAGS_REQUEST, ({ tags }: DescribeTagsParams): TagDescription[] =>
      tags.flatMap((tag) => {
        const entry = this.#database.lookup(tag);
        if (!entry) return [];
        const { binary, description, file, line } = entry;
        return [{ tag, binary, description, ...(file === '' ? {} : { place: `${file}:${line}` }) }];
      }),
    );
    connection.onNotification(FIGURES, ({ figures }: Figures) => {
      this.#figures = new Map(figures.map((f) => [f.tag, f]));
      if (this.#canRefreshLenses) this.#lensRefresh.schedule();
    });
    connection.onNotification(STOP_SCAN, () => this.#workspace.stopScan());
    connection.onNotification(RESUME_SCAN, () => this.#workspace.resumeScan());
    connection.onNotification(LIVE_TAGS, ({ tags }: LiveTags) => {
      this.#liveTags = tags;
      this.#seenTags = [...tags, ...this.#recordedTags];
    });
    connection.onNotification(RECORDED_TAGS, ({ tags }: RecordedTags) => {
      this.#recordedTags = tags;
      this.#seenTags = [...this.#liveTags, ...tags];
    });
  }
}

function problemDiagnostic({ line, message }: RoutineProblem): Diagnostic {
  const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return { range, severity: DiagnosticSeverity.Error, source: 'Pool Lens', message };
}

keepSmall();

const connection = createConnection(ProposedFeatures.all);
new Server(connection);
connection.listen();
