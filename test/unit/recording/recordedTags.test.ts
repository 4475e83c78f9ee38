import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { tagsSeenIn } from '../../../extension/cli/seenTags.ts';
import { UsageError } from '../../../extension/cli/usage.ts';
import { recordedTags, tagsInRecording } from '../../../extension/recording/recordedTags.ts';
import { RecordingWriter } from '../../../extension/recording/recordingWriter.ts';
import { tagFromText } from '../../../language/tag/poolTag.ts';
import { INFO, RandomPool, scratchFolder } from './pools.ts';

/** Writes a recording; answers the tags that it must hold: those of which there was an allocation. */
function record(file: string, seed: number): number[] {
  const writer = new RecordingWriter(file, INFO, { maxBytes: 1e9 });
  const pool = new RandomPool(seed, 20);
  const tags = new Set<number>();
  for (let sample = 0; sample < 5; sample++) {
    const snapshot = pool.next();
    for (const [i, tag] of snapshot.tags.entries())
      if (snapshot.pagedAllocs[i] > 0 || snapshot.nonpagedAllocs[i] > 0) tags.add(tag);
    writer.sample(snapshot, { elapsedMs: sample * 1_000, newBoot: false });
  }
  writer.close();
  return [...tags].sort((a, b) => a - b);
}

const sorted = (tags: Iterable<number>) => [...tags].sort((a, b) => a - b);

describe('tags in recordings', () => {
  test('all of a recording, each once', () => {
    const file = path.join(scratchFolder(), 'one.poollens');
    const tags = record(file, 1);
    expect(tags.length).toBeGreaterThan(1);
    expect(sorted(tagsInRecording(file))).toEqual(tags);
  });

  test('all of a folder; a file that is none is told and left out', async () => {
    const folder = scratchFolder();
    const tags = new Set([
      ...record(path.join(folder, 'one.poollens'), 1),
      ...record(path.join(folder, 'two.poollens'), 2),
    ]);
    writeFileSync(path.join(folder, 'rubbish.poollens'), 'rubbish');
    const warnings: string[] = [];
    expect(sorted(await recordedTags(folder, (line) => warnings.push(line)))).toEqual(sorted(tags));
    expect(warnings).toEqual([expect.stringMatching(/rubbish\.poollens: its tags cannot be read/)]);
    expect(await recordedTags(path.join(folder, 'none'), (line) => warnings.push(line))).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  test('the command line reads recordings and logs, and says what is neither', async () => {
    const folder = scratchFolder();
    const [recording, log, notes] = ['a.poollens', 'a.txt', 'notes.txt'].map((name) => path.join(folder, name));
    const tags = record(recording, 3);
    writeFileSync(
      log,
      ' Tag  Type     Allocs            Frees            Diff   Bytes       Per Alloc\n\n' +
        ' Zqx9 Nonp         12 (   0)         2 (   0)       10     640 (     0)     64\n',
    );
    writeFileSync(notes, 'nothing of the kind\n');
    const zqx9 = tagFromText('Zqx9')!;
    expect(sorted(await tagsSeenIn([recording, log], () => {}))).toEqual(sorted([...tags, zqx9]));
    await expect(tagsSeenIn([notes], () => {})).rejects.toThrow(UsageError);
    await expect(tagsSeenIn([path.join(folder, 'none')], () => {})).rejects.toThrow(UsageError);
  });
});
