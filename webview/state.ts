/**
 * What the panel knows of the pool: the rows of the newest snapshot with every frame since applied to them. Columns are
 * typed arrays indexed by row id, so that sorting and drawing 10,000 rows touch no objects.
 */
import { ROW_FIELDS, type RowField, type ToPanel, type TrendBlock } from '../extension/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';

export type RowsMessage = Extract<ToPanel, { type: 'snapshot' | 'frame' }>;
export type RowColumns = { readonly [F in RowField]: Float64Array };

/** The figures that come with rows but belong to the whole system. */
export type SystemSummary = Pick<
  RowsMessage,
  'time' | 'watchedMs' | 'system' | 'pageFaultsDelta' | 'nonpagedKbPerMinute' | 'pagedKbPerMinute'
>;

/**
 * `snapshot` and `frame`: the message is in the store. `gap`: a frame is missing or belongs to another generation, so the
 * store waits for a snapshot and the host must be asked for one. `waiting`: it was asked already.
 */
export type ApplyResult = 'snapshot' | 'frame' | 'gap' | 'waiting';

/** Row ids above this are a fault of the sender: ids count from 0, and one tag has two rows at most. */
const MAX_ROW_ID = 1_000_000;
const FIRST_CAPACITY = 1024;
const NO_SUMMARY: SystemSummary = {
  time: 0,
  watchedMs: 0,
  system: null,
  pageFaultsDelta: 0,
  nonpagedKbPerMinute: 0,
  pagedKbPerMinute: 0,
};

export class RowStore {
  /** Every row id, in order of arrival. */
  readonly ids: number[] = [];
  summary: SystemSummary = NO_SUMMARY;
  /** Grows by one each time rows were added or replaced; equal values mean the same set of rows. */
  rowSetVersion = 0;

  #columns = emptyColumns(FIRST_CAPACITY);
  #tags = new Uint32Array(FIRST_CAPACITY);
  #paged = new Uint8Array(FIRST_CAPACITY);
  #present = new Uint8Array(FIRST_CAPACITY);
  #trends = new Map<number, Float32Array>();
  #rowsOfTag = new Map<PoolTag, number[]>();
  #moved: Uint32Array = new Uint32Array(0);
  #generation = 0;
  #sequence = 0;
  #synchronised = false;
  #asked = false;

  /** Numbers by row id. Replaced when the store grows: do not keep. */
  get columns(): RowColumns {
    return this.#columns;
  }

  /** Room for row ids: every id is below it. */
  get capacity(): number {
    return this.#present.length;
  }

  has(id: number): boolean {
    return this.#present[id] === 1;
  }

  tag(id: number): PoolTag {
    return this.#tags[id];
  }

  isPaged(id: number): boolean {
    return this.#paged[id] === 1;
  }

  /** Bytes used over the watched time, oldest first, NaN before the first reading; undefined until the host sent it. */
  trend(id: number): Float32Array | undefined {
    return this.#trends.get(id);
  }

  /** The rows of a tag: none, one, or one a pool. */
  rowsOfTag(tag: PoolTag): readonly number[] {
    return this.#rowsOfTag.get(tag) ?? [];
  }

