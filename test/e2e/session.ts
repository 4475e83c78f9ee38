/** One VS Code with the packed extension and a page on it, for a file of end-to-end tests. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { chromiumBinary, type OpenPage, openPage } from '../host/browser.ts';
import { type CodeServer, type CodeServerOptions, startCodeServer } from '../host/codeServer.ts';
import { codeServerEntry } from '../host/install.mjs';
import { Workbench } from '../host/workbench.ts';
import { skipReason } from '../kernel/requirements.ts';

const root = path.resolve(import.meta.dirname, '../..');
export const sampleDriver = path.join(root, 'test/sample-driver');
const pictures = path.join(root, 'test-results/e2e');
const vsix = path.join(root, 'dist', `pool-lens-${process.platform}-${process.arch}.vsix`);

/** The first line of a sample driver's file that holds this text, from 1. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(path.join(sampleDriver, file), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

/** What a person's gesture may take until its effect is seen. */
const GESTURE_MS = 20_000;

/** What the system says of itself, and the class of the workbench that follows. */
const THEMES = {
  dark: { media: { colorScheme: 'dark', forcedColors: 'none' }, workbench: 'vs-dark' },
  light: { media: { colorScheme: 'light', forcedColors: 'none' }, workbench: 'vs' },
  'hc-dark': { media: { colorScheme: 'dark', forcedColors: 'active' }, workbench: 'hc-black' },
  'hc-light': { media: { colorScheme: 'light', forcedColors: 'active' }, workbench: 'hc-light' },
} as const;
export type Theme = keyof typeof THEMES;

/** Why the end-to-end tests cannot run here, or null. */
export const skip = skipReason({
  'code-server (node test/prepare.mjs test)': codeServerEntry() !== undefined,
  'Chromium or Chrome': chromiumBinary() !== undefined,
  'the packed extension (node build.mjs --package)': existsSync(vsix),
});

export class Session {
  readonly server: CodeServer;
  readonly opened: OpenPage;
  readonly workbench: Workbench;
  readonly panel: FrameLocator;

  private constructor(server: CodeServer, opened: OpenPage) {
    this.server = server;
    this.opened = opened;
    this.workbench = new Workbench(opened.page);
    this.panel = this.workbench.webview();
  }

  static async start(options: Partial<CodeServerOptions> = {}): Promise<Session> {
    mkdirSync(pictures, { recursive: true });
    const server = await startCodeServer({
      workspace: sampleDriver,
      vsix,
      ...options,
      settings: {
        // The theme follows the system, which the browser plays: no gesture that would close what is open.
        'window.autoDetectColorScheme': true,
        'workbench.preferredDarkColorTheme': 'Default Dark Modern',
        'workbench.preferredLightColorTheme': 'Default Light Modern',
        'workbench.reduceMotion': 'on',
        'editor.cursorBlinking': 'solid',
        'editor.minimap.enabled': false,
        ...options.settings,
      },
    });
    try {
      const opened = await openPage(server.url, { width: 1600, height: 1000 });
      opened.page.setDefaultTimeout(GESTURE_MS);
      const session = new Session(server, opened);
      await session.workbench.ready();
      await session.setTheme('dark');
      return session;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Pictures of the whole window as it stands, one a theme. */
  async picture(name: string, themes: readonly Theme[] = ['dark', 'light']): Promise<void> {
    const { page } = this.opened;
    for (const theme of themes) {
      await this.setTheme(theme);
      await page.screenshot({ path: path.join(pictures, `${name}-${theme}.png`) });
    }
    await this.setTheme('dark');
  }

  async setTheme(theme: Theme): Promise<void> {
    const { media, workbench } = THEMES[theme];
    await this.opened.page.emulateMedia(media);
    await this.opened.page.locator(`.monaco-workbench.${workbench}.file-icons-enabled`).waitFor();
    // The webview follows a moment later; a picture of half a theme would show neither.
    await this.opened.page.waitForTimeout(600);
  }

  /** A picture of what stood there when a test failed, beside the others. */
  async failed(name: string): Promise<void> {
    const file = `FAILED-${name.replace(/\W+/g, '-').slice(0, 60)}.png`;
    await this.opened.page.screenshot({ path: path.join(pictures, file) });
  }

  async stop(): Promise<void> {
    await this.opened.close();
    await this.server.stop();
  }
}
