/** A person's gestures in VS Code's workbench, by keyboard wherever a person would use it. Lines and columns from 1. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

const READY_MS = 60_000;

export class Workbench {
  readonly page: Page;
  /** Input of the palette, of quick open and of every pick list. */
  readonly quickInput: Locator;
  readonly quickRows: Locator;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = page.locator('.quick-input-widget .quick-input-box input');
    this.quickRows = page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
  }

  /** Until the window stands and has restored its editors. */
  async ready(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', { timeout: READY_MS });
  }

  /** Runs a command by its title in the palette, such as `Pool Lens: Show Pool Panel`. */
  async command(title: string): Promise<void> {
    await this.#enterCommand(title);
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Runs a command that opens a pick list; the list's rows, as text. */
  async commandWithPicks(title: string): Promise<string[]> {
    await this.#enterCommand(title);
    // The palette and the list are the same widget: the command's own row has gone when the list is there.
    await this.quickRows
      .filter({ hasText: title.replace(/^.*?: /, '') })
      .first()
      .waitFor({ state: 'detached' });
    return this.picks();
  }

  async #enterCommand(title: string): Promise<void> {
    // F1 is a phase of the test while the panel has the focus.
    await this.page.keyboard.press('Control+Shift+P');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`>${title}`);
    await this.quickRows
      .first()
      .filter({ hasText: title.replace(/^.*?: /, '') })
      .waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.waitFor();
    await this.quickInput.fill(name);
    await this.quickRows.filter({ hasText: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.tab(name).waitFor();
  }

  /** Puts the cursor of the active editor somewhere. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`:${line}:${column}`);
    await this.quickRows
      .filter({ hasText: String(line) })
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Chooses the row of an open pick list that has this text. */
  async pick(text: string | RegExp): Promise<void> {
    await this.quickRows.filter({ hasText: text }).first().click();
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** The open pick list's rows, as text. */
  async picks(): Promise<string[]> {
    await this.quickRows.first().waitFor();
    return this.quickRows.allInnerTexts();
  }

  /** Go Back, by the key of the system the browser runs on. */
  async goBack(): Promise<void> {
    const key = { win32: 'Alt+ArrowLeft', darwin: 'Control+-' }[process.platform as string] ?? 'Control+Alt+-';
    await this.page.keyboard.press(key);
  }

  tab(name: string): Locator {
    return this.page.locator(`.tab[data-resource-name="${name}"]`);
  }

  /** The line and column of the cursor, from the status bar. */
  async cursor(): Promise<{ line: number; column: number }> {
    const text = (await this.page.locator('#status\\.editor\\.selection').textContent()) ?? '';
    const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
    return { line: Number(line), column: Number(column) };
  }

  /** Name of the active editor's file. */
  async activeFile(): Promise<string | null> {
    return this.page.locator('.editor-group-container.active .tab.active').getAttribute('data-resource-name');
  }

  lens(text: string | RegExp): Locator {
    return this.page.locator('.monaco-editor .codelens-decoration a', { hasText: text });
  }

  lenses(): Locator {
    return this.page.locator('.monaco-editor .codelens-decoration a');
  }

  viewLine(text: string | RegExp): Locator {
    return this.page.locator('.monaco-editor .view-line', { hasText: text });
  }

  squiggles(kind: 'error' | 'warning' | 'info' | 'hint' = 'warning'): Locator {
    return this.page.locator(`.monaco-editor .squiggly-${kind}`);
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item-message', { hasText: text });
  }

  /** Opens the code actions at the cursor; the rows as text. */
  async codeActions(): Promise<string[]> {
    await this.page.keyboard.press('Control+.');
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    await rows.first().waitFor();
    return rows.allInnerTexts();
  }

  /** Chooses one of the open code actions. */
  async codeAction(title: string | RegExp): Promise<void> {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    const row = rows.filter({ hasText: title }).first();
    await row.waitFor();
    // By keyboard: a pointer block may lie over the list.
    for (let steps = await rows.count(); steps > 0; steps--) {
      if (/\bfocused\b/.test((await row.getAttribute('class')) ?? '')) break;
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
    await row.waitFor({ state: 'hidden' });
  }

  /** Saves all files and waits until no tab is dirty. */
  async saveAll(): Promise<void> {
    await this.command('File: Save All Files');
    await this.page.locator('.tab.dirty').first().waitFor({ state: 'detached' });
  }

  /** Inside of the n-th ready webview: the panel's view, or an editor tab. */
  webview(index = 0): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').nth(index).frameLocator('iframe#active-frame');
  }
}
