/**
 * Figures as the panel writes them: exact and grouped in cells, with friendly units where a sentence or a tooltip has room.
 * The grouping is the same for every locale, as in the kernel tools whose figures people compare with these.
 */

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;
const UNIT_STEP = 1024;

/** Stands for a number that is not known yet. */
const UNKNOWN = '–';

/** `1,204,331`, `-3`; fractions are rounded; a dash for NaN, which stands for what is not known yet. */
export function grouped(value: number): string {
  if (Number.isNaN(value)) return UNKNOWN;
  const digits = String(Math.abs(Math.round(value)));
  let text = '';
  for (let end = digits.length; end > 0; end -= 3) {
    const group = digits.slice(Math.max(0, end - 3), end);
    text = text === '' ? group : `${group},${text}`;
  }
  return value <= -0.5 ? `-${text}` : text;
}

/** A change: `+212`, `-1,024`, `0`. */
export function signed(value: number): string {
  return value >= 0.5 ? `+${grouped(value)}` : grouped(value);
}

/** A size with a unit of 1024: `541 bytes`, `8.3 KB`, `14.6 MB`. */
export function friendlyBytes(bytes: number): string {
  if (Number.isNaN(bytes)) return UNKNOWN;
  let size = Math.abs(bytes);
  let unit = 0;
  // 1023.95 would be written as `1024.0 KB`.
  while (size >= (unit === 0 ? UNIT_STEP : UNIT_STEP - 0.05) && unit < UNITS.length - 1) {
    size /= UNIT_STEP;
    unit++;
  }
  const sign = bytes < 0 ? '-' : '';
  if (unit === 0) return `${sign}${grouped(size)} ${Math.round(size) === 1 ? 'byte' : 'bytes'}`;
  return `${sign}${size.toFixed(size < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

const SHORT_UNITS = ['', 'k', 'M', 'G'] as const;

/** A number beside an axis: `541`, `1.5k`, `24M`. */
export function shortNumber(value: number): string {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 9_999.5 && unit < SHORT_UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  const digits = size < 100 && !Number.isInteger(size) ? String(Number(size.toFixed(1))) : grouped(size);
  return `${value < 0 ? '-' : ''}${digits}${SHORT_UNITS[unit]}`;
}

/** A size beside an axis: `512`, `1.5 KB`, `24 MB`. */
export function shortBytes(bytes: number): string {
  const text = friendlyBytes(bytes).replace(' bytes', ' B').replace(' byte', ' B');
  return text.replace('.0 ', ' ');
}

/** A time on a clock that counts up: `0:12:41`. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A change of a size: `+8.3 KB`, `0 bytes`. */
export function signedBytes(bytes: number): string {
  return bytes > 0 ? `+${friendlyBytes(bytes)}` : friendlyBytes(bytes);
}

/** The exact size with its friendly form where that says more: `112,528 bytes (109.9 KB)`. */
export function exactBytes(bytes: number): string {
  const exact = `${grouped(bytes)} ${Math.abs(bytes) === 1 ? 'byte' : 'bytes'}`;
  return Math.abs(bytes) < UNIT_STEP ? exact : `${exact} (${friendlyBytes(bytes)})`;
}

/** A polling interval: `250 ms`, `1 s`, `60 s`. */
export function intervalText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

/** A time span: `8 s`, `12 min`, `3 h 05 min`. */
export function spanText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1 site`, `5 sites`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share of a whole: `72 %`, `<1 %`. */
export function percent(share: number): string {
  if (Number.isNaN(share)) return UNKNOWN;
  if (share > 0 && share < 0.005) return '<1 %';
  return `${Math.round(share * 100)} %`;
}