  /** The tag grows when any of its pool rows does. */
  tagGrows(tag: PoolTag): boolean {
    return this.rowsOfTag(tag).some((id) => this.#columns.growing[id] === 1);
  }

  /**
   * Takes a message with rows.
   * @throws RangeError when its arrays do not fit each other or a row id is out of range; the store is unchanged then.
   */
  apply(message: RowsMessage): ApplyResult {
    if (message.type === 'frame') {
      const next = message.generation === this.#generation && message.sequence === this.#sequence + 1;
      if (!this.#synchronised || !next) return this.#lostTrack();
    }
    const top = checkedTop(message);
    if (message.type === 'snapshot') this.#clear();
    this.#grow(top + 1);
    this.#forgetChanges();
    this.#write(message);
    this.#generation = message.generation;
    this.#sequence = message.sequence;
    this.#synchronised = true;
    this.#asked = false;
    const { time, watchedMs, system, pageFaultsDelta, nonpagedKbPerMinute, pagedKbPerMinute } = message;
    this.summary = { time, watchedMs, system, pageFaultsDelta, nonpagedKbPerMinute, pagedKbPerMinute };
    return message.type;
  }

  /**
   * Takes trend lines, which may also come without rows.
   * @throws RangeError when points are missing or left over.
   */
  applyTrends(trends: TrendBlock): void {
    checkTrends(trends);
    for (let row = 0; row < trends.ids.length; row++) {
      this.#trends.set(trends.ids[row], trends.points.slice(row * trends.length, (row + 1) * trends.length));
    }
  }

  #lostTrack(): ApplyResult {
    this.#synchronised = false;
    if (this.#asked) return 'waiting';
    this.#asked = true;
    return 'gap';
  }

  #clear(): void {
    this.ids.length = 0;
    this.#present.fill(0);
    this.#rowsOfTag.clear();
    this.#trends.clear();
    this.#moved = new Uint32Array(0);
    this.rowSetVersion++;
  }

  #grow(needed: number): void {
    if (needed <= this.capacity) return;
    let capacity = this.capacity;
    while (capacity < needed) capacity *= 2;
    const columns = emptyColumns(capacity);
    for (const field of ROW_FIELDS) columns[field].set(this.#columns[field]);
    this.#columns = columns;
    this.#tags = enlarged(this.#tags, new Uint32Array(capacity));
    this.#paged = enlarged(this.#paged, new Uint8Array(capacity));
    this.#present = enlarged(this.#present, new Uint8Array(capacity));
  }

  /** A row that is absent from a frame did not change: its deltas are 0. */
  #forgetChanges(): void {
    const { allocsDelta, freesDelta, bytesDelta } = this.#columns;
    for (const id of this.#moved) {
      allocsDelta[id] = 0;
      freesDelta[id] = 0;
      bytesDelta[id] = 0;
    }
  }

  #write(message: RowsMessage): void {
    const { ids, tags, paged, values } = message.rows;
    let added = false;
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row];
      if (this.#present[id] === 0) {
        this.#addRow(id, tags[row], paged[row]);
        added = true;
      }
    }
    const columns = ROW_FIELDS.map((field) => this.#columns[field]);
    let at = 0;
    for (const id of ids) for (let field = 0; field < columns.length; field++) columns[field][id] = values[at++];
    this.#moved = ids;
    if (added) this.rowSetVersion++;
    this.applyTrends(message.trends);
  }

  #addRow(id: number, tag: PoolTag, paged: number): void {
    this.#present[id] = 1;
    this.#tags[id] = tag;
    this.#paged[id] = paged;
    this.ids.push(id);
    const rows = this.#rowsOfTag.get(tag);
    if (rows) rows.push(id);
    else this.#rowsOfTag.set(tag, [id]);
  }
}

function emptyColumns(capacity: number): RowColumns {
  const columns: Partial<Record<RowField, Float64Array>> = {};
  for (const field of ROW_FIELDS) columns[field] = new Float64Array(capacity);
  return columns as RowColumns;
}

function enlarged<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The highest row id of the message, -1 without rows. */
function checkedTop(message: RowsMessage): number {
  const { rows, trends } = message;
  const count = rows.ids.length;
  if (rows.tags.length !== count || rows.paged.length !== count || rows.values.length !== count * ROW_FIELDS.length) {
    throw new RangeError(
      `Rows of ${message.type} ${message.generation}.${message.sequence} do not fit: ${count} ids, ${rows.tags.length} tags, ` +
        `${rows.paged.length} pools and ${rows.values.length} values instead of ${count * ROW_FIELDS.length}.`,
    );
  }
  checkTrends(trends);
  let top = -1;
  for (const id of rows.ids) if (id > top) top = id;
  if (top > MAX_ROW_ID) throw new RangeError(`Row id ${top} is out of range: ids end at ${MAX_ROW_ID}.`);
  return top;
}

function checkTrends(trends: TrendBlock): void {
  if (trends.points.length === trends.ids.length * trends.length) return;
  throw new RangeError(
    `Trends do not fit: ${trends.points.length} points instead of ${trends.ids.length} times ${trends.length}.`,
  );
}
