/** What stands for a value while an expression is evaluated: a number, or what is known of one. All are 32 bits wide. */

/** The bytes of a 32-bit value the other way round. */
export function swapBytes(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)) >>> 0;
}

/** What evaluation needs to know of values. */
export interface Domain<T> {
  constant(value: number): T;
  /** Undefined where there is no value. */
  binary(operator: string, a: T, b: T): T | undefined;
  negated(a: T): T;
  inverted(a: T): T;
  swapped(a: T): T;
  masked(a: T, mask: number): T;
  /** One of two values, it is not known which. */
  either(a: T, b: T): T | undefined;
  /** A name or call without a known value; undefined ends the evaluation. */
  unknown(name: string): T | undefined;
}

/** Values that are known. */
export const NUMBERS: Domain<number> = {
  constant: (value) => value,
  binary: apply,
  negated: (a) => -a >>> 0,
  inverted: (a) => ~a >>> 0,
  swapped: swapBytes,
  masked: (a, mask) => (a & mask) >>> 0,
  either: (a, b) => (a === b ? a : undefined),
  unknown: () => undefined,
};

function apply(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '&':
      return (a & b) >>> 0;
    case '<<':
      return b < 32 ? (a << b) >>> 0 : 0;
    case '>>':
      return b < 32 ? a >>> b : 0;
    case '+':
      return (a + b) >>> 0;
    case '-':
      return (a - b) >>> 0;
    case '*':
      return Math.imul(a, b) >>> 0;
    case '/':
      return b === 0 ? undefined : Math.floor(a / b);
    default:
      return b === 0 ? undefined : a % b;
  }
}
