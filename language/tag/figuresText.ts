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

/** `+41/min`; empty where nothing is gained or lost, or it is not known yet (NaN). */
export function formatGrowth(perMinute: number): string {
  const rounded = Math.abs(perMinute) < 10 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute);
  if (!(Math.abs(rounded) > 0)) return '';
  return `${rounded > 0 ? '+' : '-'}${Math.abs(rounded).toLocaleString('en-US')}/min`;
}

/** `541 out · 112 KB · +41/min` */
export function figuresText(figures: Pick<TagFigures, 'outstanding' | 'bytes' | 'objectsPerMinute'>): string {
  const parts = [`${formatCount(figures.outstanding)} out`, formatBytes(figures.bytes)];
  const growth = formatGrowth(figures.objectsPerMinute);
  if (growth !== '') parts.push(growth);
  return parts.join(' · ');
}
