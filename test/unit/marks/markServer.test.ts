import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LONGEST_LINE, type MarkReply, parseMonitorFile } from '../../../extension/marks/markProtocol.ts';
import { MarkServer, type MarkTarget } from '../../../extension/marks/markServer.ts';
import { scratchFolder } from '../recording/pools.ts';

async function serve(canMark = true) {
  const folder = path.join(scratchFolder(), 'monitors');
  const marked: unknown[] = [];
  const target: MarkTarget = {
    sourceLabel: 'This PC',
    phases: { canMark, marks: [{ cycle: 2 }] },
    mark: (...args) => {
      marked.push(args);
      return args[0] === 'wait' ? undefined : { cycle: 3 };
    },
  };
  const server = new MarkServer(target, folder);
  await server.start();
  onTestFinished(() => server.dispose());
  const file = path.join(folder, `${process.pid}.json`);
  const { socket, token } = parseMonitorFile(readFileSync(file, 'utf8'))!;
  return { server, folder, file, socket, token, marked };
}

/** What comes back for these bytes; empty where the connection is only ended. */
function send(socket: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket, () => connection.write(text));
    connection.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    connection.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    connection.on('close', () => resolve(answer));
  });
}

const ask = async (socket: string, request: unknown): Promise<MarkReply> =>
  JSON.parse(await send(socket, `${JSON.stringify(request)}\n`));

describe('marks from outside', () => {
  test('are set, and answered with where the test stands', async () => {
    const { socket, token, marked } = await serve();
    expect(await ask(socket, { token, phase: 'test', operations: 500 })).toEqual({
      ok: true,
      marked: true,
      source: 'This PC',
      cycle: 3,
    });
    expect(await ask(socket, { token, phase: 'wait', operations: null })).toEqual({
      ok: true,
      marked: false,
      source: 'This PC',
      cycle: 2,
    });
    expect(marked).toEqual([
      ['test', 500],
      ['wait', undefined],
    ]);
  });

  test('are refused with a reason: no such phase, no such number, nothing watched', async () => {
    const { socket, token, marked } = await serve();
    expect(await ask(socket, { token, phase: 'lunch', operations: null })).toMatchObject({ ok: false });
    for (const operations of [0, -1, 1.5, '7', 1e15]) {
      expect(await ask(socket, { token, phase: 'test', operations })).toMatchObject({ ok: false });
    }
    expect(marked).toEqual([]);
    const idle = await serve(false);
    expect(await ask(idle.socket, { token: idle.token, phase: 'test', operations: null })).toMatchObject({
      ok: false,
      error: expect.stringContaining('Open the pool panel'),
    });
  });

  test('without the token there is no answer, and no mark', async () => {
    const { socket, token, marked } = await serve();
    for (const wrong of [undefined, '', token.slice(1), `${token}0`, token.replace(/./, 'x'), { length: 64 }, null]) {
      expect(await send(socket, `${JSON.stringify({ token: wrong, phase: 'test' })}\n`)).toBe('');
    }
    expect(await send(socket, 'null\n')).toBe('');
    expect(await send(socket, 'GET / HTTP/1.1\r\n\r\n')).toBe('');
    expect(await send(socket, 'x'.repeat(LONGEST_LINE + 10))).toBe('');
    expect(marked).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('folder, file and socket are this user’s alone', async () => {
    const { folder, file, socket } = await serve();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(path.dirname(socket)).toBe(folder);
  });

  test('the end takes file and socket away', async () => {
    const { server, file, socket } = await serve();
    server.dispose();
    expect(existsSync(file)).toBe(false);
    await expect.poll(() => existsSync(socket)).toBe(false);
  });

  test.skipIf(process.platform === 'win32')(
    'an open folder is closed to others, a link in the place of the file is not followed',
    async () => {
      const folder = path.join(scratchFolder(), 'monitors');
      mkdirSync(folder);
      chmodSync(folder, 0o777);
      const victim = path.join(scratchFolder(), 'victim');
      writeFileSync(victim, 'mine');
      symlinkSync(victim, path.join(folder, `${process.pid}.json`));
      const server = new MarkServer(
        { sourceLabel: '', phases: { canMark: true, marks: [] }, mark: () => undefined },
        folder,
      );
      await server.start();
      onTestFinished(() => server.dispose());
      expect(readFileSync(victim, 'utf8')).toBe('mine');
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    },
  );

  test('what a killed monitor left is swept; a socket elsewhere is not touched', async () => {
    const folder = path.join(scratchFolder(), 'monitors');
    mkdirSync(folder, { mode: 0o700 });
    const precious = path.join(scratchFolder(), 'precious.sock');
    writeFileSync(precious, '');
    const token = 'a'.repeat(64);
    const left = { version: 1, pid: 4_194_305, socket: precious, token };
    writeFileSync(path.join(folder, '4194305.json'), JSON.stringify(left));
    const own = path.join(folder, 'old.sock');
    writeFileSync(own, '');
    writeFileSync(path.join(folder, '4194306.json'), JSON.stringify({ ...left, pid: 4_194_306, socket: own }));
    const server = new MarkServer(
      { sourceLabel: '', phases: { canMark: true, marks: [] }, mark: () => undefined },
      folder,
    );
    await server.start();
    onTestFinished(() => server.dispose());
    expect(existsSync(precious)).toBe(true);
    expect(existsSync(own)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual([`${process.pid}.json`]);
  });
});
