/** A headless Chromium with one page on a workbench. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findOnPath } from './tools.mjs';

/** Chromium or Chrome on this machine, or what POOL_LENS_CHROMIUM names; undefined where there is none. */
export function chromiumBinary(): string | undefined {
  const named = process.env.POOL_LENS_CHROMIUM;
  if (named) return named;
  const onMac = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  return (
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(findOnPath).find(Boolean) ??
    onMac.find((file) => existsSync(file))
  );
}

export interface OpenPage {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses the page asked for outside of the server; webview resources, which a service worker answers, do not count. */
  readonly foreignRequests: readonly string[];
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly args?: readonly string[];
}

const QUIET_ARGS = [
  // Chromium's sandbox does not start as root, and the page is our own.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

const WEBVIEW_RESOURCE = /^https:\/\/vscode-remote[^/]*\.vscode-resource\.vscode-cdn\.net\//;

/** Starts a headless Chromium. Rejects where there is none. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumBinary();
  if (!executablePath) throw new Error('no Chromium or Chrome on this machine; POOL_LENS_CHROMIUM can name one');
  return chromium.launch({ executablePath, headless: true, args: [...QUIET_ARGS, ...args] });
}

/** Opens `url` in a new Chromium. Rejects where there is no Chromium. */
export async function openPage(url: string, options: PageOptions = {}): Promise<OpenPage> {
  const { width = 1400, height = 900, args = [] } = options;
  const browser = await launchChromium(args);
  try {
    const context = await browser.newContext({
      viewport: { width, height },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const foreignRequests: string[] = [];
    const own = new URL(url).origin;
    page.on('request', (request) => {
      const address = request.url();
      if (!/^(data|blob):/.test(address) && new URL(address).origin !== own && !WEBVIEW_RESOURCE.test(address))
        foreignRequests.push(address);
    });
    await page.goto(url);
    return { browser, context, page, foreignRequests, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
