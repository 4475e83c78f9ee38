import * as vscode from 'vscode';
import type { PoolTag } from '../../language/tag/poolTag.ts';
import { type PanelContext, PanelSession } from '../panelSession.ts';
import type { FromPanel } from '../protocol.ts';
import { panelOptions, panelPage } from './panelPage.ts';

const MONITOR_VIEW = 'poolLens.monitor';
const MONITOR_TAB = 'poolLens.monitorTab';

/** The panel in its two places: the panel area, and an editor tab. Both show the same watch. */
export class MonitorViews implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly extensionUri: vscode.Uri;
  private readonly context: PanelContext;
  private readonly registrations: vscode.Disposable[];
  private readonly sessions = new Set<PanelSession>();
  private view: { readonly webviewView: vscode.WebviewView; readonly session: PanelSession } | undefined;
  private tab: { readonly panel: vscode.WebviewPanel; readonly session: PanelSession } | undefined;
  private pendingReveal: PoolTag | undefined;

  constructor(extensionUri: vscode.Uri, context: PanelContext) {
    this.extensionUri = extensionUri;
    this.context = context;
    this.registrations = [
      vscode.window.registerWebviewViewProvider(MONITOR_VIEW, this),
      vscode.window.registerWebviewPanelSerializer(MONITOR_TAB, this),
    ];
  }

  resolveWebviewView(webviewView: vscode.WebviewView): void {
    const session = this.attach(webviewView.webview, 'panel', webviewView.visible);
    webviewView.onDidChangeVisibility(() => session.setVisible(webviewView.visible));
    webviewView.onDidDispose(() => {
      this.drop(session);
      this.view = undefined;
    });
    this.view = { webviewView, session };
    if (this.pendingReveal !== undefined) session.reveal(this.pendingReveal);
    this.pendingReveal = undefined;
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adoptTab(panel);
  }

  /** Shows the panel in an editor tab, or brings it to the front. */
  openTab(): void {
    if (this.tab) {
      this.tab.panel.reveal();
      return;
    }
    this.adoptTab(vscode.window.createWebviewPanel(MONITOR_TAB, 'Pool', vscode.ViewColumn.Active));
  }

  /** Shows the panel without taking the keyboard from where it is. */
  async showQuietly(): Promise<void> {
    await vscode.commands.executeCommand(`${MONITOR_VIEW}.focus`, { preserveFocus: true });
  }

  /** Shows the panel, in the place where it is already if it is anywhere, and a tag's row in it. */
  async reveal(tag?: PoolTag): Promise<void> {
    const tab = this.tab;
    if (tab?.panel.visible) {
      if (tag !== undefined) tab.session.reveal(tag);
      return;
    }
    this.pendingReveal = this.view ? undefined : tag;
    await vscode.commands.executeCommand(`${MONITOR_VIEW}.focus`);
    if (tag !== undefined) this.view?.session.reveal(tag);
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
    for (const session of this.sessions) session.dispose();
    this.tab?.panel.dispose();
  }

  private adoptTab(panel: vscode.WebviewPanel): void {
    panel.iconPath = new vscode.ThemeIcon('graph-line');
    const session = this.attach(panel.webview, 'editor', panel.visible);
    panel.onDidChangeViewState(() => session.setVisible(panel.visible));
    panel.onDidDispose(() => {
      this.drop(session);
      this.tab = undefined;
    });
    this.tab = { panel, session };
  }

  private attach(webview: vscode.Webview, layout: 'panel' | 'editor', visible: boolean): PanelSession {
    webview.options = panelOptions(this.extensionUri);
    const session = new PanelSession(this.context, (message) => void webview.postMessage(message));
    this.sessions.add(session);
    webview.onDidReceiveMessage((message: FromPanel) => session.receive(message));
    webview.html = panelPage(webview, this.extensionUri, layout);
    session.setVisible(visible);
    return session;
  }

  private drop(session: PanelSession): void {
    session.dispose();
    this.sessions.delete(session);
  }
}
