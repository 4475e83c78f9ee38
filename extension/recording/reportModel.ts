import { type PoolTag, tagLabel } from '../../language/tag/poolTag.ts';
import { phasesOf } from '../pool/phases.ts';
import { poolName } from '../pool/poolmonText.ts';
import type { RowPast } from '../pool/rowPasts.ts';
import type { SystemFigures } from '../pool/snapshot.ts';
import type { Verdict } from '../pool/verdict.ts';
import type { PanelSite } from '../protocol.ts';
import type { Watch } from '../watch.ts';

/** What the workspace knows of a tag. */
export interface ReportTagInfo {
  readonly driver: string;
  readonly description: string;
  readonly sites: readonly PanelSite[];
}

export interface ReportInput {
  readonly watch: Watch;
  /** Tags with allocation sites in the workspace. */
  readonly ownTags: readonly PoolTag[];
  infoOf(tag: PoolTag): ReportTagInfo | undefined;
  /** The watched system in words; empty where unknown. */
  readonly system: string;
  /** Version of Pool Lens. */
  readonly version: string;
}

/** A phase as the report's charts and tables show it. */
export interface ReportPhase {
  /** `test 3` */
  readonly name: string;
  readonly kind: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One row of the pool that the report is about. */
export interface ReportRow {
  readonly tag: string;
  readonly type: string;
  readonly own: boolean;
  readonly outstanding: number;
  readonly bytes: number;
  readonly verdict: Verdict;
  readonly driver: string;
  readonly description: string;
  readonly sites: readonly PanelSite[];
  /** Milliseconds since the first sample, and the row's figures then. */
  readonly times: Float64Array;
  readonly past: RowPast | undefined;
}

/** Tags that belong together, with the part of the growth that each takes, and its line. */
export interface ReportGroup {
  readonly tag: string;
  readonly kind: 'split' | 'together';
  readonly reason: string;
  /** `share` from 0 to 1, NaN while nothing grew; `place` is empty where it is not one line. */
  readonly members: readonly { readonly tag: string; readonly share: number; readonly place: string }[];
}

/** A report, without words and markup. */
export interface Report {
  readonly source: string;
  readonly system: string;
  readonly version: string;
  /** Milliseconds since 1970 of the last sample. */
  readonly time: number;
  readonly lengthMs: number;
  readonly figures: SystemFigures | null;
  readonly phases: readonly ReportPhase[];
  /** Where phases are told apart by cycle: how many tests were run. */
  readonly cycles: number;
  /** This workspace's tags, then others that leak or grow: the worst first. */
  readonly rows: readonly ReportRow[];
  readonly groups: readonly ReportGroup[];
}

/** Rows of other drivers in a report, at the most. */
const MOST_OTHERS = 10;
/** Points of a chart's line. */
const POINTS = 240;
const ORDER = ['leak', 'growing', 'load', 'cache', 'steady', 'unknown'];

/** Everything that the report says, from what a panel would show. */
export function makeReport({ watch, ownTags, infoOf, system, version }: ReportInput): Report {
  const { store } = watch;
  const lengthMs = watch.timeline?.lengthMs ?? store.watchedMs;
  const own = new Set(ownTags);
  const candidates = Array.from({ length: store.rowCount }, (_, id) => ({ id, row: store.row(id) }))
    .filter(({ row }) => row.allocs !== 0 || row.frees !== 0 || row.bytes !== 0)
    .filter(({ row }) => own.has(row.tag) || row.growing)
    .map(({ id, row }) => ({ id, row, verdict: store.verdict(id) }))
    .sort(
      (a, b) =>
        ORDER.indexOf(a.verdict.kind) - ORDER.indexOf(b.verdict.kind) ||
        (b.verdict.bytesPerHour || 0) - (a.verdict.bytesPerHour || 0) ||
        b.row.bytes - a.row.bytes,
    );
  const mine = candidates.filter(({ row }) => own.has(row.tag));
  const others = candidates.filter(({ row }) => !own.has(row.tag)).slice(0, MOST_OTHERS);
  const chosen = [...mine, ...others];
  const ids = chosen.map(({ id }) => id);
  const pasts = watch.past?.(ids, { fromMs: null, toMs: null }, POINTS);
  const phases = phasesOf(watch.phases.marks, lengthMs);
  return {
    source: watch.sourceLabel,
    system,
    version,
    time: store.time,
    lengthMs,
    figures: store.system,
    phases: phases.map(({ kind, cycle, startMs, endMs }) => ({
      name: kind === 'test' || (kind === 'wait' && cycle > 0) ? `${kind} ${cycle}` : kind,
      kind,
      fromMs: startMs,
      toMs: endMs,
    })),
    cycles: phases.filter(({ kind }) => kind === 'test').length,
    rows: chosen.map(({ id, row, verdict }) => {
      const info = infoOf(row.tag);
      return {
        tag: tagLabel(row.tag),
        type: poolName(row),
        own: own.has(row.tag),
        outstanding: row.outstanding,
        bytes: row.bytes,
        verdict,
        driver: info?.driver ?? '',
        description: info?.description ?? '',
        sites: info?.sites ?? [],
        times: pasts?.times ?? new Float64Array(0),
        past: pasts?.rows.find((past) => past.id === id),
      };
    }),
    groups: groupsOf(watch, new Set(ids)),
  };
}

function groupsOf(watch: Watch, shown: ReadonlySet<number>): ReportGroup[] {
  const { store, groups = [] } = watch;
  return groups
    .filter(({ members }) => members.some(({ tag }) => store.rowsOf(tag).some((id) => shown.has(id))))
    .map(({ kind, tag, reason, members }) => ({
      kind,
      tag: tagLabel(tag),
      reason,
      members: members.map((member) => ({ ...member, tag: tagLabel(member.tag) })),
    }));
}
