import path from 'node:path';
import * as vscode from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
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
  type ServerOptions as InitializationOptions,
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
  SITES_CHANGED,
  SITES_REQUEST,
  type SiteSnapshot,
  STOP_SCAN,
  TAG_LIST_REQUEST,
  type TagDescription,
  type TagListParams,
  type TagListResult,
} from '../language/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';
import { Signal } from './signal.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** The host's end of the language server: keeps the site directory up to date and asks for edits. */
export class DriverLanguageClient implements vscode.Disposable {
  /** How far the first scan is. */
  readonly scanned = new Signal<ScanState>();
  /** Tags that were assigned and not restored, after they changed. */
  readonly assignments = new Signal<AssignmentsChanged>();
  private readonly client: LanguageClient;
  private readonly directory: SiteDirectory;
  private readonly log: vscode.LogOutputChannel;
  private liveTags: readonly PoolTag[] = [];
  private readonly recordedTags = new Set<PoolTag>();
  private fetching = false;
  private fetchAgain = false;

  constructor(context: vscode.ExtensionContext, directory: SiteDirectory, log: vscode.LogOutputChannel) {
    this.directory = directory;
    this.log = log;
    const module = path.join(context.extensionPath, 'dist', 'server.js');
    const server: ServerOptions = {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
    };
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: 'file', language: 'c' },
        { scheme: 'file', language: 'cpp' },
        { scheme: 'file', language: 'rust' },
        { scheme: 'file', pattern: '**/pooltag*.txt' },
      ],
      outputChannel: log,
      initializationOptions: { storage: context.storageUri?.fsPath } satisfies InitializationOptions,
      synchronize: { configurationSection: ['poolLens', 'files.exclude'] },
      middleware: {
        provideCodeLenses: (document, token, next) =>
          vscode.workspace.getConfiguration('poolLens', document).get('codeLens', true) ? next(document, token) : [],
        provideInlayHints: (document, range, token, next) =>
          vscode.workspace.getConfiguration('poolLens', document).get('inlayHints', true)
            ? next(document, range, token)
            : [],
      },
    };
    this.client = new LanguageClient('poolLens.server', 'Pool Lens', server, options);
  }

  async start(): Promise<void> {
    this.client.onNotification(SITES_CHANGED, () => this.fetchSites());
    this.client.onNotification(SCAN_STATE, (state: ScanState) => this.scanned.emit(state));
    this.client.onNotification(ASSIGNMENTS_CHANGED, (changed: AssignmentsChanged) => this.assignments.emit(changed));
    this.client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      this.sendLiveTags(this.liveTags);
      this.addRecordedTags([]);
    });
    await this.client.start();
    await this.fetchSites();
  }

  /** Asks what the tag database says of tags that were not asked for yet. */
  async describe(tags: readonly PoolTag[]): Promise<void> {
    const asked = this.directory.undescribed(tags);
    if (asked.length === 0 || !this.client.isRunning()) return;
    const params: DescribeTagsParams = { tags: asked };
    const found = await this.client.sendRequest<TagDescription[]>(DESCRIBE_TAGS_REQUEST, params);
    this.directory.setDescriptions(asked, found);
  }

  /** Stops the scan that goes on, or goes on with the one that was stopped. */
  steerScan(step: 'stop' | 'resume'): void {
    if (this.client.isRunning()) void this.client.sendNotification(step === 'stop' ? STOP_SCAN : RESUME_SCAN);
  }

  sendFigures(figures: Figures): void {
    if (this.client.isRunning()) void this.client.sendNotification(FIGURES, figures);
  }

  /** The tags of the watched pool: told now, and again to a server that comes back. */
  sendLiveTags(tags: readonly PoolTag[]): void {
    this.liveTags = tags;
    if (this.client.isRunning()) void this.client.sendNotification(LIVE_TAGS, { tags } satisfies LiveTags);
  }

  /** Tags of recordings: told now, and again to a server that comes back. */
  addRecordedTags(tags: Iterable<PoolTag>): void {
    for (const tag of tags) this.recordedTags.add(tag);
    const all: RecordedTags = { tags: [...this.recordedTags] };
    if (this.client.isRunning()) void this.client.sendNotification(RECORDED_TAGS, all);
  }

  /** The edit that assigns unique tags, and what it leaves alone. Rejects when the server does not answer. */
  async assign(params: AssignParams): Promise<{ result: AssignResult; edit: vscode.WorkspaceEdit | undefined }> {
    const result = await this.client.sendRequest<AssignResult>(ASSIGN_REQUEST, params);
    const converter = this.client.protocol2CodeConverter;
    const edit = await converter.asWorkspaceEdit(result.edit as Parameters<typeof converter.asWorkspaceEdit>[0]);
    return { result, edit };
  }

  /** The text of a tag list, with the tags of the workspace. Rejects when the server does not answer. */
  tagList(text: string): Promise<TagListResult> {
    return this.client.sendRequest<TagListResult>(TAG_LIST_REQUEST, { text } satisfies TagListParams);
  }

  /** Says that an edit was applied. Rejects with the reason where that cannot be noted. */
  async noteApplied(plan: number): Promise<void> {
    await this.client.sendRequest(NOTE_APPLIED_REQUEST, { plan } satisfies NoteAppliedParams);
  }

  /** The edit that gives assigned sites their old tags back, and what it cannot give back. */
  async restore(params: RestoreParams): Promise<{ result: RestoreResult; edit: vscode.WorkspaceEdit | undefined }> {
    const result = await this.client.sendRequest<RestoreResult>(RESTORE_REQUEST, params);
    const converter = this.client.protocol2CodeConverter;
    const edit = await converter.asWorkspaceEdit(result.edit as Parameters<typeof converter.asWorkspaceEdit>[0]);
    return { result, edit };
  }

  /** The edit that renames a tag wherever it is written, or the reason why there is none. */
  async renameTag(
    params: RenameTagParams,
  ): Promise<{ result: RenameTagResult; edit: vscode.WorkspaceEdit | undefined }> {
    const result = await this.client.sendRequest<RenameTagResult>(RENAME_TAG_REQUEST, params);
    const converter = this.client.protocol2CodeConverter;
    const edit = await converter.asWorkspaceEdit(result.edit as Parameters<typeof converter.asWorkspaceEdit>[0]);
    return { result, edit };
  }

  dispose(): void {
    void this.client.dispose();
  }

  /** One request at a time; what changes meanwhile is fetched right after. */
  private async fetchSites(): Promise<void> {
    if (this.fetching) {
      this.fetchAgain = true;
      return;
    }
    this.fetching = true;
    try {
      do {
        this.fetchAgain = false;
        this.directory.setSites(await this.client.sendRequest<SiteSnapshot>(SITES_REQUEST));
      } while (this.fetchAgain);
    } catch (error) {
      this.log.error(`The language server did not give the allocation sites: ${(error as Error).message}`);
    } finally {
      this.fetching = false;
    }
  }
}
