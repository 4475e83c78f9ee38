/** The kernel's own path in a real VS Code: koffi in the packed extension, a sampler that dies, and a system without a pool. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { LIBRARY_VARIABLE } from '../../extension/sampler/protocol.ts';
import { buildSimulatedKernel, HOST_COMPILER } from '../kernel/build.ts';
import { findTool, skipReason } from '../kernel/requirements.ts';
import { Session, skip } from './session.ts';

const noCompiler = skipReason({ [HOST_COMPILER]: findTool(HOST_COMPILER) !== undefined });
const onLinux = process.platform === 'linux' ? null : 'Linux only: a library stands in for ntdll.dll';
const reason = skip ?? noCompiler ?? onLinux;

/** Processes that run the extension's sampler, below the test's own VS Code. */
function samplers(session: Session): number[] {
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      if (command.includes(session.server.root) && command.includes('sampler.js')) found.push(Number(entry));
    } catch {
      // It ended between the listing and the look.
    }
  }
  return found;
}

describe.skipIf(reason)(`the pool of this PC${reason ? ` (${reason})` : ''}`, () => {
  describe('with a kernel that answers', () => {
    let session: Session;
    beforeAll(async () => {
      session = await Session.start({
        settings: { 'poolLens.source': 'local', 'poolLens.intervalMs': 250 },
        env: { [LIBRARY_VARIABLE]: buildSimulatedKernel(), NTSIM_SCENARIO: 'tags=4000' },
      });
      await session.workbench.command('Pool Lens: Show Pool Panel');
    });
    afterAll(async () => session?.stop());

    test('4,000 tags come through koffi into the table', async () => {
      const { panel } = session;
      await panel.getByText('This PC').first().waitFor();
      await panel.getByText(/[4-9],\d{3} rows/).waitFor();
      const figures = () => panel.locator('.viewport .row:not(.unused)').first().textContent();
      const before = await figures();
      await expect.poll(figures, { timeout: 10_000 }).not.toBe(before);
      await session.picture('local-1-live');
    });

    test('a sampler that is killed is told with its reason; the figures stay, and it comes back', async () => {
      const { panel } = session;
      onTestFailed(() => session.failed('sampler killed'));
      // Killed three times: each wait is twice the last, and the third is long enough to be seen on a busy machine.
      let last = 0;
      for (let death = 0; death < 3; death++) {
        await expect.poll(() => samplers(session).filter((pid) => pid !== last).length, { timeout: 20_000 }).toBe(1);
        [last] = samplers(session).filter((pid) => pid !== last);
        process.kill(last, 'SIGKILL');
      }
      await panel.getByText(/The sampler process ended: killed by SIGKILL/).waitFor();
      await session.picture('local-2-died', ['dark']);
      expect(await panel.locator('.viewport .row:not(.unused)').count()).toBeGreaterThan(3);
      await expect
        .poll(() => panel.getByText(/The sampler process ended/).isVisible(), { timeout: 30_000 })
        .toBe(false);
      await panel.getByText(/[4-9],\d{3} rows/).waitFor();
    });

    test('nothing is polled while no panel can be seen', async () => {
      const { workbench } = session;
      await workbench.command('View: Hide Panel');
      await workbench.statusItem('Pool').waitFor();
      const [pid] = samplers(session);
      const ticks = () => {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
        return Number(fields[13]) + Number(fields[14]);
      };
      await session.opened.page.waitForTimeout(1_000);
      const before = ticks();
      await session.opened.page.waitForTimeout(3_000);
      // Twelve polls would have come in three seconds; an idle process may still tick once.
      expect(ticks() - before).toBeLessThanOrEqual(1);
      await workbench.command('Pool Lens: Open Pool in an Editor Tab');
      await workbench
        .webview(0)
        .getByText(/[4-9],\d{3} rows/)
        .waitFor();
      await session.picture('local-3-tab', ['dark', 'light', 'hc-dark', 'hc-light']);
    });
  });

  describe('on a system without a Windows kernel', () => {
    let session: Session;
    beforeAll(async () => {
      session = await Session.start({ settings: { 'poolLens.source': 'local' } });
    });
    afterAll(async () => session?.stop());

    test('the panel says why there is no pool and offers the simulated kernel, which works', async () => {
      const { workbench, panel } = session;
      await workbench.command('Pool Lens: Show Pool Panel');
      await panel.locator('.placeholder-text', { hasText: 'has no Windows pool' }).waitFor();
      await session.picture('local-4-unsupported');
      await panel.getByText('Watch the simulated kernel').click();
      await panel.getByText('Simulated kernel (sample.sys)').waitFor();
      await panel.getByText(/\d{3} rows/).waitFor();
    });
  });
});
