import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PanelSession } from '../../../extension/panelSession.ts';
import type { PoolFrame, ToPanel } from '../../../extension/protocol.ts';
import { compareMoments } from '../../../extension/recording/compareRecordings.ts';
import { RecordingWatch } from '../../../extension/recording/recordingWatch.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import { sampleAt } from '../pool/samples.ts';
import { INFO, scratchFolder } from '../recording/pools.ts';

/** A panel on a recording of a minute in which one tag grows; it sends nothing back but what the test says. */
function openPanel() {
  const file = path.join(scratchFolder(), 'a.poollens');
  const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
  for (let second = 0; second <= 60; second++) {
    const sample = sampleAt(second * 1000, [
      { tag: 'Grow', paged: [10 + second, 0, 640 + second * 64] },
      { tag: 'Rest', paged: [5, 0, 320] },
    ]);
    writer.sample(sample, { elapsedMs: second * 1000, newBoot: false });
  }
  writer.close();
  const watch = new RecordingWatch(file);
  onTestFinished(() => watch.dispose());
  const posted: ToPanel[] = [];
  const session = new PanelSession(
    {
      monitor: watch,
      directory: new SiteDirectory({ relative: (uri) => uri, folder: () => '' }),
      surroundings: () => ({ sources: [], hasWorkspace: false }),
      intend: (intent) => {
        if (intent.type === 'scrub') watch.show(intent.elapsedMs);
      },
    },
    (message) => posted.push(message),
  );
  onTestFinished(() => session.dispose());
  session.setVisible(true);
  session.receive({ type: 'ready' });
  const rows = () =>
    posted.filter((message): message is PoolFrame => message.type === 'snapshot' || message.type === 'frame');
  const acknowledge = () => {
    const { generation, sequence } = rows().at(-1)!;
    session.receive({ type: 'ack', generation, sequence });
  };
  return { watch, session, posted, rows, acknowledge };
}

describe('the panel of a recording', () => {
  test('is told the time line, and the last moment first', () => {
    const { posted, rows } = openPanel();
    const message = posted.find((of) => of.type === 'session');
    expect(message?.type === 'session' && message.session).toMatchObject({
      recording: { kind: 'opened', name: 'a.poollens', kept: false, notice: '' },
      timeline: { lengthMs: 60_000, samples: 61, gaps: [], boots: [] },
      phases: { canMark: false },
    });
    expect(rows()[0]).toMatchObject({ type: 'snapshot', watchedMs: 60_000 });
  });

  test('scrubs faster than it draws: one frame in flight, then the newest moment with what changed since', () => {
    const { session, rows, acknowledge } = openPanel();
    acknowledge();
    for (let second = 59; second >= 10; second--) session.receive({ type: 'scrub', elapsedMs: second * 1000 });
    expect(rows()).toHaveLength(2);
    acknowledge();
    expect(rows().map(({ watchedMs }) => watchedMs)).toEqual([60_000, 59_000, 10_000]);
    // What rests is not sent again.
    expect(rows()[2].rows.ids).toHaveLength(1);
  });

  test('a comparison is told at once, and again when the panel comes back into sight', () => {
    const { watch, session, posted } = openPanel();
    session.compare(compareMoments(watch.file, 0, 60_000));
    session.setVisible(false);
    session.setVisible(true);
    session.compare(null);
    expect(posted.filter(({ type }) => type === 'comparison')).toMatchObject([
      { comparison: { rows: [{ objectsChange: 60 }] } },
      { comparison: { rows: [{ objectsChange: 60 }] } },
      { comparison: null },
    ]);
  });
});
