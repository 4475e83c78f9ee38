/** A watch is recorded, its phases are marked, and the recording is opened again: in the real VS Code. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { nodeBinary } from '../host/tools.mjs';
import { Session, skip } from './session.ts';

describe.skipIf(skip)(`recordings${skip ? ` (${skip})` : ''}`, () => {
  let session: Session;
  let folder = '';
  beforeAll(async () => {
    session = await Session.start({ settings: { 'poolLens.source': 'simulated', 'poolLens.intervalMs': 250 } });
    folder = path.join(session.server.root, 'user/User/globalStorage/pool-lens.pool-lens/recordings');
  });
  afterAll(async () => session?.stop());

  // Each step stands on the one before.
  let broken = false;
  beforeEach((context) => {
    if (broken) context.skip('an earlier step failed');
    onTestFailed(async () => {
      broken = true;
      await session?.failed(context.task.name);
    });
  });

  const recordings = () =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith('.poollens'))
          .sort()
      : [];
  const ask = (sql: string): number => {
    const database = new DatabaseSync(path.join(folder, recordings()[0]), { readOnly: true });
    try {
      return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
    } finally {
      database.close();
    }
  };
  const samples = () => (recordings().length === 0 ? 0 : ask('SELECT count(*) FROM sample'));

  test('a watch is recorded without being asked for', async () => {
    await session.workbench.command('Pool Lens: Show Pool Panel');
    await expect.poll(samples, { timeout: 30_000 }).toBeGreaterThan(4);
    expect(recordings()).toHaveLength(1);
    expect(recordings()[0]).toContain('Simulated kernel');
  });

  test('commands mark where the test stands, and the marks are in the recording', async () => {
    const { workbench } = session;
    await workbench.command('Pool Lens: Begin Phase: Baseline');
    await workbench.command('Pool Lens: Begin Phase: Test');
    await workbench.command('Pool Lens: Begin Phase: Wait');
    await expect.poll(() => ask('SELECT count(*) FROM mark')).toBe(3);
    await expect.poll(() => ask("SELECT count(*) FROM mark WHERE phase = 'test' AND cycle = 1")).toBe(1);
    await session.picture('r1-recording');
  });

  test('a script marks from outside', async () => {
    const env = { ...process.env, HOME: session.server.root };
    const mark = (...args: string[]) =>
      execFileSync(nodeBinary(), [path.join('dist', 'cli.js'), 'mark', ...args], { env, encoding: 'utf8' });
    mark('test', '--operations', '500');
    await expect.poll(() => ask('SELECT count(*) FROM mark WHERE operations = 500 AND cycle = 2')).toBe(1);
    mark('wait');
    await expect.poll(() => ask('SELECT count(*) FROM mark')).toBe(5);
  });

  test('a test that is under way is watched without a panel', async () => {
    const { workbench } = session;
    await workbench.command('View: Toggle Panel Visibility');
    await session.panel.locator('.table').waitFor({ state: 'hidden' });
    const before = samples();
    await expect.poll(samples, { timeout: 15_000 }).toBeGreaterThan(before + 6);
    await workbench.command('Pool Lens: End the Phases');
    await session.opened.page.waitForTimeout(1_000);
    const resting = samples();
    await session.opened.page.waitForTimeout(1_500);
    expect(samples()).toBe(resting);
  });

  test('it opens in the same panel, with its own source', async () => {
    const { workbench } = session;
    const picks = await workbench.commandWithPicks('Pool Lens: Open a Recording');
    expect(picks[0]).toContain('being written');
    await workbench.pick(/Simulated kernel/);
    await workbench.tab(recordings()[0]).waitFor();
    const panel = workbench.webview();
    await panel.locator('.viewport .row:not(.unused)', { hasText: 'File' }).first().waitFor();
    await session.picture('r2-opened');
  });

  test('the time line goes to any moment', async () => {
    const panel = session.workbench.webview();
    const slider = panel.getByRole('slider', { name: 'Moment of the recording' });
    const allocs = () =>
      panel.locator('.viewport .row:not(.unused)', { hasText: 'File' }).first().locator('.cell.allocs').textContent();
    const atTheEnd = await allocs();
    await slider.focus();
    await session.opened.page.keyboard.press('Home');
    await expect.poll(allocs).not.toBe(atTheEnd);
    const atTheStart = await allocs();
    await session.picture('r3-start');
    await session.opened.page.keyboard.press('End');
    await expect.poll(allocs).toBe(atTheEnd);
    expect(atTheStart).not.toBe(atTheEnd);
  });

  test('two moments side by side, what grew first', async () => {
    const panel = session.workbench.webview();
    const { keyboard } = session.opened.page;
    await panel.getByRole('slider', { name: 'Moment of the recording' }).focus();
    await keyboard.press('Home');
    await panel.getByRole('button', { name: 'Set A here' }).click();
    await panel.getByRole('slider', { name: 'Moment of the recording' }).focus();
    await keyboard.press('End');
    await panel.getByRole('button', { name: /^Compare .*A/ }).click();
    const rows = panel.locator('.comparison tbody tr');
    await rows.first().waitFor();
    await session.picture('r4-compared');
    await panel.getByRole('button', { name: 'Back to the rows' }).click();
    await panel.locator('.viewport .row:not(.unused)', { hasText: 'File' }).first().waitFor();
  });

  test('a report to attach to a bug, with pictures beside it', async () => {
    const { workbench, opened, server } = session;
    await workbench.command('Pool Lens: Write a Report');
    await workbench.quickInput.waitFor();
    await expect.poll(() => workbench.quickInput.inputValue()).toContain('pool-report.md');
    await opened.page.keyboard.press('Enter');
    await workbench.toast(/pool-report\.md is written/).waitFor();
    const text = readFileSync(path.join(server.workspace, 'pool-report.md'), 'utf8');
    expect(text).toMatch(/^# Pool report/);
    expect(text).toContain('<code>Xmpl</code>');
    expect(text).toMatch(/queue\.c:\d+/);
    expect(readdirSync(path.join(server.workspace, 'pool-report-charts'))).toContain('chart-1.svg');
  });

  test('a log of PoolMon opens as a recording, and two recordings stand side by side', async () => {
    const { workbench, opened, server } = session;
    const log = path.join(server.workspace, 'poolmon.log');
    const table = (bytes: number) =>
      ` Tag  Type  Allocs  Frees  Diff  Bytes  Per Alloc\n Xmpl Nonp  1000  900  100  ${bytes}  64\n`;
    writeFileSync(log, `# time: 2026-01-02T03:00:00Z\n${table(6400)}# time: 2026-01-02T04:00:00Z\n${table(9600)}`);
    await workbench.command('View: Close All Editors');
    await workbench.command('Pool Lens: Open as a Pool Lens Recording');
    // The dialog writes its folder into the field once it has listed it.
    await workbench.quickRows.filter({ hasText: 'poolmon.log' }).waitFor();
    await expect.poll(() => workbench.quickInput.inputValue()).toContain('sample-driver');
    await workbench.quickInput.fill(log);
    await expect.poll(() => workbench.quickInput.inputValue()).toBe(log);
    await opened.page.keyboard.press('Enter');
    const panel = workbench.webview();
    await panel.locator('.viewport .row:not(.unused)', { hasText: 'Xmpl' }).first().waitFor();
    await panel.getByText('poolmon.log').first().waitFor();
    await workbench.commandWithPicks('Pool Lens: Compare Two Recordings');
    await workbench.pick(/Simulated kernel/);
    await panel.locator('.comparison tbody tr', { hasText: 'Xmpl' }).first().waitFor();
    await panel
      .getByText(/Gains in an hour/)
      .first()
      .waitFor();
    await session.picture('r5-recordings');
  });

  test('nothing was asked of the network', () => {
    expect(session.opened.foreignRequests).toEqual([]);
  });
});
