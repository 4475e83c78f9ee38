/**
 * From a deprecated allocation routine to ExAllocatePool2, by "Updating deprecated ExAllocatePool calls" of the Windows
 * driver documentation: the pool type becomes POOL_FLAG_*, memory is zeroed unless asked otherwise, quota failures no longer
 * raise unless asked to. A priority takes ExAllocatePool3 and a parameter for it. Drivers for systems before Windows 10,
 * version 2004 take ExAllocatePoolZero and its relatives, which work there once the driver calls ExInitializeDriverRuntime or
 * defines POOL_ZERO_DOWN_LEVEL_SUPPORT.
 */
import { splitArguments } from '../scan/declarations.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { tokenize } from '../scan/lexer.ts';
import { TokenKind, TokenList } from '../scan/tokens.ts';
import { redundantZeroing, type TextChange } from './zeroing.ts';

export interface Migration {
  readonly title: string;
  readonly changes: readonly TextChange[];
}

interface OldRoutine {
  readonly quota: boolean;
  readonly zeroes: boolean;
  /** Takes no tag: the call gets one. */
  readonly untagged?: true;
  /** The last argument is a priority. */
  readonly priority?: true;
}

/** Routines whose parameters stay as they are, but for the first, a tag that is missing, and a priority. */
const ROUTINES: Readonly<Record<string, OldRoutine>> = {
  ExAllocatePoolWithTag: { quota: false, zeroes: false },
  ExAllocatePoolWithQuotaTag: { quota: true, zeroes: false },
  ExAllocatePoolZero: { quota: false, zeroes: true },
  ExAllocatePoolUninitialized: { quota: false, zeroes: false },
  ExAllocatePoolQuotaZero: { quota: true, zeroes: true },
  ExAllocatePoolQuotaUninitialized: { quota: true, zeroes: false },
  ExAllocatePoolWithTagPriority: { quota: false, zeroes: false, priority: true },
  ExAllocatePoolPriorityZero: { quota: false, zeroes: true, priority: true },
  ExAllocatePoolPriorityUninitialized: { quota: false, zeroes: false, priority: true },
  ExAllocatePool: { quota: false, zeroes: false, untagged: true },
  ExAllocatePoolWithQuota: { quota: true, zeroes: false, untagged: true },
};

/** NonPagedPool was executable before Windows 8; no driver but a code generator needs that, and HVCI forbids it. */
const POOL_TYPES: Readonly<Record<string, readonly string[]>> = {
  PagedPool: ['POOL_FLAG_PAGED'],
  NonPagedPool: ['POOL_FLAG_NON_PAGED'],
  NonPagedPoolNx: ['POOL_FLAG_NON_PAGED'],
  NonPagedPoolExecute: ['POOL_FLAG_NON_PAGED_EXECUTE'],
  PagedPoolCacheAligned: ['POOL_FLAG_PAGED', 'POOL_FLAG_CACHE_ALIGNED'],
  NonPagedPoolCacheAligned: ['POOL_FLAG_NON_PAGED', 'POOL_FLAG_CACHE_ALIGNED'],
  NonPagedPoolNxCacheAligned: ['POOL_FLAG_NON_PAGED', 'POOL_FLAG_CACHE_ALIGNED'],
  PagedPoolSession: ['POOL_FLAG_PAGED', 'POOL_FLAG_SESSION'],
  NonPagedPoolSession: ['POOL_FLAG_NON_PAGED', 'POOL_FLAG_SESSION'],
  NonPagedPoolSessionNx: ['POOL_FLAG_NON_PAGED', 'POOL_FLAG_SESSION'],
};
/** A line that assigns what a call gives, or declares a variable with it, and its indent. */
const ASSIGNMENT = /^([ \t]*)(?!return\b|if\b)[\w*\s.>-]+=\s*(?:\(\s*\w[\w\s*]*\)\s*)*$/;
const RAISES = 'POOL_RAISE_IF_ALLOCATION_FAILURE';
const QUOTA_FAILS = 'POOL_QUOTA_FAIL_INSTEAD_OF_RAISE';
const ZEROES = 'POOL_ZERO_ALLOCATION';
/** Bits that ExAllocatePool2 has no use for. */
const DROPPED = new Set([RAISES, QUOTA_FAILS, ZEROES, 'POOL_COLD_ALLOCATION', 'POOL_NX_ALLOCATION']);

