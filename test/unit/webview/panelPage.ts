/** The panel in a real browser for tests, under its real content security policy, with a fake host. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openPanelBrowser, type PanelBrowser } from '../../bench/table/browser.ts';
import type { HarnessOptions } from '../../bench/table/page.ts';
import { LIVE } from '../../bench/table/screens.ts';
import { chromiumBinary } from '../../host/browser.ts';
import { skipReason } from '../../kernel/requirements.ts';

export const skip = skipReason({ 'Chromium or Chrome': chromiumBinary() !== undefined });

export type WithPanel = (
  options: Partial<HarnessOptions>,
  check: (page: Page) => Promise<void>,
  size?: { readonly width: number; readonly height: number },
) => Promise<void>;

/**
 * A browser for the tests of the describe block that calls this, and what opens the panel in it: with these options, `common`
 * ones where it has none of its own, and in this size. After each check the panel has broken no policy and met no error.
 */
export function panelInBrowser(common: Partial<HarnessOptions>, usual: { width: number; height: number }): WithPanel {
  let browser: PanelBrowser;
  beforeAll(async () => {
    browser = await openPanelBrowser();
  });
  afterAll(() => browser?.close());
  return async (options, check, size = usual) => {
    const panel = await browser.open({ ...LIVE, ...common, ...options }, size);
    try {
      await check(panel.page);
      expect(await panel.page.evaluate(() => window.harness.violations)).toEqual([]);
      expect(await sent(panel.page, 'error')).toEqual([]);
    } finally {
      await panel.close();
    }
  };
}

/** The messages of a type that the panel sent, in order. */
export function sent(page: Page, type: string) {
  return page.evaluate((wanted) => window.harness.received.filter((message) => message.type === wanted), type);
}
