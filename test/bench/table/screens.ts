/** Pictures of the panel in every theme, size and state, to look at. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Layout, PanelBrowser } from './browser.ts';
import type { HarnessOptions } from './page.ts';
import type { ThemeName } from './themes.ts';

export const LIVE: HarnessOptions = {
  tags: 4000,
  bothShare: 0.4,
  theme: 'dark',
  state: { kind: 'live' },
  panel: {},
  withSites: true,
  samples: 90,
  saved: undefined,
  reveal: '',
};

const UNSUPPORTED = 'The local pool can be read on Windows only.';
const FILTER = { text: '', pool: 'both', workspaceOnly: false, growingOnly: false };

interface Scene {
  readonly name: string;
  readonly options: Partial<HarnessOptions>;
  /** Keys pressed in the table. */
  readonly keys?: readonly string[];
}

const failed = {
  kind: 'failed',
  reason: 'The sampler process ended with code 3221225477.',
  advice: 'Its last lines are in the output channel “Pool Lens”.',
} as const;

const SCENES: readonly Scene[] = [
  { name: 'live', options: { reveal: 'Xmpl' } },
  { name: 'live-unselected', options: {} },
  { name: 'paused', options: { state: { kind: 'paused' }, reveal: 'MmSt' } },
  {
    name: 'simulated',
    options: { panel: { source: 'simulated', sourceLabel: 'Simulated kernel (sample-driver)' }, reveal: 'XCtx' },
  },
  { name: 'starting', options: { state: { kind: 'starting' }, samples: 0 } },
  { name: 'off', options: { state: { kind: 'off', reason: UNSUPPORTED }, samples: 0 } },
  { name: 'failed', options: { state: { ...failed, retryAt: 0 }, reveal: 'Xmpl' } },
  { name: 'failed-empty', options: { state: { ...failed, retryAt: null }, samples: 0 } },
  { name: 'no-match', options: { saved: { filter: { ...FILTER, text: 'Qqqq?' } } } },
  {
    name: 'no-workspace',
    options: {
      panel: { hasWorkspace: false },
      withSites: false,
      saved: { filter: { ...FILTER, workspaceOnly: true } },
    },
  },
  { name: 'scanning', options: { panel: { scanComplete: false }, reveal: 'Xmpl' } },
  { name: 'no-sites', options: { withSites: false, reveal: 'Xmpl' } },
  {
    name: 'totals',
    options: { reveal: 'Xmpl', saved: { totals: true, detailOpen: false, filter: { ...FILTER, workspaceOnly: true } } },
  },
  { name: 'help', options: { reveal: 'Xmpl' }, keys: ['h'] },
  { name: 'by-change', options: { reveal: 'Xmpl' }, keys: ['b', '(', 'ArrowDown', 'ArrowDown', 'ArrowDown'] },
];

const SIZES: readonly {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly layout: Layout;
}[] = [
  { name: 'panel', width: 1400, height: 400, layout: 'panel' },
  { name: 'short', width: 1080, height: 280, layout: 'panel' },
  { name: 'editor', width: 1400, height: 800, layout: 'editor' },
  { name: 'medium', width: 820, height: 460, layout: 'panel' },
  { name: 'narrow', width: 320, height: 700, layout: 'panel' },
];

const THEMES: readonly ThemeName[] = ['dark', 'light', 'hc-dark', 'hc-light'];

/** Dark and light show every scene; the contrast themes the one that holds the most. `only` picks scenes by name. */
export async function takeScreens(browser: PanelBrowser, folder: string, only: readonly string[]): Promise<number> {
  mkdirSync(folder, { recursive: true });
  let taken = 0;
  for (const theme of THEMES) {
    for (const scene of SCENES) {
      if (only.length > 0 && !only.includes(scene.name)) continue;
      if (theme.startsWith('hc') && scene.name !== 'live' && scene.name !== 'failed') continue;
      for (const size of SIZES) {
        const state = scene.options.state;
        const retry =
          state?.kind === 'failed' && state.retryAt !== null ? { state: { ...state, retryAt: Date.now() + 8000 } } : {};
        const panel = await browser.open({ ...LIVE, ...scene.options, ...retry, theme }, size, size.layout);
        if (scene.keys) {
          await panel.page.locator('.table').focus();
          for (const key of scene.keys) await panel.page.keyboard.press(key);
        }
        await panel.page.waitForTimeout(250);
        await panel.page.screenshot({ path: path.join(folder, `${scene.name}-${size.name}-${theme}.png`) });
        const violations = await panel.page.evaluate(() => window.harness.violations);
        for (const violation of violations) console.error(`${scene.name}: content security policy: ${violation}`);
        await panel.close();
        taken++;
      }
    }
  }
  return taken;
}