/** The routine that does the same on older systems, and says in its name whether it zeroes. */
const DOWN_LEVEL: Readonly<Record<string, readonly [zeroed: string, uninitialized: string]>> = {
  ExAllocatePoolWithTag: ['ExAllocatePoolZero', 'ExAllocatePoolUninitialized'],
  ExAllocatePoolWithQuotaTag: ['ExAllocatePoolQuotaZero', 'ExAllocatePoolQuotaUninitialized'],
  ExAllocatePoolWithTagPriority: ['ExAllocatePoolPriorityZero', 'ExAllocatePoolPriorityUninitialized'],
  ExAllocatePool: ['ExAllocatePoolZero', 'ExAllocatePoolUninitialized'],
  ExAllocatePoolWithQuota: ['ExAllocatePoolQuotaZero', 'ExAllocatePoolQuotaUninitialized'],
};

/** Whether a call of this routine can become one of ExAllocatePool2 or ExAllocatePool3 without further thought. */
export function isMigratable(routine: string): boolean {
  return Object.hasOwn(ROUTINES, routine);
}

/** The words of `A | B`, casts and parentheses taken away; undefined for any other expression. */
function alternatives(expression: string): string[] | undefined {
  const words = expression
    .replace(/\(\s*(?:enum\s+)?_?POOL_TYPE\s*\)/g, '')
    .replace(/[()]/g, ' ')
    .split('|')
    .map((word) => word.trim());
  return words.every((word) => /^[A-Za-z_]\w*$/.test(word)) ? words : undefined;
}

const tokens = new TokenList();
/** No call that a person wrote is longer. */
const LONGEST_CALL = 4000;

/** The arguments of a call as offsets; undefined where a directive stands among them or they cannot be told apart. */
function argumentsOf(text: string, call: PoolCall): { list: readonly [number, number][]; end: number } | undefined {
  tokenize(text, tokens, { start: call.start, end: Math.min(text.length, call.start + LONGEST_CALL) });
  const split = splitArguments(tokens, 1, () => 'other');
  if (!split) return undefined;
  for (let i = 0; i < split.end; i++) if (tokens.kinds[i] === TokenKind.directive) return undefined;
  const list = split.starts.map((from, i): [number, number] => [tokens.starts[from], tokens.ends[split.ends[i] - 1]]);
  return { list, end: tokens.ends[split.end] };
}

/** What the call's surroundings say. */
export interface MigrationContext {
  /** The constant for a call of a routine that takes no tag; undefined where there is none to give. */
  readonly newTag: () => string | undefined;
  /** The driver is to run on systems before Windows 10, version 2004 as well. */
  readonly downLevel: boolean;
}

/** The calls of ExAllocatePoolZero and its relatives that a call can become. */
function downLevelMigrations(
  call: PoolCall,
  tagChange: readonly TextChange[],
  redundant: TextChange | undefined,
): Migration[] {
  if (!Object.hasOwn(DOWN_LEVEL, call.routine)) return [];
  const [zeroed, uninitialized] = DOWN_LEVEL[call.routine];
  const becomes = (name: string, title: string, more: readonly TextChange[] = []): Migration => ({
    title: `Migrate to ${name}, which runs on older systems too${title}`,
    changes: [{ start: call.start, end: call.start + call.routine.length, text: name }, ...tagChange, ...more],
  });
  if (redundant) return [becomes(zeroed, ': remove the zeroing behind it', [redundant])];
  return [becomes(zeroed, ''), becomes(uninitialized, '')];
}

