/**
 * Runs in Windows Node: forks the packed sampler as the extension's host does, talks with it over IPC, and writes what it
 * said into a file. Arguments: the job's file, the result's file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { FromSampler } from '../../extension/sampler/protocol.ts';
import { type Ending, SamplerProcess } from '../ffi/samplerProcess.ts';

export interface Job {
  readonly entry: string;
  readonly nodeOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** Messages to wait for, before it is told to stop; it may end earlier by itself. */
  readonly messages: number;
}

export interface JobResult {
  /** Typed arrays have become arrays. */
  readonly messages: readonly FromSampler[];
  readonly ending: Ending;
  readonly output: string;
}

const [jobFile, resultFile] = process.argv.slice(2);
const { entry, nodeOptions, environment, intervalMs, messages } = JSON.parse(readFileSync(jobFile, 'utf8')) as Job;

const sampler = new SamplerProcess({ entry, nodeOptions, environment });
const heard: FromSampler[] = [];
try {
  sampler.send({ type: 'start', intervalMs });
  try {
    while (heard.length < messages) heard.push(await sampler.next(30_000));
    sampler.send({ type: 'stop' });
  } catch (error) {
    if (!sampler.hasEnded) throw error;
  }
  const result: JobResult = { messages: heard, ending: await sampler.ended, output: sampler.output };
  const plain = (_key: string, value: unknown) =>
    value instanceof Uint32Array || value instanceof Float64Array ? Array.from(value) : value;
  writeFileSync(resultFile, JSON.stringify(result, plain));
} finally {
  await sampler[Symbol.asyncDispose]();
}
