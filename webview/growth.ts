/** Growth in words: what the growth column and the detail say of a row or a tag. A mark never comes without its numbers. */
import { MIN_WATCHED_MS } from '../extension/pool/watchJudge.ts';
import { exactBytes, signed, spanText } from './numbers.ts';

export interface GrowthRate {
  /** Outstanding objects gained a minute, over the last minute watched; NaN when not watched long enough. */
  readonly objectsPerMinute: number;
  readonly bytesPerMinute: number;
}

/** `+41`, or `+0.3` where whole numbers would hide a slow leak. */
function objectsText(perMinute: number): string {
  const size = Math.abs(perMinute);
  if (size >= 10 || Number.isInteger(perMinute)) return signed(perMinute);
  const text = String(Number(size.toFixed(1)));
  if (text === '0') return '0';
  return `${perMinute < 0 ? '-' : '+'}${text}`;
}

/** `+41 objects and +8,528 bytes (8.3 KB) per minute`. */
export function rateWords(rate: GrowthRate): string {
  const objects = objectsText(rate.objectsPerMinute);
  const sign = rate.bytesPerMinute >= 0.5 ? '+' : '';
  return `${objects} ${objects === '+1' || objects === '-1' ? 'object' : 'objects'} and ${sign}${exactBytes(Math.round(rate.bytesPerMinute))} per minute`;
}

export interface TagGrowth extends GrowthRate {
  readonly growing: boolean;
}

/** The sentence of the detail where the host gives none. `watchedMs` is the time watched so far. */
export function growthSentence(growth: TagGrowth, watchedMs: number): string {
  const tooShort = watchedMs < MIN_WATCHED_MS || Number.isNaN(growth.objectsPerMinute);
  if (tooShort && !growth.growing) return 'Not watched long enough to speak of growth.';
  const watched = spanText(watchedMs);
  const still = growth.objectsPerMinute < 0.05 && growth.bytesPerMinute < 0.5 && growth.bytesPerMinute > -0.5;
  const lastMinute = still ? 'no change in the last minute' : `${rateWords(growth)} in the last minute`;
  const verdict = growth.growing ? `Grows over the ${watched} watched` : `No lasting growth in the ${watched} watched`;
  return `${verdict}: ${lastMinute}.`;
}
