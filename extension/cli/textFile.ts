/** Lines of text files of any encoding and line end, read piece by piece. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from './usage.ts';

const PROBE = 65_536;

/** PoolMonX writes its tables as an MFC archive; each string in it begins like this. */
const ARCHIVE = Buffer.from([0xff, 0xfe, 0xff]);

function hasZeros(probe: Buffer, parity: 0 | 1): boolean {
  let zeros = 0;
  for (let i = parity; i < probe.length; i += 2) if (probe[i] === 0) zeros++;
  return zeros > 0.3 * (probe.length / 2);
}

function isUtf8(probe: Buffer): boolean {
  try {
    // The last character of the probe may be cut.
    new TextDecoder('utf-8', { fatal: true }).decode(probe, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The encoding by its mark, or by its bytes: every byte is a character where it is nothing else. */
function encodingOf(probe: Buffer): string {
  if (probe[0] === 0xff && probe[1] === 0xfe) return 'utf-16le';
  if (probe[0] === 0xfe && probe[1] === 0xff) return 'utf-16be';
  if (hasZeros(probe, 1)) return 'utf-16le';
  if (hasZeros(probe, 0)) return 'utf-16be';
  return isUtf8(probe) ? 'utf-8' : 'latin1';
}

async function probeOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(PROBE), 0, PROBE, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new UsageError(`${file}: is a folder, not a file.`);
    throw new UsageError(code === 'ENOENT' ? `${file}: no such file.` : `${file}: cannot be read: ${message}`);
  }
}

/** Latin-1 as it is: TextDecoder's is windows-1252. */
function decoderOf(encoding: string): (piece: Buffer | undefined) => string {
  if (encoding === 'latin1') return (piece) => piece?.toString('latin1') ?? '';
  const decoder = new TextDecoder(encoding);
  return (piece) => (piece ? decoder.decode(piece, { stream: true }) : decoder.decode());
}

/** A line longer than this belongs to no text. */
const LONGEST_LINE = 1 << 20;

/**
 * Hands over each line without its end (`\n`, `\r\n` or `\r`). Answers whether the last one had no end. Waits where `line`
 * answers a promise. Throws {@link UsageError} for a file that cannot be read or is no text.
 */
export async function readLines(
  file: string,
  line: (text: string) => Promise<void> | undefined,
): Promise<{ cut: boolean }> {
  const probe = await probeOf(file);
  if (probe.subarray(0, 3).equals(ARCHIVE)) {
    throw new UsageError(
      `${file}: line 1: a PoolMonX archive, which is binary although its name ends in .csv. Save a log of PoolMon (poolmon -n FILE) instead.`,
    );
  }
  const encoding = encodingOf(probe);
  const decode = decoderOf(encoding);
  let rest = '';
  let first = true;
  let endedWithReturn = false;
  const take = async (text: string): Promise<void> => {
    let piece = first ? text.replace(/^\ufeff/, '') : text;
    if (first && piece !== '') {
      refuseBinary(file, piece, encoding);
      first = false;
    }
    // A line end may be cut between its two characters.
    if (endedWithReturn && piece.startsWith('\n')) piece = piece.slice(1);
    if (piece !== '') endedWithReturn = piece.endsWith('\r');
    const lines = (rest + piece).split(/\r\n|\n|\r/);
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw new UsageError(`${file}: a line of more than 1 MB: this is no log.`);
    for (const each of lines) {
      const waits = line(each);
      if (waits) await waits;
    }
  };
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 })) await take(decode(piece));
  await take(decode(undefined));
  if (rest !== '') await line(rest);
  return { cut: rest !== '' };
}

/** Control characters other than tabs, line ends, escapes and end marks stand in no log. */
function refuseBinary(file: string, text: string, encoding: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /[\x00-\x08\x0e-\x19\x1c-\x1f]{2}/.exec(text.slice(0, 4096));
  if (!found) return;
  const line = text.slice(0, found.index).split(/\r\n|\n|\r/).length;
  const archive = encoding.startsWith('utf-16') ? ' PoolMonX writes such archives: save a log of PoolMon instead.' : '';
  throw new UsageError(`${file}: line ${line}: this is binary, not text.${archive}`);
}
