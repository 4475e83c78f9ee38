/** Single lines of the tables that PoolMon and the kernel debugger print. Never by column: every version has its own. */
import { type PoolTag, tagFromText } from '../../../language/tag/poolTag.ts';
import type { SystemFigures } from '../snapshot.ts';
import type { LogRow } from './table.ts';

/** The tag of a line: the four characters before its type where they stand as PoolMon prints them, else what is not blank. */
function tagOf(text: string): PoolTag | undefined {
  const exact = /^ ([^\t]{4}) $/.exec(text);
  if (exact && exact[1].trim() !== '') return tagFromText(exact[1]);
  const trimmed = text.replaceAll('\t', ' ').trim();
  if (trimmed.length <= 4) return tagFromText(trimmed);
  // A prompt or another word in front.
  const last = /(?:^|\s)(\S{1,4})$/.exec(trimmed);
  return last ? tagFromText(last[1]) : undefined;
}

const NUMBER = /[ \t]*(-?\d[\d,]*)[ \t]*(?:\([ \t]*-?\d[\d,]*[ \t]*\))?/y;

/** Up to `most` numbers, each perhaps with its change in parentheses, and what stands behind them. */
function numbersOf(text: string, most: number): { readonly numbers: number[]; readonly rest: string } {
  const numbers: number[] = [];
  let at = 0;
  while (numbers.length < most) {
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(text);
    if (!found) break;
    numbers.push(Number(found[1].replaceAll(',', '')));
    at = NUMBER.lastIndex;
  }
  return { numbers, rest: text.slice(at) };
}

