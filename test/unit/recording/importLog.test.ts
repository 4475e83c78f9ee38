import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importLog } from '../../../extension/recording/importLog.ts';
import { RecordingFile } from '../../../extension/recording/recordingFile.ts';
import { tagOf } from '../pool/samples.ts';
import { scratchFolder } from './pools.ts';

const OPTIONS = { writer: '0', maxBytes: 1e9, warn: () => {} };

const table = (leaked: number) =>
  [
    ' Memory:16468560K Avail:12072536K  PageFlts:468600648   InRam Krnl:56708K P:950888K',
    ' Commit:4100436K Limit:17517136K Peak:11685564K            Pool N:710920K P:983564K',
    '',
    ' Tag  Type     Allocs         Frees    Diff   Bytes    Per Alloc',
    '',
    ` Leak Nonp       ${1000 + leaked}       900      ${100 + leaked}    ${(100 + leaked) * 64}         64`,
    ' Rest Paged        10         0        10       640         64',
    '',
  ].join('\r\n');

describe('a log as a recording', () => {
  test('its tables are samples, its phase lines are marks', async () => {
    const folder = scratchFolder();
    const log = path.join(folder, 'poolmon.log');
    const text = [
      '# phase: baseline\r\n# time: 2026-01-02T03:00:00Z',
      table(0),
      '# phase: test\r\n# time: 2026-01-02T03:10:00Z',
      table(5),
      '# phase: wait\r\n# time: 2026-01-02T03:20:00Z',
      table(5),
    ].join('\r\n');
    writeFileSync(log, text);
    const target = path.join(folder, 'x.poollens');
    expect(await importLog(log, target, OPTIONS)).toBe(3);
    const recording = new RecordingFile(target);
    expect(recording.info).toMatchObject({ label: 'poolmon.log', importedFrom: 'poolmon.log' });
    expect([...recording.elapsedMs]).toEqual([0, 600_000, 1_200_000]);
    expect(recording.header(0)).toMatchObject({
      time: Date.parse('2026-01-02T03:00:00Z'),
      system: { totalKb: 16_468_560, nonpagedKb: 710_920 },
    });
    expect(recording.marks.map(({ phase }) => phase)).toEqual(['baseline', 'test', 'wait']);
    const leak = recording.tags.indexOf(tagOf('Leak'));
    expect(recording.at(2).bytes[leak]).toBe(105 * 64);
    expect(recording.at(0).allocs[leak]).toBe(1000);
    recording.close();
  });

  test('what is no log is refused with line and reason, and leaves nothing', async () => {
    const folder = scratchFolder();
    const log = path.join(folder, 'letter.txt');
    writeFileSync(log, 'Dear friend,\nthis is no log.\n');
    const target = path.join(folder, 'x.poollens');
    await expect(importLog(log, target, OPTIONS)).rejects.toThrow(/letter\.txt/);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder)).toEqual(['letter.txt']);
  });

  test('public logs of every kind', async (context) => {
    const shared = process.env.POOL_LENS_SHARED;
    if (!shared || !existsSync(path.join(shared, 'data/poolmon'))) {
      context.skip('POOL_LENS_SHARED names no folder of public logs');
      return;
    }
    const folder = scratchFolder();
    let imported = 0;
    for (const name of readdirSync(path.join(shared, 'data/poolmon'))) {
      const target = path.join(folder, `${name}.poollens`);
      // A table without a row makes no recording.
      if (name.includes('empty')) continue;
      await importLog(path.join(shared, 'data/poolmon', name), target, OPTIONS);
      const recording = new RecordingFile(target);
      expect(recording.rowCount).toBeGreaterThan(0);
      recording.close();
      imported++;
    }
    expect(imported).toBeGreaterThan(10);
  });
});
