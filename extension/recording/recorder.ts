import type { Worker } from 'node:worker_threads';
import type { Monitor } from '../monitor.ts';
import type { PoolSnapshot } from '../pool/snapshot.ts';
import type { PhaseMark, RecordingState } from '../protocol.ts';
import type { Unsubscribe } from '../signal.ts';
import type { FromRecorder, PlacedMark, ToRecorder } from './recorderProtocol.ts';
import { recordingFileName } from './recordingFolder.ts';
import type { SessionInfo } from './schema.ts';
import { SharedSnapshot } from './sharedSnapshot.ts';
import { NO_SQLITE, sqlite } from './sqlite.ts';

/** What the settings say. */
export interface RecorderSettings {
  readonly enabled: boolean;
  readonly folder: string;
  readonly maxBytes: number;
}

export interface RecorderContext {
  readonly monitor: Monitor;
  settings(): RecorderSettings;
  /** The session as far as the host knows it; the watch adds the rest. */
  info(): Pick<SessionInfo, 'system' | 'writer' | 'workspace'>;
  /** When the watched system was started, milliseconds since 1970; null where it is not known. */
  systemStarted(): number | null;
  /** Starts the thread of `recorderWorker.ts`. */
  startWorker(): Worker;
  log(line: string): void;
}

/** After a failure nothing is tried for so long, milliseconds; doubled each time up to the last. */
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
/** The size is told no oftener than this, milliseconds. */
const TELL_SIZE_MS = 10_000;
/** A sample that is not written after this time is told of, milliseconds. */
const STALL_MS = 15_000;
/** A thread that does not close its file within this time is left to itself, milliseconds. */
const CLOSE_PATIENCE_MS = 3_000;

/**
 * Records what the monitor watches: one file for each time a source is chosen, begun with its first sample. It fails without
 * disturbing the watch, says so in the monitor's recording state, and tries again.
 */
export class Recorder {
  readonly #context: RecorderContext;
  readonly #ends: Unsubscribe[];
  #worker: Worker | undefined;
  /** Each thread has its own: the last one may still be reading. */
  #shared = new SharedSnapshot();
  #file: string | undefined;
  #generation = -1;
  #epoch = -1;
  #firstMs = 0;
  #lastElapsed = 0;
  #since = 0;
  /** Boots that were seen and that the file knows of: where they differ, the next sample must say so. */
  #boots = { seen: 0, sent: 0, written: 0 };
  #busy = false;
  #busySince = 0;
  #unwritten: PlacedMark[] = [];
  #marksSent = false;
  #retryMs = FIRST_RETRY_MS;
  #retryAt = 0;
  #kept = false;
  #bytes = 0;
  #toldAt = 0;
  #disposed = false;