/** `[ntfs.sys  -  Create.c]`, `[ipsec][ipsec.sys - x]`, `[hidclass.sys - HID Class d` (cut), `Unknown Driver`. */
function mappedDriver(text: string): Pick<LogRow, 'driver' | 'description'> {
  const rest = text.trim();
  if (rest === '' || /^\[?unknown driver\]?$/i.test(rest)) return { driver: null, description: '' };
  const parts = rest
    .split(/[[\]]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const chosen = parts.find((part) => /\s-\s/.test(` ${part} `)) ?? parts[0] ?? '';
  const dash = /^(.*?)\s+-(?:\s+(.*))?$/.exec(chosen);
  const driver = (dash ? dash[1] : chosen).trim();
  return { driver: driver === '' ? null : driver, description: dash?.[2]?.trim() ?? '' };
}

const POOLMON_ROW = /^(.*?[ \t])(Nonp|Paged)[ \t]+(-?\d.*)$/;

/** A row of PoolMon's table; `torn` for the beginning of one; undefined for any other line. */
export function poolmonRow(line: string): LogRow | 'torn' | undefined {
  const found = POOLMON_ROW.exec(line);
  if (!found)
    return /^ ?\S.{0,3}? +(?:Nonp|Paged)?[ \t]*$/.test(line) && /(?:Nonp|Paged)/.test(line) ? 'torn' : undefined;
  const tag = tagOf(found[1]);
  if (tag === undefined) return undefined;
  const { numbers, rest } = numbersOf(found[3], 5);
  if (numbers.length < 5) return 'torn';
  const [allocs, frees, diff, bytes, perAlloc] = numbers;
  return { tag, paged: found[2] === 'Paged', allocs, frees, diff, bytes, perAlloc, ...mappedDriver(rest) };
}

/** Whether PoolMon's own figures agree: Per Alloc is the whole bytes of an outstanding object. */
export function isWholeRow({ bytes, diff, perAlloc }: LogRow): boolean {
  return diff === null || diff <= 0 || perAlloc === Math.floor(bytes / diff);
}

/** The line over the rows: `Tag  Type  Allocs ...`, also pasted behind `##` or a prompt. */
export function isPoolmonHead(line: string): boolean {
  return /\bTag[ \t]+Type[ \t]+Allocs\b/.test(line);
}

const MEMORY = [
  ['totalKb', /Memory:\s*(\d+)\s*K/],
  ['availableKb', /Avail:\s*(\d+)\s*K/],
  ['pageFaults', /PageFlts:\s*(\d+)/],
  ['residentKernelKb', /Krnl:\s*(\d+)\s*K/],
  ['residentPagedKb', /Krnl:.*?P:\s*(\d+)\s*K/],
] as const;
const COMMIT = [
  ['committedKb', /Commit:\s*(\d+)\s*K/],
  ['commitLimitKb', /Limit:\s*(\d+)\s*K/],
  ['commitPeakKb', /Peak:\s*(\d+)\s*K/],
  ['nonpagedKb', /Pool N:\s*(\d+)\s*K/],
  ['pagedKb', /Pool N:.*?P:\s*(\d+)\s*K/],
] as const;

/** Figures of one of PoolMon's two header lines; undefined for any other line. `Pool N:` is nonpaged, `P:` behind it paged. */
export function headerFigures(
  line: string,
): { readonly first: boolean; readonly figures: Partial<SystemFigures> } | undefined {
  const first = /\bMemory:\s*\d+/.test(line);
  if (!first && !/\bCommit:\s*\d+/.test(line)) return undefined;
  const figures: Record<string, number> = {};
  for (const [name, pattern] of [...MEMORY, ...COMMIT]) {
    const found = pattern.exec(line);
    if (found) figures[name] = Number(found[1]);
  }
  return { first, figures };
}

/** The second head line of `!poolused`: how many numbers a row has, and where they end. */
export interface PooluseHead {
  readonly numbers: 4 | 8;
  /** Column behind the last figure: old debuggers run into it. */
  readonly end: number;
}

export function pooluseHead(line: string): PooluseHead | undefined {
  const found = /^\s*(?:.*>)?\s*Tag((?:\s+(?:Allocs|Frees|Diff|Used)){4,8})\s*$/.exec(line);
  if (!found) return undefined;
  return { numbers: /Frees/.test(found[1]) ? 8 : 4, end: line.trimEnd().length };
}

/** What `!poolused` says behind the figures: words of the tag file, and the binary. */
function pooluseWords(text: string): Pick<LogRow, 'driver' | 'description'> {
  const words = text.trim();
  if (/^UNKNOWN pooltag/.test(words)) return { driver: null, description: '' };
  const binary = /\s*,\s*Binary:\s*(.*)$/.exec(words);
  const named = binary?.[1].trim() ?? '';
  return { driver: named === '' ? null : named, description: (binary ? words.slice(0, binary.index) : words).trim() };
}

/** Rows of one line of `!poolused`, one a pool that the tag uses; undefined for any other line. */
export function pooluseRows(line: string, head: PooluseHead | undefined): LogRow[] | 'torn' | undefined {
  const most = head?.numbers ?? 4;
  const begin = /^ {0,8}?(\S.{0,3}?)[ \t]+(?=-?\d)/.exec(line) ?? /^\s+(\S.{0,3}?)[ \t]+(?=-?\d)/.exec(line);
  if (!begin || begin[1] === 'TOTAL') return undefined;
  const tag = tagFromText(begin[1]);
  if (tag === undefined) return undefined;
  const numbers: number[] = [];
  let at = begin[0].length;
  while (numbers.length < most) {
    const found = /^[ \t]*(-?\d+)/.exec(line.slice(at));
    if (!found) break;
    let digits = found[1];
    const start = at + found[0].length - digits.length;
    if (numbers.length === most - 1) {
      // Words may follow without a space: no figure begins with 0 but 0 itself, and none goes beyond its column.
      if (/^0\d/.test(digits)) digits = '0';
      else if (head && !line.includes('\t') && start + digits.length > head.end && start < head.end) {
        digits = digits.slice(0, head.end - start);
      }
    }
    numbers.push(Number(digits));
    at = start + digits.length;
  }
  if (numbers.length < most) return numbers.length === 0 || head === undefined ? undefined : 'torn';
  const words = pooluseWords(line.slice(at));
  const rows: LogRow[] = [];
  for (const paged of [false, true]) {
    const own = numbers.slice(paged ? most / 2 : 0, paged ? most : most / 2);
    if (own.every((value) => value === 0)) continue;
    // Without flag 1 the debugger's Allocs are those that are outstanding, and it tells no frees.
    const [allocs, frees, diff, bytes] = most === 8 ? own : [own[0], null, own[0], own[1]];
    const perAlloc = diff! > 0 ? Math.floor(bytes! / diff!) : 0;
    rows.push({ tag, paged, allocs, frees, diff, bytes: bytes!, perAlloc, ...words });
  }
  return rows;
}
