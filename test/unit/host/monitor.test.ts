import { describe, expect, test } from 'vitest';
import { Monitor } from '../../../extension/monitor.ts';
import { type PanelIntent, PanelSession } from '../../../extension/panelSession.ts';
import { type LiveKind, type PoolFrame, ROW_FIELDS, type ToPanel } from '../../../extension/protocol.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import type { PoolSource, SourceListener } from '../../../extension/sources/source.ts';
import { sampleAt, type TagSample, tagOf } from '../pool/samples.ts';
import { siteAt } from './sites.ts';

/** A source whose samples the test gives. */
class ScriptedSource implements PoolSource {
  readonly calls: string[] = [];
  readonly kind: LiveKind;
  readonly listener: SourceListener;
  readonly label: string;
  private second = 0;

  constructor(kind: LiveKind, listener: SourceListener) {
    this.kind = kind;
    this.listener = listener;
    this.label = `scripted ${kind}`;
  }

  start(intervalMs: number): void {
    this.calls.push(`start ${intervalMs}`);
  }
  stop(): void {
    this.calls.push('stop');
  }
  setInterval(intervalMs: number): void {
    this.calls.push(`interval ${intervalMs}`);
  }
  dispose(): void {
    this.calls.push('dispose');
  }
  give(...tags: TagSample[]): void {
    this.listener.sample(sampleAt(1000 * this.second++, tags));
  }
}

function makeMonitor() {
  const sources: ScriptedSource[] = [];
  const monitor = new Monitor((kind, listener) => {
    const source = new ScriptedSource(kind, listener);
    sources.push(source);
    return source;
  }, 1000);
  monitor.setSource('local');
  return { monitor, sources };
}

describe('the monitor', () => {
  test('polls only while somebody looks', () => {
    const { monitor, sources } = makeMonitor();
    expect(sources[0].calls).toEqual(['stop']);
    const first = monitor.look();
    const second = monitor.look();
    first();
    first();
    expect(monitor.running).toBe(true);
    second();
    expect(sources[0].calls).toEqual(['stop', 'start 1000', 'stop']);
  });

  test('pause outlasts looking away and back', () => {
    const { monitor, sources } = makeMonitor();
    const end = monitor.look();
    monitor.pause();
    end();
    monitor.look();
    expect(monitor.state.kind).toBe('paused');
    expect(sources[0].calls.at(-1)).toBe('stop');
    monitor.resume();
    expect(sources[0].calls.at(-1)).toBe('start 1000');
  });

  test('the interval is kept within bounds', () => {
    const { monitor, sources } = makeMonitor();
    monitor.setInterval(10);
    monitor.setInterval(1e9);
    expect(sources[0].calls.slice(1)).toEqual(['interval 250', 'interval 60000']);
  });

  test('another source starts from nothing, and the old one is not heard any more', () => {
    const { monitor, sources } = makeMonitor();
    monitor.look();
    sources[0].give({ tag: 'Old ', paged: [1, 0, 8] });
    monitor.setSource('simulated');
    expect(sources[0].calls.at(-1)).toBe('dispose');
    sources[0].give({ tag: 'Late', paged: [1, 0, 8] });
    expect(monitor.store.tagCount).toBe(0);
    sources[1].give({ tag: 'New ', paged: [1, 0, 8] });
    expect(monitor.store.tags()).toEqual([tagOf('New ')]);
  });

  test('a failure is a state; what was seen stays', () => {
    const { monitor, sources } = makeMonitor();
    monitor.look();
    sources[0].give({ tag: 'Keep', paged: [1, 0, 8] });
    sources[0].listener.state({ kind: 'failed', reason: 'gone', advice: 'wait', retryAt: 5 });
    expect(monitor.state).toMatchObject({ kind: 'failed', reason: 'gone' });
    expect(monitor.store.tags()).toEqual([tagOf('Keep')]);
  });
});

function makePanel() {
  const { monitor, sources } = makeMonitor();
  const directory = new SiteDirectory({ relative: (uri) => uri.replace('file:///ws/', ''), folder: () => 'drv' });
  const posted: ToPanel[] = [];
  const intents: PanelIntent[] = [];
  const session = new PanelSession(
    {
      monitor,
      directory,
      surroundings: () => ({ sources: ['local'], hasWorkspace: true }),
      intend: (intent) => intents.push(intent),
    },
    (message) => posted.push(message),
  );
  const take = () => posted.splice(0);
  const rows = () =>
    posted.filter((message): message is PoolFrame => message.type === 'snapshot' || message.type === 'frame');
  const acknowledge = () => {
    const last = rows().at(-1)!;
    session.receive({ type: 'ack', generation: last.generation, sequence: last.sequence });
  };
  return { monitor, source: sources[0], directory, session, posted, intents, take, rows, acknowledge };
}

