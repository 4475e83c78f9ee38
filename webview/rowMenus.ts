/** What the menus offer: everything that can be done with a row, and the columns. */
import type { FromPanel, TagGroup } from '../extension/protocol.ts';
import { type PoolTag, tagLabel, tagText } from '../language/tag/poolTag.ts';
import type { MenuItem } from './controls/menu.ts';
import { debuggerCommands } from './debuggerCommands.ts';
import { counted } from './numbers.ts';
import { ALWAYS_SHOWN, COLUMNS, type ColumnId } from './table/columns.ts';

export interface RowActions {
  readonly tag: PoolTag;
  readonly paged: boolean;
  readonly sites: number;
  readonly overlaid: boolean;
  /** The split that the tag came from. */
  readonly split: TagGroup | undefined;
  send(message: FromPanel): void;
  onOverlay(): void;
  onFilter(text: string): void;
  onCopyRow(): void;
}

export function rowItems(row: RowActions): MenuItem[] {
  const { tag, sites, split } = row;
  const name = tagLabel(tag);
  const items: MenuItem[] = [];
  if (sites > 0) {
    const label = sites === 1 ? 'Go to the allocation site' : `Show the ${counted(sites, 'allocation site')}`;
    items.push({ label, key: 'Enter', run: () => row.send({ type: 'showSites', tag }) });
  }
  if (sites > 1) {
    items.push({ label: `Assign unique tags to all ${sites} sites…`, run: () => row.send({ type: 'assignTag', tag }) });
  }
  if (split) {
    const old = split.tag;
    items.push({ label: `Restore ${tagLabel(old)}…`, run: () => row.send({ type: 'restoreTags', tag: old }) });
  }
  const [poolused, poolfind, hit] = debuggerCommands(tag, row.paged);
  items.push(
    { label: row.overlaid ? 'Take out of the chart' : 'Lay over the chart', key: 'Space', run: row.onOverlay },
    { label: `Show ${name} only`, key: '/', run: () => row.onFilter(filterOf(tag)) },
    { label: 'Copy the row', key: 'Ctrl+C', run: row.onCopyRow },
    ...[poolused, poolfind, hit].map(({ command }) => ({
      label: `Copy ${command}`,
      run: () => row.send({ type: 'copy', text: command }),
    })),
    { label: 'Write a report…', run: () => row.send({ type: 'export', format: 'report' }) },
    { label: 'Export as CSV…', run: () => row.send({ type: 'export', format: 'csv' }) },
    { label: 'Export as PoolMon text…', run: () => row.send({ type: 'export', format: 'poolmon' }) },
    { label: 'Compare…', run: () => row.send({ type: 'compare' }) },
  );
  return items;
}

/** A blank inside a tag needs quotes; one at its end matches without. */
function filterOf(tag: PoolTag): string {
  const text = tagText(tag).trimEnd();
  return text.includes(' ') ? `"${text}"` : text;
}

export function columnItems(hidden: readonly ColumnId[], onChange: (hidden: readonly ColumnId[]) => void): MenuItem[] {
  let now = hidden;
  return COLUMNS.filter(({ id }) => id !== ALWAYS_SHOWN).map(({ id, label }) => ({
    label,
    checked: !hidden.includes(id),
    run: () => {
      now = now.includes(id) ? now.filter((other) => other !== id) : [...now, id];
      onChange(now);
    },
  }));
}
