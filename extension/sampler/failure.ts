/** Why a reading of the pool did not come about, in words: every NTSTATUS told apart, with what to do about it. */
import type { FailureKind, FromSampler } from './protocol.ts';

export const STATUS = {
  SUCCESS: 0,
  DATATYPE_MISALIGNMENT: 0x80000002,
  NOT_IMPLEMENTED: 0xc0000002,
  INVALID_INFO_CLASS: 0xc0000003,
  INFO_LENGTH_MISMATCH: 0xc0000004,
  ACCESS_DENIED: 0xc0000022,
  INSUFFICIENT_RESOURCES: 0xc000009a,
} as const;

export interface FailureFields {
  readonly kind: FailureKind;
  /** The NTSTATUS, unsigned; null where no call answered. */
  readonly status: number | null;
  readonly reason: string;
  readonly advice: string;
  readonly transient: boolean;
}

/** A failure that the person is told: what happened, and what to do. */
export class SamplerFailure extends Error implements FailureFields {
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly reason: string;
  readonly advice: string;
  readonly transient: boolean;

  constructor(fields: FailureFields, cause?: unknown) {
    super(`${fields.reason} ${fields.advice}`, { cause });
    this.name = 'SamplerFailure';
    this.kind = fields.kind;
    this.status = fields.status;
    this.reason = fields.reason;
    this.advice = fields.advice;
    this.transient = fields.transient;
  }
}

/** The message that tells the host of a failure; see the protocol for `attempt` and `retryInMs`. */
export function failedMessage(failure: SamplerFailure, attempt: number, retryInMs: number | null): FromSampler {
  const { kind, status, reason, advice, transient } = failure;
  return { type: 'failed', kind, status, reason, advice, transient, attempt, retryInMs };
}

