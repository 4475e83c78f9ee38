/** How a project writes the value of a tag, and the same writing for another tag. */
import { tokenize } from '../scan/lexer.ts';
import { isRust } from '../scan/rust.ts';
import { TokenKind, TokenList } from '../scan/tokens.ts';
import { type PoolTag, tagConstant, tagHex, tagText } from '../tag/poolTag.ts';

const tokens = new TokenList();
/** `u32::from_ne_bytes(*b"rust")`, `b's' as u32` */
const RUST_VALUE = /^\s*\w+::from_(?:ne|le|be)_bytes\s*\(\s*\*\s*b"[^"]*"\s*\)\s*$|^b?'.+'\s+as\s+[ui]32$/;
const CAST_PUNCTUATION = /^[()<>]$/;

function literalFor(written: string, kind: number, tag: PoolTag): string {
  if (kind === TokenKind.character) return tagConstant(tag);
  const suffix = /[uUlL]*$/.exec(written)![0];
  const digits = tagHex(tag).slice(2);
  const isUpper = /^0[xX].*[A-F]/.test(written) && !/^0[xX].*[a-f]/.test(written);
  const sign = written.startsWith('0X') ? '0X' : '0x';
  return sign + (isUpper ? digits.toUpperCase() : digits) + suffix;
}

/** Rust: the bytes in the order of the shown text. */
function rustLiteral(tag: PoolTag): string {
  const text = tagText(tag).replace(/["\\]/g, '\\$&');
  return `u32::from_ne_bytes(*b"${text}")`;
}

/** A tag as a file of this name writes it where nothing says how. */
export function newLiteral(path: string, tag: PoolTag): string {
  return isRust(path) ? rustLiteral(tag) : tagConstant(tag);
}

/**
 * `value` with its constant replaced by that of `tag`: casts, parentheses, spaces and the form of the constant (characters
 * or hexadecimal) stay. Undefined where the value is more than one constant with casts around it.
 */
export function rewriteValue(value: string, tag: PoolTag): string | undefined {
  if (RUST_VALUE.test(value)) return rustLiteral(tag);
  tokenize(value, tokens);
  let literal = -1;
  for (let i = 0; i < tokens.length - 1; i++) {
    const kind = tokens.kinds[i];
    if (kind === TokenKind.character || kind === TokenKind.number) {
      if (literal >= 0) return undefined;
      literal = i;
    } else if (kind === TokenKind.identifier) {
      // Only a cast stands before the constant: `(ULONG)`, `static_cast<ULONG>(`.
      if (literal >= 0) return undefined;
    } else if (!CAST_PUNCTUATION.test(value.slice(tokens.starts[i], tokens.ends[i]))) return undefined;
  }
  if (literal < 0 || isHelperCall(value, literal)) return undefined;
  const start = tokens.starts[literal];
  const end = tokens.ends[literal];
  return value.slice(0, start) + literalFor(value.slice(start, end), tokens.kinds[literal], tag) + value.slice(end);
}

/** `SWAP('abcd')`: a name directly before the parenthesis that holds the constant. */
function isHelperCall(value: string, literal: number): boolean {
  for (let i = 1; i < literal; i++) {
    const opens = value[tokens.starts[i]] === '(' && tokens.ends[i] - tokens.starts[i] === 1;
    if (opens && tokens.kinds[i - 1] === TokenKind.identifier) return true;
  }
  return false;
}

/** Whether `expression` is the name alone, perhaps cast, qualified or in parentheses; answers the offset of the name. */
export function offsetOfName(expression: string, name: string): number | undefined {
  const match = new RegExp(
    `^(\\s*(?:\\(\\s*)*(?:\\(\\s*[A-Za-z_][\\w\\s]*\\)\\s*)*(?:\\(\\s*)*(?:\\w+\\s*::\\s*)*)${name.replaceAll('$', '\\$')}\\s*(?:\\)\\s*)*$`,
  ).exec(expression);
  return match?.[1].length;
}
