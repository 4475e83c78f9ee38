/** Live figures in words, for views that are not the panel. */

/** `+41/min`, `-1.5/min`. */
export function perMinute(objects: number): string {
  const rounded = Math.abs(objects) < 10 ? Math.round(objects * 10) / 10 : Math.round(objects);
  return `${rounded > 0 ? '+' : ''}${rounded.toLocaleString('en-US')}/min`;
}

/** Whole KB of 1024 bytes, as PoolMon has them; bytes below one, MB with one digit from 10,000 KB on. */
export function bytesText(bytes: number): string {
  const kb = bytes / 1024;
  if (Math.abs(kb) < 1) return `${Math.round(bytes)} B`;
  if (Math.abs(kb) < 10_000) return `${Math.round(kb).toLocaleString('en-US')} KB`;
  return `${(kb / 1024).toFixed(1)} MB`;
}