describe('the host end of a panel', () => {
  test('nothing is sent before the panel is ready, nor while it is out of sight', () => {
    const { session, source, posted } = makePanel();
    session.setVisible(true);
    source.give({ tag: 'Abcd', paged: [1, 0, 8] });
    expect(posted).toEqual([]);
    session.receive({ type: 'ready' });
    expect(posted.map((message) => message.type)).toEqual(['state', 'session', 'tags', 'snapshot']);
    session.setVisible(false);
    posted.length = 0;
    source.give({ tag: 'Abcd', paged: [2, 0, 16] });
    expect(posted).toEqual([]);
  });

  test('one frame in flight; what changed meanwhile travels in the next, the newest figures', () => {
    const { session, source, rows, acknowledge, take } = makePanel();
    session.setVisible(true);
    source.give({ tag: 'Abcd', paged: [1, 0, 8] }, { tag: 'Efgh', paged: [1, 0, 8] });
    session.receive({ type: 'ready' });
    acknowledge();
    take();
    source.give({ tag: 'Abcd', paged: [2, 0, 16] }, { tag: 'Efgh', paged: [1, 0, 8] });
    source.give({ tag: 'Abcd', paged: [5, 0, 40] }, { tag: 'Efgh', paged: [1, 0, 8] });
    expect(rows()).toHaveLength(1);
    acknowledge();
    expect(rows()).toHaveLength(2);
    const last = rows()[1];
    expect([...last.rows.tags]).toEqual([tagOf('Abcd')]);
    expect(last.rows.values[ROW_FIELDS.indexOf('allocs')]).toBe(5);
    expect(last.rows.values[ROW_FIELDS.indexOf('allocsDelta')]).toBe(3);
    expect(last.sequence).toBe(rows()[0].sequence + 1);
  });

  test('an answer to an old message does not open the way', () => {
    const { session, source, rows } = makePanel();
    session.setVisible(true);
    session.receive({ type: 'ready' });
    session.receive({ type: 'ack', generation: 99, sequence: 0 });
    source.give({ tag: 'Abcd', paged: [1, 0, 8] });
    expect(rows()).toHaveLength(1);
  });

  test('a gap or another source: everything again, as a new generation', () => {
    const { session, source, rows, acknowledge, monitor } = makePanel();
    session.setVisible(true);
    session.receive({ type: 'ready' });
    acknowledge();
    source.give({ tag: 'Abcd', paged: [1, 0, 8] });
    acknowledge();
    session.receive({ type: 'resync' });
    acknowledge();
    monitor.setSource('simulated');
    expect(rows().map((message) => [message.type, message.generation, message.rows.ids.length])).toEqual([
      ['snapshot', 1, 0],
      ['frame', 1, 1],
      ['snapshot', 2, 1],
      ['snapshot', 3, 0],
    ]);
  });

  test('trend lines only for the rows on screen, the newest value last', () => {
    const { session, source, posted } = makePanel();
    session.setVisible(true);
    session.receive({ type: 'ready' });
    for (let i = 1; i <= 300; i++) source.give({ tag: 'Abcd', paged: [i, 0, i] }, { tag: 'Efgh', paged: [1, 0, 8] });
    session.receive({ type: 'visibleRows', ids: [0, 77] });
    const answer = posted.at(-1)!;
    if (answer.type !== 'trends') throw new Error(`${answer.type} came instead`);
    expect([...answer.trends.ids]).toEqual([0]);
    expect(answer.trends.points.at(-1)).toBe(300);
    expect(answer.trends.points).toHaveLength(answer.trends.length);
  });

  test('pasts of the rows asked for, again with each sample, until none is asked for', () => {
    const { session, source, posted, take, acknowledge } = makePanel();
    session.setVisible(true);
    source.give({ tag: 'Abcd', paged: [1, 0, 8] });
    session.receive({ type: 'ready' });
    acknowledge();
    take();
    const ask = { type: 'detail', request: 4, fromMs: null, toMs: null, points: 50 } as const;
    session.receive({ ...ask, ids: [0, 99] });
    const details = () => posted.filter((message) => message.type === 'detail');
    expect(details()).toHaveLength(1);
    expect(details()[0]).toMatchObject({
      request: 4,
      detail: { evidence: 'One sample: not enough to tell.', rows: [{ id: 0 }] },
    });
    source.give({ tag: 'Abcd', paged: [3, 0, 24] });
    expect(details()).toHaveLength(2);
    expect([...details()[1].detail.rows[0].objects]).toEqual([1, 3]);
    session.receive({ ...ask, ids: [] });
    expect(details()).toHaveLength(2);
  });

  test('tags: everything first, then what changed', () => {
    const { session, directory, take } = makePanel();
    const snapshot = { generation: 1, complete: true, filesScanned: 1, frees: [], unresolved: [] };
    directory.setSites({ ...snapshot, sites: [siteAt('Abcd', 'F', 3), siteAt('Efgh', 'G', 9)] });
    session.setVisible(true);
    session.receive({ type: 'ready' });
    const first = take().find((message) => message.type === 'tags')!;
    expect(first).toMatchObject({ all: true, tags: [{ tag: tagOf('Abcd'), driver: 'drv' }, { tag: tagOf('Efgh') }] });
    directory.setSites({ ...snapshot, generation: 2, sites: [siteAt('Abcd', 'F', 3)] });
    const second = take().find((message) => message.type === 'tags')!;
    expect(second).toMatchObject({ all: false, tags: [{ tag: tagOf('Efgh'), sites: [], driver: '' }] });
  });

  test('a row asked for before the panel is there is shown when it comes', () => {
    const { session, posted } = makePanel();
    session.reveal(tagOf('Abcd'));
    session.setVisible(true);
    session.receive({ type: 'ready' });
    expect(posted.at(-1)).toEqual({ type: 'reveal', tag: tagOf('Abcd') });
  });

  test('what the user asks for is passed on', () => {
    const { session, intents } = makePanel();
    session.receive({ type: 'showSites', tag: 5 });
    expect(intents).toEqual([{ type: 'showSites', tag: 5 }]);
  });
});
