/**
 * The sampler's process: forked by the extension, so that a fault in native code takes this process down and not VS Code.
 * Composition only; see protocol.ts for what it says and hears.
 */
import { parseCommand } from './commands.ts';
import { failedMessage, internalFailure } from './failure.ts';
import { openNtLibrary } from './ntLibrary.ts';
import { Poller } from './poller.ts';
import { PoolQuery } from './poolQuery.ts';
import { type FromSampler, SAMPLER_EXIT } from './protocol.ts';

function post(message: FromSampler): void {
  // A host that went away is no error of ours: the disconnect event ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/** Tells the host why, then ends: nothing can be trusted after a fault in our own code. */
function crash(error: unknown): void {
  const end = () => process.exit(SAMPLER_EXIT.crashed);
  if (process.connected && process.send)
    process.send(failedMessage(internalFailure(error), 1, null), undefined, undefined, end);
  else end();
}

function main(): void {
  if (!process.send) {
    process.stderr.write('The sampler is a part of Pool Lens, which starts it and talks to it over IPC.\n');
    process.exitCode = SAMPLER_EXIT.noParent;
    return;
  }
  process.on('uncaughtException', crash);
  process.on('disconnect', () => process.exit(SAMPLER_EXIT.stopped));

  const poller = new Poller({
    open: async () => {
      const { path, query } = await openNtLibrary();
      const pool = new PoolQuery(query, process.arch === 'ia32' ? 4 : 8);
      return { library: path, read: () => pool.read() };
    },
    post,
    crash,
    pid: process.pid,
  });

  process.on('message', (message) => {
    const command = parseCommand(message);
    if (typeof command === 'string') {
      process.stderr.write(`Sampler: ignored ${command}.\n`);
      return;
    }
    poller.handle(command);
    if (command.type === 'stop') process.disconnect();
  });
}

main();
