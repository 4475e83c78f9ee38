import { describe, expect, test } from 'vitest';
import { PhaseLog } from '../../../extension/phaseLog.ts';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import { code, escapeText } from '../../../extension/recording/markup.ts';
import { makeReport } from '../../../extension/recording/reportModel.ts';
import { reportHtml, reportMarkdown } from '../../../extension/recording/reportText.ts';
import { Signal } from '../../../extension/signal.ts';
import type { Watch } from '../../../extension/watch.ts';
import { sampleAt, tagOf } from '../pool/samples.ts';

const EVIL = '<|`"';

/** A watch of three cycles in which the tag keeps ten objects each, with what the workspace knows of it. */
function leaking(tag: string, watch: Partial<Watch> = {}) {
  const store = new PoolStore();
  const log = new PhaseLog();
  let stay = 0;
  for (let second = 0; second <= 260; second++) {
    const within = (second - 20) % 60;
    if (second > 20 && within >= 1 && within <= 10) stay++;
    store.apply(
      sampleAt(second * 1000, [
        { tag, nonpaged: [1_000 + stay, 900, (100 + stay) * 64] },
        { tag: 'Rest', paged: [5, 0, 320] },
        { tag: 'Alie', paged: [5, 0, 320] },
      ]),
    );
    const phase =
      second === 0
        ? 'baseline'
        : second >= 20 && second < 260 && within === 0
          ? 'test'
          : within === 30 && second > 20
            ? 'wait'
            : undefined;
    const mark = phase && log.mark(phase, second * 1000, 0, 5);
    if (mark) store.mark(mark.phase, mark.operations);
  }
  const made: Watch = {
    store,
    sampled: new Signal(),
    stateChanged: new Signal(),
    intervalMs: 1000,
    state: { kind: 'live' },
    sourceKind: 'local',
    sourceLabel: 'This PC',
    phases: log.state,
    recording: { kind: 'waiting' },
    timeline: null,
    past: (ids, span, points) => store.pasts(ids, span, points),
    look: () => () => {},
    ...watch,
  };
  return makeReport({
    watch: made,
    ownTags: [tagOf(tag), tagOf('Rest')],
    infoOf: (of) => ({
      driver: 'drv_<x>.sys',
      description: of === tagOf(tag) ? 'It holds | "requests" <img src=x onerror=alert(1)>\n# not a heading' : '',
      sites: [
        { index: 0, file: 'src/[a](b).c', line: 12, function: 'Fn<T>', routine: 'ExAllocatePool2', lineText: '' },
      ],
    }),
    system: 'Windows 11 <script>',
    version: '1.2.3',
  });
}

describe('a report', () => {
  test('names what leaks, with evidence, phases and lines; rows of others only where they grow', () => {
    const report = leaking('Xmpl');
    expect(report.rows.map(({ tag, verdict }) => [tag, verdict.kind])).toEqual([
      ['Xmpl', 'leak'],
      ['Rest', 'steady'],
    ]);
    const { text, files } = reportMarkdown(report, 'report-charts');
    expect(text).toContain("Of this workspace's tags, 1 leaks: <code>Xmpl</code> (Nonp).");
    expect(text).toMatch(/\| \*\*Phases\*\* \| 4 cycles: baseline 20 s, test 1 30 s, wait 1 30 s/);
    expect(text).toContain(
      '2 objects stay for each operation'.replace('2', report.rows[0].verdict.objectsPerOperation!.toPrecision(3)),
    );
    expect(text).toContain(':12</code>');
    expect(text).toContain('![Outstanding objects over the watched time](report-charts/chart-1.svg)');
    expect(files.map(({ name }) => name)).toEqual(['chart-1.svg', 'chart-2.svg']);
    expect(files[0].text.match(/<rect /g)).toHaveLength(1 + 9);
  });

  test('no tag, name or description becomes markup', () => {
    const report = leaking(EVIL);
    const html = reportHtml(report);
    const { text, files } = reportMarkdown(report, 'charts');
    for (const output of [html, text, ...files.map((file) => file.text)]) {
      expect(output).not.toContain(EVIL);
      expect(output).not.toMatch(/<img|<script|onerror=/);
      expect(output).not.toContain('[a](b)');
    }
    expect(text).not.toMatch(/^# not a heading/m);
    // Every row of a table has as many cells as its head.
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table.split('\n').map((line) => line.split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
    expect(html).toContain('&#60;&#124;&#96;&#34;');
    expect(html).toContain(`default-src 'none'`);
  });

  test('every byte of a tag is shown, none is acted on', () => {
    for (let byte = 0; byte < 256; byte++) {
      const text = escapeText(`a${String.fromCharCode(byte)}b`);
      expect(text).not.toMatch(/[\p{Cc}<>|`*_[\]]/u);
      expect(text.startsWith('a') && text.endsWith('b')).toBe(true);
    }
    expect(escapeText('a\r\n- b\u202e')).toBe('a &#45; b?');
    expect(code('`')).toBe('<code>&#96;</code>');
  });

  test('tags of a split: shares and lines', () => {
    const report = leaking('Xmpl', {
      groups: [
        {
          kind: 'split',
          tag: tagOf('Old '),
          reason: 'Assigned today.',
          members: [
            { tag: tagOf('Xmpl'), share: 0.72, place: 'queue.c:212' },
            { tag: tagOf('Rest'), share: Number.NaN, place: '' },
          ],
        },
      ],
    });
    expect(reportMarkdown(report, 'c').text).toContain(
      '## Tags that took the place of <code>Old </code>\n\nAssigned today.\n\n- <code>Xmpl</code> 72 % <code>queue.c:212</code>\n- <code>Rest</code> –',
    );
  });
});
