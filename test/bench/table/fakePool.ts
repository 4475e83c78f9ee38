/** A pool for the harness: any number of tags that breathe, some that grow, and a driver whose five sites share a tag. */
import type { MomentRow } from '../../../extension/pool/comparison.ts';
import type { RowPasts } from '../../../extension/pool/rowPasts.ts';
import {
  ROW_FIELDS,
  type RowBlock,
  type TagInfo,
  type TrendBlock,
  VERDICTS,
  type VerdictName,
} from '../../../extension/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';

const TREND_POINTS = 60;
const SAMPLES_PER_MINUTE = 60;

const DRIVERS = [
  'ntfs.sys',
  'nt!mm',
  'nt!io',
  'nt!ob',
  'tcpip.sys',
  'dxgkrnl.sys',
  'fltmgr.sys',
  'ndis.sys',
  'win32k.sys',
  'rdbss.sys',
  'storport.sys',
  'wdf01000.sys',
  '',
];
const DESCRIPTIONS = [
  'General purpose',
  'File objects and streams',
  'Mdls and page tables',
  'Packet buffers',
  'Handle tables',
];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface OwnTag {
  readonly text: string;
  readonly functions: readonly string[];
  /** Objects gained a sample. */
  readonly leak: number;
  readonly size: number;
}

const OWN_TAGS: readonly OwnTag[] = [
  {
    text: 'Xmpl',
    functions: [
      'FilterQueueRequest',
      'FilterFlushQueue',
      'FilterCloneRequest',
      'FilterCancel',
      'FilterDispatchReadWrite',
    ],
    leak: 0.7,
    size: 208,
  },
  { text: 'XCtx', functions: ['FilterAddDevice'], leak: 0, size: 512 },
  { text: 'XNam', functions: ['FilterBuildDeviceName', 'FilterQueryName'], leak: 0, size: 96 },
  { text: 'XCfg', functions: ['FilterReadRegistry'], leak: 0, size: 1024 },
  { text: 'XWrk', functions: ['FilterQueueWork', 'FilterDrainWork', ''], leak: 0, size: 64 },
  { text: 'XLog', functions: ['FilterLogEvent'], leak: 0.08, size: 4096 },
];

