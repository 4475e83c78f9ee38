/**
 * Measures a poll on the simulated kernel: the call and the decoding, against two plainer ways of decoding in the same run.
 *
 *   node test/bench/poll/run.ts
 */
import koffi from 'koffi';
import { tableLayout } from '../../../extension/sampler/decode.ts';
import { openNtLibrary } from '../../../extension/sampler/ntLibrary.ts';
import { type NtQuery, PoolQuery } from '../../../extension/sampler/poolQuery.ts';
import { LIBRARY_VARIABLE, POLL_INTERVAL_MS } from '../../../extension/sampler/protocol.ts';
import { buildSimulatedKernel } from '../../kernel/build.ts';
import { duration, median, quantile } from '../figures.ts';

const POLLS = 1_000;
const WARM_UP = 200;
/** The structure way takes milliseconds: fewer rounds tell as much. */
const SLOW_POLLS = 60;

/** Milliseconds. */
interface Spread {
  readonly median: number;
  readonly p95: number;
}

export interface PollFigures {
  readonly tags: number;
  /** A whole poll of the sampler: tag table, memory size, memory figures. */
  readonly poll: Spread;
  /** The call for the tag table alone: what the simulated kernel and the way there take. */
  readonly call: Spread;
  /** Call, and a DataView into an object a row. */
  readonly objects: Spread;
  /** Call, and koffi.decode of an array of structures. */
  readonly structures: Spread;
}

function time(run: () => unknown, polls = POLLS, warmUp = WARM_UP): Spread {
  const times: number[] = [];
  for (let i = 0; i < warmUp + polls; i++) {
    const start = performance.now();
    run();
    if (i >= warmUp) times.push(performance.now() - start);
  }
  return { median: median(times), p95: quantile(times, 0.95) };
}

const LAYOUT = tableLayout(22, 8);
const HEAD = LAYOUT.headerWords * 4;
const ROW = LAYOUT.rowWords * 4;

/** A row a row, each an object, as one would write it first. */
function decodeToObjects(buffer: Buffer): object[] {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const wide = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  return Array.from({ length: view.getUint32(0, true) }, (_, i) => {
    const at = HEAD + i * ROW;
    return {
      tag: view.getUint32(at, true),
      pagedAllocs: view.getUint32(at + LAYOUT.pagedAllocs * 4, true),
      pagedFrees: view.getUint32(at + LAYOUT.pagedFrees * 4, true),
      pagedBytes: wide(at + LAYOUT.pagedBytes * 4),
      nonpagedAllocs: view.getUint32(at + LAYOUT.nonpagedAllocs * 4, true),
      nonpagedFrees: view.getUint32(at + LAYOUT.nonpagedFrees * 4, true),
      nonpagedBytes: wide(at + LAYOUT.nonpagedBytes * 4),
    };
  });
}

const POOL_TAG = koffi.struct({
  tag: 'uint32',
  pagedAllocs: 'uint32',
  pagedFrees: 'uint32',
  pagedBytes: 'size_t',
  nonpagedAllocs: 'uint32',
  nonpagedFrees: 'uint32',
  nonpagedBytes: 'size_t',
});

function decodeStructures(buffer: Buffer): object[] {
  return koffi.decode(buffer, HEAD, koffi.array(POOL_TAG, buffer.readUInt32LE()));
}

function measure(query: NtQuery, tags: number): PollFigures {
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  const call = () => {
    const { status } = query(LAYOUT.infoClass, buffer, buffer.length);
    if (status !== 0) throw new Error(`The simulated kernel answered ${status}.`);
    return buffer;
  };
  const pool = new PoolQuery(query, 8);
  for (const rows of [
    pool.read().columns.tags.length,
    decodeToObjects(call()).length,
    decodeStructures(call()).length,
  ]) {
    if (rows !== tags) throw new Error(`${rows} rows were decoded, not ${tags}.`);
  }
  return {
    tags,
    poll: time(() => pool.read()),
    call: time(call),
    objects: time(() => decodeToObjects(call())),
    structures: time(() => decodeStructures(call()), SLOW_POLLS, SLOW_POLLS / 3),
  };
}

/** Figures for 4,000 and 10,000 tags. Needs gcc, and a system other than Windows. */
export async function benchPoll(): Promise<PollFigures[]> {
  const library = buildSimulatedKernel();
  const { query } = await openNtLibrary({
    platform: process.platform,
    environment: { [LIBRARY_VARIABLE]: library },
    loadKoffi: async () => koffi,
  });
  const configure = koffi.load(library).func('NtSimConfigure', 'uint32', ['str']);
  return [4_000, 10_000].map((tags) => {
    if (configure(`tags=${tags}`) !== 0) throw new Error('The simulated kernel refused its scenario.');
    return measure(query, tags);
  });
}

export function pollReport(figures: readonly PollFigures[]): string[] {
  const line = (name: string, { median, p95 }: Spread, remark: string) =>
    `  ${name.padEnd(36)} median ${duration(median).padStart(7)}   p95 ${duration(p95).padStart(7)}   ${remark}`;
  return figures.flatMap(({ tags, poll, call, objects, structures }) => {
    const share = `${((poll.median / POLL_INTERVAL_MS.min) * 100).toFixed(3)} % of the shortest interval`;
    const times = (way: Spread) => `${(way.median / poll.median).toFixed(1)} times the poll`;
    return [
      `Poll, ${tags.toLocaleString('en-US')} tags:`,
      line('poll: three calls, into columns', poll, share),
      line('the call for the tags alone', call, ''),
      line('call, DataView to objects', objects, times(objects)),
      line('call, koffi.decode of structures', structures, times(structures)),
    ];
  });
}

if (import.meta.main) for (const text of pollReport(await benchPoll())) console.log(text);
