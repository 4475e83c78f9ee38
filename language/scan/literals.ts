/** The values of single constants: characters, numbers, and the byte strings of Rust. */

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  '?': 0x3f,
};

/** One character as written. */
const CHARACTER = /\\(?:x([0-9A-Fa-f]+)|([0-7]{1,3})|\r?\n|(.))|([^\\])/gsy;

/**
 * The value of a character constant of 1 to 4 characters, as MSVC and GCC compute it: the first character is the highest
 * byte. Undefined for wide constants of several characters, more than 4 characters, and characters outside ASCII.
 */
export function characterConstant(text: string): number | undefined {
  const quote = text.indexOf("'");
  if (text.length < quote + 3 || !text.endsWith("'")) return undefined;
  const body = text.slice(quote + 1, -1);
  const part = CHARACTER;
  part.lastIndex = 0;
  let value = 0;
  let count = 0;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (!match) return undefined;
    const [, hex, octal, escaped, plain] = match;
    let code: number;
    if (hex !== undefined) code = Number.parseInt(hex, 16);
    else if (octal !== undefined) code = Number.parseInt(octal, 8);
    else if (escaped !== undefined) code = SIMPLE_ESCAPES[escaped] ?? escaped.charCodeAt(0);
    else if (plain !== undefined) code = plain.charCodeAt(0) <= 0x7f ? plain.charCodeAt(0) : -1;
    else continue;
    if (code < 0 || code > 0xff || ++count > 4) return undefined;
    value = value * 256 + code;
  }
  if (count === 0 || (quote > 0 && count > 1)) return undefined;
  return value;
}

/** The value of an integer constant of C, C++ or Rust, undefined when it is none or has more than 32 bits. */
export function integerConstant(text: string): number | undefined {
  const match =
    /^(?:0[xX]([0-9A-Fa-f]+)|0[bB]([01]+)|(0[0-7]*)|([1-9]\d*))(?:[uUlL]*|u?i(?:32|64)|ui(?:32|64)|u(?:32|size))$/.exec(
      text.replace(/['_]/g, ''),
    );
  if (!match) return undefined;
  const [, hex, binary, octal, decimal] = match;
  let value: number;
  if (hex !== undefined) value = Number.parseInt(hex, 16);
  else if (binary !== undefined) value = Number.parseInt(binary, 2);
  else if (octal !== undefined) value = Number.parseInt(octal, 8);
  else value = Number.parseInt(decimal, 10);
  return value <= 0xffffffff ? value : undefined;
}

/** The bytes of Rust's `"rust"` behind a `b`: four characters, perhaps escaped, the first one first. Undefined for others. */
export function byteString(text: string): readonly number[] | undefined {
  if (!text.startsWith('"') || !text.endsWith('"')) return undefined;
  const bytes: number[] = [];
  for (const [part] of text.slice(1, -1).matchAll(/\\x[0-9A-Fa-f]{2}|\\.|[^\\]/gs)) {
    const code = characterConstant(`'${part}'`);
    if (code === undefined || bytes.push(code) > 4) return undefined;
  }
  return bytes.length === 4 ? bytes : undefined;
}
