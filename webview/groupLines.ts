/** The lines over groups of tags, in words. */
import type { TagGroup } from '../extension/protocol.ts';
import { tagLabel } from '../language/tag/poolTag.ts';
import { counted, friendlyBytes, percent, signed } from './numbers.ts';
import type { RowStore } from './state.ts';
import type { GroupLine } from './table/rowView.ts';
import type { Grouping } from './table/table.ts';

export class GroupLines implements Grouping {
  readonly #store: RowStore;
  readonly #groups: readonly TagGroup[];
  readonly #folded: readonly number[];
  readonly #members: ReadonlySet<number>;

  constructor(store: RowStore, groups: readonly TagGroup[], folded: readonly number[]) {
    this.#store = store;
    this.#groups = groups;
    this.#folded = folded;
    this.#members = new Set(groups.flatMap((group) => group.members.map((member) => member.tag)));
  }

  isMember(id: number): boolean {
    return this.#members.has(this.#store.tag(id));
  }

  /** `Xmpl · split into 5 tags · 541 objects, 110 KB · +41 objects/min`. */
  line(index: number): GroupLine {
    const group = this.#groups[index];
    const rows = group.members.flatMap(({ tag }) => this.#store.rowsOfTag(tag));
    const { columns } = this.#store;
    const sum = (column: Float64Array) => rows.reduce((total, id) => total + (column[id] || 0), 0);
    const tags = counted(group.members.length, 'tag');
    const what = group.kind === 'split' ? `split into ${tags}` : `${tags} that grow together`;
    const rate = sum(columns.objectsPerMinute);
    const growth = Math.abs(rate) >= 0.5 ? ` · ${signed(rate)} objects/min` : '';
    const stock = `${counted(sum(columns.outstanding), 'object')}, ${friendlyBytes(sum(columns.bytes))}`;
    return {
      words: `${tagLabel(group.tag)} · ${what} · ${stock}${growth}${leading(group)}`,
      folded: this.#folded.includes(group.tag),
      hero: rows.some((id) => columns.growing[id] === 1),
    };
  }
}

/** Who takes most of the growth, and where it allocates: ` · 98 % by XmCC, command.c:23`. */
function leading({ kind, members }: TagGroup): string {
  if (kind !== 'split') return '';
  const [first] = members.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  if (!first) return '';
  return ` · ${percent(first.share)} by ${tagLabel(first.tag)}${first.place === '' ? '' : `, ${first.place}`}`;
}
