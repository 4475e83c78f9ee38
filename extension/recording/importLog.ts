import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { readLog } from '../cli/convert.ts';
import { PhaseLog } from '../phaseLog.ts';
import { LogFeed } from '../pool/log/logFeed.ts';
import type { PhaseMarkKind } from '../pool/phases.ts';
import { PoolStore } from '../pool/poolStore.ts';
import type { PoolSnapshot } from '../pool/snapshot.ts';
import { RecordingWriter } from './recordingWriter.ts';

export interface ImportOptions {
  /** Version of Pool Lens. */
  readonly writer: string;
  readonly maxBytes: number;
  /** What of the log was left out, in words. */
  warn(message: string): void;
}

/**
 * Makes a recording of a text log: PoolMon's tables of any kind, `!poolused`, CSV. Answers the number of tables. Rejects with
 * an error that names line and reason where it is no such log; then there is no recording.
 */
export async function importLog(file: string, target: string, options: ImportOptions): Promise<number> {
  const receiver = new LogReceiver(file, target, options);
  const feed = new LogFeed(receiver);
  try {
    await readLog(
      file,
      (table) => {
        feed.take(table);
        return undefined;
      },
      options.warn,
    );
    if (feed.tables === 0) throw new Error(`${file} holds no table of pool tags.`);
  } catch (error) {
    receiver.close();
    rmSync(target, { force: true });
    throw error;
  }
  receiver.close();
  return feed.tables;
}

/** Writes what a log feeds it, as the recorder does with what the monitor sees. */
class LogReceiver {
  readonly #writer: RecordingWriter;
  readonly #log = new PhaseLog();
  /** Knows another boot when it sees one. */
  readonly #store = new PoolStore();
  readonly #fileTime: number;
  #first: number | undefined;
  #elapsedMs = 0;
  #time = 0;

  constructor(file: string, target: string, { writer, maxBytes }: ImportOptions) {
    this.#fileTime = statSync(file).mtimeMs;
    const name = path.basename(file);
    const info = {
      label: name,
      kind: 'log',
      system: '',
      counterBits: 64,
      writer,
      workspace: '',
      importedFrom: name,
    } as const;
    this.#writer = new RecordingWriter(target, info, { maxBytes });
  }

  apply(snapshot: PoolSnapshot): void {
    const { epoch } = this.#store;
    this.#store.apply(snapshot);
    this.#first ??= snapshot.monotonicMs;
    this.#elapsedMs = snapshot.monotonicMs - this.#first;
    // A log without times is as old as its file.
    this.#time = snapshot.time || this.#fileTime + this.#elapsedMs;
    const newBoot = this.#store.epoch !== epoch;
    this.#writer.sample({ ...snapshot, time: this.#time }, { elapsedMs: this.#elapsedMs, newBoot });
  }

  mark(phase: PhaseMarkKind): void {
    const mark = this.#log.mark(phase, this.#elapsedMs, this.#time);
    if (mark) this.#writer.mark(mark, this.#elapsedMs);
  }

  close(): void {
    this.#writer.close();
  }
}
