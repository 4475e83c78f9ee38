/** Rows and tags as words: tooltips, the copied line, the summary of a tag and of the workspace. */

import { bytesPerAlloc } from '../extension/pool/poolmonText.ts';
import type { PanelState } from '../extension/protocol.ts';
import { type PoolTag, tagConstant, tagHex, tagLabel } from '../language/tag/poolTag.ts';
import { growthWords, rateWords, type TagGrowth } from './growth.ts';
import { counted, exactBytes, grouped, signed } from './numbers.ts';
import type { RowStore } from './state.ts';
import type { ColumnId } from './table/columns.ts';
import type { RowFacts } from './table/rowFacts.ts';
import type { TagDirectory } from './tagDirectory.ts';
import type { GrowingTag, WorkspaceSummary } from './workspaceWords.ts';

export interface TagDigest {
  readonly growth: TagGrowth;
  readonly pools: string;
  readonly trend: Float32Array | undefined;
}

/** A tag over both of its pools. */
export function describeTag(store: RowStore, tag: PoolTag): TagDigest {
  const rows = store.rowsOfTag(tag);
  const { columns } = store;
  const sum = (column: Float64Array) => rows.reduce((total, id) => total + column[id], 0);
  const paged = rows.filter((id) => store.isPaged(id)).length;
  return {
    growth: {
      growing: store.tagGrows(tag),
      outstanding: sum(columns.outstanding),
      bytes: sum(columns.bytes),
      objectsPerMinute: sum(columns.objectsPerMinute),
      bytesPerMinute: sum(columns.bytesPerMinute),
    },
    pools: paged === 0 ? 'Nonpaged' : paged === rows.length ? 'Paged' : 'Nonpaged and paged',
    trend: sumTrends(rows.flatMap((id) => store.trend(id) ?? [])),
  };
}

/** Point by point; a pool without a reading yet counts as 0. Trends of different lengths do not add up: the first wins. */
function sumTrends(trends: readonly Float32Array[]): Float32Array | undefined {
  const [first, ...others] = trends;
  if (!first || others.length === 0) return first;
  const sum = first.slice();
  for (const other of others) {
    if (other.length !== sum.length) continue;
    for (let i = 0; i < sum.length; i++) {
      if (Number.isNaN(sum[i])) sum[i] = other[i];
      else if (!Number.isNaN(other[i])) sum[i] += other[i];
    }
  }
  return sum;
}

/** This workspace's tags as a whole; those that grow, the fastest first. */
export function workspaceSummary(store: RowStore, directory: TagDirectory, panel: PanelState): WorkspaceSummary {
  const tags = directory.workspaceTags;
  let bytes = 0;
  let liveTags = 0;
  const growing: (GrowingTag & { readonly rate: number })[] = [];
  for (const tag of tags) {
    const rows = store.rowsOfTag(tag);
    if (rows.length === 0) continue;
    liveTags++;
    for (const id of rows) bytes += store.columns.bytes[id];
    if (!store.tagGrows(tag)) continue;
    const { growth } = describeTag(store, tag);
    growing.push({ tag, label: tagLabel(tag), words: growthWords(growth), rate: growth.bytesPerMinute });
  }
  growing.sort((a, b) => b.rate - a.rate);
  const { hasWorkspace, scanComplete } = panel;
  return { hasWorkspace, scanComplete, tags: tags.length, liveTags, bytes, growing };
}

/** What the pointer learns over a cell: exact numbers with units, or what the words stand for. */
export function cellTooltip(
  store: RowStore,
  facts: RowFacts,
  directory: TagDirectory,
  column: ColumnId,
  id: number,
): string {
  const { columns } = store;
  const tag = store.tag(id);
  const info = directory.get(tag);
  switch (column) {
    case 'tag':
      return [`${tagLabel(tag)}  ${tagConstant(tag)}  ${tagHex(tag)}`, info?.description].filter(Boolean).join('\n');
    case 'type':
      return store.isPaged(id) ? 'Paged pool' : 'Nonpaged pool';
    case 'allocs':
      return `${grouped(columns.allocs[id])} allocations, ${signed(columns.allocsDelta[id])} since the last sample`;
    case 'frees':
      return `${grouped(columns.frees[id])} frees, ${signed(columns.freesDelta[id])} since the last sample`;
    case 'diff':
      return `${grouped(columns.outstanding[id])} outstanding, ${signed(columns.allocsDelta[id] - columns.freesDelta[id])} since the last sample`;
    case 'bytes':
      return `${exactBytes(columns.bytes[id])}, ${signed(columns.bytesDelta[id])} since the last sample`;
    case 'perAlloc':
      return `${exactBytes(bytesPerAlloc(columns.bytes[id], columns.outstanding[id]))} per outstanding allocation`;
    case 'growth':
    case 'trend': {
      const rate = { objectsPerMinute: columns.objectsPerMinute[id], bytesPerMinute: columns.bytesPerMinute[id] };
      const lasting = columns.growing[id] === 1 ? 'Grows over the whole watched time. ' : '';
      return `${lasting}Last minute: ${rateWords(rate)}`;
    }
    case 'sites':
      return facts.siteCount[id] === 0
        ? 'No allocation site in this workspace'
        : `${counted(facts.siteCount[id], 'allocation site')} in this workspace (Enter)`;
    case 'driver':
      return [info?.driver, info?.description].filter(Boolean).join('\n');
  }
}

/** The row as PoolMon's columns, tab-separated, for the clipboard. */
export function rowAsText(store: RowStore, facts: RowFacts, id: number): string {
  const { columns } = store;
  return [
    facts.labels[id],
    store.isPaged(id) ? 'Paged' : 'Nonp',
    columns.allocs[id],
    signed(columns.allocsDelta[id]).replaceAll(',', ''),
    columns.frees[id],
    signed(columns.freesDelta[id]).replaceAll(',', ''),
    columns.outstanding[id],
    columns.bytes[id],
    signed(columns.bytesDelta[id]).replaceAll(',', ''),
    bytesPerAlloc(columns.bytes[id], columns.outstanding[id]),
    facts.drivers[id],
  ].join('\t');
}
