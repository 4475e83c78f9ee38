import * as vscode from 'vscode';
import { type PanelContext, type PanelIntent, PanelSession } from '../panelSession.ts';
import type { FromPanel } from '../protocol.ts';
import { compareMoments, compareRecordings } from '../recording/compareRecordings.ts';
import { type OpenedRecording, openRecording } from '../recording/openRecording.ts';
import type { RecordingWatch } from '../recording/recordingWatch.ts';
import type { Unsubscribe } from '../signal.ts';
import { panelOptions, panelPage } from './panelPage.ts';

const RECORDING_EDITOR = 'poolLens.recording';

/** A recording that an editor shows. */
export interface ShownRecording {
  readonly uri: vscode.Uri;
  readonly watch: RecordingWatch;
}

export interface RecordingEditorContext extends Pick<PanelContext, 'directory' | 'surroundings'> {
  /** An editor shows the recording; the answer ends what that began. */
  opened(watch: RecordingWatch): Unsubscribe;
  /** What the panel asks for beyond the recording itself. */
  intend(intent: PanelIntent, shown: ShownRecording): void;
  log(line: string): void;
}

/** One open editor. */
interface Editor extends ShownRecording {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
}

class RecordingDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly opened: OpenedRecording | undefined;
  /** Why it could not be opened. */
  readonly failure: string;

  constructor(uri: vscode.Uri) {
    this.uri = uri;
    try {
      if (uri.scheme !== 'file') throw new Error('Recordings are read from disk: save this one there first.');
      this.opened = openRecording(uri.fsPath);
      this.failure = '';
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  dispose(): void {
    this.opened?.close();
  }
}

/** Opens recordings in the same panel as the live pool, with a time line. It never changes a recording. */
export class RecordingEditors implements vscode.CustomReadonlyEditorProvider<RecordingDocument>, vscode.Disposable {
  private readonly extensionUri: vscode.Uri;
  private readonly context: RecordingEditorContext;
  private readonly registration: vscode.Disposable;
  private readonly editors = new Set<Editor>();
  /** Recordings to compare with, by the file that is about to be opened. */
  private readonly pending = new Map<string, string>();

  constructor(extensionUri: vscode.Uri, context: RecordingEditorContext) {
    this.extensionUri = extensionUri;
    this.context = context;
    this.registration = vscode.window.registerCustomEditorProvider(RECORDING_EDITOR, this, {
      webviewOptions: { retainContextWhenHidden: false },
    });
  }

  /** The recording whose editor is in front. */
  get active(): ShownRecording | undefined {
    return [...this.editors].find(({ panel }) => panel.active);
  }

  /** The recording of this file, where an editor shows it. */
  shown(uri: vscode.Uri): ShownRecording | undefined {
    return [...this.editors].find((editor) => editor.uri.toString() === uri.toString());
  }

  openCustomDocument(uri: vscode.Uri): RecordingDocument {
    return new RecordingDocument(uri);
  }

  resolveCustomEditor(document: RecordingDocument, panel: vscode.WebviewPanel): void {
    const { opened, uri } = document;
    if (!opened) {
      this.context.log(`${uri.fsPath}: ${document.failure}`);
      panel.webview.html = failurePage(document.failure);
      return;
    }
    const { watch } = opened;
    panel.webview.options = panelOptions(this.extensionUri);
    const session: PanelSession = new PanelSession(
      {
        monitor: watch,
        directory: this.context.directory,
        surroundings: () => ({ ...this.context.surroundings(), sources: [] }),
        intend: (intent) => this.carryOut(intent, editor),
      },
      (message) => void panel.webview.postMessage(message),
    );
    const editor: Editor = { uri, watch, panel, session };
    this.editors.add(editor);
    panel.webview.onDidReceiveMessage((message: FromPanel) => session.receive(message));
    panel.webview.html = panelPage(panel.webview, this.extensionUri, 'editor');
    session.setVisible(panel.visible);
    panel.onDidChangeViewState(() => session.setVisible(panel.visible));
    const endOpened = this.context.opened(watch);
    panel.onDidDispose(() => {
      endOpened();
      session.dispose();
      this.editors.delete(editor);
    });
    const other = this.pending.get(uri.fsPath);
    this.pending.delete(uri.fsPath);
    if (other !== undefined) this.compareWith(editor, other);
  }

  /** Opens a recording, compared with an older one where that is named. */
  async open(file: string, compareWith?: string): Promise<void> {
    const uri = vscode.Uri.file(file);
    const shown = [...this.editors].find((editor) => editor.uri.fsPath === uri.fsPath);
    if (compareWith !== undefined && !shown) this.pending.set(uri.fsPath, compareWith);
    await vscode.commands.executeCommand('vscode.openWith', uri, RECORDING_EDITOR);
    if (compareWith !== undefined && shown) this.compareWith(shown, compareWith);
  }

  dispose(): void {
    this.registration.dispose();
    for (const { session } of this.editors) session.dispose();
  }

  private carryOut(intent: PanelIntent, editor: Editor): void {
    switch (intent.type) {
      case 'scrub':
        editor.watch.show(intent.elapsedMs);
        break;
      case 'compareMoments':
        editor.session.compare(compareMoments(editor.watch.file, intent.fromMs, intent.toMs));
        break;
      case 'endComparison':
        editor.session.compare(null);
        break;
      // What is past neither runs nor rests: these are for the live pool, which another panel shows.
      case 'pause':
      case 'resume':
      case 'restart':
      case 'setInterval':
      case 'setSource':
      case 'mark':
      case 'setOperations':
        break;
      default:
        this.context.intend(intent, editor);
    }
  }

  private compareWith(editor: Editor, file: string): void {
    let other: OpenedRecording | undefined;
    try {
      other = openRecording(file);
      editor.session.compare(compareRecordings(other.watch.file, editor.watch.file));
    } catch (error) {
      this.context.log(`${file}: ${(error as Error).message}`);
      void vscode.window.showErrorMessage(`Pool Lens: ${(error as Error).message}`);
    } finally {
      other?.close();
    }
  }
}

function failurePage(message: string): string {
  const text = message.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Recording</title>
</head>
<body><h1>This recording cannot be opened</h1><p>${text}</p></body>
</html>`;
}