  constructor(context: RecorderContext) {
    this.#context = context;
    const { monitor } = context;
    this.#ends = [
      monitor.snapshotTaken.on((snapshot) => this.#take(snapshot)),
      monitor.marked.on((mark) => this.#mark(mark)),
    ];
    if (!sqlite()) context.log(NO_SQLITE);
    this.settingsChanged();
  }

  /** The file being written; undefined while there is none. */
  get file(): string | undefined {
    return this.#file;
  }

  /** True while nothing waits to be written. */
  get idle(): boolean {
    return !this.#busy && this.#unwritten.length === 0;
  }

  /** Takes the settings anew: switched off, the file is closed; switched on, the next sample begins another. */
  settingsChanged(): void {
    const { kind } = this.#context.monitor.recording;
    if (!sqlite()) {
      this.#tell({ kind: 'off', reason: NO_SQLITE });
    } else if (!this.#context.settings().enabled) {
      void this.#close();
      this.#tell({ kind: 'off', reason: 'Recording is switched off in the settings.' });
    } else if (kind === 'off' || kind === 'failed') {
      // Another folder, or more room: the next sample begins a new file.
      void this.#close();
      this.#retryAt = 0;
      this.#tell({ kind: 'waiting' });
    }
  }

  /** Retention leaves the running recording alone, or may take it again. */
  keep(kept: boolean): void {
    this.#kept = kept;
    this.#send({ type: 'keep', kept });
    if (this.#file) this.#tellRecording();
  }

  /** Closes the file; the thread ends. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const end of this.#ends) end();
    await this.#close();
  }

  #take(snapshot: PoolSnapshot): void {
    if (this.#disposed || !sqlite() || !this.#context.settings().enabled) return;
    const { monitor } = this.#context;
    if (monitor.generation !== this.#generation) {
      void this.#close();
      this.#generation = monitor.generation;
      this.#epoch = monitor.store.epoch;
      this.#retryAt = 0;
      this.#retryMs = FIRST_RETRY_MS;
    }
    if (monitor.store.epoch !== this.#epoch) {
      this.#epoch = monitor.store.epoch;
      this.#boots.seen++;
    }
    if (this.#busy) this.#tellStall();
    if (this.#busy || performance.now() < this.#retryAt) return;
    if (!this.#worker) this.#open(snapshot);
    if (this.#unwritten.length > 0 && !this.#marksSent) this.#sendMarks();
    this.#lastElapsed = Math.max(this.#lastElapsed, snapshot.monotonicMs - this.#firstMs);
    this.#busy = true;
    this.#busySince = performance.now();
    this.#boots.sent = this.#boots.seen;
    this.#send({
      type: 'sample',
      snapshot: this.#shared.put(snapshot),
      context: { elapsedMs: this.#lastElapsed, newBoot: this.#boots.seen > this.#boots.written },
      started: this.#context.systemStarted(),
    });
  }

  #open(snapshot: PoolSnapshot): void {
    const { monitor } = this.#context;
    const { folder, maxBytes } = this.#context.settings();
    const worker = this.#context.startWorker();
    this.#worker = worker;
    this.#shared = new SharedSnapshot();
    worker.on('message', (message: FromRecorder) => this.#hear(worker, message));
    worker.on('error', (error) => this.#died(worker, error.message));
    worker.on('exit', (code) => this.#died(worker, `exit code ${code}`));
    this.#firstMs = snapshot.monotonicMs;
    this.#lastElapsed = 0;
    this.#since = snapshot.time;
    this.#boots = { seen: 0, sent: 0, written: 0 };
    const info: SessionInfo = {
      ...this.#context.info(),
      label: monitor.sourceLabel,
      kind: monitor.sourceKind ?? '',
      counterBits: snapshot.counterBits,
      importedFrom: '',
    };
    const fileName = recordingFileName(new Date(snapshot.time), monitor.sourceLabel);
    this.#send({ type: 'open', folder, fileName, info, maxBytes });
    if (this.#kept) this.#send({ type: 'keep', kept: true });
  }

  #mark(mark: PhaseMark): void {
    if (!this.#context.settings().enabled) return;
    this.#unwritten.push({ mark, elapsedMs: this.#lastElapsed });
    if (this.#file && !this.#marksSent && performance.now() >= this.#retryAt) this.#sendMarks();
  }

  #sendMarks(): void {
    this.#marksSent = true;
    this.#send({ type: 'marks', marks: this.#unwritten });
  }

  #hear(worker: Worker, message: FromRecorder): void {
    if (worker !== this.#worker) return;
    switch (message.type) {
      case 'opened':
        this.#file = message.file;
        this.#context.log(`Recording to ${message.file}.`);
        break;
      case 'written':
        this.#busy = false;
        this.#boots.written = this.#boots.sent;
        this.#retryMs = FIRST_RETRY_MS;
        this.#bytes = message.bytes;
        if (this.#context.monitor.recording.kind !== 'recording' || performance.now() - this.#toldAt > TELL_SIZE_MS) {
          this.#tellRecording();
        }
        break;
      case 'marked':
        this.#marksSent = false;
        this.#unwritten = this.#unwritten.slice(message.count);
        if (this.#unwritten.length > 0) this.#sendMarks();
        break;
      case 'failed':
        this.#marksSent = false;
        this.#context.log(`Recording: ${message.reason} ${message.advice}`);
        // A file that could not be made: the samples after it would go nowhere.
        if (message.during === 'open') this.#drop();
        this.#backOff(message.reason, message.advice);
        break;
      case 'closed':
        break;
    }
  }

  #died(worker: Worker, how: string): void {
    if (worker !== this.#worker) return;
    this.#drop();
    this.#context.log(`Recording: the recorder's thread ended: ${how}.`);
    this.#backOff(`The recorder ended: ${how}.`, 'What was recorded is kept. The log has the details.');
  }

  #backOff(reason: string, advice: string): void {
    this.#busy = false;
    this.#retryAt = performance.now() + this.#retryMs;
    this.#retryMs = Math.min(LAST_RETRY_MS, 2 * this.#retryMs);
    this.#tell({ kind: 'failed', reason, advice });
  }

  /** A disk that does not answer is told; the watch goes on, and so will the recording. */
  #tellStall(): void {
    const { recording } = this.#context.monitor;
    if (recording.kind !== 'recording' || performance.now() - this.#busySince < STALL_MS) return;
    const advice = 'It goes on as soon as the disk, or the network, answers.';
    this.#tell({ kind: 'failed', reason: 'The disk takes very long to write the recording.', advice });
  }

  /** Forgets the thread, which ends by itself. */
  #drop(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#file = undefined;
    this.#busy = false;
    this.#marksSent = false;
    void worker?.terminate();
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (this.#unwritten.length > 0 && this.#file && !this.#marksSent) this.#sendMarks();
    this.#unwritten = [];
    this.#worker = undefined;
    this.#file = undefined;
    this.#busy = false;
    this.#marksSent = false;
    this.#kept = false;
    if (!worker) return;
    const closed = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      setTimeout(resolve, CLOSE_PATIENCE_MS).unref();
    });
    worker.postMessage({ type: 'close' } satisfies ToRecorder);
    await closed;
  }

  #send(message: ToRecorder): void {
    this.#worker?.postMessage(message);
  }

  #tellRecording(): void {
    this.#toldAt = performance.now();
    const name = (this.#file ?? '').replace(/^.*[\\/]/, '');
    this.#tell({ kind: 'recording', name, since: this.#since, bytes: this.#bytes, kept: this.#kept });
  }

  #tell(state: RecordingState): void {
    if (!this.#disposed) this.#context.monitor.setRecording(state);
  }
}
