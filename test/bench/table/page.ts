/**
 * A fake VS Code around the panel: acquireVsCodeApi, theme variables, and a host that speaks the protocol as the
 * extension does (one message with rows in flight, trends for the rows on screen).
 */
import type { FromPanel, PanelState, SourceState, ToPanel } from '../../../extension/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { FakePool } from './fakePool.ts';
import { fakeComparison, fakeGroups, fakeSession, type SessionKind } from './fakeSession.ts';
import { THEMES, type ThemeName } from './themes.ts';

export interface HarnessOptions {
  readonly tags: number;
  /** Part of the tags that have a row in each pool. */
  readonly bothShare: number;
  readonly theme: ThemeName;
  readonly state: SourceState;
  readonly panel: Partial<PanelState>;
  readonly withSites: boolean;
  readonly session: SessionKind;
  readonly groups: boolean;
  readonly compared: boolean;
  /** Samples taken before the panel sees the first. */
  readonly samples: number;
  /** What vscode.getState answers. */
  readonly saved: unknown;
  /** Tag to reveal after the first rows, as text. */
  readonly reveal: string;
}

export interface FrameCost {
  /** Taking the message, sorting and drawing: script alone, milliseconds. */
  readonly script: number;
  /** The same with style and layout. */
  readonly total: number;
}

export interface Harness {
  readonly options: HarnessOptions;
  readonly received: FromPanel[];
  readonly violations: string[];
  /** Script time of every animation frame callback since the last reset, milliseconds. */
  readonly callbacks: number[];
  readonly longTasks: number[];
  rowCount(): number;
  /** Takes a sample and sends it as postMessage would. */
  tick(): void;
  /** Takes a sample and measures what the panel needs for it. */
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

const options = window.harnessOptions;
const pool = new FakePool(options.tags, options.bothShare);
const received: FromPanel[] = [];
const violations: string[] = [];
const callbacks: number[] = [];
const longTasks: number[] = [];
let visible: readonly number[] = [];
let detail: Extract<FromPanel, { type: 'detail' }> | undefined;
const startedAt = Date.now();
let sequence = 0;
let saved = options.saved;
let live: ReturnType<typeof setInterval> | undefined;
/** Where the opened recording stands. */
let position = 5 * 3_600_000;
const EVIDENCE =
  '+41 objects in each of 3 cycles, none given back in 10 min of waiting; 3.2 MB/h; pool limit in about 9 days.';

document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}:${event.lineNumber} ${event.sample}`,
  );
});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) longTasks.push(Math.round(entry.duration));
}).observe({ type: 'longtask' });

const nativeFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) =>
  nativeFrame((time) => {
    const start = performance.now();
    callback(time);
    callbacks.push(performance.now() - start);
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

function rowsMessage(type: 'snapshot' | 'frame', all = type === 'snapshot'): ToPanel {
  const minutes = options.samples / 60;
  return {
    type,
    generation: 1,
    sequence: ++sequence,
    time: Date.now(),
    watchedMs: watchedMs(),
    system: {
      totalKb: 16_651_264,
      availableKb: 7_549_747,
      committedKb: 11_298_340,
      commitLimitKb: 19_010_560,
      commitPeakKb: 12_840_112,
      pageFaults: 183_204_331,
      residentKernelKb: 26_184,
      residentPagedKb: 1_204_400,
      nonpagedKb: 831_488,
      pagedKb: 1_992_294,
    },
    pageFaultsDelta: 1204,
    nonpagedKbPerMinute: minutes > 0 ? 53 : 0,
    pagedKbPerMinute: 0,
    rows: pool.rows(all),
    trends: pool.trends(visible),
  };
}

function watchedMs(): number {
  return options.session === 'recording' ? position : options.samples * 1000 + (Date.now() - startedAt);
}

function detailMessage(): ToPanel | undefined {
  if (!detail || detail.ids.length === 0) return undefined;
  const pasts = pool.pasts(detail.ids, detail.points, watchedMs());
  const evidence = options.session === 'plain' ? '' : EVIDENCE;
  return { type: 'detail', request: detail.request, detail: { ...pasts, evidence } };
}

function sendDetail(): void {
  const message = detailMessage();
  if (message) post(message);
}

function post(message: ToPanel): void {
  window.postMessage(message, '*');
}

function sendState(): void {
  post({
    type: 'state',
    state: {
      source: 'local',
      sourceLabel: 'This PC',
      state: options.state,
      intervalMs: 1000,
      sources: ['local', 'simulated'],
      hasWorkspace: true,
      scanComplete: true,
      ...options.panel,
    },
  });
  post({ type: 'session', session: fakeSession(options.session, options.samples * 1000, Date.now()) });
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
      if (message.type === 'ready' || message.type === 'resync') {
        sendState();
        post({ type: 'tags', all: true, tags: pool.infos(options.withSites) });
        if (options.samples > 0) post(rowsMessage('snapshot'));
        if (options.groups) post({ type: 'groups', groups: fakeGroups() });
        if (options.compared) post({ type: 'comparison', comparison: fakeComparison(pool.moment(), 3) });
        const tag = tagFromText(options.reveal);
        if (options.reveal !== '' && tag !== undefined) post({ type: 'reveal', tag });
      }
      if (message.type === 'visibleRows') {
        visible = message.ids;
        post({ type: 'trends', trends: pool.trends(visible) });
      }
      if (message.type === 'detail') {
        detail = message;
        sendDetail();
      }
      if (message.type === 'scrub') {
        position = message.elapsedMs;
        pool.step();
        post(rowsMessage('frame'));
      }
      if (message.type === 'endComparison') post({ type: 'comparison', comparison: null });
    },
  }),
});

for (let sample = 0; sample < options.samples; sample++) pool.step();
setTheme(options.theme);

window.harness = {
  options,
  received,
  violations,
  callbacks,
  longTasks,
  rowCount: () => pool.rowCount,
  tick() {
    pool.step();
    post(rowsMessage('frame'));
    sendDetail();
  },
  lose() {
    pool.step();
    sequence++;
  },
  saved: () => saved,
  async measureTick(which = 'changed') {
    pool.step();
    const messages = [rowsMessage('frame', which === 'all'), detailMessage()].filter(
      (message) => message !== undefined,
    );
    const data = structuredClone(messages);
    // The panel draws in the next animation frame, whose callback is timed above.
    await new Promise((resolve) => nativeFrame(resolve));
    callbacks.length = 0;
    const start = performance.now();
    for (const message of data) window.dispatchEvent(new MessageEvent('message', { data: message }));
    const taken = performance.now() - start;
    let layout = 0;
    await new Promise<void>((resolve) => {
      nativeFrame(() => {
        const before = performance.now();
        document.body.getBoundingClientRect();
        layout = performance.now() - before;
        resolve();
      });
    });
    const script = taken + callbacks.reduce((sum, cost) => sum + cost, 0);
    return { script, total: script + layout };
  },
  startLive(intervalMs) {
    clearInterval(live);
    live = setInterval(() => window.harness.tick(), intervalMs);
  },
  stopLive() {
    clearInterval(live);
  },
  post,
  setTheme,
};
