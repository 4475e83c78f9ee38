import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  LONGEST_LINE,
  type MarkReply,
  type MarkRequest,
  type MonitorFile,
  monitorsFolder,
  PATIENCE_MS,
  parseMonitorFile,
} from '../marks/markProtocol.ts';
import { PHASE_KINDS, type PhaseMarkKind } from '../pool/phases.ts';
import { UsageError } from './usage.ts';

const KINDS: readonly PhaseMarkKind[] = [...PHASE_KINDS, 'end'];

/** Whether only this user can write what lies there: nobody else's monitor is asked, and no link is followed. */
function isOwn(file: string, kind: 'file' | 'folder'): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat || (kind === 'file' ? !stat.isFile() : !stat.isDirectory())) return false;
  // Windows keeps others out of the profile by its access list.
  if (!process.getuid) return true;
  return stat.uid === process.getuid() && (stat.mode & 0o077) === 0;
}

/** What running monitors of this user say of themselves. Throws {@link UsageError} for a folder that others can enter. */
function monitorFiles(folder: string): MonitorFile[] {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (!there) return [];
  if (!isOwn(folder, 'folder')) {
    throw new UsageError(
      `${folder}: must be a folder of yours that nobody else can enter. Remove it, and restart VS Code.`,
    );
  }
  const found: MonitorFile[] = [];
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (!/^\d+\.json$/.test(name) || !isOwn(file, 'file')) continue;
    const monitor = parseMonitorFile(readFileSync(file, 'utf8'));
    if (monitor) found.push(monitor);
  }
  return found;
}

/** Sends the mark to one monitor; undefined where none answers any more. */
function send({ socket: address, token }: MonitorFile, phase: PhaseMarkKind, operations: number | null) {
  return new Promise<MarkReply | undefined>((resolve) => {
    const request: MarkRequest = { token, phase, operations };
    const socket = connect(address);
    let answer = '';
    const settle = () => {
      socket.destroy();
      try {
        resolve(JSON.parse(answer) as MarkReply);
      } catch {
        resolve(undefined);
      }
    };
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, settle);
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\n') || answer.length > LONGEST_LINE) settle();
    });
    socket.on('error', settle);
    socket.on('end', settle);
  });
}

/**
 * Marks a phase in every Pool Lens of this user that watches; answers what to print. Throws {@link UsageError} where none
 * runs, or none could mark.
 */
export async function mark(positionals: readonly string[], operations: number | null): Promise<string> {
  const phase = KINDS.find((kind) => kind === positionals[0]);
  if (!phase || positionals.length !== 1) throw new UsageError(`Name one phase: ${KINDS.join(', ')}.`);
  if (operations !== null && !Number.isInteger(operations))
    throw new UsageError('--operations: expected a whole number.');
  const folder = monitorsFolder(process.env, homedir(), process.platform);
  const monitors = monitorFiles(folder);
  const replies = await Promise.all(monitors.map((monitor) => send(monitor, phase, operations)));
  const answered = replies.filter((reply) => reply !== undefined);
  if (answered.length === 0) {
    throw new UsageError('No Pool Lens is running here. Open its panel in VS Code, and mark again.');
  }
  const refused = answered.filter((reply) => !reply.ok);
  if (refused.length === answered.length) throw new UsageError(refused.map((reply) => reply.error).join(' '));
  return answered
    .map((reply) => {
      if (!reply.ok) return `${reply.error}\n`;
      const cycle = reply.cycle > 0 ? `, cycle ${reply.cycle}` : '';
      return `${reply.source}: ${reply.marked ? 'now' : 'already'} ${phase}${cycle}.\n`;
    })
    .join('');
}
