/** The real sampler process, driven as the extension's host drives it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { FromSampler, ToSampler } from '../../extension/sampler/protocol.ts';

const root = path.resolve(import.meta.dirname, '../..');
export const samplerSource = path.join(root, 'extension/sampler/main.ts');

export interface SamplerProcessOptions {
  /** Variables over the test's own; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Node options for the process. */
  readonly nodeOptions?: readonly string[];
  /** What to run; the sources by default. */
  readonly entry?: string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type MessageOf<Type extends FromSampler['type']> = Extract<FromSampler, { type: Type }>;

/** Samples are acknowledged as they are taken, unless `autoAck` is off. */
export class SamplerProcess {
  autoAck = true;
  /** All that it wrote to its standard output and error. */
  output = '';
  readonly ended: Promise<Ending>;
  readonly child: ChildProcess;
  readonly #unread: FromSampler[] = [];
  #wake: () => void = () => {};
  #ending: Ending | null = null;

  constructor({ environment = {}, nodeOptions = [], entry = samplerSource }: SamplerProcessOptions = {}) {
    this.child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // The sources run as they are; only the bundle is CommonJS by its name.
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...nodeOptions],
      env: { ...process.env, ...environment },
    });
    const streams = [this.child.stdout!, this.child.stderr!];
    for (const stream of streams) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.child.on('message', (message) => {
      this.#unread.push(message as FromSampler);
      this.#wake();
    });
    // Not the process's `close` event: it does not come after `disconnect` with a message still in the channel.
    const closed = streams.map((stream) => once(stream, 'close'));
    this.ended = once(this.child, 'exit').then(async ([code, signal]) => {
      await Promise.all(closed);
      this.#ending = { code, signal };
      this.#wake();
      return this.#ending;
    });
  }

  get hasEnded(): boolean {
    return this.#ending !== null;
  }

  send(message: ToSampler): void {
    this.sendAnything(message);
  }

  /** What a host must not send. */
  sendAnything(message: object): void {
    this.child.send(message);
  }

  /** The next message, whatever it is. @throws {Error} when none comes in time, or the process ends instead */
  async next(withinMs = 5_000): Promise<FromSampler> {
    const giveUpAt = performance.now() + withinMs;
    while (this.#unread.length === 0) {
      if (this.#ending) throw new Error(`The sampler ended (${JSON.stringify(this.#ending)}): ${this.output}`);
      const left = giveUpAt - performance.now();
      if (left <= 0) throw new Error(`No message within ${withinMs} ms. ${this.output}`);
      await this.#message(left);
    }
    const message = this.#unread.shift()!;
    if (message.type === 'sample' && this.autoAck) this.send({ type: 'ack', sequence: message.sequence });
    return message;
  }

  /** The next message, which has to be of this type. */
  async expect<Type extends FromSampler['type']>(type: Type, withinMs?: number): Promise<MessageOf<Type>> {
    const message = await this.next(withinMs);
    if (message.type !== type) throw new Error(`Expected ${type}, got ${JSON.stringify(message).slice(0, 500)}`);
    return message as MessageOf<Type>;
  }

  /** True where no message comes for so long. */
  async isSilentFor(ms: number): Promise<boolean> {
    const until = performance.now() + ms;
    while (this.#unread.length === 0 && performance.now() < until) await this.#message(until - performance.now());
    return this.#unread.length === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ending) this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Resolves at the next message, at the end of the process, or after so long. */
  #message(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
