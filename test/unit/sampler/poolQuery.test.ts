import { describe, expect, test } from 'vitest';
import { tableLayout } from '../../../extension/sampler/decode.ts';
import { SamplerFailure } from '../../../extension/sampler/failure.ts';
import { MAX_TABLE_TRIES, type NtAnswer, type NtQuery, PoolQuery } from '../../../extension/sampler/poolQuery.ts';
import type { TableClass } from '../../../extension/sampler/protocol.ts';

const TOO_SMALL = 0xc0000004;
const UNKNOWN = 0xc0000003;

interface Call {
  readonly infoClass: number;
  readonly length: number;
}

type Script = (call: Call, buffer: Buffer, nth: number) => NtAnswer;

/** A system that answers classes 0 and 2, and tables by script; every call is noted. */
function system(table: Script, others: Partial<Record<number, NtAnswer>> = {}): { query: NtQuery; calls: Call[] } {
  const calls: Call[] = [];
  const query: NtQuery = (infoClass, buffer, length) => {
    const call = { infoClass, length };
    const nth = calls.filter((earlier) => earlier.infoClass === infoClass).length;
    calls.push(call);
    const scripted = others[infoClass];
    if (scripted) return scripted;
    if (infoClass === 0) {
      if (length !== 64 && length !== 44) return { status: TOO_SMALL, returned: 64 };
      buffer.fill(0).writeUInt32LE(4096, 8);
      return { status: 0, returned: length };
    }
    if (infoClass === 2) {
      buffer.fill(0);
      return { status: 0, returned: 344 };
    }
    return table(call, buffer, nth);
  };
  return { query, calls };
}

/** Answers as the kernel does for a table of so many rows: Count also where the rows do not fit, and garbage for them. */
function tableOf(rows: (nth: number) => number, infoClass: TableClass = 22): Script {
  return (call, buffer, nth) => {
    if (call.infoClass !== infoClass) return { status: UNKNOWN, returned: 0 };
    const { headerWords, rowWords } = tableLayout(infoClass, 8);
    // Below the structure as declared, with its one row, only that size is returned.
    const formalBytes = (headerWords + rowWords) * 4;
    if (call.length < formalBytes) return { status: TOO_SMALL, returned: formalBytes };
    const returned = headerWords * 4 + rows(nth) * rowWords * 4;
    buffer.writeUInt32LE(rows(nth), 0);
    if (returned > call.length) return { status: TOO_SMALL, returned };
    buffer.fill(0, 4, returned);
    return { status: 0, returned };
  };
}

