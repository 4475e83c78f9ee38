/** Messages from the host, checked: what arrives over a channel is not yet a {@link ToSampler}. */
import type { ToSampler } from './protocol.ts';

/** The message, where it is a well-formed one; else a sentence that says what is wrong with it. */
export function parseCommand(message: unknown): ToSampler | string {
  if (typeof message !== 'object' || message === null || !('type' in message)) return 'a message without a type';
  const { type } = message;
  switch (type) {
    case 'start':
    case 'interval': {
      const intervalMs = numberIn(message, 'intervalMs');
      return intervalMs === undefined ? `"${type}" without a number in intervalMs` : { type, intervalMs };
    }
    case 'ack': {
      const sequence = numberIn(message, 'sequence');
      return sequence === undefined ? '"ack" without a number in sequence' : { type, sequence };
    }
    case 'pause':
    case 'resume':
    case 'stop':
      return { type };
    default:
      return `unknown type ${JSON.stringify(type)}`;
  }
}

function numberIn(message: object, name: string): number | undefined {
  const value: unknown = Reflect.get(message, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
