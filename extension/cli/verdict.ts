import { type PoolTag, tagLabel, tagText } from '../../language/tag/poolTag.ts';
import { matchesTagPattern } from '../../language/tag/tagPattern.ts';
import { LogFeed } from '../pool/log/logFeed.ts';
import { poolName } from '../pool/poolmonText.ts';
import { PoolStore } from '../pool/poolStore.ts';
import { emptyColumns } from '../pool/snapshot.ts';
import type { Verdict, VerdictKind } from '../pool/verdict.ts';
import { RecordingError, RecordingFile } from '../recording/recordingFile.ts';
import { isDatabase } from '../recording/sqlite.ts';
import { readLog } from './convert.ts';
import { scan } from './sites.ts';
import { UsageError } from './usage.ts';

export interface VerdictOptions {
  readonly json: boolean;
  /** Folder of the driver's sources: only their tags. */
  readonly workspace: string | undefined;
  /** Patterns of tags: only these. */
  readonly tags: readonly string[];
  readonly warn: (message: string) => void;
}

interface Judged {
  readonly tag: PoolTag;
  readonly paged: boolean;
  readonly verdict: Verdict;
}

/** Worst first. */
const ORDER: readonly VerdictKind[] = ['leak', 'growing', 'cache', 'load', 'steady', 'unknown'];
/** Samples of a recording that are looked at. */
const MOST_SAMPLES = 20_000;

/** Plays a recording to a store; a long one in steps. */
function playRecording(file: string, store: PoolStore, warn: (message: string) => void): void {
  let recording: RecordingFile;
  try {
    recording = new RecordingFile(file);
  } catch (error) {
    throw error instanceof RecordingError ? new UsageError(error.message) : error;
  }
  try {
    if (recording.notice) warn(`${file}: ${recording.notice}`);
    const { tags, paged, samples, elapsedMs, marks } = recording;
    const ids = new Map<PoolTag, number>();
    for (const tag of tags) if (!ids.has(tag)) ids.set(tag, ids.size);
    const step = Math.max(1, Math.ceil(samples / MOST_SAMPLES));
    const wanted = new Set(marks.map((mark) => recording.sampleAt(mark.elapsedMs)));
    const boots = new Set(recording.bootSamples);
    let mark = 0;
    for (let sample = 0; sample < samples; sample++) {
      if (boots.has(sample) && sample > 0) {
        store.reset();
        while (marks[mark]?.elapsedMs < elapsedMs[sample]) mark++;
      }
      if (sample % step !== 0 && sample !== samples - 1 && !wanted.has(sample) && !boots.has(sample)) continue;
      const figures = recording.at(sample);
      const columns = emptyColumns(Uint32Array.from(ids.keys()));
      for (let row = 0; row < tags.length; row++) {
        const i = ids.get(tags[row])!;
        const isPaged = paged[row] === 1;
        (isPaged ? columns.pagedAllocs : columns.nonpagedAllocs)[i] = figures.allocs[row];
        (isPaged ? columns.pagedFrees : columns.nonpagedFrees)[i] = figures.frees[row];
        (isPaged ? columns.pagedBytes : columns.nonpagedBytes)[i] = figures.bytes[row];
      }
      const { time, system } = recording.header(sample);
      // A recording's counters are unwrapped already.
      store.apply({ time, monotonicMs: elapsedMs[sample], counterBits: 64, costMicroseconds: 0, system, ...columns });
      for (; marks[mark]?.elapsedMs <= elapsedMs[sample]; mark++) store.mark(marks[mark].phase, marks[mark].operations);
    }
  } finally {
    recording.close();
  }
}

function asJson(judged: readonly Judged[], hasTimes: boolean): string {
  const rate = (perHour: number) => (hasTimes && Number.isFinite(perHour) ? perHour : null);
  const tags = judged.map(({ tag, paged, verdict }) => ({
    tag: tagText(tag),
    type: poolName({ paged }),
    verdict: verdict.kind,
    evidence: verdict.evidence,
    objectsPerHour: rate(verdict.objectsPerHour),
    bytesPerHour: rate(verdict.bytesPerHour),
  }));
  return `${JSON.stringify({ tags }, null, 1)}\n`;
}

function asText(judged: readonly Judged[]): string {
  const shown = judged.filter(({ verdict }) => verdict.kind !== 'steady' && verdict.kind !== 'unknown');
  const lines = shown.map(
    ({ tag, paged, verdict }) =>
      `${verdict.kind.padEnd(8)} ${tagLabel(tag).padEnd(6)} ${poolName({ paged }).padEnd(5)}  ${verdict.evidence}`,
  );
  const counts = ORDER.map((kind) => [judged.filter(({ verdict }) => verdict.kind === kind).length, kind] as const);
  const summary = counts.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  return `${[...lines, '', summary.join(', ') || 'No tags.'].join('\n').trimStart()}\n`;
}

/** The verdicts on the tags of a recording or a log, worst first; `leaks` tells whether one of them leaks. */
export async function verdict(file: string, options: VerdictOptions): Promise<{ output: string; leaks: boolean }> {
  const { json, workspace, tags, warn } = options;
  if (workspace !== undefined && tags.length > 0) throw new UsageError('Either --workspace or --tags, not both.');
  const own = workspace === undefined ? undefined : new Set((await scan(workspace)).sites.map((site) => site.tag));
  const patterns = tags.flatMap((each) => each.split(',')).filter((each) => each !== '');
  const isMeant = (tag: PoolTag) =>
    (own === undefined || own.has(tag)) &&
    (patterns.length === 0 || patterns.some((pattern) => matchesTagPattern(tagText(tag), pattern)));
  const store = new PoolStore();
  let hasTimes = true;
  if (isDatabase(file)) {
    playRecording(file, store, warn);
  } else {
    const feed = new LogFeed(store);
    await readLog(
      file,
      (table) => {
        feed.take(table);
        return undefined;
      },
      warn,
    );
    hasTimes = feed.hasTimes;
  }
  store.judgeAll();
  const judged: Judged[] = [];
  for (let id = 0; id < store.rowCount; id++) {
    const { tag, paged } = store.row(id);
    if (isMeant(tag)) judged.push({ tag, paged, verdict: store.verdict(id, hasTimes) });
  }
  judged.sort(
    (a, b) =>
      ORDER.indexOf(a.verdict.kind) - ORDER.indexOf(b.verdict.kind) ||
      (b.verdict.bytesPerHour || 0) - (a.verdict.bytesPerHour || 0) ||
      a.tag - b.tag,
  );
  return {
    output: json ? asJson(judged, hasTimes) : asText(judged),
    leaks: judged.some(({ verdict }) => verdict.kind === 'leak'),
  };
}
