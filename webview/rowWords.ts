/** Rows and tags as words: tooltips, the copied line, the summary of a tag and of the workspace. */

import { bytesPerAlloc } from '../extension/pool/poolmonText.ts';
import type { PanelState } from '../extension/protocol.ts';
import { tagConstant, tagHex, tagLabel } from '../language/tag/poolTag.ts';
import { rateWords } from './growth.ts';
import { counted, exactBytes, grouped, signed } from './numbers.ts';
import type { RowStore } from './state.ts';
import type { ColumnId } from './table/columns.ts';
import type { RowFacts } from './table/rowFacts.ts';
import type { TagDirectory } from './tagDirectory.ts';
import { type VerdictFigures, verdictAt, verdictMeaning, verdictWords } from './verdictWords.ts';
import type { GrowingTag, WorkspaceSummary } from './workspaceWords.ts';

/** This workspace's tags as a whole; those that grow, the fastest first. */
export function workspaceSummary(store: RowStore, directory: TagDirectory, panel: PanelState): WorkspaceSummary {
  const tags = directory.workspaceTags;
  let bytes = 0;
  let nonpagedBytes = 0;
  const drivers = new Set<string>();
  let liveTags = 0;
  const growing: (GrowingTag & { readonly rate: number })[] = [];
  for (const tag of tags) {
    const rows = store.rowsOfTag(tag);
    if (rows.length === 0) continue;
    liveTags++;
    drivers.add(directory.get(tag)?.driver ?? '');
    for (const id of rows) {
      bytes += store.columns.bytes[id];
      if (!store.isPaged(id)) nonpagedBytes += store.columns.bytes[id];
    }
    const worst = worstRow(store, rows);
    if (worst === undefined) continue;
    growing.push({
      tag,
      label: tagLabel(tag),
      words: verdictWords(verdictOf(store, worst)),
      rate: rateOf(store, worst),
    });
  }
  const [driver = ''] = drivers;
  growing.sort((a, b) => b.rate - a.rate);
  const { hasWorkspace, scanComplete } = panel;
  const name = drivers.size === 1 && driver !== '' ? driver : 'Workspace';
  return { hasWorkspace, scanComplete, tags: tags.length, liveTags, bytes, nonpagedBytes, name, growing };
}

/** The growing row that gains the most bytes. */
function worstRow(store: RowStore, rows: readonly number[]): number | undefined {
  const growing = rows.filter((id) => store.columns.growing[id] === 1);
  return growing.sort((a, b) => rateOf(store, b) - rateOf(store, a))[0];
}

function rateOf(store: RowStore, id: number): number {
  return store.columns.bytesPerMinute[id] || 0;
}

function verdictOf({ columns }: RowStore, id: number): VerdictFigures {
  return {
    verdict: verdictAt(columns.verdict[id]),
    objectsPerCycle: columns.objectsPerCycle[id],
    objectsPerHour: columns.objectsPerHour[id],
  };
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
      return `Last minute: ${rateWords(rate)}`;
    }
    case 'verdict': {
      const figures = verdictOf(store, id);
      return `${verdictWords(figures)}\n${verdictMeaning(figures.verdict)}`;
    }
    case 'sites':
      return facts.siteCount[id] === 0
        ? 'No allocation site in this workspace'
        : `${counted(facts.siteCount[id], 'allocation site')} in this workspace (Enter)`;
    case 'driver':
      return [facts.memberWords[id], info?.driver, info?.description, info?.source].filter(Boolean).join('\n');
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
