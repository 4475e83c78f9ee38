/** A judgement in one plain sentence with its numbers. */
import { formatBytes } from '../../language/tag/figuresText.ts';
import type { Judgement } from './judgement.ts';

/** `+41`, `-3`, `+0.4`. */
function signed(value: number): string {
  const size = Math.abs(value);
  const rounded = size < 10 && !Number.isInteger(size) ? Math.round(size * 10) / 10 : Math.round(size);
  return `${value < 0 && rounded > 0 ? '-' : '+'}${rounded.toLocaleString('en-US')}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `10 min`, `9 days`, `45 s`. */
export function spanText(ms: number): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= 2 * least) ?? UNITS[UNITS.length - 1];
  const value = Math.round(ms / size);
  return `${value.toLocaleString('en-US')} ${unit}${unit === 'day' && value !== 1 ? 's' : ''}`;
}

function objects(value: number): string {
  return `${count(value)} ${Math.round(value) === 1 ? 'object' : 'objects'}`;
}

function cyclesText(cycles: number): string {
  return cycles === 1 ? 'one cycle' : `${cycles} cycles`;
}

function perOperation(of: Judgement): string {
  return of.operations > 0 ? ` (${signed(of.objects / of.operations)} an operation)` : '';
}

const YEAR_MS = 365 * 86_400_000;

/** What this means for the machine: a rate, and when the pool ends where that is within a year. */
function outlook(bytesPerHour: number, limitInMs: number | undefined): string {
  if (!(bytesPerHour > 0)) return '';
  const limit = limitInMs !== undefined && limitInMs < YEAR_MS ? `; pool limit in about ${spanText(limitInMs)}` : '';
  return `; ${formatBytes(bytesPerHour)}/h${limit}`;
}

/**
 * The sentence. `bytesPerHour` is what stays; `limitInMs` when the pool is used up; not `timed`: when the samples were taken
 * is not known.
 */
export function evidenceOf(of: Judgement, bytesPerHour: number, limitInMs: number | undefined, timed: boolean): string {
  const rate = timed ? outlook(bytesPerHour, limitInMs) : '';
  const over = timed ? spanText(of.overMs) : 'the watched time';
  const waited = timed && of.waitedMs > 0 ? ` in ${spanText(of.waitedMs)} of waiting` : '';
  switch (of.reason) {
    case 'short':
      return of.overMs > 0
        ? `${timed ? `Watched for ${spanText(of.overMs)}` : 'Few samples'}: not enough to tell.`
        : 'One sample: not enough to tell.';
    case 'rests':
      return of.cycles > 0
        ? `Within ${objects(Math.max(1, of.swing))} through ${cyclesText(of.cycles)}.`
        : `Within ${objects(Math.max(1, of.swing))} over ${over}.`;
    case 'adds up': {
      const each =
        Math.round(of.leastPerCycle) === Math.round(of.perCycle)
          ? `${signed(of.perCycle)} objects in each of ${of.cycles} cycles`
          : `${signed(of.perCycle)} objects a cycle over ${of.cycles} cycles`;
      return `${each}${perOperation(of)}, none given back${waited}${rate}.`;
    }
    case 'adds up under a cache': {
      const each = `${signed(of.perCycle)} objects a cycle over ${of.cycles} cycles${perOperation(of)}`;
      return `${each}: each time it is emptied, more stays than the time before${rate}.`;
    }
    case 'too few cycles':
      return `${signed(of.objects)} objects kept after ${cyclesText(of.cycles)}${waited}; more cycles tell a leak from a cache${rate}.`;
    case 'rises':
    case 'rises so far':
      return `${signed(of.objects)} objects in ${over}, its floor rising all the time${rate}.`;
    case 'rises with load':
      return `${signed(of.objects)} objects in ${over}, as its allocations became more frequent.`;
    case 'given back':
      return of.cycles > 0
        ? `Up to ${objects(of.swing)} more while testing, given back${waited || ' afterwards'}.`
        : `Comes and goes by ${objects(of.swing)} over ${over}, and nothing adds up.`;
    case 'flattened':
      return of.cycles > 0
        ? `${signed(of.objects)} objects after ${cyclesText(of.cycles)}, but later cycles add less.`
        : `${signed(of.objects)} objects in ${over}, most of them early; it levels off.`;
    case 'dropped':
      return `Fills and empties by up to ${objects(of.swing)} within ${over}.`;
    case 'falling':
      return `${signed(of.objects)} objects after ${cyclesText(of.cycles)}, still falling${waited}.`;
  }
}
