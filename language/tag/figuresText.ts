/** Live figures of a tag in words: short, with units, the same in lenses, hovers, the tree and the status bar. */
import type { TagFigures } from '../protocol.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `208 B`, `112 KB`, `3.4 MB`; a KB has 1024 bytes, as in PoolMon. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit >= 2 && value < 100 ? 1 : 0;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${UNITS[unit]}`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function formatGain(gain: number, unit: string): string {
  const rounded = Math.abs(gain) < 10 ? Math.round(gain * 10) / 10 : Math.round(gain);
  if (!(Math.abs(rounded) > 0)) return '';
  return `${rounded > 0 ? '+' : '-'}${Math.abs(rounded).toLocaleString('en-US')}/${unit}`;
}

/** `+41/min`; empty where nothing is gained or lost, or it is not known yet (NaN). */
export function formatGrowth(perMinute: number): string {
  return formatGain(perMinute, 'min');
}

/** What a tag gains: in a cycle of the test where that is known, else in a minute. */
export function gainText(figures: Pick<TagFigures, 'objectsPerMinute' | 'objectsPerCycle'>): string {
  const { objectsPerMinute, objectsPerCycle } = figures;
  return objectsPerCycle === undefined ? formatGrowth(objectsPerMinute) : formatGain(objectsPerCycle, 'cycle');
}

/** `541 out · 112 KB · +41/min`, or `+41/cycle` */
export function figuresText(
  figures: Pick<TagFigures, 'outstanding' | 'bytes' | 'objectsPerMinute' | 'objectsPerCycle'>,
): string {
  const parts = [`${formatCount(figures.outstanding)} out`, formatBytes(figures.bytes)];
  const gain = gainText(figures);
  if (gain !== '') parts.push(gain);
  return parts.join(' · ');
}
