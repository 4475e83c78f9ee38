import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mark } from '../../../extension/cli/mark.ts';
import { monitorsFolder } from '../../../extension/marks/markProtocol.ts';
import { MarkServer } from '../../../extension/marks/markServer.ts';

const before = { HOME: process.env.HOME, LOCALAPPDATA: process.env.LOCALAPPDATA };
let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'pool-lens-home-'));
  process.env.HOME = home;
  process.env.LOCALAPPDATA = home;
});
afterEach(() => {
  rmSync(home, { recursive: true });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const folder = () => monitorsFolder(process.env, homedir(), process.platform);

async function running(marks: unknown[], canMark = true): Promise<MarkServer> {
  const server = new MarkServer(
    {
      sourceLabel: 'This PC',
      phases: { canMark, marks: [] },
      mark: (...args) => {
        marks.push(args);
        return { cycle: 2 };
      },
    },
    folder(),
  );
  await server.start();
  return server;
}

describe('pool-lens mark', () => {
  test('marks in the monitor that runs, with the operations of the cycle', async () => {
    const marks: unknown[][] = [];
    const server = await running(marks);
    try {
      expect(await mark(['test'], 500)).toBe('This PC: now test, cycle 2.\n');
      expect(marks.map(([phase, operations]) => [phase, operations])).toEqual([['test', 500]]);
    } finally {
      server.dispose();
    }
  });

  test('says what to do where none runs, or none can mark', async () => {
    await expect(mark(['test'], null)).rejects.toThrow(/^No Pool Lens is running here\. Open its panel/);
    const server = await running([], false);
    try {
      await expect(mark(['wait'], null)).rejects.toThrow(/watches nothing yet/);
    } finally {
      server.dispose();
    }
  });

  test('a file that is left over names a monitor that nobody answers', async () => {
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    const left = { version: 1, pid: 1, socket: path.join(home, 'gone.sock'), token: 'a'.repeat(64) };
    writeFileSync(path.join(folder(), '1.json'), JSON.stringify(left), { mode: 0o600 });
    await expect(mark(['test'], null)).rejects.toThrow(/^No Pool Lens is running here/);
  });

  test.skipIf(process.platform === 'win32')('a folder that others can enter is not trusted', async () => {
    mkdirSync(folder(), { recursive: true });
    chmodSync(folder(), 0o755);
    await expect(mark(['test'], null)).rejects.toThrow(/must be a folder of yours that nobody else can enter/);
  });

  test('knows its phases', async () => {
    await expect(mark(['lunch'], null)).rejects.toThrow('Name one phase: settle, baseline, test, wait, end.');
    await expect(mark([], null)).rejects.toThrow(/^Name one phase/);
    await expect(mark(['test'], 1.5)).rejects.toThrow(/whole number/);
  });
});