/**
 * The way to ExAllocatePool3 for a call with a priority, where it initialises a variable or is assigned as a statement of its
 * own: the parameter is declared in a block around it, or in front of it.
 */
function priorityChanges(text: string, call: PoolCall, priority: readonly [number, number]): TextChange[] | undefined {
  const lineStart = text.lastIndexOf('\n', call.start - 1) + 1;
  const before = text.slice(lineStart, call.start);
  const assignment = ASSIGNMENT.exec(before);
  // Only a statement behind another one: a declaration in front of it must not leave an if.
  if (!assignment || call.inMacro || !/[;{}]\s*$/.test(text.slice(Math.max(0, lineStart - 400), lineStart)))
    return undefined;
  const [, indent] = assignment;
  const eol = text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  const value = text.slice(...priority);
  if (/[\r\n]/.test(value) || /\bpriorityParameter\b/.test(text)) return undefined;
  const lines = [
    'POOL_EXTENDED_PARAMETER priorityParameter = { 0 };',
    'priorityParameter.Type = PoolExtendedParameterPriority;',
    `priorityParameter.Priority = ${value};`,
  ];
  return [
    { start: lineStart, end: lineStart, text: lines.map((line) => `${indent}${line}${eol}`).join('') },
    { start: priority[0], end: priority[1], text: '&priorityParameter, 1' },
  ];
}

/**
 * The ways to migrate a call, the one to prefer first; none where it is not plain what the call does.
 */
export function migrations(text: string, call: PoolCall, { newTag, downLevel }: MigrationContext): Migration[] {
  const routine = isMigratable(call.routine) ? ROUTINES[call.routine] : undefined;
  if (!routine || !text.startsWith(call.routine, call.start)) return [];
  const found = argumentsOf(text, call);
  if (found?.list.length !== (routine.untagged ? 2 : routine.priority ? 4 : 3)) return [];
  const [type, size, , priority] = found.list;
  const words = alternatives(text.slice(...type));
  const kinds = words?.filter((word) => Object.hasOwn(POOL_TYPES, word)) ?? [];
  if (!words || kinds.length !== 1 || !words.every((word) => word === kinds[0] || DROPPED.has(word))) return [];
  const flags = [...POOL_TYPES[kinds[0]]];
  const raises = routine.quota ? !words.includes(QUOTA_FAILS) : words.includes(RAISES);
  if (routine.quota) flags.push('POOL_FLAG_USE_QUOTA');
  if (raises) flags.push('POOL_FLAG_RAISE_ON_FAILURE');
  const tag = routine.untagged ? newTag() : '';
  if (tag === undefined) return [];
  const tagChange = tag === '' ? [] : [{ start: size[1], end: size[1], text: `, ${tag}` }];
  const forPriority = routine.priority ? priorityChanges(text, call, priority) : [];
  const redundant = call.inMacro ? undefined : redundantZeroing(text, call.start, found.end, text.slice(...size));
  const older = downLevel ? downLevelMigrations(call, tagChange, redundant) : [];
  if (!forPriority) return older;
  const name = routine.priority ? 'ExAllocatePool3' : 'ExAllocatePool2';
  const with2 = (title: string, extra: readonly string[], more: readonly TextChange[] = []): Migration => ({
    title: `Migrate to ${name}${tag === '' ? '' : ` with the tag ${tag}`}${title}`,
    changes: [
      ...forPriority,
      { start: call.start, end: call.start + call.routine.length, text: name },
      { start: type[0], end: type[1], text: [...flags, ...extra].join(' | ') },
      ...tagChange,
      ...more,
    ],
  });
  if (redundant) return [...older, with2(', which zeroes: remove the zeroing behind it', [], [redundant])];
  if (routine.zeroes || words.includes(ZEROES)) return [...older, with2('', [])];
  return [...older, with2(', memory is zeroed', []), with2(', uninitialized as now', ['POOL_FLAG_UNINITIALIZED'])];
}
