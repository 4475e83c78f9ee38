/**
 * The recorder's thread: it owns the file that is being written, so that a slow disk never holds the extension host up.
 * SQLite's calls are synchronous; what they wait for is waited for here.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { FromRecorder, ToRecorder } from './recorderProtocol.ts';
import { recordingFailure } from './recordingFailure.ts';
import { RecordingWriter } from './recordingWriter.ts';

const port = parentPort;
if (!port) throw new Error('The recorder runs as a thread of the extension host only.');

let writer: RecordingWriter | undefined;
let folder = '';
let marks = 0;

function carryOut(message: ToRecorder): FromRecorder | undefined {
  switch (message.type) {
    case 'open': {
      writer?.close();
      writer = undefined;
      folder = message.folder;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writer = new RecordingWriter(path.join(folder, message.fileName), message.info, { maxBytes: message.maxBytes });
      return { type: 'opened', file: writer.file };
    }
    case 'sample':
      if (!writer) return undefined;
      writer.sample(message.snapshot, message.context, message.started);
      return { type: 'written', bytes: writer.bytes };
    case 'marks':
      marks = 0;
      for (const { mark, elapsedMs } of message.marks) {
        writer?.mark(mark, elapsedMs);
        marks++;
      }
      return { type: 'marked', count: marks };
    case 'keep':
      writer?.keep(message.kept);
      return undefined;
    case 'close':
      writer?.close();
      writer = undefined;
      return { type: 'closed' };
  }
}

port.on('message', (message: ToRecorder) => {
  try {
    const answer = carryOut(message);
    if (answer) port.postMessage(answer);
  } catch (error) {
    if (message.type === 'marks' && marks > 0)
      port.postMessage({ type: 'marked', count: marks } satisfies FromRecorder);
    const isFull = writer !== undefined && isFullNow(writer);
    port.postMessage({
      type: 'failed',
      during: message.type,
      ...recordingFailure(error, folder, isFull),
    } satisfies FromRecorder);
  }
  if (message.type === 'close') port.close();
});

function isFullNow(of: RecordingWriter): boolean {
  try {
    return of.isFull;
  } catch {
    return false;
  }
}