/** Numbers that look random and are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export class FakePool {
  readonly rowCount: number;
  readonly #busyShare: number;
  readonly #random = seeded(20_261);
  readonly #tags: Uint32Array;
  readonly #paged: Uint8Array;
  /** 1 for rows of the driver's own tags. */
  readonly #ours: Uint8Array;
  readonly #size: Float64Array;
  readonly #leak: Float64Array;
  readonly #swing: Float64Array;
  readonly #rest: Float64Array;
  readonly #allocs: Float64Array;
  readonly #frees: Float64Array;
  readonly #allocsDelta: Float64Array;
  readonly #freesDelta: Float64Array;
  readonly #history: Float32Array;
  readonly #tagTexts: string[];
  #samples = 0;

  /** `bothShare`: part of the tags that have a row in each pool; `busyShare`: part of the rows that move with each sample. */
  constructor(tagCount: number, bothShare: number, busyShare: number) {
    this.#busyShare = busyShare;
    this.#tagTexts = this.#names(tagCount);
    const rows: [number, number][] = [];
    for (const text of this.#tagTexts) {
      const tag = tagFromText(text) as number;
      const own = OWN_TAGS.some((ours) => ours.text === text);
      const paged = own ? 0 : this.#random() < 0.6 ? 0 : 1;
      rows.push([tag, paged]);
      if (!own && this.#random() < bothShare) rows.push([tag, 1 - paged]);
    }
    const count = rows.length;
    this.rowCount = count;
    this.#tags = Uint32Array.from(rows, ([tag]) => tag);
    this.#paged = Uint8Array.from(rows, ([, paged]) => paged);
    this.#ours = Uint8Array.from(rows, ([tag]) => (this.#ownTag(tag) ? 1 : 0));
    this.#size = new Float64Array(count);
    this.#leak = new Float64Array(count);
    this.#swing = new Float64Array(count);
    this.#rest = new Float64Array(count);
    this.#allocs = new Float64Array(count);
    this.#frees = new Float64Array(count);
    this.#allocsDelta = new Float64Array(count);
    this.#freesDelta = new Float64Array(count);
    this.#history = new Float32Array(count * TREND_POINTS).fill(Number.NaN);
    for (let row = 0; row < count; row++) this.#populate(row, this.#ownTag(this.#tags[row]));
  }

  #populate(row: number, own: OwnTag | undefined): void {
    const random = this.#random;
    this.#size[row] = own ? own.size : 32 + 16 * Math.floor(random() ** 4 * 200);
    this.#leak[row] = own ? own.leak : random() < 0.004 ? random() * 3 : 0;
    const outstanding = own ? 40 : Math.floor(random() ** 6 * 120_000);
    this.#rest[row] = outstanding;
    this.#swing[row] = Math.min(200, 1 + outstanding * 0.02 * random());
    this.#frees[row] = Math.floor(random() ** 5 * 4_000_000);
    this.#allocs[row] = this.#frees[row] + outstanding;
  }

  /** One sample on: the rows that moved. */
  step(): void {
    this.#samples++;
    const random = this.#random;
    this.#history.copyWithin(0, 1);
    for (let row = 0; row < this.rowCount; row++) {
      const busy = random() < this.#busyShare;
      const leaks = this.#leak[row] > 0 && random() < this.#leak[row] ? Math.ceil(this.#leak[row]) : 0;
      const allocs = busy ? Math.floor(random() * this.#swing[row]) : 0;
      const outstanding = this.#allocs[row] - this.#frees[row];
      // Load comes and goes in waves; what is above it is freed.
      const load = this.#rest[row] * (1 + 0.04 * Math.sin((this.#samples + row * 7) / (9 + (row % 23))));
      const surplus = Math.round((outstanding - load) * 0.2 + (random() - 0.5) * 2);
      const frees = busy ? Math.min(outstanding, Math.max(0, allocs + surplus)) : 0;
      this.#allocsDelta[row] = allocs + leaks;
      this.#freesDelta[row] = this.#leak[row] > 0 ? Math.min(allocs, frees) : frees;
      this.#allocs[row] += this.#allocsDelta[row];
      this.#frees[row] += this.#freesDelta[row];
      this.#history[row * TREND_POINTS + TREND_POINTS - 1] = this.#bytes(row);
    }
  }

  #bytes(row: number): number {
    return (this.#allocs[row] - this.#frees[row]) * this.#size[row];
  }

  /** All rows, or those that moved in the last step. */
  rows(all: boolean): RowBlock {
    const ids: number[] = [];
    for (let row = 0; row < this.rowCount; row++) {
      if (all || this.#allocsDelta[row] !== 0 || this.#freesDelta[row] !== 0) ids.push(row);
    }
    const values = new Float64Array(ids.length * ROW_FIELDS.length);
    for (let at = 0; at < ids.length; at++) this.#write(ids[at], values, at * ROW_FIELDS.length);
    return {
      ids: Uint32Array.from(ids),
      tags: Uint32Array.from(ids, (row) => this.#tags[row]),
      paged: Uint8Array.from(ids, (row) => this.#paged[row]),
      values,
    };
  }

  /** The numbers of a row, in place: garbage of the harness must not be collected while the panel is measured. */
  #write(row: number, to: Float64Array, at: number): void {
    const size = this.#size[row];
    const end = (row + 1) * TREND_POINTS;
    let first = row * TREND_POINTS;
    while (first < end && Number.isNaN(this.#history[first])) first++;
    const gained = first < end - 1 ? this.#bytes(row) - this.#history[first] : 0;
    const perMinute = (gained * SAMPLES_PER_MINUTE) / Math.max(1, end - 1 - first);
    const growing = this.#leak[row] > 0 && this.#samples > 5 && perMinute > 0;
    const ours = this.#ours[row] === 1;
    to[at++] = this.#allocs[row];
    to[at++] = this.#allocsDelta[row];
    to[at++] = this.#frees[row];
    to[at++] = this.#freesDelta[row];
    to[at++] = this.#allocs[row] - this.#frees[row];
    to[at++] = this.#bytes(row);
    to[at++] = (this.#allocsDelta[row] - this.#freesDelta[row]) * size;
    to[at++] = perMinute;
    to[at++] = perMinute / size;
    to[at++] = growing ? 1 : 0;
    to[at++] = VERDICTS.indexOf(this.#verdict(row, growing));
    to[at++] = growing && ours ? this.#leak[row] * SAMPLES_PER_MINUTE : Number.NaN;
    to[at] = growing ? this.#leak[row] * SAMPLES_PER_MINUTE * 60 : Number.NaN;
  }

  #verdict(row: number, growing: boolean): VerdictName {
    if (this.#samples < 30) return 'unknown';
    if (growing) return this.#ours[row] === 1 ? 'leak' : 'growing';
    return row % 11 === 3 ? 'cache' : this.#rest[row] > 2000 ? 'load' : 'steady';
  }

  /** Pasts as the host sends them: the history, made longer than it is so that charts have as much to draw as in a day. */
  pasts(ids: readonly number[], points: number, watchedMs: number): RowPasts {
    const count = Math.max(2, Math.min(points, 600));
    const times = Float64Array.from({ length: count }, (_, i) => (watchedMs * i) / (count - 1));
    const rows = ids.map((id) => {
      const now = this.#allocs[id] - this.#frees[id];
      const wave = (i: number) => 1 + 0.05 * Math.sin((i + id * 3) / 7) * (this.#leak[id] > 0 ? 0.4 : 1);
      const gained = this.#leak[id] * (watchedMs / 1000);
      const objects = Float64Array.from(times, (_, i) =>
        i === count - 1 ? now : Math.max(0, Math.round((now - gained * (1 - i / (count - 1))) * wave(i))),
      );
      const traffic = Float64Array.from(times, (_, i) => Math.round(this.#swing[id] * (0.6 + 0.4 * Math.sin(i / 5))));
      return {
        id,
        objects,
        bytes: objects.map((value) => value * this.#size[id]),
        allocsPerSecond: traffic.map((value) => value + this.#leak[id]),
        freesPerSecond: traffic,
      };
    });
    return { times, rows };
  }

  /** Outstanding objects and bytes of every row. */
  moment(): MomentRow[] {
    return Array.from({ length: this.rowCount }, (_, row) => ({
      tag: this.#tags[row],
      paged: this.#paged[row] === 1,
      objects: this.#allocs[row] - this.#frees[row],
      bytes: this.#bytes(row),
    }));
  }

  trends(ids: readonly number[]): TrendBlock {
    const points = new Float32Array(ids.length * TREND_POINTS);
    ids.forEach((row, at) => {
      points.set(this.#history.subarray(row * TREND_POINTS, (row + 1) * TREND_POINTS), at * TREND_POINTS);
    });
    return { ids: Uint32Array.from(ids), length: TREND_POINTS, points };
  }

  infos(withSites: boolean): TagInfo[] {
    return this.#tagTexts.map((text, index) => {
      const tag = tagFromText(text) as number;
      const own = withSites ? this.#ownTag(tag) : undefined;
      if (!own) {
        const driver = DRIVERS[index % DRIVERS.length];
        return { tag, driver, description: driver && DESCRIPTIONS[index % DESCRIPTIONS.length], sites: [] };
      }
      const sites = own.functions.map((name, at) => ({
        index: at,
        file: at < 3 ? 'queue.c' : 'device/dispatch.c',
        line: 212 + at * 64,
        function: name,
        routine: at % 2 === 0 ? 'ExAllocatePool2' : 'ExAllocatePoolWithTag',
        lineText:
          at % 2 === 0
            ? 'entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*entry), FILTER_TAG);'
            : 'copy = ExAllocatePoolWithTag(NonPagedPoolNx, length, FILTER_TAG);',
      }));
      return { tag, driver: 'sample-driver', description: '', sites };
    });
  }

  #ownTag(tag: number): OwnTag | undefined {
    return OWN_TAGS.find((own) => tagFromText(own.text) === tag);
  }

  #names(count: number): string[] {
    const names = new Set(OWN_TAGS.map((own) => own.text));
    names.add('Irp ').add('MmSt').add('Ntff').add('Dh 1');
    while (names.size < count) {
      let name = '';
      for (let i = 0; i < 4; i++) name += LETTERS[Math.floor(this.#random() * LETTERS.length)];
      names.add(name);
    }
    return [...names];
  }
}
