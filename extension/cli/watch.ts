import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tagText } from '../../language/tag/poolTag.ts';
import { bytesPerAlloc, COLUMN_HEADER, headerText, poolName, rowText } from '../pool/poolmonText.ts';
import { PoolStore, type RowFigures } from '../pool/poolStore.ts';
import type { SourceState } from '../protocol.ts';
import { LocalSource } from '../sources/localSource.ts';
import { parseScenario, SCENARIO_FILE } from '../sources/scenario.ts';
import { SimulatedSource } from '../sources/simulatedSource.ts';
import type { PoolSource, SourceListener } from '../sources/source.ts';
import { scan } from './sites.ts';
import { UsageError } from './usage.ts';

export interface WatchOptions {
  readonly intervalMs: number;
  readonly json: boolean;
  /** Ends after so many samples; never when undefined. */
  readonly count: number | undefined;
  readonly sort: SortKey;
  /** Folder whose sites and scenario the simulated kernel animates; the real kernel when undefined. */
  readonly simulated: string | undefined;
  readonly samplerFile: string;
}

const ORDERS = {
  b: (a: RowFigures, b: RowFigures) => b.bytes - a.bytes,
  m: (a: RowFigures, b: RowFigures) => bytesPerAlloc(b.bytes, b.outstanding) - bytesPerAlloc(a.bytes, a.outstanding),
  t: (a: RowFigures, b: RowFigures) => (tagText(a.tag) < tagText(b.tag) ? -1 : 1),
  a: (a: RowFigures, b: RowFigures) => b.allocs - a.allocs,
  f: (a: RowFigures, b: RowFigures) => b.frees - a.frees,
  d: (a: RowFigures, b: RowFigures) => b.outstanding - a.outstanding,
} as const;
export type SortKey = keyof typeof ORDERS;

export function isSortKey(text: string): text is SortKey {
  return Object.hasOwn(ORDERS, text);
}

async function makeSource(options: WatchOptions, listener: SourceListener): Promise<PoolSource> {
  // What the sampler logs beside its states is of no use here: a failure carries its reason.
  if (!options.simulated) return new LocalSource(listener, options.samplerFile, () => {});
  const source = new SimulatedSource(listener, (warning) => process.stderr.write(`${warning}\n`));
  const file = path.join(options.simulated, SCENARIO_FILE);
  try {
    const scenario = existsSync(file) ? parseScenario(readFileSync(file, 'utf8')) : undefined;
    source.setCast((await scan(options.simulated)).sites, scenario);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  return source;
}

/** The sample as one line of JSON: the first holds every row, later ones those that changed. */
function sampleAsJson(store: PoolStore, label: string, sinceVersion: number): string {
  return JSON.stringify({
    time: new Date(store.time).toISOString(),
    source: label,
    complete: sinceVersion === 0,
    system: store.system,
    tags: store.changedSince(sinceVersion).map((id) => {
      const row = store.row(id);
      return {
        tag: tagText(row.tag),
        type: poolName(row),
        allocs: row.allocs,
        allocsDelta: row.allocsDelta,
        frees: row.frees,
        freesDelta: row.freesDelta,
        diff: row.outstanding,
        bytes: row.bytes,
        bytesDelta: row.bytesDelta,
        perAlloc: bytesPerAlloc(row.bytes, row.outstanding),
        // Not watched long enough: JSON has no NaN, so null.
        objectsPerMinute: row.objectsPerMinute,
        bytesPerMinute: row.bytesPerMinute,
        growing: row.growing,
      };
    }),
  });
}

type Pools = 'both' | 'nonpaged' | 'paged';

/** The sample as PoolMon would show it, at most `height` lines. */
function sampleAsText(store: PoolStore, label: string, sort: SortKey, pools: Pools, height: number): string {
  const rows: RowFigures[] = [];
  for (let id = 0; id < store.rowCount; id++) {
    const row = store.row(id);
    if (pools === 'both' || row.paged === (pools === 'paged')) rows.push(row);
  }
  rows.sort(ORDERS[sort]);
  const head = [
    ` ${label}, ${new Date(store.time).toLocaleTimeString()}, ${store.tagCount} tags`,
    store.system ? headerText(store.system, store.pageFaultsDelta) : '',
    COLUMN_HEADER,
  ].join('\n');
  const body = rows.slice(0, Math.max(1, height - 4)).map((row) => rowText(row) + (row.growing ? '  grows' : ''));
  return `${head}\n${body.join('\n')}\n`;
}

/** Shows the live pool until Q, Ctrl+C, `count` samples or a failure that does not pass; throws {@link UsageError} then. */
export async function watch(options: WatchOptions): Promise<void> {
  const store = new PoolStore();
  const screen = process.stdout.isTTY && !options.json;
  let sort = options.sort;
  let pools: Pools = 'both';
  let seen = 0;
  let source: PoolSource | undefined;
  await new Promise<void>((resolve, reject) => {
    const show = () => {
      const text = sampleAsText(store, source!.label, sort, pools, screen ? process.stdout.rows : 1e9);
      // Home, then each line cleared to its end, then the rest of the screen: nothing flickers.
      process.stdout.write(screen ? `\x1b[H${text.replaceAll('\n', '\x1b[K\n').trimEnd()}\x1b[J` : `${text}\n`);
    };
    const key = (bytes: Buffer) => {
      const pressed = bytes.toString('latin1').toLowerCase();
      if (pressed === 'q' || pressed === '\x03') return resolve();
      if (pressed === 'p') pools = pools === 'both' ? 'nonpaged' : pools === 'nonpaged' ? 'paged' : 'both';
      else if (pressed === 's') sort = 'd';
      else if (isSortKey(pressed)) sort = pressed;
      else return;
      if (store.version > 0) show();
    };
    if (screen && process.stdin.isTTY) process.stdin.setRawMode(true).on('data', key);
    process.once('SIGINT', () => resolve());
    process.stdout.on('error', () => resolve());
    const listener: SourceListener = {
      sample(snapshot) {
        store.apply(snapshot);
        if (options.json) process.stdout.write(`${sampleAsJson(store, source!.label, seen)}\n`);
        else show();
        seen = store.version;
        if (options.count !== undefined && store.version >= options.count) resolve();
      },
      state(state: SourceState) {
        if (state.kind !== 'failed' && state.kind !== 'off') return;
        const why = state.kind === 'off' ? state.reason : `${state.reason} ${state.advice}`;
        // The editor waits for better times; a command line that never saw a sample says why and ends.
        if (store.version === 0) reject(new UsageError(why));
        else process.stderr.write(`${why}\n`);
      },
    };
    makeSource(options, listener).then((made) => {
      source = made;
      made.start(options.intervalMs);
    }, reject);
  }).finally(() => {
    source?.dispose();
    if (screen && process.stdin.isTTY) process.stdin.setRawMode(false).pause();
    if (screen) process.stdout.write('\n');
  });
}
