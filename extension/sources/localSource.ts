import { type ChildProcess, fork } from 'node:child_process';
import type { SourceState } from '../protocol.ts';
import { type FromSampler, SAMPLER_EXIT, type ToSampler } from '../sampler/protocol.ts';
import { clampInterval, type PoolSource, type SourceListener } from './source.ts';

/** Waits before the sampler process is started again: doubled each time up to the last, milliseconds. */
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 30_000;
/** A process that lived this long was well: its death starts the waits anew. */
const HEALTHY_MS = 60_000;

/**
 * The kernel pool of this PC, read by the sampler: a process of its own, so that a fault in native code does not take the
 * editor along. When it dies it is started again, each time a little later, and the listener is told why.
 */
export class LocalSource implements PoolSource {
  readonly kind = 'local';
  readonly label = 'This PC';
  private readonly listener: SourceListener;
  private readonly samplerFile: string;
  private readonly log: (line: string) => void;
  private child: ChildProcess | undefined;
  private startedAt = 0;
  private deaths = 0;
  private restartTimer: ReturnType<typeof setTimeout> | undefined;
  private intervalMs = 1000;
  private wanted = false;
  private disposed = false;
  /** From the process's monotonic clock, which starts with it, to this one: one clock for the whole watch. */
  private clockOffset: number | undefined;
  private lastState: SourceState | undefined;
  /** What the process said before it died: a better reason than its exit code. */
  private lastWords = '';

  /** `samplerFile` is the sampler's bundle, `dist/sampler.js`; `log` takes lines for people. */
  constructor(listener: SourceListener, samplerFile: string, log: (line: string) => void) {
    this.listener = listener;
    this.samplerFile = samplerFile;
    this.log = log;
  }

  start(intervalMs: number): void {
    this.intervalMs = clampInterval(intervalMs);
    this.wanted = true;
    clearTimeout(this.restartTimer);
    if (!this.child) {
      this.spawn();
      return;
    }
    // `resume` undoes an earlier stop, `start` cuts a back-off short.
    this.send({ type: 'resume' });
    this.send({ type: 'start', intervalMs: this.intervalMs });
    // After a failure only the next sample shows that it is over.
    const isDown = this.lastState?.kind === 'failed' || this.lastState?.kind === 'off';
    this.tell({ kind: isDown ? 'starting' : 'live' });
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.restartTimer);
    this.send({ type: 'pause' });
  }

  setInterval(intervalMs: number): void {
    this.intervalMs = clampInterval(intervalMs);
    this.send({ type: 'interval', intervalMs: this.intervalMs });
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    this.child = undefined;
    if (!child) return;
    if (child.connected) child.send({ type: 'stop' } satisfies ToSampler);
    // A native call that hangs must not outlive the editor.
    setTimeout(() => child.kill('SIGKILL'), 2_000).unref();
  }

  private spawn(): void {
    this.tell({ kind: 'starting' });
    this.startedAt = performance.now();
    this.lastWords = '';
    this.clockOffset = undefined;
    const child = fork(this.samplerFile, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      // The extension host runs in Electron, which is Node only when it is told so.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' },
    });
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = text.trim();
      if (lines) this.log(`Sampler: ${lines}`);
      this.lastWords = /^\w*Error: .*$/m.exec(lines)?.[0] ?? (this.lastWords || (lines.split('\n').at(-1) ?? ''));
    });
    child.on('message', (message: FromSampler) => this.hear(child, message));
    child.on('error', (error) => this.died(child, error.message));
    child.on('exit', (code, signal) => this.died(child, signal ? `killed by ${signal}` : `exit code ${code}`, code));
    this.send({ type: 'start', intervalMs: this.intervalMs });
  }

  private hear(child: ChildProcess, message: FromSampler): void {
    if (child !== this.child || this.disposed) return;
    switch (message.type) {
      case 'ready':
        this.log(`Sampler: process ${message.pid} reads class ${message.infoClass} through ${message.library}.`);
        break;
      case 'sample':
        this.send({ type: 'ack', sequence: message.sequence });
        this.tell({ kind: 'live' });
        this.clockOffset ??= performance.now() - message.snapshot.monotonicMs;
        this.listener.sample({
          ...message.snapshot,
          monotonicMs: message.snapshot.monotonicMs + this.clockOffset,
        });
        break;
      case 'failed': {
        const { reason, advice, retryInMs } = message;
        this.log(`Sampler: ${reason} ${advice}`);
        this.lastWords = reason;
        if (message.kind === 'unsupported') this.tell({ kind: 'off', reason: `${reason} ${advice}` });
        else this.tell({ kind: 'failed', reason, advice, retryAt: retryInMs === null ? null : Date.now() + retryInMs });
      }
    }
  }

  private died(child: ChildProcess, how: string, code: number | null = null): void {
    if (child !== this.child || this.disposed) return;
    this.child = undefined;
    if (!this.wanted && code === SAMPLER_EXIT.stopped) return;
    this.log(`Sampler: process ${child.pid} ended: ${how}.`);
    this.deaths = performance.now() - this.startedAt > HEALTHY_MS ? 1 : this.deaths + 1;
    const wait = Math.min(LAST_RESTART_MS, FIRST_RESTART_MS * 2 ** (this.deaths - 1));
    this.tell({
      kind: 'failed',
      reason: `The sampler process ended: ${how}${this.lastWords ? ` (${this.lastWords})` : ''}.`,
      advice: 'What was watched so far is kept. The log has the details.',
      retryAt: this.wanted ? Date.now() + wait : null,
    });
    if (this.wanted) this.restartTimer = setTimeout(() => this.spawn(), wait);
  }

  private tell(state: SourceState): void {
    if (this.disposed) return;
    if (state.kind !== 'failed' && this.lastState?.kind === state.kind) return;
    this.lastState = state;
    this.listener.state(state);
  }

  private send(message: ToSampler): void {
    if (this.child?.connected) this.child.send(message);
  }
}
