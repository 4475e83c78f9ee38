import { expect, test } from 'vitest';
import { parseCommand } from '../../../extension/sampler/commands.ts';

test.each([
  [{ type: 'start', intervalMs: 1000 }],
  [{ type: 'interval', intervalMs: 0.5 }],
  [{ type: 'ack', sequence: 0 }],
  [{ type: 'pause' }],
  [{ type: 'resume' }],
  [{ type: 'stop' }],
])('%j is taken', (message) => {
  expect(parseCommand({ ...message, extra: 1 })).toEqual(message);
});

test.each([
  [undefined, 'a message without a type'],
  [null, 'a message without a type'],
  ['stop', 'a message without a type'],
  [{}, 'a message without a type'],
  [{ type: 'halt' }, 'unknown type "halt"'],
  [{ type: 3 }, 'unknown type 3'],
  [{ type: 'start' }, '"start" without a number in intervalMs'],
  [{ type: 'interval', intervalMs: Number.NaN }, '"interval" without a number in intervalMs'],
  [{ type: 'start', intervalMs: Number.POSITIVE_INFINITY }, '"start" without a number in intervalMs'],
  [{ type: 'ack', sequence: '1' }, '"ack" without a number in sequence'],
])('%j is refused with a reason', (message, reason) => {
  expect(parseCommand(message)).toBe(reason);
});
