/**
 * What the host and the recorder thread say to each other. The host sends a sample only after the last one was answered: what
 * a slow disk makes it pass over is in the next. Marks wait for their answer too, and are sent again after a failure.
 */
import type { PoolSnapshot } from '../pool/snapshot.ts';
import type { PhaseMark } from '../protocol.ts';
import type { SampleContext } from './recordingWriter.ts';
import type { SessionInfo } from './schema.ts';

/** A mark, and where it stands in the recording: milliseconds since its first sample. */
export interface PlacedMark {
  readonly mark: PhaseMark;
  readonly elapsedMs: number;
}

export type ToRecorder =
  /** Make a new file in this folder, and the folder where it is missing. Answered with `opened` or `failed`. */
  | {
      readonly type: 'open';
      readonly folder: string;
      readonly fileName: string;
      readonly info: SessionInfo;
      readonly maxBytes: number;
    }
  /**
   * Answered with `written` or `failed`, and until then the snapshot's columns, which lie in shared memory, are the thread's.
   * `started`: when the system was, milliseconds since 1970.
   */
  | {
      readonly type: 'sample';
      readonly snapshot: PoolSnapshot;
      readonly context: SampleContext;
      readonly started: number | null;
    }
  /** Answered with `marked` or `failed`. */
  | { readonly type: 'marks'; readonly marks: readonly PlacedMark[] }
  | { readonly type: 'keep'; readonly kept: boolean }
  /** Close the file and end. Answered with `closed`. */
  | { readonly type: 'close' };

export type FromRecorder =
  | { readonly type: 'opened'; readonly file: string }
  | { readonly type: 'written'; readonly bytes: number }
  | { readonly type: 'marked'; readonly count: number }
  | { readonly type: 'failed'; readonly during: ToRecorder['type']; readonly reason: string; readonly advice: string }
  | { readonly type: 'closed' };
