/** The monitor's groups follow the ledger, the pool and the sites. */
import { describe, expect, test } from 'vitest';
import { PoolStore } from '../../../extension/pool/poolStore.ts';
import type { TagGroup } from '../../../extension/protocol.ts';
import { Signal } from '../../../extension/signal.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import { SplitMonitor } from '../../../extension/splitMonitor.ts';
import type { AssignmentsChanged } from '../../../language/protocol.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { sampleAt } from '../pool/samples.ts';
import { siteAt } from './sites.ts';

const SECONDS = 120;

function setUp() {
  const directory = new SiteDirectory({ relative: (uri) => uri.replace('file:///ws/', ''), folder: () => 'ws' });
  const assignments = new Signal<AssignmentsChanged>();
  const sampled = new Signal<void>();
  const store = new PoolStore();
  const told: (readonly TagGroup[])[] = [];
  const watch = { store, sampled, setGroups: (groups: readonly TagGroup[]) => void told.push(groups) };
  const splits = new SplitMonitor(watch, directory, assignments);
  const sites = (...list: ReturnType<typeof siteAt>[]) =>
    directory.setSites({ generation: 1, complete: true, filesScanned: 1, sites: list, frees: [], unresolved: [] });
  const assign = (...tags: string[]) =>
    assignments.emit({ tags: tags.map((tag) => ({ oldTag: tagFromText('Xmpl')!, newTag: tagFromText(tag)! })) });
  const sample = (second: number) => {
    store.apply(
      sampleAt(1000 * second, [
        { tag: 'XmCp', nonpaged: [100 + 10 * second, second, 64 * (100 + 9 * second)] },
        { tag: 'XmFl', nonpaged: [50, 0, 3200] },
      ]),
    );
    sampled.emit();
  };
  return { splits, sites, assign, sample, told };
}

describe('groups', () => {
  test('name the line of the tag that grows, once it was seen to', () => {
    const { assign, sites, sample, told } = setUp();
    sites(siteAt('XmCp', 'FilterCaptureCommand', 22), siteAt('XmFl', 'FilterFlushQueue', 85));
    assign('XmCp', 'XmFl');
    expect(told).toEqual([]);
    for (let second = 0; second < SECONDS; second++) sample(second);
    expect(told[0][0].reason).toBe("'Xmpl' was split into 2 tags; none of them grows.");
    const [group] = told.at(-1)!;
    expect(group).toMatchObject({ kind: 'split', tag: tagFromText('Xmpl') });
    expect(group.members.map(({ share, place }) => [share, place])).toEqual([
      [1, 'queue.c:23'],
      [0, 'queue.c:86'],
    ]);
    expect(group.reason).toBe("'Xmpl' was split into 2 tags; 'XmCp' (queue.c:23) takes all of the growth.");
  });

  test('are told when they change, and only then; a restored tag leaves', () => {
    const { splits, assign, sites, sample, told } = setUp();
    assign('XmCp', 'XmFl');
    sample(0);
    expect(told).toHaveLength(1);
    sample(1);
    expect(told).toHaveLength(1);
    sites(siteAt('XmFl', 'FilterFlushQueue', 85));
    expect(told.at(-1)![0].members.find((m) => m.tag === tagFromText('XmFl'))?.place).toBe('queue.c:86');
    // Two sites under one tag: no line can be named.
    sites(siteAt('XmFl', 'FilterFlushQueue', 85), siteAt('XmFl', 'FilterQueueRequest', 45));
    expect(told.at(-1)![0].members.find((m) => m.tag === tagFromText('XmFl'))?.place).toBe('');
    assign('XmCp');
    expect(told.at(-1)![0].members).toHaveLength(1);
    assign();
    expect(told.at(-1)).toEqual([]);
    expect(splits.tags).toEqual([]);
    splits.dispose();
    assign('XmCp');
    expect(told.at(-1)).toEqual([]);
  });
});
