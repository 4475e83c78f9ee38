import { expect, test } from 'vitest';
import { PHASE_BLOCKS } from '../../../extension/pool/levels.ts';
import { PhaseHistory } from '../../../extension/pool/phaseHistory.ts';
import type { PhaseKind } from '../../../extension/pool/phases.ts';

test('a closed phase keeps its levels, read early or late', () => {
  const kinds: readonly PhaseKind[] = ['test', 'wait', 'test', 'wait'];
  const samples = PHASE_BLOCKS - 5;
  const often = new PhaseHistory();
  const late = new PhaseHistory();
  const column = { times: [0], objects: [50], bytes: [800], allocs: [50] };
  const take = (history: PhaseHistory, i: number) => {
    history.beginSample(column.times[i]);
    history.record(0, column.objects[i], column.bytes[i], column.allocs[i]);
  };
  for (const history of [often, late]) take(history, 0);
  for (const kind of kinds) {
    for (const history of [often, late]) history.mark(kind, null);
    for (let i = 0; i < samples; i++) {
      const at = column.times.length;
      column.times.push(at * 1000);
      column.objects.push(50 + ((at * 7) % 11) + at);
      column.bytes.push(16 * column.objects[at]);
      column.allocs.push(50 + 3 * at);
      for (const history of [often, late]) take(history, at);
      often.levels(0);
    }
  }
  const phases = late.levels(0);
  expect(often.levels(0)).toEqual(phases);
  expect(phases.map(({ kind, open }) => [kind, open])).toEqual(kinds.map((kind, i) => [kind, i === 3]));
  for (const [i, { levels }] of phases.entries()) {
    const first = 1 + i * samples;
    const { times, objects, bytes, allocs } = column;
    const blocks = (values: readonly number[]) => Float64Array.from(values.slice(first, first + samples));
    expect(levels).toEqual({
      times: blocks(times),
      floors: blocks(objects),
      means: blocks(objects),
      bytes: blocks(bytes),
      allocs: blocks(allocs),
    });
  }
});
