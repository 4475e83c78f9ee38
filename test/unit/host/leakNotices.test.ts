import { describe, expect, test, vi } from 'vitest';
import { type LeakNotice, noticeLeaks } from '../../../extension/leakNotices.ts';
import { Monitor } from '../../../extension/monitor.ts';
import { SiteDirectory } from '../../../extension/siteDirectory.ts';
import type { SourceListener } from '../../../extension/sources/source.ts';
import { sampleAt, tagOf } from '../pool/samples.ts';
import { siteAt } from './sites.ts';

describe('a leak of the workspace’s own', () => {
  test('is told once in a watch, with its evidence; those of others never', () => {
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    let listener: SourceListener | undefined;
    const monitor = new Monitor((kind, given) => {
      listener = given;
      const nothing = () => {};
      return { kind, label: 'x', start: nothing, stop: nothing, setInterval: nothing, dispose: nothing };
    }, 1000);
    const directory = new SiteDirectory({ relative: (uri) => uri, folder: () => 'drv' });
    const snapshot = { generation: 1, complete: true, filesScanned: 1, frees: [], unresolved: [] };
    directory.setSites({ ...snapshot, sites: [siteAt('Mine', 'F', 3), siteAt('Rest', 'G', 9)] });
    const told: LeakNotice[] = [];
    noticeLeaks(monitor, directory, (notice) => told.push(notice));
    monitor.setSource('local');
    /** Four cycles of 30 s of test, in which ten objects stay, and 30 s of wait. */
    const leak = () => {
      let stay = 0;
      for (let second = 0; second <= 260; second++) {
        clock += 1_000;
        const within = (second - 20) % 60;
        if (second > 20 && within >= 1 && within <= 10) stay++;
        const counters = [1_000 + stay, 900, (100 + stay) * 64] as const;
        listener!.sample(
          sampleAt(second * 1000, [
            { tag: 'Mine', nonpaged: counters },
            { tag: 'Them', nonpaged: counters },
            { tag: 'Rest', nonpaged: [5, 0, 320] },
          ]),
        );
        if (second === 0) monitor.mark('baseline');
        if (second >= 20 && within === 0 && second < 260) monitor.mark('test');
        if (second >= 20 && within === 30) monitor.mark('wait');
      }
    };
    leak();
    expect(told).toEqual([{ tag: tagOf('Mine'), evidence: expect.stringMatching(/^\+\d+ objects/) }]);
    monitor.setSource('simulated');
    leak();
    expect(told).toHaveLength(2);
    vi.restoreAllMocks();
  });
});
