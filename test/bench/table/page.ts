/** A fake VS Code around the panel: acquireVsCodeApi, theme variables, a host in a worker, and clocks at the panel's doors. */
import type { FromPanel, ToPanel } from '../../../extension/protocol.ts';
import type { FromHost, HostOptions, ToHost } from './fakeHost.ts';
import { THEMES, type ThemeName } from './themes.ts';

export interface HarnessOptions extends HostOptions {
  readonly theme: ThemeName;
  /** What vscode.getState answers. */
  readonly saved: unknown;
}

export interface FrameCost {
  /** Unpacking and taking the messages, sorting and drawing: script alone, milliseconds. */
  readonly script: number;
  /** The same with style and layout. */
  readonly total: number;
}

export interface Harness {
  readonly received: FromPanel[];
  readonly violations: string[];
  readonly longTasks: number[];
  rowCount(): number;
  /** Takes a sample and sends it. */
  tick(): void;
  /** Takes a sample, sends it, and measures what the panel needs for it. */
  measureTick(rows?: 'changed' | 'all'): Promise<FrameCost>;
  /** Takes a sample that never reaches the panel. */
  lose(): void;
  /** What the panel asked VS Code to keep. */
  saved(): unknown;
  startLive(intervalMs: number): void;
  stopLive(): void;
  post(message: ToPanel): void;
  setTheme(theme: ThemeName): void;
}

declare global {
  interface Window {
    harness: Harness;
    /** Set by the runner before the page loads. */
    harnessOptions: HarnessOptions;
  }
}

const { theme: firstTheme, saved: firstSaved, ...hostOptions } = window.harnessOptions;
const received: FromPanel[] = [];
const violations: string[] = [];
const longTasks: number[] = [];
let saved = firstSaved;
let rowCount = 0;

document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}:${event.lineNumber} ${event.sample}`,
  );
});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) longTasks.push(Math.round(entry.duration));
}).observe({ type: 'longtask' });

/** What the tick that is being measured has cost so far. */
let measured: { script: number; layout: number } | undefined;
let ticked: (() => void) | undefined;

const nativeFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) =>
  nativeFrame((time) => {
    const start = performance.now();
    callback(time);
    if (!measured) return;
    const end = performance.now();
    measured.script += end - start;
    document.body.getBoundingClientRect();
    measured.layout += performance.now() - end;
  });

const host = new Worker('/host.js');

function tell(message: ToHost): void {
  host.postMessage(message);
}

function post(message: ToPanel): void {
  window.dispatchEvent(new MessageEvent('message', { data: message }));
}

host.addEventListener('message', (event: MessageEvent<FromHost>) => {
  const start = performance.now();
  // The first look at the data unpacks it, as in the panel of VS Code.
  const { data } = event;
  switch (data.kind) {
    case 'panel':
      post(data.message);
      if (measured) measured.script += performance.now() - start;
      break;
    case 'ticked':
      ticked?.();
      break;
    case 'rows':
      rowCount = data.count;
  }
});

function setTheme(name: ThemeName): void {
  const theme = THEMES[name];
  document.body.className = theme.bodyClass;
  document.body.dataset.vscodeThemeKind = theme.bodyClass.split(' ')[0];
  const { style } = document.documentElement;
  for (const property of [...style]) style.removeProperty(property);
  for (const [variable, value] of Object.entries(theme.variables)) {
    if (value !== '') style.setProperty(`--vscode-${variable}`, value);
  }
}

/** Typed loosely: the real API is the panel's to describe. */
Object.assign(window, {
  acquireVsCodeApi: () => ({
    getState: () => saved,
    setState: (state: unknown) => {
      saved = state;
    },
    postMessage: (message: FromPanel) => {
      received.push(message);
      tell({ kind: 'panel', message });
    },
  }),
});

setTheme(firstTheme);
tell({ kind: 'begin', options: hostOptions });

window.harness = {
  received,
  violations,
  longTasks,
  rowCount: () => rowCount,
  tick: () => tell({ kind: 'tick', rows: 'changed' }),
  lose: () => tell({ kind: 'lose' }),
  saved: () => saved,
  async measureTick(rows = 'changed') {
    await new Promise((resolve) => nativeFrame(resolve));
    const cost = { script: 0, layout: 0 };
    measured = cost;
    await new Promise<void>((resolve) => {
      ticked = resolve;
      tell({ kind: 'tick', rows });
    });
    // What the messages asked for is drawn in the next frame: this one is asked for after it.
    await new Promise((resolve) => nativeFrame(resolve));
    measured = undefined;
    return { script: cost.script, total: cost.script + cost.layout };
  },
  startLive: (intervalMs) => tell({ kind: 'live', intervalMs }),
  stopLive: () => tell({ kind: 'live', intervalMs: 0 }),
  post,
  setTheme,
};
