/** Bundles the panel and the fake host, serves them under the panel's real content security policy, and opens Chromium. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../host/browser.ts';
import type { HarnessOptions } from './page.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const NONCE = 'harness';
export type Layout = 'panel' | 'editor';

export interface PanelPage {
  readonly page: Page;
  close(): Promise<void>;
}

export interface PanelBrowser {
  /** Opens the panel and waits until it has drawn what the options promise. */
  open(
    options: HarnessOptions,
    size: { width: number; height: number; scale?: number },
    layout?: Layout,
  ): Promise<PanelPage>;
  close(): Promise<void>;
}

async function bundle(entry: string): Promise<Map<string, string>> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: { out: entry },
    outdir: 'out',
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2023',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return new Map(result.outputFiles.map((file) => [path.extname(file.path), file.text]));
}

function html(layout: Layout): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Pool Lens</title>
<link rel="stylesheet" href="/webview.css"></head>
<body><script nonce="${NONCE}" src="/page.js"></script>
<div id="pool-lens" data-layout="${layout}"></div>
<script defer nonce="${NONCE}" src="/webview.js"></script></body></html>`;
}

/** The policy of the real panel; 'self' stands where VS Code puts its webview.cspSource. The worker is the harness's own. */
function policy(): string {
  return `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self' 'nonce-${NONCE}'; font-src 'self'; worker-src 'self'`;
}

async function serve(): Promise<{ server: Server; url: string }> {
  const panel = await bundle('webview/main.ts');
  const page = await bundle('test/bench/table/page.ts');
  const host = await bundle('test/bench/table/fakeHost.ts');
  const files = new Map<string, readonly [string, string]>([
    ['/webview.js', ['text/javascript', panel.get('.js') ?? '']],
    ['/webview.css', ['text/css', panel.get('.css') ?? '']],
    ['/page.js', ['text/javascript', page.get('.js') ?? '']],
    ['/host.js', ['text/javascript', host.get('.js') ?? '']],
    ['/panel', ['text/html', html('panel')]],
    ['/editor', ['text/html', html('editor')]],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8`, 'content-security-policy': policy() });
    response.end(file[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** @throws when Chromium cannot be started; POOL_LENS_CHROMIUM names another one. */
export async function openPanelBrowser(): Promise<PanelBrowser> {
  const { server, url } = await serve();
  let browser: Browser;
  try {
    browser = await launchChromium();
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    async open(options, size, layout = 'panel') {
      const context = await browser.newContext({
        viewport: { width: Math.round(size.width), height: Math.round(size.height) },
        deviceScaleFactor: size.scale ?? 1,
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`Panel: ${error.stack ?? error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(`Panel: ${message.text()}`);
      });
      await page.addInitScript((given) => {
        window.harnessOptions = given;
      }, options);
      await page.goto(`${url}/${layout}`);
      await page.waitForFunction(() => window.harness.received.some((message) => message.type === 'ready'));
      if (options.samples > 0) {
        await page.waitForFunction(() => window.harness.received.some((message) => message.type === 'ack'));
      }
      return { page, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