function failureOf(run: () => unknown): SamplerFailure {
  try {
    run();
  } catch (error) {
    if (error instanceof SamplerFailure) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe('a poll', () => {
  test('asks for the table, then for the figures, in buffers of the sizes that are due', () => {
    const { query, calls } = system(tableOf(() => 3));
    const pool = new PoolQuery(query, 8, 4096);
    expect(pool.read()).toMatchObject({ infoClass: 22, counterBits: 32, columns: { tags: new Uint32Array(3) } });
    pool.read();
    const rest = [
      { infoClass: 22, length: 4096 },
      { infoClass: 0, length: 64 },
      { infoClass: 2, length: 1024 },
    ];
    // Class 255 is asked for once.
    expect(calls).toEqual([{ infoClass: 255, length: 4096 }, ...rest, ...rest]);
  });

  test('on x86 gives class 0 its 44 bytes', () => {
    const { query, calls } = system((_call, buffer) => {
      buffer.writeUInt32LE(0, 0);
      return { status: 0, returned: 4 };
    });
    expect(new PoolQuery(query, 4).read()).toMatchObject({ infoClass: 255, counterBits: 32 });
    expect(calls.find((call) => call.infoClass === 0)).toEqual({ infoClass: 0, length: 44 });
  });

  test('prefers class 255', () => {
    const { query, calls } = system(tableOf(() => 2, 255));
    const pool = new PoolQuery(query, 8);
    expect(pool.read()).toMatchObject({ infoClass: 255, counterBits: 64 });
    pool.read();
    expect(calls.some((call) => call.infoClass === 22)).toBe(false);
  });

  test('does not settle on class 22 because of a passing failure', () => {
    const table = tableOf(() => 2, 255);
    const { query, calls } = system((call, buffer, nth) =>
      nth === 0 ? { status: 0xc000009a, returned: 0 } : table(call, buffer, nth),
    );
    const pool = new PoolQuery(query, 8);
    expect(failureOf(() => pool.read()).kind).toBe('outOfResources');
    expect(pool.read().infoClass).toBe(255);
    expect(calls.some((call) => call.infoClass === 22)).toBe(false);
  });

  test.each([0xc0000002, 0xc0000003, 0xc0000022])('tells what class 22 says where class 255 says %i', (status) => {
    const { query } = system(({ infoClass }) => ({ status: infoClass === 255 ? status : 0xc0000022, returned: 0 }));
    expect(failureOf(() => new PoolQuery(query, 8).read())).toMatchObject({
      kind: 'accessDenied',
      reason: expect.stringContaining('class 22'),
    });
  });
});

describe('a table that does not fit', () => {
  test('is asked for again with a quarter of slack, and the room is kept', () => {
    const { query, calls } = system(tableOf(() => 1000));
    const pool = new PoolQuery(query, 8, 4096);
    expect(pool.read().columns.tags).toHaveLength(1000);
    pool.read();
    const lengths = calls.filter((call) => call.infoClass === 22).map((call) => call.length);
    const needed = 8 + 1000 * 40;
    const room = Math.ceil((needed * 1.25) / 4096) * 4096;
    expect(lengths).toEqual([4096, room, room]);
  });

  test('is found out from below the formal size, which is all that is returned there', () => {
    const { query, calls } = system(tableOf(() => 300));
    expect(new PoolQuery(query, 8, 16).read().columns.tags).toHaveLength(300);
    const lengths = calls.filter((call) => call.infoClass === 22).map((call) => call.length);
    expect(lengths).toEqual([16, 4096, 16384]);
  });

  test('may grow between two calls', () => {
    const { query } = system(tableOf((nth) => 100 * 2 ** nth));
    expect(new PoolQuery(query, 8, 64).read().columns.tags.length).toBeGreaterThanOrEqual(100);
  });

  test('gives a clear error when it outgrows the buffer every time', () => {
    const { query, calls } = system(({ infoClass, length }) =>
      infoClass === 22 ? { status: TOO_SMALL, returned: length * 1.5 } : { status: UNKNOWN, returned: 0 },
    );
    const failure = failureOf(() => new PoolQuery(query, 8, 4096).read());
    expect(failure).toMatchObject({ kind: 'tooSmall', status: TOO_SMALL, transient: true });
    expect(failure.reason).toContain('8 times in a row');
    expect(calls.filter((call) => call.infoClass === 22)).toHaveLength(MAX_TABLE_TRIES);
  });

  test('starts over after such an error', () => {
    const table = tableOf(() => 10);
    const { query, calls } = system((call, buffer, nth) =>
      call.infoClass === 22 && nth < MAX_TABLE_TRIES ? { status: TOO_SMALL, returned: 0 } : table(call, buffer, nth),
    );
    const pool = new PoolQuery(query, 8, 4096);
    failureOf(() => pool.read());
    expect(calls.at(-1)).toEqual({ infoClass: 22, length: 4096 * 2 ** (MAX_TABLE_TRIES - 1) });
    expect(pool.read().columns.tags).toHaveLength(10);
    expect(calls.filter((call) => call.infoClass === 22).at(-1)).toEqual({ infoClass: 22, length: 4096 });
  });

  test('is not given gigabytes', () => {
    const { query, calls } = system(({ infoClass }) =>
      infoClass === 22 ? { status: TOO_SMALL, returned: 0xfffffff0 } : { status: UNKNOWN, returned: 0 },
    );
    const failure = failureOf(() => new PoolQuery(query, 8).read());
    expect(failure).toMatchObject({ kind: 'tooSmall', status: TOO_SMALL });
    expect(failure.reason).toContain('asked for 4294967280 bytes');
    expect(calls.filter((call) => call.infoClass === 22)).toHaveLength(1);
  });
});

describe('what does not come about', () => {
  test.each([
    [0xc0000002, 'taggingOff', false, /gflags \/r \+ptg/],
    [0xc0000003, 'classUnknown', false, /does not know.*class 22/],
    [0xc0000022, 'accessDenied', false, /denied/],
    [0xc000009a, 'outOfResources', true, /ran out of resources/],
    [0x80000002, 'misaligned', false, /aligned to 4 bytes.*0x80000002/],
    [0xc0000005, 'status', false, /0xC0000005/],
    [0x00000103, 'status', false, /0x00000103/],
  ] as const)('status %i is told apart', (status, kind, transient, words) => {
    const { query } = system(({ infoClass }) => ({ status: infoClass === 22 ? status : UNKNOWN, returned: 0 }));
    const failure = failureOf(() => new PoolQuery(query, 8).read());
    expect(failure).toMatchObject({ kind, status, transient });
    expect(failure.message).toMatch(words);
    expect(failure.reason).toContain(status.toString(16).toUpperCase());
  });

  test.each([
    [0, 0xc0000002, 'status', /memory size \(class 0\)/],
    [0, 0xc0000004, 'tooSmall', /memory size \(class 0\)/],
    [2, 0xc0000003, 'classUnknown', /memory figures \(class 2\)/],
    [2, 0xc000009a, 'outOfResources', /memory figures \(class 2\)/],
  ] as const)('class %i that answers %i is named', (infoClass, status, kind, words) => {
    const { query } = system(
      tableOf(() => 1),
      { [infoClass]: { status, returned: 0 } },
    );
    const failure = failureOf(() => new PoolQuery(query, 8).read());
    expect(failure).toMatchObject({ kind, status });
    expect(failure.message).toMatch(words);
    expect(failure.message).not.toContain('gflags');
  });

  test('an answer that contradicts itself is a failure, not a table', () => {
    const { query } = system(({ infoClass }, buffer) => {
      buffer.writeUInt32LE(1000, 0);
      return { status: infoClass === 22 ? 0 : UNKNOWN, returned: 8 + 400 };
    });
    const failure = failureOf(() => new PoolQuery(query, 8).read());
    expect(failure).toMatchObject({ kind: 'badAnswer', status: null, transient: true });
    expect(failure.reason).toContain('it counts 1000 tags, but its 408 bytes hold only 10');
  });

  test('an answer of class 2 that is too short is a failure', () => {
    const { query } = system(
      tableOf(() => 1),
      { 2: { status: 0, returned: 100 } },
    );
    expect(failureOf(() => new PoolQuery(query, 8).read()).reason).toContain('class 2');
  });
});
