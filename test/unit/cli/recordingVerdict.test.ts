import path from 'node:path';
import { expect, test } from 'vitest';
import { verdict } from '../../../extension/cli/verdict.ts';
import type { PhaseName } from '../../../extension/protocol.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { sampleAt } from '../pool/samples.ts';
import { INFO, scratchFolder } from '../recording/pools.ts';

const PLAN: readonly (readonly [PhaseName, number])[] = [
  ['settle', 10],
  ['baseline', 20],
  ...Array.from({ length: 4 }, () => [['test', 40] as const, ['wait', 30] as const]).flat(),
];

test('the verdict of a recording, by the phases that are marked in it', async () => {
  const file = path.join(scratchFolder(), 'cycles.poollens');
  const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
  let second = 0;
  let leaked = 0;
  let cycle = 0;
  const sample = (busy: boolean) => {
    if (busy && second % 4 === 0) leaked++;
    const load = busy ? 200 : 0;
    const triple = (objects: number) => [5000 + second * 90 + objects, 5000 + second * 90, objects * 48] as const;
    writer.sample(
      sampleAt(second * 1000, [
        { tag: 'Leak', nonpaged: triple(70 + leaked + load) },
        { tag: 'Load', paged: triple(90 + load) },
      ]),
      { elapsedMs: second * 1000, newBoot: false },
    );
    second++;
  };
  sample(false);
  for (const [phase, seconds] of PLAN) {
    if (phase === 'test') cycle++;
    const elapsedMs = (second - 1) * 1000;
    const mark = {
      elapsedMs,
      time: 1_700_000_000_000 + elapsedMs,
      phase,
      cycle,
      operations: phase === 'test' ? 100 : null,
    };
    writer.mark(mark, elapsedMs);
    for (let i = 0; i < seconds; i++) sample(phase === 'test');
  }
  writer.close();
  const warn = (message: string) => expect.unreachable(message);
  const { output, leaks } = await verdict(file, { json: true, workspace: undefined, tags: [], warn });
  const { tags } = JSON.parse(output);
  expect(leaks).toBe(true);
  expect(tags.map((of: { tag: string; type: string; verdict: string }) => [of.tag, of.type, of.verdict])).toEqual([
    ['Leak', 'Nonp', 'leak'],
    ['Load', 'Paged', 'load'],
  ]);
  expect(tags[0].evidence).toMatch(
    /^\+10 objects in each of 4 cycles \(\+0\.1 an operation\), none given back in 2 min of waiting/,
  );
});
