/** Pictures of the panel in every theme, size and state, to look at. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Layout, PanelBrowser } from './browser.ts';
import type { HarnessOptions } from './page.ts';
import type { ThemeName } from './themes.ts';

export const LIVE: HarnessOptions = {
  tags: 4000,
  bothShare: 0.4,
  busyShare: 0.7,
  theme: 'dark',
  state: { kind: 'live' },
  panel: {},
  withSites: true,
  session: 'plain',
  groups: false,
  compared: false,
  samples: 90,
  saved: undefined,
  reveal: '',
};

const UNSUPPORTED = 'The local pool can be read on Windows only.';
const FILTER = { text: '', pool: 'both', workspaceOnly: false, growingOnly: false };

interface Scene {
  readonly name: string;
  readonly options: Partial<HarnessOptions>;
  /** Chromium's forced colours, or a page twice as large. */
  readonly forced?: boolean;
  readonly zoom?: boolean;
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
  { name: 'phases', options: { session: 'phases', samples: 600, reveal: 'Xmpl' } },
  { name: 'forced', options: { session: 'phases', samples: 600, reveal: 'Xmpl' }, forced: true },
  { name: 'zoom', options: { session: 'phases', samples: 600, reveal: 'Xmpl' }, zoom: true },
  {
    name: 'overlay',
    options: { session: 'phases', samples: 600, reveal: 'Xmpl', saved: { metric: 'bytes' } },
    keys: ['ArrowDown', ' ', 'ArrowDown', ' ', 'ArrowUp', 'ArrowUp'],
  },
  { name: 'traffic', options: { session: 'phases', samples: 600, reveal: 'Xmpl', saved: { metric: 'traffic' } } },
  { name: 'chart-table', options: { session: 'phases', samples: 600, reveal: 'Xmpl', saved: { chartTable: true } } },
  { name: 'groups', options: { groups: true, session: 'phases', samples: 600, reveal: 'Xmpl' } },
  {
    name: 'recording',
    options: {
      session: 'recording',
      samples: 600,
      reveal: 'Xmpl',
      panel: { source: 'recording', sourceLabel: 'monday.poollens' },
    },
  },
  {
    name: 'compared',
    options: { session: 'recording', compared: true, panel: { source: 'recording', sourceLabel: 'monday.poollens' } },
  },
  { name: 'full', options: { session: 'full', reveal: 'Xmpl' } },
  {
    name: 'overflow',
    options: {
      session: 'unrecorded',
      panel: {
        warnings: [
          { text: 'The kernel’s tag table is full: tags that came later are counted together under Ovfl.' },
          { text: 'Pool tagging is off on this system. To turn it on, then restart:', command: 'gflags /r +ptg' },
        ],
      },
    },
  },
  {
    name: 'denied',
    options: {
      state: {
        kind: 'failed',
        reason: 'Access to the pool’s figures was denied.',
        advice: 'Start VS Code as an administrator, or watch another source.',
        retryAt: null,
        command: 'gflags /r +ptg',
      },
      samples: 0,
    },
  },
  { name: 'actions', options: { reveal: 'Xmpl' }, keys: ['Control+.'] },
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
const IN_CONTRAST = ['live', 'failed', 'phases', 'overlay', 'recording', 'compared'];

/**
 * Dark and light show every scene; the contrast themes those that hold the most. `only` picks by scene, size and theme:
 * `live`, `live:narrow`, `live:panel:dark`.
 */
export async function takeScreens(browser: PanelBrowser, folder: string, only: readonly string[]): Promise<number> {
  mkdirSync(folder, { recursive: true });
  let taken = 0;
  for (const theme of THEMES) {
    for (const scene of SCENES) {
      if (theme.startsWith('hc') && !IN_CONTRAST.includes(scene.name)) continue;
      for (const size of SIZES) {
        const name = [scene.name, size.name, theme];
        const asked = only.some((wish) => wish.split(':').every((part) => name.includes(part)));
        if (only.length > 0 && !asked) continue;
        const state = scene.options.state;
        const retry =
          state?.kind === 'failed' && state.retryAt !== null ? { state: { ...state, retryAt: Date.now() + 8000 } } : {};
        const half = { width: size.width / 2, height: size.height / 2 };
        const shown = scene.zoom ? { ...half, scale: 2 } : size;
        const panel = await browser.open({ ...LIVE, ...scene.options, ...retry, theme }, shown, size.layout);
        if (scene.forced) await panel.page.emulateMedia({ forcedColors: 'active' });
        if (scene.keys) {
          await panel.page.locator('.table').focus();
          for (const key of scene.keys) await panel.page.keyboard.press(key);
        }
        await panel.page.waitForTimeout(350);
        await panel.page.screenshot({ path: path.join(folder, `${name.join('-')}.png`) });
        const violations = await panel.page.evaluate(() => window.harness.violations);
        for (const violation of violations) console.error(`${scene.name}: content security policy: ${violation}`);
        await panel.close();
        taken++;
      }
    }
  }
  return taken;
}