/** `0xC0000022`: an NTSTATUS as WinDbg and the headers write it. */
function statusHex(status: number): string {
  return `0x${(status >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

const WITHOUT_KERNEL = 'Use the simulated kernel.';
const REPORT = 'It tries again by itself; if it stays so, please report it with this text and the Windows version.';

/** What each class of NtQuerySystemInformation is asked for. */
function subject(infoClass: number): string {
  switch (infoClass) {
    case 0:
      return 'the memory size (class 0)';
    case 2:
      return 'the memory figures (class 2)';
    default:
      return `the pool tags (class ${infoClass})`;
  }
}

/** The failure that an unsuccessful status of a class means. Statuses and their meanings: ntstatus.h. */
export function statusFailure(infoClass: number, status: number): SamplerFailure {
  const asked = `the query for ${subject(infoClass)}`;
  const isTagTable = infoClass === 22 || infoClass === 255;
  switch (status) {
    case STATUS.NOT_IMPLEMENTED:
      if (!isTagTable) break;
      return new SamplerFailure({
        kind: 'taggingOff',
        status,
        reason: `Pool tagging is off: Windows answered ${statusHex(status)} (not implemented) to ${asked}.`,
        advice:
          'Run "gflags /r +ptg" in an elevated prompt and restart Windows. From Windows Server 2003 on, tagging is always on.',
        transient: false,
      });
    case STATUS.INVALID_INFO_CLASS:
      return new SamplerFailure({
        kind: 'classUnknown',
        status,
        reason: `This system does not know ${asked}: ${statusHex(status)} (invalid information class).`,
        advice: `Wine and other stand-ins for Windows have no kernel pool. ${WITHOUT_KERNEL}`,
        transient: false,
      });
    case STATUS.INFO_LENGTH_MISMATCH:
      return new SamplerFailure({
        kind: 'tooSmall',
        status,
        reason: `Windows refused the buffer size for ${asked}: ${statusHex(status)} (information length mismatch).`,
        advice: REPORT,
        transient: isTagTable,
      });
    case STATUS.ACCESS_DENIED:
      return new SamplerFailure({
        kind: 'accessDenied',
        status,
        reason: `Windows denied ${asked}: ${statusHex(status)} (access denied).`,
        advice:
          'Start VS Code outside the sandbox or container it runs in, or as administrator; a security product may also block the query.',
        transient: false,
      });
    case STATUS.INSUFFICIENT_RESOURCES:
      return new SamplerFailure({
        kind: 'outOfResources',
        status,
        reason: `Windows ran out of resources for ${asked}: ${statusHex(status)} (insufficient resources).`,
        advice: 'It tries again by itself. If this lasts, the pool itself may be exhausted: look at the largest tags.',
        transient: true,
      });
    case STATUS.DATATYPE_MISALIGNMENT:
      return new SamplerFailure({
        kind: 'misaligned',
        status,
        reason: `The buffer of ${asked} was not aligned to 4 bytes: ${statusHex(status)} (datatype misalignment).`,
        advice: REPORT,
        transient: false,
      });
  }
  return new SamplerFailure({
    kind: 'status',
    status,
    reason: `Windows answered ${statusHex(status)} to ${asked}.`,
    advice: REPORT,
    transient: false,
  });
}

/** The table did not fit in `tries` calls, the last of which had `bytes` of room and asked for `wanted`. */
export function growthFailure(infoClass: number, tries: number, bytes: number, wanted: number): SamplerFailure {
  const times = tries === 1 ? '' : ` ${tries} times in a row`;
  return new SamplerFailure({
    kind: 'tooSmall',
    status: STATUS.INFO_LENGTH_MISMATCH,
    reason: `The tag table outgrew its buffer${times} (class ${infoClass}; the last call had ${bytes} bytes and Windows asked for ${wanted} bytes): ${statusHex(STATUS.INFO_LENGTH_MISMATCH)} (information length mismatch).`,
    advice: REPORT,
    transient: true,
  });
}

/** A call succeeded, but its answer contradicts itself; `what` says how, without a full stop. */
export function badAnswerFailure(infoClass: number, what: string, cause?: unknown): SamplerFailure {
  return new SamplerFailure(
    {
      kind: 'badAnswer',
      status: null,
      reason: `The answer to the query for ${subject(infoClass)} makes no sense: ${what}.`,
      advice: REPORT,
      transient: true,
    },
    cause,
  );
}

export function unsupportedFailure(platform: string): SamplerFailure {
  return new SamplerFailure({
    kind: 'unsupported',
    status: null,
    reason: `This system (${platform}) has no Windows pool.`,
    advice: WITHOUT_KERNEL,
    transient: false,
  });
}

export function nativeModuleFailure(cause: unknown, platform: string): SamplerFailure {
  return new SamplerFailure(
    {
      kind: 'nativeModule',
      status: null,
      reason: `The native file of koffi (koffi.node), which calls into ntdll, could not be loaded: ${messageOf(cause)}`,
      advice:
        platform === 'win32'
          ? 'Smart App Control, an App Control policy or a security product may block it, as it is not signed: see Windows Security, App & browser control. Otherwise install the extension again, for this processor type.'
          : 'Install the extension again, for this system and processor type.',
      transient: false,
    },
    cause,
  );
}

export function libraryFailure(path: string, cause: unknown, variable: string, isNamed: boolean): SamplerFailure {
  return new SamplerFailure(
    {
      kind: 'library',
      status: null,
      reason: `The library ${path} cannot be used: ${messageOf(cause)}`,
      advice: isNamed
        ? `The variable ${variable} names it. Correct its path, or clear it to use the system's own.`
        : 'Every Windows has this library. Start VS Code again; if it stays so, please report it.',
      transient: false,
    },
    cause,
  );
}

/** A fault in the sampler's own code. */
export function internalFailure(cause: unknown): SamplerFailure {
  return new SamplerFailure(
    {
      kind: 'internal',
      status: null,
      reason: `The sampler stopped on an error of its own: ${messageOf(cause)}`,
      advice: 'It is started again. Please report it with this text.',
      transient: false,
    },
    cause,
  );
}

/** The message of whatever was thrown as a sentence. Its first line: the system's loader repeats the path in a second. */
function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const line = text.split(/\r?\n/, 1)[0];
  return line.endsWith('.') ? line : `${line}.`;
}
