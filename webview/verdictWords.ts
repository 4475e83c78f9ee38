/** The verdict of a row in words. A verdict never comes without its number where there is one. */
import { VERDICTS, type VerdictName } from '../extension/protocol.ts';
import { grouped } from './numbers.ts';

/** What stands in the table; `unknown` is an honest dash. */
const SHORT: Readonly<Record<VerdictName, string>> = {
  unknown: '–',
  steady: 'steady',
  cache: 'cache',
  load: 'load',
  growing: 'growing',
  leak: 'leak',
};

const LONG: Readonly<Record<VerdictName, string>> = {
  unknown: 'not enough data',
  steady: 'steady',
  cache: 'cache or warm-up',
  load: 'load',
  growing: 'growing',
  leak: 'leak',
};

/** What the word claims, for tooltips: never more than what was seen. */
const MEANINGS: Readonly<Record<VerdictName, string>> = {
  unknown: 'Not watched long enough, or too little happened, to say anything.',
  steady: 'Outstanding objects stay about where they were.',
  cache: 'Rose to a level and stays there, as caches and warm-up do.',
  load: 'Rises and falls with the work.',
  growing: 'Outstanding objects rise over the whole time; without several test cycles load is not ruled out.',
  leak: 'Objects stayed behind in the test cycles and were not given back.',
};

export interface VerdictFigures {
  readonly verdict: VerdictName;
  /** Objects that stayed a cycle; NaN without cycles. */
  readonly objectsPerCycle: number;
  /** NaN without a rate. */
  readonly objectsPerHour: number;
}

/** Indices that another version sent are not enough to go by. */
export function verdictAt(index: number): VerdictName {
  return VERDICTS[index] ?? 'unknown';
}

/** `+41`, `+0.4`, `+24.6k`: three digits are enough beside a word. */
function shortSigned(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '-' : '+';
  if (size < 0.05) return '±0';
  if (size < 10 && !Number.isInteger(size)) return `${sign}${size.toFixed(1)}`;
  if (size < 100_000) return `${sign}${grouped(size)}`;
  return size < 999_500 ? `${sign}${Math.round(size / 1000)}k` : `${sign}${(size / 1_000_000).toFixed(1)}M`;
}

/** `+41/cycle`, else `+2,460/h`; empty where the verdict has no rate or rates do not matter. */
export function verdictRate({ verdict, objectsPerCycle, objectsPerHour }: VerdictFigures): string {
  if (verdict !== 'leak' && verdict !== 'growing') return '';
  if (!Number.isNaN(objectsPerCycle)) return `${shortSigned(objectsPerCycle)}/cycle`;
  return Number.isNaN(objectsPerHour) ? '' : `${shortSigned(objectsPerHour)}/h`;
}

export function verdictShort(verdict: VerdictName): string {
  return SHORT[verdict];
}

/** `leak +41/cycle`, `not enough data`. */
export function verdictWords(figures: VerdictFigures): string {
  return `${LONG[figures.verdict]} ${verdictRate(figures)}`.trim();
}

export function verdictMeaning(verdict: VerdictName): string {
  return MEANINGS[verdict];
}
