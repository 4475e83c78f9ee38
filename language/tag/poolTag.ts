/**
 * The pool tag as a value: four bytes, held as the u32 that the kernel, the C constant and the debugger share.
 *
 * The lowest byte is the first character that PoolMon shows, so the C constant `'gaTX'` (0x67615458) shows as `XTag`:
 * drivers write tags reversed. Source: the MSVC rule for multi-character constants (first character highest) on a
 * little-endian machine.
 */
export type PoolTag = number;

const SPACE = 0x20;

function byteAt(tag: PoolTag, index: number): number {
  return (tag >>> (index * 8)) & 0xff;
}

function isPrintable(byte: number): boolean {
  return byte >= SPACE && byte <= 0x7e;
}

/**
 * The four characters PoolMon shows. NUL bytes (tags of fewer than four characters) show as spaces; every other byte is
 * one latin-1 character, so the result always has length 4.
 */
export function tagText(tag: PoolTag): string {
  let text = '';
  for (let i = 0; i < 4; i++) text += String.fromCharCode(byteAt(tag, i) || SPACE);
  return text;
}

/** Like {@link tagText}, for eyes: bytes outside 0x20..0x7E (NUL excepted) are written `\xNN`. */
export function tagLabel(tag: PoolTag): string {
  let text = '';
  for (let i = 0; i < 4; i++) {
    const byte = byteAt(tag, i) || SPACE;
    text += isPrintable(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}

/**
 * Whether the tag is 1 to 4 printable characters (0x20..0x7E), as the kernel's documentation demands: NUL bytes only
 * behind the last one.
 */
export function isPlainTag(tag: PoolTag): boolean {
  let length = 4;
  while (length > 0 && byteAt(tag, length - 1) === 0) length--;
  for (let i = 0; i < length; i++) if (!isPrintable(byteAt(tag, i))) return false;
  return length > 0;
}

/** The tag whose shown text is `text`: 1 to 4 latin-1 characters, padded with spaces; undefined for any other text. */
export function tagFromText(text: string): PoolTag | undefined {
  if (text.length < 1 || text.length > 4) return undefined;
  let tag = 0;
  for (let i = 3; i >= 0; i--) {
    const code = i < text.length ? text.charCodeAt(i) : SPACE;
    if (code > 0xff) return undefined;
    tag = tag * 256 + code;
  }
  return tag;
}

/**
 * The C character constant, reversed as drivers write it: `'gaTX'` for `XTag`. Quotes, backslashes and unprintable
 * bytes are escaped; leading NUL bytes (short tags) are left out, as a driver would.
 */
export function tagConstant(tag: PoolTag): string {
  let body = '';
  for (let i = 3; i >= 0; i--) {
    const byte = byteAt(tag, i);
    if (byte === 0 && body === '' && i > 0) continue;
    if (byte === 0x27 || byte === 0x5c) body += `\\${String.fromCharCode(byte)}`;
    else body += isPrintable(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `'${body}'`;
}

/** The tag as a hexadecimal C constant, `0x67615458`: what `ed nt!poolhittag` and old sources take. */
export function tagHex(tag: PoolTag): string {
  return `0x${(tag >>> 0).toString(16).padStart(8, '0')}`;
}
