import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Options that a webview needs to show the panel: scripts, and files of dist/ only. */
export function panelOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/**
 * The panel's page. The script stands in the page itself, with `defer`: loaded later, the toolkit would keep its dark
 * fallback colours. Nothing but the extension's own script and style may load.
 */
export function panelPage(webview: vscode.Webview, extensionUri: vscode.Uri, layout: 'panel' | 'editor'): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The toolkit asks with a style element whether :focus-visible is known.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Pool</title>
<link rel="stylesheet" href="${file('webview.css')}">
<script defer nonce="${nonce}" src="${file('webview.js')}"></script>
</head>
<body><div id="pool-lens" data-layout="${layout}"></div></body>
</html>`;
}
